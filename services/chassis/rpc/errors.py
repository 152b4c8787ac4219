"""Errors as callers see them: google.rpc.Status with an ErrorInfo on each (AIP-193).

One class, because a caller tells errors apart by `reason`, not by type; one function per kind, so that each is made in
one way only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2
from quadrille.errors.v1.error_reason_pb2 import ErrorReason

DOMAIN = "quadrille"
_PREFIX = "ERROR_REASON_"
_DETAILS = "grpc-status-details-bin"
# gRPC's clients drop a status whose metadata are longer than 8 KiB, and tell RESOURCE_EXHAUSTED instead. Message and
# details stay below that, in base64 and percent encoding too.
_MESSAGE_BYTES = 600
_VALUE_BYTES = 300
_VIOLATIONS_BYTES = 2_800


class ApiError(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        code: grpc.StatusCode,
        reason: ErrorReason.ValueType,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        violations: Sequence[tuple[str, str]] = (),
        retry_after: float | None = None,
    ) -> None:
        """Make an error.

        Args:
            code: The status code.
            reason: The machine-readable reason.
            message: What is wrong and what to do, in a sentence.
            metadata: Further facts, by name.
            violations: Pairs of field path and what is wrong with it.
            retry_after: Seconds after which asking again may help; None to say nothing about it.
        """
        super().__init__(message)
        self.code = code
        self.reason = ErrorReason.Name(reason).removeprefix(_PREFIX)
        self.message = _cut(message, _MESSAGE_BYTES)
        self.metadata = {name: _cut(value, _VALUE_BYTES) for name, value in (metadata or {}).items()}
        self.violations = tuple(violations)
        self.retry_after = retry_after

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """Give the rich status as gRPC carries it.

        Returns:
            One metadata entry, `grpc-status-details-bin`.
        """
        number = code_pb2.Code.Value(self.code.name)
        status = status_pb2.Status(code=number, message=self.message)
        status.details.add().Pack(
            error_details_pb2.ErrorInfo(reason=self.reason, domain=DOMAIN, metadata=self.metadata)
        )
        if self.violations:
            bad, size = error_details_pb2.BadRequest(), 0
            for field, description in self.violations:
                violation = error_details_pb2.BadRequest.FieldViolation(
                    field=_cut(field, _VALUE_BYTES), description=_cut(description, _VALUE_BYTES)
                )
                size += violation.ByteSize() + 2
                if size > _VIOLATIONS_BYTES:
                    break
                bad.field_violations.append(violation)
            status.details.add().Pack(bad)
        if self.retry_after is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromTimedelta(timedelta(seconds=self.retry_after))
            status.details.add().Pack(retry)
        return ((_DETAILS, status.SerializeToString()),)


def _cut(text: str, most_bytes: int) -> str:
    """Cut a text, which may tell back what a caller sent."""
    encoded = text.encode("utf-8", "backslashreplace")
    if len(encoded) <= most_bytes:
        return encoded.decode()
    return encoded[: most_bytes - 3].decode(errors="ignore") + "..."


def invalid(violations: Sequence[tuple[str, str]]) -> ApiError:
    """Say which fields break a rule.

    Args:
        violations: Pairs of field path and what is wrong with it; at least one.

    Returns:
        INVALID_ARGUMENT with all of them, or as many as a status holds; its message says how many there are.
    """
    first = "; ".join(_cut(f"{field}: {description}", _MESSAGE_BYTES // 4) for field, description in violations[:3])
    more = f"; and {len(violations) - 3} more" if len(violations) > 3 else ""
    return ApiError(
        grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_FIELD_INVALID, first + more, violations=violations
    )


def not_found(reason: ErrorReason.ValueType, what: str, name: str, value: str) -> ApiError:
    """Say that something does not exist.

    Args:
        reason: Which kind of thing.
        what: The kind, in words.
        name: Name of its identifier.
        value: The identifier.

    Returns:
        NOT_FOUND.
    """
    return ApiError(grpc.StatusCode.NOT_FOUND, reason, f"there is no {what} {value}", metadata={name: value})


def request_id_reused(request_id: str) -> ApiError:
    """Say that an idempotency key was used before, for something else.

    Args:
        request_id: The key.

    Returns:
        ALREADY_EXISTS.
    """
    return ApiError(
        grpc.StatusCode.ALREADY_EXISTS,
        ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
        f"request_id {request_id} was used before for another request; choose a new one",
        metadata={"request_id": request_id},
    )


def unavailable(why: str, retry_after: float = 1.0) -> ApiError:
    """Say that the service cannot answer now.

    Args:
        why: What it waits for.
        retry_after: Seconds after which asking again may help.

    Returns:
        UNAVAILABLE.
    """
    return ApiError(
        grpc.StatusCode.UNAVAILABLE,
        ErrorReason.ERROR_REASON_SERVICE_UNAVAILABLE,
        f"try again: {why}",
        retry_after=retry_after,
    )


def too_many_calls(why: str, retry_after: float = 0.1) -> ApiError:
    """Say that the service is given more than it takes.

    Args:
        why: The limit.
        retry_after: Seconds after which asking again may help.

    Returns:
        RESOURCE_EXHAUSTED.
    """
    return ApiError(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_TOO_MANY_CALLS,
        f"try again: {why}",
        retry_after=retry_after,
    )
