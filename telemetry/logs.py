"""A log line as a JSON object. What is passed as `extra` becomes a field.

What a terminal would obey is escaped. The context of the call that is worked on gives `trace_id` and `span_id`.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from telemetry import spans
from telemetry.escaping import shown

#: What every record has; the rest was passed as `extra`. Uvicorn adds `color_message`.
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Makes a line of each record."""

    def __init__(self, service: str, instance: str) -> None:
        """Prepare.

        Args:
            service: Name of the service.
            instance: Name of this instance.
        """
        super().__init__()
        self._base = {"service": service, "instance": instance}

    def format(self, record: logging.LogRecord) -> str:
        """Make the line.

        Args:
            record: The record.
        """
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            **self._base,
            "logger": record.name,
            "message": record.getMessage(),
            **spans.ids(spans.current()),
            **{name: value for name, value in vars(record).items() if name not in STANDARD},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return shown(json.dumps(line, default=str, ensure_ascii=False))
