"""The gateway's process: settings, logs, one server, an orderly stop. The console runs the same with more on it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from pydantic import ValidationError
from starlette.types import ASGIApp

from gateway import logs, metrics
from gateway.routes import RouteError
from gateway.settings import Settings
from telemetry import spans
from telemetry.metrics import CannotServeMetrics, serve

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


async def _serve(settings: Settings, build: Build) -> int:
    stopping = asyncio.Event()
    config = uvicorn.Config(
        build(settings, stopping),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        http="h11",
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
    try:
        settings = read_settings()
    except ValidationError as error:
        for found in error.errors():
            name = "_".join(str(part) for part in found["loc"]).upper()
            sys.stderr.write(f"QUADRILLE_{name} is {found['input']!r}: {found['msg']}\n")
        return 2
    logs.configure(settings.instance, settings.log_level)
    spans.configure("gateway", settings.instance)
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
