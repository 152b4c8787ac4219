"""Errors keep what the service said, and get the HTTP code of their gRPC code."""

from __future__ import annotations

import grpc
import grpc.aio
import pytest
from google.protobuf.any_pb2 import Any
from google.rpc import code_pb2, error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import HTTP_CODES, from_call, json_path
from services.chassis.rpc.errors import ApiError, ErrorReason, invalid, too_many_calls


def ended(code: grpc.StatusCode, trailers=(), details: str = "said") -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailers), details=details)


def from_service(error: ApiError):
    return from_call(ended(error.code, error.trailing_metadata()))


@pytest.mark.parametrize("code", list(grpc.StatusCode), ids=lambda code: code.name)
def test_every_code_of_grpc_has_an_http_code(code) -> None:
    assert set(HTTP_CODES) == set(code_pb2.Code.keys())
    if code is not grpc.StatusCode.OK:
        assert from_call(ended(code)).http_code == HTTP_CODES[code.name] >= 400


def test_a_call_that_grpc_itself_ended_carries_a_reason_all_the_same() -> None:
    body = from_call(ended(grpc.StatusCode.DEADLINE_EXCEEDED)).body()
    assert body["code"] == code_pb2.DEADLINE_EXCEEDED
    assert [detail["reason"] for detail in body["details"]] == ["DEADLINE_EXCEEDED"]


def test_violations_are_told_by_json_names() -> None:
    body = from_service(invalid([("lines[0].unit_price.minor_units", "must be at least 0")])).body()
    violation = {"field": "lines[0].unitPrice.minorUnits", "description": "must be at least 0"}
    assert body["details"][1]["fieldViolations"] == [violation]


@given(st.floats(0.001, 1000))
def test_retry_after_is_never_too_early(seconds) -> None:
    error = from_service(too_many_calls("busy", seconds))
    assert error.http_code == 429
    # A Duration has microseconds here.
    assert seconds - 1e-6 <= int(error.headers["retry-after"]) < seconds + 1


def test_a_message_that_is_too_long_for_the_service_is_not_to_be_tried_again() -> None:
    reason = ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE
    assert from_service(ApiError(grpc.StatusCode.RESOURCE_EXHAUSTED, reason, "too long")).http_code == 413


def test_a_detail_of_an_unknown_type_is_left_out_and_the_others_stay() -> None:
    status = status_pb2.Status(code=code_pb2.ABORTED, message="x")
    status.details.append(Any(type_url="type.googleapis.com/of.tomorrow.Detail", value=b"\x08\x01"))
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="R"))
    trailers = (("grpc-status-details-bin", status.SerializeToString()),)
    body = from_call(ended(grpc.StatusCode.ABORTED, trailers)).body()
    assert [detail["reason"] for detail in body["details"]] == ["R"]


def test_details_that_are_no_status_or_another_one_are_not_passed_on() -> None:
    other = status_pb2.Status(code=code_pb2.OK).SerializeToString()
    for value in (b"\xff", other):
        error = from_call(ended(grpc.StatusCode.UNAVAILABLE, (("grpc-status-details-bin", value),)))
        assert error.http_code == 503
        assert error.body()["code"] == code_pb2.UNAVAILABLE


def test_a_path_is_told_by_json_names() -> None:
    assert json_path("lines[2].unit_price.currency_code") == "lines[2].unitPrice.currencyCode"
