"""What reading and writing an event costs, and what of it the strict check takes: `python bench/codec.py`."""

from __future__ import annotations

import datetime as dt
import timeit
import uuid
from collections.abc import Callable

from quadrille.avro import decode, encode
from quadrille.events.order import OrderCreated
from quadrille.events.types import Money, OrderDetails, OrderLine

CALLS, ROUNDS = 5000, 11


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


def best(call: Callable[[], object]) -> float:
    """Return the microseconds of one call: the best of several rounds, which other work disturbs least."""
    return min(timeit.repeat(call, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6


def main() -> None:
    schema = OrderCreated.SCHEMA
    for lines in (1, 4, 40):
        event = created(lines)
        body = encode(event)
        check = schema._check
        checked = best(lambda body=body: decode(OrderCreated, body))  # type: ignore[misc]
        schema._check = lambda _body: None
        unchecked = best(lambda body=body: decode(OrderCreated, body))  # type: ignore[misc]
        schema._check = check
        written = best(lambda event=event: encode(event))  # type: ignore[misc]
        print(
            f"OrderCreated, {lines:2} lines, {len(body):4} bytes: read {checked:6.1f} us, without the check "
            f"{unchecked:6.1f} us ({checked / unchecked:.2f}), written {written:6.1f} us"
        )


if __name__ == "__main__":
    main()
