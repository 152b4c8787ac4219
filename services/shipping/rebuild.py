"""How shipping's rows are made again from its own events: what it told first is what came first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from quadrille.avro import Event
from quadrille.events.shipping import OrderShipped, ShipmentCancelled, ShippingFailed

from services.chassis.decide.handlers import Decision, Rebuild, no_change
from services.chassis.errors import CannotRebuild
from services.shipping.decisions import Context
from services.shipping.model import Shipment, ShipmentState
from services.shipping.state import load


def recall_shipped(
    row: Shipment | None, event: OrderShipped, _dock: Context, _known: Sequence[Event]
) -> Decision[Shipment]:
    """The parcel is gone."""
    shipped = Shipment(
        event.order_id, ShipmentState.SHIPPED, event.shipment_id, event.carrier, event.tracking_id, event.occurred_at
    )
    return _unless_there(row, shipped)


def recall_failed(
    row: Shipment | None, event: ShippingFailed, _dock: Context, _known: Sequence[Event]
) -> Decision[Shipment]:
    """The carrier has refused it."""
    return _unless_there(row, Shipment(event.order_id, ShipmentState.FAILED, None, None, None, event.occurred_at))


def recall_cancelled(
    row: Shipment | None, event: ShipmentCancelled, _dock: Context, _known: Sequence[Event]
) -> Decision[Shipment]:
    """It was promised that it is never shipped."""
    return _unless_there(row, Shipment(event.order_id, ShipmentState.CANCELLED, None, None, None, event.occurred_at))


def _unless_there(row: Shipment | None, shipment: Shipment) -> Decision[Shipment]:
    if row is None or (row.state is ShipmentState.BOOKING and shipment.state is not ShipmentState.CANCELLED):
        # A booking whose call is still open is made once more with its key, and answered as before.
        return Decision(shipment)
    if row.state is not shipment.state:
        raise CannotRebuild(f"its row is {row.state.value}, and {shipment.state.value} was published")
    return no_change("its row is there")


ON: Mapping[type[Event], Any] = {
    OrderShipped: recall_shipped,
    ShippingFailed: recall_failed,
    ShipmentCancelled: recall_cancelled,
}


#: Nothing is booked, so no carrier is needed.
REBUILD: Rebuild[Any] = Rebuild(partial(load, carrier=None), ON)
