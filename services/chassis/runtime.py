"""What a service is made of, and what it is built from. `service.py` starts and stops it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from grpc_health.v1 import health
from grpc_reflection.v1alpha import reflection

from services.chassis.calls.asking import RemoteProvider
from services.chassis.decide import clock
from services.chassis.decide.handlers import Handlers
from services.chassis.errors import classified
from services.chassis.kafka import own_topic
from services.chassis.observe.readiness import Readiness
from services.chassis.postgres.continuity import Continuity, Deciding
from services.chassis.postgres.direct import Direct
from services.chassis.postgres.engine import ALWAYS_BY_KEY, Revisions, make_engine
from services.chassis.process.group_commit import GroupCommit
from services.chassis.publish.publisher import Publisher
from services.chassis.rpc.server import Edge, make_server
from services.chassis.settings import Settings
from services.chassis.tables import outbox_maintenance
from services.chassis.tables.gauges import Measure
from services.chassis.wire.schemas import Schemas

#: They answer while the service still waits for its database.
UNGUARDED = (health.SERVICE_NAME, reflection.SERVICE_NAME, "quadrille.ops.v1.StatusService")

S = TypeVar("S", bound=Settings)
C = TypeVar("C")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Service:
    """A service, as its `app` module declares it.

    Attributes:
        name: As topics.yaml has it.
        api: Full names of its gRPC services.
        revisions: Revisions of its tables that it runs on.
        settings: Its settings' class.
        build: Registers its gRPC methods and gives its handlers. It must not connect to anything.
        failpoints: Those that only this service has, each with a sentence.
    """

    name: str
    api: tuple[str, ...]
    revisions: Revisions
    settings: type[Settings]
    build: Callable[[Runtime], Handlers[Any]]
    failpoints: Mapping[str, str] = field(default_factory=dict)


class Runtime:
    """What a service is built from."""

    def __init__(self, service: Service, settings: Settings) -> None:
        """Build the parts; none of them connects yet.

        Args:
            service: The service.
            settings: Its settings.
        """
        self.service = service
        self.settings = settings
        self.serving = False
        #: Methods that publish. They wait until the database is known to be current.
        self.publishing = frozenset({"ReplayDeadLetters", "DropDeadLetters"})
        self._clock_offset = timedelta(seconds=settings.clock_offset)
        self.readiness = Readiness()
        connecting = partial(
            make_engine,
            settings.sqlalchemy_url,
            transaction_timeout=settings.transaction_timeout,
            application_name=settings.instance,
            on_trouble=self.readiness.trouble,
        )
        self.engine = connecting(pool_size=7)
        # One each for the consumer, the publisher and a group commit, two for the caller.
        fast = connecting(pool_size=5, options=ALWAYS_BY_KEY)
        self.continuity = Continuity(
            self._check, self._let_go, on_state=lambda why: self.readiness.set("own topic", why)
        )
        for engine in (self.engine, fast):
            self.continuity.watch(engine)
        self.transactions = Direct(fast, self.continuity, self.readiness.trouble)
        #: For what decides and is not on the hot path.
        self.deciding = Deciding(self.engine, self.continuity)
        self.schemas = Schemas(settings.registry_url, self._kept_schema)
        self.publisher = Publisher(
            settings.kafka_bootstrap_servers,
            service.name,
            self.transactions,
            self.schemas,
            on_state=lambda why: self.readiness.set("publisher", why),
        )
        edge = Edge(
            max_message_bytes=settings.max_message_bytes,
            max_concurrent_calls=settings.max_concurrent_calls,
            waiting_for=self._waiting_for,
            continuity=self.continuity,
            unguarded=UNGUARDED,
        )
        #: The gRPC server, not started: `build` registers the API.
        self.server = make_server(
            edge, max_message_bytes=settings.max_message_bytes, max_concurrent_calls=settings.max_concurrent_calls
        )
        self.groups: list[GroupCommit[Any, Any]] = []
        self.tasks: list[Callable[[], Coroutine[Any, Any, None]]] = []
        #: What is measured in the database beside what is of every service.
        self.measures: list[Measure] = []
        #: Who makes the calls that no provider here answers; `build` sets it.
        self.remote_provider: RemoteProvider | None = None

    def _check(self) -> None:
        if self.continuity.generation:
            self.publisher.settle()
        own_topic.check(self.settings.kafka_bootstrap_servers, self.service.name, self.engine)

    def _let_go(self) -> None:
        self.engine.dispose()
        self.transactions.dispose()

    def _waiting_for(self, method: str) -> str:
        if self.continuity.current or (self.serving and method not in self.publishing and not self.continuity.unknown):
            return ""
        return self.readiness.waiting_for or "the service is starting"

    def _kept_schema(self, fingerprint: str) -> str | None:
        with classified(), self.engine.connect() as connection:
            return outbox_maintenance.kept_schema(connection, fingerprint)

    def clock(self) -> datetime:
        """Give the time, in whole milliseconds, as events carry it."""
        return clock.now(self._clock_offset)

    def group_commit(self, commit: Callable[[Sequence[C]], Sequence[A | Exception]]) -> GroupCommit[C, A]:
        """Make a queue whose commands share transactions.

        Args:
            commit: Takes commands through one transaction.

        Returns:
            The queue; the runtime starts and stops it.
        """
        group: GroupCommit[C, A] = GroupCommit(
            commit, most=self.settings.batch_max, waiting=2 * self.settings.max_concurrent_calls
        )
        self.groups.append(group)
        return group

    def background(self, task: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine beside the server, from when the database is there until the service stops.

        Args:
            task: Makes the coroutine.
        """
        self.tasks.append(task)
