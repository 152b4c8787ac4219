"""Append-only folders: each released version is a file `<number>.<fingerprint>.<suffix>`, like a database migration.

Invariants:

- Numbers run from 0001 without a gap, and a file's name holds the first 16 digits of its content's SHA-256: a file that
  was edited no longer matches its name, and two branches that release the same number become two files.
- Files are added, never changed, renamed or removed. `registry.landed` holds them against git.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.findings import CannotJudge

_FILE = re.compile(r"(\d{4})\.([0-9a-f]{16})\.([a-z]+)")


@dataclass(frozen=True, slots=True)
class Numbered:
    """One released version.

    Attributes:
        number: 1 for the first.
        text: The content without its last line end.
        fingerprint: SHA-256 of the text.
        path: The file, relative to the repository.
    """

    number: int
    text: str
    fingerprint: str
    path: str


def read(root: Path, folder: Path, suffix: str) -> tuple[Numbered, ...]:
    """Read all versions of a folder.

    Args:
        root: The repository.
        folder: The folder, relative to it.
        suffix: How the files' names end, without a dot.

    Returns:
        The versions, the oldest first.

    Raises:
        CannotJudge: A file is unreadable, edited, out of place, or missing in between.
    """
    found = []
    # Hidden files are a desktop's, or what a run that died left of `append`.
    paths = sorted(path for path in (root / folder).iterdir() if not path.name.startswith("."))
    for number, path in enumerate(paths, start=1):
        where = (folder / path.name).as_posix()
        match = _FILE.fullmatch(path.name)
        if match is None or match[3] != suffix:
            raise CannotJudge(f"{where} is not named <version>.<fingerprint>.{suffix}; move it away")
        if int(match[1]) != number:
            raise CannotJudge(
                f"{where} should be version {number:04d}: a version is missing or stands twice; "
                "restore the released files, and record again what is not released"
            )
        text = _text(path, where)
        digest = fingerprint(text)
        if not digest.startswith(match[2]):
            raise CannotJudge(f"{where} was edited: its content is {digest[:16]}; restore the released file")
        found.append(Numbered(number, text, digest, where))
    return tuple(found)


def append(root: Path, folder: Path, suffix: str, versions: Sequence[Numbered], text: str) -> Numbered | None:
    """Write a new version, unless the latest one is the same.

    Args:
        root: The repository.
        folder: The folder, relative to it.
        suffix: How the file's name ends, without a dot.
        versions: What `read` gave; empty if the folder is new.
        text: The content without its last line end.

    Returns:
        The new version; None if nothing changed.
    """
    if versions and versions[-1].text == text:
        return None
    digest = fingerprint(text)
    path = folder / f"{len(versions) + 1:04d}.{digest[:16]}.{suffix}"
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    # Hidden until it is whole: a run that dies leaves nothing that looks released.
    beside = root / path.with_name(f".{path.name}.new")
    beside.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    beside.replace(root / path)
    return Numbered(len(versions) + 1, text, digest, path.as_posix())


def fingerprint(text: str) -> str:
    """Return the fingerprint of a text.

    Args:
        text: The text.

    Returns:
        SHA-256 of its UTF-8, 64 hexadecimal digits.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _text(path: Path, where: str) -> str:
    try:
        content = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotJudge(f"{where} cannot be read: {error}") from None
    if not content.endswith("\n") or "\r" in content:
        raise CannotJudge(f"{where} does not end as it was written; restore the released file")
    return content[:-1]
