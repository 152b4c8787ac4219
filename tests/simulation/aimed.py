"""Scenarios that seek out one mechanism: what ordinary seeds reach once in hundreds of runs, most of these reach.

The quick tests run a few of each, so that a mechanism that is broken does not wait for the slow ones to be found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from tests.simulation.scenario import CUSTOMERS, SERVICES, SKUS, Fault, Order, Scenario, aged, from_seed

#: Long beside what an idle order takes, short beside the faults.
HURRY = (0.05, 0.3, 0.5)

#: What keeps events from being published by who wrote them.
LEAVING_BEHIND = (
    *("die", "die", "full", "full", "full", "unknown", "unknown", "unknown"),
    *("fatal", "fatal", "stop", "concluded", "statement", "crash"),
)


def hurried(seed: int) -> Scenario:
    """Make a scenario in which orders are due while replies wait unread: partitions are slow, readers stand still.

    Args:
        seed: Any number.

    Returns:
        The same scenario each time. Its clocks are right: a wrong one hides what was read too late.
    """
    chance = Random(f"hurried {seed}")
    # Some come while others are due.
    orders = tuple(Order(at=2 * chance.random(), lines=((n % SKUS, 1),)) for n in range(chance.choice((1, 4, 6, 8))))
    # Replies wait again and again, and are read in between: a sweep that has just found everything read may be wrong.
    faults = [
        Fault(chance.randrange(10, 700), "slow", number=chance.randrange(1000), seconds=chance.choice((0.2, 0.6, 2.5)))
        for _ in range(chance.choice((4, 10, 16)))
    ]
    for service in chance.sample(SERVICES, 2):
        kind = chance.choice(("stop", "crash", "halt"))
        faults.append(Fault(chance.randrange(10, 300), kind, service, seconds=chance.choice((0.5, 1.0, 2.5))))
    return replace(
        from_seed(seed),
        orders=orders,
        faults=tuple(sorted(faults, key=lambda fault: fault.step)),
        poison=(),
        instances=(chance.choice((1, 2, 3)), 1, 1, 1),
        partitions=chance.choice((1, 2)),
        skew=0.0,
        stock=(10,) * SKUS,
        credit=(5000,) * CUSTOMERS,
        unsure=None,
        deadline=chance.choice(HURRY),
        archiving=(),
        again=(),
    )


def left_behind(seed: int) -> Scenario:
    """Make a scenario in which events wait for the sweeper, and several instances may be it.

    Args:
        seed: Any number.

    Returns:
        The same scenario each time.
    """
    chance = Random(f"left behind {seed}")
    young = from_seed(seed)
    faults = [
        Fault(chance.randrange(5, 250), kind, chance.choice((*SERVICES, "order")), chance.randrange(1000), seconds)
        for kind in chance.choices(LEAVING_BEHIND, k=chance.choice((4, 8, 12)))
        for seconds in [chance.choice((0.5, 4.5))]
    ]
    # What is refused is cancelled, by two events of one decision.
    orders = tuple(replace(order, country=chance.choice(("AQ", "DE"))) for order in young.orders)
    return replace(
        young,
        orders=orders,
        faults=tuple(sorted(faults, key=lambda fault: fault.step)),
        poison=(),
        instances=tuple(chance.choice((2, 3)) for _ in SERVICES),  # type: ignore[arg-type]
        stock=(10,) * SKUS,
        credit=(5000,) * CUSTOMERS,
        archiving=(),
        again=(),
    )


def unanswered(seed: int) -> Scenario:
    """Make a scenario in which processes die while a provider outside is asked.

    Args:
        seed: Any number.

    Returns:
        The same scenario each time.
    """
    chance = Random(f"unanswered {seed}")
    faults = [
        Fault(chance.randrange(20, 250), kind, chance.choice(("payment", "shipping")), chance.randrange(1000), 0.5)
        for kind in chance.choices(("die", "crash", "crash", "stop", "lost-after"), k=chance.choice((2, 4)))
    ]
    return replace(
        from_seed(seed),
        faults=tuple(sorted(faults, key=lambda fault: fault.step)),
        poison=(),
        unsure=chance.choice((0.0, 0.3, 0.7)),
        stock=(10,) * SKUS,
        credit=(5000,) * CUSTOMERS,
        archiving=(),
        again=(),
    )


def failed_over(seed: int) -> Scenario:
    """Make a scenario in which a service's database loses its last moment under the running service.

    Args:
        seed: Any number.

    Returns:
        The same scenario each time. Callers ask twice. The service has one instance: what another one has on its way is
        not seen by who looks first (decision 24).
    """
    chance = Random(f"failed over {seed}")
    service = chance.choice((*SERVICES, "order"))
    young = from_seed(seed)
    orders = tuple(
        Order(at=chance.choice((0.0, 0.5, 2.0)), lines=((n % SKUS, 1),), twice=True)
        for n in range(chance.choice((1, 2, 4)))
    )
    return replace(
        young,
        orders=orders,
        faults=(Fault(chance.randrange(1, 200), "failover", service, seconds=chance.choice((0.05, 0.2, 0.5, 1.5))),),
        poison=(),
        instances=(1, 1, 1, 1),
        skew=0.0,
        stock=tuple(chance.choice((1, 10)) for _ in range(SKUS)),
        credit=tuple(chance.choice((300, 5000)) for _ in range(CUSTOMERS)),
        archiving=(),
        again=(),
    )


AIMED: Mapping[str, Callable[[int], Scenario]] = {
    "hurried": hurried,
    "left behind": left_behind,
    "unanswered": unanswered,
    "failed over": failed_over,
    "aged": aged,
}
