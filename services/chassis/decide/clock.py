"""The time, as events carry it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_TRUE = timedelta(0)


def now(offset: timedelta = _TRUE) -> datetime:
    """Give the time in whole milliseconds.

    Args:
        offset: By how much the clock is wrong; tests set it.

    Returns:
        The time, in UTC.
    """
    moment = datetime.now(UTC) + offset
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
