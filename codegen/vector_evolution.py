"""Bodies that other versions of a schema wrote, and what this version's readers must see in them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from codegen.avro_bytes import encode
from codegen.vector_values import typical
from registry.catalogue import Catalogue
from registry.model import Record
from registry.parse import parse_definition


@dataclass(frozen=True, slots=True)
class Evolved:
    """A body of another version.

    Attributes:
        name: What the other version has, or lacks.
        event: Full name of the event.
        text: The other version's schema.
        body: What it wrote.
        seen: What a reader of this version sees.
    """

    name: str
    event: str
    text: str
    body: bytes
    seen: dict[str, Any]


# Changes a schema in place, with what its writer holds and what the reader sees; tells whether it applies.
_Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], bool]


def evolved(catalogue: Catalogue) -> Iterator[Evolved]:
    """Make one body for each event and each change that applies to it.

    Args:
        catalogue: All schemas and topics.

    Yields:
        The bodies.
    """
    for name in catalogue.subjects.values():
        own = json.loads(catalogue.texts[name])
        for title, change in _CHANGES.items():
            schema, written = copy.deepcopy(own), typical(catalogue.event(name))
            seen = copy.deepcopy(written)
            if change(schema, written, seen):
                type_ = _parse(schema)
                text = json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
                yield Evolved(title, name, text, encode(type_, written), seen)
        value = typical(catalogue.event(name))
        text = json.dumps(_relative(own, ""), ensure_ascii=False)
        yield Evolved("names without their namespace", name, text, encode(catalogue.event(name), value), value)


def _relative(part: Any, namespace: str) -> Any:
    """Leave namespaces out where they follow from what stands around, as registries do that normalise."""
    if isinstance(part, list):
        return [_relative(item, namespace) for item in part]
    if isinstance(part, str):
        space, _, simple = part.rpartition(".")
        return simple if space and space == namespace else part
    changed = dict(part)
    inner = changed.get("namespace", namespace)
    if inner == namespace:
        changed.pop("namespace", None)
    for key in ("items", "values", "type"):
        if key in changed:
            changed[key] = _relative(changed[key], inner)
    if "fields" in changed:
        changed["fields"] = [{**item, "type": _relative(item["type"], inner)} for item in changed["fields"]]
    return changed


def _parse(schema: dict[str, Any]) -> Record:
    named: dict[str, Any] = {}

    def collect(part: Any) -> Any:
        """Take nested definitions out: the parser is given them by name."""
        if isinstance(part, list):
            return [collect(item) for item in part]
        if not isinstance(part, dict):
            return part
        changed = {**part}
        for key in ("items", "values", "type"):
            if key in changed:
                changed[key] = collect(changed[key])
        if "fields" in changed:
            changed["fields"] = [{**item, "type": collect(item["type"])} for item in changed["fields"]]
        if "name" in changed and "namespace" in changed:
            full_name = f"{changed['namespace']}.{changed['name']}"
            named[full_name] = changed
            return full_name
        return changed

    full_name = collect(schema)

    def parse(wanted: str, _at: str) -> Any:
        return parse_definition(named[wanted], parse)

    record = parse_definition(named[full_name], parse)
    assert isinstance(record, Record)  # noqa: S101 - an event is one
    return record


def _added(schema: dict[str, Any], written: dict[str, Any], _seen: dict[str, Any]) -> bool:
    note = {"name": "added", "type": {"type": "array", "items": ["null", "string"]}, "doc": "New."}
    schema["fields"].insert(1, {**note, "default": []})
    written["added"] = ["x", None]
    return True


def _reordered(schema: dict[str, Any], _written: dict[str, Any], _seen: dict[str, Any]) -> bool:
    # Only where no field refers to a type that another one defines.
    schema["fields"][:2] = reversed(schema["fields"][:2])
    schema["doc"] = "Another text."
    return True


def _lacking(schema: dict[str, Any], written: dict[str, Any], seen: dict[str, Any]) -> bool:
    found = False
    for fields, values in _records(schema, written, seen):
        for item in [item for item in fields if item.get("default", 0) is None]:
            if _defines(item["type"]):
                continue
            fields.remove(item)
            found = True
            for value, reader_sees in values:
                del value[item["name"]]
                reader_sees[item["name"]] = None
    return found


def _symbol(schema: dict[str, Any], written: dict[str, Any], seen: dict[str, Any]) -> bool:
    found = False
    for fields, values in _records(schema, written, seen):
        for item in fields:
            if isinstance(item["type"], dict) and item["type"]["type"] == "enum":
                item["type"]["symbols"].append("ADDED_LATER")
                item["type"].pop("symbolDocs", None)
                found = True
                for value, reader_sees in values:
                    value[item["name"]], reader_sees[item["name"]] = "ADDED_LATER", item["type"]["default"]
    return found


def _narrower(schema: dict[str, Any], written: dict[str, Any], seen: dict[str, Any]) -> bool:
    found = False
    for fields, values in _records(schema, written, seen):
        for item in fields:
            if item["type"] == "long":
                item["type"] = "int"
                found = True
                for value, _ in values:
                    value[item["name"]] = int(value[item["name"]])
    return found


def _defines(type_: Any) -> bool:
    if isinstance(type_, list):
        return any(map(_defines, type_))
    return isinstance(type_, dict) and "name" in type_


_Values = list[tuple[dict[str, Any], dict[str, Any]]]


def _records(schema: Any, written: Any, seen: Any) -> Iterator[tuple[list[dict[str, Any]], _Values]]:
    """Give the fields of every record that is defined in a schema, with each value of it: written, and seen."""
    places: dict[str, tuple[list[dict[str, Any]], _Values]] = {}

    def visit(type_: Any, old: Any, new: Any) -> None:
        if isinstance(type_, list):
            if old is not None:
                visit(next(branch for branch in type_ if branch != "null"), old, new)
        elif isinstance(type_, str):
            if type_ in places:
                visit_record(type_, old, new)
        elif type_["type"] == "array":
            for before, after in zip(old, new, strict=True):
                visit(type_["items"], before, after)
        elif type_["type"] == "record":
            name = f"{type_['namespace']}.{type_['name']}"
            places.setdefault(name, (type_["fields"], []))
            visit_record(name, old, new)

    def visit_record(name: str, old: Any, new: Any) -> None:
        fields, values = places[name]
        values.append((old, new))
        for item in fields:
            visit(item["type"], old[item["name"]], new[item["name"]])

    visit(schema, written, seen)
    yield from places.values()


_CHANGES: dict[str, _Change] = {
    "a field that the reader does not have": _added,
    "fields in another order, and another doc": _reordered,
    "without the fields that have a default": _lacking,
    "a symbol that the reader does not have": _symbol,
    "int where the reader has long": _narrower,
}
