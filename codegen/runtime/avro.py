"""Avro bodies to typed records and back.

Invariants:

- A body is read to its last byte, each part of it in the form that Avro gives it, or `DecodeError` is raised. What is
  raised says which record, and why.
- A record that does not fit its schema is never written: `EncodeError` names the field.
- A reader resolves the writer's schema by Avro's rules: fields by name, defaults for what the writer did not know,
  an enum's default symbol for one that the reader does not have.

`avro_straight` writes, and reads what was written with this version's own schema, strictly: by `avro_reader` and
`avro_writer`. fastavro resolves what another version has written. It is given schemas without their logical types: the
generated classes convert those themselves, which is faster, refuses naive times, and makes the defaults of missing
fields ordinary raw values. Times are rounded down to the schema's unit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, ClassVar, TypeVar

from fastavro import schemaless_reader
from quadrille import avro_straight
from quadrille.avro_schema import prepare
from quadrille.avro_writer import writer


class DecodeError(ValueError):
    """Bytes that are no record of the type that they should be. Permanent: the same bytes fail again."""


class EncodeError(ValueError):
    """A record that holds a value which its schema cannot express."""


class RecordSchema:
    """The schema of one record, self-contained.

    Attributes:
        full_name: Avro full name of the record.
        text: The schema as canonical JSON, with every type that it refers to.
        fingerprint: SHA-256 of the text in hex: the schema's name in the outbox and in `ce_dataschema`.
        names_branches: Whether the branch of a union that is read is named. Known once the schema is parsed.
    """

    __slots__ = ("_decode", "_encode", "_parsed", "_read", "fingerprint", "full_name", "names_branches", "text")

    def __init__(self, full_name: str, text: str, fingerprint: str) -> None:
        self.full_name = full_name
        self.text = text
        self.fingerprint = fingerprint
        self._parsed: Any = None
        self._read: Callable[[bytes], Any] | None = None
        self._decode: Callable[[bytes], Any] | None = None
        self._encode: Callable[[Any], bytes] | None = None
        self.names_branches = False

    def __repr__(self) -> str:
        return f"RecordSchema({self.full_name!r}, fingerprint={self.fingerprint!r})"

    @property
    def parsed(self) -> Any:
        """The schema as fastavro wants it, without logical types. Parsed at first use."""
        return self._parsed or self._prepare()[0]

    @property
    def read(self) -> Callable[[bytes], Any]:
        """What reads a body that was written with this schema, as raw Avro values. Made at first use."""
        return self._read or self._prepare()[1]

    def decoder(self, record_type: type[T]) -> Callable[[bytes], T]:
        """Make what reads a body of this schema as a record.

        Args:
            record_type: The class whose schema this is.

        Returns:
            The function; it is kept.
        """
        read = avro_straight.reader(record_type, json.loads(self.text))
        self._decode = read or (lambda body: record_type.from_avro(self.read(body)))
        return self._decode

    def encoder(self, record_type: type[Record]) -> Callable[[Any], bytes]:
        """Make what writes a record as a body of this schema.

        Args:
            record_type: The class whose schema this is.

        Returns:
            The function; it is kept.
        """
        schema = json.loads(self.text)
        write = avro_straight.writer(record_type, schema)
        if write is None:
            write_raw = writer(schema)
            write = lambda record: write_raw(record.to_avro())  # noqa: E731 - chosen once
        self._encode = write
        return write

    def _prepare(self) -> tuple[Any, Callable[[bytes], Any]]:
        parsed, names_branches, read = prepare(self.text)
        # In this order: another thread that finds one of the last two finds the first one right.
        self.names_branches, self._read, self._parsed = names_branches, read, parsed
        return parsed, read


class Record:
    """Base of all generated records."""

    __slots__ = ()

    SCHEMA: ClassVar[RecordSchema]

    def to_avro(self) -> dict[str, Any]:
        """Return the record as it is written.

        Returns:
            Raw Avro values by field name.

        Raises:
            Exception: A value is not of its field's type. `encode` says which one.
        """
        raise NotImplementedError

    @classmethod
    def from_avro(cls: type[T], datum: Mapping[str, Any]) -> T:
        """Make a record of what fastavro has read.

        Args:
            datum: Raw Avro values by field name.

        Returns:
            The record.

        Raises:
            Exception: The datum is not of this type. `decode` says so.
        """
        raise NotImplementedError


T = TypeVar("T", bound=Record)


class Event(Record):
    """Base of the records that topics.yaml lists: those that are published."""

    __slots__ = ()


def encode(record: Record) -> bytes:
    """Write a record as a bare Avro body, without any prefix.

    Args:
        record: Any generated record.

    Returns:
        The body.

    Raises:
        EncodeError: A value does not fit its field; the message names it.
    """
    schema = record.SCHEMA
    try:
        return (schema._encode or schema.encoder(type(record)))(record)  # noqa: SLF001 - a property costs
    except Exception as error:
        from quadrille.avro_check import blame

        raise EncodeError(f"{schema.full_name} cannot be written: {blame(record, error)}") from error


def decode(record_type: type[T], body: bytes, writer: RecordSchema | None = None) -> T:
    """Read a bare Avro body.

    Args:
        record_type: What to read it as.
        body: The body, without any prefix.
        writer: The schema that it was written with; if None, the type's own.

    Returns:
        The record.

    Raises:
        DecodeError: The body is no such record, does not end where it should, or the schemas do not resolve.
    """
    schema = record_type.SCHEMA
    try:
        if writer is None or writer.fingerprint == schema.fingerprint:
            made: T = (schema._decode or schema.decoder(record_type))(body)  # noqa: SLF001 - a property costs
            return made
        # What fastavro lets through is refused here.
        writer.read(body)
        parsed, names = schema.parsed, schema.names_branches
        return record_type.from_avro(schemaless_reader(BytesIO(body), writer.parsed, parsed, return_named_type=names))
    except Exception as error:
        versions = "" if writer is None else f" (written as {writer.full_name} {writer.fingerprint[:12]})"
        raise DecodeError(f"no {schema.full_name}{versions}: {str(error) or type(error).__name__}") from error
