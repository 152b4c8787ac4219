"""topics.yaml, read strictly: a key that nobody knows is a mistake, not a note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from registry.durations import parse_duration
from registry.findings import Finding

_KEYS = ("owner", "key", "partitions", "replication", "min_insync_replicas", "retention", "events")
_EVENT_KEYS = ("consumers", "level", "reason")
#: What a subject is judged at unless topics.yaml gives another level, with a reason.
DEFAULT_LEVEL = "FULL_TRANSITIVE"
LEVELS = (DEFAULT_LEVEL, "BACKWARD_TRANSITIVE", "FORWARD_TRANSITIVE")
# What Kafka allows, less the underscore: it and the dot collide in metric names.
_TOPIC_NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class EventSpec:
    """An event of a topic, the services that handle it, and the level that its schemas are judged at."""

    full_name: str
    consumers: tuple[str, ...]
    level: str = DEFAULT_LEVEL
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as topics.yaml describes it."""

    name: str
    owner: str
    key: str
    partitions: int
    replication: int
    min_insync_replicas: int
    retention: timedelta
    events: tuple[EventSpec, ...]


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002, RUF100
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key}` stands twice", key_node.start_mark
                )
            seen.add(str(key))
        return super().construct_mapping(node, deep)


def load_topics(path: Path, where: str, services: frozenset[str], findings: list[Finding]) -> tuple[TopicSpec, ...]:
    """Read topics.yaml.

    Args:
        path: The file.
        where: How messages call it.
        services: The services that exist.
        findings: Gets what is wrong; what is returned then is not to be used.

    Returns:
        The topics, in the order of the file.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        findings.append(Finding("unreadable", where, "", f"It cannot be read: {error}.", "Mend the file."))
        return ()
    except yaml.YAMLError as error:
        why = " ".join(str(error).split())
        findings.append(Finding("not-yaml", where, "", f"This is not what YAML can be: {why}.", "Mend the syntax."))
        return ()
    if not isinstance(raw, dict) or not raw:
        findings.append(Finding("no-topics", where, "", "It lists no topic.", "Add one."))
        return ()
    topics = [_Topic(str(name), item, where, services, findings).read() for name, item in raw.items()]
    return tuple(topic for topic in topics if topic is not None)


class _Topic:
    def __init__(self, name: str, raw: Any, where: str, services: frozenset[str], findings: list[Finding]) -> None:
        self.name, self.raw, self.where, self.services, self.findings = name, raw, where, services, findings

    def read(self) -> TopicSpec | None:
        before = len(self.findings)
        if not _TOPIC_NAME.fullmatch(self.name) or len(self.name) > 249:
            self._add("bad-topic", "", "That is no name of a topic.", "Use a-z, 0-9 and - between them.")
        if not isinstance(self.raw, dict):
            self._add("bad-topic", "", "It has no keys.", f"Give {', '.join(_KEYS)}.")
            return None
        self._unknown(self.raw, _KEYS, "")
        for key in _KEYS:
            if key not in self.raw:
                self._add("missing-key", key, f"`{key}` is missing.", "Add it.")
        if len(self.findings) > before:
            return None
        owner, key = self._service(self.raw["owner"], "owner"), self.raw["key"]
        if not isinstance(key, str) or not key.isidentifier():
            self._add("bad-value", "key", f"`{key}` is no name of a field.", "Name the field of every event.")
        numbers = {name: self._number(name) for name in ("partitions", "replication", "min_insync_replicas")}
        if numbers["min_insync_replicas"] > numbers["replication"]:
            why = "More replicas must be in sync than there are: nothing could be written."
            self._add("bad-value", "min_insync_replicas", why, "Lower it, or raise replication.")
        retention = self._retention()
        events = self._events()
        if len(self.findings) > before or retention is None:
            return None
        return TopicSpec(self.name, owner, str(key), **numbers, retention=retention, events=events)

    def _events(self) -> tuple[EventSpec, ...]:
        raw = self.raw["events"]
        if not isinstance(raw, dict) or not raw:
            self._add("bad-value", "events", "It lists no event.", "List at least one by its full name.")
            return ()
        result = []
        for name, item in raw.items():
            at = f"events.{name}"
            if not isinstance(item, dict) or not isinstance(item.get("consumers"), list):
                self._add("missing-key", at, "It names no consumers.", "Write {consumers: [service, ...]}.")
                continue
            self._unknown(item, _EVENT_KEYS, at)
            consumers = tuple(self._service(service, f"{at}.consumers") for service in item["consumers"])
            if len(set(consumers)) < len(consumers):
                self._add("bad-value", f"{at}.consumers", "A consumer stands twice.", "Keep one of them.")
            level, reason = self._level(item, at)
            result.append(EventSpec(str(name), consumers, level, reason))
        return tuple(result)

    def _level(self, item: dict[str, Any], at: str) -> tuple[str, str]:
        level, reason = item.get("level", DEFAULT_LEVEL), item.get("reason", "")
        if level not in LEVELS:
            self._add("bad-value", f"{at}.level", f"`{level}` is no level.", f"Write one of: {', '.join(LEVELS)}.")
        elif level != DEFAULT_LEVEL and (not isinstance(reason, str) or len(reason.split()) < 3):
            why = f"{level} lets through what {DEFAULT_LEVEL} refuses, and no reason is given."
            self._add("missing-key", f"{at}.reason", why, "Say in a sentence why, and who rolls out first.")
        return str(level), str(reason)

    def _service(self, name: Any, at: str) -> str:
        if name not in self.services:
            known = ", ".join(sorted(self.services))
            self._add("unknown-service", at, f"There is no service `{name}`.", f"Name one of: {known}.")
        return str(name)

    def _number(self, key: str) -> int:
        value = self.raw[key]
        if type(value) is not int or value < 1:
            self._add("bad-value", key, f"`{value}` is no number of at least 1.", "Write one.")
            return 1
        return value

    def _retention(self) -> timedelta | None:
        value = self.raw["retention"]
        try:
            return parse_duration(value if isinstance(value, str) else "")
        except ValueError:
            self._add("bad-value", "retention", f"`{value}` is no duration.", "Write ISO 8601, such as P14D or PT12H.")
            return None

    def _unknown(self, raw: dict[Any, Any], known: tuple[str, ...], at: str) -> None:
        for key in raw:
            if key not in known:
                place = f"{at}.{key}" if at else str(key)
                self._add("unknown-key", place, f"Nobody reads `{key}`.", f"Known keys: {', '.join(known)}.")

    def _add(self, rule: str, at: str, why: str, fix: str) -> None:
        self.findings.append(Finding(rule, self.where, f"{self.name}.{at}" if at else self.name, why, fix))
