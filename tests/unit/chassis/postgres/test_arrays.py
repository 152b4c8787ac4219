from datetime import datetime
from enum import StrEnum
from uuid import UUID

import pytest
from psycopg import DataError
from psycopg.adapt import PyFormat

from services.chassis.postgres.arrays import ArrayDumper, literal


class Colour(StrEnum):
    RED = "RED"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([], "{}"),
        ([None, None], "{NULL,NULL}"),
        ([1, -2], "{1,-2}"),
        ([True, None], "{t,NULL}"),
        (["a", 'b"\\,', ""], r'{"a","b\"\\,",""}'),
        ([Colour.RED, "blue"], '{"RED","blue"}'),
        (["NULL", None], '{"NULL",NULL}'),
    ],
)
def test_a_list_becomes_an_array_literal(values, told):
    assert literal(values) == told


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["a", 1], "several types: int, str"),
        ([1, True], "several types: bool, int"),
        ([1.5], "no array of float"),
        (["a\0b"], "zero character"),
        (["a\0b", "c"], "zero character"),
        ([None, "\0"], "zero character"),
    ],
)
def test_what_no_column_can_hold_is_refused(values, why):
    with pytest.raises(DataError, match=why):
        literal(values)


@pytest.mark.parametrize("values", [[UUID(int=1), "a"], [None, UUID(int=1), 1], [b"a", "a"], [b"a", None, UUID(int=1)]])
def test_a_list_that_begins_with_an_id_or_a_body_holds_nothing_else(values):
    with pytest.raises(DataError, match=r"several types, (UUID|bytes) first"):
        ArrayDumper(list).upgrade(values, PyFormat.AUTO).dump(values)


def test_a_time_without_a_zone_is_refused():
    values = [datetime(2026, 1, 1)]  # noqa: DTZ001 - that is the point
    with pytest.raises(DataError, match="has no time zone"):
        ArrayDumper(list).upgrade(values, PyFormat.AUTO).dump(values)
