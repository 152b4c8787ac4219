"""Whether each of the three servers answers, wherever it is and whoever runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local import kafka, postgres, registry_server
from local.errors import ServerUnreachableError

if TYPE_CHECKING:
    from local.settings import Platform


def probe_server(platform: Platform, name: str) -> None:
    """Ask a server something, in its own protocol.

    Args:
        platform: Where it is.
        name: `postgres`, `kafka` or `registry`.

    Raises:
        ServerUnreachableError: If it does not answer; the message is the reason.
    """
    try:
        match name:
            case "postgres":
                postgres.probe(platform.postgres_admin_url)
            case "kafka":
                kafka.probe(platform.kafka_bootstrap_servers)
            case _:
                registry_server.probe(platform.registry_url)
    except Exception as error:  # noqa: BLE001 - every client has its own; any of them means no answer
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ServerUnreachableError(reason) from None
