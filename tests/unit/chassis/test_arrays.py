from enum import StrEnum
from uuid import UUID

import pytest
from psycopg import DataError

from services.chassis.arrays import literal


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
        ([b"\x01"], r'{"\\x01"}'),
        ([UUID(int=1)], "{00000000000000000000000000000001}"),
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
