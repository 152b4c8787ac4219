"""What a page tells of an event's versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pages.events import event_views
from pages.site import build
from pages.versions import Difference, differences
from registry.canonical import canonical, self_contained
from registry.catalogue import load
from registry.history import record_current
from tests.contract.strategies import parse_set, schema_sets


def record(*fields: dict[str, Any], doc: str = "", **more: Any) -> str:
    named = {"type": "record", "name": "R", "namespace": "a", "doc": doc, "fields": list(fields), **more}
    return canonical(named)


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "A"}
ONE = field("x", "int")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (record(), record(field("n", "string", default="")), [("added", "n", "field", "", 'string, default ""')]),
        (record(ONE), record(), [("removed", "x", "field", "int", "")]),
        (record(ONE), record(field("x", "long")), [("changed", "x", "type", "int", "long")]),
        (record(ONE), record(field("x", "int", default=3)), [("changed", "x", "default", "", "3")]),
        (record(ONE), record(field("x", "int", doc="Why.")), [("reworded", "x", "description", "", "Why.")]),
        (record(ONE), record(field("x", "int", aliases=["y"])), [("changed", "x", "aliases", "", "y")]),
        (record(ONE, doc="a"), record(ONE, doc="b"), [("reworded", "R", "description", "a", "b")]),
        (
            record(ONE, field("y", "int")),
            record(field("y", "int"), ONE),
            [("changed", "R", "order of fields", "x, y", "y, x")],
        ),
        (
            record(field("e", ENUM)),
            record(field("e", {**ENUM, "symbols": ["A", "B", "C"]})),
            [("added", "E.C", "symbol", "", "C")],
        ),
        (
            record(field("e", ENUM)),
            record(field("e", {**ENUM, "symbols": ["B", "A"], "default": "B"})),
            [("changed", "E", "order of symbols", "A, B", "B, A"), ("changed", "E", "default", "A", "B")],
        ),
        (
            record(field("f", {"type": "fixed", "name": "F", "size": 4})),
            record(field("f", {"type": "fixed", "name": "F", "size": 5})),
            [("changed", "F", "type", "4 bytes", "5 bytes")],
        ),
        (record(ONE), record(ONE, pii="no"), [("changed", "R", "attribute that no reader looks at", "", "")]),
    ],
)
def test_each_kind_of_difference_is_told_where_it_is(before: str, after: str, told: list[tuple[str, ...]]) -> None:
    assert list(differences(before, after)) == [Difference(*wanted) for wanted in told]


def test_a_record_that_contains_itself_is_compared_and_ends() -> None:
    again = field("next", ["null", "a.R"], default=None)
    assert differences(record(ONE), record(ONE, again)) == (
        Difference("added", "next", "field", after="null or a.R, default null"),
    )
    assert [told.place for told in differences(record(again), record(again, ONE))] == ["x"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema_sets(), schema_sets())
def test_nothing_is_told_of_equal_texts_and_something_of_different_ones(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    texts = []
    for definitions in (first, second):
        parsed = parse_set(definitions)
        name = [name for name, type_ in parsed.items() if type(type_).__name__ == "Record"][-1:]
        texts += [self_contained(name[0], definitions)] if name else []
    for one in texts:
        assert differences(one, one) == ()
        assert all(bool(differences(one, other)) == (one != other) for other in texts)


def test_a_page_tells_three_released_versions_and_one_to_come(checkout: Path, sources_of) -> None:
    path = checkout / "schemas/order/OrderCompleted.avsc"
    raw = json.loads(path.read_text())
    note = {"name": "note", "type": "string", "doc": "A note.", "default": ""}
    for changed in (
        {**raw, "fields": [*raw["fields"], note]},
        {**raw, "doc": "It ended well.", "fields": [*raw["fields"], note]},
    ):
        path.write_text(json.dumps(changed))
        assert len(record_current(checkout, load(checkout))) == 1
    path.write_text(json.dumps({**raw, "doc": "It ended well."}))
    sources = sources_of(checkout)
    (view,) = [view for view in event_views(sources) if view.name == "OrderCompleted"]
    assert [(step.number, len(step.differences)) for step in view.versions] == [(1, 0), (2, 1), (3, 1), (None, 1)]
    assert view.versions[1].differences[0] == Difference("added", "note", "field", after='string, default ""')
    assert [step.differences[0].kind for step in view.versions[1:]] == ["added", "reworded", "removed"]
    page = build(sources)["events/order.OrderCompleted.html"]
    places = [page.index(mark) for mark in ("Not released yet", "Version 3", "Version 2", "Version 1")]
    assert places == sorted(places)
    assert 'id="version-next"' in page
    assert all(version.fingerprint in page for version in sources.history[view.subject])
