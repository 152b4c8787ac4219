"""The one console of rich that commands print with: what it is given is text, never markup, and is shown escaped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from telemetry.escaping import shown, shown_lines, unguarded


class Terminal(Console):
    """A console whose strings are data.

    Invariants:

    - `[red]` and `:warning:` in a string are those characters. What has a style is a `Text`.
    - No control reaches the terminal but those that rich makes itself.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        """Prepare.

        Args:
            stderr: Whether it writes to the error stream.
        """
        super().__init__(highlight=False, markup=False, emoji=False, stderr=stderr, soft_wrap=True)

    @property
    def file(self) -> IO[str]:
        """The stream itself: colours would not get through a guarded one."""
        stream: IO[str] = unguarded(super().file)
        return stream

    @file.setter
    def file(self, new_file: IO[str]) -> None:
        self._file = new_file

    def render_str(self, text: str, **options: Any) -> Text:
        """Make text of a string, its controls escaped before anything is measured."""
        return super().render_str(shown_lines(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Give the pieces of something. Whatever it is made of, its controls are escaped."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(shown_lines(piece.text), piece.style)


class Listing(Table):
    """A table whose cells are lines: what would break one is escaped."""

    def __init__(self) -> None:
        """Begin without columns."""
        super().__init__(box=box.SIMPLE_HEAD, pad_edge=False)

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Add a row.

        Args:
            *cells: Strings, shown as they are; or texts with a style.
            **options: As rich takes them.
        """
        super().add_row(*(Text(shown(cell)) if isinstance(cell, str) else cell for cell in cells), **options)
