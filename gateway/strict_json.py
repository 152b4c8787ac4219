"""One reader of JSON for all that HTTP brings in: strict, bounded, and it says which field is wrong.

Invariants:

- The work is bounded by the bytes: what could cost more (depth, many small values, long numbers) has a limit, and is
  refused before it is done.
- Numbers are exact: a whole number is an `int`, however it was written (`3`, `3.0`, `30e-1`); any other is a `float`.
  What neither holds exactly enough to tell whole from broken, NaN and Infinity, are refused.
- Every text that comes out is Unicode that can be encoded: unpaired surrogates are refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from gateway import errors

#: Deeper than any message nests. An object with a value is 1 deep.
MOST_DEPTH = 32
#: A number's longest text: a 64-bit one has 20, and room for a point and an exponent.
MOST_DIGITS = 40
#: Commas and opening brackets. The largest order that is taken, of 500 lines, has 3,000.
MOST_VALUES = 10_000
_MOST_EXPONENT = 40


class _Refused:
    """Stands where a number would be that is not read, so that its place can be named."""

    def __init__(self, why: str) -> None:
        self.why = why


def read(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        body: UTF-8. An empty one is an empty object: every field has its default.

    Returns:
        The object.

    Raises:
        HttpError: 400: it is none, says a name twice, is too deep, holds too much, or holds values that are not read,
            which are then named.
    """
    if not body:
        return {}
    # Signs inside of texts are counted too: a text with so many is none of ours either.
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise errors.malformed(f"it has more than {MOST_VALUES:,} commas and opening brackets: send less at once")
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_float=_number,
            parse_int=_whole,
        )
    except UnicodeDecodeError as error:
        raise errors.malformed(f"it is not UTF-8 ({error.reason} at byte {error.start})") from None
    except RecursionError:
        raise errors.malformed("it is nested too deeply") from None
    except ValueError as error:
        raise errors.malformed(str(error)) from None
    if not isinstance(found, dict):
        raise errors.malformed("it is another JSON value")
    violations = list(_violations(found))
    if violations:
        raise errors.bad_fields(violations)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ValueError(f"the name {errors.quoted(name)} is given twice")
            seen.add(name)
    return found


def _no_constant(name: str) -> _Refused:
    return _Refused(f"{name} is no JSON number: leave the field out, or send a number")


def _whole(text: str) -> int | _Refused:
    # A long one would take time that grows with the square of its length.
    return int(text) if len(text) <= MOST_DIGITS else _too_long()


def _number(text: str) -> float | _Refused:
    """Read a number with a point or an exponent: exactly where it is whole."""
    if len(text) > MOST_DIGITS:
        return _too_long()
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent that no number has
        return _out_of_range()
    if not value:
        return 0
    # Its digits are few; an exponent could still make them millions.
    if not -_MOST_EXPONENT <= value.adjusted() <= _MOST_EXPONENT:
        return _out_of_range()
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if not near.is_integer() and math.isfinite(near) else _Refused("the number has too many digits")


def _too_long() -> _Refused:
    return _Refused(f"the number is too long: at most {MOST_DIGITS} characters are read")


def _out_of_range() -> _Refused:
    return _Refused(f"the number is out of range: between 1e-{_MOST_EXPONENT} and 1e{_MOST_EXPONENT} is read")


def _violations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Walk through all values, without recursion."""
    left: list[tuple[str, int, Any]] = [("", 1, document)]
    while left:
        at, depth, value = left.pop()
        if depth > MOST_DEPTH:
            raise errors.malformed(f"it is nested too deeply: at most {MOST_DEPTH} levels are read")
        if isinstance(value, dict):
            for name, inner in value.items():
                # A long name again and again would make the paths long as well.
                inside = f"{at}.{errors.cut(name)}" if at else errors.cut(name)
                if not _is_text(name):
                    yield inside, "the name holds half of a surrogate pair, which is no Unicode character"
                left.append((inside, depth + 1, inner))
        elif isinstance(value, list):
            left.extend((f"{at}[{place}]", depth + 1, inner) for place, inner in enumerate(value))
        elif isinstance(value, str):
            if not _is_text(value):
                yield at, "must be Unicode: it holds half of a surrogate pair"
        elif isinstance(value, _Refused):
            yield at, value.why


def _is_text(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
