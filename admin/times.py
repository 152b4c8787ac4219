"""Times and durations as text for people: UTC, and seconds, minutes or hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp


def format_time(stamp: Timestamp) -> str:
    """Write a time in UTC, to the millisecond.

    Args:
        stamp: The time.
    """
    return f"{stamp.ToDatetime():%Y-%m-%d %H:%M:%S.%f}"[:-3]


def format_duration(seconds: float) -> str:
    """Write a duration: `0.4 s`, `35 s`, `12 min`, `3.5 h`.

    Args:
        seconds: Not negative.
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
