"""Which service publishes what to which: topics.yaml held against the handlers that are really registered.

An event is drawn from the service that publishes it to each service with a handler for it. It is drawn dotted while no
handler and no API method publishes it: the contract is there, the code is to come.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.catalogue import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from services.chassis.decide.handlers import Handlers


@dataclass(frozen=True, slots=True)
class Answer:
    """A handler: what is read, and what may be published for it.

    Attributes:
        service: Who handles it.
        event: What is read.
        topic: Where.
        sender: Who published it.
        handler: Name of the function.
        publishes: What it may publish.
        module: Where the function is defined.
    """

    service: str
    event: str
    topic: str
    sender: str
    handler: str
    publishes: tuple[str, ...]
    module: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """An API method that publishes, or a timer.

    Attributes:
        service: Whose it is.
        method: Its name.
        publishes: What it may publish.
    """

    service: str
    method: str
    publishes: tuple[str, ...]


def calls() -> list[Call]:
    """Give the API methods that publish: those of every service, as its handlers declare them."""
    return _declared(lambda handlers: handlers.methods)


def timers() -> list[Call]:
    """Give what publishes because a time has come: that of every service, as its handlers declare it."""
    return _declared(lambda handlers: handlers.timers)


def _declared(of: Callable[[Handlers[Any]], Mapping[str, Callable[..., Any]]]) -> list[Call]:
    return [
        Call(service, name, _names(function))
        for service in SERVICES
        for name, function in of(_handlers(service)).items()
    ]


def callers() -> list[str]:
    """Give the services that may ask a remote provider.

    Returns:
        Their names.
    """
    return [service for service in SERVICES if _handlers(service).answers]


def answers() -> list[Answer]:
    """Give the choreography.

    Returns:
        Every handler of every service, in the order of topics.yaml.
    """
    from quadrille.events.topics import TOPICS

    registered = {name: _handlers(name).on for name in SERVICES}
    found = []
    for topic in TOPICS:
        for binding in topic.events:
            for service in SERVICES:
                handler = registered[service].get(binding.event)
                if handler is not None:
                    found.append(
                        Answer(
                            service,
                            binding.event.__name__,
                            topic.name,
                            topic.owner,
                            handler.__name__,
                            _names(handler),
                            handler.__module__,
                        )
                    )
    return found


def _handlers(service: str) -> Handlers[Any]:
    found: Handlers[Any] = importlib.import_module(f"services.{service}.app").HANDLERS
    return found


def _names(handler: Callable[..., Any]) -> tuple[str, ...]:
    from services.chassis.decide.handlers import published_by

    return tuple(sorted(event.__name__ for event in published_by(handler)))


def mermaid(choreography: Sequence[Answer], entries: Sequence[Call], clocks: Sequence[Call] = ()) -> str:
    """Draw the choreography.

    Args:
        choreography: As `answers` gives it.
        entries: As `calls` gives them.
        clocks: As `timers` gives them.

    Returns:
        A Mermaid flowchart; the same text for the same choreography.
    """
    published = {event for entry in (*entries, *clocks) for event in entry.publishes}
    published |= {event for answer in choreography for event in answer.publishes}
    lines = ["flowchart LR", "    caller([caller])"]
    lines += [f"    {service}[{service}]" for service in SERVICES]
    lines += [f'    caller -->|"gRPC {entry.method}"| {entry.service}' for entry in entries]
    if clocks:
        lines.insert(2, "    clock([clock])")
        lines += [f'    clock -->|"{clock.method}"| {clock.service}' for clock in clocks]
    edges: dict[tuple[str, str, bool], list[str]] = {}
    for answer in choreography:
        edge = (answer.sender, answer.service, answer.event in published)
        edges.setdefault(edge, [f"<i>{answer.topic}</i>"]).append(answer.event)
    for (sender, service, real), label in edges.items():
        arrow = "-->" if real else "-.->"
        lines.append(f'    {sender} {arrow}|"{"<br/>".join(label)}"| {service}')
    return "\n".join(lines)
