"""What a record looks like in Kafka, for the pages and for AsyncAPI.

The chassis writes and reads records (`services/chassis/wire/decoder.py`), and this package imports no service; a test
holds `HEADERS` to what the chassis writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pages.examples import example_id

CONTENT_TYPE = "application/avro"


@dataclass(frozen=True, slots=True)
class Header:
    """A header of every record.

    Attributes:
        name: Its name.
        doc: What its value says.
        schema: JSON Schema of its value, which is UTF-8 text.
        required: False if a record may lack it.
    """

    name: str
    doc: str
    schema: dict[str, Any]
    required: bool = True


HEADERS = (
    Header("ce_specversion", "Version of CloudEvents.", {"type": "string", "const": "1.0"}),
    Header(
        "ce_id",
        "Id of the event. A record that is published again, or decided again, has the same one.",
        {"type": "string", "format": "uuid"},
    ),
    Header("ce_type", "Full name of the event. Readers dispatch on it.", {"type": "string"}),
    Header("ce_source", "The service that published it.", {"type": "string", "format": "uri-reference"}),
    Header("ce_time", "When the event was written to its service's outbox.", {"type": "string", "format": "date-time"}),
    Header(
        "ce_dataschema",
        "Fingerprint of the schema that the body was written with: a reader that cannot ask the registry finds the "
        "schema by it in the recorded history.",
        {"type": "string", "format": "uri", "pattern": "^urn:quadrille:schema:sha256:[0-9a-f]{64}$"},
    ),
    Header("content-type", "The body is Avro.", {"type": "string", "const": CONTENT_TYPE}),
    Header(
        "traceparent",
        "W3C Trace Context, if the work that led to the event is traced.",
        {"type": "string", "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
        required=False,
    ),
)


def header_values(full_name: str, source: str, fingerprint: str) -> dict[str, str]:
    """Give an example of the headers of an event's record.

    Args:
        full_name: The event.
        source: The service that publishes it.
        fingerprint: Fingerprint of its schema.

    Returns:
        Values by name, in the order of `HEADERS`.
    """
    values = {
        "ce_specversion": "1.0",
        "ce_id": example_id(full_name),
        "ce_type": full_name,
        "ce_source": f"/services/{source}",
        "ce_time": "2026-01-02T03:04:05.678000+00:00",
        "ce_dataschema": f"urn:quadrille:schema:sha256:{fingerprint}",
        "content-type": CONTENT_TYPE,
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    return {header.name: values[header.name] for header in HEADERS}
