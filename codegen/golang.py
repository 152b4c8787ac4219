"""Go: a package for each Avro namespace, with structs for github.com/twmb/avro, and a table of the events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from codegen.rendering import Published, all_enums, all_records, by_namespace, camel, comment, optional, published
from codegen.types import UnsupportedTypeError
from registry.catalogue import Catalogue
from registry.model import Array, Enum, Field, Fixed, Map, Named, Primitive, Record, Type, split

MODULE = "quadrille"
_HEADER = "// Code generated from schemas/ by `make generate`. DO NOT EDIT."
# github.com/golang/lint's list, as far as the schemas use it.
_INITIALISMS = ("api", "http", "id", "ip", "json", "sku", "sql", "uri", "url", "uuid")
_PLAIN = {
    "boolean": "bool",
    "int": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "bytes": "[]byte",
    "string": "string",
}
_TIMES = ("timestamp-millis", "timestamp-micros")


def render_go(catalogue: Catalogue) -> dict[str, str]:
    """Write the Go packages of all namespaces; gofmt has still to align them.

    Args:
        catalogue: All schemas and topics.

    Returns:
        Sources by path.

    Raises:
        UnsupportedTypeError: A type has no Go type here.
    """
    events = published(catalogue)
    files = {}
    for namespace, types in by_namespace(catalogue).items():
        path = _path(namespace)
        files[f"{path}/{path.rpartition('/')[2]}.go"] = _Package(namespace, events).render(types)
    files["events/events.go"] = _table(events)
    return files


def _path(namespace: str) -> str:
    return namespace.removeprefix("quadrille.").replace(".", "/")


def _name(full_name: str) -> str:
    return camel(split(full_name)[1], _INITIALISMS)


class _Package:
    def __init__(self, namespace: str, events: Mapping[str, Published]) -> None:
        self._namespace = namespace
        self._events = events
        self._imports: set[str] = set()

    def render(self, types: Sequence[Named]) -> str:
        blocks = [self._enum(enum) for enum in all_enums(types)]
        blocks += [self._record(record) for record in all_records(types)]
        blocks += [self._event(self._events[t.full_name]) for t in all_records(types) if t.full_name in self._events]
        own = _path(self._namespace).rpartition("/")[2]
        standard = [f'\t"{name}"' for name in sorted(self._imports) if not name.startswith(MODULE)]
        ours = [f'\t"{name}"' for name in sorted(self._imports) if name.startswith(MODULE)]
        imports = "\n".join([*standard, *([""] if standard and ours else []), *ours])
        head = f"{_HEADER}\n\n// Package {own} holds the types of {self._namespace}.\npackage {own}\n"
        return "\n\n".join([head, *([f"import (\n{imports}\n)"] if imports else []), *blocks]) + "\n"

    def _enum(self, enum: Enum) -> str:
        name = _name(enum.full_name)
        lines = [*comment(f"{name}: {enum.doc}", "// "), f"type {name} string", "", "const ("]
        for symbol in enum.symbols:
            lines += comment(enum.symbol_docs.get(symbol, ""), "\t// ")
            lines.append(f'\t{name}{camel(symbol.lower(), _INITIALISMS)} {name} = "{symbol}"')
        return "\n".join([*lines, ")"])

    def _record(self, record: Record) -> str:
        name = _name(record.full_name)
        lines = [*comment(f"{name}: {record.doc}", "// "), f"type {name} struct {{"]
        taken: set[str] = set()
        for field in record.fields:
            own = self._field_name(record, field, taken)
            try:
                type_ = self._type(field.type)
            except UnsupportedTypeError as error:
                raise UnsupportedTypeError(f"{record.full_name}.{field.name}: {error}") from None
            lines += comment(field.doc, "\t// ")
            lines.append(f'\t{own} {type_} `avro:"{field.name}"`')
        return "\n".join([*lines, "}"])

    def _field_name(self, record: Record, field: Field, taken: set[str]) -> str:
        own = camel(field.name, _INITIALISMS)
        # An event's methods.
        if own in ("AvroSchema", "Key"):
            own += "_"
        if own in taken:
            raise UnsupportedTypeError(f"{record.full_name}: two fields would be called {own} in Go; rename one")
        taken.add(own)
        return own

    def _type(self, type_: Type) -> str:
        inner = optional(type_)
        if inner is not None:
            return f"*{self._type(inner)}"
        match type_:
            case Record() | Enum():
                namespace = split(type_.full_name)[0]
                if namespace == self._namespace:
                    return _name(type_.full_name)
                self._imports.add(f"{MODULE}/{_path(namespace)}")
                return f"{_path(namespace).rpartition('/')[2]}.{_name(type_.full_name)}"
            case Array(items=items):
                return f"[]{self._type(items)}"
            case Map(values=values):
                return f"map[string]{self._type(values)}"
            case Fixed(size=size, logical=None):
                return f"[{size}]byte"
            case Primitive(logical=logical) if logical in _TIMES:
                self._imports.add("time")
                return "time.Time"
            case Primitive(name=name, logical=logical) if logical in (None, "uuid") and name in _PLAIN:
                return _PLAIN[name]
            case _:
                raise UnsupportedTypeError(f"{type_} has no Go type here yet; teach codegen/golang.py and add vectors")

    def _event(self, event: Published) -> str:
        self._imports.add(f"{MODULE}/serde")
        name = _name(event.record.full_name)
        own = name[0].lower() + name[1:] + "Schema"
        key = camel(event.topic.key, _INITIALISMS)
        text = json.dumps(event.text, ensure_ascii=False)
        return "\n".join(
            [
                f"// AvroSchema returns the schema of {name}, with its topic.",
                f"func (*{name}) AvroSchema() *serde.Schema {{ return {own} }}",
                "",
                "// Key returns the key of the event's record in Kafka.",
                f"func (e *{name}) Key() string {{ return e.{key} }}",
                "",
                f"var {own} = serde.NewSchema(",
                f'\t"{event.record.full_name}",',
                f'\t"{event.topic.name}",',
                f"\t{text},",
                f'\t"{event.fingerprint}",',
                ")",
            ]
        )


def _table(events: Mapping[str, Published]) -> str:
    packages = sorted({_path(split(name)[0]) for name in events})
    imports = "\n".join(f'\t"{MODULE}/{path}"' for path in packages)
    cases = "\n".join(
        f'\tcase "{name}":\n\t\treturn new({_path(split(name)[0]).rpartition("/")[2]}.{_name(name)})' for name in events
    )
    topics = dict.fromkeys(event.topic.name for event in events.values())
    names = "".join(f'\t"{topic}",\n' for topic in topics)
    return f"""{_HEADER}

// Package events knows every event of the platform.
package events

import (
{imports}
\t"{MODULE}/serde"
)

// Topics are the topics that events are published to.
var Topics = []string{{
{names}}}

// New returns an empty event of an Avro full name; nil if there is no such event.
func New(fullName string) serde.Event {{
\tswitch fullName {{
{cases}
\t}}
\treturn nil
}}
"""
