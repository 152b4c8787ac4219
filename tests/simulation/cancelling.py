"""Cancel: PENDING becomes CANCELLING and `OrderCancelRequested` is published, as the design says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from quadrille.events.order import OrderCancelRequested
from quadrille.events.types import CancelReason

from services.chassis import outbox
from services.chassis.batch import message
from services.chassis.errors import classify
from services.chassis.handlers import Decision
from services.order.books import load
from services.order.model import OrderState


def ask_to_cancel(
    engine: Any, publish: Callable[[Sequence[outbox.Row]], None], clock: Callable[[], datetime], order_id: UUID
) -> None:
    """Ask shipping whether an order can be cancelled, unless it has ended or was asked for before.

    Args:
        engine: The order service's database.
        publish: Takes outbox rows after their commit.
        clock: Gives the time.
        order_id: The order.

    Raises:
        Retryable: Nothing was committed, or that is unknown.
    """
    record: Any = SimpleNamespace(key=order_id, event=None)
    try:
        with engine.begin() as connection:
            books = load(connection, [record], clock())
            row = books.row(order_id)
            if row is None or row.state is not OrderState.PENDING:
                return
            event = OrderCancelRequested(
                order_id=order_id,
                occurred_at=books.now,
                customer_id=row.customer_id,
                reason=CancelReason.CUSTOMER_REQUEST,
            )
            record.event = event
            after = replace(
                row,
                state=OrderState.CANCELLING,
                cancel_reason=event.reason,
                seen=(*row.seen, type(event).__name__),
                updated_at=books.now,
            )
            books.apply(record, Decision(after))
            books.save(connection)
            # OrderCreated is the order's own event 0. This one comes once in its life too.
            made = message(event, "order", cause=order_id, ordinal=1, traceparent=None)
            rows = outbox.append(connection, [made])
    except Exception as error:
        raise classify(error) from error
    publish(rows)
