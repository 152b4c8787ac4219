"""Brings what orders need: items with their stock, and accounts with their credit."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from admin.clients import CALL_SECONDS, explain, target, where
from cli import tpch
from cli.plan import Plan, Tally

if TYPE_CHECKING:
    from local.settings import Platform

T = TypeVar("T")

BATCH = 1000


async def stock_up(platform: Platform, plan: Plan, tally: Tally) -> None:
    """Put the items, and receive their stock.

    Args:
        platform: Where the services are.
        plan: What to load.
        tally: Counts what is new.

    Raises:
        AdminError: Inventory is away, or refuses the data.
    """
    import grpc.aio
    from quadrille.inventory.v1 import inventory_service_pb2 as pb
    from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

    async with grpc.aio.insecure_channel(target(platform, "inventory")) as channel:
        stub: Any = InventoryServiceStub(channel)
        for batch in _batches(tpch.parts(plan.folder)):
            items = pb.PutItemsRequest()
            for part in batch:
                price = items.items.add(sku=part.sku).list_price
                price.currency_code, price.minor_units = tpch.CURRENCY, part.list_price
            receipt = pb.ReceiveStockRequest(
                lines=[pb.StockReceipt(sku=part.sku, quantity=part.stock) for part in batch if part.stock]
            )
            receipt.request_id = plan.request_id("stock", _digest(receipt))
            try:
                answer = await stub.PutItems(items, timeout=CALL_SECONDS)
                if receipt.lines:
                    await stub.ReceiveStock(receipt, timeout=CALL_SECONDS)
            except grpc.aio.AioRpcError as error:
                raise explain(error, "inventory", where(platform, "inventory")) from None
            tally.setup["items_added"] += answer.added
            tally.setup["items_changed"] += answer.changed


async def open_accounts(platform: Platform, plan: Plan, tally: Tally, people: Sequence[tpch.Customer]) -> None:
    """Open the accounts with their credit limits; for a further set of orders, deposit as much again.

    Args:
        platform: Where the services are.
        plan: What to load.
        tally: Counts what is new.
        people: Whose accounts.

    Raises:
        AdminError: Payment is away, or refuses the data.
    """
    import grpc.aio
    from quadrille.payment.v1 import payment_service_pb2 as pb
    from quadrille.payment.v1.payment_service_pb2_grpc import PaymentServiceStub

    async with grpc.aio.insecure_channel(target(platform, "payment")) as channel:
        stub: Any = PaymentServiceStub(channel)

        async def deposit(person: tpch.Customer) -> None:
            made = pb.DepositRequest(customer_id=person.customer_id)
            made.amount.currency_code, made.amount.minor_units = tpch.CURRENCY, person.credit
            made.request_id = plan.request_id("deposit", _digest(made))
            await stub.Deposit(made, timeout=CALL_SECONDS)

        try:
            for batch in _batches(people):
                accounts = pb.OpenAccountsRequest()
                for person in batch:
                    limit = accounts.accounts.add(customer_id=person.customer_id).credit_limit
                    limit.currency_code, limit.minor_units = tpch.CURRENCY, person.credit
                answer = await stub.OpenAccounts(accounts, timeout=CALL_SECONDS)
                tally.setup["accounts_added"] += answer.added
                tally.setup["accounts_changed"] += answer.changed
            if plan.again:
                await in_parallel((deposit(person) for person in people if person.credit), plan.concurrency)
        except grpc.aio.AioRpcError as error:
            raise explain(error, "payment", where(platform, "payment")) from None


def _digest(message: Any) -> str:
    return hashlib.sha256(message.SerializeToString(deterministic=True)).hexdigest()


def _batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]


async def in_parallel(calls: Iterable[Awaitable[None]], most: int) -> None:
    """Await all of them, not too many at once.

    Args:
        calls: Made one by one, when their turn comes.
        most: So many at once.
    """
    waiting = iter(calls)

    async def work() -> None:
        for call in waiting:
            await call

    tasks = [asyncio.create_task(work()) for _ in range(most)]
    try:
        await asyncio.gather(*tasks)
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel what still runs, and wait until it has ended: nothing is left that could complain later.

    Args:
        tasks: Any, whatever their state.
    """
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
