"""The released versions of what topics.yaml promises: a topic's owner, key and partitions, its events and readers.

`registry/topics/<number>.<fingerprint>.json`, append-only. Retention and replication are not recorded: they are
operation, not contract, and may differ between clusters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry import numbered
from registry.contract_rules import CONTRACT_RULES as RULES
from registry.findings import CannotJudge, Finding
from registry.numbered import Numbered
from registry.topics import TopicSpec

FOLDER = Path("registry/topics")
_SUFFIX = "json"


@dataclass(frozen=True, slots=True)
class Promise:
    """What one version promises of its topics.

    Attributes:
        name: What to call the version.
        topics: By topic: `owner`, `key`, `partitions`, and `events`, the consumers by event.
    """

    name: str
    topics: Mapping[str, Mapping[str, Any]]


def promise(name: str, topics: Sequence[TopicSpec]) -> Promise:
    """Say what topics promise.

    Args:
        name: What to call this version.
        topics: As topics.yaml has them.

    Returns:
        The promise.
    """
    told = {
        topic.name: {
            "owner": topic.owner,
            "key": topic.key,
            "partitions": topic.partitions,
            "events": {event.full_name: sorted(event.consumers) for event in topic.events},
        }
        for topic in topics
    }
    return Promise(name, told)


def read(root: Path) -> tuple[Promise, ...]:
    """Read the released versions.

    Args:
        root: The repository.

    Returns:
        The promises, the oldest first.

    Raises:
        CannotJudge: None was ever released, or a file is damaged.
    """
    if not (versions := _versions(root)):
        raise CannotJudge(f"{FOLDER} holds no released version of the topics; restore it, or begin it with `record`")
    return tuple(Promise(str(version.number), _parse(version)) for version in versions)


def record(root: Path, topics: Sequence[TopicSpec]) -> Numbered | None:
    """Release what topics.yaml promises now.

    Args:
        root: The repository.
        topics: As topics.yaml has them.

    Returns:
        The new version; None if nothing changed.

    Raises:
        CannotJudge: The history is damaged.
    """
    text = json.dumps(promise("current", topics).topics, indent=1, sort_keys=True)
    return numbered.append(root, FOLDER, _SUFFIX, _versions(root), text)


def compare(past: Sequence[Promise], current: Promise, path: str) -> Iterator[Finding]:
    """Find promises that the current topics break.

    Args:
        past: The released versions, the oldest first.
        current: The topics now.
        path: Where they are written.

    Yields:
        A finding for each broken promise, told once, with the newest version that made it.
    """
    told: set[tuple[str, str]] = set()
    where = {event: name for name, topic in current.topics.items() for event in topic["events"]}
    for version in reversed(past):
        for rule, at, why in _broken(version, current, where):
            if (rule, at) not in told:
                told.add((rule, at))
                severity = RULES[rule].severity.value
                versions = f"{version.name} -> {current.name}"
                yield Finding(rule, path, at, why, RULES[rule].instead, versions, severity)


def _broken(past: Promise, current: Promise, where: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, before in past.topics.items():
        after = current.topics.get(name)
        if after is None:
            yield "topic-gone", name, f"The topic `{name}` was released, and is not listed any more."
        else:
            for key in ("owner", "key", "partitions"):
                if before[key] != after[key]:
                    why = f"`{key}` was `{before[key]}`, and is `{after[key]}`."
                    yield f"topic-{key}-changed", f"{name}.{key}", why
        for event, consumers in before["events"].items():
            at = f"{name}.events.{event}"
            if event not in where:
                yield "event-gone", at, f"The event `{event}` was released, and no topic lists it any more."
            elif where[event] != name:
                yield "event-moved", at, f"The event was on `{name}`, and is on `{where[event]}`."
            elif after is not None:
                for consumer in sorted(set(consumers) - set(after["events"][event])):
                    yield "consumer-gone", f"{at}.consumers", f"`{consumer}` read the event, and does not any more."


def _versions(root: Path) -> tuple[Numbered, ...]:
    return numbered.read(root, FOLDER, _SUFFIX) if (root / FOLDER).is_dir() else ()


def _parse(version: Numbered) -> Mapping[str, Mapping[str, Any]]:
    try:
        parsed: dict[str, dict[str, Any]] = json.loads(version.text)
        for topic in parsed.values():
            topic["owner"], topic["key"], topic["partitions"], topic["events"].items()
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise CannotJudge(f"{version.path} is no record of topics ({error}); restore the released file") from None
    return parsed
