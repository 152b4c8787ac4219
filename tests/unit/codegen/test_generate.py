"""The package is a function of its sources, and a check tells when it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen import toolchains
from codegen.__main__ import main
from codegen.generate import PACKAGE_ROOT, generate
from codegen.golang import render_go
from codegen.outputs import differences, write
from codegen.records import render_modules
from codegen.toolchains import ToolchainMissing, ToolError
from codegen.types import UnsupportedTypeError
from codegen.typescript import render_typescript
from registry.catalogue import load
from tests.contract.strategies import parse_set

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
# What needs no other toolchain. tests/interop has the other languages.
ONLY = ("--only", "python", "--only", "vectors")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return generate(ROOT)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("schemas", "proto", "registry/history", "generated"):
        shutil.copytree(
            ROOT / folder,
            tmp_path / folder,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules", "dist", "target"),
        )
    return tmp_path


def test_two_generations_are_the_same_bytes(files: dict[str, bytes]) -> None:
    assert generate(ROOT) == files


def test_what_is_committed_is_what_the_sources_give(files: dict[str, bytes]) -> None:
    assert differences(ROOT / PACKAGE_ROOT, files) == []


def test_every_module_says_that_it_is_not_to_be_edited_and_what_makes_it(files: dict[str, bytes]) -> None:
    for path, content in files.items():
        if path == "openapi.json":
            assert "do not edit" in content.decode()  # In its description: JSON has no comments.
        elif path != "py.typed":
            first = content.decode().splitlines()[0]
            assert "DO NOT EDIT" in first, path
            assert "make generate" in first, path


def test_a_changed_a_missing_and_an_extra_file_are_told_apart(tmp_path: Path) -> None:
    wanted = {"a.py": b"a", "sub/b.py": b"b", "c.py": b"c"}
    write(tmp_path, wanted)
    assert differences(tmp_path, wanted) == []
    (tmp_path / "a.py").write_bytes(b"A")
    (tmp_path / "sub/b.py").unlink()
    (tmp_path / "extra.py").touch()
    assert differences(tmp_path, wanted) == [
        "a.py: changed",
        "extra.py: not generated from anything",
        "sub/b.py: missing",
    ]


def test_writing_removes_what_no_source_gives_and_touches_nothing_that_is_right(tmp_path: Path) -> None:
    write(tmp_path, {"old/gone.py": b"", "kept.py": b"kept"})
    before = (tmp_path / "kept.py").stat().st_mtime_ns
    assert write(tmp_path, {"kept.py": b"kept"}) == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["kept.py"]
    assert (tmp_path / "kept.py").stat().st_mtime_ns == before


def test_a_stale_package_fails_the_check_which_names_the_command(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = checkout / PACKAGE_ROOT / "events/order.py"
    target.write_text(target.read_text() + "\n")
    assert main([*ONLY, "--check", "--root", str(checkout)]) == 1
    said = capsys.readouterr().err
    assert "events/order.py: changed" in said
    assert "make generate" in said


def test_a_changed_schema_makes_the_package_stale_until_it_is_generated(checkout: Path) -> None:
    schema = checkout / "schemas/types/Money.avsc"
    schema.write_text(schema.read_text().replace("Never a float.", "Never ever a float."))
    assert main([*ONLY, "--check", "--root", str(checkout)]) == 1
    assert main([*ONLY, "--root", str(checkout)]) == 0
    assert main([*ONLY, "--check", "--root", str(checkout)]) == 0


def test_a_wrong_source_is_told_in_a_sentence(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "schemas/types/Money.avsc").write_text("{")
    assert main([*ONLY, "--root", str(checkout)]) == 2
    assert "schemas/types/Money.avsc" in capsys.readouterr().err


@pytest.mark.parametrize(
    "union",
    [
        ["int", "long"],
        ["float", "double"],
        [{"type": "long", "logicalType": "time-micros"}, {"type": "int", "logicalType": "time-millis"}],
    ],
)
def test_a_union_that_python_cannot_tell_apart_is_refused_with_the_field_it_stands_in(union: list[object]) -> None:
    raw = {"type": "record", "name": "R", "namespace": "n", "fields": [{"name": "f", "type": union}]}
    with pytest.raises(UnsupportedTypeError, match=r"n\.R: .*cannot be told apart"):
        render_modules(list(parse_set({"n.R": raw}).values()), {"n.R": ""}, frozenset())


@pytest.mark.parametrize(
    ("union", "remedy"), [(["double", "long"], "write `long` first"), (["string", "bytes"], "wrap one in a record")]
)
def test_a_union_whose_branches_a_reader_would_confuse_is_refused(union: list[str], remedy: str) -> None:
    raw = {"type": "record", "name": "R", "namespace": "n", "fields": [{"name": "f", "type": union}]}
    with pytest.raises(UnsupportedTypeError, match=rf"n\.R: a reader takes the .*; {remedy}"):
        render_modules(list(parse_set({"n.R": raw}).values()), {"n.R": ""}, frozenset())


def test_a_type_without_a_form_in_another_language_is_refused_with_its_field(checkout: Path) -> None:
    schema = checkout / "schemas/types/Money.avsc"
    schema.write_text(schema.read_text().replace('"type": "long"', '"type": {"type": "int", "logicalType": "date"}'))
    catalogue = load(checkout)
    for render in (render_go, render_typescript):
        with pytest.raises(
            UnsupportedTypeError, match=r"quadrille\.events\.types\.Money\.minor_units: .*teach codegen"
        ):
            render(catalogue)


def test_a_language_without_its_tools_is_left_with_its_reason_and_in_ci_it_fails(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = (checkout / "generated/go/go.mod").read_bytes()
    arguments = ["--only", "go", "--only", "typescript", "--root", str(checkout)]
    monkeypatch.delenv("CI", raising=False)
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0
    said = capsys.readouterr().err
    assert "generated/go: left as it is: there is no `go`; install Go" in said
    assert "generated/typescript: left as it is: there is no `node`; install Node.js" in said
    assert (checkout / "generated/go/go.mod").read_bytes() == before
    monkeypatch.setenv("CI", "true")
    assert main(arguments) == 2


def test_tools_that_cannot_be_fetched_leave_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUADRILLE_CACHE", str(tmp_path / "cache"))

    def fail(place: Path) -> None:
        (place / "half").touch()
        raise ToolError("no network")

    pins = [ROOT / "pyproject.toml"]
    with pytest.raises(ToolchainMissing, match="no network"):
        toolchains._cached("go", pins, fail)
    assert list((tmp_path / "cache" / "tools").iterdir()) == []
    made = toolchains._cached("go", pins, lambda place: (place / "whole").touch())
    assert (made / "whole").exists()
    # A second time nothing is fetched.
    assert toolchains._cached("go", pins, fail) == made
