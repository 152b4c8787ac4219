"""Named changes, each with what the gate must say of it, decided by hand.

`backward` are the rules whose errors stop a new reader of old data, `forward` those that stop an old reader of new
data. A change with neither keeps every value that both versions know: an alarm on it is a false one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """A change of a schema, and the rules that it breaks in each direction."""

    name: str
    old: Any
    new: Any
    backward: frozenset[str]
    forward: frozenset[str]

    @property
    def is_fine(self) -> bool:
        """Whether every reader gets every value that it knows."""
        return not self.backward | self.forward


def logical(base: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": base, "logicalType": name, **more}


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return logical("bytes", "decimal", precision=precision, scale=scale)


def enum(*symbols: str, name: str = "E", **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def fixed(size: int, name: str = "F", **more: Any) -> dict[str, Any]:
    return {"type": "fixed", "name": name, "size": size, **more}


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


def record(*fields: dict[str, Any], name: str = "shop.R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def one(type_: Any, **more: Any) -> dict[str, Any]:
    return record(field("f", type_, **more))


def array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def map_(values: Any) -> dict[str, Any]:
    return {"type": "map", "values": values}


UUID = logical("string", "uuid")
DATE = logical("int", "date")
MILLIS = logical("long", "timestamp-millis")
MICROS = logical("long", "timestamp-micros")
NANOS = logical("long", "timestamp-nanos")
LOCAL = logical("long", "local-timestamp-millis")
LOCAL_MICROS = logical("long", "local-timestamp-micros")
TIME_MILLIS = logical("int", "time-millis")
TIME_MICROS = logical("long", "time-micros")
A, B = field("a", "int"), field("b", "int")


def money(type_: Any) -> dict[str, Any]:
    return record(field("units", type_), name="shop.Money")


def twice(type_: Any) -> dict[str, Any]:
    return record(field("total", money(type_)), field("rest", array("shop.Money")))


def linked(type_: Any) -> dict[str, Any]:
    return record(field("value", type_), field("next", ["null", "shop.R"], default=None))


def _change(name: str, old: Any, new: Any, backward: str = "", forward: str = "") -> Change:
    return Change(name, old, new, frozenset(backward.split()), frozenset(forward.split()))


FINE = [
    _change("a field with a default is added", record(A), record(A, field("b", "int", default=0))),
    _change("an optional field is added", record(A), record(A, field("b", ["null", "string"], default=None))),
    _change("a field with a default is removed", record(A, field("b", "int", default=0)), record(A)),
    _change("fields change places", record(A, B), record(B, A)),
    _change("docs change", record(A), record({**A, "doc": "x"}, doc="y")),
    _change("unknown attributes are added", record(A), record({**A, "team": "x"}, owner="y")),
    _change("a Java string type is named", one("string"), one({"type": "string", "avro.java.string": "String"})),
    _change("a primitive is wrapped", one("string"), one({"type": "string"})),
    _change(
        "a symbol is added to an enum with a default", one(enum("A", default="A")), one(enum("A", "B", default="A"))
    ),
    _change(
        "a symbol is removed from an enum with a default", one(enum("A", "B", default="A")), one(enum("A", default="A"))
    ),
    _change("symbols change places", one(enum("A", "B")), one(enum("B", "A"))),
    _change("an enum gets a default", one(enum("A", "B")), one(enum("A", "B", default="A"))),
    _change("null moves in an optional field", one(["null", "string"]), one(["string", "null"])),
    _change("far apart branches change places", one(["null", "string", "int"]), one(["int", "null", "string"])),
    _change("a field's sort order changes", one("int"), one("int", order="descending")),
    _change("a field gets a default", one("int"), one("int", default=3)),
    _change(
        "a type is named where it was nested",
        record(field("a", enum("A")), field("b", "E")),
        record(field("a", enum("A")), field("b", "shop.E")),
    ),
    _change("a union of one is unwrapped", one(["int"]), one("int")),
    _change(
        "a recursive type gets a field",
        linked("int"),
        record(*linked("int")["fields"], field("note", "string", default="")),
    ),
    _change("an error becomes a record", {**record(A), "type": "error"}, record(A)),
    _change(
        "a nested optional field is added",
        one(record(A, name="I")),
        one(record(A, field("b", "int", default=1), name="I")),
    ),
    _change("a default is written otherwise and means the same", one("double", default=1), one("double", default=1.0)),
    _change("an alias is added that nothing uses yet", one("int"), one("int", aliases=["g"])),
    _change("a misplaced logical type is removed", one("string", logicalType="uuid"), one("string")),
    _change("a logical type that does not fit is removed", one(logical("string", "date")), one("string")),
]

BREAKS_REGISTRIES_FIND = [
    _change("a field without a default is added", record(A), record(A, B), "default-missing"),
    _change("a field without a default is removed", record(A, B), record(A), "", "default-missing"),
    _change("a field is renamed", record(A), record(B), "default-missing", "default-missing"),
    _change("int becomes string", one("int"), one("string"), "type-changed", "type-changed"),
    _change("int becomes long", one("int"), one("long"), "", "type-changed"),
    _change("float becomes double", one("float"), one("double"), "", "type-changed"),
    _change("int becomes double", one("int"), one("double"), "", "type-changed"),
    _change("boolean becomes int", one("boolean"), one("int"), "type-changed", "type-changed"),
    _change("an array becomes a map", one(array("int")), one(map_("int")), "type-changed", "type-changed"),
    _change("an array's items change", one(array("int")), one(array("string")), "type-changed", "type-changed"),
    _change("a map's values change", one(map_("int")), one(map_("string")), "type-changed", "type-changed"),
    _change("a field becomes optional", one("int"), one(["null", "int"]), "", "type-changed"),
    _change("a field becomes required", one(["null", "int"]), one("int"), "type-changed"),
    _change("a branch is added", one(["null", "int"]), one(["null", "int", "string"]), "", "branch-missing"),
    _change("a branch is removed", one(["null", "int", "string"]), one(["null", "int"]), "branch-missing"),
    _change("a symbol is added without a default", one(enum("A")), one(enum("A", "B")), "", "symbol-unknown"),
    _change("a symbol is removed without a default", one(enum("A", "B")), one(enum("A")), "symbol-unknown"),
    _change(
        "a symbol is added, the default is the field's",
        one(enum("A"), default="A"),
        one(enum("A", "B"), default="A"),
        "",
        "symbol-unknown",
    ),
    _change("an enum is renamed", one(enum("A")), one(enum("A", name="G")), "renamed", "renamed"),
    _change("a fixed grows", one(fixed(4)), one(fixed(5)), "size-changed", "size-changed"),
    _change("a fixed is renamed", one(fixed(4)), one(fixed(4, name="G")), "renamed", "renamed"),
    _change("bytes become fixed", one("bytes"), one(fixed(4)), "type-changed", "type-changed"),
    _change("a record is renamed", record(A), record(A, name="shop.S"), "renamed", "renamed"),
    _change("a nested record is renamed", one(record(A, name="I")), one(record(A, name="J")), "renamed", "renamed"),
    _change("an enum becomes string", one(enum("A")), one("string"), "type-changed", "type-changed"),
    _change(
        "a change deep in a map of arrays",
        one(map_(array(["null", "int"]))),
        one(map_(array(["null", "boolean"]))),
        "branch-missing",
        "branch-missing",
    ),
    _change("a recursive type's value changes", linked("int"), linked("string"), "type-changed", "type-changed"),
    _change("a type met twice changes", twice("int"), twice("string"), "type-changed", "type-changed"),
    _change("a primitive at the top changes", "int", "string", "type-changed", "type-changed"),
    _change("a union at the top loses a branch", ["int", "string"], ["int"], "branch-missing"),
]

SILENT = [
    _change("a decimal's scale changes", one(decimal(8, 2)), one(decimal(8, 0)), "decimal-scale", "decimal-scale"),
    _change(
        "a decimal's precision grows", one(decimal(8, 2)), one(decimal(10, 2)), "decimal-precision", "decimal-precision"
    ),
    _change(
        "a decimal's precision shrinks",
        one(decimal(10, 2)),
        one(decimal(8, 2)),
        "decimal-precision",
        "decimal-precision",
    ),
    _change(
        "a fixed decimal's scale changes",
        one(fixed(8, logicalType="decimal", precision=8, scale=2)),
        one(fixed(8, logicalType="decimal", precision=8, scale=3)),
        "decimal-scale",
        "decimal-scale",
    ),
    _change(
        "a decimal becomes bytes", one(decimal(8, 2)), one("bytes"), "logical-type-changed", "logical-type-changed"
    ),
    _change("milliseconds become microseconds", one(MILLIS), one(MICROS), "time-unit", "time-unit"),
    _change("microseconds become nanoseconds", one(MICROS), one(NANOS), "time-unit", "time-unit"),
    _change("local milliseconds become microseconds", one(LOCAL), one(LOCAL_MICROS), "time-unit", "time-unit"),
    _change(
        "a time in milliseconds becomes one in microseconds",
        one(TIME_MILLIS),
        one(TIME_MICROS),
        "time-unit",
        "type-changed",
    ),
    _change("a moment becomes a local time", one(MILLIS), one(LOCAL), "instant-or-local", "instant-or-local"),
    _change("a date becomes a timestamp by promotion", one(DATE), one(MILLIS), "logical-type-changed", "type-changed"),
    _change("a date becomes a plain long", one(DATE), one("long"), "logical-type-changed", "type-changed"),
    _change("a date becomes a time", one(DATE), one(TIME_MILLIS), "logical-type-changed", "logical-type-changed"),
    _change("a long becomes a timestamp", one("long"), one(MILLIS), "logical-type-changed", "logical-type-changed"),
    _change("a timestamp becomes a long", one(MILLIS), one("long"), "logical-type-changed", "logical-type-changed"),
    _change("a string becomes a uuid", one("string"), one(UUID), "logical-type-changed", "logical-type-changed"),
    _change("a uuid becomes a string", one(UUID), one("string"), "logical-type-changed", "logical-type-changed"),
    _change(
        "a fixed becomes a uuid",
        one(fixed(16)),
        one(fixed(16, logicalType="uuid")),
        "logical-type-changed",
        "logical-type-changed",
    ),
    _change(
        "a fixed becomes a duration",
        one(fixed(12)),
        one(fixed(12, logicalType="duration")),
        "logical-type-changed",
        "logical-type-changed",
    ),
    _change(
        "a logical type of one's own is added",
        one("string"),
        one(logical("string", "email")),
        "logical-type-changed",
        "logical-type-changed",
    ),
    _change(
        "a logical type deep inside changes",
        one(map_(array(["null", MILLIS]))),
        one(map_(array(["null", MICROS]))),
        "time-unit",
        "time-unit",
    ),
    _change("a logical type in a recursive type changes", linked(MILLIS), linked(MICROS), "time-unit", "time-unit"),
    _change(
        "a logical type in a type met twice changes",
        twice(decimal(8, 2)),
        twice(decimal(8, 3)),
        "decimal-scale",
        "decimal-scale",
    ),
    _change("a logical type at the top changes", MILLIS, MICROS, "time-unit", "time-unit"),
    _change("long becomes double", one("long"), one("double"), "digits-lost", "type-changed"),
    _change("long becomes float", one("long"), one("float"), "digits-lost", "type-changed"),
    _change("int becomes float", one("int"), one("float"), "digits-lost", "type-changed"),
    _change("string becomes bytes", one("string"), one("bytes"), "text-or-bytes", "text-or-bytes"),
    _change("a namespace moves at the top", record(A), record(A, name="store.R"), "namespace-moved", "namespace-moved"),
    _change(
        "a nested enum moves",
        one(enum("A", name="shop.E")),
        one(enum("A", name="store.E")),
        "namespace-moved",
        "namespace-moved",
    ),
    _change(
        "a nested fixed moves",
        one(fixed(4, name="shop.F")),
        one(fixed(4, name="store.F")),
        "namespace-moved",
        "namespace-moved",
    ),
    _change(
        "a nested record moves",
        one(record(A, name="shop.I")),
        one(record(A, name="store.I")),
        "namespace-moved",
        "namespace-moved",
    ),
    _change(
        "aliases swap two fields",
        record(A, B),
        record({**A, "aliases": ["b"]}, {**B, "aliases": ["a"]}),
        "alias-ambiguous",
    ),
    _change("an alias names an existing field", record(A, B), record({**A, "aliases": ["b"]}, B), "alias-ambiguous"),
    _change(
        "a field is renamed by alias, both with defaults",
        one("int", default=0),
        record(field("g", "int", default=0, aliases=["f"])),
        "",
        "alias-one-way",
    ),
    _change("a type is renamed by alias", one(enum("A")), one(enum("A", name="G", aliases=["E"])), "", "renamed"),
    _change(
        "an added field has a wrong default", record(A), record(A, field("b", "int", default="x")), "default-refused"
    ),
    _change("a default becomes wrong", one("int", default=0), one("int", default="x"), "default-refused"),
    _change("a default changes", one("int", default=0), one("int", default=1), "default-changed"),
    _change(
        "a nested default changes",
        one(record(field("x", "int"), name="I"), default={"x": 0}),
        one(record(field("x", "int"), name="I"), default={"x": 1}),
        "default-changed",
    ),
    _change(
        "an enum's default changes",
        one(enum("A", "B", default="A")),
        one(enum("A", "B", default="B")),
        "default-changed",
    ),
    _change(
        "a union's order changes what its default means",
        one([enum("A"), "string"], default="A"),
        one(["string", enum("A")], default="A"),
        "union-default-order",
    ),
    _change(
        "a wider branch comes before a narrow one",
        one(["null", "long"]),
        one(["null", "double", "long"]),
        "union-order",
        "branch-missing",
    ),
    _change(
        "bytes come before string",
        one(["null", "string"]),
        one(["null", "bytes", "string"]),
        "union-order",
        "text-or-bytes",
    ),
    _change(
        "a type of the same simple name comes before",
        one([record(A, name="x.I")]),
        one([record(A, name="y.I"), record(A, name="x.I")]),
        "union-order",
        "namespace-moved",
    ),
    _change(
        "a nullable long becomes a nullable double",
        one(["null", "long"]),
        one(["null", "double"]),
        "digits-lost",
        "branch-missing",
    ),
]

CHANGES = [*FINE, *BREAKS_REGISTRIES_FIND, *SILENT]
