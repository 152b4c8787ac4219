"""Structured logs: JSON lines, or readable ones on a terminal. What is passed as `extra` becomes a field."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from telemetry.escaping import guard_streams, shown, shown_lines
from telemetry.logs import STANDARD, JsonLines


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {k}={v}" for k, v in vars(record).items() if k not in STANDARD)
        clock = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S.%f")[:-3]
        # A line feed in a message or a field would begin a line that nobody has logged.
        line = f"{clock} {record.levelname:7} {shown(f'{record.getMessage()}{fields}')}"
        return f"{line}\n{shown_lines(self.formatException(record.exc_info))}" if record.exc_info else line


def configure(service: str, instance: str, level: str, style: Literal["auto", "json", "text"]) -> None:
    """Send all logs of this process to standard error, which is guarded from here on.

    Args:
        service: Name of the service.
        instance: Name of this instance.
        level: Least level that is logged.
        style: `json`, `text`, or `auto`.
    """
    guard_streams()
    handler = logging.StreamHandler(sys.stderr)
    text = style == "text" or (style == "auto" and sys.stderr.isatty())
    handler.setFormatter(_Text() if text else JsonLines(service, instance))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpx2", "httpcore", "httpcore2", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
