"""The property that the gate exists for: what it accepts changes no value that both versions know.

The oracle here is independent of the gate: it compares what was written with what was read, name by name.
"""

from __future__ import annotations

import json
from io import BytesIO
from random import Random
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.compat.emit import to_json
from registry.compat.evidence import Witness
from registry.compat.values import Branch, encode, resolve
from registry.compat.walk import compare
from registry.documents import load_text
from registry.findings import InvalidSources
from registry.model import Array, Enum, Fixed, Map, Primitive, Record, Type, Union
from registry.rules import RULES, Kind, Severity
from tests.support.pairs import make_pair

pytestmark = pytest.mark.slow

SEEDS = st.randoms(use_true_random=False)
QUICK = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def parsed(raw: Any) -> Type:
    return load_text(json.dumps(raw), "schema.avsc").type


def random_value(chance: Random, type_: Type, depth: int = 0) -> Any:
    """Make a raw value; deep ones end soon."""
    match type_:
        case Union(branches):
            indexes = list(range(len(branches)))
            if depth > 4:
                indexes = [i for i in indexes if not isinstance(branches[i], Record)] or indexes
            index = chance.choice(indexes)
            return Branch(index, random_value(chance, branches[index], depth + 1))
        case Record(fields=fields):
            return {field.name: random_value(chance, field.type, depth + 1) for field in fields}
        case Array(items):
            return [random_value(chance, items, depth + 1) for _ in range(0 if depth > 4 else chance.randint(0, 2))]
        case Map(values):
            return {key: random_value(chance, values, depth + 1) for key in ("x", "y")[: 0 if depth > 4 else 2]}
        case Enum(symbols=symbols):
            return chance.choice(symbols)
        case Fixed(size=size):
            return bytes(chance.randint(0, 255) for _ in range(size))
        case Primitive(name=name):
            values: dict[str, list[Any]] = {
                "null": [None],
                "boolean": [True, False],
                "int": [0, -1, 7, 2**31 - 1, (1 << 24) + 1],
                "long": [0, -1, 2**63 - 1, (1 << 53) + 1],
                "float": [0.0, 1.5, -2.25],
                "double": [0.0, 0.1, 1e300],
                "bytes": [b"", b"\x01", b"\xff\xfe"],
                "string": ["", "a", "é"],
            }
            return chance.choice(values[name])


class Losses:
    """What was met that one side does not know."""

    def __init__(self) -> None:
        self.rules: set[str] = set()


def kept(writer: Type, reader: Type, value: Any, got: Any, losses: Losses) -> bool:
    """Tell whether a reader has what was written, in every field and symbol that both sides know."""
    if isinstance(writer, Union):
        return kept(writer.branches[value.index], reader, value.value, got, losses)
    if isinstance(reader, Union):
        for branch in reader.branches:
            own = Losses()
            if kept(writer, branch, value, got, own):
                losses.rules |= own.rules
                return True
        return False
    match writer, reader:
        case Record(), Record():
            return _kept_record(writer, reader, value, got, losses)
        case Enum(), Enum():
            if value in reader.symbols:
                return bool(got == value)
            losses.rules.add("symbol-defaulted")
            return bool(got == reader.default)
        case Array(), Array():
            pairs = zip(value, got, strict=True)
            return all(kept(writer.items, reader.items, one, other, losses) for one, other in pairs)
        case Map(), Map():
            return value.keys() == got.keys() and all(
                kept(writer.values, reader.values, value[key], got[key], losses) for key in value
            )
        case (Primitive(), Primitive()) | (Fixed(), Fixed()):
            same_kind = (writer.logical, writer.precision, writer.scale) == (
                reader.logical,
                reader.precision,
                reader.scale,
            )
            return same_kind and isinstance(value, bytes) == isinstance(got, bytes) and bool(value == got)
        case _:
            return False


def _kept_record(writer: Record, reader: Record, value: Any, got: Any, losses: Losses) -> bool:
    if not isinstance(got, dict) or set(got) != {field.name for field in reader.fields}:
        return False
    written = {field.name: field for field in writer.fields}
    found: set[str] = set()
    for field in reader.fields:
        names = [name for name in (field.name, *field.aliases) if name in written]
        if not names:
            losses.rules.add("field-defaulted")
            continue
        found.add(names[0])
        if not kept(written[names[0]].type, field.type, value[names[0]], got[field.name], losses):
            return False
    if written.keys() - found:
        losses.rules.add("field-ignored")
    return True


def by_fastavro(writer: Type, reader: Type, value: Any) -> Any:
    # Without logical types: given both schemas, fastavro converts by the writer's, and hides the difference.
    schemas = [fastavro.parse_schema(to_json(type_, logical=False)) for type_ in (writer, reader)]
    try:
        return fastavro.schemaless_reader(BytesIO(encode(writer, value)), *schemas)
    except TypeError as error:
        # fastavro looks a definition up as if it were a name, where the writer refers to a type that the reader
        # defines inside a union. It says nothing about the schemas.
        if "unhashable" not in str(error):
            raise
        return resolve(writer, reader, value)


@QUICK
@given(SEEDS)
def test_what_the_gate_accepts_keeps_every_value_that_both_sides_know(chance: Random) -> None:
    writer, reader = (parsed(raw) for raw in make_pair(chance))
    found = {problem.rule for problem in compare(writer, reader)}
    if any(RULES[rule].severity is Severity.ERROR for rule in found):
        return
    for _ in range(4):
        value = random_value(chance, writer)
        for got in (
            by_fastavro(writer, reader, value),
            resolve(writer, reader, value),
            resolve(writer, reader, value, prefer_exact=True),
        ):
            losses = Losses()
            assert kept(writer, reader, value, got, losses), (value, got)
            assert losses.rules <= found


@QUICK
@given(SEEDS)
def test_what_the_specification_refuses_is_shown_to_be_refused(chance: Random) -> None:
    writer, reader = (parsed(raw) for raw in make_pair(chance))
    witness = Witness(writer, reader)
    for problem in compare(writer, reader):
        if RULES[problem.rule].kind is Kind.RESOLUTION:
            shown = witness.evidence(problem)
            assert shown.refused or shown.none.startswith("No finite value"), (problem, shown)


@QUICK
@given(SEEDS)
def test_no_sample_of_what_the_gate_accepts_is_refused(chance: Random) -> None:
    """The other way round: a refusal by fastavro of a random value is always one that the gate foresaw."""
    try:
        writer, reader = (parsed(raw) for raw in make_pair(chance, changes=6))
    except InvalidSources:
        return
    value = random_value(chance, writer)
    try:
        by_fastavro(writer, reader, value)
    except Exception:  # noqa: BLE001 - whatever it raises, it did not read
        found = {problem.rule for problem in compare(writer, reader)}
        assert any(RULES[rule].severity is Severity.ERROR for rule in found), (value, found)
