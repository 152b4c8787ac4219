"""What would be done to Kafka and to a registry, and doing exactly that.

Invariants:

- Planning writes nothing. Executing does what the plan says and nothing else; what it made is left as it is by the next
  plan, so a run that died half way is run again.
- Nothing is destroyed or altered but a subject's level: topics are created, schemas are added.
- A registry is given the whole released history, in order, and then the current schema: records of every released
  version can be framed and read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from registry.canonical import dump, fingerprint
from registry.catalogue import Catalogue
from registry.changes import Action, Change
from registry.history import read_history
from registry.plan_topics import Kafka
from registry.server import Refusal, Registry


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Attributes:
        changes: One for each topic, schema and level, what is unchanged included.
    """

    changes: tuple[Change, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the changes: two plans that would do the same are equal in it."""
        return fingerprint(dump([change.to_json() for change in self.changes]))

    @property
    def to_do(self) -> list[Change]:
        """What executing would change."""
        return [change for change in self.changes if change.action in (Action.CREATE, Action.UPDATE)]

    @property
    def open(self) -> list[Change]:
        """What differs and is left to people."""
        return [change for change in self.changes if change.action in (Action.DRIFT, Action.REFUSED)]


def plan(root: Path, catalogue: Catalogue, bootstrap_servers: str, url: str, timeout: float = 10.0) -> Plan:
    """Compare the repository with the servers.

    Args:
        root: The repository.
        catalogue: Its schemas and topics.
        bootstrap_servers: Where Kafka's clients begin.
        url: The registry's Confluent-compatible API.
        timeout: Seconds to wait for each answer.

    Returns:
        The plan.

    Raises:
        CannotJudge: The history is damaged.
        ServerAway: A server does not answer.
    """
    changes = Kafka(bootstrap_servers, timeout).plan(catalogue.topics)
    with Registry(url, timeout) as registry:
        for subject, texts in _texts(root, catalogue).items():
            changes += _plan_subject(registry, subject, texts, catalogue.level(subject))
    return Plan(tuple(changes))


def execute(
    root: Path,
    catalogue: Catalogue,
    planned: Plan,
    bootstrap_servers: str,
    url: str,
    done: Callable[[Change], None] = lambda _: None,
    timeout: float = 10.0,
) -> list[Change]:
    """Do what a plan says.

    Args:
        root: The repository.
        catalogue: Its schemas and topics.
        planned: The plan.
        bootstrap_servers: Where Kafka's clients begin.
        url: The registry's Confluent-compatible API.
        done: Told each change after it was made, or refused.
        timeout: Seconds to wait for each answer.

    Returns:
        What became of everything in the plan; what a server refused is `REFUSED`.

    Raises:
        ServerAway: A server does not answer. What was done until then stays, and the next plan leaves it alone.
    """
    kafka = Kafka(bootstrap_servers, timeout)
    topics = {topic.name: topic for topic in catalogue.topics}
    texts = _texts(root, catalogue)
    result = []
    with Registry(url, timeout) as registry:
        for change in planned.changes:
            outcome = change
            if change in planned.to_do:
                refused, detail = "", change.detail
                if change.kind == "topic":
                    refused = kafka.create(topics[change.name])
                elif change.kind == "level":
                    registry.set_level(change.name, catalogue.level(change.name))
                else:
                    try:
                        id_ = registry.register(change.name, texts[change.name][change.version])
                        detail = f"{change.detail}, id {id_}"
                    except Refusal as refusal:
                        refused = f"the registry refuses it: {refusal}"
                if refused:
                    outcome = replace(change, action=Action.REFUSED, detail=refused)
                else:
                    outcome = replace(change, detail=detail)
                done(outcome)
            result.append(outcome)
    return result


def _texts(root: Path, catalogue: Catalogue) -> dict[str, dict[int, str]]:
    """Give each subject's schemas in the order of their release: by version, 0 for one that is not released yet."""
    history = read_history(root)
    texts: dict[str, dict[int, str]] = {}
    for subject, full_name in catalogue.subjects.items():
        released = {version.number: version.text for version in history.get(subject, ())}
        current = catalogue.texts[full_name]
        unreleased = {} if current in released.values() else {0: current}
        texts[subject] = {**released, **unreleased}
    return texts


def _plan_subject(registry: Registry, subject: str, texts: dict[int, str], level: str) -> Iterator[Change]:
    for version, text in texts.items():
        name = f"version {version}" if version else "not released yet"
        if registry.holds(subject, text):
            yield Change("schema", subject, Action.UNCHANGED, name, version)
        elif why := registry.takes(subject, text):
            yield Change("schema", subject, Action.REFUSED, f"{name}: the registry would refuse it: {why}", version)
        else:
            yield Change("schema", subject, Action.CREATE, name, version)
    present = registry.level(subject)
    if present != level:
        yield Change("level", subject, Action.UPDATE, f"{present or 'unset'} -> {level}")


def counts(changes: Sequence[Change]) -> str:
    """Count changes by what becomes of them.

    Args:
        changes: The changes.

    Returns:
        Such as `4 create, 28 unchanged`.
    """
    numbers = {action: sum(change.action is action for change in changes) for action in Action}
    return ", ".join(f"{number} {action}" for action, number in numbers.items() if number) or "nothing"
