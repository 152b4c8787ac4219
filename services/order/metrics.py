"""What the order service counts beside what every service does: orders placed, sagas ended, orders that wait.

An order's id is a UUID of version 7, made when it was placed: its first 48 bits are that moment in milliseconds
(RFC 9562, section 5.7). So the time that a saga took is known without a look at the row.
"""

from __future__ import annotations

from collections import Counter as Sums
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from quadrille.events.order import OrderCancelled, OrderCompleted
from sqlalchemy import Connection, text

from services.chassis.decide.handlers import Decision, Received
from services.chassis.observe.metrics import Declarations, Labels, Measured, add

#: An order that has not moved for so long is stuck; `quadrille list --stuck` says the same.
STUCK_SECONDS = 60
#: Orders that are looked at for it, oldest first, at most.
MOST_LOOKED_AT = 1000

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)

# `min` and the order are those of `orders_unsettled`, and ids are in the order of placing.
_WAITING = text(
    """
    SELECT count(*) FILTER (WHERE updated_at < now() - CAST(:stuck AS interval)) AS stuck,
           coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest
    FROM (SELECT created_at, updated_at FROM orders WHERE NOT settled ORDER BY order_id LIMIT :most) AS waiting
    """
)

DECLARED = Declarations()

PLACED = DECLARED.counter(
    "quadrille_orders_placed_total",
    "Orders that were placed. The same request again counts nothing.",
    act="The shop's business. None for long: callers cannot reach it, or are refused: quadrille_rpc_requests_total.",
)
ENDED = DECLARED.counter(
    "quadrille_sagas_ended_total",
    "Orders that ended, by outcome: completed or cancelled; and for which reason they were cancelled.",
    *("outcome", "reason"),
    act="More of a reason than usual: out_of_stock is inventory's to mend, deadline_exceeded says that sagas are slow.",
)
DURATION = DECLARED.histogram(
    "quadrille_saga_duration_seconds",
    "Time from PlaceOrder to the order's end, by outcome.",
    "outcome",
    act="Growing: find the service with lag (quadrille_consumer_lag_records) or open calls (quadrille_calls_open).",
    buckets=_BUCKETS,
)
OPEN = DECLARED.gauge(
    "quadrille_orders_open",
    "Orders that are not settled; counted up to one beyond QUADRILLE_MAX_OPEN_ORDERS.",
    act="At the limit PlaceOrder is refused: see which service has lag.",
)
STUCK = DECLARED.gauge(
    "quadrille_orders_stuck",
    "Of the 1,000 oldest unsettled orders, those that have not moved for a minute.",
    act="Above 0: `quadrille list --stuck` says what each waits for.",
)
OLDEST = DECLARED.gauge(
    "quadrille_orders_oldest_unsettled_age_seconds",
    "Age of the oldest order that is not settled; 0 if there is none.",
    act="Beyond QUADRILLE_ORDER_DEADLINE: its cancellation waits too. `quadrille list --stuck`.",
)

_COMPLETED, _CANCELLED = "completed", "cancelled"
_SECONDS = {outcome: DURATION.labels(outcome) for outcome in (_COMPLETED, _CANCELLED)}


def count_ended(decided: Sequence[tuple[Received[Any], Decision[Any]]]) -> None:
    """Count the orders that a committed batch has ended.

    Args:
        decided: Records and their decisions.
    """
    sums: Sums[Labels] = Sums()
    for _, decision in decided:
        if not decision.events:
            continue
        event = decision.events[0]
        if isinstance(event, OrderCompleted):
            sums[_COMPLETED, ""] += 1
            _observe(_COMPLETED, event.order_id, event.occurred_at)
        elif isinstance(event, OrderCancelled):
            sums[_CANCELLED, event.reason.value.lower()] += 1
            _observe(_CANCELLED, event.order_id, event.occurred_at)
    add(ENDED, sums)


def _observe(outcome: str, order_id: UUID, ended_at: datetime) -> None:
    if order_id.version == 7:
        _SECONDS[outcome].observe(max(0.0, ended_at.timestamp() - (order_id.int >> 80) / 1000))


def measure(connection: Connection) -> list[tuple[Measured, float]]:
    """Measure the orders that wait.

    Args:
        connection: Of the order service's database.

    Returns:
        Gauges and their values.
    """
    row = connection.execute(_WAITING, {"most": MOST_LOOKED_AT, "stuck": f"{STUCK_SECONDS} s"}).one()
    return [(STUCK, row.stuck), (OLDEST, row.oldest)]
