"""One order in the four services, in every order of delivery, with every outcome, cancelled at every moment."""

from __future__ import annotations

import pytest
from quadrille.events.payment import PaymentRefunded

from admin.transition_tables import WORLDS
from services.inventory.model import ReservationState
from services.order.model import OrderState
from services.payment.model import PaymentState
from services.shipping.model import ShipmentState
from tests.support.one_order import State, explore


@pytest.fixture(scope="module", params=WORLDS, ids=str)
def reached(request) -> frozenset[State]:
    return explore(request.param)


def quiet(state: State) -> bool:
    return not any(True for _ in state.under_way()) and not state.asked


def test_once_nothing_is_under_way_the_order_is_settled(reached):
    ends = [state for state in reached if quiet(state)]
    assert ends
    assert all(state.order.settled for state in ends)


def test_a_completed_order_is_shipped_and_charged_once_nothing_is_under_way(reached):
    for state in filter(quiet, reached):
        if state.order.state is OrderState.COMPLETED:
            states = [state.row(service).state for service in ("inventory", "payment", "shipping")]
            assert states == [ReservationState.SHIPPED, PaymentState.CHARGED, ShipmentState.SHIPPED]


def test_a_cancelled_order_holds_costs_and_ships_nothing_from_the_moment_it_is_settled(reached):
    for state in reached:
        if state.order.settled and state.order.state is OrderState.CANCELLED:
            reservation, payment, shipment = (state.row(name) for name in ("inventory", "payment", "shipping"))
            assert reservation.state in {ReservationState.RELEASED, ReservationState.FAILED}
            assert payment.charged == payment.refunded
            assert shipment is None or shipment.state is not ShipmentState.SHIPPED


def test_a_cancellation_that_was_asked_for_ends_one_way_or_the_other(reached):
    for state in filter(quiet, reached):
        assert state.order.state in {OrderState.COMPLETED, OrderState.CANCELLED}


def test_what_is_refunded_is_what_was_charged_and_no_answer_is_waited_for_once_it_is(reached):
    for state in reached:
        refunded = [event for event in state.published if isinstance(event, PaymentRefunded)]
        if refunded:
            assert not [call for service, call in state.asked if service == "payment"]
            assert refunded[0].amount.minor_units == state.row("payment").charged
            assert ("Charge: Charged" in {name for _, name in state.answered}) == bool(refunded[0].amount.minor_units)


def test_a_cancellation_never_ends_an_order_whose_carrier_has_been_asked(reached):
    for state in reached:
        shipment = state.row("shipping")
        if shipment is not None and shipment.state is ShipmentState.BOOKING:
            assert state.order.state in {OrderState.PENDING, OrderState.CANCELLING}


def test_every_answer_is_met_with_and_without_an_undo(reached):
    met = {(state.row("payment").state, name) for state in reached for _, name in state.answers() if "Charge" in name}
    if any(state.asked for state in reached):
        undone = {(PaymentState.UNDOING, name) for name in ("Charge: Charged", "Charge: Declined")}
        assert met == undone | {(PaymentState.CHARGING, name) for _, name in undone}
