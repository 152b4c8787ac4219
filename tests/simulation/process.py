"""One process of a service: its parts, wired as `chassis.service` wires them, on what is simulated."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from quadrille.avro import RecordSchema
from quadrille.events.topics import TOPICS, topics_owned_by, topics_read_by

from services.chassis.consume.consumer import Consumer
from services.chassis.consume.watermark import Watermark
from services.chassis.errors import DatabaseBehind, Retryable, SchemaUnknown
from services.chassis.postgres.continuity import AGAIN, Continuity
from services.chassis.process.batch import Processor
from services.chassis.publish import publisher
from services.chassis.publish.publisher import Publisher
from services.chassis.publish.sweeper import Sweeper
from services.chassis.wire.decoder import Decoder, source_of
from services.order.cancel_order import Cancelling
from services.order.deadlines import POLL_EVERY_SECONDS, Deadlines
from services.order.place_order import Placing
from tests.simulation.bus import Producer
from tests.simulation.outside import Caller
from tests.simulation.scenario import NO_DEADLINE
from tests.simulation.scheduler import Scheduler
from tests.simulation.store import Engine

if TYPE_CHECKING:
    from tests.simulation.world import World

SESSION_SECONDS = 6.0
_FATAL: Any = SimpleNamespace(fatal=lambda: True)


class Registry:
    """The schema registry as one process knows it: every event's schema has an id, sooner or later."""

    def __init__(self) -> None:
        schemas = [binding.event.SCHEMA for topic in TOPICS for binding in topic.events]
        self._by_id = dict(enumerate(schemas, 1))
        self._ids = {schema.fingerprint: id_ for id_, schema in self._by_id.items()}
        #: How many of the next questions for an id have no answer yet.
        self.unknown = 0

    def id_of(self, fingerprint: str, _topic: str, _full_name: str) -> int:
        if self.unknown:
            self.unknown -= 1
            raise SchemaUnknown("nobody knows this schema yet")
        return self._ids[fingerprint]

    def written_with(self, schema_id: int, _fingerprint: str | None) -> RecordSchema:
        return self._by_id[schema_id]


class Time:
    """Stands for the module `time` in the chassis."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def monotonic(self) -> float:
        return self._scheduler.now

    def sleep(self, seconds: float) -> None:
        self._scheduler.wait(lambda: False, seconds)


class Event:
    """Stands for a `threading.Event` that nobody sets."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def is_set(self) -> bool:
        return False

    def wait(self, seconds: float) -> bool:
        self._scheduler.wait(lambda: False, seconds)
        return False


class ReadingConsumer(Consumer):
    """The consumer, which tells when it reads a batch while the one before is being committed."""

    reached: Counter[str]

    def _inbound(self, messages: Any) -> Any:
        self.reached["a batch was read while another was being committed"] += self._processor.committing
        return super()._inbound(messages)


class Swept:
    """The publisher as the sweeper knows it; the world is told of what is swept."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.publish_ = process.publisher.publish

    def publish(self, rows: Any) -> None:
        self._process.world.watch_sweep(self._process)
        self.publish_(rows)


class Process:
    """One process of a service; it may die and start again."""

    def __init__(self, world: World, service: str, number: int) -> None:
        self.world, self.service, self.number = world, service, number
        self.name = f"{service}#{number}"
        self.alive = False
        self.lives = 0

    def start(self) -> None:
        """Build the parts as `chassis.service` does, and start their threads."""
        world, scheduler = self.world, self.world.scheduler
        self.alive = True
        self.lives += 1
        database = world.databases[self.service]
        self.continuity = Continuity(self._check, lambda: None, lambda _: None)
        self.engine: Any = Engine(database, self.continuity)
        self.engine.crash, self.engine.stop = self.crash, self.stop
        self.registry = Registry()
        registry: Any = self.registry
        self.producer = Producer(world.bus)
        skew = timedelta(seconds=world.scenario.skew if self.number else 0.0)

        def clock() -> datetime:
            now = database.now() + skew
            return now.replace(microsecond=now.microsecond // 1000 * 1000)

        self.clock = clock
        with patch.object(publisher, "Producer", lambda *_, **__: self.producer):
            self.publisher = Publisher("", self.service, self.engine, registry)
        handlers = world.handlers(self.service)
        caller = Caller(self, world.outside, handlers) if world.outside is not None and handlers.answers else None
        processor = Processor(self.engine, handlers, self.publisher.publish, clock, caller)
        topics = {topic.name: (topic, topic.name) for topic in topics_read_by(self.service)}
        self.consumer = ReadingConsumer(
            bootstrap_servers="",
            service=self.service,
            instance=self.name,
            topics=topics,
            fetch_topic_ids=lambda: topics,
            engine=self.engine,
            processor=processor,
            decoder=Decoder(self.service, registry),
            latency_critical=handlers.latency_critical,
            batch_max=world.scenario.batch_max,
            session_timeout=SESSION_SECONDS,
            back_pressure=lambda: self.publisher.back_pressure,
            checked=lambda: self.continuity.generation,
            on_state=lambda _: None,
        )
        self.consumer.reached = scheduler.reached
        sweep = Sweeper(self.engine, Swept(self), timedelta(days=14), check_session=self._look)  # type: ignore[arg-type]
        sweep._stopping = self.publisher._stopping = Event(scheduler)  # type: ignore[assignment]
        if self.service == "order":
            self.cancelling = Cancelling(handlers, self.engine, self.publisher.publish, clock, lambda _: None)
            deadline = timedelta(seconds=world.scenario.deadline)
            self.placing = Placing(handlers, self.engine, self.publisher.publish, clock, deadline)
            watermark = Watermark("", topics_read_by("order"), self.engine, clock)
            self.deadlines = Deadlines(self.cancelling, watermark, clock)
            if world.scenario.deadline < NO_DEADLINE:
                scheduler.start(f"{self.name} deadlines", self.name, self._sweep_deadlines)
        if caller is not None:
            scheduler.start(f"{self.name} recorder", self.name, caller.record)
            scheduler.start(f"{self.name} caller", self.name, caller.sweep)
        for part, body in (
            ("consumer", self.consumer.run),
            ("publisher", self.publisher.run),
            ("sweeper", sweep.run),
            ("network", self.producer.deliver),
        ):
            scheduler.start(f"{self.name} {part}", self.name, body)
        self.engine._look()
        with contextlib.suppress(DatabaseBehind):
            self.continuity.first()
        if any(fault.kind == "failover" for fault in world.scenario.faults):
            scheduler.start(f"{self.name} continuity", self.name, self._check_servers)

    def _look(self, _connection: object) -> None:
        self.engine._look()

    def _check_servers(self) -> None:
        """Do as `Continuity.run`, which waits for an event of another thread."""
        while True:
            self.world.scheduler.wait(lambda: not self.continuity.current, 1.0)
            if self.continuity.current:
                continue
            try:
                self.continuity._try()
            except Retryable as error:
                self.continuity._why = str(error)
                self.world.scheduler.wait(lambda: False, AGAIN.first_seconds)

    def _check(self) -> None:
        """Hold the database against the own topics, as `journal.check` does."""
        self.engine._look()
        if self.continuity.generation:
            # It takes a while to ask Kafka: what was committed just before has been handed to the publisher by then.
            self.world.scheduler.wait(lambda: False, 0.1)
            self.publisher.settle()
        database = self.world.databases[self.service]
        known = {str(row["event_id"]).encode() for row in database.tables["outbox"].values()}
        for topic in topics_owned_by(self.service):
            for number in range(self.world.bus.partitions):
                for message in self.world.bus.logs[topic.name, number]:
                    found = dict(message.headers() or ())
                    if found.get("ce_source") == source_of(self.service) and found.get("ce_id") not in known:
                        self.world.scheduler.reached["a promoted server had lost what was published"] += 1
                        raise DatabaseBehind("the database is older than what was published")

    def new_producer(self) -> Producer:
        """Make a producer in the place of one that failed."""
        self.producer = Producer(self.world.bus)
        self.world.scheduler.start(f"{self.name} network", self.name, self.producer.deliver)
        return self.producer

    def fail_producer(self) -> None:
        """Let the producer fail for good; its error is told to the publisher, as librdkafka's callback does."""
        if self.alive:
            self.producer.fail()
            self.publisher._on_error(_FATAL)

    def _sweep_deadlines(self) -> None:
        """Look as `Deadlines.run` does, which is a coroutine."""
        while True:
            self.world.scheduler.wait(lambda: False, POLL_EVERY_SECONDS)
            with contextlib.suppress(Retryable):
                if self.deadlines.poll_once():
                    self.world.scheduler.reached["the sweep cancelled what was due"] += 1

    def crash(self, seconds: float) -> None:
        """Die on the spot; start again after so long."""
        if not self.alive:
            return
        scheduler, life = self.world.scheduler, self.lives
        scheduler.say(f"CRASH of {self.name}")
        self.alive = False
        self.engine.dead = True
        scheduler.frozen.discard(self.name)
        scheduler.kill(self.name)
        scheduler.later(seconds, self.start)
        if seconds > SESSION_SECONDS:
            scheduler.later(SESSION_SECONDS, lambda: self._throw_out(life))

    def stop(self, seconds: float) -> None:
        """Stand still for so long, as after SIGSTOP; when it goes on, it knows nothing of it."""
        scheduler, life = self.world.scheduler, self.lives
        if not self.alive or self.name in scheduler.frozen:
            return
        scheduler.say(f"STOP of {self.name}")
        scheduler.frozen.add(self.name)
        if seconds > SESSION_SECONDS:
            scheduler.later(SESSION_SECONDS, lambda: self._throw_out(life))
        scheduler.later(seconds, lambda: self._go_on(life))

    def _go_on(self, life: int) -> None:
        if self.lives == life:
            self.world.scheduler.say(f"{self.name} goes on")
            self.world.scheduler.frozen.discard(self.name)

    def _throw_out(self, life: int) -> None:
        group = self.world.bus.groups.get(f"quadrille.{self.service}")
        if group is not None and self.lives == life:
            self.world.scheduler.say(f"the session of {self.name} has ended")
            self.world.scheduler.reached["a session ended, and the partitions went to others"] += 1
            group.leave(self.name)
