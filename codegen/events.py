"""The modules about events as a whole: the table of events, the topics, and every recorded schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from codegen.naming import module_name
from codegen.types import all_class_names, module_alias, module_path
from registry.catalogue import Catalogue
from registry.model import split
from registry.topics import TopicSpec

_INIT = '''"""The events of the platform: one module for each service that publishes, `types` for what they share."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quadrille.avro import Event

    # Every event that topics.yaml lists, by Avro full name.
    EVENTS: Mapping[str, type[Event]]

__all__ = ["EVENTS"]

# Full name: module and class. Imported when somebody asks, so that one event does not cost the others.
_WHERE = {
%s}


def __getattr__(name: str) -> object:
    if name != "EVENTS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    events = {full: getattr(importlib.import_module(module), cls) for full, (module, cls) in _WHERE.items()}
    globals()["EVENTS"] = events
    return events
'''

_TOPICS = '''"""The topics: who publishes which event where, and who listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from quadrille.avro import Event
%(imports)s

__all__ = [
%(exports)s    "TOPICS",
    "EventBinding",
    "Topic",
    "events_read_by",
    "subject",
    "topic_of",
    "topics_read_by",
]


@dataclass(frozen=True, slots=True)
class EventBinding:
    """An event of a topic.

    Attributes:
        event: The event's class.
        consumers: The services that handle it.
    """

    event: type[Event]
    consumers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic as topics.yaml describes it.

    Attributes:
        name: Its name in Kafka.
        key: The field of every event that is the record's key.
        owner: The one service that publishes to it.
        partitions: How many partitions it has.
        replication: How many copies of each there are.
        min_insync_replicas: How many of them must have a record before it is acknowledged.
        retention: How long records are kept.
        events: The events that may be published to it.
    """

    name: str
    key: str
    owner: str
    partitions: int
    replication: int
    min_insync_replicas: int
    retention: timedelta
    events: tuple[EventBinding, ...]

    def key_of(self, event: Event) -> str:
        """Return the record key of an event.

        Args:
            event: An event of this topic.

        Returns:
            The key field as text.

        Raises:
            ValueError: topics.yaml does not list the event for this topic.
        """
        if topic_of(type(event)) is not self:
            raise ValueError(f"{event.SCHEMA.full_name} is not published to {self.name}")
        return str(getattr(event, self.key))


%(topics)s

TOPICS: tuple[Topic, ...] = (%(names)s,)

_TOPIC_OF: dict[type[Event], Topic] = {binding.event: topic for topic in TOPICS for binding in topic.events}


def topic_of(event_type: type[Event]) -> Topic:
    """Return the topic of an event.

    Args:
        event_type: The event's class.

    Returns:
        The one topic that lists it.

    Raises:
        KeyError: No topic does.
    """
    return _TOPIC_OF[event_type]


def topics_owned_by(service: str) -> tuple[Topic, ...]:
    """Return the topics that a service publishes to.

    Args:
        service: The service's name.

    Returns:
        The topics, in the order of topics.yaml.
    """
    return tuple(topic for topic in TOPICS if topic.owner == service)


def topics_read_by(service: str) -> tuple[Topic, ...]:
    """Return the topics with at least one event that a service handles.

    Args:
        service: The service's name.

    Returns:
        The topics, in the order of topics.yaml.
    """
    return tuple(topic for topic in TOPICS if any(service in binding.consumers for binding in topic.events))


def events_read_by(service: str) -> Mapping[str, type[Event]]:
    """Return the events that a service handles.

    Args:
        service: The service's name.

    Returns:
        Each event's class by Avro full name, in the order of topics.yaml.
    """
    return {
        binding.event.SCHEMA.full_name: binding.event
        for topic in TOPICS
        for binding in topic.events
        if service in binding.consumers
    }


def subject(topic: Topic, event_type: type[Event]) -> str:
    """Return the registry subject of an event (TopicRecordNameStrategy).

    Args:
        topic: The event's topic.
        event_type: The event's class.

    Returns:
        `<topic>-<full name>`.
    """
    return f"{topic.name}-{event_type.SCHEMA.full_name}"
'''

_HISTORY = '''"""Every recorded version of every event's schema, so that old bodies can be read without a registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from quadrille.avro import RecordSchema

__all__ = ["RECORDED", "recorded"]

_SCHEMAS = (
%s)

# By fingerprint.
RECORDED: Mapping[str, RecordSchema] = MappingProxyType({schema.fingerprint: schema for schema in _SCHEMAS})


def recorded(fingerprint: str) -> RecordSchema | None:
    """Find a schema by its fingerprint.

    Args:
        fingerprint: As in `ce_dataschema`.

    Returns:
        The schema, or None if no released version and no current one has that fingerprint.
    """
    return RECORDED.get(fingerprint)
'''


def render_events(catalogue: Catalogue) -> str:
    """Write `quadrille/events/__init__.py`.

    Args:
        catalogue: All schemas and topics.

    Returns:
        The source, without a header.
    """
    classes = all_class_names(list(catalogue.files))
    rows = [
        f'    "{name}": ("{module_path(split(name)[0])}", "{classes[name]}"),\n' for name in catalogue.subjects.values()
    ]
    return _INIT % "".join(rows)


def render_topics(catalogue: Catalogue) -> str:
    """Write `quadrille/events/topics.py`.

    Args:
        catalogue: All schemas and topics.

    Returns:
        The source, without a header.
    """
    classes = all_class_names(list(catalogue.files))
    namespaces = sorted({split(name)[0] for name in catalogue.subjects.values()})
    aliases = {namespace: module_alias(namespace) for namespace in namespaces}
    names = [_constant(topic.name) for topic in catalogue.topics]
    return _TOPICS % {
        "imports": "\n".join(
            f"from {module_path(split(ns)[0])} import {module_name(split(ns)[1])} as {aliases[ns]}" for ns in namespaces
        ),
        "exports": "".join(f'    "{name}",\n' for name in sorted(names)),
        "topics": "\n\n".join(_topic(topic, classes, aliases) for topic in catalogue.topics),
        "names": ", ".join(names),
    }


def _topic(topic: TopicSpec, classes: Mapping[str, str], aliases: Mapping[str, str]) -> str:
    lines = [f"{_constant(topic.name)} = Topic("]
    lines += [f'    {key}="{getattr(topic, key)}",' for key in ("name", "key", "owner")]
    lines += [f"    {key}={getattr(topic, key)}," for key in ("partitions", "replication", "min_insync_replicas")]
    lines += [f"    retention={_timedelta(topic.retention)},", "    events=("]
    for event in topic.events:
        cls = f"{aliases[split(event.full_name)[0]]}.{classes[event.full_name]}"
        consumers = "".join(f'"{consumer}", ' for consumer in event.consumers).rstrip()
        lines.append(f"        EventBinding({cls}, ({consumers})),")
    return "\n".join([*lines, "    ),", ")"])


def _timedelta(value: timedelta) -> str:
    parts = [f"{unit}={getattr(value, unit)}" for unit in ("days", "seconds") if getattr(value, unit)]
    return f"timedelta({', '.join(parts)})"


def _constant(topic: str) -> str:
    return topic.upper().replace("-", "_").replace(".", "_")


def render_history(schemas: Sequence[tuple[str, str, str]]) -> str:
    """Write `quadrille/events/history.py`.

    Args:
        schemas: Full name, text and fingerprint of each schema, in order.

    Returns:
        The source, without a header.
    """
    rows = []
    for full_name, text, fingerprint in schemas:
        chunks = "".join(f"        {text[start : start + 104]!r}\n" for start in range(0, len(text), 104))
        rows.append(
            f'    RecordSchema(\n        "{full_name}",\n{chunks.rstrip()},\n        "{fingerprint}",\n    ),\n'
        )
    return _HISTORY % "".join(rows)
