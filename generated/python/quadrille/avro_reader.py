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

# What each primitive takes at least. Recursive schemas and items without bytes are refused: a few bytes of body could
# stand for any amount of work.
# A schema may name a type twice that names two others twice, and so on: written out, thirty of them are a billion.
_MOST_TYPES = 5000
_WIDTH = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}


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
    source = _Source(names_branches=names_branches)
    source.walk(schema, "", "", 2, "v")
    body = "\n".join(source.lines)
    text = f"def read(b):\n n = len(b); i = 0\n try:\n{body}\n except IndexError: too_early(n)\n{_END}"
    space: dict[str, Any] = {
        **{f"C{number}": value for number, value in enumerate(source.constants)},
        "P": tuple(source.places),
        "number": _number,
        "wrong": _wrong,
        "too_early": _too_early,
        "too_many": _too_many,
        "float_at": Struct("<f").unpack_from,
        "double_at": Struct("<d").unpack_from,
    }
    # The text is made of numbers and of the names above alone; the schema's own words are data, in P and C.
    exec(compile(text, "<avro reader>", "exec"), space)  # noqa: S102
    read: Callable[[bytes], Any] = space["read"]
    return read


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


class _Source:
    """The body of one function: `b` is the bytes, `i` where we are, `n` how many there are."""

    def __init__(self, *, names_branches: bool) -> None:
        self.lines: list[str] = []
        self.places: list[str] = []
        self.constants: list[Any] = []
        self._names_branches = names_branches
        self._named: dict[str, Any] = {}
        self._under_way: list[str] = []
        self._variables = 0
        self._walked = 0

    def walk(self, schema: Any, namespace: str, place: str, depth: int, into: str) -> int:
        """Write what reads a schema at a place into a variable; return how many bytes it takes at least."""
        self._walked += 1
        if self._walked > _MOST_TYPES:
            raise ValueError(f"{place}: the schema has more than {_MOST_TYPES} types, its names written out")
        if isinstance(schema, list):
            return self._union(schema, namespace, place, depth, into)
        if isinstance(schema, str):
            if schema in _WIDTH:
                return self._primitive(schema, place, depth, into)
            name, found = self._find(schema, namespace, place)
            return self.walk(found, name.rpartition(".")[0], place, depth, into)
        kind = schema["type"]
        if kind in ("record", "error", "enum", "fixed"):
            return self._define(kind, schema, namespace, place, depth, into)
        if kind == "array":
            return self._blocks(schema["items"], None, namespace, place, depth, into)
        if kind == "map":
            return self._blocks("string", schema["values"], namespace, place, depth, into)
        return self.walk(kind, namespace, place, depth, into)

    def _find(self, name: str, namespace: str, place: str) -> tuple[str, Any]:
        full_name = name if "." in name or not namespace else f"{namespace}.{name}"
        for known in (full_name, name):
            if known in self._named:
                return known, self._named[known]
        raise ValueError(f"{place}: no type is named {name!r}")

    def _put(self, depth: int, *lines: str) -> None:
        self.lines += [" " * depth + line for line in lines]

    def _place(self, place: str) -> str:
        self.places.append(place)
        return f"P[{len(self.places) - 1}]"

    def _constant(self, value: Any) -> str:
        self.constants.append(value)
        return f"C{len(self.constants) - 1}"

    def _variable(self) -> str:
        self._variables += 1
        return f"v{self._variables}"

    def _primitive(self, kind: str, place: str, depth: int, into: str) -> int:
        match kind:
            case "null":
                self._put(depth, f"{into} = None")
            case "string" | "bytes":
                self._length(place, depth)
                decode = ".decode()" if kind == "string" else ""
                self._put(depth, f"{into} = b[i:k]{decode}; i = k")
            case "long" | "int":
                bounds = "" if kind == "long" else ", 5, 15"
                self._put(
                    depth,
                    "k = b[i]",
                    f"if k > 127: {into}, i = number(b, i, {self._place(place)}{bounds})",
                    f"else: {into} = k >> 1 ^ -(k & 1); i += 1",
                )
            case "boolean":
                self._put(depth, f"if b[i] > 1: wrong({self._place(place)}, i, 'no boolean is', b[i])")
                self._put(depth, f"{into} = b[i] == 1; i += 1")
            case "float" | "double":
                self._put(
                    depth,
                    f"if i + {_WIDTH[kind]} > n: too_early(n)",
                    f"{into}, = {kind}_at(b, i); i += {_WIDTH[kind]}",
                )
        return _WIDTH[kind]

    def _length(self, place: str, depth: int) -> None:
        # Afterwards `i` is where the bytes begin, and `k` where they end. Odd numbers are below zero.
        where = self._place(place)
        self._put(
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
        self._put(
            depth,
            "k = b[i]",
            f"if k & 129: k, i = number(b, i, {where})",
            "else: k >>= 1; i += 1",
            f"if not 0 <= k < {count}: wrong({where}, i - 1, 'no {what} has the index', k)",
        )

    def _union(self, branches: list[Any], namespace: str, place: str, depth: int, into: str) -> int:
        self._index(place, depth, len(branches), "branch")
        least = []
        for index, branch in enumerate(branches):
            # Reading a branch moves `k`, and only one is read.
            self._put(depth, f"{'if' if index == 0 else 'elif'} k == {index}:")
            least.append(self.walk(branch, namespace, place, depth + 1, into))
            if self._names_branches and (name := self._name_of(branch, namespace)):
                self._put(depth + 1, f"{into} = ({self._constant(name)}, {into})")
        return 1 + min(least)

    def _name_of(self, branch: Any, namespace: str) -> str:
        """Give the full name of a named type, which has been walked; empty for any other."""
        if isinstance(branch, str):
            return "" if branch in _WIDTH else self._find(branch, namespace, "")[0]
        if not isinstance(branch, dict):
            return ""
        if branch["type"] in ("record", "error", "enum", "fixed"):
            return _full_name(branch, namespace)
        return "" if branch["type"] in ("array", "map") else self._name_of(branch["type"], namespace)

    def _define(self, kind: str, schema: Any, namespace: str, place: str, depth: int, into: str) -> int:
        full_name = _full_name(schema, namespace)
        if full_name in self._under_way:
            raise ValueError(f"{place}: the schema is recursive: {full_name} contains itself")
        self._named[full_name] = schema
        if kind == "enum":
            self._index(place, depth, len(schema["symbols"]), "symbol")
            self._put(depth, f"{into} = {self._constant(tuple(schema['symbols']))}[k]")
            return 1
        if kind == "fixed":
            size = int(schema["size"])
            self._put(depth, f"k = i + {size}", "if k > n: too_early(n)", f"{into} = b[i:k]; i = k")
            return size
        self._under_way.append(full_name)
        space = full_name.rpartition(".")[0]
        width = 0
        made = []
        for field in schema["fields"]:
            variable = self._variable()
            inside = f"{place}.{field['name']}" if place else field["name"]
            width += self.walk(field["type"], space, inside, depth, variable)
            made.append(f"{self._constant(field['name'])}: {variable}")
        self._put(depth, f"{into} = {{{', '.join(made)}}}")
        self._under_way.pop()
        return width

    def _blocks(self, first: Any, second: Any, namespace: str, place: str, depth: int, into: str) -> int:
        where = self._place(place)
        made, end, item = self._variable(), self._variable(), self._variable()
        self._put(
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
            self._put(depth + 2, f"{made}.append({item})")
        else:
            value = self._variable()
            width += self.walk(second, namespace, inside, depth + 2, value)
            self._put(depth + 2, f"{made}[{item}] = {value}")
        if not width:
            raise ValueError(
                f"{place}: the items take no bytes, so that a few bytes could stand for any number of them"
            )
        self._put(
            depth,
            f" if {end} not in (-1, i): wrong({where}, i, 'a block does not end at its', {end})",
            f"{into} = {made}",
        )
        return 1


def _full_name(schema: Any, namespace: str) -> str:
    name: str = schema["name"]
    space = name.rpartition(".")[0] or schema.get("namespace", namespace)
    return name if "." in name or not space else f"{space}.{name}"
