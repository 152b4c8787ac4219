"""Whatever a file holds, it ends in a verdict or in one clear sentence: no traceback, no hang, bounded memory."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.commands.schemas import command
from cli.errors import CommandError
from registry.compat.verdict import Level, Sides, judge
from registry.documents import MAX_FILE, load_text
from registry.findings import InvalidSources
from registry.lint import lint_documents
from tests.support.pairs import make_pair

pytestmark = pytest.mark.slow

# Nothing here takes a tenth of it; what hangs takes more on any machine.
SECONDS = 60


def run(*args: str | Path) -> tuple[int, str]:
    started = time.monotonic()
    result = CliRunner().invoke(command, [str(arg) for arg in args], standalone_mode=False)
    assert time.monotonic() - started < SECONDS
    if isinstance(result.exception, CommandError):
        return result.exception.exit_code, result.exception.format_message()
    assert result.exception is None, result.exception
    return result.exit_code, result.output


def record(*fields: Any, name: str = "R") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def text(content: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'{"type": "string", "doc": "')
        file.truncate(MAX_FILE + 1)


def default(number: str) -> str:
    return f'{{"type": "record", "name": "R", "fields": [{{"name": "a", "type": "int", "default": {number}}}]}}'


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a hundred thousand lists": (text("[" * 100_000), "nested too deeply"),
    "a hundred thousand arrays": (text('{"type":"array","items":' * 100_000), "nested too deeply"),
    "arrays beyond the limit": (text('{"type":"array","items":' * 70 + '"int"' + "}" * 70), "nested 64 deep"),
    "more than the limit of bytes": (large, "larger than 16 MiB"),
    "Latin-1": (text(b'{"type": "string", "doc": "\xe9"}'), "not UTF-8 at byte 27"),
    "a byte order mark": (text(b'\xef\xbb\xbf"int"'), "byte order mark"),
    "UTF-16": (text('"int"'.encode("utf-16")), "byte order mark"),
    "a number of a million digits": (text(default("9" * 1_000_000)), "thousands of digits"),
    "nothing": (text(""), "not JSON"),
    "no schema": (text("12"), "is no type"),
    "two definitions of a name": (
        text(json.dumps(record({"name": "a", "type": record()}))),
        "defined twice",
    ),
    "a key twice": (text('{"type": "int", "type": "long"}'), "stands twice"),
    "an unknown name": (text(json.dumps(record({"name": "a", "type": "x.Y"}))), "No type is named `x.Y`"),
    "a terminal's escape as name": (text(json.dumps(record(name="\x1b[31m"))), "\\x1b[31m"),
    "a pipe": (os.mkfifo, "no regular file"),
    "a circle of links": (lambda path: path.symlink_to(path), "Too many levels"),
    "nobody": (lambda _path: None, "No such file"),
    "an empty folder": (lambda path: path.mkdir(), "no .avsc file"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_in_a_sentence(name: str, tmp_path: Path) -> None:
    make, said = UNREADABLE[name]
    (tmp_path / "fine.avsc").write_text('"int"')
    make(tmp_path / "hostile.avsc")
    code, output = run("diff", tmp_path / "hostile.avsc", tmp_path / "fine.avsc")
    assert (code, said in output) == (2, True), output
    assert "\x1b" not in output


def doubling(depth: int, leaf: str) -> Any:
    """Make a type whose values double with each level: a sample of it would never end."""
    type_: Any = leaf
    for level in range(depth):
        inner = type_ if isinstance(type_, str) else type_["name"]
        type_ = record({"name": "l", "type": type_}, {"name": "r", "type": inner}, name=f"D{level}")
    return type_


def namesakes(count: int, leaf: str) -> Any:
    """Make many types of one simple name that all lead to each other: each pair of them can meet."""
    links = ["null", *(f"n{other}.R" for other in range(count))]
    return [
        record({"name": "v", "type": leaf}, {"name": "next", "type": links}, name=f"n{number}.R")
        for number in range(count)
    ]


def tangled_default() -> Any:
    """Make a default that has to be tried against two types at each of forty levels."""
    value: Any = {"bad": 1}
    for _ in range(40):
        value = {"n": value}
    second = record({"name": "n", "type": ["null", "L", "A"], "default": None}, {"name": "z", "type": "int"}, name="A")
    first = record({"name": "n", "type": ["null", second, "L"], "default": None}, name="L")
    return record({"name": "x", "type": first, "default": value})


def symbols(letter: str) -> Any:
    return {"type": "enum", "name": "E", "symbols": [f"{letter}{number}" for number in range(5_000)]}


HOSTILE: dict[str, tuple[Any, Any]] = {
    "five thousand symbols": (symbols("A"), symbols("B")),
    "a type that has no value": (
        record({"name": "r", "type": "R"}),
        record({"name": "r", "type": "R"}, {"name": "x", "type": "int"}),
    ),
    "two gigabytes of fixed": (
        {"type": "fixed", "name": "F", "size": 2**31 - 1},
        {"type": "fixed", "name": "F", "size": 2**31 - 2},
    ),
    "values that double": (doubling(40, "int"), doubling(40, "string")),
    "namesakes that lead to each other": (namesakes(25, "int"), namesakes(25, "string")),
    "a default tried against two types at each level": (tangled_default(), record()),
    "a default that contains itself": (
        record({"name": "x", "type": "R", "default": {}}),
        record({"name": "x", "type": "R", "default": {"x": {}}}),
    ),
    "a decimal of a billion digits": (
        {"type": "bytes", "logicalType": "decimal", "precision": 10**9, "scale": 2},
        {"type": "bytes", "logicalType": "decimal", "precision": 10**9, "scale": 3},
    ),
    "half of a surrogate pair": (record({"name": "a", "type": "string", "default": "\ud800"}), record()),
    "a default beyond all doubles": (record({"name": "a", "type": "double", "default": 10**400}), record()),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_but_legal_gets_a_verdict(name: str, tmp_path: Path) -> None:
    for file, raw in zip(("old.avsc", "new.avsc"), HOSTILE[name], strict=True):
        (tmp_path / file).write_text(json.dumps(raw))
    for command_ in (("diff", tmp_path / "old.avsc", tmp_path / "new.avsc"), ("lint", tmp_path / "old.avsc")):
        code, output = run(*command_)
        assert code in (0, 1), output


def test_a_chain_through_eight_hundred_files_is_followed_to_its_end(tmp_path: Path) -> None:
    for folder, leaf in (("old", "int"), ("new", "string")):
        (tmp_path / folder).mkdir()
        for number in range(800):
            type_ = f"C{number + 1}" if number < 799 else leaf
            raw = record({"name": "n", "type": type_}, name=f"C{number}")
            (tmp_path / folder / f"C{number}.avsc").write_text(json.dumps(raw))
    code, _ = run("diff", tmp_path / "old", tmp_path / "new")
    assert code == 1


def test_a_folder_that_links_to_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "a.avsc").write_text(json.dumps(record()))
    assert run("diff", tmp_path, tmp_path)[0] == 0


JUNK: list[Any] = [
    None, True, 1, -1, 1.5, "", "x", "int", "null", "record", [], {}, [1], {"type": "int"}, {"type": []}, ["int"],
    {"type": "record"}, {"a": 1}, "a.b", "\ud800", 10**30, 1e308, "fixed", "decimal",
]  # fmt: skip
KEYS = [
    "type", "name", "namespace", "aliases", "doc", "symbols", "items", "values", "size", "fields", "default",
    "logicalType", "precision", "scale", "symbolDocs",
]  # fmt: skip


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from spots(value[key])


def spoiled(chance: Random, raw: Any) -> Any:
    """Put junk somewhere into a schema."""
    found = list(spots(raw))
    if not found:
        return raw
    holder, key = chance.choice(found)
    place = chance.choice(KEYS) if isinstance(holder, dict) and chance.random() < 0.3 else key
    holder[place] = chance.choice(JUNK)
    return raw


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_a_schema_with_junk_in_it_is_judged_or_refused(chance: Random) -> None:
    old, new = make_pair(chance)
    try:
        documents = [load_text(json.dumps(raw), "s.avsc") for raw in (spoiled(chance, old), new)]
    except InvalidSources as error:
        assert all(finding.why and finding.fix for finding in error.findings)
        return
    judge(documents[0].type, documents[1].type, Level.FULL, Sides("old.avsc", "new.avsc"))
    lint_documents(documents)
