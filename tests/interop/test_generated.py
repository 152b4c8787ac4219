"""The packages of other languages are functions of the sources, and say that they are not to be edited."""

from __future__ import annotations

import pytest

from codegen.outputs import differences
from codegen.targets import TARGETS, Sources, Target, make
from tests.interop.languages import CHECKOUT
from tests.interop.tools import tool

pytestmark = pytest.mark.interop

# A README, a lock file and a marker file have another way to say it, or none.
UNMARKED = {".gitattributes", ".npmrc", "go.sum", "package-lock.json", "py.typed"}


@pytest.fixture(params=[target for target in TARGETS if target.name != "python"], ids=lambda target: target.name)
def target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.param
    needs = {"go": ("go",), "typescript": ("node", "npm")}
    for name in needs.get(found.name, ()):
        tool(name, install="see docs/languages.md")
    return found


def test_two_generations_are_the_same_bytes_and_those_that_are_committed(target: Target) -> None:
    first = make(target, Sources(CHECKOUT))
    assert make(target, Sources(CHECKOUT)) == first
    assert differences(CHECKOUT / target.folder, first) == []


def test_every_file_says_that_it_is_not_to_be_edited(target: Target) -> None:
    for path, content in make(target, Sources(CHECKOUT)).items():
        if path.rpartition("/")[2] not in UNMARKED:
            assert b"DO NOT EDIT" in content[:1000], path
