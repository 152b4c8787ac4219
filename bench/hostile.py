"""What hostile records cost their readers: `python -m bench.hostile` prints the worst time and memory of each kind.

Each goes through the decoder of the inventory service, as a record that its consumer has read. `tests/live/failures`
holds that they become dead letters of the real services, and that good orders go on.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quadrille.avro import RecordSchema, encode
from quadrille.events.order import OrderCreated
from quadrille.events.topics import ORDER_EVENTS

from bench.codec import created
from services.chassis.errors import Undecodable
from services.chassis.wire.decoder import Decoder, frame
from services.chassis.wire.record import Record

OURS, THEIRS = 1, 2
MEGABYTE = 1_000_000
LIMIT_MS, LIMIT_MB = 100.0, 64.0


class Given:
    """Stands where the registry is asked: gives the writer's schema of the case at hand."""

    schema: RecordSchema = OrderCreated.SCHEMA

    def written_with(self, schema_id: int, _fingerprint: str | None) -> RecordSchema:
        """Give the schema of an id."""
        return OrderCreated.SCHEMA if schema_id == OURS else self.schema


def named(*fields: dict[str, Any]) -> dict[str, Any]:
    namespace, _, name = OrderCreated.SCHEMA.full_name.rpartition(".")
    return {"type": "record", "name": name, "namespace": namespace, "fields": list(fields)}


def field(type_: Any) -> dict[str, Any]:
    return {"name": "order_id", "type": type_}


ITSELF = OrderCreated.SCHEMA.full_name


def doubled(depth: int) -> Any:
    """Name each type twice, so that written out there are 2^depth of them."""
    schema: Any = "int"
    for level in range(depth):
        name = f"L{level}"
        schema = {
            "type": "record",
            "name": name,
            "fields": [{"name": "a", "type": schema}, {"name": "b", "type": schema}],
        }
        if level:
            schema["fields"][1]["type"] = f"L{level - 1}"
    return schema


BOMBS: dict[str, tuple[dict[str, Any], bytes]] = {
    "array<null>, 2^40 items in 6 bytes": (
        named(field({"type": "array", "items": "null"})),
        b"\xfe\xff\xff\xff\xff\x01",
    ),
    "array of empty records": (
        named(field({"type": "array", "items": {"type": "record", "name": "E", "fields": []}})),
        b"\x80\x80\x80\x80\x80\x01",
    ),
    "map<null>, 2^40 entries": (named(field({"type": "map", "values": "null"})), b"\xfe\xff\xff\xff\xff\x01"),
    "a schema that contains itself, 4,800 bytes": (named(field(["null", ITSELF])), b"\x02" * 4800),
    "arrays of arrays, a thousand deep": (
        named(field(["null", {"type": "array", "items": ITSELF}])),
        b"\x02\x02" * 1000,
    ),
    "a fixed of a gigabyte": (named(field({"type": "fixed", "name": "F", "size": 10**9})), b"\x00" * 100),
    "two types of two types, forty deep": (named(field(doubled(40))), b"\x00" * 1000),
    "a schema of ten thousand fields": (
        named(field("string"), *({"name": f"f{n}", "type": "int"} for n in range(10_000))),
        b"\x00" * 10_001,
    ),
}


def cases() -> Iterator[tuple[str, bytes, dict[str, Any] | None]]:
    """Give each value with its kind, and the writer's schema that it claims."""
    body = encode(created(4))
    for length in range(len(body)):
        yield "cut off, at every byte", frame(OURS, body[:length]), None
    for place in range(len(body)):
        for bit in range(8):
            flipped = bytearray(body)
            flipped[place] ^= 1 << bit
            yield "one bit flipped, every one of them", frame(OURS, bytes(flipped)), None
    yield "five megabytes of zeros", frame(OURS, bytes(5 * MEGABYTE)), None
    yield "five megabytes of 0xff", frame(OURS, b"\xff" * 5 * MEGABYTE), None
    yield "five megabytes, not framed", b"\x01" + bytes(5 * MEGABYTE), None
    yield "a string that says it has 2^60 bytes", frame(OURS, b"\xfe\xff\xff\xff\xff\xff\xff\xff\x1f" + body), None
    yield "a length below zero", frame(OURS, b"\x01" + body), None
    yield "a good event and five megabytes behind it", frame(OURS, body + bytes(5 * MEGABYTE)), None
    for name, (schema, bomb) in BOMBS.items():
        yield name, frame(THEIRS, bomb), schema


@dataclass
class Row:
    """The worst of one kind."""

    cases: int = 0
    refused: int = 0
    milliseconds: float = 0.0
    megabytes: float = 0.0


def main() -> None:
    rows: dict[str, Row] = {}
    given: Any = Given()
    key = str(uuid.UUID(int=7)).encode()
    for kind, value, schema in cases():
        if schema is not None:
            text = json.dumps(schema)
            given.schema = RecordSchema(OrderCreated.SCHEMA.full_name, text, str(hash(text)))
        row = rows.setdefault(kind, Row())
        row.cases += 1
        row.refused += read(given, key, value, row, trace=False)
        if row.cases < 50:
            read(given, key, value, row, trace=True)
    print(f"{'':46} {'cases':>7} {'refused':>8} {'worst ms':>9} {'worst MB':>9}")
    for kind, row in rows.items():
        over = " OVER" if row.milliseconds > LIMIT_MS or row.megabytes > LIMIT_MB else ""
        print(f"{kind:46} {row.cases:7,} {row.refused:8,} {row.milliseconds:9.1f} {row.megabytes:9.1f}{over}")


def read(given: Any, key: bytes, value: bytes, row: Row, *, trace: bool) -> bool:
    """Read once, and note time or memory; True if it was refused."""
    decoder = Decoder("inventory", given)  # a fresh one: nothing that it has learned helps
    refused = False
    gc.collect() if trace else None
    if trace:
        tracemalloc.start()
    began = time.perf_counter()
    try:
        decoder.decode(ORDER_EVENTS, 0, 0, Record(key, value, None))
    except Undecodable:
        refused = True
    took = 1000 * (time.perf_counter() - began)
    if trace:
        row.megabytes = max(row.megabytes, tracemalloc.get_traced_memory()[1] / MEGABYTE)
        tracemalloc.stop()
    else:
        row.milliseconds = max(row.milliseconds, took)
    return refused


if __name__ == "__main__":
    main()
