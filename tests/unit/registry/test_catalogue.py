"""Wrong sources are told all at once, each with its file, its place and a remedy."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.canonical import canonical, fingerprint, self_contained
from registry.catalogue import load
from registry.durations import parse_duration
from registry.findings import CannotJudge, InvalidSources
from registry.parse import parse_self_contained
from services.catalogue import SERVICES
from tests.contract.strategies import parse_set, schema_sets

ROOT = Path(__file__).parents[3]
MONEY = "types/Money.avsc"
CREATED = "order/OrderCreated.avsc"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    for service in SERVICES:  # one that publishes nothing has no folder in schemas/
        (tmp_path / "services" / service).mkdir(parents=True)
    return tmp_path


def edit(checkout: Path, file: str, **changes: Any) -> None:
    path = checkout / "schemas" / file
    raw = json.loads(path.read_text())
    path.write_text(json.dumps({**raw, **changes}))


def retype(checkout: Path, file: str, field: str, type_: Any, **more: Any) -> None:
    raw = json.loads((checkout / "schemas" / file).read_text())
    fields = [{**f, "type": type_, **more} if f["name"] == field else f for f in raw["fields"]]
    edit(checkout, file, fields=fields)


def topics(checkout: Path, old: str, new: str) -> None:
    path = checkout / "schemas/topics.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def findings(checkout: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidSources) as error:
        load(checkout)
    assert all(finding.why and finding.fix for finding in error.value.findings)
    return [(finding.rule, finding.file, finding.at) for finding in error.value.findings]


def test_our_own_sources_are_right() -> None:
    assert len(load(ROOT).subjects) == 14


SCHEMA_MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "namespace-folder": (MONEY, {"namespace": "quadrille.events.order"}),
    "name-file": (MONEY, {"name": "Cash"}),
    "not-named": (MONEY, {"type": "string"}),
    "bad-symbols": ("types/CancelReason.avsc", {"symbols": []}),
    "repeated-symbol": ("types/CancelReason.avsc", {"symbols": ["UNKNOWN", "A", "A"], "symbolDocs": {}}),
    "bad-symbol-docs": ("types/CancelReason.avsc", {"symbolDocs": {"NOBODY": "x"}}),
    "bad-doc": (MONEY, {"doc": 7}),
    "bad-fields": (MONEY, {"fields": {}}),
    "bad-name": (MONEY, {"fields": [{"name": "not a name", "type": "int"}]}),
    "repeated-field": (MONEY, {"fields": [{"name": "a", "type": "int"}] * 2}),
    "missing-attribute": (MONEY, {"fields": [{"name": "a"}]}),
}


@pytest.mark.parametrize(("rule", "mistake"), SCHEMA_MISTAKES.items())
def test_a_wrong_definition_is_told_with_its_file(checkout: Path, rule: str, mistake: tuple[str, Any]) -> None:
    file, changes = mistake
    edit(checkout, file, **changes)
    assert (rule, f"schemas/{file}") in [finding[:2] for finding in findings(checkout)]


@pytest.mark.parametrize(
    ("rule", "type_"),
    [
        ("unknown-type", "quadrille.events.types.Mony"),
        ("unknown-type", "no name"),
        ("recursive-type", "quadrille.events.order.OrderCreated"),
        ("inline-type", {"type": "enum", "name": "E", "symbols": ["A"]}),
        ("bad-type", 7),
        ("bad-union", []),
        ("bad-union", ["int", "int"]),
        ("bad-union", ["int", ["string"]]),
        ("bad-logical-type", {"type": "int", "logicalType": "uuid"}),
        ("bad-logical-type", {"type": "long", "logicalType": "timestamp-milis"}),
        ("bad-logical-type", {"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 3}),
        ("missing-attribute", {"type": "array"}),
    ],
)
def test_a_wrong_type_is_told_with_its_field(checkout: Path, rule: str, type_: Any) -> None:
    retype(checkout, CREATED, "deadline_at", type_)
    assert [(r, f, a.partition("[")[0]) for r, f, a in findings(checkout)] == [
        (rule, f"schemas/{CREATED}", "fields.deadline_at")
    ]


@pytest.mark.parametrize(
    ("type_", "default"),
    [
        ("int", 2**31),
        ("long", 1.5),
        ("boolean", 1),
        ("string", None),
        (["null", "string"], 3),
        ("quadrille.events.types.CancelReason", "NOBODY"),
        ("quadrille.events.types.Money", {"currency_code": "EUR"}),
        ({"type": "array", "items": "int"}, ["a"]),
        ({"type": "map", "values": "int"}, []),
        ("bytes", "\u0100"),
    ],
)
def test_a_default_of_another_type_is_refused(checkout: Path, type_: Any, default: Any) -> None:
    retype(checkout, CREATED, "deadline_at", type_, default=default)
    assert findings(checkout) == [("bad-default", f"schemas/{CREATED}", "fields.deadline_at")]


@pytest.mark.parametrize("text", ["{", '{"type": "record", "type": "enum"}', '{"a": NaN}', "[]", "\x00"])
def test_what_is_no_json_object_is_told_and_not_blamed_on_those_that_use_it(checkout: Path, text: str) -> None:
    (checkout / "schemas" / MONEY).write_text(text)
    assert {file for _, file, _ in findings(checkout)} == {f"schemas/{MONEY}"}


def test_several_mistakes_are_told_together(checkout: Path) -> None:
    edit(checkout, MONEY, name="Cash")
    topics(checkout, "owner: order", "owner: nobody")
    assert {rule for rule, _, _ in findings(checkout)} == {"name-file", "unknown-service"}


def test_a_record_that_nothing_uses_is_told(checkout: Path) -> None:
    topics(checkout, "    quadrille.events.order.OrderCompleted: {consumers: [inventory]}\n", "")
    assert findings(checkout) == [("unused-type", "schemas/order/OrderCompleted.avsc", "")]


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("unknown-event", "order.OrderCreated:", "order.OrderCreate:"),
        ("event-twice", "payment.PaymentFailed:", "order.OrderCreated:"),
        ("foreign-event", "owner: shipping", "owner: payment"),
        ("unknown-service", "consumers: [payment]", "consumers: [paymnt]"),
        ("unknown-service", "owner: shipping", "owner: nobody"),
        ("bad-value", "consumers: [payment]", "consumers: [payment, payment]"),
        ("unknown-key", "partitions: 6", "partitions: 6\n  partitons: 7"),
        ("unknown-key", "{consumers: [payment]}", "{consumers: [payment], comsumers: [order]}"),
        ("missing-key", "  partitions: 6\n", ""),
        ("missing-key", "{consumers: [payment]}", "{}"),
        ("bad-value", "partitions: 6", "partitions: 0"),
        ("bad-value", "partitions: 6", "partitions: true"),
        ("bad-value", "min_insync_replicas: 1", "min_insync_replicas: 2"),
        ("bad-value", "retention: P14D", "retention: two weeks"),
        ("bad-value", "retention: P14D", "retention: 14"),
        ("key-field", "key: order_id", "key: oder_id"),
        ("bad-value", "key: order_id", "key: 7"),
        ("bad-topic", "payment-events:", "Payment_Events:"),
        ("not-yaml", "owner: order", "owner: order\n  owner: order"),
        ("not-yaml", "owner: order", "owner: [order"),
    ],
)
def test_a_mistake_in_topics_yaml_is_told(checkout: Path, rule: str, old: str, new: str) -> None:
    topics(checkout, old, new)
    assert (rule, "schemas/topics.yaml") in [finding[:2] for finding in findings(checkout)]


def test_a_missing_topics_yaml_is_told(checkout: Path) -> None:
    (checkout / "schemas/topics.yaml").unlink()
    assert findings(checkout) == [("unreadable", "schemas/topics.yaml", "")]


def test_no_schemas_at_all_cannot_be_judged(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="run this in the root of the repository"):
        load(tmp_path)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema_sets())
def test_self_contained_text_is_one_spelling_that_stands_alone(definitions: dict[str, Any]) -> None:
    parsed = parse_set(definitions)
    for name, type_ in parsed.items():
        text = self_contained(name, definitions)
        assert canonical(json.loads(text)) == text
        shuffled = {key: dict(reversed(raw.items())) for key, raw in definitions.items()}
        assert fingerprint(self_contained(name, shuffled)) == fingerprint(text)
        if definitions[name]["type"] == "record":
            assert parse_self_contained(text) == type_


@given(st.integers(1, 10**6), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_durations_are_read_as_written(days: int, hours: int, minutes: int, seconds: int) -> None:
    expected = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert parse_duration(f"P{days}DT{hours}H{minutes}M{seconds}S") == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "P1Y", "P1M", "1D", "P-1D", "P0D", "PT1.5H", "P1DT", f"P{10**12}D"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no duration|too long|no time"):
        parse_duration(text)


def test_a_project_has_the_namespace_that_most_of_its_files_say(checkout: Path) -> None:
    for path in (checkout / "schemas").rglob("*.*"):
        path.write_text(path.read_text().replace("quadrille.events", "com.example.shop"))
    assert set(load(checkout).files) == {
        name.replace("quadrille.events", "com.example.shop") for name in load(ROOT).files
    }
    edit(checkout, MONEY, namespace="com.example.other.types")
    assert ("namespace-folder", f"schemas/{MONEY}", "namespace") in findings(checkout)


def test_a_file_that_nobody_should_open_is_told_like_any_other_mistake(checkout: Path) -> None:
    (checkout / "schemas" / CREATED).unlink()
    os.mkfifo(checkout / "schemas" / CREATED)
    with (checkout / "schemas" / MONEY).open("wb") as file:
        file.truncate(100 << 20)
    told = [one for one in findings(checkout) if one[0] == "unreadable"]
    assert told == [("unreadable", f"schemas/{CREATED}", ""), ("unreadable", f"schemas/{MONEY}", "")]
