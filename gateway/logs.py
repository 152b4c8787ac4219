"""The gateway's logs: JSON lines, with the names that the services' logs use."""

from __future__ import annotations

import logging
import sys

from telemetry.escaping import guard_streams
from telemetry.logs import JsonLines


def configure(instance: str, level: str) -> None:
    """Send all logs of this process to standard error, which is guarded from here on.

    Args:
        instance: Name of this instance.
        level: Least level that is logged.
    """
    guard_streams()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines("gateway", instance))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
