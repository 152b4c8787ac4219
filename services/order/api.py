"""The order service's gRPC methods: check, call, reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

from quadrille.order.v1 import order_pb2, order_service_pb2_grpc
from quadrille.order.v1 import order_service_pb2 as pb
from sqlalchemy import Engine

from services.chassis.process.group_commit import GroupCommit
from services.chassis.rpc import paging
from services.chassis.rpc.server import Context, in_thread
from services.chassis.rpc.validation import Violations
from services.order import views
from services.order.backlog import Backlog
from services.order.cancel_order import CancelOrder
from services.order.model import OrderState
from services.order.requests import PlaceOrder, read
from services.order.watching import LOOK_AGAIN_SECONDS, Watches
from telemetry import spans

DEFAULT_PAGE = 50
LONGEST_PAGE = 500
STEPS_AT_ONCE = 100
LAST_SEQUENCE = 2**31 - 1


class OrderServicer(order_service_pb2_grpc.OrderServiceServicer):
    """`quadrille.order.v1.OrderService`."""

    def __init__(
        self,
        engine: Engine,
        placing: GroupCommit[PlaceOrder, order_pb2.Order],
        cancelling: GroupCommit[CancelOrder, order_pb2.Order],
        watches: Watches,
        backlog: Backlog,
    ) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            placing: Commits requests for orders in groups.
            cancelling: Commits requests for cancellations in groups.
            watches: This instance's watchers.
            backlog: Says when too many orders are under way.
        """
        self._engine = engine
        self._placing = placing
        self._cancelling = cancelling
        self._watches = watches
        self._backlog = backlog

    async def PlaceOrder(self, request: pb.PlaceOrderRequest, context: Context) -> pb.PlaceOrderResponse:  # noqa: ARG002, N802
        """Answer once the order and its event are committed."""
        command = read(request, spans.current())
        self._backlog.admit()
        return pb.PlaceOrderResponse(order=await self._placing.submit(command))

    async def CancelOrder(self, request: pb.CancelOrderRequest, context: Context) -> pb.CancelOrderResponse:  # noqa: ARG002, N802
        """Answer once the request, and the question to shipping, are committed."""
        command = CancelOrder(_order_id(request.order_id), spans.current())
        return pb.CancelOrderResponse(order=await self._cancelling.submit(command))

    async def GetOrder(self, request: pb.GetOrderRequest, context: Context) -> order_pb2.Order:  # noqa: ARG002, N802
        """Give an order with its timeline."""
        order_id = _order_id(request.order_id)

        def query() -> order_pb2.Order:
            with self._engine.connect() as connection:
                row = views.find(connection, order_id)
                if row is None:
                    raise views.no_order(connection, order_id)
                return views.to_proto(row, views.timeline(connection, order_id))

        order: order_pb2.Order = await in_thread(query)
        return order

    async def ListOrders(self, request: pb.ListOrdersRequest, context: Context) -> pb.ListOrdersResponse:  # noqa: ARG002, N802
        """Give a page of orders, newest first."""
        violations = Violations()
        if request.customer_id:
            violations.identifier("customer_id", request.customer_id)
        if request.state not in order_pb2.OrderState.values():
            violations.add("state", f"must be an OrderState, and is {request.state}")
        violations.page_size("page_size", request.page_size)
        filters = (request.customer_id, str(request.state), *(["unsettled"] if request.unsettled else []))
        last = paging.after(violations, "page_token", request.page_token, *filters)
        before = violations.uuid("page_token", last) if last else None
        violations.refuse_if_any()
        limit = paging.size(request.page_size, default=DEFAULT_PAGE, most=LONGEST_PAGE)
        state = (
            OrderState(order_pb2.OrderState.Name(request.state).removeprefix("ORDER_STATE_")) if request.state else None
        )

        def query() -> pb.ListOrdersResponse:
            with self._engine.connect() as connection:
                rows = views.page(
                    connection,
                    customer_id=request.customer_id,
                    state=state,
                    unsettled=request.unsettled,
                    before=before,
                    limit=limit + 1,
                )
            more = paging.token(str(rows[limit - 1].order_id), *filters) if len(rows) > limit else ""
            return pb.ListOrdersResponse(orders=map(views.to_proto, rows[:limit]), next_page_token=more)

        response: pb.ListOrdersResponse = await in_thread(query)
        return response

    async def WatchOrder(  # noqa: N802
        self,
        request: pb.WatchOrderRequest,
        context: Context,  # noqa: ARG002
    ) -> AsyncIterator[pb.WatchOrderResponse]:
        """Give every step after the one that the caller has seen, until the order is settled."""
        violations = Violations()
        order_id = violations.uuid("order_id", request.order_id)
        if request.after_sequence < 0:
            violations.add("after_sequence", f"must not be negative, and is {request.after_sequence}")
        violations.refuse_if_any()
        if order_id is None:
            raise AssertionError("a request without a valid id is refused above")
        # More than the column holds is more than any step has.
        seen = min(request.after_sequence, LAST_SEQUENCE)
        async with self._watches.watch(order_id) as woken:
            while True:
                woken.clear()
                settled, rows = await in_thread(partial(self._look, order_id, seen))
                for place, row in enumerate(rows, 1):
                    seen = row.sequence
                    last = settled and place == len(rows)
                    yield pb.WatchOrderResponse(step=views.step_to_proto(row), settled=last)
                if settled:
                    if not rows:
                        yield pb.WatchOrderResponse(settled=True)
                    return
                if len(rows) < STEPS_AT_ONCE:
                    try:
                        await asyncio.wait_for(woken.wait(), LOOK_AGAIN_SECONDS)
                    except TimeoutError:
                        continue

    def _look(self, order_id: UUID, after: int) -> tuple[bool, Any]:
        # Row and steps of one moment: what settles an order between two looks would come without its step.
        with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            row = views.find(connection, order_id)
            if row is None:
                raise views.no_order(connection, order_id)
            rows = views.timeline(connection, order_id, after=after, limit=STEPS_AT_ONCE)
        return row.settled and len(rows) < STEPS_AT_ONCE, rows


def _order_id(value: str) -> UUID:
    violations = Violations()
    order_id = violations.uuid("order_id", value)
    violations.refuse_if_any()
    if order_id is None:
        raise AssertionError("a request without a valid id is refused above")
    return order_id
