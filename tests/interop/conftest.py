"""The languages, each built once a run."""

from __future__ import annotations

import pytest

from tests.interop.languages import LANGUAGES, Language, built


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.name)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    found.require()
    return built(found)
