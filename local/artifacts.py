"""The Java servers' files: pinned in `artifacts.lock`, downloaded once for each user, verified, cached.

- A file in the cache is complete: it was downloaded elsewhere, had the size and SHA-256 of the lock file, and was then
  renamed into place. Nothing else is ever written there, so an interruption at any moment breaks nothing.
- When everything is cached, no network is used and nothing of Maven is imported.
- `artifacts.lock` names coordinates, sizes and checksums, and no addresses: where to download from is the machine's
  own business. `python -m local.artifacts lock` writes it again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from local.errors import ArtifactError
from telemetry.escaping import guard_streams

if TYPE_CHECKING:
    from local.settings import Platform

LOCK_FILE = Path(__file__).with_name("artifacts.lock")
PARALLEL_DOWNLOADS = 4
ATTEMPTS = 3


FileProgress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


class Progress(Protocol):
    """Who is told about downloads."""

    def downloads(self, files: int, size: int) -> AbstractContextManager[FileProgress]:
        """So many files and bytes are missing. What it yields is entered for each, with its name and size."""

    def note(self, text: str) -> None:
        """Something else takes time."""


class Silent:
    """Tells nobody."""

    @contextmanager
    def downloads(self, files: int, size: int) -> Iterator[FileProgress]:  # noqa: ARG002 - the protocol's names
        """Say nothing."""
        yield _say_nothing

    def note(self, text: str) -> None:
        """Say nothing."""


@contextmanager
def _say_nothing(_name: str, _size: int) -> Iterator[Callable[[int], None]]:
    yield lambda _count: None


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of a Maven repository, as the lock file pins it."""

    server: str
    group: str
    name: str
    version: str
    packaging: str
    classifier: str
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        """The file's name, as Maven has it."""
        suffix = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{suffix}.{self.packaging}"

    @property
    def coordinate(self) -> str:
        """The artifact in Maven's notation, for messages and the lock file."""
        classifier = f":{self.classifier}" if self.classifier else ""
        return f"{self.group}:{self.name}:{self.packaging}{classifier}:{self.version}"

    def path(self, folder: Path) -> Path:
        """Where the file is cached. The checksum is in the name: another lock file means another file."""
        return folder / "artifacts" / self.sha256[:16] / self.filename

    def is_cached(self, folder: Path) -> bool:
        """Tell whether the file is there with its full size."""
        try:
            return self.path(folder).stat().st_size == self.size
        except OSError:
            return False


@cache
def locked() -> tuple[Artifact, ...]:
    """Return what the lock file lists."""
    lines = (line.split() for line in LOCK_FILE.read_text().splitlines() if line and not line.startswith("#"))
    return tuple(_artifact(server, coordinate, int(size), sha256) for server, coordinate, size, sha256 in lines)


def _artifact(server: str, coordinate: str, size: int, sha256: str) -> Artifact:
    group, name, packaging, *classifier, version = coordinate.split(":")
    return Artifact(server, group, name, version, packaging, "".join(classifier), size, sha256)


def jars(platform: Platform, server: str) -> list[Path]:
    """Return the cached jars of a server, in the lock file's order."""
    return [a.path(platform.cache_folder) for a in locked() if a.server == server and a.packaging == "jar"]


def unpacked(platform: Platform, server: str) -> Path:
    """Return the folder of a server that comes as an archive."""
    archive = next(a for a in locked() if a.server == server and a.packaging == "tar.gz")
    return archive.path(platform.cache_folder).with_name("unpacked")


def ensure(platform: Platform, progress: Progress | None = None) -> None:
    """Have the files of every server that is not external in the cache.

    Args:
        platform: Where the cache is, and which servers are external.
        progress: Who is told about downloads.

    Raises:
        ArtifactError: If something cannot be downloaded, or is not what the lock file says.
    """
    folder = platform.cache_folder
    wanted = [artifact for artifact in locked() if not platform.is_external(artifact.server)]
    if _complete(wanted, folder):
        return
    teller = progress or Silent()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(folder, teller):
            _sweep(folder)
            missing = [artifact for artifact in wanted if not artifact.is_cached(folder)]
            if missing:
                _download(missing, folder, teller)
            for artifact in wanted:
                if artifact.packaging == "tar.gz":
                    _unpack(artifact, folder, teller)
    except OSError as error:
        if type(error).__module__.startswith(("requests", "urllib3")):
            raise
        raise ArtifactError(
            f"cannot write to the cache {folder}: {error.strerror or error}; set QUADRILLE_CACHE to a folder of yours."
        ) from None


def _complete(wanted: list[Artifact], folder: Path) -> bool:
    return all(
        artifact.is_cached(folder)
        and (artifact.packaging != "tar.gz" or artifact.path(folder).with_name("unpacked").is_dir())
        for artifact in wanted
    )


@contextmanager
def _one_at_a_time(folder: Path, progress: Progress) -> Iterator[None]:
    with (folder / "download.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note("another checkout is downloading the same files; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path) -> None:
    # The lock is held, so whatever lies there belongs to a download that was killed.
    shutil.rmtree(folder / "incoming", ignore_errors=True)


def _download(missing: list[Artifact], folder: Path, progress: Progress) -> None:
    from concurrent.futures import ThreadPoolExecutor, as_completed

    incoming = folder / "incoming"
    incoming.mkdir(exist_ok=True)
    # The largest first: the small ones fill the gaps.
    missing.sort(key=lambda artifact: -artifact.size)
    stop = Event()
    pool = ThreadPoolExecutor(PARALLEL_DOWNLOADS)
    with progress.downloads(len(missing), sum(artifact.size for artifact in missing)) as bar:
        try:
            fetches = [pool.submit(_fetch, artifact, incoming, folder, bar, stop) for artifact in missing]
            for done in as_completed(fetches):
                done.result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    shutil.rmtree(incoming, ignore_errors=True)


def _fetch(artifact: Artifact, incoming: Path, folder: Path, bar: FileProgress, stop: Event) -> None:
    @contextmanager
    def until_stopped(name: str, size: int) -> Iterator[Callable[[int], None]]:
        with bar(name, size) as advance:

            def update(count: int) -> None:
                if stop.is_set():
                    raise InterruptedError
                advance(count)

            yield update

    reason = "interrupted"
    for _attempt in range(ATTEMPTS):
        if stop.is_set():
            break
        try:
            file = download_one(artifact, Path(tempfile.mkdtemp(dir=incoming)), until_stopped)
        except Exception as error:  # noqa: BLE001 - whatever the HTTP client raises, it is tried again and then told
            reason = type(error).__name__
            continue
        found = checksum(file)
        if (file.stat().st_size, found) == (artifact.size, artifact.sha256):
            target = artifact.path(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            return
        reason = f"it has {file.stat().st_size} bytes and SHA-256 {found[:12]}…, not those of artifacts.lock"
    raise ArtifactError(
        f"cannot download {artifact.coordinate} ({reason}); check the network and run the same command again,"
        " finished files are kept."
    )


def download_one(artifact: Artifact, place: Path, progress: FileProgress) -> Path:
    """Download a file, whatever it holds.

    Args:
        artifact: Which one.
        place: An empty folder to write to.
        progress: Told the bytes that come.
    """
    from jgo.maven import MavenContext, PythonResolver

    # Never the machine's own Maven repository: what others put there is not ours to trust.
    context = MavenContext(resolver=PythonResolver(progress_callback=progress), repo_cache=place, timeout=30)
    component = context.project(artifact.group, artifact.name).at_version(artifact.version)
    return Path(component.artifact(artifact.classifier, artifact.packaging).resolve())


def _unpack(artifact: Artifact, folder: Path, progress: Progress) -> None:
    archive = artifact.path(folder)
    target = archive.with_name("unpacked")
    if target.is_dir():
        return
    progress.note(f"unpacking {artifact.filename}")
    (folder / "incoming").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder / "incoming", ignore_cleanup_errors=True) as place:
        with tarfile.open(archive) as tar:
            _extract(tar, Path(place) / "files")
        (Path(place) / "files").rename(target)


def _extract(tar: tarfile.TarFile, target: Path) -> None:
    # `extractall(filter=…)` came with 3.11.4, and Debian's 3.11 is older. Plain files below the target, nothing else.
    for member in tar:
        inside = PurePosixPath(member.name)
        if not member.isfile() or inside.is_absolute() or ".." in inside.parts:
            continue
        source = tar.extractfile(member)
        assert source is not None  # noqa: S101 - a plain file always has content
        file = target / inside
        file.parent.mkdir(parents=True, exist_ok=True)
        with source, file.open("wb") as out:
            shutil.copyfileobj(source, out)


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def rewrite_lock(roots: dict[str, list[str]]) -> list[str]:
    """Resolve the servers' dependencies and write the lock file.

    Args:
        roots: Coordinates for each server; the first one's dependencies come with it.

    Returns:
        The lines written.
    """
    from jgo.maven import MavenContext, PythonResolver

    lines = []
    with tempfile.TemporaryDirectory() as place:
        context = MavenContext(resolver=PythonResolver(), repo_cache=Path(place), timeout=30)
        for server, coordinates in roots.items():
            pinned = [_artifact(server, coordinate, 0, "") for coordinate in coordinates]
            found: dict[str, Any] = {}
            for root in pinned:
                component = context.project(root.group, root.name).at_version(root.version)
                found[root.filename] = component.artifact(root.classifier, root.packaging)
            if pinned[0].packaging == "jar":
                first = context.create_dependency(f"{pinned[0].group}:{pinned[0].name}:{pinned[0].version}")
                _, transitive = context.resolver.resolve([first])
                found |= {dependency.artifact.filename: dependency.artifact for dependency in transitive}
            for artifact in found.values():
                file = Path(artifact.resolve())
                classifier = f":{artifact.classifier}" if artifact.classifier else ""
                coordinate = (
                    f"{artifact.groupId}:{artifact.artifactId}:{artifact.packaging}{classifier}:{artifact.version}"
                )
                lines.append(f"{server} {coordinate} {file.stat().st_size} {checksum(file)}")
    header = (
        "# Made by `python -m local.artifacts lock`: server, coordinate, size, SHA-256. Where from is not said here.\n"
    )
    temporary = LOCK_FILE.with_suffix(".lock.new")
    temporary.write_text(header + "\n".join(sorted(lines)) + "\n")
    temporary.replace(LOCK_FILE)
    return lines


# Kafka's own distribution adds the binding of its logging interface; the dependency list of the jar leaves it out.
ROOTS = {
    "kafka": ["org.apache.kafka:kafka_2.13:jar:4.4.0", "org.apache.logging.log4j:log4j-slf4j-impl:jar:2.25.5"],
    "registry": ["io.apicurio:apicurio-registry-app:tar.gz:all:3.3.3"],
}


def main(arguments: list[str]) -> int:
    """Write the lock file again, or check every cached file against it.

    Args:
        arguments: `lock` or `verify`.
    """
    guard_streams()
    match arguments:
        case ["lock"]:
            sys.stdout.write(f"{LOCK_FILE}: {len(rewrite_lock(ROOTS))} artifacts\n")
            return 0
        case ["verify"]:
            from local.settings import Platform

            folder = Platform.load().cache_folder
            damaged = [a for a in locked() if a.path(folder).exists() and checksum(a.path(folder)) != a.sha256]
            for artifact in damaged:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(artifact.path(folder))  # noqa: PTH108 - one of a kind with suppress
                sys.stdout.write(f"deleted {artifact.path(folder)}: not what artifacts.lock says\n")
            sys.stdout.write(f"{len(damaged)} damaged files\n")
            return 1 if damaged else 0
        case _:
            sys.stderr.write("usage: python -m local.artifacts lock | verify\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
