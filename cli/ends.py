"""Where the topics end, and how much of them a service has still to read."""

from __future__ import annotations

from collections.abc import Mapping

from cli.errors import Refused
from cli.outcomes import ANSWER_SECONDS, kafka_away, quiet_logger

Place = tuple[str, int]  # topic id, partition


class Topics:
    """Where the topics end."""

    def __init__(self, bootstrap_servers: str, *, seconds: float = ANSWER_SECONDS) -> None:
        """Prepare to ask.

        Args:
            bootstrap_servers: Kafka's addresses.
            seconds: How long an answer may take.
        """
        from confluent_kafka.admin import AdminClient

        self._where = bootstrap_servers
        self._seconds = seconds
        self._admin = AdminClient({"bootstrap.servers": bootstrap_servers}, logger=quiet_logger())
        self._ids: dict[str, str] | None = None

    def ends(self) -> Mapping[Place, tuple[int, int]]:
        """Give the first and the next offset of each partition of each topic.

        Raises:
            Unreachable: Kafka does not answer.
            Refused: Kafka has no such topic.
        """
        from confluent_kafka import KafkaException, TopicPartition
        from confluent_kafka.admin import OffsetSpec
        from quadrille.events.topics import TOPICS

        try:
            ids = self._topic_ids()
            partitions = [TopicPartition(t.name, n) for t in TOPICS for n in range(t.partitions)]
            found = [
                self._admin.list_offsets(dict.fromkeys(partitions, spec), request_timeout=self._seconds)
                for spec in (OffsetSpec.earliest(), OffsetSpec.latest())
            ]
            return {
                (ids[p.topic], p.partition): (found[0][p].result().offset, found[1][p].result().offset)
                for p in partitions
            }
        except KafkaException as error:
            raise kafka_away(self._where, error.args[0].str()) from None

    def lag(self, service: str, positions: Mapping[Place, int], ends: Mapping[Place, tuple[int, int]]) -> int:
        """Count the records that a service has still to read.

        Args:
            service: The service.
            positions: How far it has read.
            ends: As `ends` gives them.
        """
        return sum(self.lag_by_topic(service, positions, ends).values())

    def lag_by_topic(
        self, service: str, positions: Mapping[Place, int], ends: Mapping[Place, tuple[int, int]]
    ) -> dict[str, int]:
        """Count the records that a service has still to read, in each topic that it reads.

        Args:
            service: The service.
            positions: How far it has read.
            ends: As `ends` gives them.
        """
        from quadrille.events.topics import topics_read_by

        ids = self._topic_ids()
        names = {ids[topic.name]: topic.name for topic in topics_read_by(service)}
        found = dict.fromkeys(names.values(), 0)
        for place, (first, end) in ends.items():
            if place[0] in names:
                found[names[place[0]]] += max(0, end - positions.get(place, first))
        return found

    def published(self, ends: Mapping[Place, tuple[int, int]]) -> dict[str, int]:
        """Count the records that were ever published to each topic.

        Args:
            ends: As `ends` gives them.
        """
        names = {id_: name for name, id_ in self._topic_ids().items()}
        found = dict.fromkeys(names.values(), 0)
        for (id_, _), (_, end) in ends.items():
            found[names[id_]] += end
        return found

    def _topic_ids(self) -> dict[str, str]:
        from confluent_kafka import KafkaException, TopicCollection
        from quadrille.events.topics import TOPICS

        if self._ids is None:
            names = TopicCollection([topic.name for topic in TOPICS])
            found = {}
            for name, future in self._admin.describe_topics(names, request_timeout=self._seconds).items():
                try:
                    found[name] = str(future.result().topic_id)
                except KafkaException as error:
                    if error.args[0].name() == "UNKNOWN_TOPIC_OR_PART":
                        raise Refused(f"Kafka has no topic {name}; run `quadrille apply`.") from None
                    raise
            self._ids = found
        return self._ids
