"""The unit of work: what the decisions of one transaction leave, and the order in which it is written.

    decide -> rows (the batch state) -> messages -> outbox, calls to remote providers

Whatever decides uses it: batches of records, replays, answers of remote providers, and requests of callers.

Invariants:

- A decision leaves its rows, its messages and its calls, or nothing at all: a record whose handler raises is undone,
  and where another decision raises the transaction is rolled back.
- A handler publishes what it declares, of the aggregate that it decides on, and leaves a row of it.
- Messages are written after the rows, whose locks keep the messages of an aggregate in the order of their commits.
- A provider that is here answers before the rows are written. One that is remote is asked after the commit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from quadrille.avro import Event
from quadrille.events.topics import topic_of
from sqlalchemy import Connection

from services.chassis.decide.calls import Answer, Call, Opened, asked_by
from services.chassis.decide.handlers import Decision, Handlers, Received, published_by
from services.chassis.decide.ids import derived
from services.chassis.decide.state import BatchState
from services.chassis.errors import UndeclaredEvent
from services.chassis.tables import open_calls, outbox
from services.chassis.wire.messages import message
from telemetry import spans

log = logging.getLogger(__name__)

Decided = list[tuple[Received[Any], Decision[Any]]]


class Subject(Protocol):
    """What is decided on: a record, an answer, a request."""

    @property
    def key(self) -> UUID:
        """The aggregate."""


class UnitOfWork:
    """Decisions of one transaction.

    Attributes:
        state: The rows.
        messages: What is to be published, in order.
        opened: The calls that are to be made to a remote provider after the commit.
        decided: The records that were decided on, each with its decision.
    """

    def __init__(self, handlers: Handlers[Any], state: BatchState[Any]) -> None:
        """Begin with nothing decided.

        Args:
            handlers: The service's handlers.
            state: The rows that are decided on, loaded and locked.
        """
        self._handlers = handlers
        self.state = state
        self.messages: list[outbox.Message] = []
        self.opened: list[Opened] = []
        self.decided: Decided = []

    def decide(self, record: Received[Any]) -> None:
        """Decide on a record. If that raises, the record has left nothing, and the next one may be decided on.

        Args:
            record: The record.

        Raises:
            UndeclaredEvent: The handler returned an event or a call that it may not return.
            Exception: Whatever the handler raised.
        """
        handler = self._handlers.on[type(record.event)]
        try:
            decision: Decision[Any] = handler(self.state.row(record.key), record.event, self.state)
            self.add(handler, record, decision, cause=record.event_id, traceparent=record.traceparent)
        except Exception:
            self.state.undo()
            raise
        self.decided.append((record, decision))
        if log.isEnabledFor(logging.DEBUG):
            _log_decision(record, decision)

    def answer(self, opened: Opened, outcome: object) -> None:
        """Decide on the answer to a call.

        Args:
            opened: The call.
            outcome: What the provider answered.

        Raises:
            UndeclaredEvent: As for `add`.
            Exception: Whatever the handler raised. The transaction has to be rolled back.
        """
        answer = Answer(opened.call, outcome)
        handler, decision = self._decide_on_answer(answer)
        self.add(handler, answer, decision, cause=opened.id, traceparent=opened.traceparent)

    def add(
        self,
        handler: Callable[..., Any],
        subject: Subject,
        decision: Decision[Any],
        *,
        cause: UUID,
        traceparent: str | None,
        first_ordinal: int = 0,
    ) -> None:
        """Add a decision.

        Args:
            handler: What decided.
            subject: What it decided on.
            decision: The decision.
            cause: What the ids of the events derive from.
            traceparent: W3C trace context of the cause.
            first_ordinal: The number of the first event among those of the cause.

        Raises:
            UndeclaredEvent: The handler returned an event that it may not return, or an answer led to such a one. The
                transaction has to be rolled back, or the state undone.
        """
        self.state.apply(subject, decision)
        events: Sequence[Event] = decision.events
        opened: list[Opened] = []
        if decision.calls:
            events = [*events, *self._follow(decision.calls, cause, traceparent, opened)]
        self._validate(handler, subject.key, events)
        messages = [
            message(event, self._handlers.service, cause=cause, ordinal=ordinal, traceparent=traceparent)
            for ordinal, event in enumerate(events, first_ordinal)
        ]
        # From here on nothing raises: the decision stands.
        self.state.keep()
        self.messages += messages
        self.opened += opened

    def write(self, connection: Connection, held: timedelta | None = None) -> Sequence[outbox.Row]:
        """Write what the decisions left.

        Args:
            connection: In the transaction that loaded the state.
            held: For how long the caller keeps the calls that are opened to itself; None if anybody may make them.

        Returns:
            What is to be published after the commit.
        """
        self.write_rows(connection)
        return self.write_messages(connection, held)

    def write_rows(self, connection: Connection) -> None:
        """Write the rows: the first half of `write`."""
        self.state.save(connection)

    def write_messages(self, connection: Connection, held: timedelta | None) -> Sequence[outbox.Row]:
        """Write messages and calls: the second half of `write`."""
        was_loaded = self.state.rows.was_loaded
        new = {message.key for message in self.messages if not was_loaded(message.key)}
        rows = outbox.append(connection, self.messages, new=new)
        open_calls.add(connection, self.opened, held=held)
        return rows

    def _follow(self, calls: Sequence[Call], cause: UUID, traceparent: str | None, opened: list[Opened]) -> list[Event]:
        """Have calls answered that can be answered here, and open the others. Gives what the answers publish."""
        handlers = self._handlers
        events: list[Event] = []
        asked = list(calls)
        for call in asked:  # grows: an answer may lead to another call
            outcome = handlers.local(self.state, call) if handlers.local is not None else None
            if outcome is None:
                id_ = derived(f"{handlers.service}.calls", cause, len(opened))
                opened.append(Opened(id_, call, call.idempotency_key, traceparent))
                continue
            answer = Answer(call, outcome)
            handler, decision = self._decide_on_answer(answer)
            self.state.apply(answer, decision)
            self._validate(handler, call.key, decision.events)
            events += decision.events
            asked += decision.calls
        return events

    def _decide_on_answer(self, answer: Answer[Any, Any]) -> tuple[Callable[..., Any], Decision[Any]]:
        handler = self._handlers.answers[type(answer.call)]
        decision: Decision[Any] = handler(self.state.row(answer.key), answer, self.state)
        for call in decision.calls:
            if type(call) not in asked_by(handler):
                raise UndeclaredEvent(f"{handler.__name__} asks {type(call).__name__} and does not declare it")
        return handler, decision

    def _validate(self, handler: Callable[..., Any], key: UUID, events: Sequence[Event]) -> None:
        """Hold a handler to what it may publish.

        The outbox stands on the last check: the row's lock keeps the events in order, and without a row there is none.
        """
        declared = published_by(handler)
        for event in events:
            kind = type(event)
            if kind not in declared:
                raise UndeclaredEvent(f"{handler.__name__} returned {kind.__name__} and does not declare it")
            about = getattr(event, topic_of(kind).key)
            if about != key:
                raise UndeclaredEvent(f"{handler.__name__} decides on {key}, and returned {kind.__name__} of {about}")
        if events and self.state.row(key) is None:
            raise UndeclaredEvent(
                f"{handler.__name__} returned {type(events[0]).__name__}, and no row of {key} to keep"
            )


def _log_decision(record: Received[Any], decision: Decision[Any]) -> None:
    log.debug(
        "decided",
        extra={
            record.topic.key: str(record.key),
            "event": type(record.event).__name__,
            "event_id": str(record.event_id),
            "changed": decision.row is not None,
            "published": [type(event).__name__ for event in decision.events],
            **spans.ids(record.traceparent),
        },
    )
