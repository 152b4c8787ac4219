"""Identifiers: time-ordered ones for new aggregates, derived ones for events."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from uuid import UUID

from quadrille.avro_values import uuid_of

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def uuid7() -> UUID:
    """Make a UUID of version 7: sortable by time of making, and increasing within this process.

    Returns:
        A new UUID. Layout and the 12-bit counter in `rand_a`: RFC 9562, sections 5.7 and 6.2 (method 1).
    """
    global _last_ms, _counter
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms, _counter = now, int.from_bytes(os.urandom(2)) & 0x7FF
        else:
            # The clock stood still or went back: stay on the last millisecond, and borrow from the next when full.
            _counter += 1
            if _counter > 0xFFF:
                _last_ms, _counter = _last_ms + 1, 0
        ms, count = _last_ms, _counter
    low = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF
    return uuid_of((ms << 80) | (0x7 << 76) | (count << 64) | (0b10 << 62) | low)


def derived(source: str, cause: UUID, ordinal: int) -> UUID:
    """Derive an event's id from what caused it, so that deciding again gives the same id.

    Args:
        source: The service that decides.
        cause: The id of the record, or of the request, that the decision answers.
        ordinal: The event's place among those of one decision, from 0.

    Returns:
        A UUID of version 8 (RFC 9562, section 5.8) over SHA-256 of the three.
    """
    digest = hashlib.sha256(b"%s\0%s\0%d" % (source.encode(), cause.bytes, ordinal)).digest()
    number = int.from_bytes(digest[:16])
    number = (number & ~(0xF << 76)) | (0x8 << 76)
    number = (number & ~(0b11 << 62)) | (0b10 << 62)
    return uuid_of(number)
