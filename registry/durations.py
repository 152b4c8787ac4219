"""ISO 8601 durations of fixed length: weeks, days, hours, minutes, seconds. Months and years have no length."""

from __future__ import annotations

import re
from datetime import timedelta

_SHAPE = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


def parse_duration(text: str) -> timedelta:
    """Read a duration.

    Args:
        text: Such as `P14D` or `PT1H30M`.

    Returns:
        The duration, longer than zero.

    Raises:
        ValueError: It is no such duration, or zero, or too long to count.
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text}` is no duration of weeks, days, hours, minutes and seconds")
    try:
        result = timedelta(**{unit: int(number) for unit, number in match.groupdict(default="0").items()})
    except OverflowError:
        raise ValueError(f"`{text}` is too long") from None
    if not result:
        raise ValueError(f"`{text}` is no time at all")
    return result
