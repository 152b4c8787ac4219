"""How far the partitions of one member have come: their positions, and what is known of them beside.

Invariants:

- The position in the database is the truth: `offset` follows it, after a commit or when it is read again.
- Records that are not for this service need no transaction: `skipped_to` waits for the next one, or for a flush.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.chassis.kafka.topics import Partition, TopicIdPartition
from services.chassis.tables.positions import Claim, Position


@dataclass(slots=True)
class PartitionProgress:
    """How far one partition has come.

    Attributes:
        pair: Name of the topic, and partition.
        offset: The next offset to handle, as the database has it.
        epoch: Leader epoch of the last record that was read; None if that is not known.
        skipped_to: The next offset behind skipped records whose position no transaction has moved yet; 0 if there are
            none.
        stalled: Why the partition stands still; None if it does not.
    """

    pair: Partition
    offset: int
    epoch: int | None = None
    skipped_to: int = 0
    stalled: str | None = None

    @property
    def read_to(self) -> int:
        """The next offset to read: skipped records count as read."""
        return max(self.offset, self.skipped_to)


class Progress(Mapping[TopicIdPartition, PartitionProgress]):
    """The partitions that a member owns, each with its progress."""

    def __init__(self) -> None:
        """Begin with no partition."""
        self._of: dict[TopicIdPartition, PartitionProgress] = {}

    def __getitem__(self, key: TopicIdPartition) -> PartitionProgress:
        """Give the progress of a partition."""
        return self._of[key]

    def __iter__(self) -> Iterator[TopicIdPartition]:
        """Go through the partitions."""
        return iter(self._of)

    def __len__(self) -> int:
        """Count the partitions."""
        return len(self._of)

    def begin(self, key: TopicIdPartition, pair: Partition, position: Position) -> None:
        """Begin a partition where the database says.

        Args:
            key: The topic's id, and the partition.
            pair: The topic's name, and the partition.
            position: The position.
        """
        self._of[key] = PartitionProgress(pair, position.offset, position.epoch)

    def forget(self, key: TopicIdPartition) -> None:
        """Forget a partition that belongs to another member now."""
        self._of.pop(key, None)

    def clear(self) -> None:
        """Forget all partitions."""
        self._of.clear()

    def offsets(self) -> dict[TopicIdPartition, int]:
        """Give the positions as they are known."""
        return {key: one.offset for key, one in self._of.items()}

    def reload(self, offsets: Mapping[TopicIdPartition, int]) -> None:
        """Take positions as the database has them now.

        Args:
            offsets: Next offsets.
        """
        for key, offset in offsets.items():
            self._of[key].offset = offset

    def read(self, epochs: Mapping[TopicIdPartition, int | None]) -> None:
        """Note the leader epochs of records that were read.

        Args:
            epochs: Of each partition that of its last record.
        """
        for key, epoch in epochs.items():
            if (one := self._of.get(key)) is not None:
                one.epoch = epoch

    def skip(self, following: Mapping[TopicIdPartition, int]) -> None:
        """Note that records were skipped.

        Args:
            following: The offsets behind them.
        """
        for key, offset in following.items():
            if (one := self._of.get(key)) is not None:
                one.skipped_to = offset

    def claims(self, following: Mapping[TopicIdPartition, int]) -> list[Claim]:
        """Make the moves of a transaction: those of its batch, and those past records that were skipped before.

        Args:
            following: The offsets behind the records of the batch.

        Returns:
            The moves.
        """
        skipped = {key: one.skipped_to for key, one in self._of.items() if one.offset < one.skipped_to}
        return [
            Claim(*key, self._of[key].offset, to, self._of[key].epoch) for key, to in {**skipped, **following}.items()
        ]

    def moved(self, claims: list[Claim]) -> None:
        """Note that a transaction has moved positions.

        Args:
            claims: The moves, committed.
        """
        for claim in claims:
            if (one := self._of.get((claim.topic_id, claim.partition))) is not None:
                one.offset, one.skipped_to = claim.following, 0
