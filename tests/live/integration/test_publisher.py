"""What counts as published: what the broker has, not what the client makes of its answers."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from quadrille.avro import encode
from quadrille.events.order import OrderCancelRequested
from quadrille.events.types import CancelReason
from sqlalchemy import text

from services.chassis.postgres.direct import Direct
from services.chassis.publish.publisher import Publisher
from services.chassis.tables import outbox, outbox_maintenance
from tests.live.integration.bench import NOW
from tests.live.integration.relay import relayed
from tests.support.waiting import wait_until

pytestmark = pytest.mark.live


@pytest.fixture
def relay(platform):
    with relayed(platform.kafka_bootstrap_servers) as made:
        yield made


class Topic:
    """A topic of one partition that is deleted and made again."""

    def __init__(self, bootstrap: str) -> None:
        self.name = f"lost-{uuid4().hex[:8]}"
        self._bootstrap = bootstrap
        self._admin = AdminClient({"bootstrap.servers": bootstrap})

    def make(self) -> None:
        self._admin.create_topics([NewTopic(self.name, 1, 1)])[self.name].result()
        wait_until(lambda: (made := self._topics().get(self.name)) and made.partitions[0].leader >= 0)

    def delete(self) -> None:
        self._admin.delete_topics([self.name])[self.name].result()
        wait_until(lambda: self.name not in self._topics())

    def event_ids(self) -> list[UUID]:
        with Consumer({"bootstrap.servers": self._bootstrap, "group.id": self.name}) as reader:
            whole = TopicPartition(self.name, 0, 0)
            _, end = reader.get_watermark_offsets(whole, timeout=10)
            reader.assign([whole])
            read = [reader.poll(10) for _ in range(end)]
            return [UUID(dict(message.headers())["ce_id"].decode()) for message in read]

    def _topics(self):
        return self._admin.list_topics(timeout=10).topics


@pytest.fixture
def topic(platform):
    made = Topic(platform.kafka_bootstrap_servers)
    made.make()
    yield made
    made.delete()


@pytest.fixture
def publisher(bench, relay):
    made = Publisher(relay.address, "order", Direct(bench.engine), bench.schemas)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    thread.join()


@pytest.fixture
def write(bench, topic):
    """Write one event to the outbox, and give what is to be published."""

    def write(key=None):
        event = OrderCancelRequested(
            order_id=key or uuid4(), occurred_at=NOW, customer_id="c1", reason=CancelReason.DEADLINE_EXCEEDED
        )
        schema = event.SCHEMA
        message = outbox.Message(
            uuid4(), topic.name, event.order_id, schema.full_name, schema.fingerprint, encode(event), None
        )
        with bench.engine.begin() as connection:
            return list(outbox.append(connection, [message]))

    return write


@pytest.fixture
def waiting(bench):
    """Tell which events wait to be published, in their order."""

    def waiting() -> list[UUID]:
        with bench.engine.connect() as connection:
            found = connection.execute(text("SELECT event_id FROM outbox WHERE published_at IS NULL ORDER BY id"))
            return list(found.scalars())

    return waiting


def hold_once_it_runs(relay, publisher, write, waiting) -> None:
    """Let the producer begin, and keep its next requests back."""
    publisher.publish(write())
    wait_until(lambda: waiting() == [])
    relay.hold()


def sweep(bench, publisher) -> None:
    with bench.engine.connect() as connection:
        publisher.publish(outbox.unpublished(connection, older_than=timedelta(0), limit=100))


def test_a_record_that_a_topic_refused_goes_before_later_ones_into_the_topic_made_anew(
    relay, topic, publisher, write, waiting
):
    hold_once_it_runs(relay, publisher, write, waiting)
    first, later = write(), write()
    publisher.publish(first)
    relay.wait_for_requests(1)
    publisher.publish(later)
    topic.delete()
    relay.forward()  # refused: there is no such topic
    topic.make()
    relay.release()

    wait_until(lambda: waiting() == [])
    assert topic.event_ids() == [first[0].event_id, later[0].event_id]


def test_a_record_that_the_client_takes_for_acknowledged_and_the_topic_does_not_have_is_sent_again(
    monkeypatch, bench, relay, topic, request, write, waiting
):
    # With one request at a time it does not come to this; nothing else keeps the client from it.
    monkeypatch.setattr("services.chassis.publish.publisher.REQUESTS_IN_FLIGHT", 5)
    publisher = request.getfixturevalue("publisher")
    hold_once_it_runs(relay, publisher, write, waiting)
    lost, later = write(), write()
    publisher.publish(lost)
    relay.wait_for_requests(1)
    publisher.publish(later)
    relay.wait_for_requests(2)
    topic.delete()
    relay.forward()  # refused: there is no such topic
    topic.make()
    relay.forward()  # taken: the topic made anew knows nothing of what came before
    relay.release()  # and so the client holds the first one for taken too

    wait_until(lambda: len(waiting()) < 2)
    assert topic.event_ids() == [later[0].event_id]
    assert waiting() == [lost[0].event_id]
    sweep(bench, publisher)
    wait_until(lambda: waiting() == [])
    assert topic.event_ids() == [later[0].event_id, lost[0].event_id]


def test_what_a_lost_topic_acknowledged_and_nobody_has_marked_is_published_again_in_its_order(
    bench, relay, topic, publisher, write, waiting
):
    hold_once_it_runs(relay, publisher, write, waiting)
    key = uuid4()
    first = write(key)
    publisher.publish(first)
    relay.wait_for_requests(1)
    relay.forward()  # the topic has it, and its acknowledgement is on its way
    topic.delete()
    topic.make()
    both = [row.event_id for row in write(key)]
    assert both[0] == first[0].event_id
    with bench.engine.begin() as connection:
        assert outbox_maintenance.renew(connection) == 2
    relay.release()
    after = write()
    publisher.publish(after)
    wait_until(lambda: after[0].event_id not in waiting())

    assert waiting() == both
    sweep(bench, publisher)
    wait_until(lambda: waiting() == [])
    assert topic.event_ids() == [after[0].event_id, *both]


def test_rows_that_wait_get_new_ids_in_their_order_and_published_ones_keep_theirs(bench, write, waiting):
    rows = [write()[0] for _ in range(50)]
    with bench.engine.begin() as connection:
        outbox.mark_published(connection, rows[::3])
    wait = [row.event_id for number, row in enumerate(rows) if number % 3]
    assert waiting() == wait
    with bench.engine.begin() as connection:
        assert outbox_maintenance.renew(connection) == len(wait)
    with bench.engine.begin() as connection:
        outbox.mark_published(connection, rows)  # under the ids that they had
    assert waiting() == wait
    with bench.engine.connect() as connection:
        found = connection.execute(text("SELECT id FROM outbox WHERE published_at IS NOT NULL ORDER BY id"))
        assert list(found.scalars()) == [row.id for row in rows[::3]]
        renewed = outbox.unpublished(connection, older_than=timedelta(0), limit=100)
    assert [row.created_at for row in renewed] == [row.created_at for number, row in enumerate(rows) if number % 3]
