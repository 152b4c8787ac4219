"""Structured logs: JSON lines, or readable ones on a terminal. What is passed as `extra` becomes a field.

The context of the call that is worked on gives `trace_id` and `span_id`.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from services.chassis import tracing

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Json(logging.Formatter):
    def __init__(self, service: str, instance: str) -> None:
        super().__init__()
        self._base = {"service": service, "instance": instance}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            **self._base,
            "logger": record.name,
            "message": record.getMessage(),
            **tracing.ids(tracing.current()),
            **{k: v for k, v in vars(record).items() if k not in _STANDARD},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {k}={v}" for k, v in vars(record).items() if k not in _STANDARD)
        clock = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S.%f")[:-3]
        line = f"{clock} {record.levelname:7} {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure(service: str, instance: str, level: str, style: Literal["auto", "json", "text"]) -> None:
    """Send all logs of this process to standard error.

    Args:
        service: Name of the service.
        instance: Name of this instance.
        level: Least level that is logged.
        style: `json`, `text`, or `auto`.
    """
    handler = logging.StreamHandler(sys.stderr)
    text = style == "text" or (style == "auto" and sys.stderr.isatty())
    handler.setFormatter(_Text() if text else _Json(service, instance))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpx2", "httpcore", "httpcore2", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
