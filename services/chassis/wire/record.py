"""A record's bytes: as the Kafka client gives them, and as a dead letter keeps them.

Invariants:

- Taking a record from the client raises nothing, whatever its producer chose: the client's own accessors raise where a
  header's name is not UTF-8, or worse.
- A header without a value is no header. Of several with one name the last counts, as Kafka's own `lastHeader` has it.
"""

from __future__ import annotations

import gc
import json
import operator
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from confluent_kafka import Message
from quadrille.avro_values import uuid_of
from quadrille.events.topics import Topic

from services.chassis.errors import Undecodable
from services.chassis.tables.dead_letters import DeadLetter, Stored, format_error

#: Kafka allows a header without a value.
Headers = Sequence[tuple[str, bytes | None]]


class Record(NamedTuple):
    """A record's bytes, as the client gave them.

    Attributes:
        key: The key's bytes.
        value: The value's bytes.
        headers: The headers; None if it has none, or if they cannot be read.
        error: Why the record cannot be read; None if it can.
    """

    key: bytes | None
    value: bytes | None
    headers: Headers | None
    error: Undecodable | None = None


UNREADABLE_HEADERS = "its headers cannot be read: a header's name is not UTF-8"


# Where a header's name is not UTF-8, the binding (confluent-kafka 2.16, `c_headers_to_py`) leaves a hole in its list,
# and an exception behind. Asked directly, the interpreter may not notice it, and raise it somewhere else; asked in this
# way it raises here. Asked again, the binding gives the list with the hole, without an exception.
_ask_for_headers = operator.methodcaller("headers")


def record_of(message: Message) -> Record:
    """Take a record's bytes from the client.

    Args:
        message: As the client gave it. Each of its accessors makes new objects, so each is asked once.

    Returns:
        The bytes. With `error`, headers are missing: the client cannot give them.
    """
    try:
        headers = _ask_for_headers(message)
    except Exception:  # noqa: BLE001 - whatever the client raises, the record stands for it
        headers, readable = None, False
    else:
        # A name that is not there yet would end the process when it is touched; counting does not touch it.
        readable = not headers or len(gc.get_referents(*headers)) == 2 * len(headers)
    if readable:
        return Record(message.key(), message.value(), headers)
    return Record(message.key(), message.value(), None, Undecodable(UNREADABLE_HEADERS))


def header(raw: Headers | None, name: str) -> bytes | None:
    """Find a header.

    Args:
        raw: A record's headers.
        name: The header's name.

    Returns:
        The value of the last header of that name; None if there is none, or it has no value.
    """
    return dict(raw).get(name) if raw else None


def as_uuid(value: bytes | None) -> UUID | None:
    """Read a UUID's canonical text.

    Args:
        value: Its bytes.

    Returns:
        The UUID; None if it is none.
    """
    number = uuid_number(value)
    return None if number is None else uuid_of(number)


def uuid_number(value: bytes | None) -> int | None:
    """Read a UUID's canonical text as a number: cheaper than a UUID.

    Args:
        value: Its bytes.

    Returns:
        The number; None if it is none.
    """
    if value is None or len(value) != 36:
        return None
    digits = value.replace(b"-", b"")
    # `int` would take signs, spaces and underscores too.
    if len(digits) != 32 or not digits.isalnum():
        return None
    try:
        return int(digits, 16)
    except ValueError:
        return None


def dead_letter(topic: Topic, partition: int, offset: int, record: Record, error: BaseException) -> DeadLetter:
    """Make a dead letter of a record.

    Args:
        topic: Where it was read.
        partition: Partition of the topic.
        offset: Offset in the partition.
        record: Its bytes.
        error: Why it cannot take effect.

    Returns:
        The dead letter, with the original bytes.
    """
    return DeadLetter(
        topic=topic.name,
        partition=partition,
        offset=offset,
        key=record.key,
        aggregate=as_uuid(record.key),
        headers="null" if record.error is not None else kept_headers(record.headers),
        value=record.value,
        error_type=type(error).__name__,
        error=format_error(error),
    )


def kept_headers(raw: Headers | None) -> str:
    """Write headers as a dead letter keeps them.

    Args:
        raw: A record's headers.

    Returns:
        JSON: a list of names and values, values in hexadecimal, null where a header has none.
    """
    # PostgreSQL's JSON has no zero character.
    return json.dumps(
        [[name.replace("\0", "\ufffd"), None if value is None else value.hex()] for name, value in raw or ()]
    )


def record_of_letter(letter: Stored) -> Record:
    """Give the record that a dead letter was made of.

    Args:
        letter: The dead letter.

    Returns:
        The record's bytes.
    """
    kept = json.loads(letter.headers)
    if kept is None:
        return Record(letter.key, letter.value, None, Undecodable(UNREADABLE_HEADERS))
    headers = [(name, None if value is None else bytes.fromhex(value)) for name, value in kept]
    return Record(letter.key, letter.value, headers)
