"""What the walk over two schemas finds, before it becomes a finding with evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.compat.places import Path
from registry.model import MISSING, Field, Fixed, Primitive, Type


@dataclass(frozen=True, slots=True)
class Sample:
    """How to show a problem with data.

    Attributes:
        value: A value of the writer's type at the place, raw as Avro writes it; MISSING for any.
        third: A writer that neither version is, with two readers that read it at the top: for what a difference of
            defaults means. None if the two versions themselves show it.
        aliased: The written fields that a reader's field is found by: by its name, and by its alias.
        leaves: The writer's and the reader's type at the place, where their logical types tell the same value apart.
        names: The full names under which the value is written and read, where only they tell.
    """

    value: Any = MISSING
    third: tuple[Type, Type, Type] | None = None
    aliased: tuple[Field | None, Field] | None = None
    leaves: tuple[Primitive | Fixed, Primitive | Fixed] | None = None
    names: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a rule has to say about one place.

    Attributes:
        rule: Id of the rule.
        path: The place in the data.
        schema_at: The place in the schema.
        why: What is found there, in a sentence.
        sample: How to show it; None if the rule says why nothing can.
    """

    rule: str
    path: Path
    schema_at: str
    why: str
    sample: Sample | None = Sample()
