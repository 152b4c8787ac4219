"""From a PlaceOrder request to a command: every rule that a request must keep, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from quadrille.events.types import Money, OrderDetails, OrderLine
from quadrille.order.v1 import order_service_pb2 as pb

from services.chassis.rpc.validation import MAX_INT64
from services.shop.validation import Violations

MAX_LINES = 500


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """A valid request to place an order.

    Attributes:
        request_id: The caller's idempotency key.
        request_hash: Digest of the request: the same key with another digest is refused.
        order: What is ordered.
        traceparent: W3C trace context of the call, if it has one.
    """

    request_id: UUID
    request_hash: bytes
    order: OrderDetails
    traceparent: str | None


def read(request: pb.PlaceOrderRequest, traceparent: str | None) -> PlaceOrder:
    """Check a request.

    Args:
        request: The request.
        traceparent: W3C trace context of the call, if it has one.

    Returns:
        The command.

    Raises:
        ApiError: INVALID_ARGUMENT, with all violations.
    """
    violations = Violations()
    request_id = violations.uuid("request_id", request.request_id)
    violations.identifier("customer_id", request.customer_id)
    violations.identifier("address_reference", request.address_reference)
    violations.country("country_code", request.country_code)
    violations.count("lines", len(request.lines), most=MAX_LINES)
    total = 0
    quantities: dict[str, int] = {}
    lines: list[OrderLine] = []
    currency = request.lines[0].unit_price.currency_code if request.lines else ""
    for number, line in enumerate(request.lines[:MAX_LINES]):
        # Each look into a message makes a new object: it is taken once.
        sku, quantity, price = line.sku, line.quantity, line.unit_price
        units = price.minor_units
        field = f"lines[{number}]"
        violations.identifier(f"{field}.sku", sku)
        violations.positive(f"{field}.quantity", quantity)
        violations.money(f"{field}.unit_price", price)
        if price.currency_code not in {currency, ""}:
            violations.add(
                f"{field}.unit_price.currency_code",
                f"must be {currency or 'that of the first line'} like the first line's: an order has one currency",
            )
        total += quantity * units
        quantities[sku] = quantities.get(sku, 0) + quantity
        lines.append(OrderLine(sku=sku, quantity=quantity, unit_price=Money(currency_code=currency, minor_units=units)))
    if total > MAX_INT64:
        violations.add("lines", f"the total must be at most {MAX_INT64} minor units, and is {total}")
    for sku, quantity in quantities.items():
        if quantity > MAX_INT64:
            violations.add("lines", f"the quantities of {sku} must add up to at most {MAX_INT64}, and give {quantity}")
    violations.refuse_if_any()
    if request_id is None:
        raise AssertionError("a request without a valid id is refused above")
    order = OrderDetails(
        customer_id=request.customer_id,
        lines=tuple(lines),
        total=Money(currency_code=currency, minor_units=total),
        address_reference=request.address_reference,
        country_code=request.country_code,
    )
    digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    return PlaceOrder(request_id, digest, order, traceparent)
