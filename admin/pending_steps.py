"""What an order waits for, and what may follow: derived from its timeline and the choreography that handlers declare.

Nothing here names an event. The keeper of the timeline (the order service) has put questions to others by publishing
events in the order's present state: those questions, and what came of them, say who has to act. A question is answered
once an event that its handler declares is on the timeline, or one that can only follow from it (replies come by several
topics, and one may overtake another). An ending that has overtaken a reply waits for that reply: whatever led to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from admin.choreography import Answer
from admin.order_states import state_name
from admin.times import format_duration

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order

KEEPER = "order"


@dataclass(frozen=True, slots=True)
class Seen:
    """A step of a timeline.

    Attributes:
        event: The event's name.
        service: Who published it.
        state: The order's state after it.
        at: When its service decided it.
    """

    event: str
    service: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something that an order waits for.

    Attributes:
        service: Who has to act.
        events: What it may answer: one of these.
        after: The event that it answers; where a reply was overtaken, the event that came first.
        since: Since when.
    """

    service: str
    events: tuple[str, ...]
    after: str
    since: datetime

    def seconds(self, now: datetime) -> float:
        """Tell for how long it has been waited for.

        Args:
            now: The time.
        """
        return max(0.0, (now - self.since).total_seconds())


@dataclass(frozen=True, slots=True)
class Following:
    """A step that may come later.

    Attributes:
        service: Who takes it.
        after: The event that it follows.
        events: What it may publish; empty if it ends there.
    """

    service: str
    after: str
    events: tuple[str, ...]


def awaited(choreography: Sequence[Answer], *, state: str, settled: bool, steps: Sequence[Seen]) -> list[Awaited]:
    """Derive what an order waits for.

    Args:
        choreography: As `admin.choreography.answers` gives it.
        state: The order's state.
        settled: Whether nothing more is to come.
        steps: Its timeline, in order.

    Returns:
        One for each service that has to act; empty if the order is settled.
    """
    if settled:
        return []
    seen = {step.event: step for step in steps}
    others = [answer for answer in choreography if answer.service != KEEPER and answer.publishes]
    found: dict[str, Awaited] = {}

    def follow(event: str, since: datetime) -> None:
        for answer in others:
            if answer.event != event:
                continue
            come = [name for name in answer.publishes if not seen.keys().isdisjoint({name, *_after(others, name)})]
            for name in come:
                follow(name, seen[name].at if name in seen else since)
            if not come:
                events = (*answer.publishes, *_instead(choreography, answer, seen.keys()))
                found[answer.service] = Awaited(answer.service, events, event, since)

    for step in steps:
        if step.service == KEEPER and step.state == state:
            follow(step.event, step.at)
    return list(found.values()) or _overtaken(others, seen)


def _instead(choreography: Sequence[Answer], question: Answer, seen: Set[str]) -> list[str]:
    """Give what may come from a service instead of an answer, because it had decided something else first.

    That is an event of its own on which the keeper goes another way, and has not yet; but not the answer to something
    that only the keeper can have asked, and has not.
    """
    ways = {answer.event: answer.publishes for answer in choreography if answer.service == KEEPER}
    return [
        event
        for other in choreography
        if other.service == question.service and other.event != question.event
        if other.sender != KEEPER or other.event in seen
        for event in other.publishes
        if event not in seen and ways.get(event) and seen.isdisjoint(ways[event])
    ]


def _after(others: Sequence[Answer], event: str) -> set[str]:
    """Give all that can only follow from an event. No circle is without the keeper, so this ends."""
    following: set[str] = set()
    for answer in others:
        if answer.event == event:
            for name in answer.publishes:
                following |= {name} | _after(others, name)
    return following


def _overtaken(others: Sequence[Answer], seen: dict[str, Seen]) -> list[Awaited]:
    """Find replies that must have been given, since something came that follows from them."""
    found: dict[str, Awaited] = {}
    reached = [(step.event, step) for step in seen.values()]
    for event, step in reached:  # grows: a reply that was overtaken may follow from another one
        for answer in others:
            if event in answer.publishes and answer.event not in seen and answer.sender not in found:
                found[answer.sender] = Awaited(answer.sender, (answer.event,), step.event, step.at)
                reached.append((answer.event, step))
    return list(found.values())


def following(choreography: Sequence[Answer], waits: Iterable[Awaited], seen: Iterable[str]) -> list[Following]:
    """Derive which steps may remain once what is waited for has come.

    Args:
        choreography: As `admin.choreography.answers` gives it.
        waits: As `awaited` gives it.
        seen: Names of the events of the timeline.

    Returns:
        The steps, nearest first. They are alternatives: only one of the awaited events of a service comes.
    """
    past = set(seen)
    found: dict[tuple[str, str], Following] = {}
    reached = [name for wait in waits for name in wait.events]
    for event in reached:  # grows as steps are found
        for answer in choreography:
            key = (answer.service, event)
            events = tuple(name for name in answer.publishes if name not in past)
            notes_it_only = not answer.publishes and answer.service == KEEPER
            answered = bool(answer.publishes) and not events
            if answer.event != event or key in found or notes_it_only or answered:
                continue
            found[key] = Following(answer.service, event, events)
            reached += [name for name in events if name not in reached]
    return list(found.values())


def seen_of(order: Order) -> list[Seen]:
    """Read a timeline.

    Args:
        order: As GetOrder gives it.

    Returns:
        Its steps.
    """
    return [
        Seen(step.event, step.service, state_name(step), step.occurred_at.ToDatetime(tzinfo=UTC))
        for step in order.timeline
    ]


def awaited_by(order: Order) -> list[Awaited]:
    """Derive what an order waits for.

    Args:
        order: As GetOrder gives it.

    Returns:
        As `awaited`.
    """
    from admin.choreography import answers

    return awaited(answers(), state=state_name(order), settled=order.settled, steps=seen_of(order))


def overdue_seconds(order: Order, now: datetime) -> float:
    """Tell how far an order is past its deadline.

    Args:
        order: The order.
        now: The time.

    Returns:
        Seconds; below zero if the deadline is still to come.
    """
    return (now - order.deadline_time.ToDatetime(tzinfo=UTC)).total_seconds()


def format_deadline(order: Order, now: datetime) -> str:
    """Write how far away an order's deadline is: `in 12 min`, or `3.5 h ago`.

    Args:
        order: The order.
        now: The time.
    """
    late = overdue_seconds(order, now)
    return f"{format_duration(abs(late))} ago" if late > 0 else f"in {format_duration(abs(late))}"


def to_json(order: Order, now: datetime) -> dict[str, Any]:
    """Give what `quadrille get --json` says beside the order itself.

    Args:
        order: As GetOrder gives it.
        now: The time.

    Returns:
        `awaits`, `remaining` and `overdue_seconds`; the last is zero for an order that is settled or not late.
    """
    from admin.choreography import answers

    waits = awaited_by(order)
    return {
        "awaits": [
            {
                "service": wait.service,
                "events": list(wait.events),
                "after": wait.after,
                "since": wait.since.isoformat(),
                "seconds": round(wait.seconds(now), 3),
            }
            for wait in waits
        ],
        "remaining": [
            {"service": step.service, "after": step.after, "events": list(step.events)}
            for step in following(answers(), waits, [step.event for step in order.timeline])
        ],
        "overdue_seconds": 0.0 if order.settled else round(max(0.0, overdue_seconds(order, now)), 3),
    }


def format_awaited(wait: Awaited, now: datetime) -> str:
    """Write what is waited for, in a line.

    Args:
        wait: What is waited for.
        now: The time.
    """
    since, waited = f"{wait.since:%H:%M:%S}", format_duration(wait.seconds(now))
    return f"{wait.service}: {' or '.join(wait.events)}, after {wait.after} at {since} ({waited})"
