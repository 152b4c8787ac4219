"""The walk: everything that can go wrong when one schema reads what another wrote, with the places where it does.

- Each pair of records is judged once, however often and however deep it is met, so the walk ends on recursive types
  and takes time in the order of pairs of records that can meet. It does not recurse over records.
- Places are paths from the top. A problem inside a record that is met at several places is told for the first
  `PLACES` of them, the shortest first; a path never goes through the same pair twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from registry.compat import meaning
from registry.compat.matching import exact_match, first_match, matches
from registry.compat.places import InField, InItems, InValues, Path, field_place, into_branch, render, tell
from registry.compat.problems import Problem, Sample
from registry.model import MISSING, Array, Enum, Field, Fixed, Map, Named, Primitive, Record, Type, Union
from registry.rules import RULES, Severity

PLACES: Final = 8
_Key: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class _Node:
    """One pair of records, or the top: what was found in it, and which pairs it leads to."""

    problems: list[Problem] = field(default_factory=list)
    edges: list[tuple[Path, _Key]] = field(default_factory=list)


def compare(writer: Type, reader: Type, *, writer_is_old: bool = True) -> list[Problem]:
    """Find what goes wrong, or is lost as declared, when a reader reads what a writer wrote.

    Args:
        writer: The type that wrote.
        reader: The type that reads.
        writer_is_old: Whether the writer is the older version: what it has and the reader has not was removed.

    Returns:
        The problems, in the order of their places; empty if the reader gets what was written.
    """
    return list(_Walk(writer_is_old=writer_is_old).run(writer, reader))


class _Walk:
    def __init__(self, *, writer_is_old: bool) -> None:
        self.writer_is_old = writer_is_old
        self.nodes: dict[_Key, _Node] = {}
        self.waiting: deque[tuple[_Key, Record, Record]] = deque()
        self.moved: set[tuple[str, str]] = set()
        self.symbols: dict[int, frozenset[str]] = {}

    def run(self, writer: Type, reader: Type) -> Iterator[Problem]:
        top = _Node()
        self._visit(top, (), "", writer, reader)
        while self.waiting:
            key, one, other = self.waiting.popleft()
            self._records(self.nodes[key], one, other)
        yield from self._placed(top)

    def _placed(self, top: _Node) -> Iterator[Problem]:
        places: dict[_Key, int] = {}
        queue: deque[tuple[Path, _Node, tuple[_Key, ...]]] = deque([((), top, ())])
        while queue:
            path, node, through = queue.popleft()
            for problem in node.problems:
                yield Problem(problem.rule, path + problem.path, problem.schema_at, problem.why, problem.sample)
            for steps, key in node.edges:
                if key not in through and places.get(key, 0) < PLACES:
                    places[key] = places.get(key, 0) + 1
                    queue.append((path + steps, self.nodes[key], (*through, key)))

    def _visit(self, node: _Node, path: Path, at: str, writer: Type, reader: Type) -> None:
        """Judge one pair. `at` is the place in the schema, for what has no name of its own."""
        if isinstance(writer, Union):
            for index, branch in enumerate(writer.branches):
                step = into_branch(writer, index)
                if isinstance(reader, Union):
                    self._into_union(node, (*path, step), at, branch, reader)
                elif matches(branch, reader):
                    self._visit(node, (*path, step), at, branch, reader)
                else:
                    self._add(node, (*path, step), at, "type-changed", _unreadable(branch, reader))
            return
        if isinstance(reader, Union):
            self._into_union(node, path, at, writer, reader)
            return
        match writer, reader:
            case Record(), Record():
                self._found(node, path, reader.full_name, self._names(writer, reader))
                key = id(writer), id(reader)
                if key not in self.nodes:
                    self.nodes[key] = _Node()
                    self.waiting.append((key, writer, reader))
                node.edges.append((path, key))
            case Enum(), Enum():
                self._enums(node, path, writer, reader)
            case Fixed(), Fixed():
                self._found(node, path, reader.full_name, self._names(writer, reader))
                if writer.size != reader.size:
                    why = f"`{writer.full_name}` is written with {writer.size} bytes and read with {reader.size}."
                    self._add(node, path, reader.full_name, "size-changed", why)
                else:
                    self._found(node, path, reader.full_name, meaning.scalars(writer, reader))
            case Array(), Array():
                self._visit(node, (*path, InItems()), at, writer.items, reader.items)
            case Map(), Map():
                self._visit(node, (*path, InValues()), at, writer.values, reader.values)
            case (Primitive(), Primitive()) if matches(writer, reader):
                self._found(node, path, at, meaning.scalars(writer, reader))
            case _:
                self._add(node, path, at, "type-changed", _unreadable(writer, reader))

    def _into_union(self, node: _Node, path: Path, at: str, writer: Type, reader: Union) -> None:
        first, exact = first_match(writer, reader), exact_match(writer, reader)
        if first is None:
            if exact is not None:
                # A fixed of another size: of the same name, but it does not match.
                self._visit(node, path, at, writer, exact)
                return
            why = f"{tell(writer)} may be written, and {tell(reader)} has no branch that takes it."
            self._add(node, path, at, "branch-missing", why)
            return
        if exact is None or exact is first:
            self._visit(node, path, at, writer, first)
            return
        # The specification reads with `first`, Java with `exact`: both must come out right.
        why = f"{tell(writer)} is read by the earlier branch {tell(first)} of {tell(reader)}."
        if isinstance(writer, Record | Enum | Fixed):
            names = writer.full_name, tell(first)
            self._add(node, path, at, "union-order", why, Sample(names=names))
        elif isinstance(writer, Primitive) and isinstance(first, Primitive):
            # What the promotion loses is the same as elsewhere, but it is the order that brings it about.
            lost = next((item for item in meaning.scalars(writer, first) if _is_error(item.rule)), None)
            if lost is not None:
                self._add(node, path, at, "union-order", why, lost.sample)
        self._visit(node, path, at, writer, exact)

    def _records(self, node: _Node, writer: Record, reader: Record) -> None:
        written = {item.name: item for item in writer.fields}
        names = {item.name for item in reader.fields}
        taken: set[str] = set()
        for item in reader.fields:
            at = field_place(reader, item)
            source = written.get(item.name)
            hits = [alias for alias in item.aliases if alias in written and alias != item.name]
            if hits and (source is not None or len(hits) > 1 or hits[0] in names):
                self._ambiguous(node, at, item, source, written[hits[0]])
            elif hits:
                source = written[hits[0]]
                why = f"The written `{source.name}` is found by an alias of `{item.name}`."
                self._add(node, (InField(source.name, item.name),), at, "alias-needed", why, None)
            elif source is None:
                self._not_written(node, at, writer, item)
            if source is None:
                continue
            taken.add(source.name)
            path: Path = (InField(source.name, item.name),)
            self._visit(node, path, at, source.type, item.type)
            found = meaning.defaults(writer, source, item, writer_is_old=self.writer_is_old)
            self._found(node, path, at, found)
        for item in writer.fields:
            if item.name not in taken:
                self._not_read(node, writer, item, reader)

    def _ambiguous(self, node: _Node, at: str, item: Field, source: Field | None, hit: Field) -> None:
        why = f"The alias `{hit.name}` of `{item.name}` is the name of another field."
        path: Path = (InField(item.name if source is not None else hit.name, item.name),)
        self._add(node, path, at, "alias-ambiguous", why, Sample(aliased=(source, hit)))

    def _not_written(self, node: _Node, at: str, writer: Record, item: Field) -> None:
        path: Path = (InField(item.name, item.name),)
        if item.default is MISSING:
            why = f"`{writer.full_name}` is written without `{item.name}`, which has no default."
            self._add(node, path, at, "default-missing", why)
        elif item.default_problem:
            self._add(node, path, at, "default-refused", f"The default is wrong: {item.default_problem}.")
        else:
            self._add(node, path, at, "field-defaulted", f"`{item.name}` is not written; it becomes its default.")

    def _not_read(self, node: _Node, writer: Record, item: Field, reader: Record) -> None:
        at = field_place(writer, item)
        path: Path = (InField(item.name, item.name),)
        old_names = {other.name: other for other in reader.fields}
        for alias in item.aliases:
            other = old_names.get(alias)
            if other is not None and other.default is not MISSING and all(alias != f.name for f in writer.fields):
                why = f"`{item.name}` is written for what the reader calls `{alias}`, and the reader takes its default."
                renamed: Path = (InField(item.name, alias),)
                self._add(node, renamed, at, "alias-one-way", why, Sample(meaning.unlike_default(item)))
                return
        self._add(node, path, at, "field-ignored", f"`{item.name}` is written, and the reader does not have it.")

    def _enums(self, node: _Node, path: Path, writer: Enum, reader: Enum) -> None:
        at = reader.full_name
        self._found(node, path, at, self._names(writer, reader))
        self._found(node, path, at, meaning.enum_defaults(writer, reader, writer_is_old=self.writer_is_old))
        if writer.symbols == reader.symbols:
            return
        known = self._known(reader)
        lost = [symbol for symbol in writer.symbols if symbol not in known]
        if not lost:
            return
        shown = ", ".join(f"`{symbol}`" for symbol in lost[:5]) + (
            f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        )
        if reader.default is None:
            why = f"{shown} may be written; the reader has no such symbol and no default symbol."
            self._add(node, path, at, "symbol-unknown", why, Sample(lost[0]))
        else:
            self._add(node, path, at, "symbol-defaulted", f"{shown} becomes `{reader.default}`.", Sample(lost[0]))

    def _known(self, enum: Enum) -> frozenset[str]:
        if id(enum) not in self.symbols:
            self.symbols[id(enum)] = frozenset(enum.symbols)
        return self.symbols[id(enum)]

    def _names(self, writer: Named, reader: Named) -> Iterator[meaning.Found]:
        for found in meaning.names(writer, reader):
            if found.rule == "namespace-moved":
                # What is nested moves with what it is nested in; that is told once.
                pair = meaning.namespaces(writer, reader)
                if pair in self.moved:
                    continue
                self.moved.add(pair)
            yield found

    def _found(self, node: _Node, path: Path, at: str, found: Iterator[meaning.Found]) -> None:
        node.problems += [Problem(item.rule, path, at, item.why, item.sample) for item in found]

    def _add(
        self,
        node: _Node,
        path: Path,
        at: str,
        rule: str,
        why: str,
        sample: Sample | None = Sample(),  # noqa: B008 - frozen
    ) -> None:
        node.problems.append(Problem(rule, path, at, why, sample))


def _is_error(rule: str) -> bool:
    return RULES[rule].severity is Severity.ERROR


def _unreadable(writer: Type, reader: Type) -> str:
    return f"{tell(writer)} cannot be read as {tell(reader)}."


def describe(problem: Problem) -> str:
    """Return a problem as one line, for logs and failing tests."""
    return f"{problem.rule} at {render(problem.path) or '(top)'}: {problem.why}"
