"""Structured logs: a JSON object for each line, with the names that the services' logs use."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from gateway import tracing

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class _Json(logging.Formatter):
    def __init__(self, instance: str) -> None:
        super().__init__()
        self._instance = instance

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": "gateway",
            "instance": self._instance,
            "logger": record.name,
            "message": record.getMessage(),
            **tracing.ids(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def configure(instance: str, level: str) -> None:
    """Send all logs of this process to standard error.

    Args:
        instance: Name of this instance.
        level: Least level that is logged.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(instance))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
