"""Apache Avro's Java library as judge: of generated pairs it says what we say, or a rule explains the difference.

`QUADRILLE_INTEROP_PAIRS` sets how many pairs; `QUADRILLE_INTEROP_SEED` the first seed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from local.settings import Platform
from registry.compat.values import encode, sample
from registry.compat.walk import compare
from registry.documents import load_text
from registry.findings import InvalidSources
from registry.model import Type
from registry.rules import RULES, Kind
from tests.interop.avro_java.judge import UnavailableError, Verdict, judged
from tests.pairs import make_pair
from tests.unit.registry.corpus import enum, field, fixed, one, record

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
    rules |= {defect.rule for document in documents for defect in document.parsed.defects}
    refused = any(rule in RULES and RULES[rule].kind is Kind.RESOLUTION for rule in rules)
    return ("INCOMPATIBLE" if refused else "COMPATIBLE"), rules


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
    for why, count in classes.most_common():
        print(f"{count:7,}  {why}")
    assert not unexplained, unexplained[:3]
    # Both verdicts must have been met often, or agreeing says nothing.
    assert min(classes["agreed: COMPATIBLE"], classes["agreed: INCOMPATIBLE"]) > PAIRS // 10


def _reads(writer: Any, reader: Any, value: Any) -> str:
    types: list[Type] = [load_text(json.dumps(raw), "schema.avsc").type for raw in (writer, reader)]
    (verdict,) = asked([(writer, reader, encode(types[0], value or sample(types[0], (), value)))])
    return verdict.read


def test_java_swaps_two_fields_that_aliases_swap() -> None:
    two = record(field("a", "int"), field("b", "int"))
    swapped = record(field("a", "int", aliases=["b"]), field("b", "int", aliases=["a"]))
    assert _reads(two, swapped, {"a": 1, "b": 2}) != _reads(two, two, {"a": 1, "b": 2})


@pytest.mark.parametrize("kind", [lambda name: enum("A", name=name), lambda name: fixed(1, name=name)])
def test_java_refuses_enums_and_fixed_types_of_another_namespace(kind: Any) -> None:
    value = {"f": "A" if "symbols" in kind("x.T") else b"\0"}
    assert _reads(one(kind("x.T")), one(kind("x.T")), value).startswith("READ")
    assert _reads(one(kind("x.T")), one(kind("y.T")), value).startswith("REFUSED")


def test_java_reads_a_union_by_its_exact_branch() -> None:
    """The specification, and fastavro, would take the first that matches: why `union-order` refuses either."""
    value = 2**53 + 1
    assert _reads("long", ["double", "long"], value) == f"READ {value}"
