"""House rules for the event schemas: what Avro allows and this platform does not.

Each rule is a function that takes the catalogue and yields findings; `RULES` is the table. Ids are stable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from registry.catalogue import Catalogue, SchemaFile
from registry.findings import Finding
from registry.model import Array, Enum, Field, Fixed, Map, Primitive, Record, Type, Union, split

Rule = Callable[[Catalogue], Iterator[Finding]]

_ATTRIBUTES = {
    "record": {"type", "name", "namespace", "aliases", "doc", "fields"},
    "enum": {"type", "name", "namespace", "aliases", "doc", "symbols", "default", "symbolDocs"},
    "fixed": {"type", "name", "namespace", "aliases", "doc", "size", "logicalType", "precision", "scale"},
}
_FIELD_ATTRIBUTES = {"name", "type", "doc", "default", "order", "aliases"}
_MONEY_NAMES = re.compile(r"(.*_)?(amount|total|price|balance|credit|fee|cost)")
MONEY = "types.Money"


def lint(catalogue: Catalogue) -> list[Finding]:
    """Check all schemas against all rules.

    Args:
        catalogue: The schemas.

    Returns:
        What is wrong, rule by rule; empty if nothing is.
    """
    return [finding for rule in RULES.values() for finding in rule(catalogue)]


def docs(catalogue: Catalogue) -> Iterator[Finding]:
    """Every record, field, enum and symbol says what it means."""
    for file in catalogue.files.values():
        if not file.type.doc.strip():
            yield _finding("doc", file, "doc", "The type has no description.", 'Add "doc".')
        if isinstance(file.type, Enum):
            for symbol in file.type.symbols:
                if not file.type.symbol_docs.get(symbol, "").strip():
                    why = f"The symbol `{symbol}` has no description."
                    yield _finding("doc", file, f"symbols.{symbol}", why, f'Add "{symbol}" to "symbolDocs".')
    for file, field in _fields(catalogue):
        if not field.doc.strip():
            yield _finding("doc", file, f"fields.{field.name}", "The field has no description.", 'Add "doc".')


def enum_default(catalogue: Catalogue) -> Iterator[Finding]:
    """Every enum has a default: without one a symbol added later makes older readers fail."""
    for file in catalogue.files.values():
        if isinstance(file.type, Enum) and file.type.default is None:
            why = "The enum has no default symbol, so a reader fails at a symbol that it does not have."
            yield _finding(
                "enum-default", file, "default", why, 'Add a first symbol "UNKNOWN" and "default": "UNKNOWN".'
            )


def naming(catalogue: Catalogue) -> Iterator[Finding]:
    """Types are CamelCase, fields snake_case, symbols UPPER_SNAKE_CASE."""
    for file in catalogue.files.values():
        name = split(file.type.full_name)[1]
        if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name):
            yield _finding("naming", file, "name", f"`{name}` is not CamelCase.", "Rename the type and its file.")
        if isinstance(file.type, Enum):
            for symbol in file.type.symbols:
                if not re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", symbol):
                    why = f"`{symbol}` is not UPPER_SNAKE_CASE."
                    yield _finding("naming", file, f"symbols.{symbol}", why, "Rename the symbol.")
    for file, field in _fields(catalogue):
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", field.name):
            why = f"`{field.name}` is not snake_case."
            yield _finding("naming", file, f"fields.{field.name}", why, "Rename the field.")


def ids(catalogue: Catalogue) -> Iterator[Finding]:
    """Keys are UUIDs, and other ids are text: a number can be added to, run out, and lose digits in JavaScript."""
    keys = {event.full_name: topic.key for topic in catalogue.topics for event in topic.events}
    for file, field in _fields(catalogue):
        types = [part for part in _leaves(field.type) if part != Primitive("null")]
        if keys.get(file.type.full_name) == field.name and types != [Primitive("string", "uuid")]:
            why = "The topic's key is no UUID."
            yield _finding(
                "id-type", file, f"fields.{field.name}", why, 'Write {"type": "string", "logicalType": "uuid"}.'
            )
        elif field.name.endswith("_id") and any(getattr(part, "name", "") != "string" for part in types):
            why = "An id is text, if possible a UUID."
            yield _finding(
                "id-type", file, f"fields.{field.name}", why, 'Write {"type": "string", "logicalType": "uuid"}.'
            )


def times(catalogue: Catalogue) -> Iterator[Finding]:
    """Moments are timestamp-millis: a second unit beside it is read as the wrong year sooner or later."""
    fix = 'Write {"type": "long", "logicalType": "timestamp-millis"}.'
    for file, field in _fields(catalogue):
        at = f"fields.{field.name}"
        for part in _leaves(field.type):
            logical = getattr(part, "logical", None) or ""
            if "timestamp" in logical and logical != "timestamp-millis":
                yield _finding("time-type", file, at, f"`{logical}` is not what the others use.", fix)
            elif field.name.endswith("_at") and logical != "timestamp-millis" and part != Primitive("null"):
                yield _finding("time-type", file, at, "A field named `…_at` is a moment.", fix)


def money(catalogue: Catalogue) -> Iterator[Finding]:
    """Money is an integer of minor units with its currency. Nothing is a float."""
    for file, field in _fields(catalogue):
        at = f"fields.{field.name}"
        for part in _leaves(field.type):
            if isinstance(part, Primitive) and part.name in ("float", "double"):
                why = f"`{part.name}` cannot hold decimal fractions exactly."
                yield _finding("no-float", file, at, why, 'Write "long", and count a smaller unit.')
            elif _MONEY_NAMES.fullmatch(field.name) and part != Primitive("null"):
                full_name = getattr(part, "full_name", "")
                if not full_name.endswith(f".{MONEY}"):
                    why = "An amount of money has a currency."
                    yield _finding("money-type", file, at, why, f"Write the full name of `{MONEY}`.")


def zero_width_items(catalogue: Catalogue) -> Iterator[Finding]:
    """No array holds items of no bytes: six bytes could then claim a billion of them."""
    for file, field in _fields(catalogue):
        if any(isinstance(part, Array) and _minimum(part.items) == 0 for part in _walk(field.type)):
            why = "An item of the array may take no bytes at all, so a tiny body can fill the reader's memory."
            yield _finding("zero-width-items", file, f"fields.{field.name}", why, 'Send a count as "long" instead.')


def attributes(catalogue: Catalogue) -> Iterator[Finding]:
    """Attributes that Avro does not know are mistakes in writing more often than metadata."""
    for file in catalogue.files.values():
        for key in sorted(set(file.raw) - _ATTRIBUTES[file.raw["type"]]):
            yield _finding("unknown-attribute", file, key, f"Avro knows no `{key}` here.", "Remove or correct it.")
        for field in file.raw.get("fields", ()):
            for key in sorted(set(field) - _FIELD_ATTRIBUTES):
                where = f"fields.{field['name']}.{key}"
                yield _finding("unknown-attribute", file, where, f"Avro knows no `{key}` here.", _attribute_fix(key))


def _attribute_fix(key: str) -> str:
    # fastavro, Java and the specification all ignore it there without a word.
    if key in ("logicalType", "precision", "scale", "items", "values", "symbols"):
        return f'Move it into the type: "type": {{..., "{key}": ...}}.'
    return "Remove or correct it."


def aliases(catalogue: Catalogue) -> Iterator[Finding]:
    """No aliases: two of them can swap two fields without an error, and registries do not see them."""
    for file, field in _fields(catalogue):
        if field.aliases:
            why = "An alias renames a field for some readers only; older ones lose its value without an error."
            fix = "Add a field with a default beside the old one."
            yield _finding("alias", file, f"fields.{field.name}.aliases", why, fix)
    for file in catalogue.files.values():
        if file.type.aliases:
            why = "An alias renames a type for some readers only."
            yield _finding("alias", file, "aliases", why, "Keep the old name.")


RULES: Mapping[str, Rule] = {
    "doc": docs,
    "enum-default": enum_default,
    "naming": naming,
    "id-type": ids,
    "time-type": times,
    "money": money,
    "zero-width-items": zero_width_items,
    "unknown-attribute": attributes,
    "alias": aliases,
}


def _finding(rule: str, file: SchemaFile, at: str, why: str, fix: str) -> Finding:
    return Finding(rule, file.path, at, why, fix)


def _fields(catalogue: Catalogue) -> Iterator[tuple[SchemaFile, Field]]:
    for file in catalogue.files.values():
        if isinstance(file.type, Record):
            for field in file.type.fields:
                yield file, field


def _walk(type_: Type) -> Iterator[Type]:
    """Yield a type and what it is made of, without going into named types."""
    yield type_
    match type_:
        case Array(items):
            yield from _walk(items)
        case Map(values):
            yield from _walk(values)
        case Union(branches):
            for branch in branches:
                yield from _walk(branch)
        case _:
            pass


def _leaves(type_: Type) -> Iterator[Type]:
    return (part for part in _walk(type_) if not isinstance(part, Array | Map | Union))


def _minimum(type_: Type) -> int:
    """Return the least number of bytes that a value of a type takes."""
    match type_:
        case Primitive(name=name):
            return {"null": 0, "float": 4, "double": 8}.get(name, 1)
        case Fixed():
            return type_.size
        case Record():
            return sum(_minimum(field.type) for field in type_.fields)
        case _:
            return 1
