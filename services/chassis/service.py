"""The wiring of a service: what is built, in which order it starts and stops.

Starting: the gRPC server serves health and status at once; then the service waits for its database, for its schemas'
ids and for its topics, in any order in which they come up. Calls are answered from when the database is there. Those
that publish wait for more, and so does the consumer: until the database is known not to be older than what the service
has published, or what is decided from it might contradict that (`own_topic`). Stopping: no new calls, calls in flight
are answered, the batch in hand is finished, what is in flight to Kafka is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from pydantic import ValidationError
from quadrille.events.topics import topics_owned_by, topics_read_by
from quadrille.ops.v1 import call_service_pb2_grpc, dead_letter_service_pb2_grpc, status_service_pb2_grpc
from sqlalchemy import Connection

from services.chassis.backoff import Backoff
from services.chassis.calls.asking import make_caller, warn_of_open_calls
from services.chassis.consume.consumer import Consumer
from services.chassis.errors import ChassisError, Retryable, classified
from services.chassis.kafka.topics import topic_ids_fetcher
from services.chassis.observe import failpoints, logs, metrics
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.engine import check_revision
from services.chassis.process.batch import Processor
from services.chassis.process.replay import Replayer
from services.chassis.publish.sweeper import Sweeper
from services.chassis.rpc.calls import CallServicer
from services.chassis.rpc.dead_letters import DeadLetterServicer
from services.chassis.rpc.status import StatusServicer
from services.chassis.runtime import Runtime, Service
from services.chassis.settings import Settings
from services.chassis.tables import gauges, outbox_maintenance
from services.chassis.wire.decoder import Decoder
from telemetry import spans
from telemetry.escaping import guard_streams
from telemetry.metrics import CannotServeMetrics, serve

log = logging.getLogger(__name__)

S = TypeVar("S", bound=Settings)
C = TypeVar("C")
A = TypeVar("A")

AGAIN = Backoff(first_seconds=0.1, longest_seconds=2.0)


def run(service: Service) -> None:
    """Run a service until it is told to stop; then exit.

    Args:
        service: The service.
    """
    guard_streams()
    try:
        settings = service.settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "QUADRILLE_" + "_".join(map(str, problem["loc"])).upper()
            sys.stderr.write(f"{service.name}: {name}: {problem['msg']}\n")
        sys.exit(2)
    try:
        failpoints.arm(settings.failpoint, service.name, service.failpoints)
    except ValueError as error:
        sys.stderr.write(f"{service.name}: {failpoints.SETTING}: {error}\n")
        sys.exit(2)
    logs.configure(service.name, settings.instance, settings.log_level, settings.log_format)
    spans.configure(service.name, settings.instance)
    if settings.metrics_listen:
        try:
            serve(metrics.REGISTRY, settings.metrics_listen)
        except CannotServeMetrics as error:
            sys.stderr.write(f"{service.name}: {error}\n")
            sys.exit(1)
    sys.exit(asyncio.run(_Process(service, settings).main()))


def _calm_the_collector() -> None:
    """Have the garbage collector look at less, and less often: it was a fifth of the handling of a batch of 500.

    Modules, classes and schemas stay as long as the process does. A batch makes some ten thousand objects, and few of
    them are in cycles: counting references frees nearly all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(15_000, 20, 50)


class _Process:
    """One run of a service."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings
        self._failed = False
        self._stopping = threading.Event()
        self._threads: dict[str, threading.Thread] = {}
        self._consumer: Consumer | None = None
        self._sweeper: Sweeper | None = None

    async def main(self) -> int:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        for signal_ in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(signal_, self._stop.set)
        settings = self._settings
        self._runtime = runtime = Runtime(self._service, settings)
        server = runtime.server
        self._handlers = handlers = self._service.build(runtime)
        runtime.publishing |= frozenset(handlers.methods)
        self._caller = (
            make_caller(
                runtime.engine,
                runtime.transactions,
                handlers,
                runtime.publisher.publish,
                runtime.clock,
                runtime.remote_provider,
            )
            if runtime.remote_provider is not None
            else None
        )
        self._may_call = bool(handlers.answers)
        self._processor = Processor(
            runtime.transactions, handlers, runtime.publisher.publish, runtime.clock, self._caller
        )
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        status = StatusServicer(
            *(self._service.name, settings.instance, runtime.readiness, self._processor, runtime.engine, self._lag),
            calls=self._may_call,
        )
        status_service_pb2_grpc.add_StatusServiceServicer_to_server(status, server)
        replayer = Replayer(
            runtime.deciding,
            handlers,
            Decoder(self._service.name, runtime.schemas),
            runtime.publisher.publish,
            runtime.clock,
        )
        dead_letter_service_pb2_grpc.add_DeadLetterServiceServicer_to_server(
            DeadLetterServicer(runtime.engine, replayer), server
        )
        ops = ["Status", "DeadLetter"]
        if self._may_call:
            call_service_pb2_grpc.add_CallServiceServicer_to_server(CallServicer(runtime.engine), server)
            ops.append("Call")
        names = [*self._service.api, *(f"quadrille.ops.v1.{name}Service" for name in ops)]
        names.append(health.SERVICE_NAME)
        reflection.enable_server_reflection([*names, reflection.SERVICE_NAME], server)
        metrics.READY.source = lambda: {(): float(runtime.readiness.ready)}
        metrics.LAG.source = lambda: {(t, str(p)): behind for (t, p), (_, behind) in self._lag().items()}
        metrics.PAUSED.source = lambda: {(): self._consumer.paused} if self._consumer is not None else {}
        runtime.readiness.set("start", "starting")
        runtime.readiness.on_change = self._on_readiness
        await self._set_health(serving=False)
        try:
            port = server.add_insecure_port(settings.listen)
        except RuntimeError:
            log.error("cannot listen", extra={"listen": settings.listen})  # noqa: TRY400 - gRPC says no more
            return 1
        await server.start()
        log.info("listening", extra={"port": port})
        failpoint("start.listening")
        self._start("publisher", runtime.publisher.run)
        for number, group in enumerate(runtime.groups):
            self._start(f"commit-{number}", group.run)
        self._start("start", self._start_up)
        await self._stop.wait()
        await self._shut_down(server)
        return 1 if self._failed else 0

    def _start_up(self) -> None:
        runtime, service = self._runtime, self._service
        self._wait("database", lambda: check_revision(runtime.engine, service.name, service.revisions))
        failpoint("start.database-known")
        self._wait("outbox", self._maintain)
        failpoint("start.outbox-kept")
        if self._stopping.is_set():
            return
        runtime.serving = True
        for task in runtime.tasks:
            self._loop.call_soon_threadsafe(self._spawn, task)
        self._sweeper = Sweeper(
            runtime.engine,
            runtime.publisher,
            self._retention(),
            on_state=lambda why: runtime.readiness.set("database", why),
            check_session=self._check_session,
        )
        self._start("sweeper", self._sweeper.run)
        if self._settings.metrics_listen:
            measures = [gauges.outbox_and_letters, *runtime.measures]
            measures += [gauges.open_calls] if self._may_call else []
            self._start("measurer", gauges.Measurer(runtime.engine, measures, self._stopping).run)
        failpoint("start.serving")
        if self._caller is not None:
            self._start("caller", self._caller.run)
        elif self._may_call:
            self._wait("database", lambda: warn_of_open_calls(runtime.engine))
        bootstrap_servers = self._settings.kafka_bootstrap_servers
        fetch_topic_ids = topic_ids_fetcher(bootstrap_servers, topics_read_by(service.name))
        topics = self._wait("kafka", fetch_topic_ids)
        self._wait("own topic", runtime.continuity.first)
        if topics is None or self._stopping.is_set():
            return
        self._start("continuity", runtime.continuity.run)
        self._wait("registry", lambda: runtime.schemas.look_up(service.name))
        if self._stopping.is_set():
            return
        failpoint("start.topics-known")
        self._consumer = Consumer(
            bootstrap_servers=bootstrap_servers,
            service=service.name,
            instance=self._settings.instance,
            topics=topics,
            fetch_topic_ids=fetch_topic_ids,
            engine=runtime.engine,
            processor=self._processor,
            decoder=Decoder(service.name, runtime.schemas),
            latency_critical=self._handlers.latency_critical,
            batch_max=self._settings.batch_max,
            session_timeout=self._settings.session_timeout,
            back_pressure=lambda: runtime.publisher.back_pressure,
            checked=lambda: runtime.continuity.generation,
            on_state=lambda why: runtime.readiness.set("consumer", why),
        )
        _calm_the_collector()
        runtime.readiness.set("consumer", "waiting for partitions")
        runtime.readiness.set("start", "")
        failpoint("start.consuming")
        self._start("consumer", self._consumer.run)

    def _wait(self, condition: str, attempt: Callable[[], A]) -> A | None:
        attempts = 0
        while not self._stopping.is_set():
            try:
                found = attempt()
            except Retryable as error:
                self._runtime.readiness.set(condition, str(error))
            else:
                self._runtime.readiness.set(condition, "")
                return found
            attempts += 1
            self._stopping.wait(AGAIN.seconds(attempts))
        return None

    def _maintain(self) -> None:
        schemas = [b.event.SCHEMA for topic in topics_owned_by(self._service.name) for b in topic.events]
        with classified(), self._runtime.engine.begin() as connection:
            outbox_maintenance.maintain(connection, retention=self._retention())
            outbox_maintenance.keep_schemas(connection, {schema.fingerprint: schema.text for schema in schemas})

    def _check_session(self, connection: Connection) -> None:
        self._runtime.readiness.fade()
        self._runtime.continuity.check_session(connection)

    def _retention(self) -> timedelta:
        # A service that publishes nothing has no topic, and nothing in its outbox.
        return max((topic.retention for topic in topics_owned_by(self._service.name)), default=timedelta())

    def _lag(self) -> dict[tuple[str, int], tuple[int, int]]:
        return self._consumer.lag() if self._consumer is not None else {}

    def _start(self, name: str, target: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                target()
            except Exception as error:
                # A thread that ends is a service that only looks alive. The supervisor starts it afresh.
                log.critical(
                    "stopping",
                    extra={"task": name, "error": str(error)},
                    exc_info=None if isinstance(error, ChassisError) else error,
                )
                self._failed = True
                self._loop.call_soon_threadsafe(self._stop.set)

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        self._threads[name] = thread
        thread.start()

    def _spawn(self, task: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._background = [*getattr(self, "_background", []), self._loop.create_task(task())]

    def _on_readiness(self, ready: bool) -> None:
        def change() -> None:
            self._changing = self._loop.create_task(self._set_health(serving=ready))

        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(change)

    async def _set_health(self, *, serving: bool) -> None:
        serving_status = health_pb2.HealthCheckResponse.ServingStatus
        status = serving_status.SERVING if serving else serving_status.NOT_SERVING
        for name in ("", *self._service.api):
            await self._health.set(name, status)

    async def _shut_down(self, server: grpc.aio.Server) -> None:
        log.info("stopping")
        failpoint("stop.begun")
        self._stopping.set()
        began = time.monotonic()
        await self._health.enter_graceful_shutdown()
        if self._consumer is not None:
            self._consumer.stop()
        for task in getattr(self, "_background", []):
            task.cancel()
        await server.stop(self._settings.stop_grace)
        failpoint("stop.answered")
        for group in self._runtime.groups:
            group.stop()
        self._runtime.continuity.stop()
        await self._join("start", *(name for name in self._threads if name.startswith("commit-")), "consumer")
        failpoint("stop.read")
        if self._sweeper is not None:
            self._sweeper.stop()
        if self._caller is not None:
            self._caller.stop()
        await self._join("sweeper", "caller", "measurer")
        self._runtime.publisher.stop()
        await self._join("publisher")
        failpoint("stop.published")
        await asyncio.to_thread(spans.stop)
        self._runtime.engine.dispose()
        self._runtime.transactions.dispose()
        log.info("stopped", extra={"seconds": round(time.monotonic() - began, 2)})

    async def _join(self, *names: str) -> None:
        for name in names:
            thread = self._threads.get(name)
            if thread is not None:
                await asyncio.to_thread(thread.join, 10.0)
