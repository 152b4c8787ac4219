"""Each kind of breach, planted in facts that are otherwise sound, is found by the invariant that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from admin.audit.facts import AccountFact, Facts, ItemFact, OrderFact, PaymentFact, ReservationFact, digest
from admin.audit.invariants import INVARIANTS, judge
from admin.audit.report import to_json, verdict

DONE, LOST, BROKE = UUID(int=1), UUID(int=2), UUID(int=3)
STRANGER = UUID(int=99)
PENS = digest([("pen", 2)])

SOUND = Facts(
    orders={
        DONE: OrderFact("COMPLETED", True, "alice", "USD", 500, PENS),
        LOST: OrderFact("CANCELLED", True, "alice", "USD", 900, digest([("ink", 9)])),
        BROKE: OrderFact("CANCELLED", True, "bob", "USD", 700, PENS),
    },
    reservations={
        DONE: ReservationFact("SHIPPED", PENS),
        LOST: ReservationFact("FAILED", digest([])),
        BROKE: ReservationFact("RELEASED", PENS),
    },
    payments={
        DONE: PaymentFact("CHARGED", "alice", "USD", 500, 0),
        LOST: PaymentFact("REFUNDED", "alice", "USD", 0, 0),
        BROKE: PaymentFact("REFUNDED", "bob", "USD", 700, 700),
    },
    shipments={DONE: "SHIPPED"},
    items={"pen": ItemFact(8, 0, 2, 10, 0, 2), "ink": ItemFact(3, 0, 0, 3, 0, 0)},
    accounts={
        "alice": AccountFact("USD", 500, 0, 1000, 500, 0),
        "bob": AccountFact("USD", 0, 1000, 0, 700, 700),
    },
)


def broken(facts: Facts) -> dict[str, list[str]]:
    return {f.name: [o.subject for o in f.violations] for f in judge(facts) if f.violations}


def planted(field: str, key: Any, row: Any) -> Facts:
    """SOUND with one row put, or with None taken away."""
    rows: Mapping[Any, Any] = getattr(SOUND, field)
    changed = {k: v for k, v in rows.items() if k != key} | ({} if row is None else {key: row})
    return replace(SOUND, **{field: changed})  # type: ignore[arg-type]


def changed(field: str, key: Any, **values: Any) -> Facts:
    return planted(field, key, replace(getattr(SOUND, field)[key], **values))


def test_sound_facts_break_nothing_and_everything_is_judged() -> None:
    findings = judge(SOUND)
    assert broken(SOUND) == {}
    assert [f.name for f in findings] == [name for name, _, _ in INVARIANTS]
    assert all(f.checked > 0 and f.pending == 0 for f in findings)


@pytest.mark.parametrize(
    ("facts", "name", "subject"),
    [
        (changed("items", "pen", on_hand=9), "stock", "pen"),
        (changed("items", "pen", on_hand=-1, received=1), "stock", "pen"),
        (changed("items", "pen", held=1, received=11), "shelves", "pen"),
        (changed("items", "pen", reserved=1), "shelves", "pen"),
        (changed("items", "pen", sent=1), "shelves", "pen"),
        (changed("accounts", "alice", balance=501), "balances", "alice"),
        (changed("accounts", "bob", deposited=1), "balances", "bob"),
        (changed("payments", DONE, charged=499), "money", "alice"),
        (changed("payments", BROKE, refunded=0), "money", "bob"),
        (planted("payments", STRANGER, PaymentFact("CHARGED", "bob", "USD", 5, 0)), "money", "bob"),
        (changed("payments", DONE, customer_id="bob"), "money", "alice"),
        (planted("reservations", DONE, None), "completed orders", str(DONE)),
        (changed("reservations", DONE, state="HELD"), "completed orders", str(DONE)),
        (changed("reservations", DONE, state="RELEASED"), "completed orders", str(DONE)),
        (planted("payments", DONE, None), "completed orders", str(DONE)),
        (changed("payments", DONE, charged=499), "completed orders", str(DONE)),
        (changed("payments", DONE, state="REFUNDED", refunded=500), "completed orders", str(DONE)),
        (planted("shipments", DONE, None), "completed orders", str(DONE)),
        (planted("shipments", DONE, "CANCELLED"), "completed orders", str(DONE)),
        (changed("reservations", LOST, state="HELD"), "cancelled orders", str(LOST)),
        (changed("reservations", BROKE, state="SHIPPED"), "cancelled orders", str(BROKE)),
        (changed("payments", BROKE, refunded=0), "cancelled orders", str(BROKE)),
        (planted("shipments", BROKE, "SHIPPED"), "cancelled orders", str(BROKE)),
        (planted("reservations", STRANGER, ReservationFact("HELD", PENS)), "lost orders", str(STRANGER)),
        (planted("payments", STRANGER, PaymentFact("DECLINED", "bob", "USD", 0, 0)), "lost orders", str(STRANGER)),
        (planted("shipments", STRANGER, "SHIPPED"), "lost orders", str(STRANGER)),
        (changed("payments", DONE, customer_id="bob"), "agreement", str(DONE)),
        (changed("payments", DONE, currency_code="EUR"), "agreement", str(DONE)),
        (changed("reservations", DONE, lines=digest([("pen", 1)])), "agreement", str(DONE)),
        (planted("payments", LOST, None), "agreement", str(LOST)),
        (planted("reservations", LOST, None), "agreement", str(LOST)),
        (changed("payments", LOST, state="DECLINED"), "agreement", str(LOST)),
        (
            replace(changed("orders", DONE, state="PENDING", settled=False), still_open=frozenset({DONE})),
            "settled",
            str(DONE),
        ),
    ],
)
def test_a_planted_breach_is_found(facts: Facts, name: str, subject: str) -> None:
    assert subject in broken(facts)[name]


def test_the_last_step_of_a_completed_order_is_pending_until_the_system_is_quiet() -> None:
    facts = replace(changed("reservations", DONE, state="HELD"), in_flight=["inventory has 1 records to read"])
    assert broken(facts) == {}
    assert next(f.pending for f in judge(facts) if f.name == "completed orders") == 1


def test_an_order_under_way_is_pending_and_no_breach() -> None:
    under_way = UUID(int=4)
    facts = replace(
        SOUND,
        orders={**SOUND.orders, under_way: OrderFact("PENDING", False, "alice", "USD", 5, PENS)},
        payments={**SOUND.payments, under_way: PaymentFact("CHARGED", "alice", "USD", 5, 0)},
        still_open=frozenset({under_way}),
        in_flight=["shipping has 1 records to read"],
    )
    assert broken(facts) == {}
    assert {f.name: f.pending for f in judge(facts) if f.pending} == {"money": 1, "agreement": 1, "settled": 1}


def test_rows_of_an_order_that_came_while_the_audit_read_are_left_to_the_next_audit() -> None:
    facts = replace(
        SOUND,
        reservations={**SOUND.reservations, STRANGER: ReservationFact("HELD", PENS)},
        payments={**SOUND.payments, STRANGER: PaymentFact("CHARGED", "bob", "USD", 5, 0)},
        known_later=frozenset({STRANGER}),
    )
    assert broken(facts) == {}


def test_an_order_that_settled_while_the_audit_read_is_no_breach() -> None:
    facts = changed("orders", LOST, settled=False)
    assert "settled" not in broken(facts)


def test_lines_are_compared_by_their_sums() -> None:
    assert digest([("pen", 1), ("ink", 1), ("pen", 1)]) == digest([("ink", 1), ("pen", 2)])
    assert digest([("pen", 1)]) != digest([("pen", 2)])


@pytest.mark.parametrize("number", [1, 2, 7])
def test_the_verdict_counts_what_is_broken_and_of_how_many(number: int) -> None:
    # An order may break several invariants, and its customer's money with it: each is counted once.
    forged = {UUID(int=1000 + n): PaymentFact("CHARGED", "bob", "USD", 5, 0) for n in range(number)}
    facts = replace(
        SOUND, payments={**SOUND.payments, **forged}, shipments={**SOUND.shipments, **dict.fromkeys(forged, "SHIPPED")}
    )
    told = verdict(facts, judge(facts))
    assert told == f"broken for {number} of {3 + number} orders, 1 of 2 customers; the system is quiet"
    assert to_json(facts, judge(facts), 0.1)["broken"] == {"orders": number, "items": 0, "customers": 1}


def test_the_verdict_on_what_is_sound_or_not_quiet() -> None:
    assert verdict(SOUND, judge(SOUND)) == "every invariant holds for 3 orders; the system is quiet"
    facts = replace(changed("items", "pen", on_hand=9), in_flight=["order has not begun to read payment-events/6"])
    assert verdict(facts, judge(facts)) == "broken for 1 of 2 items; not everything could be judged yet"
