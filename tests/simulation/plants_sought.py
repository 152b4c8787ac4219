"""Planted bugs that ordinary seeds find late or never, each with the aimed scenarios that find it in a few runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from services.chassis.consume import watermark
from services.chassis.consume.consumer import Consumer
from services.chassis.errors import SchemaUnknown
from services.chassis.postgres.continuity import Continuity
from services.chassis.publish.publisher import Publisher
from services.chassis.tables import open_calls as calls
from services.order import cancel_order
from tests.simulation.bus import Producer
from tests.simulation.process import Registry
from tests.simulation.statements import Result
from tests.simulation.store import Connection

Plant = Callable[[ExitStack], None]


# Deadlines.


def _sweep_ignores_what_was_read(stack: ExitStack) -> None:
    def measure(self: Any) -> Any:
        return self._clock()

    stack.enter_context(patch.object(watermark.Watermark, "measure", measure))


def _ends_are_asked_before_the_time(stack: ExitStack) -> None:
    def take(self: Any) -> Any:
        mark = real(self)
        return replace(mark, taken_at=self._clock())

    real = watermark.Watermark._take
    stack.enter_context(patch.object(watermark.Watermark, "_take", take))


def _sweep_goes_on_to_the_present(stack: ExitStack) -> None:
    def cancel_due(self: Any, _until: Any, limit: int) -> int:
        return real(self, self._clock(), limit)

    real = cancel_order.Cancelling.cancel_due
    stack.enter_context(patch.object(cancel_order.Cancelling, "cancel_due", cancel_due))


def _a_mark_is_passed_by_one_partition(stack: ExitStack) -> None:
    def passed(self: Any, at: Any) -> bool:
        return any(at.get(place, 0) >= end for place, end in self.ends.items())

    stack.enter_context(patch.object(watermark.EndOffsets, "passed", passed))


def _a_mark_counts_for_a_later_time(stack: ExitStack) -> None:
    def measure(self: Any) -> Any:
        found = real(self)
        return found if found is None else max(found, self._newest)

    def take(self: Any) -> Any:
        mark = real_take(self)
        self._newest = mark.taken_at
        return mark

    real, real_take = watermark.Watermark.measure, watermark.Watermark._take
    stack.enter_context(patch.object(watermark.Watermark, "_take", take))
    stack.enter_context(patch.object(watermark.Watermark, "measure", measure))


# The outbox.


def _every_instance_sweeps(stack: ExitStack) -> None:
    def execute(self: Any, statement: Any, parameters: Any = None) -> Any:
        result = real(self, statement, parameters)
        return Result([(True,)]) if "pg_try_advisory_lock" in statement.text else result

    real = Connection.execute
    stack.enter_context(patch.object(Connection, "execute", execute))


def _a_schema_that_is_not_known_holds_nothing(stack: ExitStack) -> None:
    unknown: list[str] = []

    def id_of(self: Any, *asked: Any) -> int:
        try:
            return real_id_of(self, *asked)
        except SchemaUnknown:
            unknown.append(asked[0])
            raise

    def publish(self: Any, rows: Any) -> None:
        unknown.clear()
        real(self, rows)
        if not unknown:
            return
        seen = set()
        for row in rows:
            if row.id not in self._in_flight and row.key in seen:
                real(self, [row])
            seen.add(row.key)

    real, real_id_of = Publisher.publish, Registry.id_of
    stack.enter_context(patch.object(Registry, "id_of", id_of))
    stack.enter_context(patch.object(Publisher, "publish", publish))


def _a_full_queue_stops_one_row_alone(stack: ExitStack) -> None:
    refused: list[str] = []

    def produce(self: Any, topic: str, *, key: str, **record: Any) -> None:
        try:
            real(self, topic, key=key, **record)
        except BufferError:
            refused.append(key)
            raise

    def publish(self: Any, rows: Any) -> None:
        left = list(rows)
        while left:
            refused.clear()
            real_publish(self, left)
            if not refused:
                return
            stopped = next(n for n, row in enumerate(left) if row.id not in self._in_flight and _key(row) == refused[0])
            waiting = {row.key for row in left[:stopped] if row.id not in self._in_flight}
            left = [row for row in left[stopped + 1 :] if row.key not in waiting]

    real, real_publish = Producer.produce, Publisher.publish
    stack.enter_context(patch.object(Producer, "produce", produce))
    stack.enter_context(patch.object(Publisher, "publish", publish))


def _key(row: Any) -> str:
    return str(row.key)


def _a_new_producer_believes_the_old_ones_rows_on_their_way(stack: ExitStack) -> None:
    def rebuild(self: Any) -> None:
        under_way = dict(self._in_flight)
        real(self)
        self._in_flight.update(under_way)

    real = Publisher._rebuild
    stack.enter_context(patch.object(Publisher, "_rebuild", rebuild))


# Calls.


def _a_call_is_its_writers_for_ever(stack: ExitStack) -> None:
    def add(connection: Any, opened: Any, *, held: Any) -> None:
        real(connection, opened, held=held and timedelta(days=400))

    real = calls.add
    stack.enter_context(patch.object(calls, "add", add))


def _a_lease_never_ends(stack: ExitStack) -> None:
    def take(connection: Any, kinds: Any, *, lease: Any, limit: int) -> Any:
        return real(connection, kinds, lease=1000 * lease, limit=limit)

    real = calls.take
    stack.enter_context(patch.object(calls, "take", take))


def _nobody_asks_which_server_it_is(stack: ExitStack) -> None:
    stack.enter_context(patch.object(Continuity, "require", lambda _: None))


def _positions_are_not_read_again(stack: ExitStack) -> None:
    stack.enter_context(patch.object(Consumer, "_reload", lambda _: None))


def _what_is_on_its_way_is_not_waited_for(stack: ExitStack) -> None:
    stack.enter_context(patch.object(Publisher, "settle", lambda _: None))


def _a_server_is_taken_for_checked_when_it_is_seen(stack: ExitStack) -> None:
    stack.enter_context(patch.object(Continuity, "current", property(lambda self: self._generation > 0)))


#: By what is wrong: which of the aimed scenarios find it, and the bug.
SOUGHT: Mapping[str, tuple[str, Plant]] = {
    "the sweep of deadlines ignores what was read": ("hurried", _sweep_ignores_what_was_read),
    "the ends of a mark are asked before its time": ("hurried", _ends_are_asked_before_the_time),
    "the sweep of deadlines goes on from what was read to the present": ("hurried", _sweep_goes_on_to_the_present),
    "a mark is passed by one partition": ("hurried", _a_mark_is_passed_by_one_partition),
    "a mark counts for a later time": ("hurried", _a_mark_counts_for_a_later_time),
    "every instance sweeps the outbox": ("left behind", _every_instance_sweeps),
    "a schema that is not known holds nothing": ("left behind", _a_schema_that_is_not_known_holds_nothing),
    "a full queue stops one row alone": ("left behind", _a_full_queue_stops_one_row_alone),
    "a new producer believes the old one's rows on their way": (
        *("left behind", _a_new_producer_believes_the_old_ones_rows_on_their_way),
    ),
    "nobody asks which server it is": ("failed over", _nobody_asks_which_server_it_is),
    "positions are not read again from another server": ("failed over", _positions_are_not_read_again),
    "what is on its way is not waited for": ("failed over", _what_is_on_its_way_is_not_waited_for),
    "a server is taken for checked when it is seen": ("failed over", _a_server_is_taken_for_checked_when_it_is_seen),
    "a call is its writer's for ever": ("unanswered", _a_call_is_its_writers_for_ever),
    "a lease never ends": ("unanswered", _a_lease_never_ends),
}
