"""Python is held to the vectors like every other language, and the vectors to what they promise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from quadrille.avro import DecodeError, Event, RecordSchema, decode, encode
from quadrille.events import EVENTS
from quadrille.events.types import CancelReason

from services.chassis.decide.ids import derived
from services.chassis.errors import Undecodable
from services.chassis.wire.decoder import unframe

VECTORS = Path(__file__).parents[2] / "generated" / "vectors"


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def json_form(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: json_form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_form(item) for item in value]
    if isinstance(value, tuple):
        return json_form(value[1])
    return str(value) if isinstance(value, int) else value


SCHEMAS = {
    one["id"]: RecordSchema(one["full_name"], one["text"], one["fingerprint"]) for one in load("schemas")["schemas"]
}


def read(framed: str) -> Event:
    """Read a value as a service does."""
    schema_id, body = unframe(bytes.fromhex(framed))
    if schema_id not in SCHEMAS:
        raise Undecodable(f"the registry has no schema with id {schema_id}")
    writer = SCHEMAS[schema_id]
    return decode(EVENTS[writer.full_name], body, writer)


def test_there_are_vectors_for_every_event() -> None:
    assert {path.stem for path in VECTORS.glob("quadrille.*.json")} == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_every_body_is_read_and_written_alike(name: str) -> None:
    for vector in load(name)["accept"]:
        event = read(vector["framed"])
        assert json_form(event.to_avro()) == vector["json"], vector["name"]
        if vector["canonical"]:
            assert encode(event).hex() == vector["body"], vector["name"]
        assert vector["framed"][10:] == vector["body"]


@pytest.mark.parametrize("name", EVENTS)
def test_every_wrong_body_is_refused(name: str) -> None:
    read_all_the_same = []
    for vector in load(name)["reject"]:
        try:
            read(vector["framed"])
        except (DecodeError, Undecodable):
            continue
        read_all_the_same.append((vector["kind"], vector["name"]))
    assert read_all_the_same == []


def test_other_versions_are_read_as_this_one() -> None:
    for vector in load("evolution")["accept"]:
        assert json_form(read(vector["framed"]).to_avro()) == vector["json"], (vector["event"], vector["name"])


def test_ids_are_derived_as_the_vectors_say() -> None:
    for one in load("ids")["ids"]:
        assert derived(one["source"], UUID(one["cause"]), one["ordinal"]) == UUID(one["id"])


def test_every_symbol_and_the_ends_of_every_range_occur() -> None:
    said = "".join(json.dumps(vector["json"]) for vector in load("quadrille.events.order.OrderCancelled")["accept"])
    assert all(f'"{symbol}"' in said for symbol in CancelReason)
    assert str(2**63 - 1) in said
    assert str(-(2**63)) in said
    assert "null" in json.dumps(load("quadrille.events.payment.PaymentRefunded")["accept"])


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ([{"name": "next", "type": ["null", "R"]}], "recursive"),
        ([{"name": "all", "type": {"type": "array", "items": "null"}}], "take no bytes"),
        (
            [{"name": "all", "type": {"type": "array", "items": {"type": "record", "name": "E", "fields": []}}}],
            "take no bytes",
        ),
    ],
)
def test_a_writers_schema_that_a_few_bytes_could_blow_up_is_refused(fields: list[Any], why: str) -> None:
    name = "quadrille.events.order.OrderCreated"
    text = json.dumps({"type": "record", "name": "R", "namespace": "n", "fields": fields})
    with pytest.raises(DecodeError, match=why):
        decode(EVENTS[name], b"\0", RecordSchema("n.R", text, "other"))
