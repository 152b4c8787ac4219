"""Who watches an order, in the real database."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text

from services.order.watching import Watches

pytestmark = pytest.mark.live


@pytest.fixture
def engine(platform):
    made = create_engine(platform.database_url("order").replace("postgresql://", "postgresql+psycopg://"))
    yield made
    made.dispose()


def watched(engine, order_id: UUID) -> bool:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT 1 FROM watches WHERE order_id = :order_id"), {"order_id": order_id})
        return found.first() is not None


async def test_a_watcher_that_comes_while_the_last_one_leaves_is_not_forgotten(platform, engine):
    watches = Watches(engine, platform.database_url("order"), f"test-{uuid4()}")
    for _ in range(30):
        order_id = uuid4()
        first, second = watches.watch(order_id), watches.watch(order_id)
        await first.__aenter__()
        leaving = asyncio.create_task(first.__aexit__(None, None, None))
        await asyncio.sleep(0)  # it has begun to leave
        await second.__aenter__()
        await leaving
        assert watched(engine, order_id)
        await second.__aexit__(None, None, None)
        assert not watched(engine, order_id)
