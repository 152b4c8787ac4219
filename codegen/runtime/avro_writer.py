"""Writes bodies as the Avro specification does, byte for byte as fastavro.

Invariants:

- What is written is given as `Record.to_avro` gives it: a union's branch is named, but for null, and for the only other
  branch if that is a primitive.
- Arrays and maps are one block with a count. Every number has its shortest form and fits its type.
- Whatever is not of its type raises; `avro_check` then finds the field.

One function is written for each schema, and compiled once, as for reading. Specification: Avro 1.12, "Binary Encoding".
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, NoReturn

from quadrille.avro_source import WIDTH, Source


def writer(schema: Any) -> Callable[[Any], bytes]:
    """Write the function that writes the bodies of a schema.

    Args:
        schema: The schema as JSON, self-contained.

    Returns:
        A function of raw Avro values. It raises whatever shows that a value is not of its type.

    Raises:
        ValueError: The schema is recursive, or too large when its names are written out.
    """
    return WriterSource().function(schema, {})


def _number(value: int) -> bytes:
    raw = value << 1 ^ value >> 63
    written = bytearray()
    while raw > 127:
        written.append(raw & 127 | 128)
        raw >>= 7
    written.append(raw)
    return bytes(written)


#: Most lengths, counts and quantities are among these.
_SHORT = tuple(_number(value) for value in range(256))


def _long(value: int) -> bytes:
    if not -(1 << 63) <= value < 1 << 63:
        raise OverflowError(f"{value} is out of the range of long")
    return _number(value)


def _int(value: int) -> bytes:
    if not -(1 << 31) <= value < 1 << 31:
        raise OverflowError(f"{value} is out of the range of int")
    return _number(value)


def _of_size(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise ValueError(f"{value!r} has {len(value)} bytes, not {size}")
    return value


def _wrong(value: object) -> NoReturn:
    raise TypeError(f"{value!r} is in no branch of the union")


class WriterSource(Source):
    """`p` is the parts of the body. What is known to follow each other is added at once."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def function(self, schema: Any, space: dict[str, Any]) -> Callable[[Any], bytes]:
        """Walk a schema, and make the function of it.

        Args:
            schema: As for `writer`.
            space: What the function uses beside what every writing one does.

        Returns:
            The function.
        """
        self.walk(schema, "", "", 1, "v")
        self.flush(1)
        text = "\n".join(["def write(v):", " p = []", *self.lines, " return join(p)"])
        space |= {
            "S": _SHORT,
            "join": b"".join,
            "long_": _long,
            "int_": _int,
            "of_size": _of_size,
            "wrong": _wrong,
            "float_": Struct("<f").pack,
            "double_": Struct("<d").pack,
        }
        return self.compiled("write", text, space)

    def flush(self, depth: int) -> None:
        """Add the parts that are known so far."""
        if self.parts:
            self.put(depth, f"p += ({', '.join(self.parts)},)")
            self.parts = []

    def primitive(self, kind: str, place: str, depth: int, variable: str) -> int:  # noqa: ARG002 - told by `avro_check`
        """Write a value of a primitive type."""
        match kind:
            case "string" | "bytes":
                written = self.variable()
                self.put(depth, f"{written} = {variable}.encode()" if kind == "string" else f"{written} = {variable}")
                self.parts += [f"S[len({written})] if len({written}) < 256 else long_(len({written}))", written]
            case "long" | "int":
                self.parts.append(f"S[{variable}] if 0 <= {variable} < 256 else {kind}_({variable})")
            case "boolean":
                self.parts.append(f"b'\\1' if {variable} else b'\\0'")
            case "float" | "double":
                self.parts.append(f"{kind}_({variable})")
        return WIDTH[kind]

    def union(self, branches: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        """Write the branch, and its value."""
        self.flush(depth)
        kinds = [_kind_of(branch) for branch in branches]
        only = len(branches) - kinds.count("null") == 1
        inner = self.variable()
        # A name is known once its branch has been walked: the lines are put in order afterwards.
        for index, (branch, kind) in enumerate(zip(branches, kinds, strict=True)):
            head = len(self.lines)
            self.put(depth, "")
            if kind == "null":
                test, value = f"{variable} is None", variable
            elif only and kind in WIDTH:
                test, value = f"{variable} is not None", variable
            else:
                test, value = "", inner
                self.put(depth + 1, f"{inner} = {variable}[1]")
            self.parts.append(f"S[{index}]")
            self.walk(branch, namespace, place, depth + 1, value)
            self.flush(depth + 1)
            if not test:
                name = self.constant(self.name_of(branch, namespace) or kind)
                test = f"type({variable}) is tuple and {variable}[0] == {name}"
            self.lines[head] = " " * depth + f"{'if' if index == 0 else 'elif'} {test}:"
        self.put(depth, f"else: wrong({variable})")
        return 1

    def enum(self, symbols: list[str], place: str, depth: int, variable: str) -> int:  # noqa: ARG002 - as above
        """Write a symbol."""
        numbers = {symbol: _number(index) for index, symbol in enumerate(symbols)}
        self.parts.append(f"{self.constant(numbers)}[{variable}]")
        return 1

    def fixed(self, size: int, place: str, depth: int, variable: str) -> int:  # noqa: ARG002 - as above
        """Write so many bytes."""
        self.parts.append(f"of_size({variable}, {size})")
        return size

    def record(self, fields: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        """Write the fields."""
        width = 0
        for field in fields:
            value = self.variable()
            self.put(depth, f"{value} = {variable}[{self.constant(field['name'])}]")
            width += self.walk(field["type"], namespace, place, depth, value)
        return width

    def blocks(self, first: Any, second: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        """Write the items, or the keys and values."""
        self.flush(depth)
        key, value = self.variable(), self.variable()
        self.put(depth, f"if {variable}:", f" p.append(long_(len({variable})))")
        items = f"{key} in {variable}" if second is None else f"{key}, {value} in {variable}.items()"
        self.put(depth, f" for {items}:")
        self.walk(first, namespace, place, depth + 2, key)
        if second is not None:
            self.walk(second, namespace, place, depth + 2, value)
        self.flush(depth + 2)
        # A loop has a body, whatever its items are.
        self.put(depth, "  pass")
        self.parts.append("S[0]")
        return 1


def _kind_of(branch: Any) -> str:
    return branch if isinstance(branch, str) else _kind_of(branch["type"])
