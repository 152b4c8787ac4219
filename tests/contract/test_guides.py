"""The guides are walked in a copy of the checkout, and name every file that the walk touches, and no other.

`guides/*.patch` is what a person writes; everything else is made by the commands of the page. If a patch no longer
fits, the page may be wrong too: walk through it, and make the patch again with `git diff`.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from local.settings import CHECKOUT
from tests.live.rolling.versions import Copy

pytestmark = pytest.mark.slow

PATCHES = Path(__file__).parent / "guides"
#: Whole folders that the pages name: what is in them is made, or named by a fingerprint.
FOLDERS = ("generated/", "registry/history/", "registry/topics/", "registry/protos/")


def named(page: str) -> set[str]:
    """Give the files of the tables under the headings that begin with `The files`."""
    text = (CHECKOUT / "docs" / page).read_text()
    sections = re.findall(r"^## The files.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    column = 2 if "| step |" in sections[0] else 1
    cells = [
        line.split(" | ")[column - 1] for section in sections for line in section.splitlines() if line.startswith("| ")
    ]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def touched(copy: Copy) -> set[str]:
    told = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=copy.root, capture_output=True, text=True, check=True
    )
    paths = {line[3:] for line in told.stdout.splitlines()}
    return {next((folder for folder in FOLDERS if path.startswith(folder)), path) for path in paths}


def generate(copy: Copy) -> None:
    """Do what `make generate` does."""
    for done in (
        copy.python("-m", "codegen"),
        copy.python("-m", "cli.settings_page"),
        copy.quadrille("flow", "--into", "README.md"),
    ):
        assert done.returncode == 0, done.stdout + done.stderr


def record(copy: Copy) -> None:
    done = copy.quadrille("schemas", "record")
    assert done.returncode == 0, done.stdout + done.stderr
    generate(copy)
    done = copy.quadrille("schemas", "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Not released yet" not in done.stdout


def test_an_event(tmp_path: Path) -> None:
    copy = Copy(tmp_path, tests=True)
    copy.lay_over(PATCHES / "event.patch")
    generate(copy)
    states = copy.quadrille("flow", "--states")
    (copy.root / "docs/state-machines.md").write_text(states.stdout)
    record(copy)
    assert touched(copy) == named("add-an-event.md")
    suites = ("tests/unit/services/inventory", "tests/unit/services/shipping", "tests/contract/test_state_machines.py")
    done = copy.python("-m", "pytest", *suites, "tests/unit/services/test_rebuild.py", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_a_method(tmp_path: Path) -> None:
    copy = Copy(tmp_path, tests=True)
    copy.lay_over(PATCHES / "method.patch")
    generate(copy)
    record(copy)
    assert touched(copy) == named("add-a-method.md")
    done = copy.python("-c", "from services.shipping.api import ShippingServicer; ShippingServicer(None)")
    assert done.returncode == 0, done.stderr


def test_a_service(tmp_path: Path) -> None:
    page = (CHECKOUT / "docs/add-a-service.md").read_text()
    copy = Copy(tmp_path, tests=True)
    (command,) = re.findall(r"^    \.venv/bin/quadrille (new service .*)$", page, re.MULTILINE)
    done = copy.quadrille(*command.split())
    assert done.returncode == 0, done.stderr
    generate(copy)
    assert touched(copy) == named("add-a-service.md")
