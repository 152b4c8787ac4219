"""What a service gives to the chassis: pure decisions, the rows they work on, and nothing that can do I/O.

A decision is a function `on_<event>(row, event, context) -> Decision`. It sees the one row that its service keeps for
the event's key (None if there is none yet), the event, and a context: the state of the batch (rows that aggregates
share, and the time). It returns the new row, the events to publish and the calls to make (`calls`). It never sees a
producer or a provider, so neither outbox nor calls can be bypassed. An answer to a call is decided on in the same way:
`on_<call>_answered(row, answer, context) -> Decision`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NoReturn, TypeVar
from uuid import UUID

from quadrille.avro import Event
from quadrille.events.topics import Topic, events_read_by, topic_of, topics_owned_by
from sqlalchemy import Connection

from services.chassis.decide.calls import Call, asked_by
from services.chassis.errors import CannotRebuild, UndeclaredEvent, UnreachableCell

R = TypeVar("R")
E = TypeVar("E", bound=Event)
H = TypeVar("H", bound=Callable[..., Any])


@dataclass(slots=True)
class Received(Generic[E]):
    """One decoded record.

    Attributes:
        event: The event, read with this version's schema.
        key: The record's key: the id of the aggregate that the event speaks of.
        event_id: `ce_id` of the record.
        topic: Where it was read.
        partition: Partition of the topic.
        offset: Offset in the partition.
        traceparent: W3C trace context of the record, if it has one.
    """

    event: E
    key: UUID
    event_id: UUID
    topic: Topic
    partition: int
    offset: int
    traceparent: str | None


@dataclass(slots=True)
class Decision(Generic[R]):
    """What a handler decides.

    Attributes:
        row: The new row of the key; None leaves it as it is.
        events: What is to be published, in order.
        calls: What providers outside are to be asked, once the row is committed.
        why: Why nothing happens, for whoever reads or draws the decisions; empty if something does.
    """

    row: R | None = None
    events: tuple[Event, ...] = ()
    calls: tuple[Call, ...] = ()
    why: str = field(default="", compare=False)


@functools.cache
def no_change(why: str) -> Decision[Any]:
    """Decide that nothing happens.

    Args:
        why: The reason: a constant, for it is kept.

    Returns:
        The empty decision.
    """
    return Decision(why=why)


def unreachable(row: object, event: object) -> NoReturn:
    """Say that no delivery can lead here.

    Args:
        row: The row as it is.
        event: The event, or the outcome of a call, that cannot come.

    Raises:
        UnreachableCell: Always; the record becomes a dead letter.
    """
    raise UnreachableCell(f"{type(event).__name__} cannot come when the row is {row!r}")


B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Rebuild(Generic[B]):
    """How a service makes its rows again from what it has published itself, after its database was restored.

    Attributes:
        load: Loads the batch state for own events, as `Handlers.load` does for those of others.
        on: For each event that the service publishes `(row, event, context, known) -> Decision`: the row as it was when
            the event was published. It publishes nothing. `known` has the events of the key since the backup, those
            that the service had read and those of its own. It raises `CannotRebuild` if something must be mended first.
        explain: Adds to why an event cannot be made a row: what stands in its way, and what a person may do.
        remarks: Says what a person has to know of rows that were made again, as pairs of key and sentence.
    """

    load: Callable[[Connection, Sequence[Received[Any]], datetime], B]
    on: Mapping[type[Event], Callable[..., Decision[Any]]]
    explain: Callable[[Connection, Received[Any], CannotRebuild], str] = lambda _connection, _own, error: str(error)
    remarks: Callable[[B], Sequence[tuple[UUID, str]]] = lambda _state: ()


@dataclass(frozen=True, slots=True)
class Handlers(Generic[B]):
    """A service's choreography: which event is answered by which decision.

    Attributes:
        service: The service's name, as topics.yaml has it.
        load: Loads the batch state for the records of a batch, and locks their rows.
        on: The decision for each event that topics.yaml gives to the service.
        announce: Called with the keys of a batch after its commit, outside any transaction; None for nothing.
        methods: API methods that publish, by name: the function that declares what.
        timers: What publishes because a time has come, by name: the function that declares what.
        answers: The decision for the answer to each type of call that a decision of the service asks.
        local: Answers a call in the transaction that asks it; None from it says that the provider is outside. None: all
            providers are.
        committed: Told of each record and its decision, in order, after the commit: counts them. None for nothing.
        rebuild: How its rows are made again from its own events; None if they cannot be.
        record_only: Events that are only recorded, and that others of the same aggregate follow: they may linger for a
            moment. Their handlers publish and ask nothing, so nobody waits for them.
    """

    service: str
    load: Callable[[Connection, Sequence[Any], datetime], B]
    on: Mapping[type[Event], Callable[..., Decision[Any]]]
    announce: Callable[[Connection, Sequence[UUID]], None] | None = None
    methods: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    timers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    answers: Mapping[type[Call], Callable[..., Decision[Any]]] = field(default_factory=dict)
    local: Callable[[Any, Call], object | None] | None = None
    rebuild: Rebuild[Any] | None = None
    committed: Callable[[Sequence[tuple[Received[Any], Decision[Any]]]], None] | None = None
    record_only: frozenset[type[Event]] = frozenset()

    @property
    def latency_critical(self) -> frozenset[str]:
        """Full names of the events that never wait for others."""
        return frozenset(event.SCHEMA.full_name for event in set(self.on) - self.record_only)

    def __post_init__(self) -> None:
        """Hold the handlers against topics.yaml.

        Raises:
            UndeclaredEvent: A handler is missing or too many, or declares an event of another service.
        """
        given = set(events_read_by(self.service).values())
        for event in given ^ set(self.on):
            raise UndeclaredEvent(
                f"{event.__name__}: topics.yaml {'gives' if event in given else 'does not give'} it to {self.service}, "
                f"and {self.service} has {'no' if event in given else 'a'} handler for it"
            )
        for handler in (*self.on.values(), *self.methods.values(), *self.timers.values(), *self.answers.values()):
            for event in published_by(handler):
                if topic_of(event).owner != self.service:
                    raise UndeclaredEvent(
                        f"{handler.__name__} publishes {event.__name__}, which belongs to {topic_of(event).owner}"
                    )
        for event in self.record_only:
            noting = self.on.get(event)
            if noting is None or published_by(noting) or asked_by(noting):
                raise UndeclaredEvent(f"{self.service} only records {event.__name__}, and must read and not answer it")
        self._check_answers()
        self._check_rebuild()

    def _check_rebuild(self) -> None:
        if self.rebuild is None:
            return
        own = {binding.event for topic in topics_owned_by(self.service) for binding in topic.events}
        for event in own ^ set(self.rebuild.on):
            raise UndeclaredEvent(
                f"{event.__name__}: {self.service} {'publishes' if event in own else 'does not publish'} it, and "
                f"{'nothing says' if event in own else 'its rebuild says'} how a row is made again from it"
            )

    def _check_answers(self) -> None:
        asked = {call for handler in (*self.on.values(), *self.answers.values()) for call in asked_by(handler)}
        for call in asked ^ set(self.answers):
            raise UndeclaredEvent(
                f"{call.__name__}: {self.service} {'asks' if call in asked else 'never asks'} it, and has "
                f"{'no' if call in asked else 'a'} decision for its answer"
            )
        names = [call.operation for call in self.answers]
        for name in names:
            if names.count(name) > 1:
                raise UndeclaredEvent(f"two calls of {self.service} have the operation {name}")
        declared = {event for handler in self.on.values() for event in published_by(handler)}
        for answer in self.answers.values():
            for event in published_by(answer) - declared:
                raise UndeclaredEvent(
                    f"{answer.__name__} publishes {event.__name__}, and no handler whose calls lead to it declares it"
                )


def publishes(*events: type[Event]) -> Callable[[H], H]:
    """Declare which events a handler may return. `quadrille flow` draws it; the chassis holds the handler to it.

    A handler in `Handlers.on` that asks something outside declares what the answers lead to as well: whoever waits for
    its answer waits for those.

    Args:
        *events: The event types.

    Returns:
        A decorator that leaves the function as it is.
    """

    def declare(handler: H) -> H:
        setattr(handler, "__publishes__", frozenset(events))  # noqa: B010
        return handler

    return declare


def published_by(handler: Callable[..., Any]) -> frozenset[type[Event]]:
    """Tell what a handler declares to publish.

    Args:
        handler: A handler.

    Returns:
        The event types; empty if it declares none.
    """
    declared: frozenset[type[Event]] = getattr(handler, "__publishes__", frozenset())
    return declared
