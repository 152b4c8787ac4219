"""JSON to model: what the Avro specification forbids is refused here with its place and a remedy.

- A schema that was parsed is finite, however it was written: types nest `MAX_DEPTH` deep at most, numbers and texts in
  messages are shortened, and a type that refers to itself is one object that contains itself.
- Three dialects. Our own sources are the narrowest: one type in a file, no recursion, no mistake. What was released is
  self-contained. Other people's schemas may be all that Avro 1.12 allows; what Avro tells readers to overlook (a
  logical type that does not fit, a default that is never used) is kept as a defect and does not stop the parse.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from registry.defaults import default_problem, show
from registry.model import MISSING, Named, Record, Type, complete
from registry.parser import (
    ANY,
    MAX_DEPTH,
    NAMED_KINDS,
    RELEASED,
    SOURCE,
    Definition,
    Parser,
    Resolve,
    SchemaError,
    bad_default,
    branch_key,
    qualified,
)

__all__ = [
    "MAX_DEPTH",
    "NAMED_KINDS",
    "Definition",
    "Parsed",
    "Resolve",
    "SchemaError",
    "branch_key",
    "judge_defaults",
    "load_json",
    "parse_any",
    "parse_definition",
    "parse_self_contained",
    "qualified",
    "unknown_type",
]


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document.

    Attributes:
        type: What it defines.
        definitions: Every named type that stands in it, in the order in which they are complete.
        defects: Mistakes that Avro tells readers to overlook.
    """

    type: Type
    definitions: tuple[Definition, ...]
    defects: tuple[SchemaError, ...]


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                why = f"The key {show(key)} stands twice in one object."
                raise SchemaError("repeated-key", "", why, "Keep one of them.")
            seen.add(key)
    return result


def _no_constant(text: str) -> Any:
    raise SchemaError("not-json", "", f"`{text}` is not JSON.", "Write a number.")


def load_json(text: str) -> Any:
    """Read JSON, refusing repeated keys, NaN, and what is too deep or too long to count.

    Args:
        text: The document.

    Returns:
        The value.

    Raises:
        SchemaError: It is not JSON, or an object has a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise SchemaError(
            "not-json", f"line {error.lineno}", f"This is not JSON: {error.msg}.", "Mend the syntax."
        ) from None
    except RecursionError:
        raise SchemaError("not-json", "", "The JSON is nested too deeply.", "Flatten it.") from None
    except SchemaError:
        raise
    except ValueError:
        # Python's limit on the digits of an integer.
        raise SchemaError("not-json", "", "A number has thousands of digits.", "Write a shorter one.") from None


def parse_definition(raw: Any, resolve: Resolve) -> Named:
    """Turn the definition of one named type of our own sources into the model.

    Args:
        raw: The JSON object.
        resolve: Finds a named type by full name; gets the place that asks as second argument.

    Returns:
        The type.

    Raises:
        SchemaError: The definition breaks a rule.
    """
    if not isinstance(raw, dict) or raw.get("type") not in ("record", "enum", "fixed"):
        raise SchemaError(
            "not-named",
            "type",
            "A schema file defines one record, enum or fixed.",
            'Write "type": "record" at its top.',
        )
    return Parser(resolve, SOURCE, {}).named(raw, "", "", 0)


def parse_self_contained(text: str) -> Record:
    """Turn a released schema, whose named types stand inline, into the model.

    Args:
        text: The schema as JSON.

    Returns:
        The record at its top.

    Raises:
        SchemaError: The text is no schema of a record, or refers to a type that it does not define.
    """
    raw = load_json(text)
    if not isinstance(raw, dict) or raw.get("type") != "record":
        raise SchemaError("not-named", "type", "An event's schema is a record.", 'Write "type": "record" at its top.')
    result = Parser(unknown_type, RELEASED, {}).named(raw, "", "", 0)
    if not isinstance(result, Record):  # pragma: no cover - the type was checked above
        raise TypeError(result)
    return result


def parse_any(raw: Any, resolve: Resolve, shells: MutableMapping[str, Record]) -> Parsed:
    """Turn anybody's schema into the model.

    Args:
        raw: The schema as JSON value: an object, a list or a name.
        resolve: Finds a named type that the document does not define before it uses it.
        shells: Records without fields that stand for records of this document; each is filled and taken out.

    Returns:
        The document.

    Raises:
        SchemaError: The Avro specification forbids it.

    Defaults are not judged yet, since they may be of types that are not complete: `judge_defaults` does it.
    """
    parser = Parser(resolve, ANY, shells)
    type_ = parser.type(raw, "", "", 0)
    return Parsed(type_, tuple(parser.definitions), tuple(parser.defects))


def judge_defaults(parsed: Parsed) -> Parsed:
    """Judge the defaults of a document once every type that it refers to is complete.

    Args:
        parsed: The document. Its records' fields get their `default_problem`.

    Returns:
        The document with a defect for each default that its type refuses.
    """
    defects = list(parsed.defects)
    for definition in parsed.definitions:
        if not isinstance(definition.type, Record):
            continue
        fields = []
        for item in definition.type.fields:
            problem = "" if item.default is MISSING else default_problem(item.type, item.default)
            if problem:
                defects.append(bad_default(definition.at, item.name, problem))
                item = replace(item, default_problem=problem)
            fields.append(item)
        complete(definition.type, tuple(fields), definition.type.doc, definition.type.aliases)
    return replace(parsed, defects=tuple(defects))


def unknown_type(name: str, at: str) -> Named:
    """Refuse a reference: the resolver of documents that must be self-contained.

    Args:
        name: The full name asked for.
        at: Who asks.

    Raises:
        SchemaError: Always.
    """
    raise SchemaError("unknown-type", at, f"No type is named `{name}`.", "Define it where it is first used.")
