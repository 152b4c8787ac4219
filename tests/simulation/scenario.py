"""What happens in a run: the orders, the faults, and the seed of everything else. A scenario is data, so it shrinks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

#: The four of the shop: the simulation models their rows. A service that others wait for belongs here too.
SERVICES = ("order", "inventory", "payment", "shipping")
SKUS = 3
CUSTOMERS = 2
PRICE = 100

#: What can go wrong, as often as it stands here. crash: a process dies, now. die: one dies straight after the next
#: commit of events. stop: one stands still, as after SIGSTOP. halt: one does so inside its next transaction. statement:
#: the database refuses some statements. lost-before, lost-after: a connection is lost before, or straight after, the
#: next commit. duplicate: a record is on the bus once more. slow: a partition cannot be read. overtaken: a record is
#: held on its way, later ones pass it. concluded: records are lost on their way, and the client says that they were
#: delivered. deadline: every deadline has passed, and one instance cancels some orders. rewind: a service starts again
#: from the beginning of its topics. garbage: bytes that are no event. Only in aimed runs: full (a producer takes no
#: more records for a moment), fatal (a producer fails for good), unknown (nobody knows the ids of schemas yet).
KINDS = (
    *("crash",) * 4,
    *("die",) * 3,
    *("stop",) * 2,
    *("halt",) * 2,
    *("statement",) * 2,
    *("lost-before",) * 2,
    *("lost-after",) * 3,
    *("duplicate",) * 4,
    *("slow",) * 3,
    "deadline",
    "overtaken",
    "concluded",
    "rewind",
    "garbage",
)


@dataclass(frozen=True, slots=True)
class Order:
    """One request to place an order, and what becomes of it.

    Attributes:
        at: Simulated seconds before it is placed.
        customer: Whose; one more than there are has no account.
        lines: SKUs and quantities; one more SKU than there are is unknown.
        price: What it quotes.
        country: AQ is not served.
        cancel: Simulated seconds after which it is cancelled, counted from its answer; None for never.
        twice: The same request comes twice at the same time.
    """

    at: float = 0.0
    customer: int = 0
    lines: tuple[tuple[int, int], ...] = ((0, 1),)
    price: int = PRICE
    country: str = "DE"
    cancel: float | None = None
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        step: At which step of the scheduler.
        kind: One of `KINDS`.
        service: Where.
        number: Which instance, record or partition: taken modulo how many there are.
        seconds: How long it lasts, or until a process is started again.
    """

    step: int
    kind: str
    service: str = "order"
    number: int = 0
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Poison:
    """A handler that raises for one order, until it is mended when all else is done.

    Attributes:
        service: Whose handler.
        event: Name of the event.
        order: Which order.
    """

    service: str
    event: str
    order: int


@dataclass(frozen=True, slots=True)
class Archiving:
    """An operator archives what is old enough.

    Attributes:
        at: Simulated seconds before it.
        dies: How many steps the command does before it is killed; None if it is not.
    """

    at: float
    dies: int | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """A service starts again from the beginning of its topics.

    Attributes:
        at: Simulated seconds before it.
        service: Which.
    """

    at: float
    service: str


#: Longer than any run.
NO_DEADLINE = 600.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A run.

    Attributes:
        seed: Of every choice that the scenario leaves open: who goes on, how large a batch is, how long things take.
        orders: What is asked for.
        faults: What goes wrong.
        poison: Handlers that raise.
        instances: How many of each service there are, in the order of `SERVICES`.
        partitions: Of each topic.
        batch_max: Records in a batch, at most. A batch that has as many is committed while the next one is read.
        skew: Seconds by which the clocks of second and third instances are wrong.
        stock: Of each SKU.
        credit: Of each customer.
        unsure: Provider and carrier are outside, and so many of their answers are late, lost or nonsense, from 0 to 1;
            None if they are here.
        deadline: Seconds that an order may take. Below the usual one, every order instance sweeps as the service does.
        archiving: When orders are archived; their ids are then of the time of the run, in which half a day is seconds.
        again: Which services read everything again, and when.
    """

    seed: int = 0
    orders: tuple[Order, ...] = (Order(),)
    faults: tuple[Fault, ...] = ()
    poison: tuple[Poison, ...] = ()
    instances: tuple[int, int, int, int] = (1, 1, 1, 1)
    partitions: int = 1
    batch_max: int = 50
    skew: float = 0.0
    stock: tuple[int, ...] = (5,) * SKUS
    credit: tuple[int, ...] = (1000,) * CUSTOMERS
    unsure: float | None = None
    deadline: float = NO_DEADLINE
    archiving: tuple[Archiving, ...] = ()
    again: tuple[Again, ...] = ()

    def text(self) -> str:
        """Write the scenario as one line of JSON, without what is as usual."""
        usual = Scenario()
        said = {name: value for name, value in asdict(self).items() if value != getattr(usual, name)}
        said["orders"] = [_unusual(order, asdict(Order())) for order in asdict(self)["orders"]]
        return json.dumps(said, separators=(",", ":"))

    @staticmethod
    def parse(text: str) -> Scenario:
        """Read what `text` wrote."""
        said: dict[str, Any] = json.loads(text)
        orders = tuple(
            Order(**{**order, **({"lines": tuple(map(tuple, order["lines"]))} if "lines" in order else {})})
            for order in said.pop("orders", [{}])
        )
        faults = tuple(Fault(**fault) for fault in said.pop("faults", ()))
        poison = tuple(Poison(**one) for one in said.pop("poison", ()))
        said["archiving"] = tuple(Archiving(**one) for one in said.pop("archiving", ()))
        said["again"] = tuple(Again(**one) for one in said.pop("again", ()))
        rest = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
        return Scenario(orders=orders, faults=faults, poison=poison, **rest)


def _unusual(said: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value != usual[name]}


#: Events whose handlers are made to raise.
_POISONED = (
    ("inventory", "OrderCreated"),
    ("inventory", "InventoryRollback"),
    ("inventory", "OrderCompleted"),
    ("payment", "InventoryReserved"),
    ("payment", "OrderCancelled"),
    ("shipping", "PaymentCompleted"),
    ("shipping", "OrderCancelRequested"),
    ("order", "InventoryReserved"),
    ("order", "PaymentCompleted"),
    ("order", "OrderShipped"),
    ("order", "ShipmentCancelled"),
)


def from_seed(seed: int) -> Scenario:
    """Make the scenario of a seed: every tenth goes on until its orders are old, and are archived.

    Args:
        seed: Any number.

    Returns:
        The same scenario each time.
    """
    chance = Random(f"archive {seed}")
    return _aged(_young(seed), chance) if chance.random() < 0.1 else _young(seed)


def aged(seed: int) -> Scenario:
    """Make a scenario of a seed in which orders are archived.

    Args:
        seed: Any number.

    Returns:
        The same scenario each time.
    """
    return _aged(_young(seed), Random(f"archive {seed}"))


def _young(seed: int) -> Scenario:
    chance = Random(f"scenario {seed}")
    draw = chance.random
    orders = tuple(_order(chance) for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 6))))
    instances = tuple(chance.choice((1, 1, 1, 2, 2, 3)) for _ in SERVICES)
    troubled = chance.choice((0, 1, 1, 2, 3, 5, 8))
    faults = tuple(
        Fault(
            step=int(draw() * 120 * (1 + len(orders))),
            kind=chance.choice(KINDS),
            service=chance.choice(SERVICES),
            number=chance.randrange(1000),
            seconds=chance.choice((0.1, 0.5, 1.0, 2.5, 4.5, 9.0)),
        )
        for _ in range(troubled)
    )
    poison: tuple[Poison, ...] = ()
    if draw() < 0.15:
        service, event = chance.choice(_POISONED)
        poison = (Poison(service, event, chance.randrange(len(orders))),)
    return Scenario(
        seed=seed,
        orders=orders,
        faults=tuple(sorted(faults, key=lambda fault: fault.step)),
        poison=poison,
        instances=(instances[0], instances[1], instances[2], instances[3]),
        partitions=chance.choice((1, 2, 3)),
        batch_max=Random(f"batches {seed}").choice((50, 50, 1, 2, 4)),
        skew=chance.choice((0.0, 0.0, -30.0, 30.0)),
        stock=tuple(chance.choice((0, 1, 3, 10, 10)) for _ in range(SKUS)),
        credit=tuple(chance.choice((0, 300, 1000, 5000, 5000)) for _ in range(CUSTOMERS)),
        unsure=Random(f"outside {seed}").choice((None, None, None, 0.1, 0.3, 0.7)),
        deadline=chance.choice((NO_DEADLINE,) * 5 + (0.05, 0.5, 2.0)),
    )


#: Nothing is archived before, and everything that was placed at the beginning may be from then on.
OLD = 17.0


def _aged(young: Scenario, chance: Random) -> Scenario:
    """Let a run go on until its orders are old, are archived, and everything is read again."""
    later = chance.choice((OLD, OLD + 0.1, OLD + 0.5))
    # Some are placed while others are archived.
    orders = tuple(
        replace(o, at=o.at + later) if n and chance.random() < 0.3 else o for n, o in enumerate(young.orders)
    )
    archiving = [Archiving(OLD + chance.random(), chance.randrange(60)) for _ in range(chance.choice((0, 1, 1, 2)))]
    archiving.append(Archiving(OLD + 1.0 + 2.0 * chance.random()))
    again = [Again(OLD + 8.0 * chance.random(), chance.choice(SERVICES)) for _ in range(chance.choice((1, 2, 3)))]
    faults = tuple(replace(f, seconds=min(f.seconds, 4.5)) for f in young.faults)
    skew = max(-3.0, min(3.0, young.skew))
    return replace(
        young,
        orders=orders,
        faults=faults,
        skew=skew,
        archiving=tuple(sorted(archiving, key=lambda one: one.at)),
        again=tuple(sorted(again, key=lambda one: one.at)),
    )


def _order(chance: Random) -> Order:
    draw = chance.random
    wanted = chance.choice((1, 1, 2, 3))
    return Order(
        at=chance.choice((0.0, 0.0, 0.05, 0.3)),
        customer=CUSTOMERS if draw() < 0.05 else chance.randrange(CUSTOMERS),
        lines=tuple(
            (SKUS if draw() < 0.03 else chance.randrange(SKUS), chance.choice((1, 1, 2))) for _ in range(wanted)
        ),
        price=PRICE + 1 if draw() < 0.05 else PRICE,
        country="AQ" if draw() < 0.15 else "DE",
        cancel=chance.choice((0.0, 0.02, 0.05, 0.1, 0.2, 1.0)) * draw() if draw() < 0.4 else None,
        twice=draw() < 0.1,
    )


def shrink(scenario: Scenario, fails: Any) -> Scenario:
    """Make a failing scenario smaller for as long as it still fails.

    Args:
        scenario: One that fails.
        fails: Tells whether one does.

    Returns:
        One that fails, and of which no single order, fault or complication can be left out.
    """
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(scenario):
            if candidate != scenario and fails(candidate):
                scenario, smaller = candidate, True
                break
    return scenario


def _without(many: tuple[Any, ...], n: int) -> tuple[Any, ...]:
    return (*many[:n], *many[n + 1 :])


def _smaller(scenario: Scenario) -> list[Scenario]:
    faults, orders = scenario.faults, scenario.orders
    found = [replace(scenario, faults=faults[: len(faults) // 2]), replace(scenario, faults=faults[len(faults) // 2 :])]
    found += [replace(scenario, faults=faults[:n] + faults[n + 1 :]) for n in range(len(faults))]
    if not scenario.poison and len(orders) > 1:
        found += [replace(scenario, orders=orders[:n] + orders[n + 1 :]) for n in range(len(orders))]
    found += [replace(scenario, poison=())] if scenario.poison else []
    found += [replace(scenario, unsure=less) for less in (None, 0.0) if scenario.unsure not in {None, less}]
    found += [replace(scenario, skew=0.0), replace(scenario, instances=(1, 1, 1, 1)), replace(scenario, partitions=1)]
    found += [replace(scenario, batch_max=50)]
    found += [replace(scenario, deadline=NO_DEADLINE)]
    found += [replace(scenario, archiving=_without(scenario.archiving, n)) for n in range(len(scenario.archiving))]
    found += [replace(scenario, again=_without(scenario.again, n)) for n in range(len(scenario.again))]
    for n, order in enumerate(orders):
        for simple in (
            replace(order, twice=False),
            replace(order, cancel=None),
            replace(order, lines=order.lines[:1]),
            replace(order, at=0.0),
        ):
            found.append(replace(scenario, orders=(*orders[:n], simple, *orders[n + 1 :])))
    return found
