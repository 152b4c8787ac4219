"""Each house rule has a breach that it finds, and our own schemas have none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from registry.catalogue import load
from registry.documents import load_text
from registry.lint import RULES, lint, lint_documents
from registry.rules import RULES as TABLE
from registry.rules import Kind
from services.catalogue import SERVICES

ROOT = Path(__file__).parents[3]
MONEY = "quadrille.events.types.Money"
FLOAT, LONG, TEXT = "double", "long", "string"
MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def broken(tmp_path: Path, file: str, change: Any) -> list[tuple[str, str, str]]:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    for service in SERVICES:  # one that publishes nothing has no folder in schemas/
        (tmp_path / "services" / service).mkdir(parents=True)
    path = tmp_path / "schemas" / file
    raw = json.loads(path.read_text())
    change(raw)
    path.write_text(json.dumps(raw))
    return [(finding.rule, finding.file.removeprefix("schemas/"), finding.at) for finding in lint(load(tmp_path))]


def field(name: str, type_: Any, **more: Any) -> Any:
    return lambda raw: raw["fields"].append({"name": name, "type": type_, "doc": "A field.", **more})


CASES: list[tuple[str, str, Any, str]] = [
    ("doc", "types/Money.avsc", lambda raw: raw.update(doc=" "), "doc"),
    ("doc", "types/Money.avsc", lambda raw: raw["fields"][0].pop("doc"), "fields.currency_code"),
    ("doc", "types/CancelReason.avsc", lambda raw: raw["symbolDocs"].pop("UNKNOWN"), "symbols.UNKNOWN"),
    ("enum-default", "types/CancelReason.avsc", lambda raw: raw.pop("default"), "default"),
    ("naming", "types/Money.avsc", field("camelCase", LONG), "fields.camelCase"),
    ("id-type", "types/Money.avsc", field("parcel_id", LONG), "fields.parcel_id"),
    ("id-type", "order/OrderCreated.avsc", lambda raw: raw["fields"][0].update(type=TEXT), "fields.order_id"),
    ("time-type", "types/Money.avsc", field("made_at", LONG), "fields.made_at"),
    ("time-type", "types/Money.avsc", field("made", MICROS), "fields.made"),
    ("no-float", "types/Money.avsc", field("weight", FLOAT), "fields.weight"),
    ("money-type", "types/OrderLine.avsc", field("list_price", LONG), "fields.list_price"),
    ("zero-width-items", "types/Money.avsc", field("nothing", {"type": "array", "items": "null"}), "fields.nothing"),
    ("unknown-attribute", "types/Money.avsc", field("a", LONG, defualt=1), "fields.a.defualt"),
    ("unknown-attribute", "types/Money.avsc", field("a", LONG, logicalType="timestamp-millis"), "fields.a.logicalType"),
    ("unknown-attribute", "types/Money.avsc", lambda raw: raw.update(docs="x"), "docs"),
    ("alias", "types/Money.avsc", field("a", LONG, aliases=["b"]), "fields.a.aliases"),
    ("alias", "types/Money.avsc", lambda raw: raw.update(aliases=["Cash"]), "aliases"),
]


@pytest.mark.parametrize(("rule", "file", "change", "at"), CASES)
def test_a_breach_is_found_at_its_place_and_nothing_else_is(
    tmp_path: Path, rule: str, file: str, change: Any, at: str
) -> None:
    assert broken(tmp_path, file, change) == [(rule, file, at)]


@pytest.mark.parametrize(
    "change",
    [
        field("made_at", ["null", {"type": "long", "logicalType": "timestamp-millis"}], default=None),
        field("fee", ["null", MONEY], default=None),
        field("tracking_id", TEXT),
        field("sizes", {"type": "array", "items": LONG}),
        field("tags", {"type": "map", "values": "null"}),
    ],
)
def test_what_keeps_the_rules_is_left_alone(tmp_path: Path, change: Any) -> None:
    assert broken(tmp_path, "order/OrderCreated.avsc", change) == []


def test_our_own_schemas_keep_every_rule() -> None:
    assert lint(load(ROOT)) == []


def found(raw: Any, *without: str) -> list[tuple[str, str]]:
    document = load_text(json.dumps(raw), "theirs.avsc")
    return [(finding.rule, finding.at) for finding in lint_documents([document], without)]


def theirs(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    members = [{"doc": "A field.", **field} for field in fields]
    return {"type": "record", "name": "their.Thing", "doc": "A thing.", "fields": members, **more}


def inner(name: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "doc": "Inside.", "fields": list(fields)}


THEIRS: list[tuple[str, dict[str, Any], str]] = [
    ("recursion", theirs({"name": "next", "type": ["null", "their.Thing"]}), ""),
    (
        "recursion",
        theirs(
            {"name": "a", "type": inner("A", {"name": "b", "type": {"type": "array", "items": "Thing"}, "doc": "B."})}
        ),
        "fields.a",
    ),
    ("namespace", {**theirs(), "name": "Thing"}, "namespace"),
    ("namespace", {**theirs(), "name": "Their.Thing"}, "namespace"),
    ("zero-width-items", theirs({"name": "a", "type": {"type": "array", "items": inner("Empty")}}), "fields.a"),
    ("bad-default", theirs({"name": "a", "type": "int", "default": "x"}), "fields.a"),
    ("bad-logical-type", theirs({"name": "a", "type": {"type": "string", "logicalType": "date"}}), "fields.a"),
    ("bad-attribute", theirs(doc=7), ""),
    ("default-not-first", theirs({"name": "a", "type": ["string", "null"], "default": None}), "fields.a.default"),
    ("union-ambiguous", theirs({"name": "a", "type": ["bytes", "string"]}), "fields.a"),
    ("naming", theirs({"name": "a", "type": inner("lower")}), "fields.a.name"),
]


@pytest.mark.parametrize(("rule", "raw", "at"), THEIRS)
def test_a_breach_in_other_peoples_schemas_is_found_and_can_be_left_out(
    rule: str, raw: dict[str, Any], at: str
) -> None:
    assert (rule, at) in found(raw)
    assert rule not in {name for name, _ in found(raw, rule)}


def test_other_peoples_schemas_that_keep_the_rules_are_left_alone() -> None:
    long_union = ["null", "int", "long", "string"]
    assert found(theirs({"name": "a", "type": long_union, "default": None})) == []


def test_unions_and_arrays_at_the_top_are_looked_at() -> None:
    assert found(["bytes", "string"]) == [("union-ambiguous", "")]
    assert found({"type": "array", "items": "null"}) == [("zero-width-items", "")]


def test_every_circle_is_told_once() -> None:
    both = [{"name": name, "type": ["null", "their.Thing"]} for name in ("left", "right")]
    assert found(theirs(*both)) == [("recursion", "")]


def test_every_rule_has_a_breach_in_this_file() -> None:
    assert {rule for rule, *_ in CASES} | {rule for rule, *_ in THEIRS} == set(RULES)


def test_the_table_of_rules_has_every_rule_of_the_lint() -> None:
    assert {rule.id for rule in TABLE.values() if rule.kind is Kind.LINT} == set(RULES)
