"""What reading and writing an event costs, and what of it the strict check takes: `python bench/codec.py`."""

from __future__ import annotations

import datetime as dt
import timeit
import uuid
from collections.abc import Callable

from quadrille.avro import decode, encode
from quadrille.events.order import OrderCreated
from quadrille.events.types import Money, OrderDetails, OrderLine

CALLS, ROUNDS = 2000, 25


def created(lines: int) -> OrderCreated:
    price = Money(currency_code="EUR", minor_units=1234)
    now = dt.datetime(2026, 5, 4, 12, 30, 15, 123000, tzinfo=dt.UTC)
    return OrderCreated(
        order_id=uuid.UUID(int=7),
        occurred_at=now,
        deadline_at=now + dt.timedelta(hours=1),
        order=OrderDetails(
            customer_id="customer-000017",
            lines=(OrderLine(sku="Part#000000017", quantity=2, unit_price=price),) * lines,
            total=Money(currency_code="EUR", minor_units=2468 * lines),
            address_reference="home",
            country_code="DE",
        ),
    )


def microseconds(call: Callable[[], object]) -> float:
    return timeit.timeit(call, number=CALLS) / CALLS * 1e6


def main() -> None:
    schema = OrderCreated.SCHEMA
    for lines in (1, 4, 40):
        event = created(lines)
        body = encode(event)
        check = schema._check
        checked = unchecked = written = float("inf")
        # In turns, so that whatever else the machine does falls on all of them.
        for _ in range(ROUNDS):
            checked = min(checked, microseconds(lambda body=body: decode(OrderCreated, body)))  # type: ignore[misc]
            schema._check = lambda _body: None
            unchecked = min(unchecked, microseconds(lambda body=body: decode(OrderCreated, body)))  # type: ignore[misc]
            schema._check = check
            written = min(written, microseconds(lambda event=event: encode(event)))  # type: ignore[misc]
        print(
            f"OrderCreated, {lines:2} lines, {len(body):4} bytes: read {checked:6.1f} us, without the check "
            f"{unchecked:6.1f} us ({checked / unchecked:.2f}), written {written:6.1f} us"
        )


if __name__ == "__main__":
    main()
