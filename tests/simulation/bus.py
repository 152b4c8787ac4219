"""A model of Kafka as the services use it, and of librdkafka's clients: topics, groups, consumers, producers.

Invariants:

- A record's offset is its place in its partition, for good; readers meet records in that order.
- A partition belongs to one member of a group at a time, as far as the broker knows. A member that was thrown out
  believes that it still owns its partitions until it polls.
- What a producer took is delivered in order for each partition, later, one by one, or never if its process dies.
- A delivery that is reported with an offset has taken place. One without may not have: librdkafka concludes it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from confluent_kafka import TopicPartition

from services.chassis.consume import linger
from services.chassis.publish import publisher
from tests.simulation.scheduler import Scheduler

Partition = tuple[str, int]

#: Simulated seconds that an idle client's `poll` may take, if its caller would wait long. A real one returns sooner,
#: and is called again.
IDLE = 1.0


@dataclass(frozen=True, slots=True)
class Message:
    """What the services know as confluent-kafka's `Message`."""

    _topic: str
    _partition: int
    _offset: int | None
    _key: bytes | None
    _value: bytes | None
    _headers: list[tuple[str, bytes]]
    #: When the bus had it.
    at: float = 0.0

    def error(self) -> None:
        return None

    def topic(self) -> str:
        return self._topic

    def partition(self) -> int:
        return self._partition

    def offset(self) -> int | None:
        return self._offset

    def key(self) -> bytes | None:
        return self._key

    def value(self) -> bytes | None:
        return self._value

    def headers(self) -> list[tuple[str, bytes]]:
        return self._headers

    def leader_epoch(self) -> int:
        return 0


class Bus:
    """The broker."""

    def __init__(self, scheduler: Scheduler, topics: Sequence[str], partitions: int) -> None:
        self.scheduler = scheduler
        self.partitions = partitions
        self.logs: dict[Partition, list[Message]] = {(t, p): [] for t in topics for p in range(partitions)}
        #: For how long the next record on its way to the broker is held, while later ones overtake it.
        self.hold: float | None = None
        #: How many of the next records on their way to the broker are lost, and reported as delivered.
        self.lose = 0
        #: Until when a partition's fetches do not come back.
        self.slow: dict[Partition, float] = {}
        self.groups: dict[str, Group] = {}

    def append(self, topic: str, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> Message:
        """Append a record to the partition of its key."""
        partition = zlib.crc32(key or b"") % self.partitions
        log = self.logs[topic, partition]
        message = Message(topic, partition, len(log), key, value, headers, self.scheduler.now)
        log.append(message)
        if self.scheduler.tracing:
            type_ = (dict(headers).get("ce_type") or b"?").decode().rpartition(".")[2]
            self.scheduler.say(
                f"on the bus: {topic}/{partition}@{message.offset()} {type_} {(key or b'')[-4:].decode()}"
            )
        return message


class Group:
    """A consumer group's coordinator."""

    def __init__(self, partitions: Sequence[Partition]) -> None:
        self.partitions = list(partitions)
        self.owner: dict[Partition, str] = {}
        self.members: list[str] = []
        self.target: dict[Partition, str] = {}
        #: Grows with each change that a member has to look at.
        self.version = 0

    def join(self, member: str) -> None:
        """Let a member in; one that comes back under its name finds its partitions as they were."""
        if member not in self.members:
            self.members = sorted([*self.members, member])
            self._assign()

    def leave(self, member: str) -> None:
        """Throw a member out: its partitions are free at once, whether it knows or not."""
        if member in self.members:
            self.members.remove(member)
            self.owner = {partition: owner for partition, owner in self.owner.items() if owner != member}
            self._assign()

    def release(self, partitions: Sequence[Partition]) -> None:
        """Take partitions back that their owner has given up."""
        for partition in partitions:
            self.owner.pop(partition, None)
        self.version += 1

    def _assign(self) -> None:
        self.version += 1
        self.target = {}
        for place, partition in enumerate(self.partitions):
            if self.members:
                self.target[partition] = self.members[place % len(self.members)]


class Client:
    """What the services know as confluent-kafka's `Consumer`."""

    def __init__(self, bus: Bus, group: str, member: str) -> None:
        self._bus, self._scheduler, self._member = bus, bus.scheduler, member
        self._name = group
        self._group: Group | None = None
        self._version = -1
        self._fetched: dict[Partition, int] = {}
        self._paused: set[Partition] = set()
        self.committed: dict[Partition, int] = {}

    def subscribe(self, topics: Sequence[str], *, on_assign: Any, on_revoke: Any, on_lost: Any) -> None:
        partitions = [partition for partition in self._bus.logs if partition[0] in topics]
        self._group = self._bus.groups.setdefault(self._name, Group(partitions))
        self._on_assign, self._on_revoke, self._on_lost = on_assign, on_revoke, on_lost
        self._group.join(self._member)
        # A static member that comes back is given its partitions anew.
        self._group.release([p for p, owner in self._group.owner.items() if owner == self._member])

    def poll(self, timeout: float) -> Message | None:
        self._scheduler.pause()
        self._rebalance()
        if not self._ready():
            self._scheduler.wait(self._ready, IDLE if timeout >= linger.POLL_SECONDS else timeout)
            self._rebalance()
        return self._take()

    def consume(self, most: int, _timeout: float) -> list[Message]:
        self._scheduler.pause()
        self._rebalance()
        # However much has been fetched by now: batches are of any size.
        wanted = min(most, int(self._scheduler.chance.random() ** 2 * 12))
        taken: list[Message] = []
        while len(taken) < wanted and (message := self._take()) is not None:
            taken.append(message)
        return taken

    def incremental_assign(self, assigned: Sequence[TopicPartition]) -> None:
        self._fetched.update({(p.topic, p.partition): p.offset for p in assigned})

    def seek(self, partition: TopicPartition) -> None:
        assert self._fetched[partition.topic, partition.partition] == partition.offset

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        self._paused.update((p.topic, p.partition) for p in partitions)

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        self._paused.difference_update((p.topic, p.partition) for p in partitions)

    def get_watermark_offsets(self, partition: TopicPartition, **_: object) -> tuple[int, int]:
        return 0, len(self._bus.logs[partition.topic, partition.partition])

    def commit(self, *, offsets: Sequence[TopicPartition], asynchronous: bool) -> None:  # noqa: ARG002
        self.committed.update({(p.topic, p.partition): p.offset for p in offsets})

    def close(self) -> None:
        return None

    def _available(self) -> list[Partition]:
        now = self._scheduler.now
        return [
            partition
            for partition, offset in self._fetched.items()
            if offset < len(self._bus.logs[partition])
            and partition not in self._paused
            and self._bus.slow.get(partition, 0.0) <= now
        ]

    def _ready(self) -> bool:
        return bool(self._available()) or self._unbalanced()

    def _take(self) -> Message | None:
        available = self._available()
        if not available:
            return None
        partition = available[int(self._scheduler.chance.random() * len(available))]
        message = self._bus.logs[partition][self._fetched[partition]]
        self._fetched[partition] += 1
        return message

    def _unbalanced(self) -> bool:
        return self._group is not None and self._group.version != self._version

    def _rebalance(self) -> None:
        group = self._group
        assert group is not None
        if not self._unbalanced():
            return
        if self._member not in group.members:
            self._give_up(list(self._fetched), self._on_lost)
            group.join(self._member)
        gone = [p for p in self._fetched if group.owner.get(p) != self._member]
        if gone:
            self._give_up(gone, self._on_lost)
        moving = [p for p in self._fetched if group.target.get(p) != self._member]
        if moving:
            self._give_up(moving, self._on_revoke)
            group.release(moving)
        self._version = group.version
        coming = [p for p in group.partitions if group.target.get(p) == self._member and p not in group.owner]
        if coming:
            group.owner.update(dict.fromkeys(coming, self._member))
            self._on_assign(self, [TopicPartition(*partition) for partition in coming])
            if self._scheduler.tracing:
                self._scheduler.say(f"assigned {', '.join(f'{t}/{p}' for t, p in coming)}")

    def _give_up(self, partitions: Sequence[Partition], tell: Callable[..., None]) -> None:
        if partitions:
            tell(self, [TopicPartition(*partition) for partition in partitions])
            if self._scheduler.tracing:
                self._scheduler.say(f"revoked {', '.join(f'{t}/{p}' for t, p in partitions)}")
        for partition in partitions:
            self._fetched.pop(partition, None)
            self._paused.discard(partition)


@dataclass(slots=True)
class _Queued:
    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    on_delivery: Callable[[Any, Any], None]
    message: Message | None = None


@dataclass(eq=False)
class Producer:
    """What the services know as confluent-kafka's `Producer`."""

    bus: Bus
    queues: dict[Partition, list[_Queued]] = field(default_factory=dict)
    held: int = 0
    #: How many of the next records do not fit into the client's queue.
    full: int = 0
    #: It failed for good: what it had taken and not delivered is lost, and it delivers nothing more.
    failed: bool = False
    _answers: list[_Queued] = field(default_factory=list)

    def produce(
        self, topic: str, *, value: bytes, key: str, headers: list[tuple[str, bytes]], on_delivery: Any
    ) -> None:
        if self.full:
            self.full -= 1
            self.bus.scheduler.reached["a producer's queue was full"] += 1
            raise BufferError("Local: Queue full")
        queued = _Queued(topic, key.encode(), value, headers, on_delivery)
        partition = topic, zlib.crc32(queued.key) % self.bus.partitions
        self.queues.setdefault(partition, []).append(queued)

    def poll(self, timeout: float) -> None:
        self.bus.scheduler.pause()
        if not self._answers:
            # A caller that waits as long as it ever does has nothing to mark: so it may be longer.
            idle = timeout >= publisher.POLL_SECONDS and not self.queues
            self.bus.scheduler.wait(lambda: bool(self._answers), IDLE if idle else timeout)
        answers, self._answers = self._answers, []
        for queued in answers:
            queued.on_delivery(None, queued.message)

    def deliver(self) -> None:
        """Be the network: take queued records to the broker, one by one. Runs until its process dies."""
        scheduler = self.bus.scheduler
        while True:
            scheduler.wait(lambda: bool(self.queues) or self.failed)
            if self.failed:
                return
            partitions = list(self.queues)
            partition = partitions[int(scheduler.chance.random() * len(partitions))]
            queued = self.queues[partition].pop(0)
            if not self.queues[partition]:
                del self.queues[partition]
            if self.bus.hold is not None:
                seconds, self.bus.hold = self.bus.hold, None
                self.held += 1
                scheduler.reached["a record was overtaken on its way to the broker"] += 1
                scheduler.later(seconds, partial(self._arrive, queued))
            elif self.bus.lose:
                self.bus.lose -= 1
                scheduler.reached["a record was reported as delivered, and is nowhere"] += 1
                queued.message = Message(queued.topic, partition[1], None, queued.key, queued.value, queued.headers)
                self._answers.append(queued)
            else:
                self._deliver(queued)
            scheduler.pause()

    def fail(self) -> None:
        """Fail for good."""
        self.failed = True
        self.queues.clear()
        self.bus.scheduler.reached["a producer failed for good"] += 1

    def purge(self) -> None:
        """Let go of what is queued; a client that failed has nothing left."""
        self.queues.clear()

    def _deliver(self, queued: _Queued) -> None:
        queued.message = self.bus.append(queued.topic, queued.key, queued.value, queued.headers)
        self._answers.append(queued)

    def _arrive(self, queued: _Queued) -> None:
        self.held -= 1
        self._deliver(queued)

    @property
    def idle(self) -> bool:
        """True when nothing is on its way."""
        return not self.queues and not self._answers and not self.held
