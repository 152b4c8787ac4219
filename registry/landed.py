"""What has landed stays: no released file is changed, renamed or removed, whatever a branch did to the history.

A file's own name cannot show that a version was taken away or put in another's place. Git can: each file of the history
must be there now as it first came to the main branch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from registry.contract_rules import CONTRACT_RULES as RULES
from registry.findings import Finding
from registry.git import Git

HISTORIES = (Path("registry/history"), Path("registry/topics"), Path("registry/protos"))


def check(root: Path, git: Git, against: str | None = None) -> Iterator[Finding]:
    """Hold the history's files against git.

    Args:
        root: The repository.
        git: The repository, as git sees it.
        against: A commit whose files count as landed; the main branch's, as far as this work tree shares it, if None.

    Yields:
        A finding for each file that is not as it landed.

    Raises:
        CannotJudge: Git cannot read the history.
    """
    commit = git.commit(against) if against else git.landed()
    for path, first in sorted(git.first_forms(commit, HISTORIES).items()):
        try:
            content = (root / path).read_bytes()
        except OSError:
            yield _finding("history-removed", path, "It was released, and is gone.", first)
            continue
        if git.object_id(content, first) != first:
            yield _finding("history-changed", path, "It was released with another content.", first)


def _finding(rule: str, path: str, why: str, first: str) -> Finding:
    fix = f"{RULES[rule].instead} `git cat-file blob {first[:12]} > {path}` restores it."
    return Finding(rule, path, "", why, fix, severity=RULES[rule].severity.value)
