# DO NOT EDIT. Made from codegen/runtime/avro_strict.py by `make generate`.
"""Refuses bodies that are not written as the Avro specification says, before fastavro reads them.

Invariants:

- A body that passes has exactly the bytes of one record: it ends where the record ends.
- Every number has its shortest form and fits its type; every enum and union index exists; a boolean is 0 or 1.
- No length and no count reaches beyond the body, so that reading costs no more than the body's own size; a number is
  given up after its eleventh byte.
- Text is not looked at: fastavro refuses bad UTF-8 itself.

fastavro 1.13 takes an index of -1 and over-long numbers. A general walker would cost more than reading does, so one
function is written for each schema, and compiled once. Specification: Avro 1.12, "Binary Encoding".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

# What each primitive takes at least. Recursive schemas and items without bytes are refused: a few bytes of body could
# stand for any amount of work.
# A schema may name a type twice that names two others twice, and so on: written out, thirty of them are a billion.
_MOST_TYPES = 5000
_WIDTH = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}


def checker(schema: Any) -> Callable[[bytes], None]:
    """Write the function that checks the bodies of a schema.

    Args:
        schema: The schema as JSON, self-contained.

    Returns:
        A function that raises ValueError, or EOFError where a body ends too early, and says at which field and byte.

    Raises:
        ValueError: The schema is recursive, or too large when its names are written out, or has an array whose items
            take no bytes.
    """
    source = _Source()
    source.walk(schema, "", "", 1)
    lines = [*source.lines, " if i != n: too_many(i, n)"]
    body = "\n".join(" " + line for line in lines)
    text = f"def check(b):\n n = len(b); i = 0\n try:\n{body}\n except IndexError: too_early(n)\n"
    space: dict[str, Any] = {
        "P": tuple(source.places),
        "number": _number,
        "skip": _skip,
        "skip_text": _skip_text,
        "wrong": _wrong,
        "too_early": _too_early,
        "too_many": _too_many,
    }
    # The text is made of numbers and of the names above alone; the schema's own words are data, in P.
    exec(compile(text, "<avro check>", "exec"), space)  # noqa: S102
    check: Callable[[bytes], None] = space["check"]
    return check


def _too_early(size: int) -> NoReturn:
    raise EOFError(f"the body ends too early, after {size} bytes")


def _too_many(end: int, size: int) -> NoReturn:
    if end > size:
        _too_early(size)
    raise ValueError(f"{size - end} of {size} bytes are left over")


def _wrong(place: str, at: int, what: str, value: int) -> NoReturn:
    raise ValueError(f"{place}: byte {at}: {what} {value}")


def _skip(b: bytes, start: int, place: str, most: int = 10, top: int = 1) -> int:
    """Find the end of a number: at most so many bytes, the last of them at most `top`. Those of a long by default."""
    i = start
    while b[i] > 127 and i - start < 10:
        i += 1
    if not b[i] and i > start:
        raise ValueError(f"{place}: byte {start}: a number is longer than it need be")
    size = i - start + 1
    if size >= most and (size > most or b[i] > top):
        raise ValueError(f"{place}: byte {start}: a number of {size} bytes is out of its range")
    return i + 1


def _number(b: bytes, start: int, place: str) -> tuple[int, int]:
    end = _skip(b, start, place)
    raw = 0
    for byte in reversed(b[start:end]):
        raw = raw << 7 | byte & 127
    return raw >> 1 ^ -(raw & 1), end


def _skip_text(b: bytes, start: int, place: str) -> int:
    size, end = _number(b, start, place)
    if size < 0:
        _wrong(place, start, "a length of", size)
    return end + size


class _Source:
    """The body of one function: `b` is the bytes, `i` where we are, `n` how many there are."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: list[str] = []
        self._named: dict[str, Any] = {}
        self._under_way: list[str] = []
        self._counters = 0
        self._walked = 0

    def walk(self, schema: Any, namespace: str, place: str, depth: int) -> int:
        """Write what checks a schema at a place; return how many bytes it takes at least."""
        self._walked += 1
        if self._walked > _MOST_TYPES:
            raise ValueError(f"{place}: the schema has more than {_MOST_TYPES} types, its names written out")
        if isinstance(schema, list):
            return self._union(schema, namespace, place, depth)
        if isinstance(schema, str):
            if schema in _WIDTH:
                return self._primitive(schema, place, depth)
            name = schema if "." in schema or not namespace else f"{namespace}.{schema}"
            found = self._named.get(name, self._named.get(schema))
            if found is None:
                raise ValueError(f"{place}: no type is named {schema!r}")
            return self.walk(found, name.rpartition(".")[0], place, depth)
        kind = schema["type"]
        if kind in ("record", "error", "enum", "fixed"):
            return self._define(kind, schema, namespace, place, depth)
        if kind == "array":
            return self._blocks(schema["items"], None, namespace, place, depth)
        if kind == "map":
            return self._blocks("string", schema["values"], namespace, place, depth)
        return self.walk(kind, namespace, place, depth)

    def _put(self, depth: int, *lines: str) -> None:
        self.lines += [" " * depth + line for line in lines]

    def _place(self, place: str) -> str:
        self.places.append(place)
        return f"P[{len(self.places) - 1}]"

    def _primitive(self, kind: str, place: str, depth: int) -> int:
        match kind:
            case "string" | "bytes":
                self._length(place, depth)
            case "long" | "int":
                bounds = "" if kind == "long" else ", 5, 15"
                self._put(depth, f"if b[i] > 127: i = skip(b, i, {self._place(place)}{bounds})", "else: i += 1")
            case "boolean":
                self._put(depth, f"if b[i] > 1: wrong({self._place(place)}, i, 'no boolean is', b[i])", "i += 1")
            case "float" | "double":
                self._put(depth, f"i += {_WIDTH[kind]}")
        return _WIDTH[kind]

    def _length(self, place: str, depth: int) -> None:
        # A length over the end is found by whoever reads there next, or at the very end. Odd numbers are below zero.
        self._put(
            depth,
            "k = b[i]",
            f"if k & 129: i = skip_text(b, i, {self._place(place)})",
            "else: i += (k >> 1) + 1",
        )

    def _index(self, place: str, depth: int, count: int, what: str) -> None:
        where = self._place(place)
        self._put(
            depth,
            "k = b[i]",
            f"if k & 129: k, i = number(b, i, {where})",
            "else: k >>= 1; i += 1",
            f"if not 0 <= k < {count}: wrong({where}, i - 1, 'no {what} has the index', k)",
        )

    def _union(self, branches: list[Any], namespace: str, place: str, depth: int) -> int:
        self._index(place, depth, len(branches), "branch")
        least = []
        for index, branch in enumerate(branches):
            if branch == "null":
                least.append(0)
                continue
            self._put(depth, f"if k == {index}:")
            # Its own k may be one of the later indexes.
            least.append(self.walk(branch, namespace, place, depth + 1))
            self._put(depth + 1, "k = -1")
        return 1 + min(least)

    def _define(self, kind: str, schema: Any, namespace: str, place: str, depth: int) -> int:
        name: str = schema["name"]
        space = name.rpartition(".")[0] or schema.get("namespace", namespace)
        full_name = name if "." in name or not space else f"{space}.{name}"
        if full_name in self._under_way:
            raise ValueError(f"{place}: the schema is recursive: {full_name} contains itself")
        self._named[full_name] = schema
        if kind == "enum":
            self._index(place, depth, len(schema["symbols"]), "symbol")
            return 1
        if kind == "fixed":
            self._put(depth, f"i += {int(schema['size'])}")
            return int(schema["size"])
        self._under_way.append(full_name)
        if not schema["fields"]:
            self._put(depth, "pass")
        width = sum(
            self.walk(field["type"], space, f"{place}.{field['name']}" if place else field["name"], depth)
            for field in schema["fields"]
        )
        self._under_way.pop()
        return width

    def _blocks(self, first: Any, second: Any, namespace: str, place: str, depth: int) -> int:
        where = self._place(place)
        self._counters += 1
        end = f"e{self._counters}"
        self._put(
            depth,
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
        width = self.walk(first, namespace, inside, depth + 2)
        if second is not None:
            width += self.walk(second, namespace, inside, depth + 2)
        if not width:
            raise ValueError(
                f"{place}: the items take no bytes, so that a few bytes could stand for any number of them"
            )
        self._put(depth, f" if {end} not in (-1, i): wrong({where}, i, 'a block does not end at its', {end})")
        return 1
