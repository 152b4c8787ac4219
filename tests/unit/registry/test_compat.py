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
from registry.compat import check
from registry.compat.released import Past, transitive
from registry.compat.walk import compare
from registry.documents import load_text
from registry.findings import CannotJudge
from registry.history import HISTORY, read_history, record_current
from registry.parse import parse_self_contained
from tests.contract.strategies import parse_set, schema_sets
from tests.unit.registry.corpus import A, field, record

ROOT = Path(__file__).parents[3]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema_sets())
def test_every_schema_is_compatible_with_itself(definitions: dict[str, Any]) -> None:
    name = list(parse_set(definitions))[-1]
    parsed = parse_self_contained(self_contained(name, definitions))
    assert {problem.rule for problem in compare(parsed, parsed)} <= {"union-order"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("schemas", "registry/history", "registry/topics"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def change(checkout: Path, file: str, old: str, new: str) -> None:
    path = checkout / "schemas" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_our_own_schemas_are_compatible_with_every_released_version() -> None:
    report = check(ROOT, load(ROOT))
    assert (report.findings, report.compared) == ([], 19)


def test_a_break_in_a_shared_type_is_told_for_every_subject_with_versions_and_a_remedy(checkout: Path) -> None:
    change(checkout, "types/Money.avsc", '"name": "minor_units"', '"name": "cents"')
    findings = check(checkout, load(checkout)).findings
    # Where a subject has two versions, the second comes between the first and now.
    assert {finding.rule for finding in findings} == {"default-missing", "field-returned"}
    created = [finding for finding in findings if finding.file == "schemas/order/OrderCreated.avsc"]
    assert {(finding.at, finding.versions) for finding in created} == {
        ("order.lines[].unit_price.cents", "1 -> current"),
        ("order.total.cents", "1 -> current"),
        ("order.lines[].unit_price.cents", "2 -> current"),
        ("order.total.cents", "2 -> current"),
        ("order.lines[].unit_price.minor_units", "current -> 2"),
        ("order.total.minor_units", "current -> 2"),
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


def history(*raws: Any) -> list[Past]:
    return [Past(str(n), f"{n}.avsc", load_text(json.dumps(raw), "v").type) for n, raw in enumerate(raws, start=1)]


def against(current: Any, *raws: Any) -> set[tuple[str, str, str]]:
    found = transitive(history(*raws), load_text(json.dumps(current), "v").type, "current.avsc")
    return {(item.rule, item.severity, item.versions) for item in found if item.severity != "note"}


def test_a_field_that_comes_back_with_another_type_meets_its_first_records() -> None:
    with_int, without = record(A, field("f", "int", default=0)), record(A)
    with_text = record(A, field("f", "string", default=""))
    assert against(with_text, without) == set()
    assert against(with_text, with_int, without) == {
        ("field-returned", "error", "1 -> current"),
        ("field-returned", "error", "current -> 1"),
    }


def test_a_changed_default_is_an_error_only_if_some_version_lacks_the_field() -> None:
    zero, one_ = record(A, field("f", "int", default=0)), record(A, field("f", "int", default=1))
    assert against(one_, zero) == {("default-changed", "warning", "1 -> current")}
    assert against(one_, record(A), zero) == {("default-changed", "error", "2 -> current")}


def test_every_version_is_compared_in_both_directions() -> None:
    with_int = record(A, field("f", "int", default=0))
    current = record(A, field("f", "long", default=0))
    assert against(current, record(A), with_int, record(A, field("f", "int", default=0), doc="Again.")) == {
        ("type-changed", "error", "current -> 2"),
        ("type-changed", "error", "current -> 3"),
    }


def test_a_released_subject_that_nothing_lists_any_more_is_refused(checkout: Path) -> None:
    change(checkout, "topics.yaml", "    quadrille.events.order.OrderCompleted: {consumers: [inventory]}\n", "")
    (checkout / "schemas/order/OrderCompleted.avsc").unlink()
    assert [finding.rule for finding in check(checkout, load(checkout)).findings] == ["subject-gone"]


def test_recording_twice_records_once(checkout: Path) -> None:
    shutil.rmtree(checkout / HISTORY)
    catalogue = load(checkout)
    assert len(record_current(checkout, catalogue)) == 14
    assert record_current(checkout, catalogue) == []
    recorded = {path.name.split(".")[1] for path in (checkout / HISTORY).rglob("*.avsc")}
    assert recorded == {max(subject.glob("*.avsc")).name.split(".")[1] for subject in (ROOT / HISTORY).iterdir()}


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
    "does not end as it was written": lambda path: path.write_text(""),
    "does not end as it was written; restore": lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
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
    assert {"digits-lost", "no-float"} <= {finding["rule"] for finding in answer["findings"]}
    assert run(checkout, monkeypatch, "record")[0] == 1
    assert len(list((checkout / HISTORY).rglob("*.avsc"))) == len(list((ROOT / HISTORY).rglob("*.avsc")))
    (checkout / "schemas/types/Money.avsc").write_text("{")
    code, out = run(checkout, monkeypatch, "check", "--json")
    assert (code, json.loads(out)["verdict"]) == (2, "unknown")
