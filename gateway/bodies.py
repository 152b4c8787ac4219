"""A request's body: read up to a limit, and only where it is declared as JSON."""

from __future__ import annotations

from starlette.requests import Request

from gateway import errors

#: Times the limit that is read, and dropped, of a body that is too long.
_DRAINED = 8


async def read(request: Request, limit: int, *, may_be_missing: bool) -> bytes:
    """Read a body.

    Args:
        request: The request.
        limit: The most bytes that it may have.
        may_be_missing: Whether an empty body needs no Content-Type.

    Returns:
        The body.

    Raises:
        HttpError: 413: it is too long; 415: it is not declared as JSON in UTF-8.
    """
    declared = request.headers.get("content-length", "0")
    most = _DRAINED * limit
    # A server gives no other header of this name; whoever calls the application itself might.
    if not (declared.isascii() and declared.isdecimal() and len(declared) <= 20) or int(declared) > most:
        raise errors.too_large(limit, rest_is_unread=True)
    body, size = bytearray(), 0
    # A caller who still sends when the connection closes never reads the answer: so a little more is read.
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
        elif size > most:
            raise errors.too_large(limit, rest_is_unread=True)
    if size > limit:
        raise errors.too_large(limit)
    if body or not may_be_missing:
        _check_declared(request)
    return bytes(body)


def _check_declared(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise errors.unsupported(request.headers.get("content-type", ""))
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise errors.unsupported(encoding)
