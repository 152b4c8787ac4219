"""What the renderers of all languages share: which events there are, their types in order, and comments."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from codegen.records import in_order
from registry.catalogue import Catalogue
from registry.model import Enum, Named, Primitive, Record, Type, Union, split
from registry.topics import TopicSpec

WIDTH = 112


@dataclass(frozen=True, slots=True)
class Published:
    """An event and where it goes.

    Attributes:
        topic: Its topic.
        record: The event.
        text: Its self-contained schema.
        fingerprint: SHA-256 of the text in hexadecimal.
    """

    topic: TopicSpec
    record: Record
    text: str
    fingerprint: str


def published(catalogue: Catalogue) -> dict[str, Published]:
    """Return every event by full name, in the order of topics.yaml.

    Args:
        catalogue: All schemas and topics.

    Returns:
        The events.
    """
    return {
        event.full_name: Published(
            topic,
            catalogue.event(event.full_name),
            catalogue.texts[event.full_name],
            catalogue.fingerprint(event.full_name),
        )
        for topic in catalogue.topics
        for event in topic.events
    }


def by_namespace(catalogue: Catalogue) -> dict[str, list[Named]]:
    """Return the types of each namespace, what is referred to first.

    Args:
        catalogue: All schemas.

    Returns:
        Types by namespace, both in a fixed order.
    """
    types = in_order([file.type for file in catalogue.files.values()])
    namespaces = sorted({split(type_.full_name)[0] for type_ in types})
    return {ns: [type_ for type_ in types if split(type_.full_name)[0] == ns] for ns in namespaces}


def optional(type_: Type) -> Type | None:
    """Return the other branch of a union with null; None if the type is no such union."""
    if not isinstance(type_, Union):
        return None
    others = [branch for branch in type_.branches if branch != Primitive("null")]
    return others[0] if len(others) == 1 and len(type_.branches) == 2 else None  # noqa: PLR2004, RUF100 - null and one


def comment(text: str, start: str, width: int = WIDTH) -> list[str]:
    """Write a comment.

    Args:
        text: What it says.
        start: What each line begins with, indented.
        width: The longest that a line may be.

    Returns:
        Its lines.
    """
    plain = "".join(char if char.isprintable() else " " for char in text or "No description.")
    # Whatever would end a comment in some language.
    plain = plain.replace("*/", "* /")
    return [start + line for line in textwrap.wrap(plain, width - len(start), break_on_hyphens=False)]


def camel(name: str, initialisms: Sequence[str] = ()) -> str:
    """Write a name of parts joined by underscores with a capital for each part.

    Args:
        name: Such as `order_id`.
        initialisms: Parts that are written in capitals throughout.

    Returns:
        Such as `OrderId`.
    """
    parts = [part for part in name.split("_") if part]
    made = "".join(part.upper() if part.lower() in initialisms else part[:1].upper() + part[1:] for part in parts)
    return made if made[:1].isalpha() else f"X{made}"


def all_enums(types: Sequence[Named]) -> list[Enum]:
    """Return the enums among types."""
    return [type_ for type_ in types if isinstance(type_, Enum)]


def all_records(types: Sequence[Named]) -> list[Record]:
    """Return the records among types."""
    return [type_ for type_ in types if isinstance(type_, Record)]
