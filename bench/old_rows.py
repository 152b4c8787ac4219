"""What rows of the past cost the living: throughput, latency under load, and each query that looks around.

`python -m bench.old_rows --rows 1000000` starts two platforms, fills one with so many orders that ended over the last
ten days (with their steps, events, reservations, payments and shipments; every invariant holds), and measures both, one
after the other, several times. Times are of this machine and this moment: only the two columns beside each other say
something.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import grpc
import psycopg
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub
from sqlalchemy import create_engine

from admin.audit.report import run as audit
from bench import latency, place, stand
from local.settings import Platform
from services.chassis.tables import outbox_maintenance

DAYS = 10
STEP = 100_000
QUANTITY = 2
LOAD_SECONDS = 8.0

# UUIDs of version 7 whose time lies in the past: `o` numbers an order, `at` is when it was placed.
IDS: LiteralString = """
    CREATE TEMP TABLE old ON COMMIT DROP AS
    SELECT n, at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
                   || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text || 'x'), 1, 15))::uuid AS order_id
    FROM (SELECT n, %(now)s - interval '3 hours' - (n %% 864000) * interval '1 second' AS at
          FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS numbers
"""
ORDERS: LiteralString = """
    INSERT INTO orders
    SELECT order_id, 'customer-' || n % 1000, gen_random_uuid(), '\\x00'::bytea, 'USD', 200,
           ('[["sku-' || n % 200 || '", 2, 100]]')::jsonb, 'home', 'DE', at, at + interval '1 hour',
           'COMPLETED', NULL, false, false, true,
           'OrderCreated InventoryReserved PaymentCompleted OrderShipped OrderCompleted', at + interval '1 second'
    FROM old
"""
STEPS: LiteralString = """
    INSERT INTO steps
    SELECT order_id, sequence, event, 'order', at, at, '', CASE WHEN sequence > 3 THEN 'COMPLETED' ELSE 'PENDING' END
    FROM old, unnest(ARRAY['OrderCreated', 'InventoryReserved', 'PaymentCompleted', 'OrderShipped', 'OrderCompleted'])
              WITH ORDINALITY AS steps(event, sequence)
"""
OUTBOX: LiteralString = """
    INSERT INTO outbox (created_at, event_id, topic, key, type, fingerprint, body, published_at)
    SELECT at, gen_random_uuid(), %(topic)s, order_id, 'quadrille.events.old.Old', repeat('0', 64),
           repeat('x', 150)::bytea, at + interval '1 second'
    FROM old, generate_series(1, %(events)s)
"""
RESERVATIONS: LiteralString = """
    INSERT INTO reservations
    SELECT order_id, 'SHIPPED', ('[["sku-' || n % 200 || '", 2]]')::jsonb, at FROM old
"""
RECEIPT: LiteralString = """
    WITH sold AS (SELECT 'sku-' || n % 200 AS sku, 2 * count(*) AS quantity FROM old GROUP BY 1),
    receipt AS (INSERT INTO receipts VALUES (gen_random_uuid(), '\\x00'::bytea, now()) RETURNING request_id),
    lines AS (INSERT INTO receipt_lines SELECT request_id, sku, quantity FROM receipt, sold)
    UPDATE items SET shipped = shipped + quantity FROM sold WHERE items.sku = sold.sku
"""
PAYMENTS: LiteralString = """
    INSERT INTO payments
    SELECT order_id, 'CHARGED', 'customer-' || n % 1000, 'USD', 200, 0, order_id, at, at FROM old
"""
BALANCES: LiteralString = """
    UPDATE accounts SET balance = balance - spent
    FROM (SELECT 'customer-' || n % 1000 AS customer_id, 200 * count(*) AS spent FROM old GROUP BY 1) AS sums
    WHERE accounts.customer_id = sums.customer_id
"""
SHIPMENTS: LiteralString = """
    INSERT INTO shipments SELECT order_id, 'SHIPPED', order_id, 'house', 'old-' || n, at FROM old
"""
FILLED: dict[str, tuple[list[LiteralString], int]] = {
    "order": ([ORDERS, STEPS], 2),
    "inventory": ([RESERVATIONS, RECEIPT], 1),
    "payment": ([PAYMENTS, BALANCES], 1),
    "shipping": ([SHIPMENTS], 1),
}


def fill(platform: Platform, rows: int) -> None:
    """Put orders of the past into the four databases, two at a time."""
    now = datetime.now(UTC)
    with ThreadPoolExecutor(2) as threads:
        # Taken to its end, or what one of them raised would be lost.
        list(threads.map(lambda service: _fill_one(platform, service, rows, now), FILLED))


def _fill_one(platform: Platform, service: str, rows: int, now: datetime) -> None:
    statements, events = FILLED[service]
    began = time.perf_counter()
    url = platform.database_url(service)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        for ago in range(DAYS + 2):
            day = (datetime.now(UTC) - timedelta(days=ago)).date()
            outbox_maintenance.maintain(connection, retention=timedelta(days=365), today=day)
    engine.dispose()
    with psycopg.connect(url) as connection:
        for first in range(0, rows, STEP):
            last = min(rows, first + STEP) - 1
            with connection.transaction():
                connection.execute(IDS, {"now": now, "first": first, "last": last})
                for statement in statements:
                    connection.execute(statement)
                connection.execute(OUTBOX, {"topic": f"{service}-events", "events": events})
            if last % 1_000_000 == 999_999:
                print(f"  {service}: {last + 1:,} after {time.perf_counter() - began:.0f} s", flush=True)
    with psycopg.connect(url, autocommit=True) as connection:
        # As autovacuum would have done it over ten days.
        connection.execute("VACUUM ANALYZE")
    print(f"  filled {service} in {time.perf_counter() - began:.0f} s", flush=True)


async def idle(platform: Platform, orders: int) -> list[float]:
    """Place orders one after another, each on an idle system; seconds from the call to COMPLETED."""
    took = []
    async with grpc.aio.insecure_channel(platform.service_address("order")) as channel:
        stub = OrderServiceStub(channel)
        for number in range(orders):
            began = time.perf_counter()
            placed = await stub.PlaceOrder(stand.request(number))
            async for answer in stub.WatchOrder(pb.WatchOrderRequest(order_id=placed.order.order_id)):
                if answer.step.state == order_pb2.ORDER_STATE_COMPLETED:
                    took.append(time.perf_counter() - began)
                    break
            await asyncio.sleep(0.02)
    return took


def settled(platform: Platform) -> None:
    """Wait until no order is open."""
    with psycopg.connect(platform.audit_url("order"), autocommit=True) as connection:
        while connection.execute("SELECT 1 FROM orders WHERE NOT settled LIMIT 1").fetchone():
            time.sleep(stand.NEAR_SECONDS)


def timed(work: Callable[[], object]) -> float:
    """Take the best of three, in seconds."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def looks(platform: Platform) -> dict[str, float]:
    """Time what operators and sweepers ask."""
    found: dict[str, float] = {}
    with grpc.insecure_channel(platform.service_address("order")) as channel:
        stub = OrderServiceStub(channel)
        asked = {
            "list": pb.ListOrdersRequest(),
            "list of a customer": pb.ListOrdersRequest(customer_id="customer-7"),
            "list of the cancelled": pb.ListOrdersRequest(state=order_pb2.ORDER_STATE_CANCELLED),
            "list of a customer's cancelled": pb.ListOrdersRequest(
                customer_id="customer-7", state=order_pb2.ORDER_STATE_CANCELLED
            ),
            "list --stuck": pb.ListOrdersRequest(unsettled=True),
        }
        for name, request in asked.items():
            found[name] = timed(lambda request=request: stub.ListOrders(request))  # type: ignore[misc]
    queries: dict[str, LiteralString] = {
        "sweep of the outbox": "SELECT id FROM outbox WHERE published_at IS NULL "
        "AND created_at < now() - interval '2 seconds' ORDER BY id LIMIT 2000",
        "backlog of the outbox": "SELECT count(*), min(created_at) FROM outbox WHERE published_at IS NULL",
        "sweep of the deadlines": "SELECT 1 FROM orders WHERE state = 'PENDING' AND deadline_at <= now() LIMIT 1",
        "count of open orders": "SELECT count(*) FROM orders WHERE state IN ('PENDING', 'CANCELLING') AND NOT settled",
    }
    with psycopg.connect(platform.audit_url("order"), autocommit=True) as connection:
        for name, query in queries.items():
            found[name] = timed(lambda query=query: connection.execute(query).fetchall())  # type: ignore[misc]
    return found


def audited(platform: Platform) -> float:
    """Audit; it reads every row, so it takes as long as there are orders. Seconds."""
    began = time.perf_counter()
    facts, findings, _ = audit(platform, wait=30)
    violations = [f"{finding.name}: {one.what}" for finding in findings for one in finding.violations]
    if violations or not facts.quiet:
        raise RuntimeError(f"not sound: {violations[:3]} {facts.in_flight}")
    return time.perf_counter() - began


def measure(platform: Platform, orders: int) -> dict[str, float]:
    """Take all figures once."""
    asyncio.run(idle(platform, 20))
    took = asyncio.run(idle(platform, 100))
    began = time.perf_counter()
    asyncio.run(stand.place(platform.service_address("order"), orders, 64))
    settled(platform)
    figures = {
        "sagas a second": orders / (time.perf_counter() - began),
        "one order, idle, p50 (ms)": 1000 * statistics.median(took),
        "one order, idle, p99 (ms)": 1000 * sorted(took)[98],
    }
    return figures | {f"{name} (ms)": 1000 * seconds for name, seconds in looks(platform).items()}


def loads(platform: Platform, throughput: float, seconds: float, calls: int) -> dict[str, float]:
    """Take the figures of `bench.latency` and `bench.place` once: under steady loads, after a step, by so many callers.

    Args:
        platform: The platform.
        throughput: What is called 100 %, in orders a second.
        seconds: For how long each load is kept up.
        calls: How many calls of `PlaceOrder`, by each number of callers.

    Returns:
        The figures by name.
    """
    results, step = latency.measure(platform, throughput, seconds)
    figures: dict[str, float] = {}
    for result in results:
        figures[f"{result.name}, p50 (ms)"] = place.quantile(result.completed, 0.5)
        figures[f"{result.name}, p99 (ms)"] = place.quantile(result.completed, 0.99)
    figures["ten times the load, p99 (ms)"] = step.during
    figures["... until latency is back (s)"] = step.until_back
    with place.ours(platform) as service:
        for callers in place.CALLERS:
            figures[f"PlaceOrder by {callers}, a second"] = service.turn(calls, callers).rate
    settled(platform)
    return figures


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="orders of the past")
    parser.add_argument("--orders", type=int, default=3_000, help="orders of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each platform, in turns")
    parser.add_argument("--loads", type=int, default=1, help="turns under load of each platform; takes two minutes")
    parser.add_argument("--audit", action="store_true", help="audit both too: two minutes for each million orders")
    parser.add_argument("--port-base", type=int, default=24_000)
    given = parser.parse_args()
    with (
        stand.patient(10 * given.orders),
        stand.platform("no-old-rows", given.port_base) as fresh,
        stand.platform("old-rows", given.port_base + 500) as full,
    ):
        for platform in (fresh, full):
            asyncio.run(stand.furnish(platform, stand.PLENTY))
        fill(full, given.rows)
        figures: dict[str, list[dict[str, float]]] = {"fresh": [], "full": []}
        for number in range(given.rounds + 1):
            for name, platform in (("fresh", fresh), ("full", full)):
                found = measure(platform, given.orders)
                print(f"  {name}, {'warms up' if number == 0 else f'round {number}'}: {found['sagas a second']:,.0f}/s")
                figures[name] += [found] if number else []
        throughput = statistics.median(one["sagas a second"] for one in figures["fresh"])
        for number in range(given.loads):
            for name, platform in (("fresh", fresh), ("full", full)):
                figures[name].append(loads(platform, throughput, LOAD_SECONDS, given.orders))
                print(f"  {name}, loads of {throughput:,.0f}/s, turn {number + 1}: {figures[name][-1]}", flush=True)
        if given.audit:
            for name, platform in (("fresh", fresh), ("full", full)):
                figures[name][-1]["audit (s)"] = audited(platform)
    print(f"{'medians of ' + str(given.rounds):36} {'fresh':>12} {f'+{given.rows:,} orders':>22}")
    for name in dict.fromkeys(name for one in figures["fresh"] for name in one):
        before, after = (statistics.median(one[name] for one in figures[w] if name in one) for w in ("fresh", "full"))
        print(f"{name:36} {before:12,.1f} {after:22,.1f}")


if __name__ == "__main__":
    main()
