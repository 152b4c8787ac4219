"""Reads the facts, with a role that cannot write.

The order of reading stands in for the snapshot that four databases do not have:

1. The orders. Those that have settled do not change any more, in any service.
2. Whether the system is quiet: where each partition that Kafka has ends, how far each service has read, what its outbox
   still holds, which calls to a remote provider are not answered, and where each partition ends once more. If all had
   been read when the outboxes were empty and no call was open, and no topic has grown meanwhile, then nothing was under
   way; whatever follows from the orders of step 1 has taken effect in every database. While a service has not
   begun to read a partition, nothing is quiet, whatever it holds.
3. The rows of the other services, each database in one snapshot of its own.
4. Once more the orders that had not settled in step 1, and those that other services know and step 1 did not see.
5. How far orders are archived, or are about to be: what is before that is not judged, for it may be gone in one service
   and not yet in another. Nothing was wrong with it: `quadrille archive` audits first. Sums count it all the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar
from uuid import UUID

from admin.audit.facts import AccountFact, Facts, ItemFact, OrderFact, PaymentFact, ReservationFact, digest
from admin.choreography import callers
from admin.topic_ends import Topics, format_partitions
from services.catalogue import SERVICES

if TYPE_CHECKING:
    import psycopg

    from local.settings import Platform

CONNECT_SECONDS = 5
ROWS_AT_ONCE = 5000
PAUSE_SECONDS = 0.25

F = TypeVar("F")

_ORDERS: LiteralString = "SELECT order_id, state, settled, customer_id, currency_code, total, lines FROM orders"
_RESERVATIONS: LiteralString = "SELECT order_id, state, lines FROM reservations"
_PAYMENTS: LiteralString = "SELECT order_id, state, customer_id, currency_code, charged, refunded FROM payments"
_SHIPMENTS: LiteralString = "SELECT order_id, state FROM shipments"
_ITEMS: LiteralString = """
    WITH lines AS (
        SELECT line ->> 0 AS sku, r.state, (line ->> 1)::bigint AS quantity
        FROM reservations r, jsonb_array_elements(r.lines) AS line WHERE r.state IN ('HELD', 'SHIPPED')
    ), reserved AS (
        SELECT sku, coalesce(sum(quantity) FILTER (WHERE state = 'HELD'), 0) AS held,
               coalesce(sum(quantity) FILTER (WHERE state = 'SHIPPED'), 0) AS shipped
        FROM lines GROUP BY sku
    ), received AS (SELECT sku, sum(quantity) AS quantity FROM receipt_lines GROUP BY sku)
    SELECT i.sku, i.on_hand, i.held, i.shipped, coalesce(v.quantity, 0)::bigint,
           coalesce(r.held, 0)::bigint, (coalesce(r.shipped, 0) + coalesce(a.shipped, 0))::bigint
    FROM items i LEFT JOIN received v USING (sku) LEFT JOIN reserved r USING (sku)
         LEFT JOIN archived_stock a USING (sku)
"""
_ACCOUNTS: LiteralString = """
    WITH moved AS (
        SELECT customer_id, currency_code, sum(charged) AS charged, sum(refunded) AS refunded
        FROM payments WHERE provider IS NULL GROUP BY customer_id, currency_code
    ), deposited AS (SELECT customer_id, sum(amount) AS amount FROM deposits GROUP BY customer_id)
    SELECT a.customer_id, a.currency_code, a.balance, a.credit_limit, coalesce(d.amount, 0)::bigint,
           (coalesce(m.charged, 0) + coalesce(o.charged, 0))::bigint,
           (coalesce(m.refunded, 0) + coalesce(o.refunded, 0))::bigint
    FROM accounts a LEFT JOIN deposited d USING (customer_id) LEFT JOIN moved m USING (customer_id, currency_code)
         LEFT JOIN archived_charges o USING (customer_id, currency_code)
"""
_OUTBOX: LiteralString = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_DEAD_LETTERS: LiteralString = "SELECT count(*) FROM dead_letters WHERE state = 'OPEN'"
_CALLS: LiteralString = "SELECT count(*) FROM calls"
_HORIZON: LiteralString = "SELECT before FROM archive_horizon"
_POSITIONS: LiteralString = "SELECT topic_id, partition, next_offset FROM positions"


def read(platform: Platform, *, wait: float = 0.0) -> Facts:
    """Read everything.

    Args:
        platform: Where it is.
        wait: Seconds to wait for a quiet system before the orders are read.

    Returns:
        The facts.

    Raises:
        Unreachable: A server does not answer.
        Refused: A database cannot be read.
    """
    topics = Topics(platform.kafka_bootstrap_servers)
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline and _in_flight(platform, topics):
        time.sleep(PAUSE_SECONDS)
    with _database(platform, "order") as connection:
        orders = {row[0]: _order(row) for row in _rows(connection, _ORDERS)}
    in_flight = _in_flight(platform, topics)
    with _database(platform, "inventory") as connection:
        reservations = {row[0]: ReservationFact(row[1], _digest(row[2])) for row in _rows(connection, _RESERVATIONS)}
        items = {row[0]: ItemFact(*row[1:]) for row in _rows(connection, _ITEMS)}
    with _database(platform, "payment") as connection:
        payments = {row[0]: PaymentFact(*row[1:]) for row in _rows(connection, _PAYMENTS)}
        accounts = {row[0]: AccountFact(*row[1:]) for row in _rows(connection, _ACCOUNTS)}
    with _database(platform, "shipping") as connection:
        shipments: dict[UUID, str] = {row[0]: row[1] for row in _rows(connection, _SHIPMENTS)}
    before = _archived_before(platform)
    if before is not None:
        orders, reservations = _since(before, orders), _since(before, reservations)
        payments, shipments = _since(before, payments), _since(before, shipments)
    strangers = [order_id for order_id in {*reservations, *payments, *shipments} if order_id not in orders]
    unsettled = [order_id for order_id, order in orders.items() if not order.settled]
    with _database(platform, "order") as connection:
        known = _find(connection, "SELECT order_id FROM orders WHERE order_id = ANY(%s)", strangers)
        open_ = _find(connection, "SELECT order_id FROM orders WHERE order_id = ANY(%s) AND NOT settled", unsettled)
    return Facts(orders, reservations, payments, shipments, items, accounts, known, open_, in_flight)


def _archived_before(platform: Platform) -> UUID | None:
    found = []
    for service in SERVICES:
        with _database(platform, service) as connection:
            found += [row[0] for row in connection.execute(_HORIZON)]
    return max(found, default=None)


def _since(before: UUID, facts: Mapping[UUID, F]) -> dict[UUID, F]:
    return {order_id: fact for order_id, fact in facts.items() if order_id >= before or order_id.version != 7}


def _in_flight(platform: Platform, topics: Topics) -> Sequence[str]:
    ends = topics.ends()
    found = []
    for service in SERVICES:
        with _database(platform, service) as connection:
            positions = {(row[0], row[1]): row[2] for row in connection.execute(_POSITIONS)}
            letters = _number(connection, _DEAD_LETTERS)
        lag = sum(ends.lag_by_topic(service, positions).values())
        found += [f"{service} has {lag} records to read"] if lag else []
        not_begun = ends.not_begun(service, positions)
        found += [f"{service} has not begun to read {format_partitions(not_begun)}"] if not_begun else []
        found += [f"{service} has {letters} open dead letters (`quadrille dlq list`)"] if letters else []
    # In a transaction of its own, after all positions: a record that was read by then has its answers here, or sent.
    may_call = callers()
    for service in SERVICES:
        with _database(platform, service) as connection:
            # In one snapshot: an answer takes its call away and puts its events into the outbox.
            backlog = _number(connection, _OUTBOX)
            calls = _number(connection, _CALLS) if service in may_call else 0
        found += [f"{service} has {backlog} events to publish"] if backlog else []
        found += [f"{service} has {calls} calls without an answer"] if calls else []
    if not found and topics.ends() != ends:
        found.append("events were published meanwhile")
    return found


@contextmanager
def _database(platform: Platform, service: str) -> Iterator[psycopg.Connection[Any]]:
    import psycopg

    from admin.databases import audited

    with audited(platform, service, connect_timeout=CONNECT_SECONDS) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def _rows(connection: psycopg.Connection[Any], query: LiteralString) -> Iterator[Any]:
    with connection.cursor(name="audit") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        yield from cursor.execute(query)


def _find(connection: psycopg.Connection[Any], query: LiteralString, ids: list[UUID]) -> frozenset[UUID]:
    if not ids:
        return frozenset()
    return frozenset(row[0] for row in connection.execute(query, (ids,)))


def _number(connection: psycopg.Connection[Any], query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row is not None else 0


def _order(row: Any) -> OrderFact:
    _, state, settled, customer_id, currency_code, total, lines = row
    return OrderFact(state, settled, customer_id, currency_code, total, _digest(lines))


def _digest(lines: Any) -> int:
    parsed = json.loads(lines) if isinstance(lines, str) else lines
    return digest((line[0], line[1]) for line in parsed)
