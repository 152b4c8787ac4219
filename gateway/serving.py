"""The gateway's process: settings, logs, one server, an orderly stop. The console runs the same with more on it."""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import cast

import uvicorn
from pydantic import ValidationError
from starlette.types import ASGIApp

from gateway import logs, metrics
from gateway.http_protocol import TOLD_AT_ONCE, Limits, Protocol
from gateway.routes import RouteError
from gateway.settings import Settings
from telemetry import spans
from telemetry.escaping import guard_streams
from telemetry.metrics import CannotServeMetrics, serve

log = logging.getLogger(__name__)

#: Of files that are no connections of callers: those that are told that there are too many, gRPC's, the program's.
_OTHER_FILES = TOLD_AT_ONCE + 150

#: Makes the application; the event is set when the process is told to stop.
Build = Callable[[Settings, asyncio.Event], ASGIApp]


class Server(uvicorn.Server):
    """Uvicorn, which tells the streams that it stops: it would wait for them to end by themselves."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        """Prepare.

        Args:
            config: Uvicorn's own.
            stopping: Set when a signal asks to stop.
        """
        super().__init__(config)
        self._told = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Stop. The signal is not raised again afterwards: an orderly stop exits with 0."""
        self.should_exit = True
        self._told.set()


def _limits(settings: Settings) -> Limits:
    return Limits(
        connections=settings.gateway_max_connections,
        head_bytes=settings.gateway_max_head_bytes,
        headers=settings.gateway_max_headers,
        head_timeout_seconds=settings.gateway_head_timeout_seconds,
        body_timeout_seconds=settings.gateway_body_timeout_seconds,
        write_timeout_seconds=settings.gateway_write_timeout_seconds,
    )


def _allow_files(connections: int) -> None:
    """Let this process open as many files as its connections need, or say that it cannot."""
    wanted = connections + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        if allowed < wanted:
            log.warning("this process may open fewer files than it takes connections", extra={"files": allowed})


async def _serve(settings: Settings, build: Build) -> int:
    stopping = asyncio.Event()
    config = uvicorn.Config(
        build(settings, stopping),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # A partial is called like the class that it stands for.
        http=cast("type[asyncio.Protocol]", partial(Protocol, limits=_limits(settings))),
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=max(1, round(settings.gateway_stop_grace)),
    )
    server = Server(config, stopping)
    await server.serve()
    return 0 if server.started else 1


def run(read_settings: Callable[[], Settings], build: Build) -> int:
    """Run until told to stop.

    Args:
        read_settings: Reads the settings.
        build: Makes the application.

    Returns:
        0 after an orderly stop, 1 if it cannot listen, 2 if a setting or an HTTP option is wrong.
    """
    guard_streams()
    try:
        settings = read_settings()
    except ValidationError as error:
        for found in error.errors():
            name = "_".join(str(part) for part in found["loc"]).upper()
            sys.stderr.write(f"QUADRILLE_{name} is {found['input']!r}: {found['msg']}\n")
        return 2
    logs.configure(settings.instance, settings.log_level)
    spans.configure("gateway", settings.instance)
    _allow_files(settings.gateway_max_connections)
    try:
        if settings.metrics_listen:
            serve(metrics.REGISTRY, settings.metrics_listen)
        return asyncio.run(_serve(settings, build))
    except CannotServeMetrics as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except RouteError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        spans.stop()
