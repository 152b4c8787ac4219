"""The events and shared types, laid out for their pages."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pages.examples import example
from pages.sources import EntryPoint, Handler, Sources
from pages.telling import Piece, is_optional, tell_json, tell_type
from pages.versions import Step, steps
from pages.wire import HEADERS, Header, header_values
from registry.catalogue import NAMESPACE
from registry.model import MISSING, Enum, Fixed, Record, Type, named_parts, split
from registry.topics import TopicSpec


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of a record.

    Attributes:
        name: Its name.
        anchor: Its id on the page.
        type: Its type, for people.
        optional: True if null is allowed.
        default: Its default as JSON; None if it has none.
        doc: Its description.
        nested: What the named type in it consists of, to be opened; None for other types.
    """

    name: str
    anchor: str
    type: tuple[Piece, ...]
    optional: bool
    default: str | None
    doc: str
    nested: TypeView | None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol of an enum."""

    name: str
    anchor: str
    doc: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class TypeView:
    """A record, an enum or a fixed.

    Attributes:
        name: Its simple name.
        full_name: Its full name.
        kind: `record`, `enum` or `fixed`.
        doc: Its description.
        fields: A record's fields.
        symbols: An enum's symbols.
        size: A fixed's length in bytes.
        used_by: Full names of the events that contain it; only on the page of types.
    """

    name: str
    full_name: str
    kind: str
    doc: str
    fields: tuple[FieldView, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    size: int = 0
    used_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventView:
    """An event with everything that its page tells."""

    type: TypeView
    href: str
    path: str
    topic: TopicSpec
    consumers: tuple[str, ...]
    subject: str
    fingerprint: str
    published_by: tuple[Handler, ...]
    begun_by: tuple[EntryPoint, ...]
    read_by: tuple[Handler, ...]
    versions: tuple[Step, ...]
    example: str
    key: str
    headers: tuple[tuple[Header, str], ...]
    schema: str

    @property
    def name(self) -> str:
        """Its simple name."""
        return self.type.name

    @property
    def is_published(self) -> bool:
        """Whether any code publishes it: it may be agreed upon and still to come."""
        return bool(self.published_by or self.begun_by)


def event_href(full_name: str) -> str:
    """Tell where an event's page is.

    Args:
        full_name: The event.

    Returns:
        The address from the root of the pages.
    """
    return f"events/{full_name.removeprefix(f'{NAMESPACE}.')}.html"


def event_views(sources: Sources) -> tuple[EventView, ...]:
    """Lay out the events.

    Args:
        sources: What the pages are made from.

    Returns:
        Each event, in the order of topics.yaml.
    """
    return tuple(
        _event(sources, topic, event.full_name, event.consumers)
        for topic in sources.catalogue.topics
        for event in topic.events
    )


def shared_types(sources: Sources) -> tuple[TypeView, ...]:
    """Lay out the types that are no events.

    Args:
        sources: What the pages are made from.

    Returns:
        Each type, by full name.
    """
    catalogue = sources.catalogue
    events = list(catalogue.subjects.values())
    inside = {name: _names_inside(catalogue.files[name].type) for name in events}
    return tuple(
        type_view(file.type, name, tuple(event for event in events if name in inside[event]))
        for name, file in catalogue.files.items()
        if name not in inside
    )


def type_view(type_: Record | Enum | Fixed, anchor: str, used_by: tuple[str, ...] = ()) -> TypeView:
    """Lay out a named type.

    Args:
        type_: The type.
        anchor: What the ids of its parts begin with.
        used_by: Full names of the events that contain it.

    Returns:
        The view, with what is nested in it.
    """
    name, kind = split(type_.full_name)[1], type(type_).__name__.lower()
    match type_:
        case Record(fields=fields):
            shown = tuple(
                FieldView(
                    item.name,
                    f"{anchor}.{item.name}",
                    tell_type(item.type),
                    is_optional(item.type),
                    None if item.default is MISSING else tell_json(item.default),
                    item.doc,
                    _nested(item.type, f"{anchor}.{item.name}"),
                )
                for item in fields
            )
            return TypeView(name, type_.full_name, kind, type_.doc, fields=shown, used_by=used_by)
        case Enum(symbols=symbols):
            listed = tuple(
                Symbol(symbol, f"{anchor}.{symbol}", type_.symbol_docs.get(symbol, ""), symbol == type_.default)
                for symbol in symbols
            )
            return TypeView(name, type_.full_name, kind, type_.doc, symbols=listed, used_by=used_by)
        case Fixed(size=size):
            return TypeView(name, type_.full_name, kind, type_.doc, size=size, used_by=used_by)


def _nested(type_: Type, anchor: str) -> TypeView | None:
    parts = named_parts(type_)
    # A union of several named types is told by links: their ids on one page would be the same.
    return type_view(parts[0], anchor) if len(parts) == 1 else None


def _names_inside(type_: Type) -> set[str]:
    if not isinstance(type_, Record):
        return set()
    parts = [part for item in type_.fields for part in named_parts(item.type)]
    return {part.full_name for part in parts}.union(*(_names_inside(part) for part in parts))


def _event(sources: Sources, topic: TopicSpec, full_name: str, consumers: tuple[str, ...]) -> EventView:
    catalogue = sources.catalogue
    record, fingerprint = catalogue.event(full_name), catalogue.fingerprint(full_name)
    subject, value = f"{topic.name}-{full_name}", example(record)
    values = header_values(full_name, topic.owner, fingerprint)
    return EventView(
        type=type_view(record, "fields"),
        href=event_href(full_name),
        path=catalogue.files[full_name].path,
        topic=topic,
        consumers=consumers,
        subject=subject,
        fingerprint=fingerprint,
        published_by=tuple(handler for handler in sources.handlers if full_name in handler.publishes),
        begun_by=tuple(entry for entry in sources.entry_points if entry.event == full_name),
        read_by=tuple(handler for handler in sources.handlers if handler.event == full_name),
        versions=steps(sources.history.get(subject, ()), catalogue.texts[full_name], fingerprint),
        example=json.dumps(value, ensure_ascii=False, indent=2),
        key=str(value[topic.key]),
        headers=tuple((header, values[header.name]) for header in HEADERS),
        schema=json.dumps(json.loads(catalogue.texts[full_name]), ensure_ascii=False, indent=2),
    )
