# DO NOT EDIT. Made from schemas/ by `make generate`.
"""The events of the platform: one module for each service that publishes, `types` for what they share."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quadrille.avro import Event

    # Every event that topics.yaml lists, by Avro full name.
    EVENTS: Mapping[str, type[Event]]

__all__ = ["EVENTS"]

# Full name: module and class. Imported when somebody asks, so that one event does not cost the others.
_WHERE = {
    "quadrille.events.order.OrderCreated": ("quadrille.events.order", "OrderCreated"),
    "quadrille.events.order.OrderCompleted": ("quadrille.events.order", "OrderCompleted"),
    "quadrille.events.order.OrderCancelled": ("quadrille.events.order", "OrderCancelled"),
    "quadrille.events.order.InventoryRollback": ("quadrille.events.order", "InventoryRollback"),
    "quadrille.events.order.OrderCancelRequested": ("quadrille.events.order", "OrderCancelRequested"),
    "quadrille.events.inventory.InventoryReserved": ("quadrille.events.inventory", "InventoryReserved"),
    "quadrille.events.inventory.InventoryFailed": ("quadrille.events.inventory", "InventoryFailed"),
    "quadrille.events.inventory.InventoryReleased": ("quadrille.events.inventory", "InventoryReleased"),
    "quadrille.events.payment.PaymentCompleted": ("quadrille.events.payment", "PaymentCompleted"),
    "quadrille.events.payment.PaymentFailed": ("quadrille.events.payment", "PaymentFailed"),
    "quadrille.events.payment.PaymentRefunded": ("quadrille.events.payment", "PaymentRefunded"),
    "quadrille.events.shipping.OrderShipped": ("quadrille.events.shipping", "OrderShipped"),
    "quadrille.events.shipping.ShippingFailed": ("quadrille.events.shipping", "ShippingFailed"),
    "quadrille.events.shipping.ShipmentCancelled": ("quadrille.events.shipping", "ShipmentCancelled"),
}


def __getattr__(name: str) -> object:
    if name != "EVENTS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    events = {full: getattr(importlib.import_module(module), cls) for full, (module, cls) in _WHERE.items()}
    globals()["EVENTS"] = events
    return events
