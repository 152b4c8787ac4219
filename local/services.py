"""The four services and the gateway as processes. They are started by name; none of their code is imported here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from local.program import Program
from local.settings import GATEWAY, variable

if TYPE_CHECKING:
    from local.settings import Platform

STOP_GRACE_SECONDS = 15.0
#: glibc's setting. Unset, up to eight heaps a core serve the threads of Kafka's and gRPC's libraries, and what lies
#: free in one is of no use to the others. The image sets the same.
ARENAS = "MALLOC_ARENA_MAX"


def program(platform: Platform, service: str, instance: int = 1) -> Program:
    """Describe one instance of a service.

    Args:
        platform: Where it listens and what it connects to.
        service: Its name.
        instance: Its number, from 1.
    """
    return Program(
        name=f"{service}-{instance}",
        kind="service",
        argv=(sys.executable, "-m", f"services.{service}"),
        environment=_sparing(platform.service_environment(service, instance)),
        ports={variable(name, "port"): platform.port(name, instance) for name in (service, f"{service}_metrics")},
        stop_grace=STOP_GRACE_SECONDS,
        address=platform.service_address(service, instance),
    )


def gateway(platform: Platform) -> Program:
    """Describe the gateway, with the console on it unless that is off.

    Args:
        platform: Where it listens and what it calls.
    """
    alone = platform.console == "off"
    return Program(
        name=GATEWAY,
        kind="service",
        argv=(sys.executable, "-m", "gateway" if alone else "console"),
        environment=_sparing(platform.gateway_environment() if alone else platform.console_environment()),
        ports={variable(name, "port"): platform.port(name) for name in (GATEWAY, f"{GATEWAY}_metrics")},
        stop_grace=STOP_GRACE_SECONDS,
        address=platform.gateway_url,
    )


def _sparing(environment: Mapping[str, str]) -> dict[str, str]:
    return {ARENAS: os.environ.get(ARENAS, "2"), **environment}
