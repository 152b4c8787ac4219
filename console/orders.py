"""Orders, through the API that the gateway serves, over the gateway's own channel.

- Lists are the newest orders that fit. By a reason the API has no filter: the newest `LOOKED_AT` cancelled ones are
  looked through, and the answer says how many were.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import grpc.aio
from quadrille.order.v1 import order_pb2, order_service_pb2
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

from admin import pending_calls, pending_steps
from admin.clients import target
from admin.documents import message_json
from admin.money import format_money, to_minor_units
from admin.order_states import reason_name
from console import outbox_events, trouble
from console.answers import Threads, refused, text_of
from gateway import errors

if TYPE_CHECKING:
    from gateway.app import Gateway
    from local.settings import Platform

log = logging.getLogger(__name__)
CALL_SECONDS = 10.0
NEWEST = 40
PAGE = 100
LONGEST_NAME = 64
#: Orders that are looked through for a reason, or for orders that are stuck.
LOOKED_AT = 2000
_STATES = frozenset(order_pb2.OrderState.keys())


class Orders:
    """Orders for the page."""

    def __init__(self, platform: Platform, gateway: Gateway, threads: Threads) -> None:
        """Prepare; nothing is asked yet.

        Args:
            platform: Where the services are.
            gateway: Whose channel is used.
            threads: Where databases are asked.
        """
        self._platform = platform
        self._gateway = gateway
        self._threads = threads

    async def newest(self) -> list[dict[str, Any]]:
        """Give the newest orders, newest first."""
        page = await self._list(order_service_pb2.ListOrdersRequest(page_size=NEWEST))
        return [message_json(order) for order in page.orders]

    async def list(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """List orders, newest first.

        Args:
            asked: `state`, `customer`, `reason` and `unsettled`, each of which may be missing.

        Returns:
            The orders, how many were looked at, and whether there are more.

        Raises:
            HttpError: A filter is wrong, or the service does not answer.
        """
        state, reason = asked.get("state", ""), asked.get("reason", "")
        if state and f"ORDER_STATE_{state}" not in _STATES:
            raise errors.bad_fields([("state", "must be PENDING, CANCELLING, COMPLETED or CANCELLED")])
        if reason and f"CANCEL_REASON_{reason}" not in order_pb2.CancelReason.keys():  # noqa: SIM118 - no mapping
            raise errors.bad_fields([("reason", "must be the name of a CancelReason")])
        request = order_service_pb2.ListOrdersRequest(
            customer_id=asked.get("customer", ""),
            state=order_pb2.OrderState.Value(f"ORDER_STATE_{state or 'UNSPECIFIED'}"),
            unsettled=asked.get("unsettled") == "1",
            page_size=500 if reason else PAGE,
        )
        if reason and not state:
            request.state = order_pb2.OrderState.ORDER_STATE_CANCELLED
        found: list[dict[str, Any]] = []
        looked = 0
        while True:
            page = await self._list(request)
            looked += len(page.orders)
            found += [message_json(order) for order in page.orders if not reason or reason_name(order) == reason]
            request.page_token = page.next_page_token
            if not request.page_token or len(found) >= PAGE or looked >= (LOOKED_AT if reason else PAGE):
                break
        more = bool(request.page_token) or len(found) > PAGE
        return {"orders": found[:PAGE], "looked_at": looked, "more": more}

    async def get(self, order_id: str) -> dict[str, Any]:
        """Give an order with its timeline, what it waits for, its events and its trace.

        Args:
            order_id: Which.

        Raises:
            HttpError: There is none, or the service does not answer.
        """
        order = await self._get(order_id)
        now = datetime.now(UTC)
        waits = pending_steps.awaited_by(order)
        wanted = [(wait.service, order.order_id) for wait in waits]
        run = self._threads.run
        # A service that hangs is waited for: all of them at once.
        calls, events, letters = await asyncio.gather(
            run(pending_calls.open_calls, self._platform, wanted),
            run(outbox_events.of_order, self._platform, order),
            run(trouble.letters_of_orders, self._platform, [order.order_id]),
        )
        return {
            "now": now.isoformat(),
            "order": message_json(order),
            **pending_steps.to_json(order, now),
            "calls": pending_calls.to_json(calls, order.order_id, now),
            **events,
            "letters": letters.get(order.order_id, []),
        }

    async def place(self, document: dict[str, Any], actor: str) -> dict[str, Any]:
        """Place an order.

        Args:
            document: `customer`, `address`, `country`, `currency`, and `lines` of `sku`, `quantity` and `price`, the
                quantity as a whole number, the price as a text in the currency's major unit; `request_id` if the
                caller has one.
            actor: Who asks.

        Returns:
            The order.

        Raises:
            HttpError: A field is wrong, or the service refuses or does not answer.
        """
        request = order_service_pb2.PlaceOrderRequest(
            request_id=text_of(document, "request_id", longest=LONGEST_NAME, default=str(uuid4())),
            customer_id=text_of(document, "customer", longest=LONGEST_NAME),
            address_reference=text_of(document, "address", longest=LONGEST_NAME),
            country_code=text_of(document, "country", longest=2).upper(),
        )
        currency = text_of(document, "currency", longest=3, default="USD").upper()
        _read_lines(document.get("lines"), currency, request)
        try:
            order = (await self._stub.PlaceOrder(request, timeout=CALL_SECONDS)).order
        except grpc.aio.AioRpcError as error:
            raise errors.from_call(error) from None
        log.info("console placed an order", extra={"actor": actor, "order_id": order.order_id})
        return message_json(order)

    async def cancel(self, order_id: str, actor: str, reason: str) -> dict[str, Any]:
        """Ask for an order to be cancelled.

        Args:
            order_id: Which.
            actor: Who asks.
            reason: Why.

        Returns:
            The order: CANCELLING, or CANCELLED already.

        Raises:
            HttpError: It is too late, there is none, or the service does not answer.
        """
        context = {"actor": actor, "reason": reason, "order_id": order_id}
        request = order_service_pb2.CancelOrderRequest(order_id=order_id)
        try:
            order = (await self._stub.CancelOrder(request, timeout=CALL_SECONDS)).order
        except grpc.aio.AioRpcError as error:
            log.info("console was refused a cancellation", extra={**context, "error": error.details()})
            raise errors.from_call(error) from None
        log.info("console asked for a cancellation", extra=context)
        return message_json(order)

    @property
    def _stub(self) -> Any:
        return OrderServiceStub(self._gateway.channel)

    async def _get(self, order_id: str) -> order_pb2.Order:
        try:
            request = order_service_pb2.GetOrderRequest(order_id=order_id)
            found: order_pb2.Order = await self._stub.GetOrder(request, timeout=CALL_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise errors.from_call(error) from None
        return found

    async def _list(self, request: order_service_pb2.ListOrdersRequest) -> order_service_pb2.ListOrdersResponse:
        try:
            page: order_service_pb2.ListOrdersResponse = await self._stub.ListOrders(request, timeout=CALL_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise errors.from_call(error) from None
        return page


def _read_lines(lines: object, currency: str, request: order_service_pb2.PlaceOrderRequest) -> None:
    """Add lines to a request. Nothing is rounded or guessed: a quantity of 1.9 or of true is refused."""
    if not isinstance(lines, list) or not lines:
        raise errors.bad_fields([("lines", "must be a list of at least one line")])
    violations: list[tuple[str, str]] = []
    for number, line in enumerate(lines):
        at = f"lines[{number}]"
        if not isinstance(line, dict):
            violations.append((at, "must be an object with sku, quantity and price"))
            continue
        sku, quantity, price = line.get("sku"), line.get("quantity"), line.get("price")
        if not isinstance(sku, str) or len(sku.strip()) > LONGEST_NAME:
            violations.append((f"{at}.sku", f"must be a text of 1 to {LONGEST_NAME} characters"))
        if type(quantity) is not int or not abs(quantity) < 2**63:
            violations.append((f"{at}.quantity", "must be a whole number of 64 bits"))
        units = 0
        try:
            # "" is no amount either: what is no text is told in the same words.
            units = to_minor_units(price.strip() if isinstance(price, str) else "", currency)
        except ValueError as error:
            violations.append((f"{at}.price", f'must be a text such as "12.34": {error}'))
        if not violations:
            added = request.lines.add(sku=str(sku).strip(), quantity=quantity)
            added.unit_price.currency_code, added.unit_price.minor_units = currency, units
    if violations:
        raise errors.bad_fields(violations)


def shop(platform: Platform) -> dict[str, Any]:
    """Give some items and accounts, for the form that places an order.

    Args:
        platform: Where inventory and payment are.

    Returns:
        Up to 200 items with price and free stock, and up to 100 customers; what is away is left out, and they are then
        not `whole`.
    """
    import grpc
    from quadrille.inventory.v1 import inventory_service_pb2 as inventory
    from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
    from quadrille.payment.v1 import payment_service_pb2 as payment
    from quadrille.payment.v1.payment_service_pb2_grpc import PaymentServiceStub

    items: list[dict[str, Any]] = []
    customers: list[str] = []
    whole = True
    quiet = [("grpc.enable_http_proxy", 0)]
    try:
        with grpc.insecure_channel(target(platform, "inventory"), quiet) as channel:
            listed = InventoryServiceStub(channel).ListItems(inventory.ListItemsRequest(page_size=200), timeout=3)
            items = [
                {
                    "sku": item.sku,
                    "price": format_money(item.list_price).rpartition(" ")[0].replace(",", ""),
                    "currency": item.list_price.currency_code,
                    "free": item.on_hand,
                }
                for item in listed.items
            ]
        with grpc.insecure_channel(target(platform, "payment"), quiet) as channel:
            found = PaymentServiceStub(channel).ListAccounts(payment.ListAccountsRequest(page_size=100), timeout=3)
            customers = [account.customer_id for account in found.accounts]
    except grpc.RpcError:
        log.info("the form of the console offers less: inventory or payment is away")
        whole = False
    return {"items": items, "customers": customers, "whole": whole}


def not_an_id(order_id: str) -> None:
    """Refuse what cannot be an order's id.

    Args:
        order_id: The text.

    Raises:
        HttpError: 404.
    """
    try:
        UUID(order_id)
    except ValueError:
        raise refused("NOT_FOUND", f"{errors.quoted(order_id)} is no order id: it is a UUID") from None
