"""Ways to hold a part of the running platform still, so that a test decides what comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import psycopg
import pytest

from tests.support import processes


@pytest.fixture
def halted(platform) -> Callable[[str], AbstractContextManager[None]]:
    """Halt a service's process for a while: it neither works nor ends."""
    return partial(processes.halted, platform)


@pytest.fixture
def unread_replies(platform) -> Callable[[], AbstractContextManager[None]]:
    """Keep the order service from reading replies for a while; its API goes on."""

    @contextmanager
    def hold() -> Iterator[None]:
        # A batch begins by moving its positions, and waits for whoever has locked them.
        with psycopg.connect(platform.database_url("order")) as connection:
            connection.execute("SELECT * FROM positions FOR UPDATE")
            try:
                yield
            finally:
                connection.rollback()

    return hold
