"""Self-contained schema text: one spelling for one schema, and its fingerprint.

The text of a type contains every type that it refers to, written out at its first use, depth first, and by full name
afterwards. It keeps every attribute (docs, defaults, aliases, logical types and unknown ones too), in the order of
`_ORDER` and then by name, as compact JSON without escapes for printable characters. A named type has `name` (simple)
and `namespace`; `{"type": "string"}` is written `"string"`. The fingerprint is the SHA-256 of the text's UTF-8, in hex:
unlike Avro's own fingerprints it changes with docs and defaults, so it names one text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from registry.model import PRIMITIVES

_ORDER = (
    "type", "name", "namespace", "aliases", "doc", "symbols", "items", "values", "size", "fields",
    "default", "order", "logicalType", "precision", "scale", "symbolDocs",
)  # fmt: skip
_RANK = {key: rank for rank, key in enumerate(_ORDER)}


def fingerprint(text: str) -> str:
    """Return the fingerprint of a self-contained text.

    Args:
        text: What `self_contained` or `canonical` returned.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def self_contained(full_name: str, definitions: Mapping[str, Any]) -> str:
    """Write a named type with everything that it refers to.

    Args:
        full_name: The type to write.
        definitions: The JSON definition of each named type, by full name; checked before.

    Returns:
        The text.

    Raises:
        KeyError: A type is not among the definitions.
    """
    return dump(_Writer(definitions.__getitem__).type(full_name, ""))


def canonical(raw: Any) -> str:
    """Write a schema that is self-contained already in its one spelling.

    Args:
        raw: The schema as JSON value.

    Returns:
        The text; the same as `self_contained` gives for the sources that it was made from.
    """

    def defined(name: str) -> Any:
        raise KeyError(name)

    return dump(_Writer(defined).type(raw, ""))


def dump(value: Any) -> str:
    """Write JSON as this module does.

    Args:
        value: A JSON value whose keys are in order already.

    Returns:
        Compact JSON.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class _Writer:
    def __init__(self, define: Callable[[str], Any]) -> None:
        self.define = define
        self.written: set[str] = set()

    def type(self, raw: Any, namespace: str) -> Any:
        if isinstance(raw, str):
            return self._name(raw, namespace)
        if isinstance(raw, list):
            return [self.type(branch, namespace) for branch in raw]
        if set(raw) == {"type"}:
            return self.type(raw["type"], namespace)
        if raw["type"] in ("record", "enum", "fixed"):
            return self._named(raw, namespace)
        result = dict(raw)
        for key in ("items", "values"):
            if key in raw:
                result[key] = self.type(raw[key], namespace)
        return _ordered(result)

    def _name(self, name: str, namespace: str) -> Any:
        if name in PRIMITIVES:
            return name
        full_name = name if "." in name or not namespace else f"{namespace}.{name}"
        return full_name if full_name in self.written else self.type(self.define(full_name), "")

    def _named(self, raw: dict[str, Any], namespace: str) -> dict[str, Any]:
        space, _, name = str(raw["name"]).rpartition(".")
        space = space or raw.get("namespace", namespace)
        result = {**raw, "name": name}
        if space:
            result["namespace"] = space
        self.written.add(f"{space}.{name}" if space else name)
        if "fields" in raw:
            result["fields"] = [
                _ordered({"name": field["name"], **field, "type": self.type(field["type"], space)}, field=True)
                for field in raw["fields"]
            ]
        if "symbolDocs" in raw:
            docs = raw["symbolDocs"]
            result["symbolDocs"] = {symbol: docs[symbol] for symbol in raw["symbols"] if symbol in docs}
        return _ordered(result)


def _ordered(raw: dict[str, Any], *, field: bool = False) -> dict[str, Any]:
    # A field reads better with its name first; Avro's own canonical form has it so too.
    first = ("name", "type") if field else ()
    keys = sorted(raw, key=lambda key: (key not in first, _RANK.get(key, len(_RANK)), key))
    if field:
        keys.sort(key=lambda key: first.index(key) if key in first else len(first))
    return {key: raw[key] for key in keys}
