"""Asking for cancellations: a group of orders becomes CANCELLING, with `OrderCancelRequested` in the same transaction.

A caller and the deadline come the same way: both lock the orders' rows, and `decisions.request_cancel` decides. It only
asks. Whether an order can still be cancelled is shipping's to say, so one that was asked for may yet end COMPLETED.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import grpc
from quadrille.errors.v1.error_reason_pb2 import ErrorReason
from quadrille.events.types import CancelReason
from quadrille.order.v1 import order_pb2 as pb
from sqlalchemy import Connection, Engine, text

from services.chassis.decide.handlers import Handlers
from services.chassis.errors import classified
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.continuity import Deciding
from services.chassis.process.unit_of_work import UnitOfWork
from services.chassis.rpc.errors import ApiError
from services.chassis.tables import outbox
from services.order.decisions import request_cancel
from services.order.model import OrderState
from services.order.state import OrderBatch, from_row
from services.order.tables import orders
from services.order.views import no_order, to_proto

log = logging.getLogger(__name__)

_COLUMNS = ", ".join(c.name for c in orders.columns)
_FIND = f"SELECT {_COLUMNS} FROM orders WHERE order_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id"  # noqa: S608
_READ = text(_FIND)
# Locked in the order of their ids, as batches lock them: the two wait for each other, and never deadlock.
_LOCK = text(f"{_FIND} FOR UPDATE")
# Rows that a batch or another instance holds are being decided on: they are looked at again next time.
_LOCK_DUE = text(
    f"SELECT {_COLUMNS} FROM orders WHERE state = 'PENDING' AND deadline_at <= :until "  # noqa: S608
    "ORDER BY deadline_at LIMIT :limit FOR UPDATE SKIP LOCKED"
)
_DUE = text("SELECT 1 FROM orders WHERE state = 'PENDING' AND deadline_at <= :until LIMIT 1")

#: `OrderCreated` is the order's own event 0. A cancellation is asked for once in an order's life, so this is one id.
ORDINAL = 1


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """A valid request to cancel an order.

    Attributes:
        order_id: The order.
        traceparent: W3C trace context of the call, if it has one.
    """

    order_id: UUID
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class _Request:
    key: UUID


class Cancelling:
    """Asks for cancellations, in groups."""

    def __init__(
        self,
        handlers: Handlers[Any],
        engine: Engine | Deciding,
        publish: Callable[[Sequence[outbox.Row]], None],
        clock: Callable[[], datetime],
        announce: Callable[[Sequence[UUID]], None],
    ) -> None:
        """Prepare.

        Args:
            handlers: The service's handlers.
            engine: Its database.
            publish: Takes outbox rows after their commit.
            clock: Gives the time.
            announce: Tells watchers of orders whose steps were committed.
        """
        self._handlers = handlers
        self._engine = engine
        self._publish = publish
        self._clock = clock
        self._announce = announce

    def commit(self, commands: Sequence[CancelOrder]) -> list[pb.Order | Exception]:
        """Ask for what callers want cancelled, all in one transaction.

        Args:
            commands: The requests.

        Returns:
            For each the order as it is now; or why it is refused: there is no such order, or it has shipped.

        Raises:
            Retryable: Nothing was committed, or that is unknown: asking again is safe.
        """
        traces = {command.order_id: command.traceparent for command in reversed(commands)}
        ids = {"ids": sorted(traces)}
        with classified(), self._engine.begin() as connection:
            found = connection.execute(_LOCK, ids).all()
            failpoint("cancel.locked")
            rows, asked = self._ask(connection, found, CancelReason.CUSTOMER_REQUEST, traces)
            now = connection.execute(_READ, ids).all() if asked else found
            nowhere = traces.keys() - {row.order_id for row in now}
            missing = {order_id: no_order(connection, order_id) for order_id in nowhere}
            failpoint("cancel.before-commit")
        failpoint("cancel.committed")
        self._committed(rows, asked)
        failpoint("cancel.published")
        answers = {row.order_id: _answer(row) for row in now}
        return [answers.get(command.order_id) or missing[command.order_id] for command in commands]

    def any_due(self, until: datetime) -> bool:
        """Tell whether an order's deadline has passed.

        Args:
            until: The time.

        Returns:
            True if one that has not ended, and was not asked to be cancelled, should have by then.

        Raises:
            Retryable: The database is away.
        """
        with classified(), self._engine.connect() as connection:
            return connection.execute(_DUE, {"until": until}).first() is not None

    def cancel_due(self, until: datetime, limit: int) -> int:
        """Ask for the cancellation of orders whose deadline has passed, in one transaction.

        Several instances may do so at once: each takes rows that no other has locked.

        Args:
            until: Only deadlines up to this time, up to which every reply was read.
            limit: At most so many orders, those that are due longest first.

        Returns:
            How many.

        Raises:
            Retryable: Nothing was committed, or that is unknown: looking again is safe.
        """
        with classified(), self._engine.begin() as connection:
            found = connection.execute(_LOCK_DUE, {"until": until, "limit": limit}).all()
            failpoint("deadline.locked")
            rows, asked = self._ask(connection, found, CancelReason.DEADLINE_EXCEEDED, {})
            failpoint("deadline.before-commit")
        failpoint("deadline.committed")
        self._committed(rows, asked)
        failpoint("deadline.published")
        return len(asked)

    def _ask(
        self, connection: Connection, found: Sequence[Any], reason: CancelReason, traces: Mapping[UUID, str | None]
    ) -> tuple[list[outbox.Row], list[UUID]]:
        orders_ = [from_row(row) for row in found]
        unit = UnitOfWork(self._handlers, OrderBatch(self._clock(), orders_))
        asked = []
        for row in orders_:
            decision = request_cancel(row, reason, unit.state)
            if decision.row is None:
                continue
            asked.append(row.order_id)
            unit.add(
                *(request_cancel, _Request(row.order_id), decision),
                cause=row.order_id,
                traceparent=traces.get(row.order_id),
                first_ordinal=ORDINAL,
            )
        return list(unit.write(connection)), asked

    def _committed(self, rows: Sequence[outbox.Row], asked: Sequence[UUID]) -> None:
        self._publish(rows)
        if asked:
            self._announce(asked)
            log.debug("cancellation asked for", extra={"orders": [str(order_id) for order_id in asked]})


def _answer(row: Any) -> pb.Order | ApiError:
    if row.state != OrderState.COMPLETED:
        return to_proto(row)
    return ApiError(
        grpc.StatusCode.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_CANCEL_TOO_LATE,
        f"order {row.order_id} has shipped and is COMPLETED: it cannot be cancelled any more",
        metadata={"order_id": str(row.order_id), "state": row.state},
    )
