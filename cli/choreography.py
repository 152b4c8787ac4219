"""Who tells whom what: topics.yaml held against the handlers that are really registered.

An event is drawn from the service that publishes it to each service with a handler for it. It is drawn dotted while no
handler and no API method publishes it: the contract is there, the code is to come.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quadrille.avro import Event

SERVICES = ("order", "inventory", "payment", "shipping")
# What an API method publishes has no handler that could declare it: the method, by the event that it begins with.
ENTRY_POINTS = {"OrderCreated": "PlaceOrder"}


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
    """

    service: str
    event: str
    topic: str
    sender: str
    handler: str
    publishes: tuple[str, ...]


def answers() -> list[Answer]:
    """Give the choreography.

    Returns:
        Every handler of every service, in the order of topics.yaml.
    """
    from quadrille.events.topics import TOPICS

    from services.chassis.handlers import published_by

    registered: dict[str, dict[type[Event], Any]] = {
        name: dict(importlib.import_module(f"services.{name}.app").HANDLERS.on) for name in SERVICES
    }
    found = []
    for topic in TOPICS:
        for binding in topic.events:
            for service in SERVICES:
                handler = registered[service].get(binding.event)
                if handler is not None:
                    published = tuple(sorted(event.__name__ for event in published_by(handler)))
                    found.append(
                        Answer(service, binding.event.__name__, topic.name, topic.owner, handler.__name__, published)
                    )
    return found


def mermaid(choreography: list[Answer]) -> str:
    """Draw the choreography.

    Args:
        choreography: As `answers` gives it.

    Returns:
        A Mermaid flowchart; the same text for the same choreography.
    """
    published = {*ENTRY_POINTS, *(event for answer in choreography for event in answer.publishes)}
    lines = ["flowchart LR", "    caller([caller])"]
    lines += [f"    {service}[{service}]" for service in SERVICES]
    lines += [
        f'    caller -->|"gRPC {method}"| {answer.sender}'
        for event, method in sorted(ENTRY_POINTS.items())
        for answer in choreography
        if answer.event == event
    ]
    edges: dict[tuple[str, str, bool], list[str]] = {}
    for answer in choreography:
        edge = (answer.sender, answer.service, answer.event in published)
        edges.setdefault(edge, [f"<i>{answer.topic}</i>"]).append(answer.event)
    for (sender, service, real), label in edges.items():
        arrow = "-->" if real else "-.->"
        lines.append(f'    {sender} {arrow}|"{"<br/>".join(label)}"| {service}')
    return "\n".join(lines)
