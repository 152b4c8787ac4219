"""One fuzz target: `python -m tests.fuzz.target NAME [libFuzzer's options]`."""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(
    include=[
        "quadrille",
        "services.chassis.wire.decoder",
        "services.chassis.wire.record",
        "services.chassis.kafka.own_topic",
        "gateway",
    ]
):
    from quadrille.events.history import RECORDED
    from quadrille.events.topics import TOPICS

    from gateway.errors import HttpError
    from gateway.strict_json import read
    from services.chassis.errors import Undecodable
    from services.chassis.kafka import own_topic
    from services.chassis.wire.decoder import Decoder, traceparent
    from services.chassis.wire.record import Record, as_uuid, dead_letter, kept_headers

SCHEMAS = list(RECORDED.values())
SERVICES = sorted({topic.owner for topic in TOPICS})
NAMES = ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_dataschema", "content-type", "traceparent"]
NOW = datetime(2026, 1, 2, tzinfo=UTC)


class _Registry:
    def written_with(self, schema_id: int, fingerprint: str | None):
        return RECORDED.get(fingerprint) or SCHEMAS[schema_id % len(SCHEMAS)]


class _Message:
    def __init__(self, record: Record) -> None:
        self._record = record

    def key(self):
        return self._record.key

    def value(self):
        return self._record.value

    def headers(self):
        return self._record.headers


DECODERS = {service: Decoder(service, _Registry()) for service in SERVICES}


def _record(data: atheris.FuzzedDataProvider) -> Record:
    headers = []
    for _ in range(data.ConsumeIntInRange(0, 6)):
        known = data.ConsumeIntInRange(0, len(NAMES))
        name = NAMES[known] if known < len(NAMES) else data.ConsumeUnicodeNoSurrogates(9)
        headers.append((name, None if data.ConsumeBool() else data.ConsumeBytes(80)))
    key = None if data.ConsumeBool() else data.ConsumeBytes(40)
    value = None if data.ConsumeBool() else data.ConsumeBytes(4096)
    if value is not None and data.ConsumeBool():
        value = b"\0" + value
    return Record(key, value, headers)


def records(raw: bytes) -> None:
    data = atheris.FuzzedDataProvider(raw)
    service = SERVICES[data.ConsumeIntInRange(0, len(SERVICES) - 1)]
    topic = TOPICS[data.ConsumeIntInRange(0, len(TOPICS) - 1)]
    record = _record(data)
    try:
        DECODERS[service].decode(topic, 0, 1, record)
    except Undecodable as error:
        if "reading it failed" in str(error):
            raise  # it costs one record, and is something that nobody has thought of
        dead_letter(topic, 0, 1, record, error)
    kept_headers(record.headers)
    traceparent(record.headers)


def own_topic(raw: bytes) -> None:
    data = atheris.FuzzedDataProvider(raw)
    topic = TOPICS[data.ConsumeIntInRange(0, len(TOPICS) - 1)]
    record = _record(data)
    as_uuid(record.key)
    own_topic.ours(topic.owner, topic, _Message(record), NOW)


def requests(raw: bytes) -> None:
    with contextlib.suppress(HttpError):
        read(raw)


if __name__ == "__main__":
    chosen = {"records": records, "own_topic": own_topic, "requests": requests}[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], chosen)
    atheris.Fuzz()
