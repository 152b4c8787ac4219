"""Back pressure: while too many orders are under way callers are told when to come back."""

from __future__ import annotations

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from sqlalchemy import create_engine

from services.chassis.rpc.errors import ApiError
from services.order.backlog import RETRY_AFTER_SECONDS, Backlog

pytestmark = pytest.mark.live


async def test_orders_beyond_the_limit_are_refused_until_some_have_ended(shop, platform, halted):
    engine = create_engine(platform.database_url("order").replace("postgresql://", "postgresql+psycopg://"))
    backlog = Backlog(engine, most=2)
    await shop.open(stock=50, credit=100_000)
    backlog.poll_once()
    backlog.admit()
    with halted("inventory"):
        placed = [await shop.place() for _ in range(3)]
        backlog.poll_once()
        with pytest.raises(ApiError) as refused:
            backlog.admit()
    assert refused.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    status = status_pb2.Status.FromString(dict(refused.value.trailing_metadata())["grpc-status-details-bin"])
    retry = error_details_pb2.RetryInfo()
    assert status.details[1].Unpack(retry)
    assert retry.retry_delay.ToTimedelta().total_seconds() == RETRY_AFTER_SECONDS
    for order_id in placed:
        await shop.settled(order_id)
    backlog.poll_once()
    backlog.admit()
    engine.dispose()
