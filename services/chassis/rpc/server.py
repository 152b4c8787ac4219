"""The gRPC server, and what stands before every method: limits, bytes that are no message, errors.

Traps that are met here: a generated deserialiser that raises answers UNKNOWN before any handler runs, so ours never
raise; `maximum_concurrent_rpcs` answers without details, so calls are counted here first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from typing import Any, NoReturn, TypeAlias

import grpc
import grpc.aio
from quadrille.errors.v1.error_reason_pb2 import ErrorReason

from services.chassis.errors import Retryable
from services.chassis.observe import metrics, tracing
from services.chassis.postgres.continuity import CHANGED, Continuity
from services.chassis.process.group_commit import Full
from services.chassis.rpc.errors import ApiError, too_many_calls, unavailable
from services.chassis.rpc.observing import Observed

log = logging.getLogger(__name__)

Context = grpc.aio.ServicerContext[Any, Any]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"

_OK = grpc.StatusCode.OK.name
#: A call that ends by no answer: its caller went away.
_GONE = grpc.StatusCode.CANCELLED.name

#: Seconds that a message of a stream may wait for its reader.
SLOW_READER_SECONDS = 10.0


class Malformed:
    """Stands where the message would be when the bytes are none."""

    def __init__(self, error: ApiError) -> None:
        """Keep the error until the method is called.

        Args:
            error: What the caller gets.
        """
        self.error = error


class _SlowReader(Exception):
    """A message of a stream has waited too long for its reader."""


class Edge(grpc.aio.ServerInterceptor):
    """The interceptor that stands before every method of the APIs.

    Health, reflection and status are not behind it: they answer while the service still waits for its database.
    """

    def __init__(
        self,
        *,
        max_message_bytes: int,
        max_concurrent_calls: int,
        waiting_for: Callable[[str], str],
        continuity: Continuity | None = None,
        slow_reader_seconds: float = SLOW_READER_SECONDS,
        unguarded: Collection[str] = (),
    ) -> None:
        """Prepare.

        Args:
            max_message_bytes: Longest message that is read.
            max_concurrent_calls: Calls that are served at once.
            waiting_for: Says what the service waits for before it can answer a method; empty when it can.
            continuity: Knows whether the database's server is one that was checked; None if nobody asks.
            slow_reader_seconds: How long a message of a stream may wait for its reader; then the stream is ended.
            unguarded: Full names of the services that are not behind it.
        """
        self._max_bytes = max_message_bytes
        self._max_calls = max_concurrent_calls
        self._waiting_for = waiting_for
        self._continuity = continuity
        self._slow_reader_seconds = slow_reader_seconds
        self._unguarded = frozenset(unguarded)
        self._guarded: dict[str, Handler] = {}
        self._calls = 0

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Give the guarded handler of a method.

        Args:
            continuation: Finds the handler that was registered.
            handler_call_details: Which method is called.

        Returns:
            The handler; None if there is no such method.
        """
        path: str = handler_call_details.method
        guarded = self._guarded.get(path)
        if guarded is not None:
            return guarded
        handler = await continuation(handler_call_details)
        service, _, name = path.strip("/").rpartition("/")
        if handler is None or service in self._unguarded:
            return handler
        self._guarded[path] = guarded = self._guard(service, name, handler)
        return guarded

    def _guard(self, service: str, name: str, handler: Any) -> Handler:
        observed = Observed(f"{service}/{name}")
        read = self._reader(handler.request_deserializer)
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._streaming(name, handler.unary_stream, observed), read, handler.response_serializer
            )
        return grpc.unary_unary_rpc_method_handler(
            self._unary(name, handler.unary_unary, observed), read, handler.response_serializer
        )

    def _reader(self, deserialise: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        def read(data: bytes) -> Any:
            if len(data) > self._max_bytes:
                return Malformed(
                    ApiError(
                        grpc.StatusCode.RESOURCE_EXHAUSTED,
                        ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
                        f"the message has {len(data)} bytes; at most {self._max_bytes} are read",
                        metadata={"limit_bytes": str(self._max_bytes), "size_bytes": str(len(data))},
                    )
                )
            try:
                return deserialise(data)
            except Exception as error:  # noqa: BLE001 - whatever the runtime raises, the bytes are at fault
                return Malformed(
                    ApiError(
                        grpc.StatusCode.INVALID_ARGUMENT,
                        ErrorReason.ERROR_REASON_MESSAGE_MALFORMED,
                        f"the bytes are no message of this method's type: {error}",
                    )
                )

        return read

    def _unary(
        self, name: str, method: Callable[[Any, Context], Awaitable[Any]], observed: Observed
    ) -> Callable[[Any, Context], Awaitable[Any]]:
        async def call(request: Any, context: Context) -> Any:
            code, began = _GONE, metrics.now()
            span = tracing.serving(observed.method, context.invocation_metadata())
            try:
                self._admit(name, request)
                self._calls += 1
                changes = self._changes
                try:
                    self._admit_one_more()
                    answer = await method(request, context)
                    if changes != self._changes:
                        # Of which server it is, and whether that still knows it, nobody can tell.
                        raise unavailable(CHANGED)
                    code = _OK
                    return answer
                finally:
                    self._calls -= 1
            except Exception as error:  # noqa: BLE001 - every error is answered, and logged if it is ours
                api_error = self._as_api_error(error)
                code = api_error.code.name
                await _abort(context, api_error)
            finally:
                observed.answered(code, began)
                tracing.answered(span, code)

        return call

    def _streaming(
        self, name: str, method: Callable[[Any, Context], AsyncGenerator[Any, None]], observed: Observed
    ) -> Callable[[Any, Context], Awaitable[None]]:
        async def call(request: Any, context: Context) -> None:
            code = _GONE
            span = tracing.serving(observed.method, context.invocation_metadata())
            try:
                self._admit(name, request)
                async with contextlib.aclosing(method(request, context)) as messages:
                    async for message in messages:
                        await self._send(context, message)
                code = _OK
            except _SlowReader:
                # What waits is in the transport, and the status waits behind it: a caller that never reads again is
                # not waited for.
                api_error = self._too_slow()
                code = api_error.code.name
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(_abort(context, api_error), self._slow_reader_seconds)
            except Exception as error:  # noqa: BLE001 - as above
                api_error = self._as_api_error(error)
                code = api_error.code.name
                await _abort(context, api_error)
            finally:
                observed.answered(code, None)
                tracing.answered(span, code)

        return call

    @property
    def _changes(self) -> int:
        return self._continuity.changes if self._continuity is not None else 0

    def _as_api_error(self, error: Exception) -> ApiError:
        api_error = _as_api_error(error)
        unsure = self._continuity is not None and not self._continuity.current
        if unsure and api_error.code is grpc.StatusCode.NOT_FOUND:
            # What is not there may have been lost with the database, and may come back.
            return unavailable(f"{api_error.message}, as far as is known; {self._waiting_for('') or CHANGED}")
        return api_error

    async def _send(self, context: Context, message: Any) -> None:
        # It returns once the transport has taken the message. The transport holds a window of bytes for each stream,
        # and takes no more until the caller reads: nothing piles up here.
        try:
            await asyncio.wait_for(context.write(message), self._slow_reader_seconds)
        except TimeoutError:
            raise _SlowReader from None

    def _too_slow(self) -> ApiError:
        return too_many_calls(
            f"nothing of this stream was read for {self._slow_reader_seconds:g} s; ask for what follows the last "
            "message that you have read"
        )

    def _admit(self, name: str, request: Any) -> None:
        if isinstance(request, Malformed):
            raise request.error
        waiting = self._waiting_for(name)
        if waiting:
            raise unavailable(waiting)

    def _admit_one_more(self) -> None:
        if self._calls > self._max_calls:
            raise too_many_calls(f"{self._max_calls} calls are being served")


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, grpc.aio.AbortError):
        raise error
    if isinstance(error, ApiError):
        return error
    if isinstance(error, Full):
        return too_many_calls(str(error))
    if isinstance(error, Retryable):
        log.warning("a call cannot be answered now", extra={"error": str(error)})
        return unavailable("the service cannot use its database")
    log.error("a call failed", exc_info=error)
    return ApiError(
        grpc.StatusCode.INTERNAL, ErrorReason.ERROR_REASON_INTERNAL, "a defect of the service; its log says more"
    )


async def _abort(context: Context, error: ApiError) -> NoReturn:
    await context.abort(error.code, error.message, error.trailing_metadata())
    raise AssertionError("abort raises")


def make_server(edge: Edge, *, max_message_bytes: int, max_concurrent_calls: int) -> grpc.aio.Server:
    """Make a server.

    Args:
        edge: Stands before its methods.
        max_message_bytes: Longest message that methods read. gRPC itself refuses sixteen times as much, and gives no
            details.
        max_concurrent_calls: Unary calls that are served at once. gRPC itself refuses eight times as many calls and
            streams, without details.

    Returns:
        The server, not started.
    """
    return grpc.aio.server(
        interceptors=[edge],
        maximum_concurrent_rpcs=8 * max_concurrent_calls,
        options=[
            ("grpc.max_receive_message_length", 16 * max_message_bytes),
            ("grpc.so_reuseport", 0),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ],
    )


async def in_thread(work: Callable[[], Any]) -> Any:
    """Run blocking work, such as a query, off the event loop.

    Args:
        work: What to run.

    Returns:
        What it returns. A caller who goes away does not stop it half-way.

    Raises:
        Exception: Whatever it raises; a database that is away as `Retryable`.
    """
    from services.chassis.errors import classify

    try:
        return await asyncio.shield(asyncio.to_thread(work))
    except Exception as error:
        raise classify(error) from error
