"""`quadrille schemas diff` on files and folders that are not ours, in a folder that is no project."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.commands.schemas import command
from cli.errors import CommandError
from registry.compat.sets import Comparison, diff
from registry.compat.verdict import Level
from registry.documents import load_documents
from tests.unit.registry.corpus import A, B, decimal, enum, field, one, record

ID = field("id", "string")


def write(folder: Path, **files: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in files.items():
        (folder / f"{name}.avsc").write_text(json.dumps(raw))
    return folder


def compared(old: Path, new: Path, level: Level = Level.FULL) -> tuple[list[tuple[str, str]], set[tuple[str, str]]]:
    result: Comparison = diff(old, new, level)
    return result.compared, {(item.rule, item.at) for item in result.findings}


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, ["diff", *map(str, args)], standalone_mode=False)
    code = result.exception.exit_code if isinstance(result.exception, CommandError) else result.exit_code
    return code, result.output


def test_files_refer_to_each_other_and_are_compared_inside_the_one_that_nobody_refers_to(tmp_path: Path) -> None:
    order = record(field("total", "shop.Money"), field("rest", ["null", "Money"]), name="shop.Order")
    old = write(tmp_path / "old", order=order, money=record(field("units", "int"), name="shop.Money"))
    new = write(tmp_path / "new", order=order, money=record(field("units", "long"), name="shop.Money"))
    assert compared(old, new) == (
        [("shop.Order", "shop.Order")],
        {("type-changed", "total.units"), ("type-changed", "rest.units")},
    )


def test_types_that_only_refer_to_each_other_are_compared_once(tmp_path: Path) -> None:
    left = record(field("r", ["null", "shop.Right"]), name="shop.Left")
    old = write(tmp_path / "old", a=left, b=record(field("l", "shop.Left"), name="shop.Right"))
    new = write(tmp_path / "new", a=left, b=record(field("l", "shop.Left"), A, name="shop.Right"))
    pairs, found = compared(old, new, Level.BACKWARD)
    assert pairs == [("shop.Left", "shop.Left")]
    assert found == {("default-missing", "r.a")}


def test_a_removed_type_is_a_break_and_an_added_one_a_note(tmp_path: Path) -> None:
    old = write(tmp_path / "old", a=record(ID, name="shop.A"), b=record(ID, name="shop.B"))
    new = write(tmp_path / "new", a=record(ID, name="shop.A"), c=record(ID, name="shop.C"))
    result = diff(old, new, Level.FULL)
    assert {(item.rule, item.severity, item.schema_at) for item in result.findings} == {
        ("type-removed", "error", "shop.B"),
        ("type-added", "note", "shop.C"),
    }


def test_a_type_that_moved_is_compared_with_itself(tmp_path: Path) -> None:
    old = write(tmp_path / "old", a=record(A, name="shop.A"), b=record(B, name="shop.B"))
    new = write(tmp_path / "new", a=record(A, name="store.A"), c=record(B, name="shop.C", aliases=["shop.B"]))
    pairs, found = compared(old, new, Level.BACKWARD)
    assert pairs == [("shop.A", "store.A"), ("shop.B", "shop.C")]
    assert found == {("namespace-moved", ""), ("alias-needed", "")}


def test_two_files_are_compared_whatever_they_are_called(tmp_path: Path) -> None:
    write(tmp_path, old="int", new="long")
    assert compared(tmp_path / "old.avsc", tmp_path / "new.avsc")[1] == {("type-changed", "")}
    assert compared(tmp_path / "old.avsc", tmp_path / "new.avsc", Level.BACKWARD)[1] == set()


def test_a_file_is_compared_with_its_type_in_a_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "all", a=record(A, name="shop.A"), b=record(B, name="shop.B"))
    single = write(tmp_path / "one", x=record(name="shop.B")) / "x.avsc"
    assert compared(folder, single)[0] == [("shop.B", "shop.B")]
    assert compared(single, folder)[1] == {("default-missing", "b"), ("field-ignored", "b")}


def test_self_contained_files_may_define_the_same_types(tmp_path: Path) -> None:
    money = record(field("units", "int"), name="shop.Money")
    files = {name: record(field("m", money), name=f"shop.{name}") for name in ("A", "B")}
    folder = write(tmp_path / "all", **files)
    assert [document.key for document in load_documents(folder)] == ["shop.A", "shop.B"]
    assert diff(folder, folder, Level.FULL).compatible


def test_what_is_identical_is_compatible_even_where_resolving_it_would_not_be(tmp_path: Path) -> None:
    write(tmp_path, a=one(["null", "bytes", "string"]), b=one(["null", "bytes", "string"], doc="Other."))
    assert diff(tmp_path / "a.avsc", tmp_path / "a.avsc", Level.FULL).compatible
    assert not diff(tmp_path / "a.avsc", tmp_path / "b.avsc", Level.FULL).compatible


def test_the_level_decides_which_direction_is_judged(tmp_path: Path) -> None:
    write(tmp_path, old=record(A), new=record(A, B))
    files = tmp_path / "old.avsc", tmp_path / "new.avsc"
    assert [run(*files, "--level", level)[0] for level in ("BACKWARD", "FORWARD", "FULL")] == [1, 0, 1]


def test_people_are_told_where_why_and_what_instead_with_evidence(tmp_path: Path) -> None:
    write(tmp_path, old=one(decimal(8, 2)), new=one(decimal(8, 0)))
    code, output = run(tmp_path / "old.avsc", tmp_path / "new.avsc")
    assert code == 1
    for part in (
        "decimal-scale at f",
        "new reads old",
        "old reads new",
        "12.34 -> 1234",
        "shop.R.f",
        "old.avsc -> ",
        "why: ",
        "instead: ",
        "FULL: not compatible (2 errors). Compared: shop.R.",
    ):
        assert part in output


def test_json_holds_every_finding_with_both_paths_and_its_evidence(tmp_path: Path) -> None:
    write(tmp_path, old=one(enum("A", "B", default="A")), new=one(enum("A", default="A")))
    code, output = run(tmp_path / "old.avsc", tmp_path / "new.avsc", "--format", "json")
    answer = json.loads(output)
    assert (code, answer["verdict"], answer["level"]) == (0, "compatible", "FULL")
    (finding,) = answer["findings"]
    assert (finding["rule"], finding["severity"], finding["direction"]) == ("symbol-defaulted", "note", "backward")
    assert finding["file"].endswith("new.avsc")
    assert finding["path_of_other_version"].endswith("old.avsc")


def test_what_cannot_be_judged_is_neither_yes_nor_no(tmp_path: Path) -> None:
    write(tmp_path, fine="int")
    code, output = run(tmp_path / "fine.avsc", tmp_path / "missing.avsc", "--format", "json")
    assert (code, json.loads(output)["verdict"]) == (2, "unknown")


@pytest.mark.parametrize("module", ["fastavro", "yaml", "rich", "sqlalchemy", "confluent_kafka", "grpc", "pydantic"])
def test_a_comparison_that_finds_nothing_imports_nothing_that_takes_time(module: str, tmp_path: Path) -> None:
    write(tmp_path, old=record(A), new=record(A, doc="Other."))
    code = (
        "import sys\nfrom cli.main import main\n"
        f"try:\n    main(['schemas', 'diff', {str(tmp_path / 'old.avsc')!r}, {str(tmp_path / 'new.avsc')!r}])\n"
        f"except SystemExit as end:\n    assert end.code == 0\nassert {module!r} not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
