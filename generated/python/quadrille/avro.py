# DO NOT EDIT. Made from codegen/runtime/avro.py by `make generate`.
"""Avro bodies to typed records and back.

Invariants:

- A body is read to its last byte, or `DecodeError` is raised. What is raised says which record, and why.
- A record that does not fit its schema is never written: `EncodeError` names the field.
- A reader resolves the writer's schema by Avro's rules: fields by name, defaults for what the writer did not know,
  an enum's default symbol for one that the reader does not have.

fastavro does the bytes. It is given schemas without their logical types: the generated classes convert those
themselves, which is faster, refuses naive times, and makes the defaults of missing fields ordinary raw values.
Times are rounded down to the schema's unit. fastavro 1.13 accepts an enum or union index of -1 and over-long varints.
That is not checked here: it would take a second pass over each body.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any, ClassVar, NoReturn, TypeVar
from uuid import UUID

from fastavro import parse_schema, schemaless_reader, schemaless_writer


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
    """

    __slots__ = ("_names_branches", "_parsed", "fingerprint", "full_name", "text")

    def __init__(self, full_name: str, text: str, fingerprint: str) -> None:
        self.full_name = full_name
        self.text = text
        self.fingerprint = fingerprint
        self._parsed: Any = None
        self._names_branches = False

    def __repr__(self) -> str:
        return f"RecordSchema({self.full_name!r}, fingerprint={self.fingerprint!r})"

    @property
    def parsed(self) -> Any:
        """The schema as fastavro wants it, without logical types. Parsed at first use."""
        if self._parsed is None:
            physical = _physical(json.loads(self.text))
            names: dict[str, Any] = {}
            parsed = parse_schema(physical, names)
            _raw_defaults(parsed, names)
            self._names_branches = _needs_names(parsed)
            self._parsed = parsed
        return self._parsed

    @property
    def names_branches(self) -> bool:
        """Whether fastavro must say which branch of a union it read, because the value alone does not tell."""
        return self._parsed is not None and self._names_branches


class Record:
    """Base of all generated records."""

    __slots__ = ()

    SCHEMA: ClassVar[RecordSchema]

    def to_avro(self) -> dict[str, Any]:
        """Return the record as fastavro writes it.

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
    out = BytesIO()
    try:
        schemaless_writer(out, schema._parsed or schema.parsed, record.to_avro())  # noqa: SLF001 - a property costs
    except Exception as error:
        from quadrille import avro_check

        raise EncodeError(f"{schema.full_name} cannot be written: {avro_check.blame(record, error)}") from error
    return out.getvalue()


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
    stream = BytesIO(body)
    try:
        parsed = schema._parsed or schema.parsed  # noqa: SLF001 - a property costs
        if writer is None or writer.fingerprint == schema.fingerprint:
            written, reader = parsed, None
        else:
            written, reader = writer.parsed, parsed
        if schema._names_branches:  # noqa: SLF001 - as above
            datum = schemaless_reader(stream, written, reader, return_named_type=True)
        else:
            datum = schemaless_reader(stream, written, reader)
        if stream.tell() != len(body):
            raise DecodeError(f"{len(body) - stream.tell()} of {len(body)} bytes are left over")
        return record_type.from_avro(datum)
    except Exception as error:
        versions = "" if writer is None else f" (written as {writer.full_name} {writer.fingerprint[:12]})"
        why = str(error) or type(error).__name__
        if isinstance(error, EOFError):
            why = f"the body ends too early, after {len(body)} bytes"
        raise DecodeError(f"no {schema.full_name}{versions}: {why}") from error


# What follows serves the generated code.

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LOCAL_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - a local timestamp has no zone
_MILLI = dt.timedelta(milliseconds=1)
_MICRO = dt.timedelta(microseconds=1)
_DAY_ZERO = dt.date(1970, 1, 1).toordinal()


def reject(value: object) -> NoReturn:
    """Refuse a value that fastavro would bend into another one without a word.

    Args:
        value: The value.

    Raises:
        TypeError: Always.
    """
    raise TypeError(f"{value!r} is not of the field's type")


def bare(value: Any) -> Any:
    """Take the name off a union's value.

    Args:
        value: The value of a named branch, with or without the branch's name.

    Returns:
        The value.
    """
    return value[1] if type(value) is tuple else value


def to_millis(value: dt.datetime) -> int:
    """Count the milliseconds since 1970 in UTC; a naive time raises TypeError."""
    return (value - EPOCH) // _MILLI


def from_millis(value: int) -> dt.datetime:
    """Return the time that is so many milliseconds after 1970 in UTC."""
    return EPOCH + dt.timedelta(milliseconds=value)


def to_micros(value: dt.datetime) -> int:
    """Count the microseconds since 1970 in UTC; a naive time raises TypeError."""
    return (value - EPOCH) // _MICRO


def from_micros(value: int) -> dt.datetime:
    """Return the time that is so many microseconds after 1970 in UTC."""
    return EPOCH + dt.timedelta(microseconds=value)


def to_local_millis(value: dt.datetime) -> int:
    """Count the milliseconds since 1970 on the local clock; a time with a zone raises TypeError."""
    return (value - LOCAL_EPOCH) // _MILLI


def from_local_millis(value: int) -> dt.datetime:
    """Return the naive time that is so many milliseconds after 1970."""
    return LOCAL_EPOCH + dt.timedelta(milliseconds=value)


def to_local_micros(value: dt.datetime) -> int:
    """Count the microseconds since 1970 on the local clock; a time with a zone raises TypeError."""
    return (value - LOCAL_EPOCH) // _MICRO


def from_local_micros(value: int) -> dt.datetime:
    """Return the naive time that is so many microseconds after 1970."""
    return LOCAL_EPOCH + dt.timedelta(microseconds=value)


def to_days(value: dt.date) -> int:
    """Count the days since 1970-01-01."""
    return value.toordinal() - _DAY_ZERO


def from_days(value: int) -> dt.date:
    """Return the date that is so many days after 1970-01-01."""
    return dt.date.fromordinal(value + _DAY_ZERO)


def to_time_micros(value: dt.time) -> int:
    """Count the microseconds since midnight."""
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def from_time_micros(value: int) -> dt.time:
    """Return the time of day that is so many microseconds after midnight; raises ValueError beyond a day."""
    seconds, micros = divmod(value, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return dt.time(hour, minute, second, micros)


def to_time_millis(value: dt.time) -> int:
    """Count the milliseconds since midnight."""
    return to_time_micros(value) // 1000


def from_time_millis(value: int) -> dt.time:
    """Return the time of day that is so many milliseconds after midnight; raises ValueError beyond a day."""
    return from_time_micros(value * 1000)


def to_decimal(value: Decimal, precision: int, scale: int, size: int | None = None) -> bytes:
    """Write a decimal as its unscaled value in two's complement.

    Args:
        value: A finite number.
        precision: How many digits there may be.
        scale: How many of them stand after the point.
        size: How many bytes to fill; as few as needed if None.

    Returns:
        The bytes, big end first.

    Raises:
        ValueError: The number has more digits than the schema allows.
        OverflowError: It does not fit the size.
    """
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not finite")
    unscaled = int("".join(map(str, digits)))
    shift = exponent + scale
    if shift >= 0:
        # Checked before the power is taken: an exponent may be as large as memory.
        too_large = unscaled != 0 and len(str(unscaled)) + shift > precision
        unscaled = 0 if unscaled == 0 or too_large else unscaled * 10**shift
    else:
        unscaled, rest = divmod(unscaled, 10 ** min(-shift, len(digits) + 1))
        if rest:
            raise ValueError(f"{value} has more than {scale} digits after the point")
        too_large = len(str(unscaled)) > precision
    if too_large:
        raise ValueError(f"{value} has more than {precision} digits at scale {scale}")
    unscaled = -unscaled if sign else unscaled
    return unscaled.to_bytes(size or unscaled.bit_length() // 8 + 1, "big", signed=True)


def from_decimal(value: bytes, precision: int, scale: int) -> Decimal:
    """Read a decimal from its unscaled value.

    Args:
        value: Two's complement, big end first.
        precision: How many digits there may be.
        scale: How many of them stand after the point.

    Returns:
        The number, with exactly `scale` digits after the point.

    Raises:
        ValueError: There are more digits than the schema allows.
    """
    unscaled = int.from_bytes(value, "big", signed=True)
    if abs(unscaled) >= 10**precision:
        raise ValueError(f"a decimal has more than {precision} digits")
    return Decimal((int(unscaled < 0), tuple(map(int, str(abs(unscaled)))), -scale))


def to_uuid_bytes(value: UUID) -> bytes:
    """Return the 16 bytes of a UUID."""
    return value.bytes


def from_uuid_bytes(value: bytes) -> UUID:
    """Return the UUID of 16 bytes."""
    return UUID(bytes=value)


def to_float32(value: float) -> float:
    """Let a number pass that single precision can hold; raises OverflowError if it would become infinite."""
    import struct

    struct.pack("<f", value)
    return value


_LOGICAL = ("logicalType", "precision", "scale")


def _physical(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_physical(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: value for key, value in schema.items() if key not in _LOGICAL}
    for key in ("items", "values"):
        if key in result:
            result[key] = _physical(result[key])
    if "fields" in result:
        result["fields"] = [{**field, "type": _physical(field["type"])} for field in result["fields"]]
    if result["type"] not in ("record", "enum", "fixed", "array", "map"):
        return _physical(result["type"])
    return result


def _raw_defaults(schema: Any, names: Mapping[str, Any]) -> None:
    """Turn each JSON default into what fastavro would have read: it puts defaults into a datum as they are."""
    if isinstance(schema, list):
        for branch in schema:
            _raw_defaults(branch, names)
    elif isinstance(schema, dict):
        for key in ("items", "values"):
            if key in schema:
                _raw_defaults(schema[key], names)
        for field in schema.get("fields", ()):
            _raw_defaults(field["type"], names)
            if "default" in field:
                field["default"] = _raw(field["default"], field["type"], names)


def _raw(value: Any, schema: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        branch = next((branch for branch in schema if _fits(value, branch, names)), schema[0])
        raw = _raw(value, branch, names)
        definition = names.get(branch, branch) if isinstance(branch, str) else branch
        # Named as fastavro names a branch that it reads; `bare` and the generated readers take both.
        return (definition["name"], raw) if isinstance(definition, dict) and "name" in definition else raw
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind in ("bytes", "fixed"):
        return value.encode("latin-1")
    if kind in ("float", "double"):
        return float(value)
    if kind == "array":
        return [_raw(item, schema["items"], names) for item in value]
    if kind == "map":
        return {key: _raw(item, schema["values"], names) for key, item in value.items()}
    if kind == "record":
        # Types are defined before they are used, so the nested record's own defaults are raw by now.
        return {
            field["name"]: _raw(value[field["name"]], field["type"], names)
            if field["name"] in value
            else field["default"]
            for field in schema["fields"]
        }
    return _raw(value, names[kind], names) if kind in names else value


def _fits(value: Any, schema: Any, names: Mapping[str, Any]) -> bool:
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind in names:
        return _fits(value, names[kind], names)
    if kind == "enum":
        return value in schema["symbols"]
    if kind == "record":
        fields = {field["name"]: field for field in schema["fields"]}
        return (
            isinstance(value, dict)
            and all(name in value or "default" in field for name, field in fields.items())
            and all(name in fields and _fits(item, fields[name]["type"], names) for name, item in value.items())
        )
    if isinstance(schema, list):
        return any(_fits(value, branch, names) for branch in schema)
    shapes: dict[str, tuple[type, ...]] = {
        "null": (type(None),),
        "boolean": (bool,),
        "int": (int,),
        "long": (int,),
        "float": (int, float),
        "double": (int, float),
        "array": (list,),
        "map": (dict,),
    }
    return type(value) in shapes.get(kind, (str,))


def _needs_names(schema: Any) -> bool:
    if isinstance(schema, list):
        others = [branch for branch in schema if branch != "null"]
        return len(others) > 1 or any(_needs_names(branch) for branch in others)
    if not isinstance(schema, dict):
        return False
    return (
        any(_needs_names(schema[key]) for key in ("items", "values") if key in schema)
        or any(_needs_names(field["type"]) for field in schema.get("fields", ()))
    )  # fmt: skip
