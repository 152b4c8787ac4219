"""Placing orders: a group of requests becomes orders, first steps and `OrderCreated` events in one transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quadrille.events.order import OrderCreated
from quadrille.order.v1 import order_pb2 as pb
from sqlalchemy import Connection, text

from services.chassis.decide.handlers import Decision, Handlers
from services.chassis.decide.ids import uuid7
from services.chassis.errors import classified
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.direct import Transactions
from services.chassis.process.unit_of_work import UnitOfWork
from services.chassis.rpc.errors import request_id_reused
from services.chassis.tables import outbox
from services.order import metrics
from services.order.decisions import create_order
from services.order.model import NewOrder, OrderRow
from services.order.requests import PlaceOrder
from services.order.state import OrderBatch, progress
from services.order.tables import NEW_ORDERS, STEPS, orders
from services.order.views import to_proto
from telemetry import spans

log = logging.getLogger(__name__)

_EXISTING = text(
    f"SELECT {', '.join(c.name for c in orders.columns)} FROM orders "  # noqa: S608
    "WHERE (customer_id, request_id) IN "
    "(SELECT * FROM unnest(CAST(:customers AS text[]), CAST(:requests AS uuid[])))"
)

Key = tuple[str, UUID]


@dataclass(slots=True)
class NewRow:
    """A row of `orders` as it is first written; the attributes are the table's columns."""

    order_id: UUID
    customer_id: str
    request_id: UUID
    request_hash: bytes
    currency_code: str
    total: int
    lines: str
    address_reference: str
    country_code: str
    created_at: datetime
    deadline_at: datetime
    state: str
    cancel_reason: str | None
    awaits_release: bool
    awaits_refund: bool
    settled: bool
    seen: str
    updated_at: datetime


def new_row(created: OrderCreated, row: OrderRow, request_id: UUID, request_hash: bytes) -> NewRow:
    """Make the first row of an order.

    Args:
        created: The event that begins it.
        row: The part that decisions see.
        request_id: The request that placed it.
        request_hash: The digest of the request; empty if it is not known.

    Returns:
        The row, with all columns.
    """
    order, now = created.order, progress(row)
    return NewRow(
        order_id=row.order_id,
        customer_id=row.customer_id,
        request_id=request_id,
        request_hash=request_hash,
        currency_code=row.currency_code,
        total=row.total,
        lines=json.dumps([[line.sku, line.quantity, line.unit_price.minor_units] for line in order.lines]),
        address_reference=order.address_reference,
        country_code=order.country_code,
        created_at=created.occurred_at,
        deadline_at=created.deadline_at,
        state=now.state,
        cancel_reason=now.cancel_reason,
        awaits_release=now.awaits_release,
        awaits_refund=now.awaits_refund,
        settled=now.settled,
        seen=now.seen,
        updated_at=now.updated_at,
    )


class _NewOrders(OrderBatch):
    """Orders whose rows are inserted already: what is left to write are the first steps of their timelines."""

    def save(self, connection: Connection) -> None:
        STEPS.insert(connection, self.steps.added())


@dataclass(frozen=True, slots=True)
class _Made:
    """What was decided on a request; it stands if its row is the first one of the request."""

    command: PlaceOrder
    new: NewOrder
    decision: Decision[OrderRow]
    row: NewRow


class Placing:
    """Commits groups of requests."""

    def __init__(
        self,
        handlers: Handlers[Any],
        transactions: Transactions,
        publish: Callable[[Sequence[outbox.Row]], None],
        clock: Callable[[], datetime],
        deadline: timedelta,
    ) -> None:
        """Prepare.

        Args:
            handlers: The service's handlers.
            transactions: Its database.
            publish: Takes outbox rows after their commit.
            clock: Gives the time.
            deadline: How long an order may take.
        """
        self._handlers = handlers
        self._transactions = transactions
        self._publish = publish
        self._clock = clock
        self._deadline = deadline

    def commit(self, commands: Sequence[PlaceOrder]) -> list[pb.Order | Exception]:
        """Place orders, all in one transaction.

        Args:
            commands: The requests.

        Returns:
            For each the order, new or as the same request made it before; or why it is refused.

        Raises:
            Retryable: Nothing was committed, or that is unknown: asking again with the same ids is safe.
        """
        now = self._clock()
        # The first of several with one key makes the order; the others are answered as if they had come later.
        # Sorted, because two groups that insert the same keys in different orders would deadlock.
        firsts: dict[Key, PlaceOrder] = {}
        for command in commands:
            firsts.setdefault(_key(command), command)
        state = _NewOrders(now, ())
        made = [self._decide(firsts[key], now, state) for key in sorted(firsts)]
        with classified(), self._transactions.begin() as connection:
            failpoint("place.begun")
            inserted = NEW_ORDERS.insert_unless(connection, [one.row for one in made], "customer_id, request_id")
            failpoint("place.inserted")
            new = [one for one in made if one.row.order_id in inserted]
            placed = {_key(one.command): one.row for one in new}
            existing = _existing(connection, [key for key in firsts if key not in placed])
            unit = UnitOfWork(self._handlers, state)
            for one in new:
                traceparent = one.command.traceparent
                unit.add(create_order, one.new, one.decision, cause=one.new.key, traceparent=traceparent)
            rows = unit.write(connection)
            failpoint("place.before-commit")
        failpoint("place.committed")
        self._publish(rows)
        failpoint("place.published")
        metrics.PLACED.inc(len(placed))
        if log.isEnabledFor(logging.DEBUG):
            for key, row in placed.items():
                ids = {"order_id": str(row.order_id), "request_id": str(row.request_id)}
                log.debug("placed", extra={**ids, **spans.ids(firsts[key].traceparent)})
        return [_answer(command, placed.get(_key(command)) or existing[_key(command)]) for command in commands]

    def _decide(self, command: PlaceOrder, now: datetime, state: OrderBatch) -> _Made:
        new = NewOrder(uuid7(), command.request_id, command.order, now + self._deadline)
        decision = create_order(new, state)
        (created,) = decision.events
        if decision.row is None or not isinstance(created, OrderCreated):
            raise AssertionError("an order begins with a row and OrderCreated")
        return _Made(command, new, decision, new_row(created, decision.row, command.request_id, command.request_hash))


def _key(command: PlaceOrder) -> Key:
    return command.order.customer_id, command.request_id


def _existing(connection: Connection, keys: Sequence[Key]) -> dict[Key, Any]:
    if not keys:
        return {}
    found = connection.execute(_EXISTING, {"customers": [c for c, _ in keys], "requests": [r for _, r in keys]})
    return {(row.customer_id, row.request_id): row for row in found}


def _answer(command: PlaceOrder, row: Any) -> pb.Order | Exception:
    kept = bytes(row.request_hash)
    # An order that was made again from its event has no digest: all that a request says is in its row.
    same = kept == command.request_hash if kept else _said(row) == _asked(command)
    return to_proto(row) if same else request_id_reused(str(command.request_id))


def _said(row: Any) -> tuple[object, ...]:
    return row.currency_code, [list(line) for line in row.lines], row.address_reference, row.country_code


def _asked(command: PlaceOrder) -> tuple[object, ...]:
    order = command.order
    lines = [[line.sku, line.quantity, line.unit_price.minor_units] for line in order.lines]
    return order.total.currency_code, lines, order.address_reference, order.country_code
