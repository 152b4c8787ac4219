"""The protos' rules: Buf's lint, and Buf's breaking changes (FILE) against every released version and a commit of git.

Released versions are Buf images as JSON, without sources, in `registry/protos/`, append-only. Buf judges; this module
asks it and translates what it says.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from registry import numbered
from registry.findings import CannotJudge, Finding
from registry.git import Git
from registry.numbered import Numbered

PROTOS = Path("proto")
FOLDER = Path("registry/protos")
_SUFFIX = "json"
_FOUND = 100  # Buf's exit code when it has findings


def check(root: Path, git: Git | None, against: str | None = None) -> tuple[list[Finding], int]:
    """Judge the protos.

    Args:
        root: The repository.
        git: The repository, as git sees it; None without git.
        against: A commit to compare with beside the history; the main branch's, as far as it is shared, if None.

    Returns:
        What was found, and how many versions were compared.

    Raises:
        CannotJudge: Buf is not installed, or a version cannot be read.
    """
    if not (root / PROTOS).is_dir():
        return [], 0
    found = _ask(root, "lint", PROTOS.as_posix(), versions="")
    past = _versions(root)
    if not past:
        raise CannotJudge(f"{FOLDER} holds no released version of the protos; run `quadrille schemas record`")
    for version in past:
        found += _breaking(root, version.path, str(version.number))
    compared = len(past)
    if git is not None and git.is_there:
        commit = git.commit(against) if against else git.landed()
        with tempfile.TemporaryDirectory() as folder:
            git.lay_out(commit, PROTOS, Path(folder))
            if (Path(folder) / PROTOS).is_dir():
                found += _breaking(root, str(Path(folder) / PROTOS), against or commit[:10])
                compared += 1
    # One change breaks every version that had what it changes: told once, with the newest.
    newest = {(finding.rule, finding.file, finding.at, finding.why): finding for finding in found}
    return list(newest.values()), compared


def record(root: Path) -> Numbered | None:
    """Release the protos as they are.

    Args:
        root: The repository.

    Returns:
        The new version; None if nothing changed.

    Raises:
        CannotJudge: Buf is not installed, or a proto is wrong.
    """
    if not (root / PROTOS).is_dir():
        return None
    done = _run(root, "build", PROTOS.as_posix(), "--exclude-source-info", "-o", "-#format=json")
    if done.returncode:
        raise CannotJudge(f"the protos cannot be read: {done.stderr.strip()}")
    # Buf varies the spaces between its own releases; ours are always the same.
    text = json.dumps(json.loads(done.stdout), indent=1, sort_keys=True)
    return numbered.append(root, FOLDER, _SUFFIX, _versions(root), text)


def _versions(root: Path) -> tuple[Numbered, ...]:
    return numbered.read(root, FOLDER, _SUFFIX) if (root / FOLDER).is_dir() else ()


def _breaking(root: Path, other: str, version: str) -> list[Finding]:
    return _ask(root, "breaking", PROTOS.as_posix(), "--against", other, versions=f"{version} -> current")


def _ask(root: Path, *arguments: str, versions: str) -> list[Finding]:
    done = _run(root, *arguments, "--error-format", "json")
    if done.returncode not in (0, _FOUND):
        told = (done.stderr or done.stdout).strip().splitlines()
        raise CannotJudge(f"buf {arguments[0]} failed: {told[0] if told else 'no reason given'}")
    return [_finding(json.loads(line), versions) for line in done.stdout.splitlines() if line]


def _finding(told: dict[str, object], versions: str) -> Finding:
    kind = str(told["type"])
    where = "https://buf.build/docs/breaking/rules" if versions else "https://buf.build/docs/lint/rules"
    fix = (
        "Keep what was released, and add a new field, method or message beside it."
        if versions
        else "Mend it; the page says how."
    )
    line = told.get("start_line")
    at = f"line {line}" if line else ""
    rule = "buf-" + kind.lower().replace("_", "-")
    file = str(told.get("path", PROTOS))
    return Finding(rule, file, at, str(told["message"]), f"{fix} {where}#{kind.lower()}", versions)


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Beside the interpreter first: that one is pinned.
    beside = Path(sys.executable).with_name("buf")
    command: Sequence[str] = (str(beside) if beside.exists() else "buf", *arguments)
    try:
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        raise CannotJudge("buf is not installed; run `make setup`, or `pip install buf-bin`") from None
