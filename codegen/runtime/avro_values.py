"""What the generated records call to turn Python values into raw Avro values and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID, SafeUUID

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LOCAL_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - a local timestamp has no zone
_MILLI = dt.timedelta(milliseconds=1)
_MICRO = dt.timedelta(microseconds=1)
_DAY_ZERO = dt.date(1970, 1, 1).toordinal()


def reject(value: object) -> NoReturn:
    """Refuse a value that fastavro would bend into another one without a word.

    Args:
        value: The value.

    Raises:
        TypeError: Always.
    """
    raise TypeError(f"{value!r} is not of the field's type")


def bare(value: Any) -> Any:
    """Take the name off a union's value.

    Args:
        value: The value of a named branch, with or without the branch's name.

    Returns:
        The value.
    """
    return value[1] if type(value) is tuple else value


#: How a frozen record is made of what was read: its own initialiser does the same, and costs twice as much.
new = object.__new__
put = object.__setattr__

_put_int, _put_is_safe = UUID.__dict__["int"].__set__, UUID.__dict__["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown


def uuid_of(number: int) -> UUID:
    """Return the UUID of a 128-bit number.

    UUID's own initialiser takes six kinds of arguments apart, which costs five times as much as all of this: it sets
    the same two attributes in the same way.
    """
    made = new(UUID)
    _put_int(made, number)
    _put_is_safe(made, _UNKNOWN)
    return made


def from_uuid_text(text: str) -> UUID:
    """Return the UUID of its text; a text that is none raises ValueError."""
    digits = text.replace("-", "")
    if len(digits) == 32 and digits.isascii() and digits.isalnum():
        return uuid_of(int(digits, 16))
    return UUID(text)


def to_uuid_text(value: UUID) -> str:
    """Return a UUID's canonical text."""
    digits = f"{value.int:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def to_millis(value: dt.datetime) -> int:
    """Count the milliseconds since 1970 in UTC; a naive time raises TypeError."""
    return (value - EPOCH) // _MILLI


def from_millis(value: int) -> dt.datetime:
    """Return the time that is so many milliseconds after 1970 in UTC."""
    return EPOCH + value * _MILLI


def to_micros(value: dt.datetime) -> int:
    """Count the microseconds since 1970 in UTC; a naive time raises TypeError."""
    return (value - EPOCH) // _MICRO


def from_micros(value: int) -> dt.datetime:
    """Return the time that is so many microseconds after 1970 in UTC."""
    return EPOCH + value * _MICRO


def to_local_millis(value: dt.datetime) -> int:
    """Count the milliseconds since 1970 on the local clock; a time with a zone raises TypeError."""
    return (value - LOCAL_EPOCH) // _MILLI


def from_local_millis(value: int) -> dt.datetime:
    """Return the naive time that is so many milliseconds after 1970."""
    return LOCAL_EPOCH + value * _MILLI


def to_local_micros(value: dt.datetime) -> int:
    """Count the microseconds since 1970 on the local clock; a time with a zone raises TypeError."""
    return (value - LOCAL_EPOCH) // _MICRO


def from_local_micros(value: int) -> dt.datetime:
    """Return the naive time that is so many microseconds after 1970."""
    return LOCAL_EPOCH + value * _MICRO


def to_days(value: dt.date) -> int:
    """Count the days since 1970-01-01."""
    return value.toordinal() - _DAY_ZERO


def from_days(value: int) -> dt.date:
    """Return the date that is so many days after 1970-01-01."""
    return dt.date.fromordinal(value + _DAY_ZERO)


def to_time_micros(value: dt.time) -> int:
    """Count the microseconds since midnight."""
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def from_time_micros(value: int) -> dt.time:
    """Return the time of day that is so many microseconds after midnight; raises ValueError beyond a day."""
    seconds, micros = divmod(value, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return dt.time(hour, minute, second, micros)


def to_time_millis(value: dt.time) -> int:
    """Count the milliseconds since midnight."""
    return to_time_micros(value) // 1000


def from_time_millis(value: int) -> dt.time:
    """Return the time of day that is so many milliseconds after midnight; raises ValueError beyond a day."""
    return from_time_micros(value * 1000)


def to_decimal(value: Decimal, precision: int, scale: int, size: int | None = None) -> bytes:
    """Write a decimal as its unscaled value in two's complement.

    Args:
        value: A finite number.
        precision: How many digits there may be.
        scale: How many of them stand after the point.
        size: How many bytes to fill; as few as needed if None.

    Returns:
        The bytes, big end first.

    Raises:
        ValueError: The number has more digits than the schema allows.
        OverflowError: It does not fit the size.
    """
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not finite")  # noqa: TRY004 - the type is right
    unscaled = int("".join(map(str, digits)))
    shift = exponent + scale
    if shift >= 0:
        # Checked before the power is taken: an exponent may be as large as memory.
        too_large = unscaled != 0 and len(str(unscaled)) + shift > precision
        unscaled = 0 if unscaled == 0 or too_large else unscaled * 10**shift
    else:
        unscaled, rest = divmod(unscaled, 10 ** min(-shift, len(digits) + 1))
        if rest:
            raise ValueError(f"{value} has more than {scale} digits after the point")
        too_large = len(str(unscaled)) > precision
    if too_large:
        raise ValueError(f"{value} has more than {precision} digits at scale {scale}")
    unscaled = -unscaled if sign else unscaled
    return unscaled.to_bytes(size or unscaled.bit_length() // 8 + 1, "big", signed=True)


def from_decimal(value: bytes, precision: int, scale: int) -> Decimal:
    """Read a decimal from its unscaled value.

    Args:
        value: Two's complement, big end first.
        precision: How many digits there may be.
        scale: How many of them stand after the point.

    Returns:
        The number, with exactly `scale` digits after the point.

    Raises:
        ValueError: There are more digits than the schema allows.
    """
    unscaled = int.from_bytes(value, "big", signed=True)
    if abs(unscaled) >= 10**precision:
        raise ValueError(f"a decimal has more than {precision} digits")
    return Decimal((int(unscaled < 0), tuple(map(int, str(abs(unscaled)))), -scale))


def to_uuid_bytes(value: UUID) -> bytes:
    """Return the 16 bytes of a UUID."""
    return value.bytes


def from_uuid_bytes(value: bytes) -> UUID:
    """Return the UUID of 16 bytes."""
    if len(value) != 16:
        raise ValueError(f"a UUID has 16 bytes, not {len(value)}")
    return uuid_of(int.from_bytes(value))


def to_float32(value: float) -> float:
    """Let a number pass that single precision can hold; raises OverflowError if it would become infinite."""
    import struct

    struct.pack("<f", value)
    return value
