"""The gate: what may change, what may not, and what cannot be judged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from cli.commands.schemas import command
from cli.errors import CommandError
from registry.canonical import self_contained
from registry.catalogue import load
from registry.compat import RULES, check, resolve
from registry.findings import CannotJudge
from registry.history import HISTORY, read_history, record_current
from registry.model import Type
from registry.parse import parse_self_contained
from tests.contract.strategies import parse_set, schema_sets

ROOT = Path(__file__).parents[3]
UUID = {"type": "string", "logicalType": "uuid"}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def enum(*symbols: str, name: str = "E", **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def fixed(size: int, name: str = "F", **more: Any) -> dict[str, Any]:
    return {"type": "fixed", "name": name, "size": size, **more}


def record(*fields: dict[str, Any], name: str = "R") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def wrapped(type_: Any) -> Type:
    return parse_self_contained(json.dumps(record({"name": "f", "type": type_}, name="Top")))


def both_ways(old: Any, new: Any) -> set[str]:
    first, second = wrapped(old), wrapped(new)
    return {problem.rule for pair in ((first, second), (second, first)) for problem in resolve(*pair)}


FINE: list[tuple[Any, Any]] = [
    (record(), record({"name": "a", "type": "int", "default": 0})),
    (record({"name": "a", "type": "int", "default": 0}), record({"name": "b", "type": "int", "default": 0})),
    (
        record({"name": "a", "type": "int"}, {"name": "b", "type": "int"}),
        record({"name": "b", "type": "int"}, {"name": "a", "type": "int"}),
    ),
    (enum("A", "B", default="A"), enum("A", "B", "C", default="A")),
    (["null", "string"], ["string", "null"]),
    (enum("A", doc="x"), enum("A", doc="y")),
    ({"type": "array", "items": UUID}, {"type": "array", "items": UUID}),
]

BROKEN: list[tuple[str, Any, Any]] = [
    ("default-missing", record(), record({"name": "a", "type": "int"})),
    ("type-changed", "int", "string"),
    ("type-changed", "int", "long"),
    ("type-changed", {"type": "array", "items": "int"}, {"type": "map", "values": "int"}),
    ("type-changed", ["null", "string"], "string"),
    ("value-lost", "long", "double"),
    ("value-lost", "string", "bytes"),
    ("logical-type-changed", MILLIS, MICROS),
    ("logical-type-changed", MILLIS, "long"),
    ("logical-type-changed", UUID, "string"),
    ("logical-type-changed", decimal(8, 2), decimal(8, 0)),
    ("logical-type-changed", decimal(8, 2), decimal(9, 2)),
    ("logical-type-changed", fixed(16), fixed(16, logicalType="uuid")),
    ("renamed", record(name="R"), record(name="S")),
    ("renamed", record(name="a.R"), record(name="b.R")),
    ("renamed", enum("A", name="a.E"), enum("A", name="b.E")),
    ("symbol-unknown", enum("A", "B"), enum("A")),
    ("size-changed", fixed(4), fixed(5)),
    ("branch-missing", ["null", "string"], ["null", "string", "boolean"]),
    (
        "alias",
        record({"name": "a", "type": "int", "default": 0}, {"name": "b", "type": "int", "default": 0}),
        record(
            {"name": "a", "type": "int", "default": 0, "aliases": ["b"]},
            {"name": "b", "type": "int", "default": 0, "aliases": ["a"]},
        ),
    ),
]


@pytest.mark.parametrize(("old", "new"), FINE)
def test_what_every_reader_still_reads_rightly_is_let_through(old: Any, new: Any) -> None:
    assert both_ways(old, new) == set()


@pytest.mark.parametrize(("rule", "old", "new"), BROKEN)
def test_what_some_reader_cannot_read_or_reads_wrongly_is_refused(rule: str, old: Any, new: Any) -> None:
    assert rule in both_ways(old, new)


def test_every_rule_has_a_breach_in_this_file() -> None:
    assert {rule for rule, _, _ in BROKEN} | {"subject-gone"} == set(RULES)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema_sets())
def test_every_schema_is_compatible_with_itself(definitions: dict[str, Any]) -> None:
    name = list(parse_set(definitions))[-1]
    parsed = parse_self_contained(self_contained(name, definitions))
    assert list(resolve(parsed, parsed)) == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("schemas", "registry/history"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def change(checkout: Path, file: str, old: str, new: str) -> None:
    path = checkout / "schemas" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_our_own_schemas_are_compatible_with_every_released_version() -> None:
    report = check(ROOT, load(ROOT))
    assert (report.findings, report.compared) == ([], 14)


def test_a_break_in_a_shared_type_is_told_for_every_subject_with_versions_and_a_remedy(checkout: Path) -> None:
    change(checkout, "types/Money.avsc", '"name": "minor_units"', '"name": "cents"')
    findings = check(checkout, load(checkout)).findings
    assert {finding.rule for finding in findings} == {"default-missing"}
    created = [finding for finding in findings if finding.file == "schemas/order/OrderCreated.avsc"]
    assert {(finding.at, finding.versions) for finding in created} == {
        ("order.lines[].unit_price.cents", "1 -> current"),
        ("order.total.cents", "1 -> current"),
        ("order.lines[].unit_price.minor_units", "current -> 1"),
        ("order.total.minor_units", "current -> 1"),
    }
    assert all(finding.fix for finding in findings)


def test_the_gate_looks_at_every_version_not_only_the_last(checkout: Path) -> None:
    path = checkout / "schemas/order/OrderCompleted.avsc"
    raw = json.loads(path.read_text())
    fields = list(raw["fields"])
    note = {"name": "note", "type": "string", "doc": "A note.", "default": ""}
    path.write_text(json.dumps({**raw, "fields": [*fields, note]}))
    assert [version.number for version in record_current(checkout, load(checkout))] == [2]
    path.write_text(json.dumps({**raw, "fields": [*fields, {**note, "type": "long", "default": 0}]}))
    report = check(checkout, load(checkout))
    assert {finding.versions for finding in report.findings} == {"2 -> current", "current -> 2"}
    assert report.changed == ["order-events-quadrille.events.order.OrderCompleted"]


def test_a_released_subject_that_nothing_lists_any_more_is_refused(checkout: Path) -> None:
    change(checkout, "topics.yaml", "    quadrille.events.order.OrderCompleted: {consumers: [inventory]}\n", "")
    (checkout / "schemas/order/OrderCompleted.avsc").unlink()
    assert [finding.rule for finding in check(checkout, load(checkout)).findings] == ["subject-gone"]


def test_recording_twice_records_once(checkout: Path) -> None:
    shutil.rmtree(checkout / HISTORY)
    catalogue = load(checkout)
    assert len(record_current(checkout, catalogue)) == 14
    assert record_current(checkout, catalogue) == []
    assert {path.name for path in (checkout / HISTORY).rglob("*.avsc")} == {
        path.name for path in (ROOT / HISTORY).rglob("*.avsc")
    }


def _released(checkout: Path) -> Path:
    return next((checkout / HISTORY).rglob("*OrderCompleted/0001.*.avsc"))


def _edit(path: Path) -> None:
    path.write_text(path.read_text().replace("charged", "billed"))


def _shift(path: Path) -> None:
    path.rename(path.with_name(path.name.replace("0001", "0002")))


DAMAGE: dict[str, Any] = {
    "was edited": _edit,
    "is missing or stands twice": _shift,
    "is not named": lambda path: (path.parent / "notes.txt").touch(),
    "holds no version": lambda path: path.unlink(),
    "is not one line": lambda path: path.write_text(""),
    "cannot be read": lambda path: path.write_bytes(b"\xff"),
    "is no folder": lambda path: (path.parent.parent / "stray").touch(),
}


@pytest.mark.parametrize(("said", "damage"), DAMAGE.items())
def test_a_damaged_history_is_no_verdict(checkout: Path, said: str, damage: Any) -> None:
    damage(_released(checkout))
    with pytest.raises(CannotJudge, match=said):
        read_history(checkout)


def test_an_empty_history_is_no_verdict(checkout: Path) -> None:
    shutil.rmtree(checkout / HISTORY)
    with pytest.raises(CannotJudge, match="quadrille schemas record"):
        check(checkout, load(checkout))


def run(checkout: Path, monkeypatch: pytest.MonkeyPatch, *args: str) -> tuple[int, str]:
    monkeypatch.chdir(checkout)
    result = CliRunner().invoke(command, args, standalone_mode=False)
    code = result.exception.exit_code if isinstance(result.exception, CommandError) else result.exit_code
    return code, result.output


def test_the_command_exits_0_1_or_2_and_prints_json(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out = run(checkout, monkeypatch, "check", "--json")
    assert (code, json.loads(out)["verdict"]) == (0, "ok")
    change(checkout, "types/Money.avsc", '"type": "long"', '"type": "double"')
    code, out = run(checkout, monkeypatch, "check", "--json")
    answer = json.loads(out)
    assert (code, answer["verdict"]) == (1, "refused")
    assert {"value-lost", "no-float"} <= {finding["rule"] for finding in answer["findings"]}
    assert run(checkout, monkeypatch, "record")[0] == 1
    assert len(list((checkout / HISTORY).rglob("*.avsc"))) == 14
    (checkout / "schemas/types/Money.avsc").write_text("{")
    code, out = run(checkout, monkeypatch, "check", "--json")
    assert (code, json.loads(out)["verdict"]) == (2, "unknown")
