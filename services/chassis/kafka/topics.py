"""What Kafka says of topics. A topic is known by its id: one that was deleted and made again is another one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from quadrille.events.topics import Topic

from services.chassis.errors import BrokerAway

log = logging.getLogger(__name__)

#: How long the broker is waited for, each second, by a consumer that has other things to do.
BROKER_SECONDS = 0.5

#: Clients ask so often which partitions there are: those that an operator has added are written to and read within
#: seconds. librdkafka's own default is five minutes, in which records on them would only wait. A client asks one broker
#: for the few topics that it uses.
METADATA_EVERY_MS = 5_000

Partition = tuple[str, int]  # name of a topic, and number
TopicIdPartition = tuple[str, int]  # Kafka's id of a topic, and number


def topic_ids_fetcher(bootstrap_servers: str, topics: Sequence[Topic]) -> Callable[[], dict[str, tuple[Topic, str]]]:
    """Prepare to ask Kafka for topics' ids, again and again, through one client.

    Args:
        bootstrap_servers: Kafka's addresses.
        topics: The topics.

    Returns:
        A function that gives, by name, the topic and its id. It raises BrokerAway if Kafka does not answer, or lacks a
        topic; the message names the command to run.
    """
    from confluent_kafka import KafkaError, KafkaException, TopicCollection
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 3}, logger=log)

    def fetch() -> dict[str, tuple[Topic, str]]:
        asked = admin.describe_topics(TopicCollection([topic.name for topic in topics]), request_timeout=5)
        described = {}
        for topic in topics:
            try:
                described[topic.name] = topic, str(asked[topic.name].result().topic_id)
            except KafkaException as error:
                if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise BrokerAway(f"Kafka lacks the topic {topic.name}; run: quadrille apply") from error
                raise BrokerAway(f"Kafka at {bootstrap_servers} does not answer: {error.args[0].str()}") from error
        return described

    return fetch
