"""TypeScript: a module of interfaces for each Avro namespace, and a table of the events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from codegen.rendering import Published, all_enums, all_records, by_namespace, comment, optional, published
from codegen.types import UnsupportedTypeError
from registry.catalogue import Catalogue
from registry.model import Array, Enum, Map, Named, Primitive, Record, Type, split

_HEADER = "// DO NOT EDIT. Made from schemas/ by `make generate`."
_PLAIN = {
    "boolean": "boolean",
    "int": "number",
    "long": "bigint",
    "float": "number",
    "double": "number",
    "bytes": "Uint8Array",
    "string": "string",
}


def render_typescript(catalogue: Catalogue) -> dict[str, str]:
    """Write the modules of all namespaces.

    Args:
        catalogue: All schemas and topics.

    Returns:
        Sources by path below `src`.

    Raises:
        UnsupportedTypeError: A type has no TypeScript type here.
    """
    events = published(catalogue)
    files = {
        f"events/{_module(namespace)}.ts": _Module(namespace, events).render(types)
        for namespace, types in by_namespace(catalogue).items()
    }
    files["events/index.ts"] = _table(events)
    return files


def _module(namespace: str) -> str:
    return namespace.removeprefix("quadrille.events").strip(".").replace(".", "_") or "root"


def _doc(text: str, indent: str = "") -> list[str]:
    lines = comment(text, f"{indent} * ")
    if len(lines) == 1:
        return [f"{indent}/** {lines[0].removeprefix(f'{indent} * ')} */"]
    return [f"{indent}/**", *lines, f"{indent} */"]


class _Module:
    def __init__(self, namespace: str, events: Mapping[str, Published]) -> None:
        self._namespace = namespace
        self._events = events
        self._imports: dict[str, set[str]] = {}

    def render(self, types: Sequence[Named]) -> str:
        blocks = [self._enum(enum) for enum in all_enums(types)]
        blocks += [self._record(record) for record in all_records(types)]
        published = [self._events[t.full_name] for t in all_records(types) if t.full_name in self._events]
        blocks += [self._event(event) for event in published]
        lines = [_HEADER, f"/** The types of {self._namespace}. */"]
        if published or self._imports:
            lines.append("")
        if published:
            lines.append('import { EventType, Schema } from "../serde/index.js";')
        for module, names in sorted(self._imports.items()):
            lines.append(f'import type {{ {", ".join(sorted(names))} }} from "./{module}.js";')
        return "\n\n".join(["\n".join(lines), *blocks]) + "\n"

    def _enum(self, enum: Enum) -> str:
        name = split(enum.full_name)[1]
        union = " | ".join(f'"{symbol}"' for symbol in enum.symbols)
        lines = [*_doc(enum.doc), f"export type {name} = {union};", "", *_doc(enum.doc), f"export const {name} = {{"]
        for symbol in enum.symbols:
            lines += [*_doc(enum.symbol_docs.get(symbol, ""), "  "), f'  {symbol}: "{symbol}",']
        return "\n".join([*lines, "} as const;"])

    def _record(self, record: Record) -> str:
        lines = [*_doc(record.doc), f"export interface {split(record.full_name)[1]} {{"]
        for field in record.fields:
            try:
                type_ = self._type(field.type)
            except UnsupportedTypeError as error:
                raise UnsupportedTypeError(f"{record.full_name}.{field.name}: {error}") from None
            lines += [*_doc(field.doc, "  "), f"  {field.name}: {type_};"]
        return "\n".join([*lines, "}"])

    def _type(self, type_: Type) -> str:
        inner = optional(type_)
        if inner is not None:
            return f"{self._type(inner)} | null"
        match type_:
            case Record() | Enum():
                namespace, name = split(type_.full_name)
                if namespace != self._namespace:
                    self._imports.setdefault(_module(namespace), set()).add(name)
                return name
            case Array(items=items):
                element = self._type(items)
                return f"({element})[]" if " " in element else f"{element}[]"
            case Map(values=values):
                return f"Record<string, {self._type(values)}>"
            case Primitive(logical="timestamp-millis"):
                return "Date"
            case Primitive(name=name, logical=logical) if logical in (None, "uuid") and name in _PLAIN:
                return _PLAIN[name]
            case _:
                raise UnsupportedTypeError(
                    f"{type_} has no TypeScript type here yet; teach codegen/typescript.py and add vectors"
                )

    def _event(self, event: Published) -> str:
        name = split(event.record.full_name)[1]
        text = json.dumps(event.text, ensure_ascii=False)
        return "\n".join(
            [
                *_doc(event.record.doc),
                f"export const {name} = new EventType<{name}>(",
                "  new Schema(",
                f'    "{event.record.full_name}",',
                f'    "{event.topic.name}",',
                f"    {text},",
                f'    "{event.fingerprint}",',
                "  ),",
                f'  "{event.topic.key}",',
                ");",
            ]
        )


def _table(events: Mapping[str, Published]) -> str:
    modules = sorted({_module(split(name)[0]) for name in events})
    imports = "\n".join(f'import * as {module} from "./{module}.js";' for module in modules)
    member = {name: f"{_module(split(name)[0])}.{split(name)[1]}" for name in events}
    union = "\n".join(
        f'  | {{ name: "{name}"; type: typeof {value}; event: {value} }}' for name, value in member.items()
    )
    table = "\n".join(f'  "{name}": {value},' for name, value in member.items())
    topics = ", ".join(f'"{topic}"' for topic in dict.fromkeys(event.topic.name for event in events.values()))
    return f"""{_HEADER}
/** Every event of the platform. */

{imports}

/** An event with its full name and its type; switch on the name. */
export type AnyEvent =
{union};

/** The type of every event, by Avro full name. */
export const EVENTS = {{
{table}
}} as const;

/** The topics that events are published to. */
export const TOPICS = [{topics}] as const;
"""
