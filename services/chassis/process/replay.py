"""Replaying and dropping dead letters.

Invariants:

- A letter is replayed as the record it was: its original bytes and headers, so the same event id; today's reader and
  today's handlers. Its effect, its state and the row that says who and why are one transaction; its events are
  published after the commit.
- Letters of a key go in order, beginning with the first open one. The first that fails again stops its key: it stays
  open with the new error, it and all behind it have changed nothing.
- A letter that only waited goes as soon as nothing is before it, whether it was asked for or not.
- A letter that was tried has a `process` span in the trace of its record, linked to the call that asked for it. A dry
  run leaves none.
- The key's lock is held from the look at the letters to the commit; `deadletters` says what follows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from quadrille.events.topics import TOPICS
from sqlalchemy import Connection, Engine

from services.chassis.backoff import Backoff
from services.chassis.decide.handlers import Decision, Handlers, Received
from services.chassis.errors import Conflict, Retryable, Undecodable, classified, original
from services.chassis.observe import tracing
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.continuity import Deciding
from services.chassis.process.effects import Inbound, Waiting, take_effect
from services.chassis.process.transaction import announce
from services.chassis.tables import dead_letters, outbox
from services.chassis.tables.dead_letters import WAITING, OperatorRequest, Stored
from services.chassis.wire.decoder import Decoder
from services.chassis.wire.record import record_of_letter
from telemetry import spans

log = logging.getLogger(__name__)

#: Keys, and letters, that share a transaction.
KEYS_AT_ONCE = 50
LETTERS_AT_ONCE = 500
CONFLICTS_TOLERATED = 5
CONFLICT = Backoff(first_seconds=0.05, longest_seconds=2.0)

REPLAYED, FAILED, BEHIND, DROPPED = "REPLAYED", "FAILED", "BEHIND", "DROPPED"
_TOPICS = {topic.name: topic for topic in TOPICS}

#: What is done in a transaction, with what takes the spans of its letters, if they are traced.
Work = Callable[[Connection, ExitStack | None], tuple[list["Result"], list[outbox.Row]]]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a letter.

    Attributes:
        id: The letter.
        aggregate: Its key, if that is an id.
        outcome: REPLAYED, FAILED, BEHIND or DROPPED.
        error: Why it failed again; None if it did not.
        decided: The record with its decision, if it took effect.
    """

    id: int
    aggregate: UUID | None
    outcome: str
    error: BaseException | None = None
    decided: tuple[Received[Any], Decision[Any]] | None = field(default=None, compare=False, repr=False)


class Replayer:
    """Replays and drops dead letters of one service. Any number of threads and processes may do so at once."""

    def __init__(
        self,
        engine: Engine | Deciding,
        handlers: Handlers[Any],
        decoder: Decoder,
        publish: Callable[[Sequence[outbox.Row]], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            handlers: The service's handlers.
            decoder: Reads the letters' bytes.
            publish: Takes outbox rows after their commit.
            clock: Gives the time.
        """
        self._engine = engine
        self._handlers = handlers
        self._decoder = decoder
        self._publish = publish
        self._clock = clock

    def replay(self, selected: Sequence[Stored], request: OperatorRequest, *, dry_run: bool = False) -> list[Result]:
        """Let letters take effect, and those that only waited behind them.

        Args:
            selected: The letters; those that are no longer open by now are left alone.
            request: Who asks, and why.
            dry_run: Try all of it, and take all of it back. Every 50 keys are tried for themselves.

        Returns:
            What became of each, in the order of their ids.

        Raises:
            Retryable: It cannot be done now. What was committed before stays; ask again for the rest.
        """
        run = _Run(self, frozenset(letter.id for letter in selected), request, dry_run=dry_run)
        return run.finish(selected)

    def drop(self, selected: Sequence[Stored], request: OperatorRequest, *, dry_run: bool = False) -> list[Result]:
        """Give letters up, and let those that only waited behind them take effect.

        Args:
            selected: As for `replay`.
            request: Who asks, and why.
            dry_run: As for `replay`.

        Returns:
            As for `replay`.

        Raises:
            Retryable: As for `replay`.
        """
        run = _Run(self, frozenset(), request, dry_run=dry_run, dropping=frozenset(letter.id for letter in selected))
        return run.finish(selected)

    def read(self, letter: Stored) -> Inbound:
        """Read a letter as the record it was.

        Args:
            letter: The letter.

        Returns:
            The record; its `error` says why it cannot be decoded.

        Raises:
            Retryable: The registry cannot be asked for the writer's schema now.
        """
        topic = _TOPICS.get(letter.topic)
        record = record_of_letter(letter)
        received, error = None, None
        try:
            if topic is None:
                raise Undecodable(f"topics.yaml has no topic {letter.topic} any more")  # noqa: TRY301
            received = self._decoder.decode(topic, letter.partition, letter.offset, record)
        except Undecodable as undecodable:
            error = undecodable
        return Inbound(topic or TOPICS[0], "", letter.partition, letter.offset, record, received, error)

    def attempt(self, work: Work, *, dry_run: bool) -> list[Result]:
        """Do work in one transaction, and publish after its commit. A conflict with another transaction is tried again.

        Args:
            work: Gives what became of letters, and what is to be published; its spans are ended after the commit.
            dry_run: Take all of it back.

        Returns:
            What became of the letters.

        Raises:
            Retryable: It cannot be done now.
            Exception: Whatever the work raised.
        """
        for conflicts in range(CONFLICTS_TOLERATED + 1):
            try:
                # The spans are ended once the transaction is, for it is the inner one.
                with ExitStack() as traced, classified(), self._engine.connect() as connection:
                    results, rows = work(connection, None if dry_run else traced)
                    failpoint("replay.before-commit")
                    if dry_run:
                        return results  # what is not committed is taken back
                    connection.commit()
            except Conflict:
                if conflicts == CONFLICTS_TOLERATED:
                    raise
                time.sleep(CONFLICT.seconds(conflicts + 1))
                continue
            failpoint("replay.committed")
            self._publish(rows)
            failpoint("replay.published")
            changed = {result.aggregate for result in results if result.outcome == REPLAYED}
            announce(self._engine, self._handlers, [key for key in changed if key is not None])
            if self._handlers.committed is not None:
                self._handlers.committed([result.decided for result in results if result.decided is not None])
            return results
        raise AssertionError("the last attempt returns or raises")

    def take(
        self, connection: Connection, letters: Sequence[Stored], request: OperatorRequest, traced: ExitStack | None
    ) -> tuple[list[Result], list[outbox.Row]]:
        """Let letters take effect, in the caller's transaction.

        Args:
            connection: The transaction; it holds the locks of the letters' keys.
            letters: Open letters, those of a key in order, from its first open one on.
            request: Who asks, and why.
            traced: Takes the letters' spans, and is left after the commit; None for none.

        Returns:
            What became of those that were tried, and what is to be published.
        """
        batch = [self.read(letter) for letter in letters]
        failpoint("replay.read")
        received = [inbound.received for inbound in batch if inbound.received is not None]
        failed: dict[int, str] = {}
        if traced is not None:
            failed = traced.enter_context(tracing.processing(received, asked_by=spans.current()))
        taken = take_effect(connection, self._handlers, self._clock(), batch, ())
        failpoint("replay.decided")
        dead = {id(inbound): error for inbound, error in taken.dead}
        failed.update((id(inbound.received), type(error).__name__) for inbound, error in taken.dead)
        decisions = {id(record): (record, decision) for record, decision in taken.decided}
        results = []
        for letter, inbound in zip(letters, batch, strict=True):
            error = dead.get(id(inbound))
            if error is None:
                decided = decisions.get(id(inbound.received))
                results.append(Result(letter.id, letter.aggregate, REPLAYED, decided=decided))
            elif not isinstance(error, Waiting):
                dead_letters.fail_again(connection, letter.id, error, request)
                results.append(Result(letter.id, letter.aggregate, FAILED, error))
        dead_letters.finish(connection, [r.id for r in results if r.outcome == REPLAYED], REPLAYED, request)
        return results, list(taken.rows)

    def still_open(self, ids: Sequence[int]) -> list[Stored]:
        """Look letters up again.

        Args:
            ids: Which.

        Returns:
            Those that are open.
        """
        with self._engine.connect() as connection:
            return dead_letters.page(connection, after=0, limit=len(ids), state="OPEN", ids=ids)


class _Run:
    """One request to replay or drop."""

    def __init__(
        self,
        replayer: Replayer,
        chosen: frozenset[int],
        request: OperatorRequest,
        *,
        dry_run: bool,
        dropping: frozenset[int] = frozenset(),
    ) -> None:
        self._replayer = replayer
        self._chosen = chosen
        self._request = request
        self._dry_run = dry_run
        self._dropping = dropping
        self._results: dict[int, Result] = {}

    def finish(self, selected: Sequence[Stored]) -> list[Result]:
        keys = list(dict.fromkeys(letter.aggregate for letter in selected if letter.aggregate is not None))
        keyless = [letter.id for letter in selected if letter.aggregate is None]
        for chunk in _chunks(keyless, KEYS_AT_ONCE):
            self._note(self._replayer.attempt(partial(self._keyless, ids=chunk), dry_run=self._dry_run))
        for keys_ in _chunks(keys, KEYS_AT_ONCE):
            if self._dropping and not self._dry_run:
                # By itself: it holds even if what waited behind cannot take effect now.
                self._note(self._replayer.attempt(partial(self._drop_alone, keys=keys_), dry_run=False))
            self._drain(keys_)
        missing = [letter.id for letter in selected if letter.id not in self._results]
        for letter in self._replayer.still_open(missing) if missing else ():
            self._results[letter.id] = Result(letter.id, letter.aggregate, BEHIND)
        return [self._results[id_] for id_ in sorted(self._results)]

    def _note(self, results: Iterable[Result]) -> None:
        self._results.update((result.id, result) for result in results)

    def _drop(self, connection: Connection, keys: Sequence[UUID]) -> list[Result]:
        dead_letters.lock(connection, keys)
        failpoint("drop.locked")
        mine = {
            letter.id: letter.aggregate
            for letter in dead_letters.page(
                connection, after=0, limit=len(self._dropping), state="OPEN", ids=sorted(self._dropping)
            )
            if letter.aggregate in keys
        }
        gone = dead_letters.finish(connection, mine, DROPPED, self._request)
        failpoint("drop.finished")
        return [Result(id_, mine[id_], DROPPED) for id_ in gone]

    def _drop_alone(
        self, connection: Connection, _traced: ExitStack | None, keys: Sequence[UUID]
    ) -> tuple[list[Result], list[outbox.Row]]:
        return self._drop(connection, keys), []

    def _keyless(
        self, connection: Connection, traced: ExitStack | None, ids: Sequence[int]
    ) -> tuple[list[Result], list[outbox.Row]]:
        letters = dead_letters.open_without_key(connection, ids)
        if self._dropping:
            gone = dead_letters.finish(connection, [letter.id for letter in letters], DROPPED, self._request)
            return [Result(id_, None, DROPPED) for id_ in gone], []
        return self._replayer.take(connection, letters, self._request, traced)

    def _drain(self, keys: Collection[UUID], at_once: int = LETTERS_AT_ONCE) -> None:
        """Replay what may go of keys, until nothing may. What fails in the database is found by splitting."""
        going = list(keys)
        while going:
            full = False
            looked_at: set[UUID | None] = set()

            def work(
                connection: Connection, traced: ExitStack | None, keys: Sequence[UUID] = going
            ) -> tuple[list[Result], list[outbox.Row]]:
                nonlocal full, looked_at
                dropped = self._drop(connection, keys) if self._dropping and self._dry_run else []
                dead_letters.lock(connection, keys)
                letters = dead_letters.open_of(connection, keys, limit=at_once)
                full = len(letters) == at_once
                looked_at = {letter.aggregate for letter in letters}
                results, rows = self._replayer.take(connection, self._may_go(letters), self._request, traced)
                return [*dropped, *results], rows

            try:
                results = self._replayer.attempt(work, dry_run=self._dry_run)
            except Retryable:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, one of these letters brings it about
                if len(going) > 1:
                    half = len(going) // 2
                    self._drain(going[:half], at_once)
                    self._drain(going[half:], at_once)
                elif at_once > 1:
                    self._drain(going, 1)
                else:
                    self._fail(going[0], original(error))
                return
            self._note(results)
            if not full or self._dry_run:
                # A dry run has changed nothing, so a second look would find the same letters.
                return
            went = {result.aggregate for result in results if result.outcome == REPLAYED}
            failed = {result.aggregate for result in results if result.outcome == FAILED}
            going = [key for key in going if key not in failed and (key in went or key not in looked_at)]

    def _fail(self, key: UUID, error: BaseException) -> None:
        def work(connection: Connection, _traced: ExitStack | None) -> tuple[list[Result], list[outbox.Row]]:
            dead_letters.lock(connection, [key])
            first = self._may_go(dead_letters.open_of(connection, [key], limit=1))
            for letter in first:
                dead_letters.fail_again(connection, letter.id, error, self._request)
            return [Result(letter.id, key, FAILED, error) for letter in first], []

        self._note(self._replayer.attempt(work, dry_run=self._dry_run))

    def _may_go(self, letters: Iterable[Stored]) -> list[Stored]:
        stopped: set[UUID | None] = set()
        going = []
        for letter in letters:
            if letter.aggregate in stopped:
                continue
            if letter.id in self._chosen or letter.error_type == WAITING:
                going.append(letter)
            else:
                stopped.add(letter.aggregate)
        return going


def _chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
