"""A commit's schemas and topics as one more version to be compatible with: what a change does to a branch."""

from __future__ import annotations

import tempfile
from pathlib import Path

from registry import topic_history
from registry.catalogue import SCHEMAS, Catalogue, load
from registry.compat.released import Past, transitive
from registry.compat.verdict import Level
from registry.findings import CannotJudge, Finding, InvalidSources
from registry.git import Git
from registry.parse import parse_self_contained


def check(root: Path, git: Git, commit: str, catalogue: Catalogue) -> list[Finding]:
    """Compare with a commit.

    Args:
        root: The repository.
        git: The repository, as git sees it.
        commit: The commit.
        catalogue: The current schemas and topics.

    Returns:
        What was found; `versions` name the commit.

    Raises:
        CannotJudge: There is no git, no such commit, or its schemas cannot be read.
    """
    if not git.is_there:
        raise CannotJudge(f"`{commit}` cannot be compared with: {root} is in no git repository")
    name = git.commit(commit)[:10]
    with tempfile.TemporaryDirectory() as folder:
        git.lay_out(commit, SCHEMAS, Path(folder))
        services = {topic.owner for topic in catalogue.topics}
        services |= {c for topic in catalogue.topics for event in topic.events for c in event.consumers}
        try:
            before = load(Path(folder), services=None if (Path(folder) / "services").is_dir() else frozenset(services))
        except InvalidSources as error:
            raise CannotJudge(f"the schemas of `{commit}` cannot be read: {error.findings[0]}") from None
    found: list[Finding] = []
    for subject, full_name in before.subjects.items():
        if subject in catalogue.subjects and before.texts[full_name] != catalogue.texts[full_name]:
            path = catalogue.files[full_name].path
            past = Past(name, f"{commit}:{before.files[full_name].path}", parse_self_contained(before.texts[full_name]))
            level = Level.of(catalogue.level(subject))
            found += transitive([past], parse_self_contained(catalogue.texts[full_name]), path, level)
    promises = [topic_history.promise(name, before.topics)]
    current = topic_history.promise("current", catalogue.topics)
    return [*found, *topic_history.compare(promises, current, catalogue.topics_path)]
