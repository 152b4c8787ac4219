"""Whatever the schemas are, the generated code imports and loses nothing."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Callable
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from quadrille import avro_straight, avro_writer
from quadrille.avro import DecodeError, Event, RecordSchema, decode, encode
from quadrille.events.topics import TOPICS

from codegen.types import UnsupportedTypeError
from registry.canonical import fingerprint, self_contained
from registry.model import MISSING, Record
from tests.contract.strategies import NAMES, imported, parse_set, schema_sets, values

quick = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def last_record(parsed: dict[str, Any]) -> tuple[str, Record]:
    return next((name, type_) for name, type_ in reversed(parsed.items()) if isinstance(type_, Record))


@quick
@given(schema_sets(), st.data())
def test_a_record_of_any_schema_survives_avro_and_back(definitions: dict[str, Any], data: st.DataObject) -> None:
    parsed = parse_set(definitions)
    try:
        with imported(definitions, parsed) as classes:
            for name, type_ in parsed.items():
                if isinstance(type_, Record):
                    record = data.draw(values(type_, classes))
                    body = encode(record)
                    assert decode(classes[name], body) == record
                    assert classes[name].from_avro(record.to_avro()) == record
    except UnsupportedTypeError:
        assume(False)


@quick
@given(schema_sets(), st.data())
def test_a_field_that_the_writer_did_not_know_takes_its_default(
    definitions: dict[str, Any], data: st.DataObject
) -> None:
    parsed = parse_set(definitions)
    name, type_ = last_record(parsed)
    assume(any(field.default is not MISSING for field in type_.fields))
    older = {
        **definitions,
        name: {**definitions[name], "fields": [f for f in definitions[name]["fields"] if "default" not in f]},
    }
    text = self_contained(name, older)
    writer = RecordSchema(name, text, fingerprint(text))
    try:
        with imported(definitions, parsed) as classes, imported(older, parse_set(older)) as old_classes:
            written = data.draw(values(parse_set(older)[name], old_classes))
            record = decode(classes[name], encode(written), writer)
            read, sent = record.to_avro(), written.to_avro()
            assert {field: read[field] for field in sent} == sent
            for field in dataclasses.fields(record):
                if field.default is not dataclasses.MISSING:
                    assert getattr(record, field.name) == field.default
                elif field.default_factory is not dataclasses.MISSING:
                    assert getattr(record, field.name) == field.default_factory()
    except UnsupportedTypeError:
        assume(False)


@quick
@given(schema_sets(), st.data())
def test_a_body_is_written_byte_for_byte_as_fastavro_writes_it(
    definitions: dict[str, Any], data: st.DataObject
) -> None:
    parsed = parse_set(definitions)
    name, type_ = last_record(parsed)
    try:
        with imported(definitions, parsed) as classes:
            record = data.draw(values(type_, classes))
            out = io.BytesIO()
            fastavro.schemaless_writer(out, classes[name].SCHEMA.parsed, record.to_avro())
            assert encode(record) == out.getvalue()
    except UnsupportedTypeError:
        assume(False)


def _read_by_fastavro(schema: RecordSchema, body: bytes) -> Any:
    stream = io.BytesIO(body)
    parsed, names = schema.parsed, schema.names_branches
    datum = fastavro.schemaless_reader(stream, parsed, None, return_named_type=names)
    assert stream.tell() == len(body)
    return datum


def _damaged(body: bytes, data: st.DataObject) -> bytes:
    place, byte = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 255))
    return body[:place] + bytes([byte]) + body[place + 1 :]


@quick
@given(schema_sets(), st.data())
def test_a_body_is_read_as_fastavro_reads_it_and_a_damaged_one_so_or_not_at_all(
    definitions: dict[str, Any], data: st.DataObject
) -> None:
    parsed = parse_set(definitions)
    name, type_ = last_record(parsed)
    try:
        with imported(definitions, parsed) as classes:
            body = encode(data.draw(values(type_, classes)))
            schema = classes[name].SCHEMA
            assert repr(schema.read(body)) == repr(_read_by_fastavro(schema, body))
            assume(body)
            damaged = _damaged(body, data)
            try:
                read = schema.read(damaged)
            except (ValueError, EOFError):
                return
            # Told apart by their text: a number that is none equals nothing.
            assert repr(read) == repr(_read_by_fastavro(schema, damaged))
    except UnsupportedTypeError:
        assume(False)


def _outcome(what: Callable[[], Any]) -> str:
    # Told apart by their text: a number that is none equals nothing.
    try:
        return repr(what())
    except Exception:  # noqa: BLE001 - that it is refused is what counts
        return "refused"


@quick
@given(schema_sets(), st.data())
def test_a_record_is_read_straight_from_a_body_as_by_way_of_raw_values_or_refused_as_then(
    definitions: dict[str, Any], data: st.DataObject
) -> None:
    parsed = parse_set(definitions)
    name, type_ = last_record(parsed)
    try:
        with imported(definitions, parsed) as classes:
            made = classes[name]
            body = encode(data.draw(values(type_, classes)))
            if body:
                body = _damaged(body, data)
            straight = avro_straight.reader(made, json.loads(made.SCHEMA.text)) or made.SCHEMA.decoder(made)
            assert _outcome(lambda: straight(body)) == _outcome(lambda: made.from_avro(made.SCHEMA.read(body)))
    except UnsupportedTypeError:
        assume(False)


@quick
@given(schema_sets(), st.data())
def test_a_record_is_written_straight_into_a_body_as_by_way_of_raw_values_or_refused_as_then(
    definitions: dict[str, Any], data: st.DataObject
) -> None:
    parsed = parse_set(definitions)
    name, type_ = last_record(parsed)
    try:
        with imported(definitions, parsed) as classes:
            made = classes[name]
            record = data.draw(values(type_, classes))
            schema = json.loads(made.SCHEMA.text)
            straight, by_raw_values = made.SCHEMA.encoder(made), avro_writer.writer(schema)
            for field in dataclasses.fields(record):
                # Of another field's type, or of none that there is.
                wrong = data.draw(st.sampled_from([None, True, 7, 1 << 70, "text", b"bytes", (), {}, 1.5, record]))
                for one in (record, dataclasses.replace(record, **{field.name: wrong})):
                    assert _outcome(lambda: straight(one)) == _outcome(lambda: by_raw_values(one.to_avro()))  # noqa: B023
    except UnsupportedTypeError:
        assume(False)


@pytest.mark.parametrize("event", [one.event for topic in TOPICS for one in topic.events])
def test_our_own_events_are_read_and_written_straight(event: type[Event]) -> None:
    schema = json.loads(event.SCHEMA.text)
    assert avro_straight.reader(event, schema) is not None
    assert avro_straight.writer(event, schema) is not None


@quick
@given(schema_sets(), st.data())
def test_the_bytes_are_those_that_any_avro_library_reads(definitions: dict[str, Any], data: st.DataObject) -> None:
    parsed = parse_set(definitions)
    name, type_ = last_record(parsed)
    try:
        with imported(definitions, parsed) as classes:
            body = encode(data.draw(values(type_, classes)))
    except UnsupportedTypeError:
        assume(False)
    stream = io.BytesIO(body)
    try:
        fastavro.schemaless_reader(stream, json.loads(self_contained(name, definitions)), None)
    except (OverflowError, ValueError):  # fastavro's own readers of dates and times stop short of the first years
        return
    assert stream.tell() == len(body)


@quick
@given(schema_sets(), st.data(), st.binary(max_size=4))
def test_bytes_that_are_cut_or_longer_are_refused(
    definitions: dict[str, Any], data: st.DataObject, more: bytes
) -> None:
    parsed = parse_set(definitions)
    name, type_ = last_record(parsed)
    try:
        with imported(definitions, parsed) as classes:
            body = encode(data.draw(values(type_, classes)))
            for bad in [*([body[:-1]] if body else []), *([body + more] if more else [])]:
                with pytest.raises(DecodeError, match=re.escape(name)):
                    decode(classes[name], bad)
    except UnsupportedTypeError:
        assume(False)


@given(st.lists(NAMES, unique=True))
def test_every_field_has_an_attribute_of_its_own(names: list[str]) -> None:
    from codegen.naming import field_names, member_names

    for table in (field_names(names), member_names(names)):
        assert list(table) == names
        assert len(set(table.values())) == len(names)
        assert all(name.isidentifier() for name in table.values())
