"""The consumer loop: reads batches, hands them to the processor, and survives what comes in between.

Invariants:

- Where to read from is the database's word. Offsets committed to Kafka are for monitoring only.
- Only the thread of `run` calls the client. A client that polls with nothing to read keeps other threads waiting, in
  librdkafka's binding, for as long as nothing comes (seen with confluent-kafka 2.16: minutes).
- A client that failed for good is replaced: it would look alive, and read nothing. So is one whose session has ended
  and that does not join its group again (seen with librdkafka 2.16 after a broker's restart: five minutes, no error).
- A batch that cannot be done now is kept and tried again, in order, while its partitions are paused; the consumer goes
  on polling, so that it is not thrown out of its group.
- While records wait, a batch is read as the one before is being committed. That one is waited for before the batch
  takes effect, before partitions are given away, and before anything else is done.
- A position goes to Kafka with its leader epoch: where a topic has lost its end, and others' records may be in the
  places of those that were read, the client is told so instead of going on. It asks again after each change of leader.
- A topic is known by its id. One that was deleted and made again under this process ends it: its positions begin anew,
  and what is read twice is a no-op by the rows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer as KafkaConsumer
from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition
from quadrille.events.topics import Topic
from sqlalchemy import Engine

from services.chassis.backoff import Backoff
from services.chassis.consume import stalled
from services.chassis.consume.lag import Offsets
from services.chassis.consume.linger import POLL_SECONDS, BatchReader
from services.chassis.errors import (
    BrokerAway,
    PositionTaken,
    Retryable,
    TopicRecreated,
    Undecodable,
    WentBack,
    classify,
)
from services.chassis.kafka.epochs import OUT_OF_RANGE, at_position, hold_to_epochs
from services.chassis.kafka.topics import BROKER_SECONDS, METADATA_EVERY_MS, Partition, TopicIdPartition
from services.chassis.observe import metrics
from services.chassis.observe.failpoints import failpoint
from services.chassis.process.batch import Processor
from services.chassis.process.effects import Inbound
from services.chassis.process.progress import Progress
from services.chassis.tables import positions
from services.chassis.tables.positions import Position
from services.chassis.wire.decoder import Decoder
from services.chassis.wire.record import record_of

log = logging.getLogger(__name__)

COMMIT_EVERY_SECONDS = 1.0
#: Seconds between two looks at the topics' ids, as long as nothing is suspected.
CHECK_TOPICS_EVERY_SECONDS = 10.0
AGAIN = Backoff(first_seconds=0.1, longest_seconds=5.0)

_SPEAKS_OF_A_TOPIC = frozenset(
    {
        KafkaError._AUTO_OFFSET_RESET,  # noqa: SLF001 - librdkafka's name for it
        KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001
        KafkaError._UNKNOWN_TOPIC,  # noqa: SLF001
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.UNKNOWN_TOPIC_ID,
        KafkaError.OFFSET_OUT_OF_RANGE,
    }
)
#: How long a client whose session has ended may take to join its group again, once the broker answers.
REJOIN_SECONDS = 30.0
#: Between a client that failed for good and the next one.
NEW_CLIENT_SECONDS = 1.0


class ClientFailed(Exception):
    """The client failed for good.

    After a restart of the broker that is seen now and then: the broker takes a static member's commit for that of an
    older member of the same name, and fences it. Such a client gives no more records, and no more errors either.
    """


class Consumer:
    """One member of a service's consumer group."""

    def __init__(
        self,
        *,
        bootstrap_servers: str,
        service: str,
        instance: str,
        topics: Mapping[str, tuple[Topic, str]],
        fetch_topic_ids: Callable[[], Mapping[str, tuple[Topic, str]]],
        engine: Engine,
        processor: Processor,
        decoder: Decoder,
        latency_critical: Collection[str],
        batch_max: int,
        session_timeout: float,
        back_pressure: Callable[[], bool],
        checked: Callable[[], int] = lambda: 0,
        on_state: Callable[[str], None],
    ) -> None:
        """Prepare; nothing connects yet.

        Args:
            bootstrap_servers: Kafka's addresses.
            service: Names the consumer group.
            instance: Names this member; the same name after a restart gets its partitions back at once.
            topics: What is read: by name, the topic and Kafka's id of it.
            fetch_topic_ids: Asks Kafka for `topics` as they are now.
            engine: The service's database.
            processor: Takes batches through their transactions.
            decoder: Reads records.
            latency_critical: Full names of the events that never wait for others: `Handlers.latency_critical`.
            batch_max: Records in a batch, at most.
            session_timeout: Seconds after which a silent member's partitions go to others.
            back_pressure: True while the publisher has more than it can send.
            checked: Counts the database servers that were found to know what they should: after each, positions are
                read again.
            on_state: Told what the consumer waits for, in a sentence; empty when it reads.
        """
        self._topics = topics
        self._fetch_topic_ids = fetch_topic_ids
        self._checked_topics_at = time.monotonic()
        self._suspects = False
        self._missing = False
        self._engine = engine
        self._processor = processor
        self._decoder = decoder
        self._reader = BatchReader(batch_max, latency_critical)
        self._back_pressure = back_pressure
        self._checked = checked
        self._generation = checked()
        self._on_state = on_state
        self._stopping = threading.Event()
        self._progress = Progress()
        self._owned: set[Partition] = set()
        self._stash: list[Message] = []
        # The batch whose commit is sent; it stays here until the commit is known.
        self._unsure: list[Message] = []
        self._paused = False
        self._offsets = Offsets()
        self._committed_at = 0.0
        self._config = {
            "bootstrap.servers": bootstrap_servers,
            "group.id": f"quadrille.{service}",
            "group.instance.id": instance,
            "client.id": instance,
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": int(session_timeout * 1000),
            "heartbeat.interval.ms": int(session_timeout * 1000 / 4),
            "fetch.wait.max.ms": 500,
            "queued.max.messages.kbytes": 16384,
            "allow.auto.create.topics": False,
            "topic.metadata.refresh.interval.ms": METADATA_EVERY_MS,
            "error_cb": self._on_error,
            "log_level": 4,
        }
        self._broker_away = False
        self._lost_at: float | None = None
        self._consumer: Any = None

    def run(self) -> None:
        """Read until `stop`.

        Raises:
            TopicRecreated: A topic is another one than when this process began; it should end and be started again.
            WentBack: The database was restored under this process; it should end and be started again.
            KafkaException: The client cannot be made or closed.
        """
        while not self._stopping.is_set():
            try:
                self._read()
            except ClientFailed as error:
                log.error("the client failed for good, starting a new one", extra={"error": str(error)})  # noqa: TRY400
                self._report_state(f"the Kafka client failed and is started again: {error}")
                self._forget()
                self._stopping.wait(NEW_CLIENT_SECONDS)

    def _read(self) -> None:
        self._consumer = KafkaConsumer(self._config, logger=log)
        self._consumer.subscribe(
            list(self._topics), on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )
        try:
            while not self._stopping.is_set():
                messages = self._next()
                if messages:
                    self._handle(messages)
                elif self._unsure:
                    self._until_done(self._settle)
                if time.monotonic() - self._committed_at >= COMMIT_EVERY_SECONDS:
                    if self._broker_away:
                        self._look_for_broker()
                    self._check_group()
                    if self._generation != (generation := self._checked()):
                        # No record may come for hours that would tell that positions went back with the database.
                        self._until_done(self._reload)
                        self._generation = generation
                    self._until_done(self._flush)
                    self._commit_offsets()
                    self._offsets.measure(self._consumer, self._owned)
                    if stalled.find_reasons(self._consumer, self._progress):
                        self._report_state("")
                    self._check_topics()
        finally:
            self._let_settle()
            self._commit_offsets(last=True)
            self._consumer.close()

    def _forget(self) -> None:
        # The new client is assigned partitions afresh, and reads from the positions in the database.
        self._owned.clear()
        self._progress.clear()
        self._offsets.clear()
        self._stash, self._unsure = [], []
        self._paused = self._broker_away = False
        self._lost_at = None

    def stop(self) -> None:
        """Make `run` return after the batch in hand."""
        self._stopping.set()

    def lag(self) -> dict[Partition, tuple[int, int]]:
        """Measure what is still to be read.

        Returns:
            For each partition of this member: the next offset, and how many records followed it when its end was last
            measured, about a second ago at most.
        """
        measured = {}
        for pair, end in sorted(self._offsets.ends.items()):
            one = self._progress.get(self._topic_id_partition(pair))
            following = one.read_to if one is not None else end
            measured[pair] = following, max(0, end - following)
        return measured

    def _topic_id_partition(self, pair: Partition) -> TopicIdPartition:
        topic, partition = pair
        return self._topics[topic][1], partition

    def _assigned(self) -> list[TopicPartition]:
        return [TopicPartition(*pair) for pair in self._owned]

    @property
    def paused(self) -> int:
        """Partitions that stand still because a batch cannot be done now."""
        return len(self._owned) if self._paused else 0

    def _next(self) -> list[Message]:
        if self._back_pressure():
            self._until_done(self._settle)
            self._hold_back()
        if self._stash:
            # Before anything newer: positions would move past these.
            messages, self._stash = self._stash, []
            return messages
        return self._reader.batch(self._consumer, at_once=self._processor.committing)

    def _hold_back(self) -> None:
        """Wait until the publisher has room. What is not read meanwhile stays with Kafka, not in this process."""
        while self._back_pressure() and not self._stopping.is_set():
            # Each time: partitions may have been assigned meanwhile.
            self._consumer.pause(self._assigned())
            self._wait(POLL_SECONDS)
        self._consumer.resume(self._assigned())

    def _handle(self, messages: list[Message]) -> None:
        failpoint("consume.polled")

        def work() -> None:
            if not self._processor.committing:
                # What has failed is done again first: it moves positions, by which records are left out.
                self._settle()
            phases = metrics.Phases()
            read = self._inbound(messages)
            phases.done("decode")
            failpoint("consume.decoded")
            self._settle()
            self._run(read, wait=not self._reader.full(messages))
            phases.count()

        self._until_done(work)
        if self._processor.committing:
            self._unsure = messages

    def _settle(self) -> None:
        """Wait for the batch whose commit is sent; do it again if that has failed."""
        if self._processor.committing:
            self._processor.finish()
        elif self._unsure:
            self._run(self._inbound(self._unsure))
        self._unsure = []

    def _run(self, read: tuple[list[Inbound], dict[TopicIdPartition, int | None]], *, wait: bool = True) -> None:
        batch, epochs = read
        self._progress.read(epochs)
        if batch:
            self._processor.run(batch, self._progress, wait=wait)

    def _let_settle(self) -> None:
        """Wait for the batch whose commit is sent. If that fails it is left: its records are read again."""
        try:
            self._processor.finish()
            self._unsure = []
        except (Retryable, PositionTaken) as error:
            log.info("the last batch is not known to be committed", extra={"error": str(error)})

    def _flush(self) -> None:
        self._settle()
        self._processor.flush(self._progress)

    def _until_done(self, work: Callable[[], None]) -> None:
        attempts = 0
        while not self._stopping.is_set():
            try:
                work()
                self._resume()
                return
            except PositionTaken as error:
                log.info("another instance was faster, reading the positions again", extra={"error": str(error)})
                metrics.RETRIES.labels(type(error).__name__).inc()
                self._reload()
            except Retryable as error:
                metrics.RETRIES.labels(type(error).__name__).inc()
                self._pause(str(error))
            attempts += 1
            self._wait(AGAIN.seconds(attempts))

    def _inbound(self, messages: Sequence[Message]) -> tuple[list[Inbound], dict[TopicIdPartition, int | None]]:
        """Read records; also gives the leader epoch of the last of each partition."""
        batch: list[Inbound] = []
        # What was fetched before a partition went away and came back is fetched again, perhaps into the same batch.
        following = self._progress.offsets()
        last: dict[TopicIdPartition, Message] = {}
        for message in messages:
            if message.error() is not None:
                self._on_message_error(message)
                continue
            topic, topic_id = self._topics[message.topic()]
            partition, offset = message.partition(), message.offset()
            place = topic_id, partition
            at = following.get(place)
            # Records of a partition that was just revoked, and those that an earlier try got done, are left out.
            if at is None or offset < at or (topic.name, partition) not in self._owned:
                continue
            following[place] = offset + 1
            last[place] = message
            record = record_of(message)
            received, problem = None, None
            try:
                received = self._decoder.decode(topic, partition, offset, record)
            except Undecodable as error:
                problem = error
            batch.append(Inbound(topic, topic_id, partition, offset, record, received, problem))
        return batch, {place: message.leader_epoch() for place, message in last.items()}

    def _check_topics(self) -> None:
        """See whether the topics are still the same: at once after an error that speaks of one, else now and then."""
        if not self._suspects and time.monotonic() - self._checked_topics_at < CHECK_TOPICS_EVERY_SECONDS:
            return
        self._checked_topics_at = time.monotonic()
        if stalled.stalled(self._progress):
            self._until_done(self._check_stalled)
        try:
            now = self._fetch_topic_ids()
        except BrokerAway as error:
            self._missing = True
            self._report_state(str(error))
            return
        for name, (_, topic_id) in now.items():
            if topic_id != self._topics[name][1]:
                raise TopicRecreated(f"the topic {name} was deleted and made again")
        self._suspects = False
        if self._missing:
            self._missing = False
            self._report_state("")

    def _report_state(self, why: str) -> None:
        self._on_state("; ".join([*([why] if why else []), *stalled.describe(self._progress)]))

    def _check_stalled(self) -> None:
        if stalled.were_moved(self._engine, self._progress):
            raise WentBack("a position that was outside its topic was moved: reading from there")

    def _on_error(self, error: KafkaError) -> None:
        # Called inside `poll`. The client connects again by itself; only that it has is not told.
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - librdkafka's name for it
            self._broker_away = True
            self._report_state(f"Kafka does not answer: {error.str()}")
        else:
            log.info("broker", extra={"error": str(error)})

    def _look_for_broker(self) -> None:
        try:
            self._consumer.list_topics(next(iter(self._topics)), timeout=BROKER_SECONDS)
        except KafkaException:
            return
        self._broker_away = False
        self._report_state("")

    def _on_message_error(self, message: Message) -> None:
        error = message.error()
        self._suspects = self._suspects or error.code() in _SPEAKS_OF_A_TOPIC
        if error.fatal() or error.code() == KafkaError._FATAL:  # noqa: SLF001 - librdkafka's name for it
            raise ClientFailed(error.str())
        if error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 - librdkafka's name for it
            # What comes next is gone from the topic, or is not what follows: going on would lose it without a word.
            pair = message.topic(), message.partition()
            one = self._progress.get(self._topic_id_partition(pair))
            if one is not None and pair in self._owned:
                one.stalled = OUT_OF_RANGE
            self._report_state("")
        log.warning("consumer", extra={"error": str(error)})

    def _pause(self, why: str) -> None:
        if not self._paused:
            log.warning("paused", extra={"error": why})
            self._paused = True
        self._report_state(why)
        if owned := self._assigned():
            self._consumer.pause(owned)

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._consumer.resume(self._assigned())
            self._report_state("")
            log.info("resumed")

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := until - time.monotonic()) > 0:
            message = self._consumer.poll(min(left, POLL_SECONDS))
            if message is not None:
                # Fetched before the pause took hold. It comes after the batch in hand.
                self._stash.append(message)

    def _on_assign(self, _consumer: Any, assigned: Sequence[TopicPartition]) -> None:
        pairs = [(p.topic, p.partition) for p in assigned]
        self._lost_at = None
        failpoint("rebalance.assigned")
        starts = self._starting_positions(pairs)
        failpoint("rebalance.positions-kept")
        self._owned.update(pairs)
        self._offsets.begin({pair: start.offset for pair, start in starts.items()})
        self._consumer.incremental_assign([at_position(pair, starts[pair]) for pair in pairs])
        try:
            hold_to_epochs(self._consumer, {pair: starts[pair] for pair in pairs})
        except KafkaException as error:
            raise ClientFailed(f"positions cannot be held against their topics: {error}") from error
        failpoint("rebalance.begun")
        log.info("assigned", extra={"partitions": [f"{t}-{p}" for t, p in pairs]})
        self._report_state("")

    def _on_lost(self, consumer: Any, lost: Sequence[TopicPartition]) -> None:
        self._on_revoke(consumer, lost)
        self._lost_at = time.monotonic()
        self._report_state("its session has ended, joining the group again")

    def _check_group(self) -> None:
        if self._lost_at is None:
            return
        if self._broker_away:
            self._lost_at = time.monotonic()
        elif time.monotonic() - self._lost_at > REJOIN_SECONDS:
            raise ClientFailed(f"its session has ended, and for {REJOIN_SECONDS:g} s it has not joined its group again")

    def _on_revoke(self, _consumer: Any, revoked: Sequence[TopicPartition]) -> None:
        failpoint("rebalance.revoked")
        self._let_settle()
        for partition in revoked:
            pair = (partition.topic, partition.partition)
            self._owned.discard(pair)
            self._progress.forget(self._topic_id_partition(pair))
        self._offsets.keep(self._owned)
        self._stash = [m for m in self._stash if (m.topic(), m.partition()) in self._owned]
        failpoint("rebalance.forgotten")
        log.info("revoked", extra={"partitions": [f"{p.topic}-{p.partition}" for p in revoked]})

    def _starting_positions(self, pairs: Sequence[Partition]) -> dict[Partition, Position]:
        attempts = 0
        while True:
            try:
                return self._load_or_start(pairs)
            except Exception as error:
                away = classify(error)
                if not isinstance(away, Retryable) or self._stopping.is_set():
                    raise
                self._report_state(str(away))
            attempts += 1
            time.sleep(AGAIN.seconds(attempts))

    def _load_or_start(self, pairs: Sequence[Partition]) -> dict[Partition, Position]:
        by_id = {self._topic_id_partition(pair): pair for pair in pairs}
        with self._engine.begin() as connection:
            found = dict(positions.kept(connection, list(by_id)))
            for (topic_id, partition), (topic, _) in by_id.items():
                if (topic_id, partition) not in found:
                    try:
                        low, _ = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=5.0)
                    except KafkaException as error:
                        raise BrokerAway(str(error)) from error
                    positions.start(connection, topic_id, topic, partition, low)
                    found[topic_id, partition] = Position(low, None)
            failpoint("rebalance.positions-read")
        for key, position in found.items():
            self._progress.begin(key, by_id[key], position)
        return {by_id[key]: position for key, position in found.items()}

    def _reload(self) -> None:
        try:
            with self._engine.connect() as connection:
                found = positions.load(connection, list(self._progress))
            # One that is gone was begun after the backup was made.
            if any(found.get(key, -1) < one.offset for key, one in self._progress.items()):
                # What was fetched no longer follows the positions. A fresh start reads from where they are now.
                raise WentBack("positions went back: the database was restored under this process")  # noqa: TRY301
            self._progress.reload(found)
        except Exception as error:
            away = classify(error)
            if not isinstance(away, Retryable):
                raise
            self._pause(str(away))

    def _commit_offsets(self, *, last: bool = False) -> None:
        self._committed_at = time.monotonic()
        mine = ((pair, self._progress.get(self._topic_id_partition(pair))) for pair in self._owned)
        now = {pair: one.offset for pair, one in mine if one is not None}
        self._offsets.commit(self._consumer, now, last=last)
