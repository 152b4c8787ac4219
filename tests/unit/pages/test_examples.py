"""Every example is a value of its schema."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings

from pages.events import event_views
from pages.examples import STRING_FIELDS, WHOLE_FIELDS, example
from registry.canonical import self_contained
from registry.model import Record
from tests.contract.strategies import parse_set, schema_sets


def through_avro(schema_text: str, value: Any) -> tuple[Any, Any]:
    """Read a value in Avro's JSON encoding, write it as a body, and read that back."""
    schema = fastavro.parse_schema(json.loads(schema_text))
    (meant,) = fastavro.json_reader(io.StringIO(json.dumps(value)), schema)
    body = io.BytesIO()
    fastavro.schemaless_writer(body, schema, meant, strict=True)
    size = body.tell()
    body.seek(0)
    read = fastavro.schemaless_reader(body, schema, None)
    assert body.tell() == size
    return meant, read


def test_each_event_s_example_is_written_and_read_back(sources):
    for view in event_views(sources):
        text = sources.catalogue.texts[view.type.full_name]
        meant, read = through_avro(text, json.loads(view.example))
        assert read == meant, view.name
        assert set(read) == {field.name for field in view.type.fields}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema_sets())
def test_the_example_of_any_record_is_written_and_read_back(definitions: dict[str, Any]):
    for name, type_ in parse_set(definitions).items():
        if isinstance(type_, Record):
            meant, read = through_avro(self_contained(name, definitions), example(type_))
            assert read == meant


def test_the_plain_form_differs_only_where_a_branch_is_named(sources):
    (failed,) = [v for v in event_views(sources) if v.name == "PaymentFailed"]
    plain = example(sources.catalogue.event(failed.type.full_name), plain=True)
    money = {"currency_code": "EUR", "minor_units": 1999}
    assert plain == {**json.loads(failed.example), "available": money}


@pytest.mark.parametrize("name", sorted(STRING_FIELDS | WHOLE_FIELDS))
def test_every_value_that_is_kept_for_a_field_is_for_a_field_that_exists(sources, name):
    fields = {
        field.name
        for file in sources.catalogue.files.values()
        if isinstance(file.type, Record)
        for field in file.type.fields
    }
    assert name in fields
