"""Calls of a decision: answered at once where the provider is here, opened where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from quadrille.avro import Event

from services.chassis.decide.calls import Answer, Call, Opened, asked_by
from services.chassis.decide.handlers import BatchState, Decision, Handlers, validate
from services.chassis.decide.ids import derived
from services.chassis.errors import UndeclaredEvent


def follow(
    handlers: Handlers[Any],
    books: BatchState[Any],
    calls: Sequence[Call],
    *,
    cause: UUID,
    traceparent: str | None,
    opened: list[Opened],
) -> list[Event]:
    """Let calls that can be answered here be answered, and open the others.

    Args:
        handlers: The service's handlers.
        books: The rows; they have taken the decision in that asks, and take those in that the answers lead to.
        calls: What the decision asks.
        cause: Id of the record, or of the call, that was decided on.
        traceparent: Its trace context.
        opened: Takes the calls that are to be asked outside.

    Returns:
        What the answers that were given here publish, in order.

    Raises:
        UndeclaredEvent: An answer's decision returned an event or a call that it does not declare.
    """
    events: list[Event] = []
    asked = list(calls)
    count = 0
    for call in asked:  # grows: an answer may lead to another call
        outcome = handlers.local(books, call) if handlers.local is not None else None
        if outcome is None:
            id_ = derived(f"{handlers.service}.calls", cause, count)
            opened.append(Opened(id_, call, call.idempotency_key, traceparent))
            count += 1
            continue
        decision = apply_answer(handlers, books, Answer(call, outcome))
        events += decision.events
        asked += decision.calls
    return events


def apply_answer(handlers: Handlers[Any], books: BatchState[Any], answer: Answer[Any, Any]) -> Decision[Any]:
    """Decide on an answer.

    Args:
        handlers: The service's handlers.
        books: The rows; they take the decision in.
        answer: The answer.

    Returns:
        The decision. Its calls have not been followed yet.

    Raises:
        UndeclaredEvent: It returned a call that it does not declare, or an event; see `validate`.
        Exception: Whatever it raised.
    """
    handler = handlers.answers[type(answer.call)]
    decision: Decision[Any] = handler(books.row(answer.key), answer, books)
    for call in decision.calls:
        if type(call) not in asked_by(handler):
            raise UndeclaredEvent(f"{handler.__name__} asks {type(call).__name__} and does not declare it")
    books.apply(answer, decision)
    validate(handler, books, answer.key, decision.events)
    return decision
