"""librdkafka without its Python binding, which refuses what other clients send: names of headers that are not UTF-8."""

from __future__ import annotations

import ctypes
from pathlib import Path

import confluent_kafka

_TOPIC, _VALUE, _KEY, _FLAGS, _TIMESTAMP, _HEADER = 1, 4, 5, 7, 8, 9
_COPY = 2


class _Memory(ctypes.Structure):
    _fields_ = (("at", ctypes.c_char_p), ("size", ctypes.c_size_t))


class _Header(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("at", ctypes.c_char_p), ("size", ctypes.c_ssize_t))


class _Any(ctypes.Union):
    _fields_ = (
        ("text", ctypes.c_char_p),
        ("number", ctypes.c_int),
        ("long", ctypes.c_int64),
        ("memory", _Memory),
        ("header", _Header),
        ("pad", ctypes.c_char * 64),
    )


class _Part(ctypes.Structure):
    """`rd_kafka_vu_t` of rdkafka.h."""

    _fields_ = (("kind", ctypes.c_int), ("u", _Any))


def produce_raw(bootstrap_servers: str, topic: str, records) -> None:
    """Produce (key, value, headers, timestamp) as they are, and wait until the broker has them.

    Names and values of headers are bytes, values may be None; a timestamp is in milliseconds, None for the present.
    """
    (found,) = (Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs").glob("librdkafka*")
    library = ctypes.CDLL(str(found))
    library.rd_kafka_conf_new.restype = library.rd_kafka_new.restype = ctypes.c_void_p
    library.rd_kafka_produceva.restype = ctypes.c_void_p
    library.rd_kafka_error_string.restype = ctypes.c_char_p
    conf = ctypes.c_void_p(library.rd_kafka_conf_new())
    problem = ctypes.create_string_buffer(512)
    for name, value in ((b"bootstrap.servers", bootstrap_servers.encode()), (b"partitioner", b"murmur2_random")):
        assert library.rd_kafka_conf_set(conf, name, value, problem, 512) == 0, problem.value
    client = ctypes.c_void_p(library.rd_kafka_new(0, conf, problem, 512))
    assert client, problem.value
    try:
        for record in records:
            parts = _parts(topic, *record)
            error = library.rd_kafka_produceva(client, (_Part * len(parts))(*parts), len(parts))
            assert not error, library.rd_kafka_error_string(ctypes.c_void_p(error))
        assert library.rd_kafka_flush(client, 30_000) == 0
    finally:
        library.rd_kafka_destroy(client)


def _parts(topic, key, value, headers=(), timestamp=None) -> list[_Part]:
    parts = [_Part(_TOPIC, _Any(text=topic.encode())), _Part(_FLAGS, _Any(number=_COPY))]
    parts.append(_Part(_KEY, _Any(memory=_Memory(key, len(key or b"")))))
    parts.append(_Part(_VALUE, _Any(memory=_Memory(value, len(value or b"")))))
    if timestamp is not None:
        parts.append(_Part(_TIMESTAMP, _Any(long=timestamp)))
    parts += [_Part(_HEADER, _Any(header=_Header(name, of, len(of or b"")))) for name, of in headers]
    return parts
