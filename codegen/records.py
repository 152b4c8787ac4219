"""One Python module for each Avro namespace: a frozen dataclass for each record, a StrEnum for each enum."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from codegen.naming import field_names, member_names
from codegen.types import Module, UnsupportedTypeError, all_class_names, module_alias, module_path
from registry.canonical import fingerprint
from registry.model import MISSING, Enum, Fixed, Named, Record, named_parts, split

_WIDTH = 112


def render_modules(types: Sequence[Named], texts: Mapping[str, str], events: frozenset[str]) -> dict[str, str]:
    """Write the modules of all namespaces.

    Args:
        types: Every named type.
        texts: Self-contained text of each record, by full name.
        events: Full names of the records that are published.

    Returns:
        Source of each module, without a header, by namespace.

    Raises:
        UnsupportedTypeError: A type has no Python type of its own; the message names it.
    """
    classes = all_class_names([type_.full_name for type_ in types])
    namespaces = sorted({split(type_.full_name)[0] for type_ in types})
    _refuse_cycles(types)
    return {
        namespace: _render(
            Module(namespace, classes), [t for t in types if split(t.full_name)[0] == namespace], texts, events
        )
        for namespace in namespaces
    }


def _render(module: Module, types: Sequence[Named], texts: Mapping[str, str], events: frozenset[str]) -> str:
    records = [type_ for type_ in in_order(types) if isinstance(type_, Record)]
    enums = [type_ for type_ in types if isinstance(type_, Enum)]
    blocks = [_enum(module, enum) for enum in enums]
    for record in records:
        try:
            blocks.append(_record(module, record, record.full_name in events))
        except UnsupportedTypeError as error:
            raise UnsupportedTypeError(f"{record.full_name}: {error}") from None
    blocks += module.helpers
    if records:
        blocks.append("\n".join(_schema(module, record, texts[record.full_name]) for record in records))
    body = "\n\n\n".join(blocks)
    classes = sorted([*map(module.name, enums), *map(module.name, records)])
    exported = "".join(f'    "{name}",\n' for name in classes)
    title = f'"""{module.namespace}: {len(records)} records, {len(enums)} enums."""'
    future = "from __future__ import annotations"
    return f"{title}\n\n{future}\n\n{_imports(module, body)}\n\n__all__ = [\n{exported}]\n\n\n{body}\n"


def _imports(module: Module, body: str) -> str:
    # Aliased throughout, so that no name from a schema can hide one that the code needs.
    candidates = {
        "_dt.": "import datetime as _dt",
        "_decimal.": "import decimal as _decimal",
        "_enum.": "import enum as _enum",
        "_uuid.": "import uuid as _uuid",
        "_Mapping": "from collections.abc import Mapping as _Mapping",
        "_dataclass": "from dataclasses import dataclass as _dataclass",
        "_field(": "from dataclasses import field as _field",
        "_Any": "from typing import Any as _Any",
    }
    lines = [line for use, line in candidates.items() if use in body]
    lines += ["", "from quadrille import avro as _avro"] if "_avro." in body else [""]
    lines += ["from quadrille import avro_values as _values"] if "_values." in body else []
    lines += [f"import {module_path(name)} as {module_alias(name)}" for name in sorted(module.imports)]
    return "\n".join(lines)


def _enum(module: Module, enum: Enum) -> str:
    members = member_names(enum.symbols)
    lines = [f"class {module.name(enum)}(_enum.StrEnum):", *_docstring(enum.doc or "No description.", indent=4)]
    for symbol in enum.symbols:
        lines += ["", f'    {members[symbol]} = "{symbol}"']
        if doc := enum.symbol_docs.get(symbol):
            lines += _docstring(doc, indent=4)
    return "\n".join(lines)


def _record(module: Module, record: Record, is_event: bool) -> str:  # noqa: FBT001, RUF100
    names = field_names(field.name for field in record.fields)
    name = module.name(record)
    lines = ["@_dataclass(frozen=True, slots=True, kw_only=True)"]
    lines.append(f"class {name}(_avro.{'Event' if is_event else 'Record'}):")
    attributes = [(names[field.name], field.doc or "No description.") for field in record.fields]
    lines += [*_docstring(record.doc or "No description.", indent=4, attributes=attributes), ""]
    for field in record.fields:
        default = "" if field.default is MISSING else f" = {module.field_default(field)}"
        lines.append(f"    {names[field.name]}: {module.annotation(field.type)}{default}")
    lines += ["", "    def to_avro(self) -> dict[str, _Any]:", "        return {"]
    for field in record.fields:
        lines.append(f'            "{field.name}": {module.write(field.type, f"self.{names[field.name]}")},')
    lines += ["        }", "", "    @classmethod"]
    lines += [
        f"    def from_avro(cls, datum: _Mapping[str, _Any]) -> {name}:",
        "        put, made = _values.put, _values.new(cls)",
    ]
    for field in record.fields:
        value = f'datum["{field.name}"]'
        lines.append(f'        put(made, "{names[field.name]}", {module.read(field.type, value)})')
    lines.append("        return made")
    return "\n".join(lines)


def _schema(module: Module, record: Record, text: str) -> str:
    chunks = "\n".join(f"    {chunk!r}" for chunk in _chunks(text))
    return (
        f"{module.name(record)}.SCHEMA = _avro.RecordSchema(\n"
        f'    "{record.full_name}",\n{chunks},\n    "{fingerprint(text)}",\n)'
    )


def _chunks(text: str) -> Iterator[str]:
    for start in range(0, len(text), _WIDTH - 8):
        yield text[start : start + _WIDTH - 8]


def _docstring(text: str, indent: int, attributes: Sequence[tuple[str, str]] = ()) -> list[str]:
    pad = " " * indent
    summary = textwrap.wrap(_printable(text), _WIDTH - indent - 3, break_on_hyphens=False) or ["No description."]
    lines = [f'{pad}"""{summary[0]}', *(f"{pad}{line}" for line in summary[1:])]
    if attributes:
        lines += ["", f"{pad}Attributes:"]
        for name, doc in attributes:
            lines += textwrap.wrap(
                f"{name}: {_printable(doc)}",
                _WIDTH,
                initial_indent=f"{pad}    ",
                subsequent_indent=f"{pad}        ",
                break_on_hyphens=False,
            )
        return [*lines, f'{pad}"""']
    # A quote at the very end would close the docstring early.
    lines[-1] += ' """' if lines[-1].endswith('"') else '"""'
    return lines


def _printable(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain.replace("\\", "\\\\").replace('"""', "'''")


def in_order(types: Sequence[Named]) -> list[Named]:
    """Put what is referred to first: defaults are made while the classes are.

    Args:
        types: Named types, in any order.

    Returns:
        The same types.
    """
    known = {type_.full_name: type_ for type_ in types}
    result: dict[str, Named] = {}

    def visit(type_: Named) -> None:
        if type_.full_name in result or type_.full_name not in known:
            return
        if isinstance(type_, Record):
            for field in type_.fields:
                for part in named_parts(field.type):
                    visit(part)
        result[type_.full_name] = type_

    for type_ in types:
        visit(type_)
    return list(result.values())


def _refuse_cycles(types: Sequence[Named]) -> None:
    uses: dict[str, set[str]] = {}
    for type_ in types:
        own = split(type_.full_name)[0]
        uses.setdefault(own, set())
        if isinstance(type_, Record):
            parts = (part for field in type_.fields for part in named_parts(field.type) if not isinstance(part, Fixed))
            uses[own] |= {split(part.full_name)[0] for part in parts} - {own}
    done: set[str] = set()

    def visit(namespace: str, path: tuple[str, ...]) -> None:
        if namespace in path:
            circle = " -> ".join([*path[path.index(namespace) :], namespace])
            raise UnsupportedTypeError(
                f"the namespaces use each other in a circle ({circle}); move what they share to a namespace of its own"
            )
        if namespace not in done:
            for other in sorted(uses.get(namespace, ())):
                visit(other, (*path, namespace))
            done.add(namespace)

    for namespace in sorted(uses):
        visit(namespace, ())
