"""Two files, or two folders, of anybody's schemas.

- Two files are compared as they are, whatever their types are called.
- In folders types are matched by full name, over those that stand at the top of a file and that no other file refers
  to: the others are compared inside them. A type that is nowhere any more is a finding, a new one a note.
- A removed type and an added one of the same simple name, or with the old name as alias, are one type that moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from registry.compat.places import simple_name
from registry.compat.verdict import Level, Sides, is_error, judge
from registry.documents import Document, load_documents
from registry.findings import CannotJudge, Finding
from registry.model import Enum, Fixed, Record
from registry.rules import RULES


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two files or folders.

    Attributes:
        level: What was asked.
        compared: The types compared, as old and new name.
        findings: Everything found.
    """

    level: Level
    compared: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def compatible(self) -> bool:
        """Whether nothing found is an error."""
        return not any(is_error(finding) for finding in self.findings)


def diff(old: Path, new: Path, level: Level) -> Comparison:
    """Compare two files or two folders.

    Args:
        old: The older version.
        new: The newer one.
        level: Which directions to judge.

    Returns:
        The verdict with everything found.

    Raises:
        CannotJudge: A side has nothing to read, one is a file and the other a folder that has not the file's type.
        InvalidSources: A file is no schema.
    """
    before, after = load_documents(old), load_documents(new)
    result = Comparison(level)
    if not old.is_dir() and not new.is_dir():
        if before[0].raw == after[0].raw:
            result.compared.append((before[0].key, after[0].key))
        else:
            _compare(result, before[0], after[0])
        return result
    if old.is_dir() != new.is_dir():
        before, after = _same_types(before, after, folder_is_old=old.is_dir())
    _compare_sets(result, before, after)
    return result


def _same_types(
    before: tuple[Document, ...], after: tuple[Document, ...], *, folder_is_old: bool
) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """Take from a folder only what a single file is to be compared with."""
    folder, (single,) = (before, after) if folder_is_old else (after, before)
    found = tuple(document for document in folder if document.key == single.key)
    if not found:
        raise CannotJudge(f"{single.path} defines {single.key}, and no file of the folder does; give two files")
    return (found, (single,)) if folder_is_old else ((single,), found)


def _compare_sets(result: Comparison, before: Sequence[Document], after: Sequence[Document]) -> None:
    olds, news = {item.key: item for item in before}, {item.key: item for item in after}
    wanted = roots(before) | roots(after)
    removed = [olds[key] for key in sorted(wanted & olds.keys() - news.keys())]
    added = [news[key] for key in sorted(wanted & news.keys() - olds.keys())]
    pairs = [(olds[key], news[key]) for key in sorted(wanted & olds.keys() & news.keys())]
    for old in list(removed):
        new = _moved(old, added, removed)
        if new is not None:
            removed.remove(old)
            added.remove(new)
            pairs.append((old, new))
    old_inline, new_inline = _inline(before), _inline(after)
    for old, new in pairs:
        if _text_of(old, olds, old_inline) == _text_of(new, news, new_inline):
            # Who reads the text that was written resolves nothing, so nothing can come out otherwise.
            result.compared.append((old.key, new.key))
        else:
            _compare(result, old, new)
    for document in removed:
        result.findings.append(_about("type-removed", document, f"`{document.key}` is no longer defined."))
    for document in added:
        result.findings.append(_about("type-added", document, f"`{document.key}` is new."))


def roots(documents: Sequence[Document]) -> set[str]:
    """Return the keys of the documents that no other one refers to, and of one of each circle that nothing leads to.

    Args:
        documents: All documents of a folder.

    Returns:
        Keys; every document can be reached from one of them.
    """
    referred = {name for document in documents for name in document.refers_to}
    by_key = {document.key: document for document in documents}
    inline = _inline(documents)
    result = {document.key for document in documents if document.key not in referred}
    reached = _reached(result, by_key, inline)
    for key in sorted(by_key):
        if key not in reached:
            result.add(key)
            reached |= _reached({key}, by_key, inline)
    return result


def _inline(documents: Iterable[Document]) -> dict[str, str]:
    """Return the key of the document that defines each named type."""
    return {item.type.full_name: document.key for document in documents for item in document.parsed.definitions}


def _reached(start: Iterable[str], by_key: dict[str, Document], inline: dict[str, str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key in reached or key not in by_key:
            continue
        reached.add(key)
        waiting += [inline.get(name, name) for name in by_key[key].refers_to]
    return reached


def _text_of(document: Document, by_key: dict[str, Document], inline: dict[str, str]) -> dict[str, object]:
    """Return the JSON of a document and of every other one that it leads to, by key."""
    return {key: by_key[key].raw for key in _reached({document.key}, by_key, inline)}


def _moved(old: Document, added: Sequence[Document], removed: Sequence[Document]) -> Document | None:
    aliased = [new for new in added if old.key in getattr(new.type, "aliases", ())]
    if len(aliased) == 1:
        return aliased[0]
    if not isinstance(old.type, Record | Enum | Fixed):
        return None
    name = simple_name(old.key)
    same = [new for new in added if simple_name(new.key) == name and type(new.type) is type(old.type)]
    rivals = [other for other in removed if simple_name(other.key) == name]
    return same[0] if len(same) == len(rivals) == 1 else None


def _compare(result: Comparison, old: Document, new: Document) -> None:
    result.compared.append((old.key, new.key))
    result.findings.extend(judge(old.type, new.type, result.level, Sides(old.path, new.path)))


def _about(rule: str, document: Document, why: str) -> Finding:
    entry = RULES[rule]
    return Finding(rule, document.path, "", why, entry.instead, severity=entry.severity.value, schema_at=document.key)
