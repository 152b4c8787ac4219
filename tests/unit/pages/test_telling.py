"""Types, durations and descriptions for people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pages.telling import Piece, is_optional, tell_duration, tell_prose, tell_type
from registry.model import Array, Fixed, Map, Primitive, Record, Union

MONEY = Record("quadrille.events.types.Money", (), "")
NULL = Primitive("null")


@pytest.mark.parametrize(
    ("type_", "told", "optional"),
    [
        (Primitive("string", "uuid"), "uuid", False),
        (Primitive("long", "timestamp-millis"), "timestamp (ms)", False),
        (Primitive("bytes", "decimal", 8, 2), "decimal(8, 2)", False),
        (MONEY, "Money", False),
        (Array(MONEY), "array of Money", False),
        (Map(Primitive("long")), "map of text to long", False),
        (Union((NULL, MONEY)), "Money", True),
        (Union((MONEY, Primitive("int"), NULL)), "Money or int", True),
        (Union((Primitive("int"), MONEY)), "int or Money", False),
        (Fixed("a.Id", 16, "", "uuid"), "Id as uuid", False),
        (NULL, "null", True),
    ],
)
def test_a_type_is_told_for_people(type_, told, optional):
    assert ("".join(piece.text for piece in tell_type(type_)), is_optional(type_)) == (told, optional)


def test_a_named_type_leads_to_its_description():
    assert tell_type(Array(MONEY))[-1] == Piece("Money", "types.html#quadrille.events.types.Money")


@pytest.mark.parametrize(
    ("duration", "told"),
    [
        (timedelta(days=14), "14 days"),
        (timedelta(days=1, minutes=30), "1 day 30 minutes"),
        (timedelta(hours=12, seconds=1), "12 hours 1 second"),
    ],
)
def test_a_duration_is_told_in_its_units(duration, told):
    assert tell_duration(duration) == told


def test_backticks_are_code_and_known_names_are_links():
    links = {"OrderCreated": "events/order.OrderCreated.html"}
    assert tell_prose("See OrderCreated, or `a < b`; not OrderCreatedX.", links) == (
        Piece("See "),
        Piece("OrderCreated", "events/order.OrderCreated.html"),
        Piece(", or "),
        Piece("a < b", code=True),
        Piece("; not OrderCreatedX."),
    )
