"""README and pages tell the truth where a machine can hold them to that. `test_guides.py` walks through the guides."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from admin.choreography import answers, calls, mermaid, timers
from local.environment import child_environment

CHECKOUT = Path(__file__).resolve().parents[2]
README = (CHECKOUT / "README.md").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (CHECKOUT / "Makefile").read_text(), flags=re.MULTILINE))
#: Pages that name files and targets of the checkout. Decisions and the record of what was measured speak of their time.
PAGES = ["README.md", "ARCHITECTURE.md", *(f"docs/{path.name}" for path in sorted((CHECKOUT / "docs").glob("*.md")))]
FOLDERS = (
    "services|proto|schemas|docs|local|cli|registry|admin|console|gateway|pages|codegen|telemetry|ops|bench|tests"
    "|generated"
)
#: What a page tells its reader to make.
TO_BE_MADE = re.compile(
    r"registry/accepted\.yaml|(services|schemas|tests/unit/services)/loyalty/.*|.*(stock_shipped|StockShipped|count_shipments)\..*"
)
#: What the README shows of a run. Everything else that is set as code can be typed.
SHOWN = "placed 15,000 of 15,000 orders"


def blocks(page: str) -> list[str]:
    """Give what is set as code."""
    text = (CHECKOUT / page).read_text()
    return [block.rstrip() for block in re.findall(r"(?:(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+)", text)]


def test_the_picture_is_what_quadrille_flow_prints():
    (picture,) = re.findall(r"```mermaid\n(.*?)```", README, flags=re.DOTALL)
    assert picture.strip() == mermaid(answers(), calls(), timers()).strip(), "mend with: make generate"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page):
    text = (CHECKOUT / page).read_text()
    named = set(re.findall(rf"`((?:{FOLDERS})/[\w./-]+\w)`", text))
    beside = {link for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", text) if "://" not in link}
    assert [name for name in sorted(named) if not (CHECKOUT / name).exists() and not TO_BE_MADE.fullmatch(name)] == []
    assert [link for link in sorted(beside) if not (CHECKOUT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_is_there(page):
    text = (CHECKOUT / page).read_text()
    assert set(re.findall(r"^ {4}make ([a-z-]+)|`make ([a-z-]+)", text, flags=re.MULTILINE)) <= {
        pair for target in TARGETS for pair in ((target, ""), ("", target))
    }


def test_the_readme_is_short():
    assert len(README.split()) <= 750


def test_the_readme_leads_to_every_page():
    linked = {link.removeprefix("docs/") for link in re.findall(r"\]\(([\w./-]+)\)", README)}
    assert {path.name for path in (CHECKOUT / "docs").glob("*.md")} <= linked


def test_what_is_set_as_code_in_the_readme_is_a_target_or_run_below_or_shown():
    others = [block for block in blocks("README.md") if "make up" not in block and SHOWN not in block]
    lines = [line.strip() for block in others for line in block.splitlines()]
    assert lines
    assert {line.partition(" ")[2] for line in lines if line.startswith("make ")} <= TARGETS
    assert [line for line in lines if not line.startswith("make ")] == []


@pytest.mark.live
@pytest.mark.parametrize(
    ("page", "mark", "said"),
    [
        ("README.md", "make up", ["placed 200 of 200 orders", "OrderCompleted", "every invariant holds", "shipping-1"]),
        (
            "docs/http-api.md",
            "API=",
            ["OrderCompleted", "ORDER_STATE_COMPLETED", '"nextPageToken"', "CANCEL_TOO_LATE"],
        ),
    ],
)
def test_each_line_can_be_typed_as_it_stands(platform, page, mark, said):
    (block,) = [block for block in blocks(page) if mark in block]
    lines = [line.strip() for line in block.splitlines()]
    # The platform and the environment are there; both targets are held to be targets above.
    lines = [line for line in lines if not line.startswith(("make ", "source "))]
    script = "\n".join(lines).replace("http://127.0.0.1:27080", platform.gateway_url)
    environment = {**platform.environment(), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script],
        cwd=CHECKOUT,
        env=child_environment(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [words for words in said if words not in done.stdout] == []
