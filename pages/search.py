"""What the search box finds: one entry for each name that has a place on the pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from pages.events import EventView, TypeView
from pages.protos import MessageView, PackageView, api_href
from pages.telling import type_href
from registry.topics import TopicSpec


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be found.

    Attributes:
        name: What it is called.
        kind: What it is: `event`, `field`, `method`, ...
        within: What it belongs to; empty for nothing.
        href: Where it is, from the root of the pages.
        doc: Its description.
    """

    name: str
    kind: str
    within: str
    href: str
    doc: str


def entries(
    events: Iterable[EventView],
    types: Iterable[TypeView],
    topics: Iterable[TopicSpec],
    services: Iterable[str],
    packages: Iterable[PackageView],
) -> tuple[Entry, ...]:
    """List what can be found.

    Args:
        events: The events.
        types: The shared types.
        topics: The topics.
        services: The services.
        packages: The gRPC API.

    Returns:
        The entries, by name without regard to case.
    """
    found = [
        *(Entry(name, "service", "", f"services/{name}.html", "") for name in services),
        *(Entry(topic.name, "topic", topic.owner, f"topics.html#{topic.name}", "") for topic in topics),
        *(entry for event in events for entry in _event(event)),
        *(entry for type_ in types for entry in _type(type_)),
        *(entry for package in packages for entry in _package(package)),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.name.lower(), entry.within, entry.href)))


def script(listed: Iterable[Entry]) -> str:
    """Write the index as a script: a page from a file may load one, and may not fetch anything.

    Args:
        listed: The entries.

    Returns:
        JavaScript that sets one global variable.
    """
    rows = ",\n".join(json.dumps(astuple(entry), ensure_ascii=True) for entry in listed)
    return f"window.SEARCH_INDEX = [\n{rows}\n];\n"


def _event(event: EventView) -> Iterator[Entry]:
    yield Entry(event.name, "event", event.topic.name, event.href, event.type.doc)
    for field in event.type.fields:
        yield Entry(field.name, "field", event.name, f"{event.href}#{field.anchor}", field.doc)


def _type(type_: TypeView) -> Iterator[Entry]:
    yield Entry(type_.name, type_.kind, "shared types", type_href(type_.full_name), type_.doc)
    for part in type_.fields:
        yield Entry(part.name, "field", type_.name, f"types.html#{part.anchor}", part.doc)
    for symbol in type_.symbols:
        yield Entry(symbol.name, "symbol", type_.name, f"types.html#{symbol.anchor}", symbol.doc)


def _package(package: PackageView) -> Iterator[Entry]:
    for service in package.services:
        yield Entry(service.name, "gRPC service", package.name, api_href(service.full_name), service.doc)
        for method in service.methods:
            yield Entry(method.name, "method", service.name, api_href(method.full_name), method.doc)
    for type_ in package.types:
        yield from _message(type_, package.name)


def _message(type_: MessageView, package: str) -> Iterator[Entry]:
    yield Entry(type_.name, type_.kind, package, api_href(type_.full_name), type_.doc)
    for member in type_.members:
        kind = "value" if type_.kind == "enum" else "field"
        yield Entry(member.name, kind, type_.name, api_href(member.full_name), member.doc)
