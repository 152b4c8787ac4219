"""Golden vectors: bodies that every language must read, write alike, or refuse. They are made of the schemas alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from codegen.avro_bytes import encode, has_arrays
from codegen.vector_evolution import evolved
from codegen.vector_rejects import Refused, refused
from codegen.vector_values import HUGE, extreme, rounds, typical, without_options
from registry.canonical import fingerprint
from registry.catalogue import Catalogue
from registry.model import Record

_README = """# Vectors

<!-- DO NOT EDIT. Made from codegen/vectors.py and schemas/ by `make generate`. -->

Bytes that every language must read, must write alike, or must refuse. `tests/interop` holds each language to them.

- `schemas.json`: the registry that the vectors were framed for: id, subject, full name, text and fingerprint.
  Schemas without a subject are those of other versions, which only `evolution.json` uses.
- `<event>.json`: `accept` and `reject`. `body` is the bare Avro body, `framed` the same behind the five-byte prefix,
  both in hexadecimal. `json` is what it says: longs, and times in milliseconds, as text; a union as its bare value.
- `ids.json`: what `ce_id` is derived from, and what it is.
- `evolution.json`: bodies of other versions, with what a reader of this version sees.

Canonical is what we write: the items of an array in one block with a positive count, then an empty block; no block at
all if there are no items. Accepted all the same (`"canonical": false`) are several blocks, and blocks with a negative
count and their size in bytes. Numbers have one form only, the shortest: a longer one is refused.

What cannot be made here: an array whose items take no bytes, of which six bytes could stand for ten million items. Our
lint refuses such a schema, and so does every reader here that meets one in a registry. Times are those that Python can
hold, of the years 1 to 9999.
"""


def render_vectors(catalogue: Catalogue) -> dict[str, str]:
    """Make all vectors.

    Args:
        catalogue: All schemas and topics.

    Returns:
        Texts by file name.

    Raises:
        ValueError: A type has no vectors yet.
    """
    ids: dict[str, int] = {}
    schemas = []
    for number, (subject, name) in enumerate(catalogue.subjects.items(), 1):
        ids[name] = number
        schemas.append(_schema(number, subject, name, catalogue.texts[name]))
    files = {"README.md": _README}
    for name, id_ in ids.items():
        record = catalogue.event(name)
        accept = [_accepted(name_, id_, record, value, canonical) for name_, value, canonical in _values(record)]
        reject = [_rejected(case, id_) for case in refused(record, typical(record, 2))]
        files[f"{name}.json"] = _file({"event": name, "schema_id": str(id_)}, accept=accept, reject=reject)
    changed = []
    for number, case in enumerate(evolved(catalogue), len(schemas) + 1):
        schemas.append(_schema(number, None, case.event, case.text))
        framed = _prefix(number) + case.body
        changed.append({"name": case.name, "event": case.event, "framed": framed.hex(), "json": case.seen})
    files["evolution.json"] = _file({}, accept=changed)
    files["schemas.json"] = _file({}, schemas=schemas)
    files["ids.json"] = _file({}, ids=[_derived(*case) for case in _CAUSES])
    return files


_CAUSES = (
    ("shipping", "00000000-0000-0000-0000-000000000007", 0),
    ("order", "019dd2a1-8f00-7abc-8def-0123456789ab", 1),
    ("payment-events/3", "ffffffff-ffff-ffff-ffff-ffffffffffff", 2_147_483_647),
)


def _derived(source: str, cause: str, ordinal: int) -> dict[str, Any]:
    """Derive an event's id: SHA-256 of the three, as a UUID of version 8 (RFC 9562, section 5.8)."""
    digest = hashlib.sha256(b"\0".join([source.encode(), UUID(cause).bytes, str(ordinal).encode()])).digest()
    octets = bytearray(digest[:16])
    octets[6] = octets[6] & 0x0F | 0x80
    octets[8] = octets[8] & 0x3F | 0x80
    return {"source": source, "cause": cause, "ordinal": ordinal, "id": str(UUID(bytes=bytes(octets)))}


def _schema(id_: int, subject: str | None, name: str, text: str) -> dict[str, Any]:
    return {"id": id_, "subject": subject, "full_name": name, "fingerprint": fingerprint(text), "text": text}


def _values(record: Record) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Give name, value and how its arrays are cut into blocks, which is None for the canonical form."""
    ordinary = typical(record)
    yield "typical", ordinary, None
    yield "nothing optional", without_options(record, ordinary), None
    for turn in range(rounds(record)):
        yield f"extremes {turn}", extreme(record, turn), None
    if has_arrays(record):
        yield f"arrays of {HUGE}", typical(record, HUGE), None
        yield "arrays of 63", typical(record, 63), None
        yield "arrays of 64", typical(record, 64), None
        yield "a block for each item", ordinary, lambda items: [([item], False) for item in items]
        yield "two blocks", ordinary, lambda items: [(items[:1], False), (items[1:], False)]
        yield "a block with its size", ordinary, lambda items: [(items, True)]
        yield "blocks with and without size", ordinary, lambda items: [(items[:2], True), (items[2:], False)]


def _accepted(name: str, id_: int, record: Record, value: dict[str, Any], blocks: Any) -> dict[str, Any]:
    body = encode(record, value, blocks)
    return {
        "name": name,
        "canonical": blocks is None,
        "body": body.hex(),
        "framed": (_prefix(id_) + body).hex(),
        "json": value,
    }


def _rejected(case: Refused, id_: int) -> dict[str, Any]:
    if case.body is None:
        return {"kind": case.kind, "name": case.name, "body": None, "framed": (case.framed or b"").hex()}
    framed = _prefix(id_) + case.body
    return {"kind": case.kind, "name": case.name, "body": case.body.hex(), "framed": framed.hex()}


def _prefix(id_: int) -> bytes:
    return b"\0" + id_.to_bytes(4, "big")


def _file(head: Mapping[str, str], **lists: Sequence[Mapping[str, Any]]) -> str:
    """One case a line: a difference shows which case it is."""
    parts = ['"made_by":"DO NOT EDIT. Made from schemas/ by `make generate`."']
    parts += [f"{json.dumps(key)}:{json.dumps(value)}" for key, value in head.items()]
    for key, cases in lists.items():
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        parts.append(f"{json.dumps(key)}:[\n{lines}\n]")
    return "{" + ",\n".join(parts) + "}\n"
