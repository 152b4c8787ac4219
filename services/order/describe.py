"""What an event says beside its name, in a few words, for the timeline."""

from __future__ import annotations

from quadrille.avro import Event
from quadrille.events.inventory import InventoryFailed, InventoryReleased, LineFailure
from quadrille.events.order import InventoryRollback, OrderCancelled, OrderCancelRequested, OrderCompleted, OrderCreated
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentRefunded
from quadrille.events.shipping import OrderShipped, ShippingFailed
from quadrille.events.types import Money

LONGEST = 200


def describe(event: Event) -> str:
    """Say what an event says.

    Args:
        event: Any event of the saga.

    Returns:
        A few words; empty if its name says all.
    """
    words = _describe(event)
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _describe(event: Event) -> str:
    match event:
        case OrderCreated():
            lines = len(event.order.lines)
            return f"{lines} {'line' if lines == 1 else 'lines'}, {_money(event.order.total)}"
        case OrderCompleted():
            return _money(event.total)
        case OrderCancelled() | InventoryRollback() | OrderCancelRequested():
            return event.reason.value
        case InventoryFailed():
            return "; ".join(map(_failure, event.lines))
        case InventoryReleased():
            return "; ".join(f"{line.quantity} {line.sku}" for line in event.lines) or "nothing was held"
        case PaymentCompleted():
            return _money(event.amount)
        case PaymentFailed():
            available = (
                f" (asked {_money(event.amount)}, available {_money(event.available)})" if event.available else ""
            )
            return f"{event.reason.value}{available}"
        case PaymentRefunded():
            return _money(event.amount) if event.charge_id is not None else "nothing was charged"
        case OrderShipped():
            return f"{event.carrier} {event.tracking_id}"
        case ShippingFailed():
            return f"{event.reason.value} {event.detail or ''}".rstrip()
        case _:
            # An event that nobody has words for says why it came, and how much it is about.
            said = (getattr(event, name, None) for name in ("reason", "total", "amount"))
            return " ".join(_money(one) if isinstance(one, Money) else str(one) for one in said if one is not None)


def _money(money: Money) -> str:
    return f"{money.minor_units} {money.currency_code} minor units"


def _failure(line: LineFailure) -> str:
    words = f"{line.reason.value} {line.sku}"
    if line.quoted_price is not None and line.list_price is not None:
        return f"{words} (quoted {_money(line.quoted_price)}, list price {_money(line.list_price)})"
    return f"{words} (asked {line.requested}, available {line.available})" if line.available is not None else words
