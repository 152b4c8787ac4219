r"""Text from elsewhere, made safe to show: in a terminal, in a log, in a document.

An event, a schema, a file's name or an error of a server may hold characters that a terminal obeys instead of showing:
they move the cursor, set the title, fill the clipboard, or turn the order of letters round. Each is shown as its
escape, `\u001b`, which is the same in a text, in a log line and inside of a JSON string.

Invariants:

- What `shown` gives is one line, and nothing in it but characters that can be seen, and spaces.
- An escape is valid inside of a JSON string, and stands there for the character that it shows.
- A guarded stream holds no control character but line feeds and tabs, whoever writes to it.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

#: Controls (C0, DEL, C1), unpaired surrogates, line and paragraph separators, controls of direction, and what is
#: invisible: zero-width characters, byte order marks, tags.
_UNSAFE = (
    "\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb"
    "\\ud800-\\udfff\\U000e0000-\\U000e007f"
)
_IN_A_LINE = re.compile(f"[{_UNSAFE}]")
_IN_LINES = re.compile(f"(?![\\n\\t])[{_UNSAFE}]")


def shown(text: object, *, most: int | None = None) -> str:
    r"""Show text from elsewhere in one line.

    Args:
        text: The text, or anything that is written as one.
        most: The most characters of it that are shown; all if None.

    Returns:
        The text with escapes such as `\u001b` and `\u000a`, and with `...` where it was cut.
    """
    whole = str(text)
    if most is not None and len(whole) > most:
        whole = f"{whole[:most]}..."
    return _IN_A_LINE.sub(_escape, whole)


def shown_lines(text: str) -> str:
    """Show text of several lines, whose line feeds and tabs are ours.

    Args:
        text: The text.

    Returns:
        The text with escapes for all other controls.
    """
    return _IN_LINES.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    # As JSON writes it: two halves.
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


class Guarded:
    """A text stream that shows controls instead of passing them on. It has what writers of text ask of a stream.

    Attributes:
        unguarded: The stream behind it, for who writes controls of its own: colours, progress.
    """

    def __init__(self, stream: TextIO) -> None:
        """Stand before a stream.

        Args:
            stream: The stream.
        """
        self.unguarded = stream

    def write(self, text: str) -> int:
        """Write text, its controls escaped, and what the stream's encoding lacks too.

        Args:
            text: The text.

        Returns:
            Its length.
        """
        told = shown_lines(text)
        try:
            self.unguarded.write(told)
        except UnicodeEncodeError:
            encoding = self.unguarded.encoding or "ascii"
            self.unguarded.write(told.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts, one after the other.

        Args:
            lines: The texts.
        """
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush the stream behind."""
        self.unguarded.flush()

    def close(self) -> None:
        """Close the stream behind."""
        self.unguarded.close()

    @property
    def closed(self) -> bool:
        """Whether the stream behind is closed."""
        return self.unguarded.closed

    def isatty(self) -> bool:
        """Tell whether a terminal is behind."""
        return self.unguarded.isatty()

    def fileno(self) -> int:
        """Give the file that is behind."""
        return self.unguarded.fileno()

    def readable(self) -> bool:
        """Tell that nothing is read from it."""
        return False

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    @property
    def encoding(self) -> str:
        """The encoding of the stream behind."""
        return self.unguarded.encoding

    @property
    def errors(self) -> str | None:
        """What becomes of characters that the encoding lacks."""
        return self.unguarded.errors

    def reconfigure(self, **options: Any) -> None:
        """Change the stream behind, if it can be changed.

        Args:
            **options: As `io.TextIOWrapper.reconfigure` takes them.
        """
        if isinstance(self.unguarded, io.TextIOWrapper):
            self.unguarded.reconfigure(**options)


def unguarded(stream: Any) -> Any:
    """Give what is behind a guarded stream, or the stream itself.

    Args:
        stream: The stream.
    """
    return stream.unguarded if isinstance(stream, Guarded) else stream


def guard_streams() -> None:
    """Guard this process's standard output and standard error: what is printed, logged or raised goes through."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        # Without a terminal or a parent there may be none.
        if stream is not None and not isinstance(stream, Guarded):
            setattr(sys, name, Guarded(stream))
