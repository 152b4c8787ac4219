"""The README tells the truth where a machine can hold it to that."""

from __future__ import annotations

import re
from pathlib import Path

from admin.choreography import answers, calls, mermaid, timers

CHECKOUT = Path(__file__).resolve().parents[2]
README = (CHECKOUT / "README.md").read_text()


def test_the_picture_is_what_quadrille_flow_prints():
    (picture,) = re.findall(r"```mermaid\n(.*?)```", README, flags=re.DOTALL)
    assert picture.strip() == mermaid(answers(), calls(), timers()).strip()


def test_every_file_that_the_readme_names_is_there():
    named = set(re.findall(r"`((?:services|proto|schemas|docs|local|cli|registry)/[\w./]+\w)`", README))
    named |= set(re.findall(r"\]\(([\w./-]+)\)", README))
    assert named
    assert [name for name in sorted(named) if not (CHECKOUT / name).exists()] == []


def test_every_make_target_that_the_readme_names_is_there():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (CHECKOUT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)(?=`|\s+#)", README)) <= targets
