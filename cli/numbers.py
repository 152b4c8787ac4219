"""Numbers as options take them: digits, and nothing that Python reads as a number beside: `1_0`, `nan`, `1e9`."""

from __future__ import annotations

import re
from typing import Any

import click

_WHOLE = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,9})?", re.ASCII)
#: As many as 32 bits count, which is what requests hold. It is not named in the help of each option.
MOST = 2**31 - 1


class Whole(click.IntRange):
    """A whole number."""

    def __init__(self, least: int, most: int = MOST) -> None:
        """Say which.

        Args:
            least: The least.
            most: The most.
        """
        super().__init__(least, None if most == MOST else most)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a number."""
        if not isinstance(value, int) and not _WHOLE.fullmatch(str(value)):
            self.fail(f"{str(value)[:40]!r} is no whole number.", param, ctx)
        found: int = super().convert(value, param, ctx)
        return found if found <= MOST else self.fail(f"{found} is more than {MOST}.", param, ctx)


class Number(click.FloatRange):
    """A number, which may have a fraction."""

    def __init__(self, least: float, most: float = MOST, *, above: bool = False) -> None:
        """Say which.

        Args:
            least: The least.
            most: The most.
            above: Whether it must be more than the least.
        """
        super().__init__(least, None if most == MOST else most, min_open=above)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number."""
        if not isinstance(value, int | float) and not _NUMBER.fullmatch(str(value)):
            self.fail(f"{str(value)[:40]!r} is no number such as 60 or 2.5.", param, ctx)
        found: float = super().convert(value, param, ctx)
        return found if found <= MOST else self.fail(f"{found:g} is more than {MOST}.", param, ctx)
