"""Of each finding it is said what mends it; a command is offered only where it is safe."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from admin.audit.facts import Facts, ItemFact, PaymentFact, ReservationFact
from admin.audit.invariants import judge
from admin.audit.remedies import FEW, advise, commands
from tests.unit.admin.test_audit import BROKE, DONE, LOST, PENS, SOUND, STRANGER, changed, planted

REPUBLISH, REBUILD = "republish", "rebuild"


def offered(facts: Facts) -> set[tuple[str, ...]]:
    return {words for words, _ in commands(advise(facts, judge(facts)))}


def held_with_its_stock(order_id: UUID) -> Facts:
    facts = changed("reservations", order_id, state="HELD")
    on_hand, shipped = (8, 0) if order_id == DONE else (6, 2)
    return replace(facts, items={**facts.items, "pen": ItemFact(on_hand, 2, shipped, 10, 2, shipped)})


def test_of_what_holds_nothing_is_said():
    assert advise(SOUND, judge(SOUND)) == []


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        (planted("shipments", DONE, None), (REBUILD, "shipping", "--order", str(DONE))),
        (planted("payments", DONE, None), (REBUILD, "payment", "--order", str(DONE))),
        (planted("reservations", LOST, None), (REBUILD, "inventory", "--order", str(LOST))),
        (
            planted("reservations", STRANGER, ReservationFact("HELD", PENS)),
            (REBUILD, "order", "--order", str(STRANGER)),
        ),
        (held_with_its_stock(DONE), (REPUBLISH, "--order", str(DONE))),
        (held_with_its_stock(BROKE), (REPUBLISH, "--order", str(BROKE))),
        (changed("payments", LOST, state="DECLINED"), (REPUBLISH, "--order", str(LOST))),
        (
            replace(changed("orders", DONE, settled=False), still_open=frozenset({DONE})),
            (REPUBLISH, "--order", str(DONE)),
        ),
    ],
)
def test_what_is_safe_is_offered(facts, command):
    assert command in offered(facts)


@pytest.mark.parametrize(
    ("facts", "look"),
    [
        (changed("items", "pen", on_hand=9), "changed stock without a receipt"),
        (changed("items", "pen", held=1, received=11), "one of them was changed by hand"),
        (changed("accounts", "alice", balance=501), "one of them was changed by hand"),
        (changed("payments", DONE, charged=499), "contradicted what it has published"),
        (planted("shipments", BROKE, "SHIPPED"), "where the parcel"),
        (changed("payments", DONE, customer_id="bob"), "whose order"),
        (changed("payments", BROKE, refunded=0), "somebody has changed the row"),
        # Alone, they are republished; here the sums say that stock or money may have been moved already.
        (
            replace(changed("reservations", DONE, state="HELD"), items={"pen": ItemFact(8, 0, 2, 10, 2, 0)}),
            "stock first",
        ),
        (
            replace(changed("reservations", BROKE, state="HELD"), items={"pen": ItemFact(8, 0, 2, 10, 2, 2)}),
            "stock first",
        ),
        (
            planted("payments", BROKE, PaymentFact("CHARGED", "bob", "USD", 700, 0)),
            "balances first",
        ),
    ],
)
def test_where_nothing_is_safe_it_is_said_what_to_look_at(facts, look):
    if look == "balances first":
        facts = replace(facts, accounts={**facts.accounts, "bob": replace(facts.accounts["bob"], balance=1)})
    assert offered(facts) == set()
    assert any(look in advice.remedy.why for advice in advise(facts, judge(facts)))


def test_many_lost_orders_are_one_command():
    strangers = {UUID(int=1000 + n): ReservationFact("RELEASED", PENS) for n in range(FEW + 1)}
    facts = replace(SOUND, reservations={**SOUND.reservations, **strangers})
    ((words, mended),) = commands(advise(facts, judge(facts)))
    assert words == (REBUILD, "order")
    assert len(mended) == FEW + 1
