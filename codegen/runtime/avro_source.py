"""Writes one Python function for a schema: what the reader's and the writer's functions have in common.

A schema is walked once, its names written out. What is made of each type is the reader's or the writer's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

# What each primitive takes at least.
WIDTH = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}
# A schema may name a type twice that names two others twice, and so on: written out, thirty of them are a billion.
_MOST_TYPES = 5000


class Source(ABC):
    """The body of one function."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: list[Any] = []
        self._named: dict[str, Any] = {}
        self._under_way: list[str] = []
        self._variables = 0
        self._walked = 0

    def compiled(self, name: str, text: str, space: dict[str, Any]) -> Callable[[Any], Any]:
        """Compile the function.

        Args:
            name: Its name.
            text: Its source: numbers, and names of `space` and of the constants, alone. A schema's own words are data.
            space: What it uses beside the constants.

        Returns:
            The function.
        """
        space |= {f"C{number}": value for number, value in enumerate(self.constants)}
        exec(compile(text, f"<avro {name}>", "exec"), space)  # noqa: S102 - see `text`
        made: Callable[[Any], Any] = space[name]
        return made

    def walk(self, schema: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        """Write what is done with a type at a place; return how many bytes it takes at least."""
        self._walked += 1
        if self._walked > _MOST_TYPES:
            raise ValueError(f"{place}: the schema has more than {_MOST_TYPES} types, its names written out")
        if isinstance(schema, list):
            return self.union(schema, namespace, place, depth, variable)
        if isinstance(schema, str):
            if schema in WIDTH:
                return self.primitive(schema, place, depth, variable)
            name, found = self.find(schema, namespace, place)
            return self.walk(found, name.rpartition(".")[0], place, depth, variable)
        kind = schema["type"]
        if kind in ("record", "error", "enum", "fixed"):
            return self._define(kind, schema, namespace, place, depth, variable)
        if kind == "array":
            return self.blocks(schema["items"], None, namespace, place, depth, variable)
        if kind == "map":
            return self.blocks("string", schema["values"], namespace, place, depth, variable)
        return self.walk(kind, namespace, place, depth, variable)

    @abstractmethod
    def primitive(self, kind: str, place: str, depth: int, variable: str) -> int:
        """Write what is done with a primitive type."""

    @abstractmethod
    def union(self, branches: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        """Write what is done with a union."""

    @abstractmethod
    def enum(self, symbols: list[str], place: str, depth: int, variable: str) -> int:
        """Write what is done with an enum."""

    @abstractmethod
    def fixed(self, size: int, place: str, depth: int, variable: str) -> int:
        """Write what is done with a fixed type."""

    @abstractmethod
    def record(self, fields: list[Any], namespace: str, place: str, depth: int, variable: str) -> int:
        """Write what is done with a record."""

    @abstractmethod
    def blocks(self, first: Any, second: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        """Write what is done with an array of `first`, or with a map from `first` to `second`."""

    def put(self, depth: int, *lines: str) -> None:
        """Add lines to the function."""
        self.lines += [" " * depth + line for line in lines]

    def constant(self, value: Any) -> str:
        """Name a value that the function uses."""
        self.constants.append(value)
        return f"C{len(self.constants) - 1}"

    def variable(self) -> str:
        """Name a variable of the function."""
        self._variables += 1
        return f"v{self._variables}"

    def find(self, name: str, namespace: str, place: str) -> tuple[str, Any]:
        """Find what has been walked under a name: its full name and its definition."""
        full_name = name if "." in name or not namespace else f"{namespace}.{name}"
        for known in (full_name, name):
            if known in self._named:
                return known, self._named[known]
        raise ValueError(f"{place}: no type is named {name!r}")

    def name_of(self, branch: Any, namespace: str) -> str:
        """Give the full name of a named type, which has been walked; empty for any other."""
        if isinstance(branch, str):
            return "" if branch in WIDTH else self.find(branch, namespace, "")[0]
        if not isinstance(branch, dict):
            return ""
        if branch["type"] in ("record", "error", "enum", "fixed"):
            return _full_name(branch, namespace)
        return "" if branch["type"] in ("array", "map") else self.name_of(branch["type"], namespace)

    def _define(self, kind: str, schema: Any, namespace: str, place: str, depth: int, variable: str) -> int:
        full_name = _full_name(schema, namespace)
        if full_name in self._under_way:
            raise ValueError(f"{place}: the schema is recursive: {full_name} contains itself")
        self._named[full_name] = schema
        if kind == "enum":
            return self.enum(schema["symbols"], place, depth, variable)
        if kind == "fixed":
            return self.fixed(int(schema["size"]), place, depth, variable)
        self._under_way.append(full_name)
        width = self.record(schema["fields"], full_name.rpartition(".")[0], place, depth, variable)
        self._under_way.pop()
        return width


def _full_name(schema: Any, namespace: str) -> str:
    name: str = schema["name"]
    space = name.rpartition(".")[0] or schema.get("namespace", namespace)
    return name if "." in name or not space else f"{space}.{name}"
