"""What every provider must do: the ones that are here and the ones over HTTP are held to the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from quadrille.events.payment import PaymentFailureReason
from quadrille.events.shipping import ShippingFailureReason
from quadrille.events.types import Money

from local.stub.books import Rules
from local.stub.trouble import KINDS, Trouble
from services.chassis.calls.http import HttpClient
from services.chassis.decide.state import Rows
from services.chassis.errors import Unknown
from services.payment.model import Account
from services.payment.provider import AccountsProvider, Charge, Charged, Declined, Refund, Refunded
from services.payment.remote import HttpPaymentProvider
from services.shipping.carrier import Book, Booked, LocalCarrier, Refused
from services.shipping.remote import HttpCarrier
from tests.support.stub import stub, url
from tests.unit.conftest import Make

MAKE = Make()
LIMIT = 1000
RULES = Rules(decline_over=LIMIT, decline_customer="bad", unserved=frozenset({"AQ"}))
QUICK, PATIENT = 0.3, 30.0


class Here:
    """A provider that answers in the transaction. It is asked once for each order: the order's row sees to that."""

    def __init__(self, accounts: AccountsProvider, carrier: LocalCarrier) -> None:
        self._accounts, self._carrier = accounts, carrier
        self._known: dict[UUID, object] = {}

    async def ask(self, call, key: UUID):
        if key not in self._known:
            answer = {Charge: self._accounts.charge, Refund: self._accounts.refund, Book: self._carrier.book}
            self._known[key] = answer[type(call)](call)
        return self._known[key]


class Outside:
    """The HTTP ones, at one stub."""

    def __init__(self, client: HttpClient) -> None:
        self._payment, self._carrier = HttpPaymentProvider("bank", client), HttpCarrier(client)

    async def ask(self, call, key: UUID):
        return await (self._carrier if isinstance(call, Book) else self._payment).ask(call, key)


@pytest.fixture(params=["here", "outside"])
async def provider(request, tmp_path) -> AsyncIterator[Here | Outside]:
    if request.param == "here":
        yield Here(AccountsProvider(Rows({"c1": Account("c1", "USD", LIMIT, 0)})), LocalCarrier(["AQ"]))
        return
    with stub(tmp_path / "stub.db", RULES) as server:
        client = HttpClient(url(server), timeout=PATIENT, connections=4)
        yield Outside(client)
        await client.close()


def charge(cents: int, customer: str = "c1") -> Charge:
    return Charge(uuid4(), MAKE.details(("sku-1", 1, cents), customer=customer), "bank")


async def test_a_charge_is_made_once_for_each_key_and_gives_the_same_answer_each_time(provider):
    call = charge(LIMIT)
    first = await provider.ask(call, call.idempotency_key)
    assert isinstance(first, Charged)
    assert await provider.ask(call, call.idempotency_key) == first


async def test_two_orders_have_two_charges(provider):
    one, other = charge(1), charge(1)
    answers = {await provider.ask(call, call.idempotency_key) for call in (one, other)}
    assert len(answers) == 2


async def test_what_is_too_much_is_declined_with_what_there_is_and_stays_declined(provider):
    call = charge(LIMIT + 1)
    expected = Declined(PaymentFailureReason.INSUFFICIENT_CREDIT, Money(currency_code="USD", minor_units=LIMIT))
    for _ in range(2):
        assert await provider.ask(call, call.idempotency_key) == expected


async def test_a_charge_is_refunded_once(provider):
    call = charge(5)
    charged = await provider.ask(call, call.idempotency_key)
    refund = Refund(call.key, "c1", charged.charge_id, call.order.total, "bank")
    for _ in range(2):
        assert await provider.ask(refund, refund.idempotency_key) == Refunded()


async def test_a_parcel_is_booked_once_and_keeps_its_tracking_id(provider):
    call = Book(uuid4(), "home", "DE")
    booked = await provider.ask(call, call.idempotency_key)
    assert isinstance(booked, Booked)
    assert booked.tracking_id
    assert await provider.ask(call, call.idempotency_key) == booked


async def test_a_country_that_is_not_served_is_refused_with_a_reason(provider):
    call = Book(uuid4(), "home", "AQ")
    refused = await provider.ask(call, call.idempotency_key)
    assert isinstance(refused, Refused)
    assert refused.reason is ShippingFailureReason.UNSERVED_COUNTRY
    assert "AQ" in refused.detail


# Over HTTP alone.

ANSWERED = {"late", "twice"}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - ANSWERED - {"crash"}))
async def test_trouble_is_unknown_and_asking_again_tells_what_was_done_once(kind, tmp_path):
    with stub(tmp_path / "stub.db", RULES, Trouble({kind: 1})) as server:
        # Only an answer that never comes is not waited for: the disk below the stub may stand still for a second.
        client = HttpClient(url(server), timeout=QUICK if kind == "never" else PATIENT, connections=4)
        provider, call = HttpPaymentProvider("bank", client), charge(1)
        for _ in range(2):
            with pytest.raises(Unknown) as unknown:
                await provider.ask(call, call.idempotency_key)
        assert (unknown.value.after == 1.0) == (kind == "slow-down")
        await client.close()
        server.trouble.change({})
        client = HttpClient(url(server), timeout=PATIENT, connections=4)
        assert isinstance(await HttpPaymentProvider("bank", client).ask(call, call.idempotency_key), Charged)
        (done,) = server.books.all()["charges"]
        assert done["idempotency_key"] == str(call.idempotency_key)
        await client.close()


@pytest.mark.parametrize("kind", sorted(ANSWERED))
async def test_an_answer_that_is_late_or_worked_out_twice_is_an_answer(kind, tmp_path):
    with stub(tmp_path / "stub.db", RULES, Trouble({kind: 1}, late=0.05)) as server:
        client = HttpClient(url(server), timeout=PATIENT, connections=4)
        call = charge(1)
        assert isinstance(await HttpPaymentProvider("bank", client).ask(call, call.idempotency_key), Charged)
        assert len(server.books.all()["charges"]) == 1
        await client.close()


async def test_nobody_at_the_address_is_unknown():
    client = HttpClient("http://127.0.0.1:9", timeout=QUICK, connections=1)
    call = charge(1)
    with pytest.raises(Unknown, match="no answer"):
        await HttpPaymentProvider("bank", client).ask(call, call.idempotency_key)
    await client.close()


async def test_a_reason_that_only_the_provider_knows_is_told_as_such(tmp_path):
    with stub(tmp_path / "stub.db", RULES) as server:
        client = HttpClient(url(server), timeout=PATIENT, connections=1)
        call = charge(1, customer="bad-1")
        declined = await HttpPaymentProvider("bank", client).ask(call, call.idempotency_key)
        assert declined == Declined(PaymentFailureReason.PROVIDER_DECLINED, None)
        await client.close()


async def test_a_key_that_was_used_for_something_else_and_a_charge_that_is_not_there_decide_nothing(tmp_path):
    with stub(tmp_path / "stub.db", RULES) as server:
        client = HttpClient(url(server), timeout=PATIENT, connections=1)
        provider, call = HttpPaymentProvider("bank", client), charge(1)
        await provider.ask(call, call.idempotency_key)
        with pytest.raises(Unknown, match="conflict"):
            await provider.ask(charge(2), call.idempotency_key)
        lost = Refund(uuid4(), "c1", uuid4(), call.order.total, "bank")
        with pytest.raises(Unknown, match="no such charge"):
            await provider.ask(lost, lost.idempotency_key)
        await client.close()


async def test_a_charge_of_another_provider_is_not_refunded_here(tmp_path):
    with stub(tmp_path / "stub.db") as server:
        client = HttpClient(url(server), timeout=PATIENT, connections=1)
        refund = Refund(uuid4(), "c1", uuid4(), MAKE.details().total, "the bank before")
        with pytest.raises(Unknown, match="the bank before"):
            await HttpPaymentProvider("bank", client).ask(refund, refund.idempotency_key)
        assert server.asked == 0
        await client.close()


async def test_what_was_done_outlives_the_process(tmp_path):
    call = charge(1)
    answers = set()
    for _ in range(2):
        with stub(tmp_path / "stub.db") as server:
            client = HttpClient(url(server), timeout=PATIENT, connections=1)
            answers.add(await HttpPaymentProvider("bank", client).ask(call, call.idempotency_key))
            await client.close()
    assert len(answers) == 1
