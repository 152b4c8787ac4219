"""How the platform is doing: asked of each server and service, beside what the supervisor knows about them."""

from __future__ import annotations

import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from local import state
from local.errors import ServerUnreachableError
from local.probes import probe_server
from local.settings import GATEWAY, SERVERS
from local.unread import UnreadPartition, kafka_partitions, unread
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import grpc

    from local.settings import Platform
    from local.state import Process

# Its figures are asked of Kafka and the database, which may be busy.
CALL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One of the three servers.

    Attributes:
        name: `postgres`, `kafka` or `registry`.
        address: Where its clients find it, without a password.
        external: Whether somebody else runs it.
        pid: Its process, if we run it.
        reachable: Whether it answered just now.
        restarts: How often the supervisor had to start it again.
        last_exit: Why it ended last.
        last_exit_at: When, in seconds since 1970.
        log: Its log file, if we run it.
    """

    name: str
    address: str
    external: bool
    pid: int | None = None
    reachable: bool = False
    restarts: int = 0
    last_exit: str = ""
    last_exit_at: float | None = None
    log: str = ""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One instance of a service: what the supervisor knows, and what the instance says of itself.

    The gateway is shown as one, and has none of the figures.

    Attributes:
        name: `order-1`.
        service: `order`.
        address: Where its API listens.
        external: Whether somebody else runs it.
        pid: Its process, if we run it.
        reachable: Whether it answered just now.
        ready: Whether it serves calls and consumes events.
        waiting_for: What it waits for, in its own words.
        restarts: How often the supervisor had to start it again.
        last_exit: Why it ended last.
        last_exit_at: When, in seconds since 1970.
        lag: Records that its consumer group has still to read, in the partitions of this instance; this and the
            figures below are None where it did not tell in time, or could not ask its database. Partitions that no
            instance reads are in `PlatformStatus.unread`, and in nobody's lag.
        partitions: The partitions that this instance reads, as topic and number.
        outbox_backlog: Events of the service that are not published yet.
        outbox_oldest_seconds: Age of the oldest of them.
        dead_letters: Open dead letters of the service, counted up to 1000.
        dead_letters_capped: Whether there are more.
        open_calls: Calls to a provider outside that are not answered, counted up to 1000.
        log: Its log file, if we run it.
    """

    name: str
    service: str
    address: str
    external: bool
    pid: int | None = None
    reachable: bool = False
    ready: bool = False
    waiting_for: str = ""
    restarts: int = 0
    last_exit: str = ""
    last_exit_at: float | None = None
    lag: int | None = None
    partitions: tuple[tuple[str, int], ...] = ()
    outbox_backlog: int | None = None
    outbox_oldest_seconds: float | None = None
    dead_letters: int | None = None
    dead_letters_capped: bool = False
    open_calls: int | None = None
    log: str = ""


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """All of it.

    Attributes:
        supervisor: The supervisor's pid, or None if none runs.
        phase: `starting`, `running`, `stopping`, `failed` or `stopped`.
        error: Why it failed, if it did.
        servers: The three servers.
        services: Each instance of each service.
        unread: Partitions that Kafka has and that no instance of a service that reads their topic reports: how many
            records wait there nobody here knows. None where Kafka was not asked, or did not answer.
    """

    supervisor: int | None
    phase: str
    error: str
    servers: list[ServerStatus] = field(default_factory=list)
    services: list[ServiceStatus] = field(default_factory=list)
    unread: list[UnreadPartition] | None = None

    @property
    def all_ready(self) -> bool:
        """Whether everything answers and is ready."""
        return all(server.reachable for server in self.servers) and all(service.ready for service in self.services)

    @property
    def nothing_runs(self) -> bool:
        """Whether we run nothing, and nothing of the services answers."""
        return self.supervisor is None and not any(service.reachable for service in self.services)


def collect(platform: Platform, *, servers: bool = True) -> PlatformStatus:
    """Ask everything how it is, at once.

    Args:
        platform: What to ask.
        servers: Whether to ask the servers too.
    """
    current = state.read(platform.run)
    alive = current is not None and current.alive()
    processes = current.processes if current is not None and alive else {}
    names = _service_names(platform, processes)
    with ThreadPoolExecutor(len(SERVERS) + 1 + len(names)) as pool:
        partitions = pool.submit(kafka_partitions, platform) if servers else None
        asked = [pool.submit(_server, platform, name, processes.get(name)) for name in SERVERS] if servers else []
        answers = [pool.submit(_service, platform, name, processes.get(name)) for name in names]
        services = [answer.result() for answer in answers]
        there = partitions.result() if partitions is not None else None
        return PlatformStatus(
            supervisor=current.pid if current is not None and alive else None,
            phase=current.phase if current is not None and (alive or current.phase == "failed") else "stopped",
            error=current.error if current is not None else "",
            servers=[answer.result() for answer in asked],
            services=services,
            unread=None if there is None else unread(there, read_by(services)),
        )


def read_by(services: Sequence[ServiceStatus]) -> dict[str, set[tuple[str, int]]]:
    """Bring together which partitions the instances of each service read.

    Args:
        services: What each instance said.

    Returns:
        The partitions by service, for each service that reads any topic.
    """
    found: dict[str, set[tuple[str, int]]] = {service: set() for service in SERVICES}
    for one in services:
        found.get(one.service, set()).update(one.partitions)
    return found


def _service_names(platform: Platform, processes: dict[str, Process]) -> list[str]:
    running = [name for name, process in processes.items() if process.kind == "service"]
    # One that runs elsewhere is known by one address only.
    expected = [
        f"{service}-{number}"
        for number in range(1, platform.instances + 1)
        for service in SERVICES
        if number == 1 or not platform.runs_elsewhere(service)
    ] + [GATEWAY]
    return expected + [name for name in running if name not in expected]


def _server(platform: Platform, name: str, process: Process | None) -> ServerStatus:
    external = platform.is_external(name)
    reachable = False
    # What listens on our port while we run nothing is somebody else's.
    if external or (process is not None and process.pid is not None):
        try:
            probe_server(platform, name)
            reachable = True
        except ServerUnreachableError:
            reachable = False
    return ServerStatus(
        name=name,
        address=platform.server_address(name),
        external=external,
        pid=process.pid if process else None,
        reachable=reachable,
        restarts=process.restarts if process else 0,
        last_exit=process.last_exit if process else "",
        last_exit_at=process.last_exit_at if process else None,
        log=process.log if process else "",
    )


def _service(platform: Platform, name: str, process: Process | None) -> ServiceStatus:
    if name == GATEWAY:
        service, external, address = GATEWAY, False, platform.gateway_url
    else:
        service, _, number = name.rpartition("-")
        external = platform.runs_elsewhere(service)
        address = platform.service_address(service, int(number))
    known = ServiceStatus(
        name=name,
        service=service,
        address=address,
        external=external,
        pid=process.pid if process else None,
        restarts=process.restarts if process else 0,
        last_exit=process.last_exit if process else "",
        last_exit_at=process.last_exit_at if process else None,
        log=process.log if process else "",
    )
    if not external and (process is None or process.pid is None):
        return known
    return ask(known)


def is_serving(address: str) -> bool:
    """Ask an instance the cheap question only: whether it is ready.

    Args:
        address: Where its API listens; the gateway's begins with `http://`.
    """
    if address.startswith("http://"):
        return _is_ready(address)
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with _channel(address) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=CALL_SECONDS)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def ask(known: ServiceStatus) -> ServiceStatus:
    """Return the status with what the instance says of itself.

    Args:
        known: What is known without asking.
    """
    if known.service == GATEWAY:
        reachable, ready = _answers(f"{known.address}/healthz"), _is_ready(known.address)
        waiting = "" if ready or not reachable else "the order service does not answer"
        return replace(known, reachable=reachable, ready=ready, waiting_for=waiting)
    import grpc
    from quadrille.ops.v1 import status_service_pb2, status_service_pb2_grpc

    with _channel(known.address) as channel:
        stub = status_service_pb2_grpc.StatusServiceStub(channel)
        try:
            answer = stub.GetStatus(status_service_pb2.GetStatusRequest(), timeout=CALL_SECONDS)
        except grpc.RpcError:
            serving = is_serving(known.address)
            return replace(known, reachable=serving, ready=serving)
    told = replace(
        known,
        reachable=True,
        ready=answer.ready,
        waiting_for=answer.waiting_for,
        # One that does not read yet has no partitions, and how far behind it is nobody knows.
        lag=sum(partition.lag for partition in answer.partitions) if answer.partitions or answer.ready else None,
        partitions=tuple((partition.topic, partition.partition) for partition in answer.partitions),
    )
    if answer.database_away:
        return told
    return replace(
        told,
        outbox_backlog=answer.outbox_backlog,
        outbox_oldest_seconds=round(answer.outbox_oldest_seconds, 3),
        dead_letters=answer.dead_letters,
        dead_letters_capped=answer.dead_letters_capped,
        open_calls=answer.open_calls,
    )


def _is_ready(url: str) -> bool:
    return _answers(f"{url}/readyz")


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=CALL_SECONDS) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _channel(address: str) -> grpc.Channel:
    import grpc

    # A proxy of the machine is for the world outside.
    return grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])
