"""What can go wrong on the local platform. Each message is one sentence that names the cause and what to run.

LocalError
├── SettingsError            a QUADRILLE_ variable holds something unusable
├── ArtifactError            a server's files cannot be downloaded or do not match the lock file
├── StartError               a process did not start, died, or never became ready
│   ├── EndedEarlyError      it ended while it started
│   └── PortTakenError       somebody else listens where one of ours should
└── ServerUnreachableError   a server that should be running does not answer
"""

from __future__ import annotations


class LocalError(Exception):
    """Base of what this package raises on purpose."""


class SettingsError(LocalError):
    """A `QUADRILLE_` variable holds something unusable."""


class ArtifactError(LocalError):
    """A server's files cannot be downloaded, or are not what the lock file says."""


class StartError(LocalError):
    """A process did not start, died, or never became ready."""


class EndedEarlyError(StartError):
    """A process ended while it started."""


class PortTakenError(StartError):
    """Somebody else listens on a port of ours."""


class ServerUnreachableError(LocalError):
    """A server that should be running does not answer."""
