"""The append-only history: each released version of each subject is a file, like a database migration.

`registry/history/<subject>/<version>.<fingerprint>.avsc`, the version in four digits from 0001, the fingerprint's first
16 digits: a file that was edited no longer matches its own name, two branches that add the same version become two
files and are noticed, and nobody has to merge an index. A file holds the canonical text and a line end.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registry import numbered
from registry.canonical import canonical
from registry.catalogue import Catalogue
from registry.findings import CannotJudge
from registry.numbered import Numbered
from registry.parse import SchemaError, load_json, parse_self_contained

HISTORY = Path("registry/history")
_SUFFIX = "avsc"


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
        result[subject.name] = _read_subject(root, subject.name)
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
        released = [Numbered(v.number, v.text, v.fingerprint, v.path) for v in versions]
        added = numbered.append(root, HISTORY / subject, _SUFFIX, released, catalogue.texts[full_name])
        if added is not None:
            new.append(_version(subject, added))
    return new


def _read_subject(root: Path, subject: str) -> tuple[Version, ...]:
    versions = tuple(_version(subject, found) for found in numbered.read(root, HISTORY / subject, _SUFFIX))
    if not versions:
        raise CannotJudge(f"{HISTORY / subject} holds no version; restore the released files")
    return versions


def _version(subject: str, found: Numbered) -> Version:
    where, text = found.path, found.text
    try:
        record = parse_self_contained(text)
    except SchemaError as error:
        raise CannotJudge(f"{where} is no schema: {error}") from None
    if canonical(load_json(text)) != text:
        raise CannotJudge(f"{where} is not in canonical form; restore the released file")
    if not subject.endswith(f"-{record.full_name}"):
        raise CannotJudge(f"{where} holds {record.full_name}, which is not the subject's record")
    return Version(subject, found.number, record.full_name, text, found.fingerprint, where)
