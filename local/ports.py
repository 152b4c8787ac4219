"""Whether our ports are free, and who has them if not."""

from __future__ import annotations

import errno
import socket
import time

from local.errors import PortTakenError
from local.program import Program
from local.settings import LOOPBACK, PREFIX

PATIENCE_SECONDS = 5.0
UNKNOWN = "another process, of another user perhaps"


def check_free(program: Program) -> None:
    """Refuse to start a program whose port somebody else has.

    Args:
        program: What is about to start.

    Raises:
        PortTakenError: Naming the port, its holder where that can be known, and the variable that moves it.
    """
    for name, port in program.ports.items():
        deadline = time.monotonic() + PATIENCE_SECONDS
        while trouble := _trouble(port):
            # A large process that was killed holds its ports until its memory is gone; nobody can be named by then.
            if UNKNOWN in trouble and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise PortTakenError(
                f"{program.name} cannot listen on port {port}: {trouble}; set {name},"
                f" or {PREFIX}PORT_BASE to move all ports."
            )


def _trouble(port: int) -> str | None:
    with socket.socket() as probe:
        # As the servers do: connections that have only just been closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            # Bound is not yet free: a listener that set SO_REUSEPORT shows itself here.
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"it is taken by {holder(port)}"
            return f"the system refuses it ({error.strerror})"
    return None


def holder(port: int) -> str:
    """Say who listens on a port.

    Args:
        port: The port.
    """
    import psutil

    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                process = psutil.Process(connection.pid)
                return f"{process.name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return UNKNOWN
