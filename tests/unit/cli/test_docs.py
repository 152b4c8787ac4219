"""`quadrille schemas docs`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.commands.schemas_docs import NotMade, docs

ROOT = Path(__file__).parents[3]


def run(*args: str):
    return CliRunner().invoke(docs, args, standalone_mode=False)


def test_it_writes_the_pages_and_says_where_they_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    result = run("--out", str(tmp_path / "pages"), "--json")
    assert result.exception is None
    said = json.loads(result.output)
    assert Path(said["start"]).read_text().startswith("<!DOCTYPE html>")
    there = {path.relative_to(tmp_path / "pages").as_posix() for path in (tmp_path / "pages").rglob("*.*")}
    assert there - {".made-by-quadrille"} == set(said["files"])


def test_a_folder_of_other_things_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    (tmp_path / "notes.txt").write_text("mine")
    error = run("--out", str(tmp_path)).exception
    assert isinstance(error, NotMade)
    assert error.exit_code == 2
    assert "name an empty or a new folder" in str(error)


def test_outside_a_checkout_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    error = run().exception
    assert isinstance(error, NotMade)
    assert "root of the repository" in str(error)
    assert not (tmp_path / "build").exists()
