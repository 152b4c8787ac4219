"""The walk over one document that makes the model of it. `registry.parse` is the way in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from registry.defaults import default_problem, show
from registry.model import (
    LOGICAL_TYPES,
    MISSING,
    PRIMITIVES,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Primitive,
    Record,
    Type,
    Union,
    complete,
)

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FULL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
NAMED_KINDS: Final = ("record", "error", "enum", "fixed")
MAX_DEPTH: Final = 64

Resolve = Callable[[str, str], Named]


class SchemaError(ValueError):
    """A schema breaks a rule of Avro.

    Attributes:
        rule: Stable id of the rule.
        at: Where in the schema, such as `fields.total`.
        why: What is wrong.
        fix: What to write instead.
    """

    def __init__(self, rule: str, at: str, why: str, fix: str) -> None:
        super().__init__(f"{at}: {why} {fix}" if at else f"{why} {fix}")
        self.rule, self.at, self.why, self.fix = rule, at, why, fix


@dataclass(frozen=True, slots=True)
class Definition:
    """A named type with the JSON that defines it, and where that stands in its document."""

    type: Named
    raw: Mapping[str, Any]
    at: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How much is allowed: named types inside others, types that contain themselves, mistakes that readers overlook."""

    inline: bool
    recursion: bool
    tolerant: bool


SOURCE = Dialect(inline=False, recursion=False, tolerant=False)
RELEASED = Dialect(inline=True, recursion=True, tolerant=False)
ANY = Dialect(inline=True, recursion=True, tolerant=True)


def bad_default(at: str, name: str, problem: str) -> SchemaError:
    """Return the mistake of a field whose default its type refuses."""
    place = f"{at}.fields.{name}" if at else f"fields.{name}"
    return SchemaError("bad-default", place, f"The default is wrong: {problem}.", "Give one of the type.")


def qualified(name: str, namespace: str) -> str:
    """Return the full name that a name means (Avro specification, "Names").

    Args:
        name: A simple or full name.
        namespace: That of the definition which encloses it.

    Returns:
        The full name.
    """
    return name if "." in name or not namespace else f"{namespace}.{name}"


class Parser:
    """One walk over one document. `names` holds what was defined so far; None marks a type that is being defined."""

    def __init__(self, resolve: Resolve, dialect: Dialect, shells: MutableMapping[str, Record]) -> None:
        self.resolve, self.dialect, self.shells = resolve, dialect, shells
        self.names: dict[str, Named | None] = {}
        self.definitions: list[Definition] = []
        self.defects: list[SchemaError] = []

    def type(self, raw: Any, at: str, namespace: str, depth: int) -> Type:
        """Parse any type: a name, a list or an object."""
        if isinstance(raw, str):
            return self._reference(raw, at, namespace)
        if depth >= MAX_DEPTH:
            raise SchemaError(
                "too-deep", at[:80], f"Types are nested {MAX_DEPTH} deep.", "Name some, and refer to them."
            )
        depth += 1
        if isinstance(raw, list):
            return self._union(raw, at, namespace, depth)
        if not isinstance(raw, dict):
            raise SchemaError("bad-type", at, f"`{show(raw)}` is no type.", "Write a name, an object or a list.")
        kind = raw.get("type")
        if isinstance(kind, dict | list):
            if len(raw) > 1:
                self._defect(
                    "bad-type", at, "A type is wrapped in another one with attributes.", "Put them on the inner type."
                )
            return self.type(kind, at, namespace, depth)
        if kind == "array":
            return Array(self.type(self._need(raw, "items", at), f"{at}.items", namespace, depth))
        if kind == "map":
            return Map(self.type(self._need(raw, "values", at), f"{at}.values", namespace, depth))
        if kind in NAMED_KINDS:
            if not self.dialect.inline:
                raise SchemaError(
                    "inline-type",
                    at,
                    f"A named type ({kind}) is defined inside another one.",
                    "Give it a file of its own and write its full name here.",
                )
            return self.named(raw, at, namespace, depth)
        if kind in PRIMITIVES:
            logical, precision, scale = self._logical(raw, str(kind), at)
            return Primitive(str(kind), logical, precision, scale)
        if isinstance(kind, str):
            return self._reference(kind, at, namespace)
        raise SchemaError("bad-type", at, "The object has no `type`.", 'Add "type".')

    def named(self, raw: dict[str, Any], at: str, namespace: str, depth: int) -> Named:
        """Parse the definition of a named type."""
        full_name = self._full_name(raw, at, namespace)
        if full_name in self.names:
            raise SchemaError("repeated-type", at, f"`{full_name}` is defined twice.", "Refer to it by name.")
        inner = full_name.rpartition(".")[0]
        doc, aliases = self._doc(raw, at), tuple(qualified(a, inner) for a in self._aliases(raw, at))
        result: Named
        match raw["type"]:
            case "record" | "error":
                record = self.shells.pop(full_name, None) or Record(full_name, (), doc, aliases)
                self.names[full_name] = record if self.dialect.recursion else None
                complete(record, self._fields(raw, at, inner, depth), doc, aliases)
                result = record
            case "enum":
                result = self._enum(raw, at, full_name, doc, aliases)
            case _:
                result = self._fixed(raw, at, full_name, doc, aliases)
        self.names[full_name] = result
        self.definitions.append(Definition(result, raw, at))
        return result

    def _reference(self, name: str, at: str, namespace: str) -> Type:
        if name in PRIMITIVES:
            return _PLAIN[name]
        if not FULL_NAME.fullmatch(name):
            raise SchemaError("unknown-type", at, f"`{show(name)}` is no name of a type.", "Write a full name.")
        full_name = qualified(name, namespace)
        if full_name in self.names:
            found = self.names[full_name]
            if found is None:
                raise SchemaError(
                    "recursive-type", at, f"`{full_name}` contains itself.", "Use an array of ids, or a flat list."
                )
            return found
        if full_name != name and self.dialect.tolerant and (found := self.names.get(name)) is not None:
            # A type without a namespace cannot be named inside another one; writers of self-contained text do it.
            return found
        return self.resolve(full_name, at)

    def _union(self, raw: list[Any], at: str, namespace: str, depth: int) -> Union:
        branches = tuple(self.type(item, f"{at}[{index}]", namespace, depth) for index, item in enumerate(raw))
        if not branches and not self.dialect.tolerant:
            raise SchemaError("bad-union", at, "The union is empty.", "Name its types.")
        seen: set[str] = set()
        for branch in branches:
            if isinstance(branch, Union):
                raise SchemaError("bad-union", at, "A union stands directly in a union.", "Write one flat list.")
            key = branch_key(branch)
            if key in seen:
                raise SchemaError("bad-union", at, f"The union has two branches of `{key}`.", "Keep one of them.")
            seen.add(key)
        return Union(branches)

    def _fields(self, raw: dict[str, Any], at: str, namespace: str, depth: int) -> tuple[Field, ...]:
        items = self._need(raw, "fields", at)
        if not isinstance(items, list):
            raise SchemaError("bad-fields", at, "`fields` is no list.", "Write a list of objects.")
        fields: dict[str, Field] = {}
        for index, item in enumerate(items):
            name = item.get("name") if isinstance(item, dict) else None
            if not isinstance(name, str) or not NAME.fullmatch(name):
                place = f"{at}.fields[{index}]" if at else f"fields[{index}]"
                raise SchemaError("bad-name", place, f"`{show(name)}` is no field name.", "Use letters, digits and _.")
            place = f"{at}.fields.{name}" if at else f"fields.{name}"
            if name in fields:
                raise SchemaError("repeated-field", place, f"The field `{name}` stands twice.", "Rename one of them.")
            type_ = self.type(self._need(item, "type", place), place, namespace, depth)
            default = item.get("default", MISSING)
            aliases = self._aliases(item, place)
            fields[name] = Field(name, type_, self._doc(item, place), default, aliases)
        if self.dialect.tolerant:
            return tuple(fields.values())
        return tuple(self._with_default_judged(item, at) for item in fields.values())

    def _with_default_judged(self, item: Field, at: str) -> Field:
        if item.default is not MISSING and (problem := default_problem(item.type, item.default)):
            raise bad_default(at, item.name, problem)
        return item

    def _enum(self, raw: dict[str, Any], at: str, full_name: str, doc: str, aliases: tuple[str, ...]) -> Enum:
        symbols = self._need(raw, "symbols", at)
        if not isinstance(symbols, list) or (not symbols and not self.dialect.tolerant):
            raise SchemaError("bad-symbols", at, "`symbols` is no list of names.", "Name at least one.")
        for symbol in symbols:
            if not isinstance(symbol, str) or not NAME.fullmatch(symbol):
                raise SchemaError("bad-name", at, f"`{show(symbol)}` is no symbol.", "Use letters, digits and _.")
        if len(set(symbols)) < len(symbols):
            raise SchemaError("repeated-symbol", at, "A symbol stands twice.", "Keep one of them.")
        default = raw.get("default")
        if default is not None and (not isinstance(default, str) or default not in symbols):
            raise SchemaError("bad-enum-default", at, f"The default {show(default)} is no symbol.", "Name a symbol.")
        docs = raw.get("symbolDocs", {})
        if not isinstance(docs, dict) or not all(isinstance(text, str) for text in docs.values()):
            self._defect("bad-symbol-docs", at, "`symbolDocs` is no map of texts.", "Write symbol: text.")
            docs = {}
        if extra := sorted(set(docs) - set(symbols)):
            self._defect("bad-symbol-docs", at, f"`symbolDocs` names {show(extra[0])}, no symbol.", "Remove it.")
        return Enum(full_name, tuple(symbols), doc, default, dict(docs), aliases)

    def _fixed(self, raw: dict[str, Any], at: str, full_name: str, doc: str, aliases: tuple[str, ...]) -> Fixed:
        size = self._need(raw, "size", at)
        if type(size) is not int or not 0 <= size < 1 << 31:
            raise SchemaError("bad-size", at, f"`{show(size)}` is no size.", "Write a number of bytes.")
        logical, precision, scale = self._logical(raw, "fixed", at, size)
        return Fixed(full_name, size, doc, logical, precision, scale, aliases)

    def _logical(self, raw: dict[str, Any], base: str, at: str, size: int = 0) -> tuple[str | None, int, int]:
        logical = raw.get("logicalType")
        if logical is None:
            return None, 0, 0
        bases = LOGICAL_TYPES.get(logical) if isinstance(logical, str) else None
        if bases is None and self.dialect.tolerant and isinstance(logical, str):
            return logical, 0, 0
        if problem := _logical_problem(raw, logical, base, bases, size):
            # Spec: a reader that meets a logical type that does not fit reads the plain type.
            self._defect("bad-logical-type", at, *problem)
            return None, 0, 0
        if logical != "decimal":
            return str(logical), 0, 0
        return "decimal", int(raw["precision"]), int(raw.get("scale", 0))

    def _full_name(self, raw: dict[str, Any], at: str, namespace: str) -> str:
        name, space = self._need(raw, "name", at), raw.get("namespace", namespace)
        full_name = name if isinstance(name, str) and "." in name else f"{space}.{name}" if space else name
        if not isinstance(full_name, str) or not FULL_NAME.fullmatch(full_name):
            raise SchemaError(
                "bad-name", at, f"`{show(full_name)}` is no name of a type.", "Use letters, digits and _."
            )
        if full_name in PRIMITIVES:
            raise SchemaError("bad-name", at, f"`{full_name}` is a type of Avro's own.", "Choose another name.")
        return full_name

    def _defect(self, rule: str, at: str, why: str, fix: str) -> None:
        error = SchemaError(rule, at, why, fix)
        if not self.dialect.tolerant:
            raise error
        self.defects.append(error)

    @staticmethod
    def _need(raw: dict[str, Any], key: str, at: str) -> Any:
        if key not in raw:
            raise SchemaError("missing-attribute", at, f"`{key}` is missing.", f'Add "{key}".')
        return raw[key]

    def _doc(self, raw: dict[str, Any], at: str) -> str:
        doc = raw.get("doc", "")
        if isinstance(doc, str):
            return doc
        self._defect("bad-doc", at, "`doc` is no text.", "Write a sentence.")
        return ""

    def _aliases(self, raw: dict[str, Any], at: str) -> tuple[str, ...]:
        aliases = raw.get("aliases", [])
        # Spec: any string is accepted as an alias, so that names which are no longer legal can be corrected.
        legal = re.compile(".*", re.DOTALL) if self.dialect.tolerant else FULL_NAME
        if not isinstance(aliases, list) or not all(isinstance(a, str) and legal.fullmatch(a) for a in aliases):
            raise SchemaError("bad-name", at, "`aliases` is no list of names.", "Write a list of names.")
        return tuple(aliases)


_PLAIN = {name: Primitive(name) for name in PRIMITIVES}


def _logical_problem(
    raw: Mapping[str, Any], logical: Any, base: str, bases: tuple[str, ...] | None, size: int
) -> tuple[str, str] | None:
    if bases is None or base not in bases:
        known = f"It annotates {' and '.join(bases)}." if bases else f"Known: {', '.join(sorted(LOGICAL_TYPES))}."
        return f"{show(logical)} does not annotate `{base}`.", known
    for name, needed in (("uuid", 16), ("duration", 12)):
        if logical == name and base == "fixed" and size != needed:
            return f"A {name} has {needed} bytes.", f'Write "size": {needed}.'
    if logical != "decimal":
        return None
    precision, scale = raw.get("precision"), raw.get("scale", 0)
    if type(precision) is not int or precision < 1 or type(scale) is not int or not 0 <= scale <= precision:
        return (
            f"A decimal of precision {show(precision)} and scale {show(scale)} cannot be.",
            "Give a precision of at least 1 and a scale from 0 to the precision.",
        )
    if base == "fixed" and precision > _digits(size):
        return (
            f"{size} bytes hold {_digits(size)} digits, not {precision}.",
            "Give a larger size or a smaller precision.",
        )
    return None


def _digits(size: int) -> int:
    """Return how many decimal digits a signed number of so many bytes holds (Avro specification, "Decimal")."""
    # log10(2) is 0.30103; exact powers would take time and memory for a hostile size.
    if size > 1000:
        return int((8 * size - 1) * 0.30102999566)
    return len(str(2 ** (8 * size - 1) - 1)) - 1 if size else 0


def branch_key(branch: Type) -> str:
    """Return what must be unique among the branches of a union.

    Args:
        branch: A branch.

    Returns:
        The full name of a named type, else the name of the type.
    """
    match branch:
        case Primitive():
            return branch.name
        case Array():
            return "array"
        case Map():
            return "map"
        case Union():
            return "union"
        case _:
            return branch.full_name
