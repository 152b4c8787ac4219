"""Bugs that are planted to see whether the simulation finds them. Each changes real code, or a statement, for a run.

Most are mistakes that other platforms have shipped; `docs/simulation.md` lists how many runs each survived.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import InventoryRollback, OrderCancelled, OrderCancelRequested, OrderCreated
from quadrille.events.payment import PaymentFailed, PaymentFailureReason
from quadrille.events.shipping import ShipmentCancelled
from sqlalchemy import text

from admin import archiving
from services.chassis.calls.recording import Recorder
from services.chassis.consume.consumer import Consumer
from services.chassis.decide.handlers import Decision, no_change, published_by, publishes
from services.chassis.errors import Unknown
from services.chassis.process import transaction
from services.chassis.process.batch import Processor
from services.chassis.publish.publisher import Publisher
from services.chassis.publish.sweeper import Sweeper
from services.chassis.tables import archive, dead_letters, outbox, positions
from services.chassis.tables import open_calls as calls
from services.chassis.wire import decoder, messages
from services.chassis.wire.decoder import Decoder
from services.inventory import decisions as inventory
from services.inventory import state as inventory_books
from services.order import cancel_order
from services.order import decisions as order
from services.order.place_order import Placing
from services.payment import decisions as payment
from services.payment.provider import AccountsProvider, Charge, Declined, Refunded
from services.shipping import decisions as shipping
from tests.simulation.plants_sought import SOUGHT, Plant
from tests.simulation.store import Connection, Transaction


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant a bug for a while."""
    with ExitStack() as stack:
        PLANTS[name](stack)
        yield


def _decides(stack: ExitStack, module: Any, event: type, make: Callable[[Any], Any]) -> None:
    """Put another decision in the place of a real one, which it is given."""
    real = module.ON[event]
    stack.enter_context(patch.dict(module.ON, {event: wraps(real)(make(real))}))


# Positions and transactions.


def _positions_not_compared(stack: ExitStack) -> None:
    def claim(connection: Any, claims: Any) -> Any:
        at = positions.load(connection, [(c.topic_id, c.partition) for c in claims])
        return real(connection, [replace(c, expected=at[c.topic_id, c.partition]) for c in claims])

    real = positions.claim
    stack.enter_context(patch.object(positions, "claim", claim))


def _position_moves_before_the_effects(stack: ExitStack) -> None:
    def claim(connection: Any, claims: Any) -> Any:
        with connection._engine.begin() as own:
            return real(own, claims)

    real = positions.claim
    stack.enter_context(patch.object(positions, "claim", claim))


def _reader_goes_on_before_the_commit(stack: ExitStack) -> None:
    def commit(self: Any, records: Any, progress: Any, **how: Any) -> None:
        before = copy.deepcopy(progress)
        progress.reload(transaction.following(records))
        real(self, records, before, **how)

    real = Processor._commit
    stack.enter_context(patch.object(Processor, "_commit", commit))


def _skipped_records_take_others_along(stack: ExitStack) -> None:
    def run(self: Any, records: Any, progress: Any, **how: Any) -> None:
        if len(records) > 1 and any(i.received is None and i.error is None for i in records):
            progress.skip(transaction.following(records))
        else:
            real(self, records, progress, **how)

    real = Processor.run
    stack.enter_context(patch.object(Processor, "run", run))


def _failed_commit_is_forgotten(stack: ExitStack) -> None:
    def settle(self: Any) -> None:
        self._unsure = self._unsure if self._processor.committing else []
        real(self)

    real = Consumer._settle
    stack.enter_context(patch.object(Consumer, "_settle", settle))


def _rows_are_not_locked(stack: ExitStack) -> None:
    def execute(self: Any, statement: Any, parameters: Any = None) -> Any:
        return real(self, SimpleNamespace(text=re.sub(" FOR UPDATE(?! SKIP)", "", statement.text)), parameters)

    real = Connection.execute
    stack.enter_context(patch.object(Connection, "execute", execute))


def _insert_overwrites(stack: ExitStack) -> None:
    def insert(self: Any, table: str, row: Any, *, unless: Any = None) -> bool:
        if table in {"shipments", "payments"}:
            self.lock(table, (row["order_id"],))
            self.writes[table, (row["order_id"],)] = row
            return True
        return real(self, table, row, unless=unless)

    real = Transaction.insert
    stack.enter_context(patch.object(Transaction, "insert", insert))


def _request_id_ignored(stack: ExitStack) -> None:
    def commit(self: Any, commands: Any) -> Any:
        return real(self, [replace(command, request_id=UUID(int=next(fresh))) for command in commands])

    real, fresh = Placing.commit, count(1 << 64)
    stack.enter_context(patch.object(Placing, "commit", commit))


# Outbox and publisher.


def _marked_before_it_is_sent(stack: ExitStack) -> None:
    def append(connection: Any, messages: Any, **how: Any) -> Any:
        rows = real(connection, messages, **how)
        outbox.mark_published(connection, rows)
        return rows

    real = outbox.append
    stack.enter_context(patch.object(outbox, "append", append))


def _marked_before_it_is_acknowledged(stack: ExitStack) -> None:
    def publish(self: Any, rows: Any) -> None:
        real(self, rows)
        self._acknowledged.extend(rows)
        self._mark()

    real = Publisher.publish
    stack.enter_context(patch.object(Publisher, "publish", publish))


def _concluded_is_acknowledged(stack: ExitStack) -> None:
    def on_delivery(self: Any, row: Any, producer: Any, span: Any, error: Any, message: Any) -> None:
        real(self, row, producer, span, error, replace(message, _offset=0))

    real = Publisher._on_delivery
    stack.enter_context(patch.object(Publisher, "_on_delivery", on_delivery))


def _published_before_the_commit(stack: ExitStack) -> None:
    publishers: dict[int, Any] = {}

    def init(self: Any, engine: Any, handlers: Any, publish: Any, clock: Any, calling: Any = None) -> None:
        publishers[id(handlers)] = publish
        real_init(self, engine, handlers, publish, clock, calling)

    def take_effect(connection: Any, handlers: Any, *rest: Any) -> Any:
        taken = real(connection, handlers, *rest)
        publishers[id(handlers)](taken.rows)
        return taken

    real_init, real = Processor.__init__, transaction.take_effect
    stack.enter_context(patch.object(Processor, "__init__", init))
    stack.enter_context(patch.object(transaction, "take_effect", take_effect))


def _earlier_rows_forgotten(stack: ExitStack) -> None:
    def append(connection: Any, messages: Any, **how: Any) -> Any:
        rows = real(connection, messages, **how)
        return rows[len(rows) - len(messages) :]

    real = outbox.append
    stack.enter_context(patch.object(outbox, "append", append))


def _published_newest_first(stack: ExitStack) -> None:
    def publish(self: Any, rows: Any) -> None:
        real(self, list(reversed(rows)))

    real = Publisher.publish
    stack.enter_context(patch.object(Publisher, "publish", publish))


def _no_sweeper(stack: ExitStack) -> None:
    stack.enter_context(patch.object(Sweeper, "run", lambda self: self._stopping.wait(1e9)))


def _one_id_for_two_events(stack: ExitStack) -> None:
    real = messages.derived
    stack.enter_context(patch.object(messages, "derived", lambda source, cause, _: real(source, cause, 0)))


# Dead letters.


def _dead_letters_block_nothing(stack: ExitStack) -> None:
    stack.enter_context(patch.object(dead_letters, "blocked", lambda *_: set()))
    stack.enter_context(patch.object(dead_letters, "blocked_now", lambda *_: ()))


def _poison_is_skipped(stack: ExitStack) -> None:
    stack.enter_context(patch.object(dead_letters, "add", lambda *_: None))


def _null_header_ends_the_reader(stack: ExitStack) -> None:
    def fingerprint_of(found: Any) -> str | None:
        named = found.get("ce_dataschema", b"").decode("ascii", "replace")
        return real(found) if named else None

    def decode(self: Decoder, topic: Any, partition: int, offset: int, record: Any) -> Any:
        return self._decode(topic, partition, offset, record)

    real = decoder.fingerprint_of
    stack.enter_context(patch.object(decoder, "fingerprint_of", fingerprint_of))
    stack.enter_context(patch.object(Decoder, "decode", decode))


def _splitting_loses_a_record(stack: ExitStack) -> None:
    dead: set[tuple[str, int, int]] = set()

    def tell(inbound: Any, error: Any) -> None:
        if not isinstance(error, transaction.Waiting):
            dead.add((inbound.topic_id, inbound.partition, inbound.offset))

    def commit(self: Any, records: Any, progress: Any, **_: Any) -> None:
        real(self, records, progress)
        for place in {(r.topic_id, r.partition) for r in records if (r.topic_id, r.partition, r.offset) in dead}:
            # The next commit of this partition begins, and is believed to begin, one record further on.
            progress.skip({place: progress[place].offset + 1})
            self.flush(progress)

    real = Processor._commit
    stack.enter_context(patch.object(transaction, "_log_dead_letter", tell))
    stack.enter_context(patch.object(Processor, "_commit", commit))


# Decisions.


def _no_tombstone_in_inventory(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_inventory_rollback(row: Any, event: Any, shelf: Any) -> Any:
            decision = real(row, event, shelf)
            return Decision(None, decision.events) if row is None else decision

        return on_inventory_rollback

    _decides(stack, inventory, InventoryRollback, make)


def _no_tombstone_in_payment(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_order_cancelled(row: Any, event: Any, till: Any) -> Any:
            decision = real(row, event, till)
            return Decision(None, decision.events) if row is None else decision

        return on_order_cancelled

    _decides(stack, payment, OrderCancelled, make)


def _refund_forgotten(stack: ExitStack) -> None:
    stack.enter_context(patch.object(AccountsProvider, "refund", lambda *_: Refunded()))


def _rollback_ignored(stack: ExitStack) -> None:
    _decides(stack, inventory, InventoryRollback, lambda _: lambda *_: no_change("planted"))


def _rollback_not_asked_for(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_payment_failed(row: Any, event: Any, desk: Any) -> Any:
            decision = real(row, event, desk)
            return replace(decision, events=decision.events[:1])

        return on_payment_failed

    _decides(stack, order, PaymentFailed, make)


def _duplicate_holds_twice(stack: ExitStack) -> None:
    def move(items: Any, before: Any, after: Any) -> Any:
        return real_move(items, None if after.state is inventory.HELD else before, after)

    real_move = inventory.move
    _decides(stack, inventory, OrderCreated, lambda real: lambda _, event, shelf: real(None, event, shelf))
    stack.enter_context(patch.object(inventory_books, "move", move))


def _duplicate_charges_twice(stack: ExitStack) -> None:
    _decides(stack, payment, InventoryReserved, lambda real: lambda _, event, till: real(None, event, till))


def _release_not_answered(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_inventory_rollback(row: Any, event: Any, shelf: Any) -> Any:
            decision = real(row, event, shelf)
            return decision if row is not None and row.lines else replace(decision, events=())

        return on_inventory_rollback

    _decides(stack, inventory, InventoryRollback, make)


def _late_cancel_wins(stack: ExitStack) -> None:
    def make(_: Any) -> Any:
        def on_order_cancel_requested(_row: Any, event: Any, dock: Any) -> Any:
            return Decision(None, (ShipmentCancelled(order_id=event.order_id, occurred_at=dock.now),))

        return on_order_cancel_requested

    _decides(stack, shipping, OrderCancelRequested, make)


def _cancelling_does_not_wait_for_shipping(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_payment_failed(row: Any, event: Any, desk: Any) -> Any:
            if row is not None and row.state is order.CANCELLING:
                row = row._replace(state=order.PENDING)
            return real(row, event, desk)

        return on_payment_failed

    _decides(stack, order, PaymentFailed, make)


def _repeated_replies_count_again(stack: ExitStack) -> None:
    stack.enter_context(patch.object(order, "_seen", lambda *_: False))


# Calls to the outside world.


def _unknown_is_declined(stack: ExitStack) -> None:
    def record(self: Any, done: Any, calling: Any) -> None:
        declined = Declined(PaymentFailureReason.PROVIDER_DECLINED, None)
        taken = [
            replace(one, outcome=declined)
            if isinstance(one.outcome, Unknown) and isinstance(one.opened.call, Charge)
            else one
            for one in done
        ]
        real(self, taken, calling)

    real = Recorder.record
    stack.enter_context(patch.object(Recorder, "record", record))


def _a_fresh_key_each_time(stack: ExitStack) -> None:
    def take(*arguments: Any, **named: Any) -> Any:
        return [replace(one, idempotency_key=UUID(int=next(fresh))) for one in real(*arguments, **named)]

    real, fresh = calls.take, count(1 << 64)
    stack.enter_context(patch.object(calls, "take", take))


def _answers(stack: ExitStack, module: Any, call: type, make: Callable[[Any], Any]) -> None:
    real = module.ANSWERS[call]
    stack.enter_context(patch.dict(module.ANSWERS, {call: wraps(real)(make(real))}))


def _undo_forgets_the_charge_that_comes_later(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_charge_answered(row: Any, answer: Any, till: Any) -> Any:
            if row is not None and row.state is payment.UNDOING:
                answer = replace(answer, outcome=Declined(PaymentFailureReason.PROVIDER_DECLINED, None))
            return real(row, answer, till)

        return on_charge_answered

    _answers(stack, payment, Charge, make)


def _undo_is_told_before_it_is_certain(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_order_cancelled(row: Any, event: Any, till: Any) -> Any:
            if row is not None and row.state is payment.CHARGING:
                row = row._replace(state=payment.DECLINED)
            return real(row, event, till)

        return on_order_cancelled

    _decides(stack, payment, OrderCancelled, make)


def _undo_is_lost_on_a_charge_under_way(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_order_cancelled(row: Any, event: Any, till: Any) -> Any:
            return no_change("planted") if row is not None and row.state is payment.CHARGING else real(row, event, till)

        return on_order_cancelled

    _decides(stack, payment, OrderCancelled, make)


def _cancel_wins_over_a_booking_under_way(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_order_cancel_requested(row: Any, event: Any, dock: Any) -> Any:
            return real(None if row is not None and row.state is shipping.BOOKING else row, event, dock)

        return on_order_cancel_requested

    _decides(stack, shipping, OrderCancelRequested, make)


def _answer_takes_effect_twice(stack: ExitStack) -> None:
    def make(real: Any) -> Any:
        def on_charge_answered(row: Any, answer: Any, till: Any) -> Any:
            if row is not None and row.state in {payment.CHARGED, payment.DECLINED}:
                row = row._replace(state=payment.CHARGING)
            return real(row, answer, till)

        return on_charge_answered

    _answers(stack, payment, Charge, make)
    stack.enter_context(patch.object(calls, "still_open", lambda _connection, ids: set(ids)))


def _call_is_closed_before_its_answer_takes_effect(stack: ExitStack) -> None:
    def commit(self: Any, done: Any, calling: Any) -> None:
        with self._transactions.begin() as own:
            asked = [one.opened.id for one in done if not isinstance(one.outcome, Unknown)]
            calls.close(own, list(still_open(own, asked)))
        real(self, done, calling)

    # Both stay for the whole run: a process that is killed in the middle ends no block of its own.
    real, still_open = Recorder._commit, calls.still_open
    stack.enter_context(patch.object(Recorder, "_commit", commit))
    stack.enter_context(patch.object(calls, "still_open", lambda _connection, ids: set(ids)))


def _nobody_asks_again(stack: ExitStack) -> None:
    stack.enter_context(patch.object(calls, "take", lambda *_, **__: []))


# Deadlines.


def _sweep_cancels_what_has_ended(stack: ExitStack) -> None:
    real = cancel_order.request_cancel

    @publishes(*published_by(real))
    def request_cancel(row: Any, reason: Any, context: Any) -> Any:
        return real(row._replace(state=order.PENDING), reason, context)

    everything = text(cancel_order._LOCK_DUE.text.replace("state = 'PENDING' AND ", ""))
    stack.enter_context(patch.object(cancel_order, "request_cancel", request_cancel))
    stack.enter_context(patch.object(cancel_order, "_LOCK_DUE", everything))


# Archiving.


def _horizon_not_looked_at(stack: ExitStack) -> None:
    stack.enter_context(patch.object(archive, "among", lambda *_: frozenset()))


def _rows_go_before_the_horizon_is_committed(stack: ExitStack) -> None:
    def carry_out(platform: Any, chosen: Any, folder: Any, *_: Any) -> dict[str, int]:
        done = dict.fromkeys(archiving.SERVICES, 0)
        with archiving.all_owned(platform, archiving.SERVICES) as engines:
            for service, engine in engines.items():
                while moved := archiving._move(service, engine, chosen.before, folder):
                    done[service] += moved
            for engine in engines.values():
                with engine.begin() as connection:
                    archive.advance(connection, chosen.before)
        return done

    stack.enter_context(patch.object(archiving, "carry_out", carry_out))


def _what_is_under_way_is_archived(stack: ExitStack) -> None:
    stack.enter_context(patch.object(archive, "holding", lambda *_: []))


def _totals_in_a_transaction_of_their_own(stack: ExitStack) -> None:
    def remove(connection: Any, kept: Any, ids: Any) -> None:
        if kept.totals:
            with connection._connection._engine.begin() as own:
                own.execute(text(kept.totals), {"ids": list(ids)})
        real(connection, replace(kept, totals=""), ids)

    real = archive.remove
    stack.enter_context(patch.object(archive, "remove", remove))


def _rows_go_before_their_file(stack: ExitStack) -> None:
    def move(service: str, engine: Any, before: Any, folder: Any) -> int:
        kept = archiving.archives()[service]
        with engine.begin() as connection:
            ids, copies = archive.oldest(connection, kept, before, archiving.AT_ONCE)
            if ids:
                archive.remove(connection, kept, ids)
        if ids:
            archiving._write(folder, service, copies)
        return len(ids)

    stack.enter_context(patch.object(archiving, "_move", move))


#: By what is wrong.
ARCHIVING: Mapping[str, Plant] = {
    "the horizon is not looked at": _horizon_not_looked_at,
    "rows are archived before the horizon is committed everywhere": _rows_go_before_the_horizon_is_committed,
    "an order is archived while something is under way": _what_is_under_way_is_archived,
    "the totals are added in a transaction of their own": _totals_in_a_transaction_of_their_own,
    "rows go before their file is written": _rows_go_before_their_file,
}

PLANTS: Mapping[str, Plant] = {
    "positions are not compared": _positions_not_compared,
    "the sweep of deadlines cancels what has ended": _sweep_cancels_what_has_ended,
    "the position moves in a transaction of its own, before the effects": _position_moves_before_the_effects,
    "the reader goes on before the commit": _reader_goes_on_before_the_commit,
    "a batch whose commit failed is forgotten": _failed_commit_is_forgotten,
    "skipped records take unhandled ones of their batch along": _skipped_records_take_others_along,
    "rows are read without FOR UPDATE": _rows_are_not_locked,
    "an insert overwrites what another transaction inserted": _insert_overwrites,
    "the request id is ignored": _request_id_ignored,
    "an event is marked as published in its transaction": _marked_before_it_is_sent,
    "an event is marked as published before its acknowledgement": _marked_before_it_is_acknowledged,
    "what the client concludes is an acknowledgement": _concluded_is_acknowledged,
    "events are published before the commit": _published_before_the_commit,
    "earlier unpublished rows of a key are not sent first": _earlier_rows_forgotten,
    "rows are published newest first": _published_newest_first,
    "nobody sweeps the outbox": _no_sweeper,
    "two events of one decision have one id": _one_id_for_two_events,
    "dead letters block nothing": _dead_letters_block_nothing,
    "a poison record is skipped, not kept": _poison_is_skipped,
    "a header without a value ends the reader": _null_header_ends_the_reader,
    "the record after a poison one is lost": _splitting_loses_a_record,
    "inventory leaves no tombstone": _no_tombstone_in_inventory,
    "payment leaves no tombstone": _no_tombstone_in_payment,
    "the refund is forgotten": _refund_forgotten,
    "inventory ignores the rollback": _rollback_ignored,
    "order does not ask for the rollback": _rollback_not_asked_for,
    "a repeated OrderCreated holds twice": _duplicate_holds_twice,
    "a repeated InventoryReserved charges twice": _duplicate_charges_twice,
    "a rollback of nothing is not answered": _release_not_answered,
    "a cancellation that comes too late wins": _late_cancel_wins,
    "a cancelling order does not wait for shipping": _cancelling_does_not_wait_for_shipping,
    "order counts repeated replies again": _repeated_replies_count_again,
    "an unknown charge is taken for a declined one": _unknown_is_declined,
    "a call that is asked again has another key": _a_fresh_key_each_time,
    "an undo forgets the charge whose answer comes later": _undo_forgets_the_charge_that_comes_later,
    "an undo is told before the charge is known": _undo_is_told_before_it_is_certain,
    "an undo is lost on a charge under way": _undo_is_lost_on_a_charge_under_way,
    "a cancellation wins over a booking under way": _cancel_wins_over_a_booking_under_way,
    "an answer takes effect twice": _answer_takes_effect_twice,
    "a call is closed before its answer takes effect": _call_is_closed_before_its_answer_takes_effect,
    "nobody asks again": _nobody_asks_again,
    **ARCHIVING,
    **{name: plant for name, (_, plant) in SOUGHT.items()},
}
