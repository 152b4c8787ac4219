"""A steady load of orders of every outcome, placed through whichever order instance answers."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import grpc
from quadrille.inventory.v1 import inventory_service_pb2 as inventory_pb
from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from quadrille.order.v1 import order_service_pb2 as order_pb
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub
from quadrille.payment.v1 import payment_service_pb2 as payment_pb
from quadrille.payment.v1.payment_service_pb2_grpc import PaymentServiceStub
from quadrille.type.v1.money_pb2 import Money

PRICE = 100
WORKERS = 6
#: How long a worker rests after an order: together they place at most forty orders a second.
PAUSE = 0.15
CALL_SECONDS = 10.0
#: The caller does not know: the same request again gives the same order.
ASK_AGAIN = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED,
}
#: Refused before anything was done.
REFUSED = {grpc.StatusCode.RESOURCE_EXHAUSTED}


@dataclass(frozen=True)
class Kind:
    """What is ordered, and how it may end."""

    sku: str
    quantity: int
    customer: str
    country: str
    ends: frozenset[str]


#: `TOO_LARGE` is what the two versions differ in: N says that it is out of stock. N+1 says that it is too large, which
#: the order service of version N reads as UNKNOWN.
KINDS = {
    "completed": Kind("plenty", 1, "rich", "DE", frozenset({"COMPLETED"})),
    "out of stock": Kind("scarce", 2, "rich", "DE", frozenset({"OUT_OF_STOCK"})),
    "too large": Kind("scarce", 2000, "rich", "DE", frozenset({"OUT_OF_STOCK", "QUANTITY_TOO_LARGE", "UNKNOWN"})),
    "declined": Kind("plenty", 1, "poor", "DE", frozenset({"INSUFFICIENT_CREDIT"})),
    "unserved": Kind("plenty", 1, "rich", "AQ", frozenset({"UNSERVED_COUNTRY"})),
}
#: The happy ones are half of all.
MIX = ["completed", "out of stock", "completed", "declined", "completed", "too large", "completed", "unserved"]


@dataclass
class Request:
    """One order as its caller knows it.

    Attributes:
        request_id: The caller's key.
        kind: What is ordered.
        calls: How its calls ended: done, failed or unknown.
        order_ids: The orders that answers named: one, if all is well.
    """

    request_id: str
    kind: str
    calls: Counter[str] = field(default_factory=Counter)
    order_ids: set[str] = field(default_factory=set)

    @property
    def outcome(self) -> str:
        """What its caller may rely on: done, failed (no call can have taken effect), or unknown."""
        return next((one for one in ("done", "unknown") if self.calls[one]), "failed")


class Load:
    """Places orders until it is told to stop, and remembers each: its id, its kind, and who took it.

    A call ends *done*, *failed* or *unknown*. Failed means refused before anything was done; unknown permits either.
    """

    def __init__(self, addresses: list[str], *, leaves: int = 0, pause: float = PAUSE) -> None:
        """Prepare.

        Args:
            addresses: Of order services.
            leaves: Of so many calls that ended unknown one is not repeated; 0: all are, until they are done.
            pause: Seconds for which a worker rests after an order.
        """
        self.requests: list[Request] = []
        self.placed: dict[str, str] = {}
        self.taken: dict[str, int] = dict.fromkeys(addresses, 0)
        self.retries = 0
        #: Ends that orders of every kind may have, because somebody asked for it.
        self.may_end: set[str] = set()
        self._leaves = leaves
        self._pause = pause
        self._unknown = 0
        self._more = asyncio.Event()
        self._stop = asyncio.Event()
        self._mix = itertools.cycle(MIX)
        self._channels = {address: grpc.aio.insecure_channel(address, options=QUICK) for address in addresses}
        self._first = itertools.cycle(addresses)

    @asynccontextmanager
    async def running(self):
        """Place orders for as long as the context lasts. An unforeseen error ends the test when the context ends."""
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(WORKERS):
                    workers.create_task(self._work())
                try:
                    yield self
                finally:
                    self._stop.set()
        finally:
            for channel in self._channels.values():
                await channel.close()

    async def more(self, number: int) -> None:
        """Wait until so many more orders are placed."""
        until = len(self.placed) + number
        while len(self.placed) < until:
            self._more.clear()
            await self._more.wait()

    async def _work(self) -> None:
        while not self._stop.is_set():
            await self.place(next(self._mix), leaves=self._leaves)
            await asyncio.sleep(self._pause)

    async def place(self, name: str, *, leaves: int = 0, seconds: float = CALL_SECONDS) -> Request:
        """Place one order, again and again with the same key until it is done.

        Args:
            name: Its kind.
            leaves: As for the load.
            seconds: How long each call may take.

        Returns:
            The request.
        """
        kind = KINDS[name]
        price = Money(currency_code="USD", minor_units=PRICE)
        made = Request(str(uuid4()), name)
        self.requests.append(made)
        request = order_pb.PlaceOrderRequest(
            request_id=made.request_id,
            customer_id=kind.customer,
            lines=[{"sku": kind.sku, "quantity": kind.quantity, "unit_price": price}],
            address_reference="home",
            country_code=kind.country,
        )
        while True:
            address = next(self._first)
            stub = OrderServiceStub(self._channels[address])
            try:
                answer = await stub.PlaceOrder(request, timeout=seconds)
            except grpc.aio.AioRpcError as error:
                if error.code() not in ASK_AGAIN:
                    raise
                outcome = "failed" if error.code() in REFUSED else "unknown"
                made.calls[outcome] += 1
                self.retries += 1
                self._unknown += outcome == "unknown"
                if leaves and outcome == "unknown" and self._unknown % leaves == 0:
                    return made
                await asyncio.sleep(PAUSE / 10)
                continue
            made.calls["done"] += 1
            made.order_ids.add(answer.order.order_id)
            self.placed[answer.order.order_id] = name
            self.taken[address] += 1
            self._more.set()
            return made


#: An instance that comes up is to be found at once, not after gRPC's own backoff of up to two minutes.
QUICK = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500)]


async def furnish(platform) -> None:
    """Put goods on the shelves, and open the two accounts."""
    price = Money(currency_code="USD", minor_units=PRICE)
    async with grpc.aio.insecure_channel(platform.service_address("inventory")) as channel:
        stub = InventoryServiceStub(channel)
        items = [{"sku": sku, "list_price": price} for sku in ("plenty", "scarce")]
        await stub.PutItems(inventory_pb.PutItemsRequest(items=items))
        stock = [{"sku": "plenty", "quantity": 1_000_000}, {"sku": "scarce", "quantity": 1}]
        await stub.ReceiveStock(inventory_pb.ReceiveStockRequest(request_id=str(uuid4()), lines=stock))
    async with grpc.aio.insecure_channel(platform.service_address("payment")) as channel:
        accounts = [
            {"customer_id": "rich", "credit_limit": Money(currency_code="USD", minor_units=10**9)},
            {"customer_id": "poor", "credit_limit": Money(currency_code="USD", minor_units=PRICE - 1)},
        ]
        await PaymentServiceStub(channel).OpenAccounts(payment_pb.OpenAccountsRequest(accounts=accounts))
