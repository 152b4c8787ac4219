"""The services' databases, as their owners: for commands that mend what no API can."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.errors import Refused, Unreachable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from local.settings import Platform


@contextmanager
def owned(platform: Platform, service: str) -> Iterator[Engine]:
    """Open a service's database.

    Args:
        platform: Where it is.
        service: Whose.

    Yields:
        The engine.

    Raises:
        Unreachable: The database, Kafka or the registry do not answer.
        Refused: The database refuses what is asked.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    from services.chassis.errors import DatabaseAway, Permanent, Retryable, classify

    engine = create_engine(platform.database_url(service).replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        yield engine
    except (DBAPIError, Retryable) as error:
        known = classify(error)
        why = str(getattr(known, "orig", known)).strip().splitlines()[0]
        if isinstance(known, DatabaseAway):
            raise Unreachable(f"the {service} database does not answer ({why}). Start it with `make up`.") from None
        if isinstance(known, Retryable):
            raise Unreachable(f"{service}: {why}") from None
        raise Refused(f"the {service} database refuses it: {why}") from None
    except Permanent as error:
        raise Refused(f"{service}: {error}") from None
    finally:
        engine.dispose()


def whoami() -> str:
    """Name who sits here, for what is written down of a change."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
