"""The append-only history: each released version of each subject is a file, like a database migration.

`registry/history/<subject>/<version>.<fingerprint>.avsc`, the version in four digits from 0001, the fingerprint's first
16 digits: a file that was edited no longer matches its own name, two branches that add the same version become two
files and are noticed, and nobody has to merge an index. A file holds the canonical text and a line end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from registry.canonical import canonical, fingerprint
from registry.catalogue import Catalogue
from registry.findings import CannotJudge
from registry.parse import SchemaError, load_json, parse_self_contained

HISTORY = Path("registry/history")
_FILE = re.compile(r"(\d{4})\.([0-9a-f]{16})\.avsc")


@dataclass(frozen=True, slots=True)
class Version:
    """A released version of a subject.

    Attributes:
        subject: `<topic>-<full name>`.
        number: 1 for the first.
        full_name: The record's full name.
        text: Its canonical self-contained schema.
        fingerprint: SHA-256 of the text.
        path: The file, relative to the repository.
    """

    subject: str
    number: int
    full_name: str
    text: str
    fingerprint: str
    path: str


def read_history(root: Path) -> dict[str, tuple[Version, ...]]:
    """Read all released versions.

    Args:
        root: The folder that holds `registry/history`.

    Returns:
        The versions of each subject, oldest first, by subject; empty if nothing was ever recorded.

    Raises:
        CannotJudge: A file is unreadable, edited, missing in between, or out of place.
    """
    folder = root / HISTORY
    if not folder.is_dir():
        return {}
    result = {}
    for subject in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        if not subject.is_dir():
            raise CannotJudge(f"{HISTORY / subject.name} is no folder of a subject; move it away")
        result[subject.name] = _read_subject(subject)
    return result


def record_current(root: Path, catalogue: Catalogue) -> list[Version]:
    """Record the current schema of each subject whose latest version differs from it.

    Args:
        root: The folder that holds `registry/history`.
        catalogue: The current schemas.

    Returns:
        The new versions.

    Raises:
        CannotJudge: The history is damaged.
    """
    history = read_history(root)
    new = []
    for subject, full_name in catalogue.subjects.items():
        versions = history.get(subject, ())
        text = catalogue.texts[full_name]
        if versions and versions[-1].text == text:
            continue
        digest = fingerprint(text)
        number = len(versions) + 1
        path = HISTORY / subject / f"{number:04d}.{digest[:16]}.avsc"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{text}\n", encoding="utf-8")
        new.append(Version(subject, number, full_name, text, digest, path.as_posix()))
    return new


def _read_subject(folder: Path) -> tuple[Version, ...]:
    versions = []
    for number, path in enumerate(sorted(folder.iterdir()), start=1):
        where = (HISTORY / folder.name / path.name).as_posix()
        match = _FILE.fullmatch(path.name)
        if match is None:
            raise CannotJudge(f"{where} is not named <version>.<fingerprint>.avsc; move it away")
        if int(match[1]) != number:
            raise CannotJudge(
                f"{where} should be version {number:04d}: a version is missing or stands twice; "
                "restore the released files, and record again what is not released"
            )
        text = _read_text(path, where)
        digest = fingerprint(text)
        if not digest.startswith(match[2]):
            raise CannotJudge(f"{where} was edited: its content is {digest[:16]}; restore the released file")
        versions.append(_version(folder.name, number, text, digest, where))
    if not versions:
        raise CannotJudge(f"{HISTORY / folder.name} holds no version; restore the released files")
    return tuple(versions)


def _read_text(path: Path, where: str) -> str:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotJudge(f"{where} cannot be read: {error}") from None
    if not content.endswith("\n") or "\n" in content[:-1]:
        raise CannotJudge(f"{where} is not one line of canonical text; restore the released file")
    return content[:-1]


def _version(subject: str, number: int, text: str, digest: str, where: str) -> Version:
    try:
        record = parse_self_contained(text)
    except SchemaError as error:
        raise CannotJudge(f"{where} is no schema: {error}") from None
    if canonical(load_json(text)) != text:
        raise CannotJudge(f"{where} is not in canonical form; restore the released file")
    if not subject.endswith(f"-{record.full_name}"):
        raise CannotJudge(f"{where} holds {record.full_name}, which is not the subject's record")
    return Version(subject, number, record.full_name, text, digest, where)
