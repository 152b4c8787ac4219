"""A platform of these tests' own: its servers are stopped, and poison is poured into its topics."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.settings import Platform
from tests.conftest import Shop
from tests.support.platforms import running


@pytest.fixture(scope="session")
def shaken() -> Iterator[Platform]:
    """The four services on real servers that may be treated badly. A test leaves all of them running."""
    with running("failures") as own:
        yield own


@pytest.fixture
async def shop(shaken):
    async with Shop(shaken) as opened:
        yield opened
