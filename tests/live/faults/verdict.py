"""What became of the orders around a fault: nothing lost, doubled, stuck, or ended as it may not."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from admin.audit.report import run as audit
from tests.support.load import KINDS, Load, Request

if TYPE_CHECKING:
    from tests.live.faults.ground import Ground

SETTLE_SECONDS = 60.0
#: DESIGN's own limit.
RECOVER_SECONDS = 10.0
TERMINAL = {"COMPLETED", "CANCELLED"}


@dataclass
class Row:
    """What one fault did.

    Attributes:
        fault: Its name.
        times: How often it was injected.
        in_flight: Orders that had not settled when it was.
        orders: How many were asked for around it.
        unknown: Calls whose caller never learned what became of them.
        lost: Orders that were answered and are not there.
        doubled: Requests that made two orders, or were answered with two.
        stuck: Orders that had not settled at the end.
        breaches: What else must not be: an audit's findings, an end that this kind of order may not have.
        recovered: Seconds from the heal until orders that were placed after it were completed.
        failed: True until all of it was found to be as it must.
    """

    fault: str
    times: int = 0
    in_flight: int = 0
    orders: int = 0
    unknown: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    breaches: list[str] = field(default_factory=list)
    recovered: float = 0.0
    failed: bool = True


def table(rows: list[Row]) -> list[str]:
    """Print rows, those of one fault in one line: counts are sums, the recovery is the longest."""
    if not rows:
        return []
    by_fault = defaultdict(list)
    for row in rows:
        by_fault[row.fault].append(row)
    width = max(map(len, by_fault))
    names = ("times", "in flight", "orders", "unknown", "lost", "doubled", "stuck", "breaches", "recovered")
    lines = [f"{'fault':{width}}  {'  '.join(names)}"]
    for fault, group in by_fault.items():
        sums = [sum(getattr(row, name) for row in group) for name in ("times", "in_flight", "orders", "unknown")]
        sums += [sum(getattr(row, name) for row in group) for name in ("lost", "doubled", "stuck")]
        sums.append(sum(len(row.breaches) for row in group))
        cells = [f"{number:{len(name)}}" for number, name in zip(sums, names, strict=False)]
        longest = max(row.recovered for row in group)
        told = "  FAILED" if any(row.failed for row in group) else ""
        lines.append(f"{fault:{width}}  {'  '.join(cells)}  {longest:7.1f} s{told}")
    return lines


async def judge(ground: Ground, load: Load, row: Row) -> None:
    """Wait until all orders have ended, and fill in what became of them.

    Args:
        ground: Where they are.
        load: What was asked for.
        row: Takes the findings.
    """
    found = await _settled(ground, load)
    row.orders = len(load.requests)
    row.unknown = sum(request.calls["unknown"] for request in load.requests)
    for request in load.requests:
        _judge_one(request, found.get(request.request_id, []), load.may_end, row)
    facts, findings, _ = await asyncio.to_thread(audit, ground.platform, wait=SETTLE_SECONDS)
    row.breaches += [f"{one.name}: {bad.subject}: {bad.what}" for one in findings for bad in one.violations]
    row.breaches += [f"not quiet: {what}" for what in facts.in_flight]


Found = tuple[str, str, str | None, bool]


async def _settled(ground: Ground, load: Load) -> dict[str, list[Found]]:
    ids = [request.request_id for request in load.requests]
    deadline = time.monotonic() + SETTLE_SECONDS
    query = "SELECT request_id, order_id, state, cancel_reason, settled FROM orders WHERE request_id = ANY(%s::uuid[])"
    while True:
        found = defaultdict(list)
        with ground.database("order") as connection:
            for request_id, *order in connection.execute(query, (ids,)):
                found[str(request_id)].append((str(order[0]), *order[1:]))
        if all(one[3] for orders in found.values() for one in orders) or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.1)


def _judge_one(request: Request, found: list[Found], may_end: set[str], row: Row) -> None:
    there = {order_id for order_id, *_ in found}
    row.lost += len(request.order_ids - there)
    row.doubled += len(found) > 1 or len(request.order_ids) > 1
    if request.outcome == "failed" and found:
        row.breaches.append(f"request {request.request_id} was refused, and there is an order")
    ends = KINDS[request.kind].ends
    for order_id, state, reason, settled in found:
        if not settled or state not in TERMINAL:
            row.stuck += 1
        elif (reason or state) not in ends | may_end:
            row.breaches.append(f"order {order_id}, which is to be {request.kind}, ended {reason or state}")
