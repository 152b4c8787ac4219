"""Log files of the processes: one each, appended to, put aside when a start finds it large."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

LARGE_BYTES = 10_000_000
TAIL_BYTES = 16_384


class LogFile:
    """Where a process writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin = 0

    def open(self) -> BinaryIO:
        """Open it for a process about to start; the old one goes to `….log.1` if it is large."""
        if self.path.exists() and self.path.stat().st_size > LARGE_BYTES:
            self.path.replace(self.path.with_name(self.path.name + ".1"))
        log = self.path.open("ab")
        self._begin = log.tell()
        return log

    def last_lines(self) -> str:
        """Return the last of what the process wrote since it was started, indented."""
        return last_lines(self.path, begin=self._begin)


def last_lines(path: Path, count: int = 8, begin: int = 0) -> str:
    """Return the end of a log, indented.

    Args:
        path: The log file.
        count: Lines at most.
        begin: Nothing before this position.
    """
    try:
        with path.open("rb") as log:
            log.seek(0, 2)
            log.seek(max(begin, log.tell() - TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (nothing)"
