"""The toolchains of other languages: what each needs, how its suite is built and run, how its participant starts."""

from __future__ import annotations

import fcntl
import functools
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop.tools import tool

CHECKOUT = Path(__file__).resolve().parents[2]
SUITES = CHECKOUT / "tests" / "interop"
# A cold cache on a slow line; a warm one takes a twentieth of it.
SECONDS = 600


@dataclass(frozen=True, eq=False)
class Language:
    """How one language joins.

    Attributes:
        name: `go`, `java` or `typescript`.
        tools: Commands that must be there, each with what to do if it is not.
        build: Builds the package, the suite and the participant.
        test: Runs the suite against the vectors.
        closing: Finds the closing line of the language's own runner in what it printed.
        participant: Starts the participant of the live test.
    """

    name: str
    tools: Mapping[str, str]
    build: tuple[tuple[str, ...], ...]
    test: tuple[str, ...]
    closing: Callable[[str], str]
    participant: Callable[[], tuple[str, ...]]

    @property
    def folder(self) -> Path:
        return SUITES / self.name

    def require(self) -> None:
        """Skip the test if a tool is missing; fail it in CI, which proves every language."""
        for name, remedy in self.tools.items():
            tool(name, install=remedy)

    def run(self, command: tuple[str, ...]) -> str:
        """Run a command in the suite's folder and give what it printed; fail the test if it fails."""
        # Never a toolchain from the network: the one that is here is the one that is tested.
        environment = {**os.environ, "GOTOOLCHAIN": "local", "NO_COLOR": "1", "MAVEN_OPTS": "-XX:TieredStopAtLevel=1"}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        if done.returncode:
            tail = "\n".join(done.stdout.splitlines()[-60:])
            pytest.fail(f"{self.name}: `{' '.join(command)}` ended with {done.returncode}:\n{tail}", pytrace=False)
        return done.stdout


@functools.cache
def built(language: Language) -> Language:
    """Build a language's package and suite, once a run, whichever of its processes comes first."""
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    stamp = CHECKOUT / "build" / "interop" / f"{language.name}.run"
    stamp.parent.mkdir(parents=True, exist_ok=True)
    with stamp.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run_id and stamp.exists() and stamp.read_text() == run_id):
            for command in language.build:
                language.run(command)
            stamp.write_text(run_id)
    return language


def _go_closing(printed: str) -> str:
    passed = len(re.findall(r"^ *--- PASS", printed, re.MULTILINE))
    (line,) = re.findall(r"^ok .*vectors.*$", printed, re.MULTILINE)
    return f"{' '.join(line.split())}: {passed} passed"


def _java_closing(printed: str) -> str:
    return re.findall(r"Tests run: .*Skipped: \d+", printed)[-1]


def _typescript_closing(printed: str) -> str:
    return ", ".join(re.findall(r"^# ((?:tests|pass|fail|skipped) \d+)$", printed, re.MULTILINE))


def _java_participant() -> tuple[str, ...]:
    target = SUITES / "java" / "suite" / "target"
    path = f"{target / 'classes'}:{(target / 'classpath').read_text().strip()}"
    return ("java", "-XX:TieredStopAtLevel=1", "-cp", path, "quadrille.interop.Participant")


_MAVEN = ("mvn", "--batch-mode", "--no-transfer-progress")
_NPM_CI = ("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
_NODE = "install Node.js 20 or newer (Debian: apt-get install nodejs npm)"
_JAVA = "install a JDK of 17 or newer, and Maven (Debian: apt-get install default-jdk-headless maven)"
LANGUAGES = (
    Language(
        "go",
        {"go": "install Go 1.26 or newer (https://go.dev/doc/install)"},
        (("go", "vet", "./..."), ("go", "build", "-o", "build/", "./cmd/participant")),
        ("go", "test", "-count=1", "-v", "./vectors"),
        _go_closing,
        lambda: (str(SUITES / "go" / "build" / "participant"),),
    ),
    Language(
        "java",
        {"java": _JAVA, "javac": _JAVA, "mvn": _JAVA},
        # Its tests are run by the same command that compiles them.
        ((*_MAVEN, "-DskipTests", "test"),),
        (*_MAVEN, "test"),
        _java_closing,
        _java_participant,
    ),
    Language(
        "typescript",
        {"node": _NODE, "npm": _NODE},
        (
            (*_NPM_CI, "--prefix", "../../../generated/typescript"),
            _NPM_CI,
            ("npm", "run", "build"),
        ),
        ("npm", "test"),
        _typescript_closing,
        lambda: ("node", str(SUITES / "typescript" / "build" / "participant.js")),
    ),
)
