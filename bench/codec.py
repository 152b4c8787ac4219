"""What reading and writing an event costs, strictly and by fastavro, which is laxer: `python bench/codec.py`."""

from __future__ import annotations

import datetime as dt
import timeit
import uuid
from collections.abc import Callable
from io import BytesIO

from fastavro import schemaless_reader, schemaless_writer
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


def write(event: OrderCreated) -> bytes:
    out = BytesIO()
    schemaless_writer(out, event.SCHEMA.parsed, event.to_avro())
    return out.getvalue()


def main() -> None:
    schema = OrderCreated.SCHEMA
    for lines in (1, 4, 40):
        event = created(lines)
        body = encode(event)
        ours = bare = typed = written = by_fastavro = float("inf")
        # In turns, so that whatever else the machine does falls on all of them.
        for _ in range(ROUNDS):
            ours = min(ours, microseconds(lambda body=body: schema.read(body)))  # type: ignore[misc]
            bare = min(bare, microseconds(lambda body=body: schemaless_reader(BytesIO(body), schema.parsed, None)))  # type: ignore[misc]
            typed = min(typed, microseconds(lambda body=body: decode(OrderCreated, body)))  # type: ignore[misc]
            written = min(written, microseconds(lambda event=event: encode(event)))  # type: ignore[misc]
            by_fastavro = min(by_fastavro, microseconds(lambda event=event: write(event)))  # type: ignore[misc]
        print(
            f"OrderCreated, {lines:2} lines, {len(body):4} bytes: read {ours:6.1f} us, by fastavro {bare:6.1f} us "
            f"({ours / bare:.2f}); as a typed record {typed:6.1f} us; written {written:6.1f} us, by fastavro "
            f"{by_fastavro:6.1f} us ({written / by_fastavro:.2f})"
        )


if __name__ == "__main__":
    main()
