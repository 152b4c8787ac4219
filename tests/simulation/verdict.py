"""What must hold once a run is quiet. The invariants are the audit's own: one code judges simulation and reality."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from quadrille.events.topics import events_read_by, topics_read_by

from admin.audit.facts import AccountFact, Facts, ItemFact, OrderFact, PaymentFact, ReservationFact, digest
from admin.audit.invariants import judge
from tests.simulation.archivist import MAIN
from tests.simulation.scenario import SERVICES
from tests.simulation.world import GARBAGE, World


def complaints(world: World) -> list[str]:
    """Judge a run that has ended.

    Args:
        world: The run.

    Returns:
        What is wrong, in words; empty if nothing is.
    """
    if not world.quiet:
        return ["the system did not become quiet", *_unfinished(world)]
    found = [*world.violations]
    for finding in judge(facts(world)):
        found += [f"{finding.name}: {violation.subject}: {violation.what}" for violation in finding.violations]
    found += [*_requests(world), *_effects(world), *_published(world), *_letters(world), *_timelines(world)]
    found += _archived(world)
    return [*found, *_outside(world)]


def facts(world: World) -> Facts:
    """Read the simulated rows as `admin.audit.reading` reads the real ones, and archived orders as if they were there.

    Sums of stock and money are of the rows that are left and of the totals that archiving has kept.
    """
    tables = {service: world.databases[service].tables for service in SERVICES}
    kept = world.archivist.rows
    orders = {
        row["order_id"]: OrderFact(
            row["state"],
            row["settled"],
            row["customer_id"],
            row["currency_code"],
            row["total"],
            digest((line[0], line[1]) for line in row["lines"]),
        )
        for row in kept("order", "orders")
    }
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    for row in tables["inventory"]["reservations"].values():
        for sku, quantity in row["lines"]:
            lines[row["state"]][sku] += quantity
    stock = {f"sku-{number}": count for number, count in enumerate(world.scenario.stock)}
    for (sku,), row in tables["inventory"]["archived_stock"].items():
        lines["SHIPPED"][sku] += row["shipped"]
    charged: Counter[str] = Counter()
    refunded: Counter[str] = Counter()
    paid = [row for row in tables["payment"]["payments"].values() if row["provider"] is None]
    for row in [*paid, *tables["payment"]["archived_charges"].values()]:
        charged[row["customer_id"]] += row["charged"]
        refunded[row["customer_id"]] += row["refunded"]
    return Facts(
        orders=orders,
        reservations={
            r["order_id"]: ReservationFact(r["state"], digest(map(tuple, r["lines"])))
            for r in kept("inventory", "reservations")
        },
        payments={
            r["order_id"]: PaymentFact(r["state"], r["customer_id"], r["currency_code"], r["charged"], r["refunded"])
            for r in kept("payment", "payments")
        },
        shipments={row["order_id"]: row["state"] for row in kept("shipping", "shipments")},
        items={
            sku: ItemFact(
                row["on_hand"], row["held"], row["shipped"], stock[sku], lines["HELD"][sku], lines["SHIPPED"][sku]
            )
            for (sku,), row in tables["inventory"]["items"].items()
        },
        accounts={
            name: AccountFact(
                row["currency_code"], row["balance"], row["credit_limit"], 0, charged[name], refunded[name]
            )
            for (name,), row in tables["payment"]["accounts"].items()
        },
        still_open=frozenset(order_id for order_id, order in orders.items() if not order.settled),
    )


def _requests(world: World) -> Iterator[str]:
    for number in range(len(world.scenario.orders)):
        made = world.placed.get(number, set())
        if len(made) != 1:
            yield f"request {number} made {len(made)} orders"


def _effects(world: World) -> Iterator[str]:
    """Each record takes effect once, in each service that it is for."""
    for service in SERVICES:
        read = events_read_by(service)
        effects = world.databases[service].effects
        for topic in topics_read_by(service):
            for number in range(world.bus.partitions):
                for message in world.bus.logs[topic.name, number]:
                    type_ = (dict(message.headers()).get("ce_type") or b"").decode()
                    times = effects[topic.name, number, message.offset()]
                    # A service that reads everything again sees each record once more. Its rows stop it.
                    enough = times >= 1 if service in world.rewound else times == 1
                    if type_ in read and not enough:
                        yield f"{topic.name}/{number}@{message.offset()} {type_} took effect {times} times in {service}"


def _published(world: World) -> Iterator[str]:
    """Each event is on the bus, says the same each time, and first comes in its key's order."""
    first: dict[str, tuple[int, bytes | None]] = {}
    for log in world.bus.logs.values():
        for message in log:
            id_ = (dict(message.headers()).get("ce_id") or b"").decode("ascii", "replace")
            if GARBAGE in dict(message.headers()):
                continue
            _, value = first.setdefault(id_, (message.offset(), message.value()))
            if value != message.value():
                yield f"event {id_} was published twice and says two things"
    overtaking = any(fault.kind in {"overtaken", "concluded"} for fault in world.scenario.faults)
    for service in SERVICES:
        last: dict[object, int] = {}
        ids: set[str] = set()
        for row in world.databases[service].rows("outbox"):
            id_ = str(row["event_id"])
            if id_ in ids:
                yield f"{service} wrote event {id_} ({row['type']}) twice"
            ids.add(id_)
            if id_ not in first:
                yield f"{service} never published {row['type']} of {row['key']}"
            elif first[id_][0] < last.get(row["key"], -1) and not overtaking:
                yield f"{service} published {row['type']} of {row['key']} before an earlier event of that order"
            else:
                last[row["key"]] = first[id_][0]


def _letters(world: World) -> Iterator[str]:
    for service in SERVICES:
        for row in world.databases[service].rows("dead_letters"):
            if row["state"] == "OPEN":
                yield f"{service} has a dead letter: {row['error_type']}: {row['error']}"
            elif row["error_type"] not in {"ValueError", "Undecodable", "Waiting"}:
                yield f"{service} had a dead letter: {row['error_type']}: {row['error']}"


def _outside(world: World) -> Iterator[str]:
    """What was really done outside is what the orders say."""
    if world.outside is None:
        return
    done = world.outside.done
    orders = {row["order_id"]: row for row in world.archivist.rows("order", "orders")}
    for order_id, order in orders.items():
        charges, refunds, shipments = (done[kind, order_id] for kind in ("charges", "refunds", "shipments"))
        expected = (1, 0, 1) if order["state"] == "COMPLETED" else (min(charges, 1), charges, 0)
        if (charges, refunds, shipments) != expected:
            told = f"{charges} charges, {refunds} refunds and {shipments} shipments outside"
            yield f"order {order_id} is {order['state']}, and has {told}"
    for kind, order_id in done:
        if order_id not in orders:
            yield f"{kind} outside for an order {order_id} that there is not"


def _archived(world: World) -> Iterator[str]:
    """What a command archived to its end is gone in every service, and what is gone is in the files."""
    archivist = world.archivist
    for service in SERVICES:
        for order_id in archivist.gone[service]:
            if (service, order_id) not in archivist.files:
                yield f"order {order_id} is gone from {service}, and in no file"
        for (order_id,) in world.databases[service].tables[MAIN[service]]:
            if archivist.before is not None and order_id < archivist.before:
                yield f"orders before {archivist.before} are archived, and {service} still has {order_id}"


def _timelines(world: World) -> Iterator[str]:
    """An order's steps have no gap, and are what its row has seen."""
    steps: dict[object, list[str]] = defaultdict(list)
    for row in world.databases["order"].rows("steps"):
        steps[row["order_id"]].append(row["event"])
        if row["sequence"] != len(steps[row["order_id"]]):
            yield f"the timeline of {row['order_id']} has a gap before step {row['sequence']}"
    for row in world.databases["order"].rows("orders"):
        if steps[row["order_id"]] != row["seen"].split():
            yield f"the timeline of {row['order_id']} is {steps[row['order_id']]}, and its row has seen {row['seen']}"


def _unfinished(world: World) -> Iterator[str]:
    for service in SERVICES:
        rows = world.databases[service].rows("outbox")
        waiting = sum(row["published_at"] is None for row in rows)
        if waiting:
            yield f"{service} has {waiting} events to publish"
        if world.databases[service].tables["calls"]:
            yield f"{service} has {len(world.databases[service].tables['calls'])} open calls"
    yield from _letters(world)
