"""Hypothesis strategies: Avro schema sets, and Python values of any generated type."""

from __future__ import annotations

import datetime as dt
import enum
import keyword
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from codegen.naming import field_names, module_name
from codegen.records import render_modules
from codegen.types import all_class_names
from registry.canonical import self_contained
from registry.model import Array, Enum, Fixed, Map, Named, Primitive, Record, Type, Union, split
from registry.parse import parse_definition

_BRANCHES: list[Any] = ["null", "boolean", "long", "double", "string", {"type": "array", "items": "int"}]

# Names that clash with Python, with the base class, with the module's own imports or with each other once mended.
NAMES = st.sampled_from(
    [
        *keyword.kwlist,
        *keyword.softkwlist,
        *("self", "cls", "datum", "int", "str", "tuple", "SCHEMA", "to_avro", "from_avro", "class_", "_dt", "_avro"),
        *("__init__", "__private", "_0", "_k0", "value", "name", "plain", "other", "third"),
    ]
)
SYMBOLS = st.sampled_from(["A", "B", "name", "value", "mro", "None", "upper", "_x_", "__y__", "count", "Z9", "class_"])


@cache
def leaf_types(named: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Return JSON types without items."""
    logical = [
        {"type": base, "logicalType": name}
        for name, base in {
            "uuid": "string",
            "date": "int",
            "time-millis": "int",
            "time-micros": "long",
            "timestamp-millis": "long",
            "timestamp-micros": "long",
            "local-timestamp-millis": "long",
            "local-timestamp-micros": "long",
        }.items()
    ]
    decimals = st.integers(1, 20).flatmap(
        lambda precision: st.builds(
            lambda scale: {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale},
            st.integers(0, precision),
        )
    )
    plain = ["boolean", "int", "long", "float", "double", "bytes", "string"]
    return st.one_of(st.sampled_from([*plain, *logical]), decimals, st.sampled_from(named or plain))


@cache
def json_types(named: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Return JSON types, nested; unions are optional ones or general ones that Python can tell apart."""
    optional = leaf_types(named).map(lambda leaf: ["null", leaf])
    records = st.lists(st.sampled_from(named), unique=True, max_size=3) if named else st.just([])
    # In this order, and never text beside bytes: a reader takes the first branch that a value can be promoted to.
    scalars_ = st.lists(st.sampled_from(range(len(_BRANCHES))), unique=True, min_size=2, max_size=5)
    general = st.builds(lambda picks, names: [*(_BRANCHES[pick] for pick in sorted(picks)), *names], scalars_, records)
    flat = leaf_types(named) | optional | general
    nested = flat.map(_array) | flat.map(_map)
    return flat | nested | nested.map(_array) | nested.map(_map) | nested.map(lambda inner: ["null", inner])


def _array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _map(values_: Any) -> dict[str, Any]:
    return {"type": "map", "values": values_}


@st.composite
def schema_sets(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Return JSON definitions by full name: each refers only to those before it; the last one is a record."""
    result: dict[str, dict[str, Any]] = {}
    count = draw(st.integers(1, 5))
    kinds = [*draw(st.lists(st.sampled_from(["record", "enum", "fixed"]), min_size=count, max_size=count)), "record"]
    for index, kind in enumerate(kinds):
        namespace = "sample.first" if index < count // 2 else "sample.class"
        definition: dict[str, Any] = {"type": kind, "name": f"T{index}", "namespace": namespace, "doc": draw(TEXTS)}
        if kind == "record":
            names = draw(st.lists(NAMES, unique=True, min_size=1, max_size=5))
            definition["fields"] = [draw(fields(name, result)) for name in names]
        elif kind == "enum":
            definition["symbols"] = draw(st.lists(SYMBOLS, unique=True, min_size=1, max_size=6))
            definition["symbolDocs"] = {definition["symbols"][0]: draw(TEXTS)}
        else:
            definition["size"] = draw(st.integers(1, 20))
        result[f"{namespace}.T{index}"] = definition
    return result


@st.composite
def fields(draw: st.DrawFn, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON field, with a default now and then."""
    field = {"name": name, "type": draw(json_types(tuple(known))), "doc": draw(TEXTS)}
    if draw(st.booleans()):
        default = draw(defaults(field["type"], known))
        if default is not NO_DEFAULT:
            field["default"] = default
    return field


NO_DEFAULT = object()
TEXTS = st.sampled_from(
    ["Plain.", "", 'Ends with "quotes"', "Back\\slash \\", 'Triple """ quotes', "Line\nbreak\x00", "é"]
)


@st.composite
def defaults(draw: st.DrawFn, raw: Any, known: Mapping[str, Any]) -> Any:
    """Return a JSON default of a type, or NO_DEFAULT."""
    if isinstance(raw, list):
        return draw(defaults(raw[0], known))
    if isinstance(raw, str) and raw in known:
        raw = known[raw]
    kind = raw if isinstance(raw, str) else raw["type"]
    if kind == "record":
        return (
            {field["name"]: field["default"] for field in raw["fields"]}
            if all("default" in field for field in raw["fields"])
            else NO_DEFAULT
        )
    logical = raw.get("logicalType") if isinstance(raw, dict) else None
    special = {
        "uuid": st.uuids().map(str),
        "decimal": st.just("\x01"),
        "timestamp-millis": st.integers(0, 2**40),
    }
    if logical in special:
        return draw(special[logical])
    simple: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(),
        "boolean": st.booleans(),
        "int": st.integers(0, 1000),
        "long": st.integers(0, 1000),
        "float": st.integers(0, 9),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "bytes": st.text(st.characters(max_codepoint=255), max_size=5),
        "string": st.text(max_size=5).filter(_encodes),
        "array": st.just([]),
        "map": st.just({}),
        "enum": st.sampled_from(raw["symbols"]) if kind == "enum" else st.nothing(),
        "fixed": st.just("\xff" * raw["size"]) if kind == "fixed" else st.nothing(),
    }
    return draw(simple[kind])


def _encodes(text: str) -> bool:
    return not any(0xD800 <= ord(char) < 0xE000 for char in text)


def values(type_: Type, classes: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return Python values of a type; `classes` gives the generated classes by full name."""
    match type_:
        case Record(fields=items):
            names = field_names(item.name for item in items)
            return st.builds(
                lambda given: classes[type_.full_name](**given),
                st.fixed_dictionaries({names[item.name]: values(item.type, classes) for item in items}),
            )
        case Enum():
            members: type[enum.StrEnum] = classes[type_.full_name]
            return st.sampled_from(list(members))
        case Array(items=items_type):
            return st.lists(values(items_type, classes), max_size=3).map(tuple)
        case Map(values=values_type):
            return st.dictionaries(st.text(max_size=5).filter(_encodes), values(values_type, classes), max_size=3)
        case Union(branches=branches):
            return st.one_of([values(branch, classes) for branch in branches])
        case _:
            return scalars(type_)


def scalars(type_: Primitive | Fixed) -> st.SearchStrategy[Any]:
    """Return Python values of a type without items."""
    zone = st.just(dt.UTC)
    match type_.logical:
        case "uuid":
            return st.uuids()
        case "decimal":
            top = 10**type_.precision - 1
            return st.integers(-top, top).map(lambda n: Decimal(n).scaleb(-type_.scale))
        case "date":
            return st.dates()
        case "time-millis":
            return st.times().map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000))
        case "time-micros":
            return st.times()
        case "timestamp-millis":
            return st.datetimes(timezones=zone).map(_millis)
        case "timestamp-micros":
            return st.datetimes(timezones=zone)
        case "local-timestamp-millis":
            return st.datetimes().map(_millis)
        case "local-timestamp-micros":
            return st.datetimes()
    if isinstance(type_, Fixed):
        return st.binary(min_size=type_.size, max_size=type_.size)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(),
        "boolean": st.booleans(),
        "int": st.integers(-(2**31), 2**31 - 1),
        "long": st.integers(-(2**63), 2**63 - 1),
        "float": st.floats(width=32, allow_nan=False),
        "double": st.floats(allow_nan=False),
        "bytes": st.binary(max_size=8),
        "string": st.text(max_size=8).filter(_encodes),
    }
    return plain[type_.name]


def _millis(value: dt.datetime) -> dt.datetime:
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def parse_set(definitions: Mapping[str, Any]) -> dict[str, Named]:
    """Turn JSON definitions, each of which refers to earlier ones, into the model."""
    parsed: dict[str, Named] = {}
    for name, raw in definitions.items():
        parsed[name] = parse_definition(raw, lambda wanted, _at: parsed[wanted])
    return parsed


@contextmanager
def imported(definitions: Mapping[str, Any], parsed: Mapping[str, Named]) -> Iterator[dict[str, Any]]:
    """Generate code for definitions, import it, and give the classes by full name."""
    texts = {name: self_contained(name, definitions) for name in definitions}
    sources = render_modules(list(parsed.values()), texts, frozenset())
    before = set(sys.modules)
    try:
        _package("sample")
        modules = {}
        # Namespaces in the order of first use: later ones import earlier ones.
        for namespace in dict.fromkeys(split(name)[0] for name in parsed):
            path = ".".join(module_name(part) for part in namespace.split("."))
            modules[namespace] = module = types.ModuleType(path)
            sys.modules[path] = module
            setattr(sys.modules["sample"], path.rpartition(".")[2], module)
            exec(compile(sources[namespace], path, "exec"), module.__dict__)  # noqa: S102 - that is what is tested
        names = all_class_names(list(parsed))
        yield {
            name: getattr(modules[split(name)[0]], names[name])
            for name, type_ in parsed.items()
            if not isinstance(type_, Fixed)
        }
    finally:
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "sample":
                del sys.modules[name]


def _package(name: str) -> None:
    package = types.ModuleType(name)
    package.__path__ = []
    sys.modules[name] = package
