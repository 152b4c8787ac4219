"""The pages of this checkout, made once, and ways to change what they are made from."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import html5lib
import pytest

from admin.reference import sources as gather
from pages.site import build
from pages.sources import Sources
from registry.catalogue import load
from registry.history import read_history

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def sources() -> Sources:
    return gather(ROOT, load(ROOT))


@pytest.fixture(scope="session")
def made(sources: Sources) -> dict[str, str]:
    return build(sources)


@pytest.fixture(scope="session")
def pages(made: Mapping[str, str]) -> dict[str, Any]:
    """Each page as a tree. The strict parser refuses any breach of HTML's syntax."""
    return {
        path: html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        for path, text in made.items()
        if path.endswith(".html")
    }


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("schemas", "registry/history"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
def sources_of(sources: Sources):
    """Give the sources with the schemas and the history of another checkout."""

    def of(checkout: Path) -> Sources:
        return replace(sources, catalogue=load(checkout), history=read_history(checkout))

    return of
