"""Schemas and changes of them, made by chance from any source of it: a seeded `random.Random`, or hypothesis' own.

What is made is valid Avro: every name has a namespace and is defined once, every default fits its type.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
LOGICAL = {
    "int": ["date", "time-millis"],
    "long": [
        "time-micros", "timestamp-millis", "timestamp-micros", "timestamp-nanos",
        "local-timestamp-millis", "local-timestamp-micros",
    ],
    "string": ["uuid"],
    "bytes": ["decimal"],
}  # fmt: skip
SYMBOLS = ["A", "B", "C", "D"]
NAMESPACES = ["shop", "store"]


class Maker:
    """Makes one schema. Names that are defined may be referred to afterwards."""

    def __init__(self, chance: Random, size: int = 12) -> None:
        self.chance, self.left = chance, size
        self.names: dict[str, dict[str, Any]] = {}
        self.open: list[str] = []

    def schema(self) -> Any:
        """Make a schema: mostly a record."""
        return self.record() if self.chance.random() < 0.85 else self.type()

    def type(self, *, in_union: bool = False) -> Any:
        """Make a type."""
        self.left -= 1
        pick = self.chance.random()
        if self.left <= 0 or pick < 0.4:
            return self.scalar()
        if pick < 0.5:
            return {"type": "array", "items": self.type()}
        if pick < 0.57:
            return {"type": "map", "values": self.type()}
        if pick < 0.72 and not in_union:
            return self.union()
        if pick < 0.8 and self.names:
            name = self.chance.choice(sorted(self.names))
            # A record that contains itself has to be able to end.
            if name not in self.open:
                return name
            return {"type": "array", "items": name} if in_union else ["null", name]
        if pick < 0.88:
            return self.enum()
        if pick < 0.92:
            return self.fixed()
        return self.record()

    def scalar(self) -> Any:
        """Make a primitive type, with a logical type now and then."""
        name = self.chance.choice(PRIMITIVES)
        if name not in LOGICAL or self.chance.random() < 0.7:
            return name
        return logical(self.chance, name)

    def union(self) -> list[Any]:
        """Make a union of branches that Avro tells apart."""
        branches: dict[str, Any] = {}
        for _ in range(self.chance.randint(1, 4)):
            branch = self.type(in_union=True)
            branches.setdefault(branch_key(branch), branch)
        return list(branches.values())

    def _name(self, kind: str) -> str:
        name = f"{self.chance.choice(NAMESPACES)}.{kind}{self.chance.randint(1, 3)}"
        while name in self.names:
            name += "x"
        return name

    def record(self) -> dict[str, Any]:
        """Make a record."""
        name = self._name("R")
        result: dict[str, Any] = {"type": "record", "name": name, "fields": []}
        self.names[name] = result
        self.open.append(name)
        for index in range(self.chance.randint(0, 4)):
            field: dict[str, Any] = {"name": "abcd"[index], "type": self.type()}
            if self.chance.random() < 0.4:
                with_default(self.chance, field, self.names)
            result["fields"].append(field)
        self.open.pop()
        return result

    def enum(self) -> dict[str, Any]:
        """Make an enum."""
        name = self._name("E")
        symbols = self.chance.sample(SYMBOLS, self.chance.randint(1, 4))
        self.names[name] = {"type": "enum", "name": name, "symbols": symbols}
        if self.chance.random() < 0.5:
            self.names[name]["default"] = self.chance.choice(symbols)
        return self.names[name]

    def fixed(self) -> dict[str, Any]:
        """Make a fixed."""
        name = self._name("F")
        self.names[name] = {"type": "fixed", "name": name, "size": self.chance.choice([2, 12, 16])}
        return self.names[name]


def logical(chance: Random, base: str) -> dict[str, Any]:
    """Make a logical type on a primitive."""
    name = chance.choice(LOGICAL[base])
    if name != "decimal":
        return {"type": base, "logicalType": name}
    precision = chance.randint(2, 6)
    return {"type": base, "logicalType": name, "precision": precision, "scale": chance.randint(0, 2)}


def branch_key(branch: Any) -> str:
    """Return what must be unique in a union."""
    if isinstance(branch, str):
        return branch
    return str(branch.get("name", branch["type"]))


def with_default(chance: Random, field: dict[str, Any], names: dict[str, dict[str, Any]]) -> None:
    """Give a field a default, if one is easily said."""
    found, value = default_of(chance, field["type"], names, 0)
    if found:
        field["default"] = value


def default_of(chance: Random, type_: Any, names: dict[str, dict[str, Any]], depth: int) -> tuple[bool, Any]:
    """Return whether a default was found, and the default."""
    if isinstance(type_, list):
        return default_of(chance, type_[0], names, depth) if type_ else (False, None)
    if isinstance(type_, str) and type_ in names:
        type_ = names[type_]
    kind = type_ if isinstance(type_, str) else type_["type"]
    simple: dict[str, Any] = {
        "null": None,
        "boolean": chance.choice([True, False]),
        "int": chance.randint(0, 2),
        "long": chance.randint(0, 2),
        "float": chance.choice([0.5, 1.0]),
        "double": chance.choice([0.5, 1.0]),
        "bytes": chance.choice(["", "a"]),
        "string": chance.choice(["", "a"]),
        "array": [],
        "map": {},
    }
    if isinstance(type_, dict) and "logicalType" in type_ and kind in ("string", "bytes"):
        return False, None
    if kind in simple:
        return True, simple[kind]
    if kind == "enum":
        return True, chance.choice(type_["symbols"])
    return False, None


def make_pair(chance: Random, changes: int = 3, size: int = 12) -> tuple[Any, Any]:
    """Make a schema and a changed copy of it.

    Args:
        chance: Where chance comes from.
        changes: At most so many changes; none is possible.
        size: At most about so many types.

    Returns:
        Both schemas.
    """
    old = Maker(chance, size).schema()
    new = copy.deepcopy(old)
    for _ in range(chance.randint(0, changes)):
        new = _changed(chance, new)
    return old, new


def _changed(chance: Random, top: Any) -> Any:
    """Change a schema at one spot. Most changes fit few spots, so several are tried."""
    for _ in range(12):
        holder, key = chance.choice(list(_spots(top)))
        before = _get(top, holder, key)
        after = chance.choice(MUTATIONS)(chance, before, top)
        if after == before or (isinstance(holder, list) and not _fits_union(after, holder, key)):
            continue
        if holder is None:
            if _is_whole(after):
                return after
            continue
        holder[key] = after
        if not _is_whole(top):
            holder[key] = before
            continue
        if "default" in holder and chance.random() < 0.9:
            del holder["default"]
            with_default(chance, holder, defined(top))
        break
    return top


def _fits_union(branch: Any, union: list[Any], index: int) -> bool:
    others = [branch_key(other) for place, other in enumerate(union) if place != index]
    return not isinstance(branch, list) and branch_key(branch) not in others


def _get(top: Any, holder: Any, key: Any) -> Any:
    return top if holder is None else holder[key]


def _spots(top: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where each type stands: what holds it and under which key; None for the top."""
    yield None, None
    waiting = [top]
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, list):
            inner = [(type_, index) for index in range(len(type_))]
        elif isinstance(type_, dict):
            inner = [(type_, key) for key in ("items", "values") if key in type_]
            inner += [(field, "type") for field in type_.get("fields", ())]
        else:
            continue
        yield from inner
        waiting += [holder[key] for holder, key in inner]


def _is_whole(top: Any) -> bool:
    """Tell whether every name is defined before it is referred to, as the specification wants."""
    known = set(PRIMITIVES)

    def visit(type_: Any) -> bool:
        if isinstance(type_, str):
            return type_ in known
        if isinstance(type_, list):
            return all(map(visit, type_))
        known.add(type_.get("name", ""))
        inner = [type_[key] for key in ("items", "values") if key in type_]
        return all(map(visit, [*inner, *(field["type"] for field in type_.get("fields", ()))]))

    return visit(top)


def defined(top: Any) -> dict[str, dict[str, Any]]:
    """Return the named types that a schema defines."""
    spots = [_get(top, holder, key) for holder, key in _spots(top)]
    return {spot["name"]: spot for spot in spots if isinstance(spot, dict) and "name" in spot}


def _other_scalar(chance: Random, type_: Any, _top: Any) -> Any:
    if isinstance(type_, dict) and "name" in type_:
        return type_
    return Maker(chance, 0).scalar()


def _promoted(_chance: Random, type_: Any, _top: Any) -> Any:
    wider = {"int": "long", "long": "double", "float": "double", "string": "bytes", "bytes": "string"}
    return wider.get(type_, type_) if isinstance(type_, str) else type_


def _relogical(chance: Random, type_: Any, _top: Any) -> Any:
    base = type_ if isinstance(type_, str) else type_.get("type") if isinstance(type_, dict) else None
    if base not in LOGICAL:
        return type_
    return base if chance.random() < 0.3 else logical(chance, str(base))


def _optional(chance: Random, type_: Any, _top: Any) -> Any:
    if isinstance(type_, list):
        return type_[0] if len(type_) == 1 else type_
    return [type_] if type_ == "null" or chance.random() < 0.2 else ["null", type_]


def _branches(chance: Random, type_: Any, _top: Any) -> Any:
    if not isinstance(type_, list):
        return type_
    match chance.randint(0, 2):
        case 0:
            return chance.sample(type_, len(type_))
        case 1:
            extra = Maker(chance, 0).scalar()
            keys = {branch_key(branch) for branch in type_}
            place = chance.randint(0, len(type_))
            return type_ if branch_key(extra) in keys else [*type_[:place], extra, *type_[place:]]
        case _:
            plain = [branch for branch in type_ if isinstance(branch, str) and branch in PRIMITIVES]
            gone = chance.choice(plain) if plain and len(type_) > 1 else None
            return [branch for branch in type_ if branch != gone]


def _fields(chance: Random, type_: Any, top: Any) -> Any:
    if not isinstance(type_, dict) or "fields" not in type_:
        return type_
    fields = type_["fields"]
    taken = {field["name"] for field in fields}
    match chance.randint(0, 4):
        case 0 if "e" not in taken:
            field: dict[str, Any] = {"name": "e", "type": Maker(chance, 0).scalar()}
            if chance.random() < 0.6:
                with_default(chance, field, {})
            return {**type_, "fields": [*fields, field]}
        case 1 if fields:
            gone = chance.choice(fields)
            # What is defined inside would be missing elsewhere.
            return type_ if defined(gone["type"]) else {**type_, "fields": [f for f in fields if f is not gone]}
        case 2 if fields and "z" not in taken:
            chosen = chance.choice(fields)
            renamed = {**chosen, "name": "z"}
            if chance.random() < 0.6:
                renamed["aliases"] = [chosen["name"]]
            return {**type_, "fields": [renamed if f is chosen else f for f in fields]}
        case 3 if len(fields) > 1:
            one, other = chance.sample(fields, 2)
            return {**type_, "fields": [{**f, "aliases": [other["name"]]} if f is one else f for f in fields]}
        case _:
            return {**type_, "fields": chance.sample(fields, len(fields))}


def _field_default(chance: Random, type_: Any, top: Any) -> Any:
    if not isinstance(type_, dict) or not type_.get("fields"):
        return type_
    chosen = chance.choice(type_["fields"])
    changed = {key: value for key, value in chosen.items() if key != "default"}
    if chance.random() < 0.7:
        with_default(chance, changed, defined(top))
    return {**type_, "fields": [changed if f is chosen else f for f in type_["fields"]]}


def _symbols(chance: Random, type_: Any, _top: Any) -> Any:
    if not isinstance(type_, dict) or "symbols" not in type_:
        return type_
    symbols = chance.sample(SYMBOLS, chance.randint(1, 4))
    changed = {key: value for key, value in type_.items() if key != "default"} | {"symbols": symbols}
    return changed if chance.random() < 0.4 else {**changed, "default": chance.choice(symbols)}


def _size(chance: Random, type_: Any, _top: Any) -> Any:
    return {**type_, "size": chance.choice([2, 12, 16])} if isinstance(type_, dict) and "size" in type_ else type_


def _name(chance: Random, type_: Any, top: Any) -> Any:
    """Rename or move a type that nothing refers to by name."""
    if not isinstance(type_, dict) or "name" not in type_:
        return type_
    old = type_["name"]
    space, _, simple = old.rpartition(".")
    new = f"{'store' if space == 'shop' else 'shop'}.{simple}" if chance.random() < 0.6 else f"{space}.{simple}y"
    used = [_get(top, holder, key) for holder, key in _spots(top)]
    if old in used or new in defined(top):
        return type_
    aliases = {"aliases": [old]} if chance.random() < 0.4 else {}
    return {**type_, "name": new, **aliases}


MUTATIONS: list[Callable[[Random, Any, Any], Any]] = [
    _other_scalar, _promoted, _relogical, _optional, _branches, _fields, _fields, _field_default, _symbols, _size,
    _name,
]  # fmt: skip
