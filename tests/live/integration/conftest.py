"""What tests of the chassis on a real database share."""

from __future__ import annotations

import pytest

from tests.live.integration.bench import Bench
from tests.live.integration.own_schema import own_schema


@pytest.fixture
def bench(platform):
    with own_schema(platform) as engine:
        made = Bench(engine, platform.registry_url)
        made.create()
        yield made
