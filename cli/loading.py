"""Places the orders of a TPC-H folder, and keeps count of what becomes of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from admin.clients import CALL_SECONDS, read_status, target
from cli import tpch
from cli.outcomes import COMPLETED, OutcomeReader
from cli.plan import Call, Plan, Tally
from cli.supplies import end, in_parallel, open_accounts, stock_up

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order
    from quadrille.order.v1.order_service_pb2 import PlaceOrderRequest

    from local.settings import Platform

TICK_SECONDS = 0.05
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0
# Without news for this long, the order service is asked: an order that was there before may have ended before.
ASK_AFTER_SECONDS = 2.0


async def load(platform: Platform, plan: Plan, progress: Callable[[Tally], None]) -> Tally:
    """Load a folder.

    Args:
        platform: Where the services are.
        plan: What to load.
        progress: Called again and again with what has happened so far.

    Returns:
        What has happened; `waiting` holds the orders without an outcome.

    Raises:
        AdminError: A server is away, or refuses the data.
        TpchError: The folder cannot be read.
    """
    import grpc.aio

    tally = Tally()
    people = tpch.customers(plan.folder)
    wanted: Iterable[tpch.TpchOrder] = tpch.orders(plan.folder)
    with (plan.folder / "orders.tbl").open("rb") as file:
        there = sum(1 for _ in file)
    tally.total = there if plan.orders is None else min(plan.orders, there)
    await stock_up(platform, plan, tally)
    await open_accounts(platform, plan, tally, list(people.values()))
    reader = OutcomeReader(platform)
    try:
        async with grpc.aio.insecure_channel(target(platform, "order")) as channel:
            await _Placing(channel, plan, tally, reader, progress).run(wanted, people)
    finally:
        reader.close()
    progress(tally)
    return tally


def request(plan: Plan, order: tpch.TpchOrder, customers: Mapping[int, tpch.Customer]) -> PlaceOrderRequest:
    """Make the request of an order: the same bytes each time.

    Args:
        plan: What is loaded.
        order: The order.
        customers: By key.
    """
    from quadrille.order.v1.order_service_pb2 import PlaceOrderRequest

    customer = customers[order.customer]
    made = PlaceOrderRequest(
        request_id=plan.request_id("order", order.key),
        customer_id=customer.customer_id,
        address_reference=f"Address#{order.customer:09}",
        country_code=customer.country_code,
    )
    for line in order.lines:
        added = made.lines.add(sku=line.sku, quantity=line.quantity)
        added.unit_price.currency_code, added.unit_price.minor_units = tpch.CURRENCY, line.unit_price
    return made


class _Placing:
    """The calls in flight, and the outcomes that come in meanwhile; all in one thread."""

    def __init__(
        self, channel: Any, plan: Plan, tally: Tally, reader: OutcomeReader, progress: Callable[[Tally], None]
    ) -> None:
        from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

        # Typed loosely: the generated stub is one class for both of gRPC's APIs.
        self._stub: Any = OrderServiceStub(channel)
        self._plan = plan
        self._tally = tally
        self._reader = reader
        self._progress = progress
        self._since = datetime.now(UTC)
        # Outcomes may be read before the answer to the call that placed the order.
        self._early: dict[UUID, tuple[str, float]] = {}

    async def run(self, wanted: Iterable[tpch.TpchOrder], customers: Mapping[int, tpch.Customer]) -> None:
        self._tally.began = time.perf_counter()
        queue = enumerate(wanted) if self._plan.orders is None else zip(range(self._plan.orders), wanted, strict=False)
        workers = [asyncio.create_task(self._work(queue, customers)) for _ in range(self._plan.concurrency)]
        under_way = set(workers)
        try:
            while under_way:
                self._drain()
                self._progress(self._tally)
                done, under_way = await asyncio.wait(under_way, timeout=TICK_SECONDS)
                for worker in done:
                    worker.result()
            await self._wait_for_the_rest()
        finally:
            await end(workers)

    async def _work(self, queue: Iterator[tuple[int, tpch.TpchOrder]], customers: Mapping[int, tpch.Customer]) -> None:
        for number, order in queue:
            if self._plan.rate is not None:
                due = self._tally.began + number / self._plan.rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._place(request(self._plan, order, customers))

    async def _place(self, wanted: PlaceOrderRequest) -> None:
        import grpc

        began, pause = time.perf_counter(), FIRST_PAUSE
        while True:
            try:
                reply = await self._stub.PlaceOrder(wanted, timeout=CALL_SECONDS)
            except grpc.aio.AioRpcError as error:
                again = error.code() in {
                    grpc.StatusCode.UNAVAILABLE,
                    grpc.StatusCode.DEADLINE_EXCEEDED,
                    grpc.StatusCode.RESOURCE_EXHAUSTED,
                }
                if not again or time.perf_counter() - began > self._plan.wait:
                    self._tally.refused[read_status(error).reason or error.code().name] += 1
                    return
            else:
                self._placed(reply.order, began)
                return
            self._tally.retries += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _placed(self, order: Order, began: float) -> None:
        order_id, now = UUID(order.order_id), time.perf_counter()
        existed = order.create_time.ToDatetime(tzinfo=UTC) < self._since
        self._tally.placed += 1
        self._tally.existed += existed
        self._tally.last_placed = now
        self._tally.waiting[order_id] = Call(began, existed)
        name, at = self._early.pop(order_id, ("", 0.0))
        if name:
            self._tally.end(order_id, name, at)
        elif ended := _ended(order):
            self._tally.end(order_id, ended, now)

    def _drain(self) -> bool:
        """Take in what was read since the last time; tell whether there was anything."""
        if self._reader.error is not None:
            raise self._reader.error
        before = self._tally.ended
        while self._reader.found:
            outcome = self._reader.found.popleft()
            if outcome.order_id in self._tally.waiting:
                self._tally.end(*outcome)
            else:
                self._early[outcome.order_id] = (outcome.name, outcome.at)
        return self._tally.ended > before

    async def _wait_for_the_rest(self) -> None:
        news = asked = time.perf_counter()
        while True:
            if self._drain():
                news = time.perf_counter()
            self._progress(self._tally)
            now = time.perf_counter()
            if not self._tally.waiting or now - news > self._plan.wait:
                return
            if now - max(news, asked) > ASK_AFTER_SECONDS:
                if await self._ask():
                    news = time.perf_counter()
                asked = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)

    async def _ask(self) -> bool:
        """Ask the order service for what the topic did not tell; tell whether anything has ended."""
        import grpc
        from quadrille.order.v1.order_service_pb2 import GetOrderRequest

        before = self._tally.ended

        async def one(order_id: UUID) -> None:
            try:
                order = await self._stub.GetOrder(GetOrderRequest(order_id=str(order_id)), timeout=CALL_SECONDS)
            except grpc.aio.AioRpcError:
                # It is asked again, and counted as without an outcome in the end.
                return
            if ended := _ended(order):
                self._tally.end(order_id, ended, time.perf_counter())

        await in_parallel((one(order_id) for order_id in list(self._tally.waiting)), self._plan.concurrency)
        return self._tally.ended > before


def _ended(order: Order) -> str:
    from admin.order_states import reason_name, state_name

    state = state_name(order)
    return COMPLETED if state == "COMPLETED" else reason_name(order) if state == "CANCELLED" else ""
