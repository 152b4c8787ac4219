"""How orders are made again from the order service's own events.

An order was placed, and its cancellation was asked for: these two are taken as they are. All else answers a reply of
another service, and that reply will be read again. But replies come by three topics, and now the answers to an undo may
be read before the failure that brought the undo about: no first reading does that. So what the order service has
decided is decided again here, ahead, from the reply that it answered; when that is read again, it is a repetition.

A failure that was read before a cancellation was asked for had ended the order, so none was asked for; one that was
read after it was only noted. So the cancellation comes first here, whenever the replies came.

`OrderCreated` says with which `request_id` its order was placed: a caller that repeats the request is given the order
that was made again. Versions before that said nothing: such an order gets an id that no caller has, and whoever repeats
its request places another order. So does one whose request has another order by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from quadrille.avro import Event
from quadrille.events.inventory import InventoryFailed
from quadrille.events.order import InventoryRollback, OrderCancelled, OrderCancelRequested, OrderCompleted, OrderCreated
from quadrille.events.payment import PaymentFailed
from quadrille.events.shipping import OrderShipped, ShipmentCancelled, ShippingFailed
from sqlalchemy import Connection, text

from services.chassis.decide.handlers import Decision, Rebuild, Received, no_change
from services.chassis.decide.ids import derived
from services.chassis.errors import CannotRebuild
from services.order import state
from services.order.decisions import CANCELLING, PENDING, Context, first_row
from services.order.decisions import ON as ON_REPLY
from services.order.model import OrderRow
from services.order.place_order import NewRow, new_row
from services.order.tables import NEW_ORDERS


class RebuildState(state.OrderBatch):
    """The rows of one step, with those that are made again."""

    def __init__(self, now: datetime, orders: Sequence[OrderRow], reasons: Mapping[UUID, str]) -> None:
        """Begin with what was loaded.

        Args:
            now: The time.
            orders: Rows that exist.
            reasons: As for `OrderBatch`.
        """
        super().__init__(now, orders, reasons)
        self._created: dict[UUID, OrderCreated] = {}
        #: Orders whose request has another order by now, each with that one.
        self.doubled: dict[UUID, tuple[NewRow, UUID]] = {}

    def apply(self, subject: Received[Any], decision: Decision[OrderRow]) -> None:
        """Put a row that is made again, with its steps."""
        if decision.row is not None and isinstance(subject.event, OrderCreated):
            self._created[subject.key] = subject.event
        self._put(decision.row, decision.events or (subject.event,))

    def save(self, connection: Connection) -> None:
        """Write the new rows, and what has changed of the others."""
        made = [_new(self._created[row.order_id], row) for row in self.rows.added()]
        NEW_ORDERS.insert(connection, self._with_requests_of_their_own(connection, made))
        super().save(connection)

    def _with_requests_of_their_own(self, connection: Connection, made: Sequence[NewRow]) -> list[NewRow]:
        """Take the requests away that have another order: the row of one was lost, and the caller asked again."""
        if not made:
            return []
        asked = {"customers": [row.customer_id for row in made], "requests": [row.request_id for row in made]}
        found = connection.execute(_TAKEN, asked)
        taken = {(row.customer_id, row.request_id): row.order_id for row in found}
        own = []
        for row in made:
            other = taken.setdefault((row.customer_id, row.request_id), row.order_id)
            if other != row.order_id:
                self.doubled[row.order_id] = row, other
            own.append(row if other == row.order_id else replace(row, request_id=_nobodys(row.order_id)))
        return own


def remarks(made: RebuildState) -> list[tuple[UUID, str]]:
    """Name the orders that one request has placed twice.

    Args:
        made: The state of a step, saved.

    Returns:
        Pairs of order and sentence.
    """
    return [(order_id, _twice(row, other)) for order_id, (row, other) in made.doubled.items()]


def _twice(row: NewRow, other: UUID) -> str:
    return (
        f"its request {row.request_id} of customer {row.customer_id} has placed order {other} too, after this one was "
        f"lost. Both stand: ask the customer which one is wanted, and run: quadrille cancel {other}"
    )


_TAKEN = text(
    "SELECT customer_id, request_id, order_id FROM orders WHERE (customer_id, request_id) IN "
    "(SELECT * FROM unnest(CAST(:customers AS text[]), CAST(:requests AS uuid[])))"
)


def _nobodys(order_id: UUID) -> UUID:
    return derived("recalled", order_id, 0)


#: The replies that end an order.
_ENDS = (InventoryFailed, PaymentFailed, OrderShipped, ShippingFailed, ShipmentCancelled)


def load(connection: Connection, records: Sequence[Received[Any]], now: datetime) -> RebuildState:
    """Load and lock the rows that exist.

    Args:
        connection: In a transaction.
        records: Own events.
        now: The time.
    """
    return RebuildState(now, *state.load_rows(connection, records))


def recall_created(
    row: OrderRow | None, event: OrderCreated, _context: Context, _known: Sequence[Event]
) -> Decision[OrderRow]:
    """Place it as it was placed."""
    if row is not None:
        return no_change("its row is there")
    return Decision(first_row(event))


def recall_cancel_requested(
    row: OrderRow | None, event: OrderCancelRequested, _context: Context, _known: Sequence[Event]
) -> Decision[OrderRow]:
    """Ask for what was asked for: shipping's answer is read again."""
    if row is None:
        raise CannotRebuild("there is no such order, and its OrderCreated is in no topic any more")
    if row.state is not PENDING:
        return no_change("its row says so, or it has ended")
    seen = (*row.seen, OrderCancelRequested.__name__)
    return Decision(row._replace(state=CANCELLING, cancel_reason=event.reason, seen=seen, updated_at=event.occurred_at))


def recall_decided(row: OrderRow | None, event: Event, context: Context, known: Sequence[Event]) -> Decision[OrderRow]:
    """Decide again what it answered, before that is read again. `events` of the decision are the steps of it."""
    if row is None:
        raise CannotRebuild("there is no such order, and its OrderCreated is in no topic any more")
    if type(event).__name__ in row.seen:
        return no_change("its row says so")
    published = {type(own).__name__: own for own in known}
    for reply in known:
        if not isinstance(reply, _ENDS) or type(reply).__name__ in row.seen:
            continue
        decision = ON_REPLY[type(reply)](row, reply, context)
        names = {type(decided).__name__ for decided in decision.events}
        if decision.row is None or type(event).__name__ not in names:
            continue
        if not names <= published.keys():
            # Its other half was lost before it was published. When the reply is read again, both are.
            return no_change("the reply that it answers is read again, and is decided in the same way")
        return Decision(decision.row, (reply, *(published[type(decided).__name__] for decided in decision.events)))
    return no_change("the reply that it answers is read again, and is decided in the same way")


ON: Mapping[type[Event], Any] = {
    OrderCreated: recall_created,
    OrderCancelRequested: recall_cancel_requested,
    OrderCompleted: recall_decided,
    OrderCancelled: recall_decided,
    InventoryRollback: recall_decided,
}

REBUILD: Rebuild[Any] = Rebuild(load, ON, remarks=remarks)


def _new(event: OrderCreated, row: OrderRow) -> NewRow:
    # The digest of its request is lost. All that the request said is in the row.
    return new_row(event, row, event.request_id or _nobodys(event.order_id), b"")
