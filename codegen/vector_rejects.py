"""Bodies and frames that every reader must refuse, made by damaging a good one at every part of it that can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegen.avro_bytes import Mark, Writer, varint
from registry.model import Enum, Primitive, Record, Union

_NO_TEXT = {
    "a byte that never occurs": b"\xff",
    "a continuation byte alone": b"\x80",
    "a character cut short": b"\xe2\x82",
    "a lone surrogate": b"\xed\xa0\x80",
    "an over-long slash": b"\xc0\xaf",
    "beyond U+10FFFF": b"\xf4\x90\x80\x80",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that must be refused.

    Attributes:
        kind: What is wrong, as `docs/languages.md` counts it.
        name: What was done, and where.
        body: The bare body; None if the frame is wrong.
        framed: The whole value, if the frame is wrong.
    """

    kind: str
    name: str
    body: bytes | None
    framed: bytes | None = None


def refused(record: Record, value: dict[str, Any]) -> Iterator[Refused]:
    """Damage a good body in every way.

    Args:
        record: Its type.
        value: Its JSON form; it should hold something of everything.

    Yields:
        What must be refused.
    """
    writer = Writer()
    writer.write(record, value)
    body = bytes(writer.body)
    yield from _frames(body)
    for size in sorted({0, 1, len(body) // 3, len(body) // 2, len(body) - 1}):
        yield Refused("truncated", f"the first {size} of {len(body)} bytes", body[:size])
    yield Refused("trailing bytes", "a zero byte behind it", body + b"\0")
    yield Refused("trailing bytes", "the body twice", body + body)
    seen: set[tuple[str, str]] = set()
    for mark in writer.marks:
        # Each sort of part once, at its first place: the second line of an order proves nothing new.
        sort = (mark.kind, str(mark.value == 0) if mark.kind == "count" else str(mark.of))
        if sort in seen:
            continue
        seen.add(sort)
        for kind, name, replaced in _damages(mark, body):
            place = f"{name}, at byte {mark.start}"
            yield Refused(kind, place, body[: mark.start] + replaced)


def _frames(body: bytes) -> Iterator[Refused]:
    for magic in (1, 255):
        framed = bytes([magic]) + (1).to_bytes(4, "big") + body
        yield Refused("wrong magic", f"it begins with byte {magic}", None, framed)
    for size in (0, 1, 4):
        yield Refused("no prefix", f"{size} bytes", None, b"\0\0\0\0"[:size])
    yield Refused("truncated", "a prefix without a body", None, b"\0\0\0\0\1")
    for id_ in (0, 2**31 - 1, 2**32 - 1):
        yield Refused("unknown id", str(id_), None, b"\0" + id_.to_bytes(4, "big") + body)


def _damages(mark: Mark, body: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Give kind, name, and what stands in place of the mark and of all behind it."""
    rest = body[mark.end :]
    yield "over-long number", f"a {mark.kind} one byte longer than need be", varint(mark.value, 1) + rest
    yield "over-long number", f"a {mark.kind} of ten bytes", _padded(mark.value) + rest
    yield "beyond 64 bits", f"a {mark.kind} of 2^64", varint(2**64) + rest
    yield "beyond 64 bits", f"a {mark.kind} of eleven bytes", b"\x80" * 10 + b"\x01" + rest
    yield "beyond 64 bits", f"a {mark.kind} without end", b"\xff" * 30
    match mark.kind:
        case "index":
            assert isinstance(mark.of, Enum | Union)  # noqa: S101 - what an index belongs to
            what, size = (
                ("enum", len(mark.of.symbols)) if isinstance(mark.of, Enum) else ("union", len(mark.of.branches))
            )
            yield f"{what} index -1", f"{what} index -1", varint(-1) + rest
            yield f"{what} index too high", f"{what} index {size} of {size}", varint(size) + rest
            yield f"{what} index too high", f"{what} index 2^32", varint(2**32) + rest
            yield f"{what} index too high", f"{what} index 2^62", varint(2**62) + rest
        case "length":
            yield from _lengths(mark, rest)
        case "count":
            yield from _counts(mark, rest)


def _padded(value: int) -> bytes:
    short = varint(value)
    return varint(value, 10 - len(short)) if len(short) < 10 else varint(value, 1)


def _lengths(mark: Mark, rest: bytes) -> Iterator[tuple[str, str, bytes]]:
    for length in (-1, -64, -(2**31), -(2**63)):
        yield "negative length", f"a length of {length}", varint(length) + rest
    for length in (len(rest) + 1, 2**31 - 1, 2**31, 2**62, 2**63 - 1):
        yield "length too high", f"a length of {length}", varint(length) + rest
    behind = rest[mark.value :]
    if isinstance(mark.of, Primitive) and mark.of.name == "string":
        if mark.of.logical == "uuid":
            for text in ("019dd2a1-8f00-7abc-8def-0123456789zz", "not a uuid", ""):
                yield "no uuid", repr(text), varint(len(text)) + text.encode() + behind
            return
        for name, bad in _NO_TEXT.items():
            yield "bad UTF-8", name, varint(len(bad) + 2) + b"a" + bad + b"b" + behind


def _counts(mark: Mark, rest: bytes) -> Iterator[tuple[str, str, bytes]]:
    for count in (len(rest) + 1, 2**31, 2**62, 2**63 - 1, -(2**63)):
        yield "count too high", f"a count of {count}", varint(count) + rest
    if mark.value:
        size = len(rest)
        for wrong in (-1, -(2**63), 0, 1, size + 1, 2**62):
            sized = varint(-mark.value) + varint(wrong) + rest
            yield "wrong block size", f"a block of {mark.value} items with a size of {wrong}", sized
        yield "truncated", "a count of one item more", varint(mark.value + 1) + rest
