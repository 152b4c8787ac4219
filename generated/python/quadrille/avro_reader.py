# DO NOT EDIT. Made from codegen/runtime/avro_reader.py by `make generate`.
"""Reads bodies exactly as the Avro specification writes them, and nothing else.

Invariants:

- What is read is what fastavro reads, and its bytes are exactly those of one record: it ends where the record ends.
- Every number has its shortest form and fits its type; every enum and union index exists; a boolean is 0 or 1; text is
  UTF-8.
- No length and no count reaches beyond the body, so that reading costs no more than the body's own size; a number is
  given up after its eleventh byte.

fastavro 1.13 takes an index of -1 and over-long numbers, and a walker beside it that refuses them cost half as much as
its reading. So one function is written for each schema, and compiled once; it refuses and reads at once. fastavro still
reads what was written with another version of the schema, after this has read it. Specification: Avro 1.12, "Binary
Encoding".
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, NoReturn

from quadrille.avro_source import WIDTH, Source

# Recursive schemas and items without bytes are refused: a few bytes of body could stand for any amount of work.


def reader(schema: Any, *, names_branches: bool) -> Callable[[bytes], Any]:
    """Write the function that reads the bodies of a schema.

    Args:
        schema: The schema as JSON, self-contained.
        names_branches: Give the value of a union's named branch as (full name, value).

    Returns:
        A function that gives raw Avro values as fastavro does without logical types. It raises ValueError, or EOFError
        where a body ends too early, and says at which field and byte.

    Raises:
        ValueError: The schema is recursive, or too large when its names are written out, or has an array whose items
            take no bytes.
    """
    return ReaderSource(names_branches=names_branches).function(schema, {})


_END = """\
 if i != n: too_many(i, n)
 return v
"""


def _too_early(size: int) -> NoReturn:
    raise EOFError(f"the body ends too early, after {size} bytes")


def _too_many(end: int, size: int) -> NoReturn:
    if end > size:
        _too_early(size)
    raise ValueError(f"{size - end} of {size} bytes are left over")


def _wrong(place: str, at: int, what: str, value: int) -> NoReturn:
    raise ValueError(f"{place}: byte {at}: {what} {value}")


def _number(b: bytes, start: int, place: str, most: int = 10, top: int = 1) -> tuple[int, int]:
    """Read a number, and find its end: at most so many bytes, the last at most `top`. Those of a long by default."""
    i = start
    raw = shift = 0
    while b[i] > 127 and i - start < 10:
        raw |= (b[i] & 127) << shift
        shift += 7
        i += 1
    if not b[i] and i > start:
        raise ValueError(f"{place}: byte {start}: a number is longer than it need be")
    size = i - start + 1
    if size >= most and (size > most or b[i] > top):
        raise ValueError(f"{place}: byte {start}: a number of {size} bytes is out of its range")
    raw |= b[i] << shift
    return raw >> 1 ^ -(raw & 1), i + 1


class ReaderSource(Source):
    """`b` is the bytes, `i` where we are, `n` how many there are; each value is read into a variable."""

    def __init__(self, *, names_branches: bool = False) -> None:
        super().__init__()
        self._places: list[str] = []
        self._names_branches = names_branches

    def function(self, schema: Any, space: dict[str, Any]) -> Callable[[bytes], Any]:
        """Walk a schema, and make the function of it.

        Args:
            schema: As for `reader`.
            space: What the function uses beside what every reading one does.

        Returns:
            The function.
        """
        self.walk(schema, "", "", 2, "v")
        body = "\n".join(self.lines)
        text = f"def read(b):\n n = len(b); i = 0\n try:\n{body}\n except IndexError: too_early(n)\n{_END}"
        space |= {
            "P": tuple(self._places),
            "number": _number,
            "wrong": _wrong,
            "too_early": _too_early,
            "too_many": _too_many,
            "float_at": Struct("<f").unpack_from,
            "double_at": Struct("<d").unpack_from,
        }
        return self.compiled("read", text, space)

    def _place(self, place: str) -> str:
        self._places.append(place)
        return f"P[{len(self._places) - 1}]"

    def primitive(self, kind: str, place: str, depth: int, variable: str) -> int:
        """Read a value of a primitive type."""
        match kind:
            case "null":
                self.put(depth, f"{variable} = None")
            case "string" | "bytes":
                self._length(place, depth)
                decode = ".decode()" if kind == "string" else ""
                self.put(depth, f"{variable} = b[i:k]{decode}; i = k")
            case "long" | "int":
                bounds = "" if kind == "long" else ", 5, 15"
                self.put(
                    depth,
                    "k = b[i]",
                    f"if k > 127: {variable}, i = number(b, i, {self._place(place)}{bounds})",
                    f"else: {variable} = k >> 1 ^ -(k & 1); i += 1",
                )
            case "boolean":
                self.put(depth, f"if b[i] > 1: wrong({self._place(place)}, i, 'no boolean is', b[i])")
                self.put(depth, f"{variable} = b[i] == 1; i += 1")
            case "float" | "double":
                self.put(
                    depth,
                    f"if i + {WIDTH[kind]} > n: too_early(n)",
                    f"{variable}, = {kind}_at(b, i); i += {WIDTH[kind]}",
                )
        return WIDTH[kind]

    def _length(self, place: str, depth: int) -> None:
        # Afterwards `i` is where the bytes begin, and `k` where they end. Odd numbers are below zero.
        where = self._place(place)
        self.put(
            depth,
            "k = b[i]",
            "if k & 129:",
            f" s = i; k, i = number(b, i, {where})",
            f" if k < 0: wrong({where}, s, 'a length of', k)",
            " k += i",
            "else: i += 1; k = i + (k >> 1)",
            "if k > n: too_early(n)",
        )

    def _index(self, place: str, depth: int, count: int, what: str) -> None:
        where = self._place(place)
        self.put(
            depth,
            "k = b[i]",
            f"if k & 129: k, i = number(b, i, {where})",
            "else: k >>= 1; i += 1",
            f"if not 0 <= k < {count}: wrong({where}, i - 1, 'no {what} has the index', k)",
        )

    def union(self, branches: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        """Read the branch, and its value."""
        self._index(place, depth, len(branches), "branch")
        least = []
        for index, branch in enumerate(branches):
            # Reading a branch moves `k`, and only one is read.
            self.put(depth, f"{'if' if index == 0 else 'elif'} k == {index}:")
            least.append(self.walk(branch, namespace, place, depth + 1, variable))
            if self._names_branches and (name := self.name_of(branch, namespace)):
                self.put(depth + 1, f"{variable} = ({self.constant(name)}, {variable})")
        return 1 + min(least)

    def enum(self, symbols: list[str], place: str, depth: int, variable: str) -> int:
        """Read a symbol."""
        self._index(place, depth, len(symbols), "symbol")
        self.put(depth, f"{variable} = {self.constant(tuple(symbols))}[k]")
        return 1

    def fixed(self, size: int, place: str, depth: int, variable: str) -> int:  # noqa: ARG002 - nothing in it can be wrong
        """Read so many bytes."""
        self.put(depth, f"k = i + {size}", "if k > n: too_early(n)", f"{variable} = b[i:k]; i = k")
        return size

    def record(self, fields: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        """Read the fields."""
        width = 0
        made = []
        for field in fields:
            value = self.variable()
            inside = f"{place}.{field['name']}" if place else field["name"]
            width += self.walk(field["type"], namespace, inside, depth, value)
            made.append(f"{self.constant(field['name'])}: {value}")
        self.put(depth, f"{variable} = {{{', '.join(made)}}}")
        return width

    def blocks(self, first: Any, second: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        """Read the items, or the keys and values."""
        where = self._place(place)
        made, end, item = self.variable(), self.variable(), self.variable()
        self.put(
            depth,
            f"{made} = {'[]' if second is None else '{}'}",
            "while True:",
            f" k, i = number(b, i, {where}) if b[i] > 127 else (b[i] >> 1 ^ -(b[i] & 1), i + 1)",
            " if not k: break",
            f" {end} = -1",
            " if k < 0:",
            "  c = -k",
            f"  k, i = number(b, i, {where})",
            f"  if not c <= k <= n - i: wrong({where}, i, f'a block of {{c}} items has a size of', k)",
            f"  {end} = i + k; k = c",
            f" elif k > n - i: wrong({where}, i, f'{{n - i}} bytes are left for a count of', k)",
            " for _ in range(k):",
        )
        inside = f"{place}[]"
        width = self.walk(first, namespace, inside, depth + 2, item)
        if second is None:
            self.put(depth + 2, f"{made}.append({item})")
        else:
            value = self.variable()
            width += self.walk(second, namespace, inside, depth + 2, value)
            self.put(depth + 2, f"{made}[{item}] = {value}")
        if not width:
            raise ValueError(
                f"{place}: the items take no bytes, so that a few bytes could stand for any number of them"
            )
        self.put(
            depth,
            f" if {end} not in (-1, i): wrong({where}, i, 'a block does not end at its', {end})",
            f"{variable} = {made}",
        )
        return 1
