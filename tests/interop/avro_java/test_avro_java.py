"""Apache Avro's Java library as judge: of generated pairs it says what we say, or a rule explains the difference.

`QUADRILLE_INTEROP_PAIRS` sets how many pairs; `QUADRILLE_INTEROP_SEED` the first seed.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from local.settings import Platform
from registry.compat.values import Branch, encode
from registry.compat.walk import compare
from registry.documents import Document, load_text
from registry.findings import InvalidSources
from registry.model import Record
from registry.rules import RULES, Kind
from tests.interop.avro_java.judge import UnavailableError, Verdict, judged
from tests.support.pairs import make_pair
from tests.unit.registry.corpus import A, enum, field, fixed, one, record

pytestmark = pytest.mark.interop

PAIRS = int(os.environ.get("QUADRILLE_INTEROP_PAIRS", "2000"))
SEED = int(os.environ.get("QUADRILLE_INTEROP_SEED", "0"))

# Each class of differences, and the rule that must have been found for a pair to belong to it.
EXPLAINED = {
    "Java refuses a schema whose default is wrong; we judge it, and tell the default": "bad-default",
    "Java throws, or takes one written field for two, where an alias names another field": "alias-ambiguous",
    "Java's checker tries every branch of a union; the specification takes the first that matches": "union-order",
}


def asked(pairs: list[Any]) -> list[Verdict]:
    try:
        return judged(pairs, Path(Platform.load().cache_folder))
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Java cannot be asked: {error}")


def ours(writer: Any, reader: Any) -> tuple[str, set[str]]:
    try:
        documents = [load_text(json.dumps(raw), "schema.avsc") for raw in (writer, reader)]
    except InvalidSources as error:
        return "UNPARSABLE", {finding.rule for finding in error.findings}
    rules = {problem.rule for problem in compare(documents[0].type, documents[1].type)}
    if _alias_names_another(*documents):
        # In a record that is not met, too: Java's checker looks into every branch of a union, whatever its name.
        rules.add("alias-ambiguous")
    rules |= {defect.rule for document in documents for defect in document.parsed.defects}
    refused = any(rule in RULES and RULES[rule].kind is Kind.RESOLUTION for rule in rules)
    return ("INCOMPATIBLE" if refused else "COMPATIBLE"), rules


def _alias_names_another(writer: Document, reader: Document) -> bool:
    """Tell whether some field of the reader has a name and an alias that one record of the writer both has."""
    records = [item.type for item in writer.parsed.definitions if isinstance(item.type, Record)]
    written = [{member.name for member in record.fields} for record in records]
    return any(
        len({member.name, *member.aliases} & names) > 1
        for item in reader.parsed.definitions
        if isinstance(item.type, Record)
        for member in item.type.fields
        for names in written
    )


def explanation(said: str, verdict: str, rules: set[str]) -> str:
    for text, rule in EXPLAINED.items():
        if rule in rules and (rule == "bad-default") == (verdict == "UNPARSABLE"):
            return text
    return f"unexplained: we say {said}, Java {verdict}"


def test_java_says_what_we_say_or_a_rule_explains_the_difference() -> None:
    pairs = [make_pair(Random(SEED + number), changes=4) for number in range(PAIRS)]
    verdicts = asked(pairs)
    classes: Counter[str] = Counter()
    unexplained = []
    for (writer, reader), verdict in zip(pairs, verdicts, strict=True):
        said, rules = ours(writer, reader)
        why = f"agreed: {said}" if said == verdict.verdict else explanation(said, verdict.verdict, rules)
        classes[why] += 1
        if why.startswith("unexplained"):
            unexplained.append((why, json.dumps(writer), json.dumps(reader), verdict, rules))
    told = "".join(f"{count:7,}  {why}\n" for why, count in classes.most_common())
    sys.stdout.write(f"\n{told}")
    assert not unexplained, unexplained[:3]
    # Both verdicts must have been met often, or agreeing says nothing.
    assert min(classes["agreed: COMPATIBLE"], classes["agreed: INCOMPATIBLE"]) > PAIRS // 10


def body(raw: Any, value: Any) -> bytes:
    return encode(load_text(json.dumps(raw), "schema.avsc").type, value)


AB = record(field("a", "int"), field("b", "int"))
TAKEN = record(field("a", "int", default=5), field("c", "int", aliases=["a"], default=9))
BIG = 2**53 + 1

# What the rules say of Java: writer, reader, what is written, what its checker says and what its reader gives.
FACTS: dict[str, tuple[Any, Any, Any, str, str]] = {
    "an alias takes another field's value": (record(A), TAKEN, {"a": 1}, "COMPATIBLE", 'READ {"a": 5, "c": 1}'),
    "its checker fails on aliases that swap": (
        AB,
        record(field("a", "int", aliases=["b"]), field("b", "int", aliases=["a"])),
        {"a": 1, "b": 2},
        "THROWS",
        'READ {"a": 1, "b": 2}',
    ),
    "an enum of a union that moved is refused": (
        one([enum("A", name="x.T")]),
        one(["null", enum("A", name="y.T")]),
        {"f": Branch(0, "A")},
        "COMPATIBLE",
        "REFUSED AvroTypeException",
    ),
    "a fixed of a union that moved is refused": (
        one([fixed(1, name="x.T")]),
        one(["null", fixed(1, name="y.T")]),
        {"f": Branch(0, b"a")},
        "COMPATIBLE",
        "REFUSED AvroTypeException",
    ),
    # The specification, and fastavro, would take the first that matches: why `union-order` refuses either.
    "a union is read by its exact branch": ("long", ["double", "long"], BIG, "COMPATIBLE", f"READ {BIG}"),
    "digits are lost": (one("long"), one("double"), {"f": BIG}, "COMPATIBLE", 'READ {"f": 9.007199254740992E15}'),
    "bad text is garbled": (one("bytes"), one("string"), {"f": b"\xff"}, "COMPATIBLE", 'READ {"f": "\ufffd"}'),
    "a symbol becomes the default": (
        enum("A", "B"), enum("A", default="A"), "B", "COMPATIBLE", "READ A",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def facts() -> dict[str, Verdict]:
    pairs = [(writer, reader, body(writer, value)) for writer, reader, value, *_ in FACTS.values()]
    return dict(zip(FACTS, asked(pairs), strict=True))


@pytest.mark.parametrize("name", FACTS)
def test_java_does_what_the_rules_say_of_it(name: str, facts: dict[str, Verdict]) -> None:
    *_, verdict, read = FACTS[name]
    assert (facts[name].verdict, facts[name].read) == (verdict, read)
