"""JSON answers, blocking work in a few threads, and errors as `google.rpc.Status`, like the gateway's.

An error of `admin` keeps its sentence: Unreachable is 503, all others are 400.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from google.rpc import code_pb2, status_pb2
from starlette.requests import Request

from admin.errors import AdminError, Unreachable
from gateway import bodies, errors, strict_json
from gateway.errors import HttpError
from telemetry.escaping import shown_lines

T = TypeVar("T")
#: Calls that may be under way at once for all pages.
THREADS = 12
LONGEST_BODY = 256 * 1024


def refused(code: str, message: str) -> HttpError:
    """Make an error of the console's own.

    Args:
        code: Name of a google.rpc.Code.
        message: What is wrong, and what to do.
    """
    return HttpError(status_pb2.Status(code=code_pb2.Code.Value(code), message=shown_lines(message)))


class Threads:
    """Where blocking work is done: a few threads, so that many pages do not become many calls."""

    def __init__(self) -> None:
        """Start no thread yet."""
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="console")

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Do it in a thread.

        Args:
            work: What.
            *args: Its arguments.

        Returns:
            Its result.

        Raises:
            HttpError: It failed with an error of `admin`.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args))
        except AdminError as error:
            code = "UNAVAILABLE" if isinstance(error, Unreachable) else "INVALID_ARGUMENT"
            raise refused(code, str(error)) from None

    def close(self) -> None:
        """Take no more work; what runs ends by its own time limits."""
        self._pool.shutdown(wait=False, cancel_futures=True)


async def read_json(request: Request) -> dict[str, Any]:
    """Read a request's JSON object.

    Args:
        request: The request.

    Returns:
        The object.

    Raises:
        HttpError: The body is none, or is not declared as JSON, or too long.
    """
    return strict_json.read(await bodies.read(request, LONGEST_BODY, may_be_missing=False))


def text_of(document: dict[str, Any], name: str, *, longest: int, default: str | None = None) -> str:
    """Read a text of a request's object.

    Args:
        document: The object.
        name: Its field.
        longest: The most characters that it may have.
        default: What stands for one that is missing; None if it must be there.

    Returns:
        The text without space around it.

    Raises:
        HttpError: It is none, or missing, or too long.
    """
    value = document.get(name, default)
    if not isinstance(value, str) or len(value.strip()) > longest or (default is None and not value.strip()):
        raise errors.bad_fields([(name, f"must be a text of 1 to {longest} characters")])
    return value.strip()
