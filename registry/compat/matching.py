"""Which schemas match (Avro 1.12 specification, "Schema Resolution"), and which branch of a union a reader takes.

Matching is shallow for records: they match by name, and their fields are resolved afterwards. So it ends on recursive
types, and a branch is chosen without looking further.
"""

from __future__ import annotations

from registry.compat.places import simple_name
from registry.model import PROMOTIONS, Array, Enum, Fixed, Map, Named, Primitive, Record, Type, Union


def names_match(writer: Named, reader: Named) -> bool:
    """Tell whether a reader takes a writer's named type for its own, by simple name or by alias."""
    return simple_name(writer.full_name) == simple_name(reader.full_name) or writer.full_name in reader.aliases


def matches(writer: Type, reader: Type) -> bool:
    """Tell whether the specification calls two schemas matching.

    Args:
        writer: The type that wrote.
        reader: The type that reads.

    Returns:
        True if they match; what is inside records and unions is not looked at.
    """
    match writer, reader:
        case (Union(), _) | (_, Union()):
            return True
        case Primitive(), Primitive():
            return writer.name == reader.name or (writer.name, reader.name) in PROMOTIONS
        case Array(), Array():
            return matches(writer.items, reader.items)
        case Map(), Map():
            return matches(writer.values, reader.values)
        case Record(), Record():
            return names_match(writer, reader)
        case Enum(), Enum():
            return names_match(writer, reader)
        case Fixed(), Fixed():
            return writer.size == reader.size and names_match(writer, reader)
        case _:
            return False


def is_exact(writer: Type, reader: Type) -> bool:
    """Tell whether a branch is of the very kind of what was written: named types have the same full name."""
    match writer, reader:
        case Primitive(), Primitive():
            return writer.name == reader.name
        case ((Record() | Enum() | Fixed()), (Record() | Enum() | Fixed())):
            return type(writer) is type(reader) and writer.full_name == reader.full_name
        case (Array(), Array()) | (Map(), Map()):
            return True
        case _:
            return False


def first_match(writer: Type, reader: Union) -> Type | None:
    """Return the branch that a reader takes: the first that matches."""
    return next((branch for branch in reader.branches if matches(writer, branch)), None)


def exact_match(writer: Type, reader: Union) -> Type | None:
    """Return the branch that is of the very kind of what was written."""
    return next((branch for branch in reader.branches if is_exact(writer, branch)), None)
