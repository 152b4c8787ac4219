"""Where in the data something stands: a path of steps from the top, the same for writer and reader but for aliases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from registry.model import Array, Enum, Field, Fixed, Map, Primitive, Record, Type, Union, split


@dataclass(frozen=True, slots=True)
class InField:
    """Into a field, under the name that each side has for it."""

    writer: str
    reader: str


@dataclass(frozen=True, slots=True)
class InItems:
    """Into the items of an array."""


@dataclass(frozen=True, slots=True)
class InValues:
    """Into the values of a map."""


@dataclass(frozen=True, slots=True)
class InBranch:
    """Into a branch of the writer's union. `label` is empty where the union only makes a value optional."""

    index: int
    label: str


Step: TypeAlias = InField | InItems | InValues | InBranch
Path: TypeAlias = tuple[Step, ...]


def render(path: Path) -> str:
    """Write a path for people.

    Args:
        path: The steps.

    Returns:
        Such as `order.lines[].price`; empty for the top.
    """
    text = ""
    for step in path:
        match step:
            case InField(reader=name):
                text += f".{name}" if text else name
            case InItems():
                text += "[]"
            case InValues():
                text += "{}"
            case InBranch(label=label):
                text += f"<{label}>" if label else ""
    return text


def into_branch(union: Union, index: int) -> InBranch:
    """Return the step into a branch.

    Args:
        union: The writer's union.
        index: The branch.

    Returns:
        The step, with a label where more than one branch is not null.
    """
    branches = [branch for branch in union.branches if getattr(branch, "name", "") != "null"]
    return InBranch(index, tell(union.branches[index]) if len(branches) > 1 else "")


def tell(type_: Type) -> str:
    """Name a type in a few words.

    Args:
        type_: The type.

    Returns:
        Such as `long(timestamp-millis)`, `array` or a full name.
    """
    match type_:
        case Record() | Enum():
            return type_.full_name
        case Primitive() | Fixed():
            name = type_.name if isinstance(type_, Primitive) else type_.full_name
            if type_.logical == "decimal":
                return f"{name}(decimal {type_.precision},{type_.scale})"
            return f"{name}({type_.logical})" if type_.logical else name
        case Array():
            return f"array of {tell(type_.items)}"
        case Map():
            return f"map of {tell(type_.values)}"
        case Union():
            shown = [tell(branch) for branch in type_.branches[:6]]
            return f"union of {', '.join(shown)}{', …' if len(type_.branches) > 6 else ''}" if shown else "empty union"


def simple_name(full_name: str) -> str:
    """Return a full name's last part."""
    return split(full_name)[1]


def field_place(record: Record, field: Field) -> str:
    """Name a field by its record."""
    return f"{record.full_name}.{field.name}"
