"""Errors as HTTP answers: `google.rpc.Status` as JSON, with the HTTP code that `google/rpc/code.proto` gives it.

HttpError
├── made here, before a service is called: bad_fields, malformed, too_large, unsupported, no_route, not_allowed,
│   no_http, too_slow, head_too_large, too_many_connections
└── from_call: what a service answered, or that it did not
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import grpc
import grpc.aio
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2
from quadrille.errors.v1.error_reason_pb2 import ErrorReason

from telemetry.escaping import shown

DOMAIN = "quadrille"
_DETAILS = "grpc-status-details-bin"
_PREFIX = "ERROR_REASON_"
_TOO_LARGE = "MESSAGE_TOO_LARGE"
_SNAKE = re.compile(r"_([a-z0-9])")
#: Of what a caller sent, so much is told back: an answer must not grow with the request.
MOST_VIOLATIONS = 50
MOST_SHOWN = 100
# https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto, "HTTP Mapping"
HTTP_CODES: Mapping[str, int] = {
    "OK": 200,
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "UNAUTHENTICATED": 401,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
}
# What gRPC itself says carries no details; these are the reasons that a service would have given.
_REASONS: Mapping[str, tuple[ErrorReason.ValueType, str]] = {
    "UNAVAILABLE": (ErrorReason.ERROR_REASON_SERVICE_UNAVAILABLE, "try again: the service does not answer"),
    "DEADLINE_EXCEEDED": (
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        "the call took longer than it may; it may have taken effect",
    ),
    "RESOURCE_EXHAUSTED": (
        ErrorReason.ERROR_REASON_TOO_MANY_CALLS,
        "try again: the service is given more than it takes",
    ),
}


class HttpError(Exception):
    """An answer that is an error."""

    def __init__(
        self, status: status_pb2.Status, http_code: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Make an error.

        Args:
            status: What is told, details included.
            http_code: The HTTP code; that of the status's own code if None.
            headers: Further headers of the answer.
        """
        super().__init__(status.message)
        self.status = status
        self.http_code = http_code or HTTP_CODES[code_pb2.Code.Name(status.code)]
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Give the status by its JSON mapping. A detail of a type that is not known here is left out."""
        status = self.status
        while True:
            try:
                return json_format.MessageToDict(status)
            except (TypeError, DecodeError, json_format.Error):
                known = [detail for detail in status.details if _is_known(detail)]
                status = status_pb2.Status(code=status.code, message=status.message, details=known)


def _is_known(detail: Any) -> bool:
    try:
        json_format.MessageToDict(detail)
    except (TypeError, DecodeError, json_format.Error):
        return False
    return True


def _error(
    code: str,
    reason: ErrorReason.ValueType,
    message: str,
    *,
    http_code: int | None = None,
    violations: Sequence[tuple[str, str]] = (),
    metadata: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpError:
    # What a caller sent may be told back in it. No string of a message holds an unpaired surrogate.
    status = status_pb2.Status(code=code_pb2.Code.Value(code), message=shown(message))
    name = ErrorReason.Name(reason).removeprefix(_PREFIX)
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason=name, domain=DOMAIN, metadata=dict(metadata or {})))
    if violations:
        bad = error_details_pb2.BadRequest()
        for field, description in violations:
            bad.field_violations.add(field=shown(field), description=shown(description))
        status.details.add().Pack(bad)
    return HttpError(status, http_code, headers)


def bad_fields(violations: Sequence[tuple[str, str]]) -> HttpError:
    """Say which fields, parameters or headers break a rule.

    Args:
        violations: Pairs of a path by JSON names and what is wrong there; at least one.

    Returns:
        400 with all of them, or with the first of very many.
    """
    first = "; ".join(f"{field}: {description}" for field, description in violations[:3])
    more = f"; and {len(violations) - 3} more" if len(violations) > 3 else ""
    reason = ErrorReason.ERROR_REASON_FIELD_INVALID
    return _error("INVALID_ARGUMENT", reason, first + more, violations=violations[:MOST_VIOLATIONS])


def cut(text: str) -> str:
    """Cut a text that a caller sent, to tell it back.

    Args:
        text: The text.

    Returns:
        Its beginning.
    """
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def quoted(text: str) -> str:
    """Quote a text that a caller sent, to tell it back in a sentence.

    Args:
        text: The text.

    Returns:
        Its beginning between quotes, in one line.
    """
    return f'"{shown(text, most=MOST_SHOWN)}"'


def malformed(why: str) -> HttpError:
    """Say that the body is no JSON object that is read.

    Args:
        why: What is wrong with it.

    Returns:
        400.
    """
    reason = ErrorReason.ERROR_REASON_MESSAGE_MALFORMED
    return _error("INVALID_ARGUMENT", reason, f"the body is no JSON object: {shown(why, most=3 * MOST_SHOWN)}")


def too_large(limit: int, *, rest_is_unread: bool = False) -> HttpError:
    """Say that the body is too long.

    Args:
        limit: The most bytes that are read.
        rest_is_unread: Whether a part of it was never read; the connection is then closed.

    Returns:
        413.
    """
    return _error(
        "RESOURCE_EXHAUSTED",
        ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
        f"the body is too long; at most {limit} bytes are read",
        http_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        metadata={"limit_bytes": str(limit)},
        headers={"connection": "close"} if rest_is_unread else {},
    )


def no_http() -> HttpError:
    """Say that the bytes are no HTTP request.

    Returns:
        400; the connection is closed.
    """
    return _error(
        "INVALID_ARGUMENT",
        ErrorReason.ERROR_REASON_MESSAGE_MALFORMED,
        "the bytes are no HTTP/1.1 request",
        headers={"connection": "close"},
    )


def head_too_large(what: str) -> HttpError:
    """Say that request line and headers are more than is read.

    Args:
        what: What is too much, and how much is read.

    Returns:
        431; the connection is closed.
    """
    return _error(
        "RESOURCE_EXHAUSTED",
        ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
        what,
        http_code=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        headers={"connection": "close"},
    )


def too_slow(what: str, seconds: float) -> HttpError:
    """Say that a request did not come in time.

    Args:
        what: Which part of it.
        seconds: How long it was waited for.

    Returns:
        408; the connection is closed.
    """
    return _error(
        "DEADLINE_EXCEEDED",
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        f"{what} did not come within {seconds:g} s; nothing was done",
        http_code=HTTPStatus.REQUEST_TIMEOUT,
        headers={"connection": "close"},
    )


def too_many_connections(limit: int) -> HttpError:
    """Say that no more connections are taken.

    Args:
        limit: How many are.

    Returns:
        503; the connection is closed.
    """
    return _error(
        "UNAVAILABLE",
        ErrorReason.ERROR_REASON_TOO_MANY_CALLS,
        f"try again: this gateway holds {limit:,} connections already",
        http_code=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"connection": "close", "retry-after": "1"},
    )


def unsupported(found: str) -> HttpError:
    """Say that the body is not declared as JSON.

    Args:
        found: What it is declared as, or encoded with.

    Returns:
        415.
    """
    return _error(
        "INVALID_ARGUMENT",
        ErrorReason.ERROR_REASON_CONTENT_TYPE_UNSUPPORTED,
        f"the body is {cut(found) or 'of no declared type'}; send JSON in UTF-8 with `Content-Type: application/json`, "
        "without Content-Encoding",
        http_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        headers={"accept": "application/json"},
    )


def no_route() -> HttpError:
    """Say that nothing is served at a path.

    Returns:
        404.
    """
    return _error("NOT_FOUND", ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND, "nothing is served at this path")


def not_allowed(method: str, allowed: Sequence[str]) -> HttpError:
    """Say that a path does not take an HTTP method.

    Args:
        method: The method.
        allowed: Those that it takes.

    Returns:
        405 with `Allow`.
    """
    return _error(
        "UNIMPLEMENTED",
        ErrorReason.ERROR_REASON_HTTP_METHOD_NOT_ALLOWED,
        f"this path takes {', '.join(allowed)}, not {cut(method)}",
        http_code=HTTPStatus.METHOD_NOT_ALLOWED,
        headers={"allow": ", ".join(allowed)},
    )


def internal() -> HttpError:
    """Say that the gateway has a defect.

    Returns:
        500.
    """
    reason = ErrorReason.ERROR_REASON_INTERNAL
    return _error("INTERNAL", reason, "a defect of the gateway; its log says more")


def from_call(error: grpc.aio.AioRpcError) -> HttpError:
    """Translate what a call ended with.

    Args:
        error: The call's error.

    Returns:
        The service's own status if it sent one, its fields by their JSON names; else what gRPC said.
    """
    status = _rich(error)
    if status is None:
        code = error.code().name
        reason, message = _REASONS.get(code, (ErrorReason.ERROR_REASON_INTERNAL, error.details() or code))
        return _error(code, reason, message)
    headers: dict[str, str] = {}
    http_code = None
    for detail in status.details:
        info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if detail.Unpack(info) and info.reason == _TOO_LARGE:
            http_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        elif detail.Unpack(bad):
            for violation in bad.field_violations:
                violation.field = json_path(violation.field)
            detail.Pack(bad)
        elif detail.Unpack(retry):
            # A whole number of seconds (RFC 9110, 10.2.3): rounded up, for asking too early is of no use.
            seconds = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
            headers["retry-after"] = str(max(1, math.ceil(seconds)))
    return HttpError(status, http_code, headers)


def json_path(path: str) -> str:
    """Turn a field's path into JSON names, as google.rpc.BadRequest asks of JSON answers.

    Args:
        path: `lines[0].unit_price`.

    Returns:
        `lines[0].unitPrice`.
    """
    return _SNAKE.sub(lambda found: found[1].upper(), path)


def _rich(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS and isinstance(value, bytes):
            try:
                status = status_pb2.Status.FromString(value)
            except DecodeError:
                return None
            # A code that is no error, or not the call's, is no status to pass on.
            return status if status.code == error.code().value[0] else None
    return None
