"""The reader of JSON: exact, bounded, and it names what it refuses."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from google.rpc import error_details_pb2
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import HttpError
from gateway.strict_json import MOST_DEPTH, read

#: Far more than any of these takes, and far less than what the work without limits took.
FAST_SECONDS = 0.5


def refused(body: bytes) -> tuple[str, dict[str, str]]:
    began = time.perf_counter()
    with pytest.raises(HttpError) as raised:
        read(body)
    assert time.perf_counter() - began < FAST_SECONDS
    assert raised.value.http_code == 400
    told = json.dumps(raised.value.body(), ensure_ascii=False).encode()
    assert len(told) < 30_000
    bad = error_details_pb2.BadRequest()
    for detail in raised.value.status.details:
        detail.Unpack(bad)
    return raised.value.status.message, {one.field: one.description for one in bad.field_violations}


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "-1e400",
        "1e999990",
        "1e-999990",
        "9" * 5000,
        "1." + "1" * 200_000,
        "1e" + "9" * 30,
        "1e999",
    ],
)
@pytest.mark.parametrize("template", ['{"a": %s}', '{"lines": [{"quantity": 1}, {"quantity": %s}]}'])
def test_a_number_that_is_none_or_costs_much_is_refused_by_its_place(number, template) -> None:
    _, violations = refused((template % number).encode())
    assert list(violations) == ["a" if "lines" not in template else "lines[1].quantity"]


@pytest.mark.parametrize("text", [r'"\ud800"', r'"x\udc00"', r'"\ud83d \ude00"'])
def test_half_of_a_surrogate_pair_is_refused_by_its_place(text) -> None:
    assert list(refused(f'{{"a": {{"b": [1, {text}]}}}}'.encode())[1]) == ["a.b[1]"]
    assert len(refused(f'{{"a": {{{text}: 1}}}}'.encode())[1]) == 1
    message, _ = refused(f'{{"a": {{{text}: 1, {text}: 2}}}}'.encode())
    assert "given twice" in message


def test_a_whole_pair_is_a_character() -> None:
    assert read(rb'{"a": "\ud83d\ude00"}') == {"a": "\U0001f600"}


@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 500, 4_000])
def test_what_is_too_deep_is_refused(depth) -> None:
    assert "deep" in refused(nested(depth))[0]


def test_what_is_deep_enough_is_read() -> None:
    assert read(nested(MOST_DEPTH - 1))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"a":[' + b"0," * 500_000 + b"0]}",
        b'{"a":[' + b"{}," * 300_000 + b"{}]}",
        b"{" + b",".join(b'"%d":0' % n for n in range(100_000)) + b"}",
        b"{" + b",".join(b'"\\ud800%d":0' % n for n in range(9_000)) + b"}",
        b"{" + b",".join(b'"%s%d":NaN' % (b"x" * 90, n) for n in range(9_000)) + b"}",
        b'{"' + b"x" * 1_000_000 + b'": NaN}',
    ],
    ids=["arrays", "objects", "numbers", "many objects", "names", "surrogates", "NaN", "a long name"],
)
def test_much_of_anything_is_refused_soon_and_in_few_words(body) -> None:
    refused(body)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(lambda d: len(str(d)) < 36))
def test_a_number_is_read_exactly_or_refused_and_is_whole_only_if_it_was(number: Decimal) -> None:
    try:
        found = read(f'{{"a": {number}}}'.replace("E+", "e").encode())["a"]
    except HttpError as error:
        assert error.http_code == 400
    else:
        if isinstance(found, int):
            assert Decimal(found) == number
        else:
            assert number != number.to_integral_value()
            assert not found.is_integer()


@pytest.mark.parametrize(
    ("text", "number"), [("3.0", 3), ("30e-1", 3), ("9007199254740993.0", 2**53 + 1), ("1e18", 10**18)]
)
def test_a_whole_number_is_whole_however_it_is_written(text, number) -> None:
    found = read(f'{{"a": {text}}}'.encode())["a"]
    assert (type(found), found) == (int, number)


@pytest.mark.parametrize("text", ["1.00000000000000000001", "9007199254740992.5"])
def test_a_number_that_a_float_would_make_whole_is_refused(text) -> None:
    assert "digits" in refused(f'{{"a": {text}}}'.encode())[1]["a"]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(-1e15, 1e15)
    | st.sampled_from([float("nan"), float("inf")])
    | st.text(st.characters(), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_any_document_is_read_as_it_is_or_refused(value) -> None:
    body = json.dumps(value).encode("utf-8", "surrogatepass")
    try:
        found = read(body)
    except HttpError as error:
        assert error.http_code == 400
        json.dumps(error.body(), ensure_ascii=False).encode()
    else:
        assert found == value
        json.dumps(found, ensure_ascii=False).encode()


@given(st.binary(max_size=60) | st.text('{}[]",:0123456789.eE-+NaInfity\\ud8 \n', max_size=60).map(str.encode))
def test_any_bytes_are_an_object_or_refused(body) -> None:
    try:
        assert isinstance(read(body), dict)
    except HttpError as error:
        assert error.http_code == 400
