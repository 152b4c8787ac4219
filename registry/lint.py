"""House rules for event schemas: what Avro allows and this platform does not.

Each rule is a function that takes the sources and yields findings; `RULES` is the table, and `registry.rules` says of
each what it is for. Other people's schemas are linted by the same rules, each of which can be left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from registry.catalogue import Catalogue
from registry.compat.matching import matches
from registry.compat.meaning import scalars
from registry.compat.places import simple_name, tell
from registry.defaults import default_problem
from registry.documents import Document
from registry.findings import Finding
from registry.model import MISSING, Enum, Field, Fixed, Named, Primitive, Record, Type, Union, split
from registry.parse import Definition, SchemaError
from registry.rules import RULES as TABLE
from registry.shapes import circles, has_zero_width, leaves, walk

_ATTRIBUTES = {
    "record": {"type", "name", "namespace", "aliases", "doc", "fields"},
    "enum": {"type", "name", "namespace", "aliases", "doc", "symbols", "default", "symbolDocs"},
    "fixed": {"type", "name", "namespace", "aliases", "doc", "size", "logicalType", "precision", "scale"},
}
_FIELD_ATTRIBUTES = {"name", "type", "doc", "default", "order", "aliases"}
_MONEY_NAMES = re.compile(r"(.*_)?(amount|total|price|balance|credit|fee|cost)")
_MONEY = "Money"
_NULL = Primitive("null")
# What a parser overlooks, and the rule that tells it.
_DEFECTS = {"bad-default": "bad-default", "bad-logical-type": "bad-logical-type"}


@dataclass(frozen=True, slots=True)
class Item:
    """A named type with the file and the place where it is defined."""

    path: str
    definition: Definition

    @property
    def type(self) -> Named:
        """The type."""
        return self.definition.type

    def at(self, place: str) -> str:
        """Return a place inside the definition as one inside the file."""
        return ".".join(filter(None, (self.definition.at, place)))


@dataclass(frozen=True, slots=True)
class Sources:
    """What is linted.

    Attributes:
        items: Every named type.
        tops: File and type of each top that is not named.
        keys: The key field of each event, by full name.
        defects: File and mistake of what the parser overlooked.
    """

    items: Sequence[Item]
    tops: Sequence[tuple[str, Type]] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    defects: Sequence[tuple[str, SchemaError]] = ()


Rule = Callable[[Sources], Iterator[Finding]]


def lint(catalogue: Catalogue) -> list[Finding]:
    """Check our own schemas against all rules.

    Args:
        catalogue: The schemas.

    Returns:
        What is wrong, rule by rule; empty if nothing is.
    """
    items = [Item(file.path, Definition(file.type, file.raw, "")) for file in catalogue.files.values()]
    keys = {event.full_name: topic.key for topic in catalogue.topics for event in topic.events}
    return _check(Sources(items, keys=keys), frozenset())


def lint_documents(documents: Sequence[Document], without: Collection[str] = ()) -> list[Finding]:
    """Check anybody's schemas.

    Args:
        documents: The schemas.
        without: Rules to leave out.

    Returns:
        What is wrong, rule by rule.
    """
    items = [Item(document.path, item) for document in documents for item in document.parsed.definitions]
    tops = [
        (document.path, document.type) for document in documents if not isinstance(document.type, Record | Enum | Fixed)
    ]
    defects = [(document.path, defect) for document in documents for defect in document.parsed.defects]
    return _check(Sources(items, tops, defects=defects), without)


def _check(sources: Sources, without: Collection[str]) -> list[Finding]:
    return [finding for name, rule in RULES.items() if name not in without for finding in rule(sources)]


def docs(sources: Sources) -> Iterator[Finding]:
    """Every record, field, enum and symbol says what it means."""
    for item in sources.items:
        if not item.type.doc.strip():
            yield _finding("doc", item, "doc", "The type has no description.", 'Add "doc".')
        if isinstance(item.type, Enum):
            for symbol in item.type.symbols:
                if not item.type.symbol_docs.get(symbol, "").strip():
                    why = f"The symbol `{symbol}` has no description."
                    yield _finding("doc", item, f"symbols.{symbol}", why, f'Add "{symbol}" to "symbolDocs".')
    for item, member in _fields(sources):
        if not member.doc.strip():
            yield _finding("doc", item, f"fields.{member.name}", "The field has no description.", 'Add "doc".')


def enum_default(sources: Sources) -> Iterator[Finding]:
    """Every enum has a default: without one a symbol added later makes older readers fail."""
    for item in sources.items:
        if isinstance(item.type, Enum) and item.type.default is None:
            why = "The enum has no default symbol, so a reader fails at a symbol that it does not have."
            yield _finding("enum-default", item, "default", why)


def naming(sources: Sources) -> Iterator[Finding]:
    """Types are CamelCase, fields snake_case, symbols UPPER_SNAKE_CASE."""
    for item in sources.items:
        name = split(item.type.full_name)[1]
        if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name):
            yield _finding("naming", item, "name", f"`{name}` is not CamelCase.", "Rename the type and its file.")
        if isinstance(item.type, Enum):
            for symbol in item.type.symbols:
                if not re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", symbol):
                    why = f"`{symbol}` is not UPPER_SNAKE_CASE."
                    yield _finding("naming", item, f"symbols.{symbol}", why, "Rename the symbol.")
    for item, member in _fields(sources):
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", member.name):
            why = f"`{member.name}` is not snake_case."
            yield _finding("naming", item, f"fields.{member.name}", why, "Rename the field.")


def namespace(sources: Sources) -> Iterator[Finding]:
    """Every type has a namespace, in lower case."""
    for item in sources.items:
        space = split(item.type.full_name)[0]
        if not space:
            yield _finding("namespace", item, "namespace", f"`{item.type.full_name}` has no namespace.")
        elif not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", space):
            yield _finding("namespace", item, "namespace", f"`{space}` is not lower case.", "Write it in lower case.")


def ids(sources: Sources) -> Iterator[Finding]:
    """Keys are UUIDs, and other ids are text: a number can be added to, run out, and lose digits in JavaScript."""
    for item, member in _fields(sources):
        types = [part for part in leaves(member.type) if part != _NULL]
        at = f"fields.{member.name}"
        fix = 'Write {"type": "string", "logicalType": "uuid"}.'
        if sources.keys.get(item.type.full_name) == member.name and types != [Primitive("string", "uuid")]:
            yield _finding("id-type", item, at, "The topic's key is no UUID.", fix)
        elif member.name.endswith("_id") and any(getattr(part, "name", "") != "string" for part in types):
            yield _finding("id-type", item, at, "An id is text, if possible a UUID.", fix)


def times(sources: Sources) -> Iterator[Finding]:
    """Moments are timestamp-millis: a second unit beside it is read as the wrong year sooner or later."""
    for item, member in _fields(sources):
        at = f"fields.{member.name}"
        for part in leaves(member.type):
            logical = getattr(part, "logical", None) or ""
            if "timestamp" in logical and logical != "timestamp-millis":
                yield _finding("time-type", item, at, f"`{logical}` is not what the others use.")
            elif member.name.endswith("_at") and logical != "timestamp-millis" and part != _NULL:
                yield _finding("time-type", item, at, "A field named `…_at` is a moment.")


def no_float(sources: Sources) -> Iterator[Finding]:
    """Nothing is a float."""
    for item, member in _fields(sources):
        for part in leaves(member.type):
            if isinstance(part, Primitive) and part.name in ("float", "double"):
                why = f"`{part.name}` cannot hold decimal fractions exactly."
                yield _finding("no-float", item, f"fields.{member.name}", why)


def money(sources: Sources) -> Iterator[Finding]:
    """Money is an integer of minor units with its currency."""
    for item, member in _fields(sources):
        if not _MONEY_NAMES.fullmatch(member.name):
            continue
        for part in leaves(member.type):
            if part == _NULL or (isinstance(part, Primitive) and part.name in ("float", "double")):
                continue
            if simple_name(getattr(part, "full_name", "")) != _MONEY:
                why = "An amount of money has a currency."
                yield _finding("money-type", item, f"fields.{member.name}", why)


def zero_width_items(sources: Sources) -> Iterator[Finding]:
    """No array holds items of no bytes: six bytes could then claim a billion of them."""
    why = "An item of the array may take no bytes at all, so a tiny body can fill the reader's memory."
    for item, member in _fields(sources):
        if has_zero_width(member.type):
            yield _finding("zero-width-items", item, f"fields.{member.name}", why)
    for path, top in sources.tops:
        if has_zero_width(top):
            yield _at_top("zero-width-items", path, why)


def recursion(sources: Sources) -> Iterator[Finding]:
    """No type contains itself."""
    by_type = {id(item.type): item for item in sources.items}
    for circle in circles([item.type for item in sources.items]):
        names = [simple_name(record.full_name) for record in circle[:20]]
        why = f"`{circle[0].full_name}` contains itself ({' -> '.join([*names, names[0]])})."
        yield _finding("recursion", by_type[id(circle[0])], "", why)


def attributes(sources: Sources) -> Iterator[Finding]:
    """Attributes that Avro does not know are mistakes in writing more often than metadata."""
    for item in sources.items:
        raw = item.definition.raw
        kind = "record" if raw["type"] == "error" else raw["type"]
        for key in sorted(set(raw) - _ATTRIBUTES[kind]):
            yield _finding("unknown-attribute", item, key, f"Avro knows no `{key}` here.", "Remove or correct it.")
        for member in raw["fields"] if kind == "record" else ():
            for key in sorted(set(member) - _FIELD_ATTRIBUTES):
                where = f"fields.{member['name']}.{key}"
                yield _finding("unknown-attribute", item, where, f"Avro knows no `{key}` here.", _attribute_fix(key))


def _attribute_fix(key: str) -> str:
    # fastavro, Java and the specification all ignore it there without a word.
    if key in ("logicalType", "precision", "scale", "items", "values", "symbols"):
        return f'Move it into the type: "type": {{..., "{key}": ...}}.'
    return "Remove or correct it."


def aliases(sources: Sources) -> Iterator[Finding]:
    """No aliases: they work for some readers only, and registries do not see them."""
    for item, member in _fields(sources):
        if member.aliases:
            why = "An alias renames a field for some readers only; older ones lose its value without an error."
            fix = "Add a field with a default beside the old one."
            yield _finding("alias", item, f"fields.{member.name}.aliases", why, fix)
    for item in sources.items:
        if item.type.aliases:
            why = "An alias renames a type for some readers only."
            yield _finding("alias", item, "aliases", why, "Keep the old name.")


def default_not_first(sources: Sources) -> Iterator[Finding]:
    """A union's default is of its first branch, as Avro wanted before 1.12 and many libraries still do."""
    for item, member in _fields(sources):
        if not isinstance(member.type, Union) or member.default is MISSING or not member.type.branches:
            continue
        problem = default_problem(member.type.branches[0], member.default)
        if problem and not default_problem(member.type, member.default):
            why = f"The default is not of the first branch: {problem}."
            yield _finding("default-not-first", item, f"fields.{member.name}.default", why)


def union_ambiguous(sources: Sources) -> Iterator[Finding]:
    """No branch of a union takes what a later one is for."""
    for item, member in _fields(sources):
        for part in walk(member.type):
            if isinstance(part, Union) and (why := _taken(part)):
                yield _finding("union-ambiguous", item, f"fields.{member.name}", why)
    for path, top in sources.tops:
        for part in walk(top):
            if isinstance(part, Union) and (why := _taken(part)):
                yield _at_top("union-ambiguous", path, why)


def _taken(union: Union) -> str:
    for index, later in enumerate(union.branches):
        for earlier in union.branches[:index]:
            if not matches(later, earlier):
                continue
            both_plain = isinstance(later, Primitive) and isinstance(earlier, Primitive)
            if not both_plain or any(True for _ in scalars(later, earlier)):  # type: ignore[arg-type]
                return f"{tell(later)} is read by the earlier branch {tell(earlier)}."
    return ""


def _defects(rule: str) -> Rule:
    def told(sources: Sources) -> Iterator[Finding]:
        for path, defect in sources.defects:
            if _DEFECTS.get(defect.rule, "bad-attribute") == rule:
                severity = TABLE[rule].severity.value
                yield Finding(rule, path, defect.at, defect.why, defect.fix, severity=severity)

    return told


RULES: Mapping[str, Rule] = {
    "doc": docs,
    "enum-default": enum_default,
    "naming": naming,
    "namespace": namespace,
    "id-type": ids,
    "time-type": times,
    "no-float": no_float,
    "money-type": money,
    "recursion": recursion,
    "zero-width-items": zero_width_items,
    "unknown-attribute": attributes,
    "alias": aliases,
    "bad-default": _defects("bad-default"),
    "bad-logical-type": _defects("bad-logical-type"),
    "bad-attribute": _defects("bad-attribute"),
    "default-not-first": default_not_first,
    "union-ambiguous": union_ambiguous,
}


def _finding(rule: str, item: Item, at: str, why: str, fix: str = "") -> Finding:
    entry = TABLE[rule]
    return Finding(rule, item.path, item.at(at), why, fix or entry.instead, severity=entry.severity.value)


def _at_top(rule: str, path: str, why: str) -> Finding:
    entry = TABLE[rule]
    return Finding(rule, path, "", why, entry.instead, severity=entry.severity.value)


def _fields(sources: Sources) -> Iterator[tuple[Item, Field]]:
    for item in sources.items:
        if isinstance(item.type, Record):
            for member in item.type.fields:
                yield item, member
