"""The official AsyncAPI parser reads our document.

`@asyncapi/avro-schema-parser` checks each payload with `avsc`, then shows it as JSON Schema. The second step forgets a
named type that is used again behind an array, in a union or as an enum: it shows such a place without a type.
Whether types are resolved is therefore judged by what `avsc` makes of the payload that the parser was given, and the
gaps of the JSON Schema must all be such repeated uses.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from admin.reference import sources as gather
from pages.asyncapi import FILE, text
from pages.wire import HEADERS
from registry.catalogue import load
from registry.model import Array, Enum, Primitive, Record, Type, Union
from tests.interop.tools import tool

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# The document says 3.0.0 on purpose: that is the version that tools read today.
ACCEPTED = {"asyncapi-latest-version"}

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def sources():
    return gather(ROOT, load(ROOT))


@pytest.fixture(scope="module")
def check(tmp_path_factory):
    """Run the parser over a document and give what it says."""
    node = tool("node", install="install Node.js 20 or newer")
    npm = tool("npm", install="install npm")
    installed, wanted = HERE / "node_modules/.package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=HERE, check=False, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"npm could not install the parser: {done.stderr.strip()}"

    def run(document: str) -> dict[str, Any]:
        path = tmp_path_factory.mktemp("asyncapi") / FILE
        path.write_text(document, encoding="utf-8")
        command = [node, HERE / "check.mjs", path]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    return run


@pytest.fixture(scope="module")
def said(check, sources) -> dict[str, Any]:
    return check(text(sources))


def test_it_is_accepted_without_error_and_without_warning(said):
    assert {row["code"] for row in said["diagnostics"]} <= ACCEPTED, said["diagnostics"]
    assert {row["severity"] for row in said["diagnostics"]} <= {"information"}


def test_a_wrong_document_is_refused(check, sources):
    written = text(sources)
    for right, wrong, what in (
        ("name: Money", "name: 1Money", "Money"),
        ("$ref: '#/components/messages/OrderCreated'", "$ref: '#/components/messages/Gone'", "Gone"),
        ("action: send", "action: shout", "action"),
    ):
        assert right in written
        told = check(written.replace(right, wrong))["diagnostics"]
        assert any(row["severity"] == "error" for row in told), what


def test_every_message_is_in_its_channel_with_its_headers_and_every_type_resolved(said, sources):
    catalogue = sources.catalogue
    assert len(said["messages"]) == len(catalogue.subjects)
    for name, message in said["messages"].items():
        full_name = message["name"]
        assert catalogue.subjects[f"{message['channel']}-{full_name}"] == full_name
        assert message["resolved"] == resolved(catalogue.event(full_name)), name
        assert message["headers"] == [header.name for header in HEADERS], name


def test_only_repeated_uses_of_a_type_have_no_json_schema(said, sources):
    gaps = 0
    for message in said["messages"].values():
        repeated = {at for at, again in uses(sources.catalogue.event(message["name"]), "", set()) if again}
        assert set(message["untyped"]) <= repeated
        gaps += len(message["untyped"])
    assert gaps > 0, "the parser resolves repeated types now: hold it to that, and mend the docstring"


def test_every_service_s_operations_are_those_of_topics_yaml(said, sources):
    wanted: dict[str, Any] = {}
    for topic in sources.catalogue.topics:
        wanted[f"{topic.owner}.send.{topic.name}"] = ("send", [event.full_name for event in topic.events])
        for service in sources.services:
            read = [event.full_name for event in topic.events if service in event.consumers]
            if read:
                wanted[f"{service}.receive.{topic.name}"] = ("receive", read)
    assert {name: (row["action"], row["messages"]) for name, row in said["operations"].items()} == wanted


def resolved(type_: Type) -> Any:
    """Give a type in the form that check.mjs prints."""
    match type_:
        case Record():
            return {type_.full_name: {field.name: resolved(field.type) for field in type_.fields}}
        case Array(items):
            return [resolved(items)]
        case Enum():
            return f"{type_.full_name}: {' '.join(type_.symbols)}"
        case Union(branches):
            return {"or": [resolved(branch) for branch in branches]}
        case Primitive():
            return type_.name
    raise AssertionError(type_)


def uses(type_: Type, at: str, seen: set[str]) -> Iterator[tuple[str, bool]]:
    """Give each use of a named type, and whether the type was defined before."""
    if isinstance(type_, Record | Enum):
        yield at, type_.full_name in seen
        if type_.full_name in seen:
            return
        seen.add(type_.full_name)
    if isinstance(type_, Record):
        for field in type_.fields:
            yield from uses(field.type, f"{at}.{field.name}", seen)
    if isinstance(type_, Array):
        yield from uses(type_.items, f"{at}[]", seen)
    if isinstance(type_, Union):
        for branch in type_.branches:
            yield from uses(branch, f"{at}|", seen)
