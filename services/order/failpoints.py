"""The failpoints that only the order service has; `services/chassis/observe/failpoints.py` says what they are."""

from __future__ import annotations

from collections.abc import Mapping

POINTS: Mapping[str, str] = {
    "place.begun": "The transaction of a group of `PlaceOrder` has begun.",
    "place.inserted": "The orders of the group are inserted. Their events are not.",
    "place.before-commit": "Orders and events of the group are written, and not committed.",
    "place.committed": "The orders are committed. Nothing is published, and nobody is answered.",
    "place.published": "The orders' events are handed to the producer. Nobody is answered.",
    "cancel.locked": "The orders of a group of `CancelOrder` are locked.",
    "cancel.before-commit": "The cancellations of the group are written, and not committed.",
    "cancel.committed": "The cancellations are committed. Nothing is published, and nobody is answered.",
    "cancel.published": "The cancellations' events are handed to the producer. Nobody is answered.",
    "deadline.due": "The sweep of deadlines has found an order that is due.",
    "deadline.measured": "Replies are read up to a time. No order is locked yet.",
    "deadline.locked": "The orders that are due are locked.",
    "deadline.before-commit": "The cancellations of orders that are due are written, and not committed.",
    "deadline.committed": "The cancellations of orders that are due are committed. Nothing is published.",
    "deadline.published": "The events of orders that were due are handed to the producer.",
}
