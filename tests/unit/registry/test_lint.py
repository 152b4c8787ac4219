"""Each house rule has a breach that it finds, and our own schemas have none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from registry.catalogue import load
from registry.lint import RULES, lint

ROOT = Path(__file__).parents[3]
MONEY = "quadrille.events.types.Money"
FLOAT, LONG, TEXT = "double", "long", "string"
MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def broken(tmp_path: Path, file: str, change: Any) -> list[tuple[str, str, str]]:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
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


def test_every_rule_has_a_breach_in_this_file() -> None:
    found = {"no-float": "money", "money-type": "money"}
    assert {found.get(rule, rule) for rule, *_ in CASES} == set(RULES)
