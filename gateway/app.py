"""The ASGI application: an endpoint for each path that the protos declare, a page to try them, and the own health."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files as resources
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from quadrille.order.v1 import order_service_pb2
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as Endpoint
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import bodies, channels, errors, metrics, routes, streaming, tracing, transcoding, viewing
from gateway.errors import HttpError
from gateway.settings import Settings
from telemetry import spans
from telemetry.escaping import shown
from telemetry.spans import Span

log = logging.getLogger(__name__)

SERVICES: tuple[ServiceDescriptor, ...] = (order_service_pb2.DESCRIPTOR.services_by_name["OrderService"],)
REQUEST_TIMEOUT = "request-timeout"
HEALTH_SECONDS = 2.0
#: Asked all the time, by machines: neither traced nor logged.
_OWN = frozenset({"/healthz", "/readyz"})
#: Where a request's scope has the path of its route, as the proto declares it.
ROUTE = "quadrille.route"
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


class JsonResponse(Response):
    """JSON in UTF-8. What a terminal would obey in it is escaped, for people who ask with curl."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Write the object."""
        return shown(json.dumps(content, ensure_ascii=False, separators=(",", ":"))).encode()


class Gateway:
    """Serves routes by calling their methods."""

    def __init__(self, settings: Settings, stopping: asyncio.Event) -> None:
        """Prepare; nothing connects yet.

        Args:
            settings: The settings.
            stopping: Set when the gateway stops: streams then end.
        """
        self._settings = settings
        self._stopping = stopping
        self._channel: grpc.aio.Channel | None = None

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Hold the channel to the service for as long as the application lives."""
        addresses = channels.split(self._settings.order_address)
        options = channels.options(addresses, [service.full_name for service in SERVICES])
        async with grpc.aio.insecure_channel(channels.target(addresses), options=options) as channel:
            self._channel = channel
            yield

    @property
    def channel(self) -> grpc.aio.Channel:
        """The channel to the service."""
        if self._channel is None:
            raise AssertionError("the application was not started")
        return self._channel

    async def serve(self, by_verb: Mapping[str, routes.Route], request: Request) -> Response:
        """Answer a request for one path.

        Args:
            by_verb: The path's routes.
            request: The request.

        Returns:
            The answer.

        Raises:
            HttpError: The answer is an error.
        """
        route = by_verb.get(request.method)
        get = by_verb.get("GET")
        if route is None and request.method == "HEAD" and get is not None and not get.streams:
            route = get
        if route is None:
            raise errors.not_allowed(request.method, sorted(by_verb))
        limit = self._settings.gateway_max_body_bytes
        body = await bodies.read(request, limit, may_be_missing=True) if route.has_body else b""
        headers = dict(request.headers)
        message = transcoding.request(route, request.path_params, request.query_params.multi_items(), headers, body)
        timeout = self._timeout(headers.get(REQUEST_TIMEOUT), default=None if route.streams else True)
        span = tracing.calling(route.name)
        method = self.channel.unary_stream if route.streams else self.channel.unary_unary
        call = method(
            route.name,
            request_serializer=type(message).SerializeToString,
            response_deserializer=route.response.FromString,
        )(message, timeout=timeout, metadata=_metadata(span))
        if route.streams:
            return await streaming.answer(
                call,
                resumes=route.resumes,
                heartbeat=self._settings.gateway_heartbeat,
                stopping=self._stopping,
                ended=partial(tracing.called, span, streams=True),
            )
        try:
            answer = await _answer(call, request)
        finally:
            tracing.called(span, (await call.code()).name)
        return JsonResponse(transcoding.response(answer))

    def _timeout(self, header: str | None, *, default: bool | None) -> float | None:
        longest = self._settings.gateway_longest_deadline
        if header is None:
            return self._settings.gateway_deadline if default else None
        seconds = float(header) if _SECONDS.fullmatch(header) else 0.0
        if not 0 < seconds <= longest:
            raise errors.bad_fields(
                [("Request-Timeout", f"must be a number of seconds above 0 and up to {longest:g}, such as 2.5")]
            )
        return seconds

    async def ready(self, _request: Request) -> Response:
        """Say whether the service answers."""
        stub = health_pb2_grpc.HealthStub(self.channel)
        try:
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=HEALTH_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise errors.from_call(error) from None
        serving = answer.status == health_pb2.HealthCheckResponse.SERVING
        name = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
        return JsonResponse({"status": name}, status_code=200 if serving else 503)


async def alive(_request: Request) -> Response:
    """Say that the gateway answers, whatever becomes of its calls."""
    return JsonResponse({"status": "SERVING"})


async def describe(document: bytes, _request: Request) -> Response:
    """Give the OpenAPI document, as `make generate` made it from the protos."""
    return Response(document, media_type="application/json")


async def _answer(call: Any, request: Request) -> Any:
    """Wait for a call, and end it if its caller goes away first."""
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({answer := asyncio.ensure_future(_await(call)), gone}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise ClientDisconnect
        return answer.result()
    except grpc.aio.AioRpcError as error:
        raise errors.from_call(error) from None
    finally:
        call.cancel()
        gone.cancel()


async def _await(call: Any) -> Any:
    return await call


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _metadata(span: Span | None) -> tuple[tuple[str, str], ...]:
    context = span.traceparent if span is not None else spans.current()
    return (("traceparent", context),) if context else ()


async def _on_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HttpError):
        raise error
    return JsonResponse(error.body(), status_code=error.http_code, headers=error.headers)


async def _on_unknown_path(_request: Request, _error: Exception) -> Response:
    return await _on_error(_request, errors.no_route())


async def _on_defect(_request: Request, _error: Exception) -> Response:
    return await _on_error(_request, errors.internal())


async def _on_gone(_request: Request, _error: Exception) -> Response:
    # Nobody reads it; the log shows the code.
    return Response(status_code=errors.HTTP_CODES["CANCELLED"])


class AccessLog:
    """Logs each request when it has been answered."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        Args:
            app: The application.
        """
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, streams = time.monotonic(), 0, False
        method, path = scope["method"], scope["path"]
        headers = dict(scope["headers"])
        span = None
        if path not in _OWN:
            span = tracing.receiving(method, path, headers.get(b"traceparent", b"").decode("latin-1"))

        async def noting(message: Any) -> None:
            nonlocal status, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                streams = dict(message["headers"]).get(b"content-type", b"").startswith(b"text/event-stream")
                metrics.STREAMS.inc(streams)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            metrics.STREAMS.dec(streams)
            route = scope.get(ROUTE, metrics.NO_ROUTE)
            metrics.answered(method, route, status, time.monotonic() - began, streamed=streams)
            if span is not None:
                named = "" if route == metrics.NO_ROUTE else f"{method} {route}"
                attributes = {"http.response.status_code": status, **({"http.route": route} if named else {})}
                span.end(name=named, failed=str(status) if status >= 500 else "", attributes=attributes)
            seconds = round(time.monotonic() - began, 4)
            level = logging.DEBUG if path in _OWN else logging.INFO
            told = {"method": method, "path": path, "status": status, "seconds": seconds}
            log.log(level, "answered", extra=told)


@dataclass(frozen=True, slots=True)
class Extension:
    """What another process serves beside the API, in the same application.

    Attributes:
        routes: Where.
        lifespan: Entered once the gateway's channel is open, and left before it closes.
    """

    routes: Sequence[BaseRoute]
    lifespan: Callable[[], AbstractAsyncContextManager[None]]


def build(settings: Settings, stopping: asyncio.Event, extend: Callable[[Gateway], Extension] | None = None) -> ASGIApp:
    """Build the application.

    Args:
        settings: The settings.
        stopping: Set when the gateway stops.
        extend: Makes what is served beside the API.

    Returns:
        The application.

    Raises:
        RouteError: An HTTP option of the protos cannot be served.
    """
    gateway = Gateway(settings, stopping)
    endpoints: list[BaseRoute] = [
        single("/healthz", alive),
        single("/readyz", gateway.ready),
        single("/openapi.json", partial(describe, resources("quadrille").joinpath("openapi.json").read_bytes())),
        *(single(path, file.serve) for path, file in viewing.files().items()),
    ]
    by_path: dict[str, dict[str, routes.Route]] = {}
    for route in routes.read(SERVICES):
        by_path.setdefault(route.path, {})[route.verb] = route
    for path, by_verb in by_path.items():
        endpoints.append(any_verb(path, partial(gateway.serve, by_verb)))
    extension = extend(gateway) if extend is not None else None
    if extension is not None:
        endpoints.extend(extension.routes)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(gateway.lifespan(app))
            if extension is not None:
                await stack.enter_async_context(extension.lifespan())
            yield

    app = Starlette(routes=endpoints, lifespan=lifespan, exception_handlers=handlers())
    app.router.redirect_slashes = False
    return AccessLog(app)


def handlers() -> dict[Any, Any]:
    """Give how errors are answered: each as a google.rpc.Status."""
    return {
        HttpError: _on_error,
        404: _on_unknown_path,
        ClientDisconnect: _on_gone,
        Exception: _on_defect,
    }


def single(path: str, serve: Callable[[Request], Any]) -> Endpoint:
    """Serve GET and HEAD of a path, and refuse other methods with a Status.

    Args:
        path: The path.
        serve: Answers.
    """

    async def only_get(request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            raise errors.not_allowed(request.method, ["GET"])
        answer: Response = await serve(request)
        return answer

    return any_verb(path, only_get)


def any_verb(path: str, serve: Callable[[Request], Any]) -> Endpoint:
    """Serve every method of a path.

    Args:
        path: The path.
        serve: Answers; it refuses methods itself.
    """

    async def named(request: Request) -> Response:
        # Inside of a mount the path has the mount's before it.
        request.scope[ROUTE] = request.scope.get("root_path", "") + path
        answer: Response = await serve(request)
        return answer

    endpoint = Endpoint(path, named)
    # Starlette answers 405 by itself for methods that it is not told about, without a Status.
    endpoint.methods = set()
    return endpoint
