# DO NOT EDIT. Made from schemas/ by `make generate`.
"""The topics: who publishes which event where, and who listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from quadrille.avro import Event
from quadrille.events import inventory as _events_inventory
from quadrille.events import order as _events_order
from quadrille.events import payment as _events_payment
from quadrille.events import shipping as _events_shipping

__all__ = [
    "INVENTORY_EVENTS",
    "ORDER_EVENTS",
    "PAYMENT_EVENTS",
    "SHIPPING_EVENTS",
    "TOPICS",
    "EventBinding",
    "Topic",
    "events_read_by",
    "subject",
    "topic_of",
    "topics_read_by",
]


@dataclass(frozen=True, slots=True)
class EventBinding:
    """An event of a topic.

    Attributes:
        event: The event's class.
        consumers: The services that handle it.
    """

    event: type[Event]
    consumers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic as topics.yaml describes it.

    Attributes:
        name: Its name in Kafka.
        key: The field of every event that is the record's key.
        owner: The one service that publishes to it.
        partitions: How many partitions it has.
        replication: How many copies of each there are.
        min_insync_replicas: How many of them must have a record before it is acknowledged.
        retention: How long records are kept.
        events: The events that may be published to it.
    """

    name: str
    key: str
    owner: str
    partitions: int
    replication: int
    min_insync_replicas: int
    retention: timedelta
    events: tuple[EventBinding, ...]

    def key_of(self, event: Event) -> str:
        """Return the record key of an event.

        Args:
            event: An event of this topic.

        Returns:
            The key field as text.

        Raises:
            ValueError: topics.yaml does not list the event for this topic.
        """
        if topic_of(type(event)) is not self:
            raise ValueError(f"{event.SCHEMA.full_name} is not published to {self.name}")
        return str(getattr(event, self.key))


ORDER_EVENTS = Topic(
    name="order-events",
    key="order_id",
    owner="order",
    partitions=6,
    replication=1,
    min_insync_replicas=1,
    retention=timedelta(days=14),
    events=(
        EventBinding(_events_order.OrderCreated, ("inventory",)),
        EventBinding(_events_order.OrderCompleted, ("inventory",)),
        EventBinding(_events_order.OrderCancelled, ("payment",)),
        EventBinding(_events_order.InventoryRollback, ("inventory",)),
        EventBinding(_events_order.OrderCancelRequested, ("shipping",)),
    ),
)

INVENTORY_EVENTS = Topic(
    name="inventory-events",
    key="order_id",
    owner="inventory",
    partitions=6,
    replication=1,
    min_insync_replicas=1,
    retention=timedelta(days=14),
    events=(
        EventBinding(_events_inventory.InventoryReserved, ("order", "payment",)),
        EventBinding(_events_inventory.InventoryFailed, ("order",)),
        EventBinding(_events_inventory.InventoryReleased, ("order",)),
    ),
)

PAYMENT_EVENTS = Topic(
    name="payment-events",
    key="order_id",
    owner="payment",
    partitions=6,
    replication=1,
    min_insync_replicas=1,
    retention=timedelta(days=14),
    events=(
        EventBinding(_events_payment.PaymentCompleted, ("order", "shipping",)),
        EventBinding(_events_payment.PaymentFailed, ("order",)),
        EventBinding(_events_payment.PaymentRefunded, ("order",)),
    ),
)

SHIPPING_EVENTS = Topic(
    name="shipping-events",
    key="order_id",
    owner="shipping",
    partitions=6,
    replication=1,
    min_insync_replicas=1,
    retention=timedelta(days=14),
    events=(
        EventBinding(_events_shipping.OrderShipped, ("order",)),
        EventBinding(_events_shipping.ShippingFailed, ("order",)),
        EventBinding(_events_shipping.ShipmentCancelled, ("order",)),
    ),
)

TOPICS: tuple[Topic, ...] = (ORDER_EVENTS, INVENTORY_EVENTS, PAYMENT_EVENTS, SHIPPING_EVENTS,)

_TOPIC_OF: dict[type[Event], Topic] = {binding.event: topic for topic in TOPICS for binding in topic.events}


def topic_of(event_type: type[Event]) -> Topic:
    """Return the topic of an event.

    Args:
        event_type: The event's class.

    Returns:
        The one topic that lists it.

    Raises:
        KeyError: No topic does.
    """
    return _TOPIC_OF[event_type]


def topics_owned_by(service: str) -> tuple[Topic, ...]:
    """Return the topics that a service publishes to.

    Args:
        service: The service's name.

    Returns:
        The topics, in the order of topics.yaml.
    """
    return tuple(topic for topic in TOPICS if topic.owner == service)


def topics_read_by(service: str) -> tuple[Topic, ...]:
    """Return the topics with at least one event that a service handles.

    Args:
        service: The service's name.

    Returns:
        The topics, in the order of topics.yaml.
    """
    return tuple(topic for topic in TOPICS if any(service in binding.consumers for binding in topic.events))


def events_read_by(service: str) -> Mapping[str, type[Event]]:
    """Return the events that a service handles.

    Args:
        service: The service's name.

    Returns:
        Each event's class by Avro full name, in the order of topics.yaml.
    """
    return {
        binding.event.SCHEMA.full_name: binding.event
        for topic in TOPICS
        for binding in topic.events
        if service in binding.consumers
    }


def subject(topic: Topic, event_type: type[Event]) -> str:
    """Return the registry subject of an event (TopicRecordNameStrategy).

    Args:
        topic: The event's topic.
        event_type: The event's class.

    Returns:
        `<topic>-<full name>`.
    """
    return f"{topic.name}-{event_type.SCHEMA.full_name}"
