"""Who is told about the steps of a start: nobody, or a person at a console."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

from local.artifacts import FileProgress, Progress, Silent

if TYPE_CHECKING:
    from rich.console import Console

Done = Callable[[str, str], None]


class Reporter(Progress, Protocol):
    """Told about downloads and about steps."""

    def step(self, title: str) -> AbstractContextManager[None]:
        """One thing that takes a while."""

    def steps(self, names: list[str]) -> AbstractContextManager[Done]:
        """Several things at once; what it yields is called with a name and a word when one is done."""


class Quiet(Silent):
    """Tells nobody."""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:  # noqa: ARG002 - the protocol's names
        """Say nothing."""
        yield

    @contextmanager
    def steps(self, names: list[str]) -> Iterator[Done]:  # noqa: ARG002 - the protocol's names
        """Say nothing."""
        yield lambda _name, _word: None


class OnConsole:
    """Tells a person: bars for downloads, a line for each step that is done, a spinner for what goes on."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def downloads(self, files: int, size: int) -> Iterator[FileProgress]:
        """Show a bar for all of it and one for each file under way."""
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        self._console.print(f"  {files} files to download, {size / 1e6:.0f} MB, once for this user", highlight=False)
        columns = (TextColumn("  {task.description:<44}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=self._console, transient=True) as bars:
            total = bars.add_task("all", total=size)

            @contextmanager
            def file(name: str, length: int) -> Iterator[Callable[[int], None]]:
                task = bars.add_task(name[:44], total=length)

                def advance(count: int) -> None:
                    bars.advance(task, count)
                    bars.advance(total, count)

                try:
                    yield advance
                finally:
                    bars.remove_task(task)

            yield file

    def note(self, text: str) -> None:
        """Say it."""
        self._console.print(f"  {text}", highlight=False)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a spinner, then how long it took."""
        began = time.monotonic()
        with self._console.status(title):
            yield
        self._line(title, f"done after {time.monotonic() - began:.1f} s")

    @contextmanager
    def steps(self, names: list[str]) -> Iterator[Done]:
        """Show a spinner with what is left, and a line for each that is done."""
        left = list(names)
        with self._console.status(f"waiting for {', '.join(left)}") as spinner:

            def done(name: str, word: str) -> None:
                left.remove(name)
                self._line(name, word)
                spinner.update(f"waiting for {', '.join(left)}")

            yield done

    def _line(self, title: str, word: str) -> None:
        self._console.print(f"  {title:<22} {word}", highlight=False, soft_wrap=True)
