"""JSON to model, strictly: what the Avro specification forbids is refused here with its place and a remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from registry.defaults import default_problem
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
)

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FULL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")

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


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise SchemaError("repeated-key", key, f"The key `{key}` stands twice in one object.", "Keep one of them.")
        result[key] = value
    return result


def _no_constant(text: str) -> Any:
    raise SchemaError("not-json", "", f"`{text}` is not JSON.", "Write a number.")


def load_json(text: str) -> Any:
    """Read JSON, refusing repeated keys and NaN.

    Args:
        text: The document.

    Returns:
        The value.

    Raises:
        SchemaError: It is not JSON, or an object has a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise SchemaError(
            "not-json", f"line {error.lineno}", f"This is not JSON: {error.msg}.", "Mend the syntax."
        ) from None
    except RecursionError:
        raise SchemaError("not-json", "", "The JSON is nested too deeply.", "Flatten it.") from None


def parse_definition(raw: Any, resolve: Resolve) -> Named:
    """Turn the definition of one named type into the model.

    Args:
        raw: The JSON object.
        resolve: Finds a named type by full name; gets the place that asks as second argument.

    Returns:
        The type.

    Raises:
        SchemaError: The definition breaks a rule.
    """
    if not isinstance(raw, dict) or raw.get("type") not in ("record", "enum", "fixed"):
        raise SchemaError(
            "not-named",
            "type",
            "A schema file defines one record, enum or fixed.",
            'Write "type": "record" at its top.',
        )
    return _Parser(resolve, inline=False, names={}).named(raw, "", "")


def parse_self_contained(text: str) -> Record:
    """Turn a self-contained schema, whose named types stand inline, into the model.

    Args:
        text: The schema as JSON.

    Returns:
        The record at its top.

    Raises:
        SchemaError: The text is no schema of a record, refers to a type that it does not define, or is recursive.
    """

    def unknown(name: str, at: str) -> Named:
        raise SchemaError("unknown-type", at, f"No type is named `{name}`.", "Define it where it is first used.")

    raw = load_json(text)
    if not isinstance(raw, dict) or raw.get("type") != "record":
        raise SchemaError("not-named", "type", "An event's schema is a record.", 'Write "type": "record" at its top.')
    result = _Parser(unknown, inline=True, names={}).named(raw, "", "")
    if not isinstance(result, Record):  # pragma: no cover - the type was checked above
        raise TypeError(result)
    return result


class _Parser:
    """One walk over one document. `names` holds what was defined inline so far; None marks a type being defined."""

    def __init__(self, resolve: Resolve, *, inline: bool, names: dict[str, Named | None]) -> None:
        self.resolve, self.inline, self.names = resolve, inline, names

    def type(self, raw: Any, at: str, namespace: str) -> Type:
        if isinstance(raw, str):
            return self._reference(raw, at, namespace)
        if isinstance(raw, list):
            return self._union(raw, at, namespace)
        if not isinstance(raw, dict):
            raise SchemaError("bad-type", at, f"`{raw!r}` is no type.", "Write a name, an object or a list.")
        kind = raw.get("type")
        if isinstance(kind, dict | list):
            if len(raw) > 1:
                raise SchemaError(
                    "bad-type", at, "A type is wrapped in another one with attributes.", "Put them on the inner type."
                )
            return self.type(kind, at, namespace)
        if kind == "array":
            return Array(self.type(self._need(raw, "items", at), f"{at}.items", namespace))
        if kind == "map":
            return Map(self.type(self._need(raw, "values", at), f"{at}.values", namespace))
        if kind in ("record", "enum", "fixed"):
            if not self.inline:
                raise SchemaError(
                    "inline-type",
                    at,
                    f"A named type ({kind}) is defined inside another one.",
                    "Give it a file of its own and write its full name here.",
                )
            return self.named(raw, at, namespace)
        if kind in PRIMITIVES:
            logical, precision, scale = self._logical(raw, str(kind), at)
            return Primitive(str(kind), logical, precision, scale)
        if isinstance(kind, str):
            return self._reference(kind, at, namespace)
        raise SchemaError("bad-type", at, "The object has no `type`.", 'Add "type".')

    def named(self, raw: dict[str, Any], at: str, namespace: str) -> Named:
        full_name = self._full_name(raw, at, namespace)
        if full_name in self.names:
            raise SchemaError("repeated-type", at, f"`{full_name}` is defined twice.", "Refer to it by name.")
        self.names[full_name] = None
        doc, aliases = self._doc(raw, at), self._aliases(raw, at)
        result: Named
        match raw["type"]:
            case "record":
                inner = full_name.rpartition(".")[0]
                result = Record(full_name, self._fields(raw, at, inner), doc, aliases)
            case "enum":
                result = self._enum(raw, at, full_name, doc, aliases)
            case _:
                size = self._need(raw, "size", at)
                if type(size) is not int or size < 0:
                    raise SchemaError("bad-size", at, f"`{size!r}` is no size.", "Write a number of bytes.")
                logical, precision, scale = self._logical(raw, "fixed", at)
                if logical == "uuid" and size != 16:
                    raise SchemaError("bad-logical-type", at, "A UUID has 16 bytes.", 'Write "size": 16.')
                result = Fixed(full_name, size, doc, logical, precision, scale, aliases)
        self.names[full_name] = result
        return result

    def _reference(self, name: str, at: str, namespace: str) -> Type:
        if name in PRIMITIVES:
            return Primitive(name)
        if not FULL_NAME.fullmatch(name):
            raise SchemaError("unknown-type", at, f"`{name}` is no name of a type.", "Write a full name.")
        full_name = name if "." in name or not namespace else f"{namespace}.{name}"
        if full_name in self.names:
            found = self.names[full_name]
            if found is None:
                raise SchemaError(
                    "recursive-type", at, f"`{full_name}` contains itself.", "Use an array of ids, or a flat list."
                )
            return found
        return self.resolve(full_name, at)

    def _union(self, raw: list[Any], at: str, namespace: str) -> Union:
        branches = tuple(self.type(item, f"{at}[{index}]", namespace) for index, item in enumerate(raw))
        if not branches:
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

    def _fields(self, raw: dict[str, Any], at: str, namespace: str) -> tuple[Field, ...]:
        items = self._need(raw, "fields", at)
        if not isinstance(items, list):
            raise SchemaError("bad-fields", at, "`fields` is no list.", "Write a list of objects.")
        fields: dict[str, Field] = {}
        for index, item in enumerate(items):
            name = item.get("name") if isinstance(item, dict) else None
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise SchemaError(
                    "bad-name", f"{at}fields[{index}]", f"`{name}` is no field name.", "Use letters, digits and _."
                )
            place = f"{at}.fields.{name}" if at else f"fields.{name}"
            if name in fields:
                raise SchemaError("repeated-field", place, f"The field `{name}` stands twice.", "Rename one of them.")
            type_ = self.type(self._need(item, "type", place), place, namespace)
            default = item.get("default", MISSING)
            if default is not MISSING and (problem := default_problem(type_, default)):
                raise SchemaError("bad-default", place, f"The default is wrong: {problem}.", "Give one of the type.")
            fields[name] = Field(name, type_, self._doc(item, place), default, self._aliases(item, place))
        return tuple(fields.values())

    def _enum(self, raw: dict[str, Any], at: str, full_name: str, doc: str, aliases: tuple[str, ...]) -> Enum:
        symbols = self._need(raw, "symbols", at)
        if not isinstance(symbols, list) or not symbols:
            raise SchemaError("bad-symbols", at, "`symbols` is no list of names.", "Name at least one.")
        for symbol in symbols:
            if not isinstance(symbol, str) or not NAME.fullmatch(symbol):
                raise SchemaError("bad-name", at, f"`{symbol}` is no symbol.", "Use letters, digits and _.")
        if len(set(symbols)) < len(symbols):
            raise SchemaError("repeated-symbol", at, "A symbol stands twice.", "Keep one of them.")
        default = raw.get("default")
        if default is not None and default not in symbols:
            raise SchemaError("bad-default", at, f"The default `{default}` is no symbol.", "Name one of the symbols.")
        docs = raw.get("symbolDocs", {})
        if not isinstance(docs, dict) or not all(isinstance(text, str) for text in docs.values()):
            raise SchemaError("bad-symbol-docs", at, "`symbolDocs` is no map of texts.", "Write symbol: text.")
        if extra := sorted(set(docs) - set(symbols)):
            raise SchemaError("bad-symbol-docs", at, f"`symbolDocs` names `{extra[0]}`, no symbol.", "Remove it.")
        return Enum(full_name, tuple(symbols), doc, default, dict(docs), aliases)

    def _logical(self, raw: dict[str, Any], base: str, at: str) -> tuple[str | None, int, int]:
        logical = raw.get("logicalType")
        if logical is None:
            return None, 0, 0
        bases = LOGICAL_TYPES.get(logical) if isinstance(logical, str) else None
        if bases is None or base not in bases:
            known = f"It annotates {' and '.join(bases)}." if bases else f"Known: {', '.join(sorted(LOGICAL_TYPES))}."
            raise SchemaError("bad-logical-type", at, f"`{logical}` does not annotate `{base}`.", known)
        if logical != "decimal":
            return str(logical), 0, 0
        precision, scale = raw.get("precision"), raw.get("scale", 0)
        if type(precision) is not int or precision < 1 or type(scale) is not int or not 0 <= scale <= precision:
            raise SchemaError(
                "bad-logical-type",
                at,
                f"A decimal of precision {precision!r} and scale {scale!r} cannot be.",
                "Give a precision of at least 1 and a scale from 0 to the precision.",
            )
        return "decimal", precision, scale

    def _full_name(self, raw: dict[str, Any], at: str, namespace: str) -> str:
        name, space = self._need(raw, "name", at), raw.get("namespace", namespace)
        full_name = name if isinstance(name, str) and "." in name else f"{space}.{name}" if space else name
        if not isinstance(full_name, str) or not FULL_NAME.fullmatch(full_name):
            raise SchemaError("bad-name", at, f"`{full_name}` is no name of a type.", "Use letters, digits and _.")
        return full_name

    @staticmethod
    def _need(raw: dict[str, Any], key: str, at: str) -> Any:
        if key not in raw:
            raise SchemaError("missing-attribute", at, f"`{key}` is missing.", f'Add "{key}".')
        return raw[key]

    @staticmethod
    def _doc(raw: dict[str, Any], at: str) -> str:
        doc = raw.get("doc", "")
        if not isinstance(doc, str):
            raise SchemaError("bad-doc", at, "`doc` is no text.", "Write a sentence.")
        return doc

    @staticmethod
    def _aliases(raw: dict[str, Any], at: str) -> tuple[str, ...]:
        aliases = raw.get("aliases", [])
        if not isinstance(aliases, list) or not all(isinstance(a, str) and FULL_NAME.fullmatch(a) for a in aliases):
            raise SchemaError("bad-name", at, "`aliases` is no list of names.", "Write a list of names.")
        return tuple(aliases)


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
