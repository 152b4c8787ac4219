"""The outside world: a payment provider and a carrier that answer late, twice, or not at all; and who asks them.

Real: the table of calls, and the recording of answers (`calls.table`, `calls.recording`). Modelled: the network, the
provider, and the loops of `calls.asking`, which are asyncio's: calls handed over are asked at once, each in a task of
its own; a sweep takes those that are due; answers that have come are recorded together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from quadrille.events.payment import PaymentFailureReason
from quadrille.events.shipping import ShippingFailureReason

from services.chassis.backoff import Backoff
from services.chassis.calls.recording import Recorder
from services.chassis.decide.calls import Done, Opened
from services.chassis.errors import Retryable, Unknown, classify
from services.chassis.tables import open_calls
from services.payment.provider import Charge, Charged, Declined, Refund, Refunded
from services.shipping.carrier import Book, Booked, Refused
from tests.simulation.scheduler import Scheduler

if TYPE_CHECKING:
    from tests.simulation.process import Process

#: Shorter than an answer may take: two instances ask the same at times.
HELD = timedelta(seconds=2)
TIMEOUT = 3.0
SWEEP_EVERY = 0.5
KINDS = {kind.operation: kind for kind in (Charge, Refund, Book)}


class Outside:
    """Provider and carrier in one. It acts once for each idempotency key, and says the same each time."""

    def __init__(self, scheduler: Scheduler, credit: Sequence[int], unsure: float) -> None:
        self.scheduler = scheduler
        self._credit = {f"customer-{number}": count for number, count in enumerate(credit)}
        self._unsure = unsure
        self._answers: dict[UUID, Any] = {}
        #: What was really done, for each order.
        self.done: Counter[tuple[str, UUID]] = Counter()
        self.charged: Counter[str] = Counter()

    def act(self, call: Any, key: UUID) -> Any:
        """Do what is asked, unless it was done for this key."""
        if key in self._answers:
            self.scheduler.reached["a provider was asked again for what it had done"] += 1
        else:
            self._answers[key] = self._act(call)
            self.scheduler.say(f"outside: {type(call).__name__} {str(call.key)[-4:]}: {self._answers[key]}")
        return self._answers[key]

    def _act(self, call: Any) -> Any:
        match call:
            case Charge():
                customer, amount = call.order.customer_id, call.order.total.minor_units
                if self.charged[customer] + amount > self._credit.get(customer, 0):
                    return Declined(PaymentFailureReason.PROVIDER_DECLINED, None)
                self.charged[customer] += amount
                self.done["charges", call.key] += 1
                return Charged(UUID(int=call.key.int ^ 1))
            case Refund():
                self.charged[call.customer_id] -= call.amount.minor_units
                self.done["refunds", call.key] += 1
                return Refunded()
            case Book(country_code="AQ"):
                return Refused(ShippingFailureReason.UNSERVED_COUNTRY, "too cold")
            case _:
                self.done["shipments", call.key] += 1
                return Booked("outside", "T")

    def ask(self, call: Any, key: UUID) -> Any:
        """Ask over the network: the task waits, and the request or the answer may be lost."""
        draw = self.scheduler.chance.random
        self.scheduler.wait(lambda: False, draw() * 0.05)
        if draw() >= self._unsure:
            answer = self.act(call, key)
            self.scheduler.wait(lambda: False, draw() * 0.05)
            return answer
        fate = int(draw() * 5)
        self.scheduler.reached[f"an answer was unknown: {fate}"] += 1
        match fate:
            case 0:  # refused before anything was done
                raise Unknown("HTTP 503", after=1.0)
            case 1:  # done, and the answer is lost
                self.act(call, key)
                raise Unknown("the connection was lost")
            case 2:  # it arrives when nobody waits for it any more
                self.scheduler.later(TIMEOUT + draw() * 8, partial(self.act, call, key))
                self.scheduler.wait(lambda: False, TIMEOUT)
                raise Unknown("no answer in time")
            case 3:  # handled twice, and slow: whoever asks may have lost its lease
                self.act(call, key)
                self.scheduler.wait(lambda: False, draw() * TIMEOUT)
                return self.act(call, key)
            case _:  # done, and nonsense
                self.act(call, key)
                raise Unknown("HTTP 200 is no answer")


class Caller:
    """Asks for one process."""

    held = HELD

    def __init__(self, process: Process, outside: Outside, handlers: Any) -> None:
        self._process, self._outside = process, outside
        publish = process.publisher.publish
        self._recorder = Recorder(process.engine, handlers, publish, process.clock, Backoff(0.5, 4.0))
        self._done: list[Done] = []

    def hand_over(self, opened: Sequence[Opened]) -> None:
        scheduler, name = self._outside.scheduler, self._process.name
        for one in opened:
            scheduler.start(f"{name} asks", name, partial(self._ask, one))

    def _ask(self, one: Opened) -> None:
        outcome: object
        try:
            outcome = self._outside.ask(one.call, one.idempotency_key)
        except Unknown as unknown:
            outcome = unknown
        self._done.append(Done(one, outcome))

    def record(self) -> None:
        """Record what has come, all that has come in one transaction, until the process dies."""
        scheduler = self._outside.scheduler
        while True:
            scheduler.wait(lambda: bool(self._done))
            some, self._done = self._done, []
            try:
                self._recorder.record(some, self)
            except Retryable:
                self._done = some + self._done
                scheduler.wait(lambda: False, 0.2)

    def sweep(self) -> None:
        """Take what is due, until the process dies."""
        scheduler = self._outside.scheduler
        while True:
            scheduler.wait(lambda: False, SWEEP_EVERY)
            try:
                with self._process.engine.begin() as connection:
                    taken = open_calls.take(connection, KINDS, lease=HELD, limit=5)
            except Exception as error:
                if not isinstance(classify(error), Retryable):
                    raise
                continue
            self.hand_over(taken)
