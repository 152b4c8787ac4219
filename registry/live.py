"""What a live registry really holds, held against the released history, both ways.

Two texts are the same schema where the registry itself would say so: Apicurio takes a change of docs or aliases alone
for no change, so texts are compared without them. Version numbers and ids are never compared.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from registry.canonical import canonical, dump
from registry.catalogue import Catalogue
from registry.compat.released import Past, transitive
from registry.compat.verdict import Level
from registry.contract_rules import CONTRACT_RULES
from registry.findings import Finding
from registry.history import read_history
from registry.parse import SchemaError, load_json, parse_self_contained
from registry.server import Registry

_TOLD = ("doc", "aliases", "symbolDocs")


def same_schema(text: str) -> str:
    """Write a schema as registries compare it.

    Args:
        text: The schema as JSON.

    Returns:
        A text that is equal for schemas that differ in docs, aliases, the order of attributes, or spelling only; the
        text itself if it is no self-contained Avro schema.
    """
    try:
        # In our own spelling first: Apicurio leaves out a namespace that follows from the type around it.
        return dump(_bare(json.loads(canonical(load_json(text)))))
    except (SchemaError, KeyError, TypeError, AttributeError):
        # Whatever somebody registered there: it is the same as itself.
        return text


def check(root: Path, catalogue: Catalogue, url: str) -> list[Finding]:
    """Compare with a live registry.

    Args:
        root: The repository.
        catalogue: The current schemas and topics.
        url: The registry's Confluent-compatible API.

    Returns:
        What was found.

    Raises:
        CannotJudge: The history is damaged.
        ServerAway: The registry does not answer.
    """
    history = read_history(root)
    topics = tuple(f"{topic.name}-" for topic in catalogue.topics)
    found: list[Finding] = []
    with Registry(url) as registry:
        found += [
            _finding("registry-unknown-subject", url, subject, "Nobody lists it.")
            for subject in registry.subjects()
            if subject.startswith(topics) and subject not in catalogue.subjects and subject not in history
        ]
        for subject, full_name in catalogue.subjects.items():
            released = {same_schema(version.text): version for version in history.get(subject, ())}
            held = registry.versions(subject)
            for number, text in held.items():
                if same_schema(text) not in released:
                    why = f"Its version {number} was never released here."
                    found.append(_finding("registry-foreign", url, subject, why))
                    found += _compared(catalogue, subject, full_name, f"{url} version {number}", text)
            missing = set(released) - {same_schema(text) for text in held.values()}
            for key in missing:
                version = released[key]
                why = f"It lacks version {version.number} ({version.path})."
                found.append(_finding("registry-behind", url, subject, why))
            level = registry.level(subject)
            if held and level != catalogue.level(subject):
                why = f"It is judged at {level or 'no level of its own'} instead of {catalogue.level(subject)}."
                found.append(_finding("registry-level", url, subject, why))
    return found


def _compared(catalogue: Catalogue, subject: str, full_name: str, name: str, text: str) -> list[Finding]:
    file = catalogue.files[full_name].path
    try:
        past = Past("registry", name, parse_self_contained(text))
    except SchemaError as error:
        return [_finding("registry-foreign", file, subject, f"{name} cannot be read: {error}")]
    level = Level.of(catalogue.level(subject))
    return transitive([past], parse_self_contained(catalogue.texts[full_name]), file, level)


def _bare(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_bare(item) for item in raw]
    if isinstance(raw, dict):
        kept = {key: value if key == "default" else _bare(value) for key, value in raw.items() if key not in _TOLD}
        return {key: kept[key] for key in sorted(kept)}
    return raw


def _finding(rule: str, file: str, at: str, why: str) -> Finding:
    found = CONTRACT_RULES[rule]
    return Finding(rule, file, at, why, found.instead, severity=found.severity.value)
