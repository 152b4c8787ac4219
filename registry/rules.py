"""The one table of rules: what the gate and the lint can say, how grave it is, why, and what to write instead.

Every finding names a rule of this table, and every rule has a page in docs/rules/ whose examples are tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(StrEnum):
    """What a rule judges.

    RESOLUTION is what the Avro specification calls an error when one schema reads what another wrote. MEANING is what
    it allows, and some reader then gets wrong. LOSS is declared: what one side does not know becomes its default. SET
    concerns a whole folder or history, LINT a schema by itself.
    """

    RESOLUTION = "resolution"
    MEANING = "meaning"
    LOSS = "loss"
    SET = "set"
    LINT = "lint"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: Its stable name.
        kind: What it judges.
        severity: Errors decide the verdict; warnings and notes are told.
        line: What is found, in a line.
        why: What goes wrong, and for whom.
        instead: What to write instead.
        no_sample: Why no sample datum can show it; empty if one can.
    """

    id: str
    kind: Kind
    severity: Severity
    line: str
    why: str
    instead: str
    no_sample: str = ""


_R, _M, _L, _S, _LINT = Kind.RESOLUTION, Kind.MEANING, Kind.LOSS, Kind.SET, Kind.LINT
_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

_TABLE = (
    Rule(
        "type-changed", _R, _E,
        "A type cannot read what another one wrote.",
        "The specification has no promotion between the two types, so every reader fails at the first such record.",
        "Keep the type; add a field of the other type with a default.",
    ),
    Rule(
        "branch-missing", _R, _E,
        "A union of the reader has no branch for what may be written.",
        "Readers fail at the first record that holds the branch, which may be long after the release.",
        "Keep the union as it is; add a field with a default for the new kind of value.",
    ),
    Rule(
        "default-missing", _R, _E,
        "A reader has a field that the writer does not write, and no default for it.",
        "The reader cannot make up a value, so it fails at every record.",
        "Give every field that is added a default, and remove only fields that have one.",
    ),
    Rule(
        "symbol-unknown", _R, _E,
        "An enum may be written with a symbol that the reader has not, and the reader's enum has no default symbol.",
        "Readers fail at the first record with the symbol. A default of the field does not help: it is for a missing "
        "field, not for an unknown symbol.",
        "Give the enum a default symbol before any symbol is added, and never remove a symbol without one.",
    ),
    Rule(
        "size-changed", _R, _E,
        "A fixed type has another size.",
        "The specification matches fixed types only if their sizes are the same.",
        "Keep the size; add a field of another fixed type with a default.",
    ),
    Rule(
        "renamed", _R, _E,
        "A named type has another name.",
        "Types match by name. Readers that check it fail; readers that do not check it hide the mistake.",
        "Keep the name, or keep the old one as an alias in every reader before a writer uses the new one.",
    ),
    Rule(
        "namespace-moved", _M, _E,
        "A named type has moved to another namespace.",
        "The specification matches simple names only, and registries follow it. Java's reader refuses enums and fixed "
        "types of a union that moved, generated classes move, and consumers that dispatch on the full name skip it.",
        "Keep the namespace; a new namespace is a new type with a topic or subject of its own.",
        "The bytes are the same and readers that match simple names read them; only the full name shows it.",
    ),
    Rule(
        "decimal-scale", _M, _E,
        "A decimal has another scale.",
        "Only the unscaled number is written, so 12.34 of scale 2 becomes 1234 of scale 0, without an error.",
        "Keep the scale; add a field of the other scale with a default.",
    ),
    Rule(
        "decimal-precision", _M, _E,
        "A decimal has another precision.",
        "The specification matches decimals only if precision and scale are both the same. A reader of less precision "
        "rounds or refuses what does not fit.",
        "Keep the precision; add a field of the other precision with a default.",
        "Every number of the smaller precision fits the larger one; a reader may refuse the schema all the same.",
    ),
    Rule(
        "time-unit", _M, _E,
        "A time has another unit.",
        "The number is the same and the unit is not: milliseconds of 2026 are microseconds of January 1970.",
        "Keep the unit; add a field with the other one and a default.",
    ),
    Rule(
        "instant-or-local", _M, _E,
        "A moment becomes a local time, or the other way round.",
        "A timestamp is one moment everywhere; a local timestamp is a reading of some clock. The number is taken from "
        "one for the other, and the time zone's offset is lost or invented.",
        "Keep the logical type; add a field with the other one and a default.",
    ),
    Rule(
        "logical-type-changed", _M, _E,
        "A logical type was added, removed or replaced.",
        "Logical types are not written, so registries see no change; programs get values of another kind, or fail "
        "at the first value that is no such thing.",
        "Keep the logical type; add a field with the other one and a default.",
        "Only libraries that know this logical type treat the value otherwise; fastavro does not.",
    ),
    Rule(
        "digits-lost", _M, _E,
        "A number is promoted to a type that cannot hold all its digits.",
        "Avro allows int and long to become float, and long to become double; large values are rounded silently.",
        "Keep the type; add a field of the other type with a default.",
    ),
    Rule(
        "text-or-bytes", _M, _E,
        "Text becomes bytes, or bytes become text.",
        "Avro allows both. Bytes that are no UTF-8 fail or are garbled, and programs get a value of another kind.",
        "Keep the type; add a field of the other type with a default.",
    ),
    Rule(
        "alias-ambiguous", _M, _E,
        "An alias of a field names another field that exists.",
        "The specification has readers act as though the written field had the other name, so one field's value is "
        "taken for another's; libraries that look for names first do not. Java does the one or the other.",
        "Remove the alias; add a field with a default beside the old one.",
    ),
    Rule(
        "alias-one-way", _M, _E,
        "A field was renamed with an alias, which readers of the old name do not have.",
        "They find no field of their name and take its default, without an error, while the value is there.",
        "Keep the name; or add the new field beside the old one and write both.",
    ),
    Rule(
        "alias-needed", _M, _W,
        "A field or type is found by its alias only.",
        "The specification leaves it to each library whether aliases are applied. Readers without them fail, or take "
        "the field's default.",
        "Keep the name, or make sure that every reader applies aliases.",
        "fastavro applies aliases; a library that does not cannot be shown with it.",
    ),
    Rule(
        "default-refused", _M, _E,
        "A default is not a value of its type.",
        "Some libraries refuse the schema, others hand the wrong value to the program when the field is missing.",
        "Write a default of the type. For a union any branch will do since Avro 1.12, the first one before.",
    ),
    Rule(
        "default-changed", _M, _E,
        "A default differs between two versions.",
        "A record without the field, or with a symbol that neither version has, means one thing to one reader and "
        "another to the other.",
        "Keep the default; add a field if another one is needed.",
    ),
    Rule(
        "default-removed", _M, _W,
        "A default was removed.",
        "Records that were written without the field, or with a symbol that is not known, can no longer be read.",
        "Keep the default.",
        "No record of these two versions lacks the field; one of an earlier version may.",
    ),
    Rule(
        "union-default-order", _M, _E,
        "The order of a union changes what its default means.",
        "A default stands for the first branch that takes it, so the same text becomes another value.",
        "Keep the order of the branches; put the default's branch first.",
    ),
    Rule(
        "union-order", _M, _E,
        "An earlier branch of the reader's union takes what a later one was written for.",
        "The specification takes the first branch that matches, by promotion or by simple name; Java prefers an exact "
        "one. So readers get different values from the same bytes.",
        "Order unions from narrow to wide (int, long, float, double), give types distinct simple names, and never put "
        "string and bytes into one.",
    ),
    Rule(
        "field-returned", _S, _E,
        "A field that was gone comes back otherwise.",
        "Each version may fit its neighbour, but records of the first are still in the topic.",
        "Give the new field a name that was never used.",
    ),
    Rule(
        "type-removed", _S, _E,
        "A type is no longer there.",
        "Its records are still in topics and files, and nobody can read them any more.",
        "Keep the schema; stop writing it instead.",
        "There is no second schema to read with.",
    ),
    Rule(
        "subject-gone", _S, _E,
        "A released subject is no longer listed.",
        "Readers still meet its records, and its name cannot be used for anything else.",
        "List the event again.",
        "There is no second schema to read with.",
    ),
    Rule(
        "symbol-defaulted", _L, _N,
        "Symbols that the reader does not have become its default symbol.",
        "This is what the default is for; the reader cannot tell them apart.",
        "Nothing, if readers can live with it.",
    ),
    Rule(
        "field-ignored", _L, _N,
        "A field that the reader does not have is not read.",
        "The reader never knew it; what it writes on is without it.",
        "Nothing, if readers can live with it.",
    ),
    Rule(
        "field-defaulted", _L, _N,
        "A field that the writer does not have gets the reader's default.",
        "This is what the default is for.",
        "Nothing, if the default is right for records that never had the field.",
    ),
    Rule(
        "type-added", _L, _N,
        "A type is new.",
        "There is nothing to compare it with.",
        "Nothing.",
    ),
    Rule(
        "recursion", _LINT, _E,
        "A type contains itself.",
        "A small body can nest so deep that decoders run out of stack; fastavro's process dies.",
        "Use a flat list with ids, or an array of a type that ends.",
    ),
    Rule(
        "zero-width-items", _LINT, _E,
        "An array holds items that may take no bytes.",
        "Six bytes can then claim a billion items and fill the reader's memory.",
        "Send a count as a long instead.",
    ),
    Rule(
        "doc", _LINT, _E,
        "A type, field or symbol has no description.",
        "The schema is all that other teams have.",
        'Add "doc", and "symbolDocs" for symbols.',
    ),
    Rule(
        "enum-default", _LINT, _E,
        "An enum has no default symbol.",
        "Readers fail at every symbol that is added later, so none can be.",
        'Add a first symbol "UNKNOWN" and "default": "UNKNOWN".',
    ),
    Rule(
        "naming", _LINT, _E,
        "A name is not written as the others are.",
        "Types are CamelCase, fields snake_case and symbols UPPER_SNAKE_CASE, so that generated code reads well.",
        "Rename it before it is released.",
    ),
    Rule(
        "namespace", _LINT, _E,
        "A type has no namespace, or one that is not lower case.",
        "Without one, names of different teams meet, and the type cannot be referred to from inside a namespace.",
        'Add "namespace", such as "shop.orders".',
    ),
    Rule(
        "id-type", _LINT, _E,
        "An id is not text.",
        "Numbers can be added to, run out, and lose digits in JavaScript.",
        'Write {"type": "string", "logicalType": "uuid"}, or "string" for ids of others.',
    ),
    Rule(
        "time-type", _LINT, _E,
        "A moment is not a timestamp-millis.",
        "A second unit beside it is read as the wrong year sooner or later.",
        'Write {"type": "long", "logicalType": "timestamp-millis"}.',
    ),
    Rule(
        "no-float", _LINT, _E,
        "A number is a float or double.",
        "Binary fractions cannot hold decimal ones exactly.",
        'Write "long" and count a smaller unit, or a decimal.',
    ),
    Rule(
        "money-type", _LINT, _E,
        "An amount of money stands without its currency.",
        "A bare number is taken for another currency or another unit.",
        "Use a record named Money of an amount in minor units and a currency code.",
    ),
    Rule(
        "unknown-attribute", _LINT, _E,
        "An attribute is not one of Avro's.",
        "It is a mistake in writing more often than metadata, and every library ignores it without a word.",
        "Remove or correct it; a logical type belongs inside the type.",
    ),
    Rule(
        "alias", _LINT, _E,
        "A type or field has an alias.",
        "Aliases work for some readers only, two of them can swap two fields, and registries do not see it.",
        "Keep the name, or add a field with a default beside the old one.",
    ),
    Rule(
        "bad-default", _LINT, _E,
        "A default is not a value of its type.",
        "Some libraries refuse the schema, others hand the wrong value to programs.",
        "Write a default of the type.",
    ),
    Rule(
        "default-not-first", _LINT, _W,
        "A union's default is not of its first branch.",
        "Avro 1.12 allows it; libraries before it, and many after it, refuse the schema.",
        "Put the default's branch first.",
    ),
    Rule(
        "bad-logical-type", _LINT, _E,
        "A logical type does not fit the type that it annotates.",
        "Readers must overlook it, so the value is a plain one without anybody noticing.",
        "Write it on the type that the specification names.",
    ),
    Rule(
        "bad-attribute", _LINT, _E,
        "An attribute has the wrong form.",
        "It is overlooked, or the schema is refused, depending on the library.",
        "Write it as the specification has it.",
    ),
    Rule(
        "union-ambiguous", _LINT, _E,
        "An earlier branch of a union takes what a later one is for.",
        "Readers take the first branch that matches: a long is read as the double before it, text as bytes.",
        "Order unions from narrow to wide (int, long, float, double), give types distinct simple names, and never put "
        "string and bytes into one.",
    ),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _TABLE}
