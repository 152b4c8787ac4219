"""What is asked, what comes back, and how decisions declare it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from services.chassis.decide.ids import derived
from services.chassis.errors import Unknown

H = TypeVar("H", bound=Callable[..., Any])
C = TypeVar("C", bound="Call")
O = TypeVar("O")  # noqa: E741 - outcome


@dataclass(frozen=True, slots=True)
class Call:
    """Something that a provider is asked to do, once for each key. Subclasses are frozen dataclasses that say what.

    Their fields are stored as JSON while the call is open: a field that is added later needs a default.

    Attributes:
        operation: What is asked, by a name that no other call of the service has. Stored; never changed.
        key: The aggregate that it is asked for.
    """

    operation: ClassVar[str]
    key: UUID

    @property
    def idempotency_key(self) -> UUID:
        """The same for one operation and one key, however often and by whomever it is asked."""
        return derived(self.operation, self.key, 0)

    @property
    def lane(self) -> str:
        """Whose call it is. A lane whose answers do not come keeps no slot that other lanes need; empty for none."""
        return ""


@dataclass(frozen=True, slots=True)
class Answer(Generic[C, O]):
    """What a provider answered.

    Attributes:
        call: What was asked.
        outcome: The answer.
    """

    call: C
    outcome: O

    @property
    def key(self) -> UUID:
        """The aggregate that it was asked for."""
        return self.call.key


@dataclass(frozen=True, slots=True)
class Opened:
    """A call as it is stored until its answer is recorded.

    Attributes:
        id: Derived from the record that led to it, so that deciding again gives the same. Events that its answer leads
            to derive theirs from it.
        call: What is asked.
        idempotency_key: The key as it was when the call was opened.
        traceparent: W3C trace context of the record.
        attempts: How often it was taken to be asked, this time included.
        opened_at: When; None if it has not been read from the database.
        last_error: Why the last attempt gave no answer; None if there was none.
    """

    id: UUID
    call: Call
    idempotency_key: UUID
    traceparent: str | None
    attempts: int = field(default=1, compare=False)
    opened_at: datetime | None = field(default=None, compare=False)
    last_error: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of asking.

    Attributes:
        opened: The call.
        outcome: The provider's answer; `Unknown` if there is none that can be relied on.
    """

    opened: Opened
    outcome: object | Unknown


class Calling(Protocol):
    """Makes calls outside.

    Attributes:
        held: For how long calls that are handed over are nobody else's.
    """

    held: timedelta

    def hand_over(self, opened: Sequence[Opened]) -> None:
        """Take committed calls, without waiting. Those that are not made in time are found in the database again."""


def asks(*calls: type[Call]) -> Callable[[H], H]:
    """Declare which calls a decision may return.

    Args:
        *calls: The types of calls.

    Returns:
        A decorator that leaves the function as it is.
    """

    def declare(handler: H) -> H:
        setattr(handler, "__asks__", frozenset(calls))  # noqa: B010
        return handler

    return declare


def asked_by(handler: Callable[..., Any]) -> frozenset[type[Call]]:
    """Tell what a decision declares to ask.

    Args:
        handler: A decision.

    Returns:
        The types of calls; empty if it declares none.
    """
    declared: frozenset[type[Call]] = getattr(handler, "__asks__", frozenset())
    return declared
