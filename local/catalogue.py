"""Every program of the platform by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local import kafka, postgres, registry_server, services
from local.settings import GATEWAY, SERVERS
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from local.program import Program
    from local.settings import Platform


def server_names(platform: Platform) -> list[str]:
    """Return the servers that we run ourselves.

    Args:
        platform: Which of them are external.
    """
    return [name for name in SERVERS if not platform.is_external(name)]


def service_names(platform: Platform) -> list[str]:
    """Return the instances of the services that we run ourselves, and the gateway.

    Args:
        platform: How many there are of each, and which run elsewhere.
    """
    ours = [service for service in SERVICES if not platform.runs_elsewhere(service)]
    return [f"{service}-{number}" for number in range(1, platform.instances + 1) for service in ours] + [GATEWAY]


def program(platform: Platform, name: str) -> Program:
    """Describe the program of that name.

    Args:
        platform: Whose program.
        name: `postgres`, `kafka`, `registry`, `gateway`, or a service with the number of its instance: `order-1`.
    """
    match name:
        case "postgres":
            return postgres.program(platform)
        case "kafka":
            return kafka.program(platform)
        case "registry":
            return registry_server.program(platform)
        case "gateway":
            return services.gateway(platform)
        case _:
            service, _, number = name.rpartition("-")
            return services.program(platform, service, int(number))
