"""The console's routes: the page at /console/, what it asks at /console/api/, and one stream for all that is live."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from importlib.resources import files as resources
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount

from admin.actor import current_user
from admin.dead_letters import letter_name
from console import contracts, guard, orders, polling, trouble
from console.answers import Threads, read_json, text_of
from console.live import Live, Part
from console.numbers import Numbers, scraping
from console.settings import Settings
from gateway import errors
from gateway.app import Extension, Gateway, JsonResponse, any_verb, handlers
from local.settings import LOOPBACK, Platform

PATH = "/console"
PROBE_SECONDS = 2.0

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)

Answer = Callable[[Request], Awaitable[Any]]


def _never(_document: dict[str, Any]) -> bool:
    return False


def _always(_document: dict[str, Any]) -> bool:
    # It is work, and so not for pages of others to ask for; but it changes nothing.
    return True


def _is_dry_run(document: dict[str, Any]) -> bool:
    return document.get("dry_run") is not False


class Console:
    """Everything that the page asks for."""

    def __init__(self, platform: Platform, settings: Settings, stopping: asyncio.Event, gateway: Gateway) -> None:
        """Prepare; nothing connects yet.

        Args:
            platform: Where everything is.
            settings: The settings.
            stopping: Set when the process stops.
            gateway: Whose channel is used.
        """
        self._platform = platform
        self._settings = settings
        self._threads = Threads()
        self.orders = orders.Orders(platform, gateway, self._threads)
        topics = polling.TopicRates(platform)
        databases = polling.Databases(platform, topics)
        run = self._threads.run
        self._live = Live(
            (
                Part("platform", partial(run, polling.fetch_platform, platform), PROBE_SECONDS),
                Part("topics", partial(run, topics.poll_once)),
                Part("databases", partial(run, databases.poll_once)),
                Part("orders", self.orders.newest),
            ),
            stopping,
        )
        self._audit = trouble.Audit(self._threads, partial(trouble.audit, platform))
        self._numbers = Numbers(settings.metrics or metrics_of(platform))
        self._files = _read_files()

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Scrape the figures, and let go of everything at the end."""
        # The handlers take a moment to import; the first page should not wait for it.
        tasks = [
            asyncio.create_task(scraping(self._numbers)),
            asyncio.create_task(self._threads.run(contracts.choreography)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            self._live.close()
            self._threads.close()

    def routes(self) -> list[BaseRoute]:
        """Give the routes, from the mount."""
        get, both, threads = self._get, self._both, self._threads.run
        return [
            get("/api/about", self._about),
            get("/api/events/{name}", lambda request: threads(contracts.event, request.path_params["name"])),
            get("/api/shop", lambda _: threads(orders.shop, self._platform)),
            get("/api/stuck", lambda request: threads(trouble.stuck, self._platform, _seconds(request))),
            get("/api/letters/{service}/{number}", self._letter),
            both("/api/letters", self._letters, self._act, reads=_is_dry_run),
            get("/api/numbers", lambda _: self._numbers.to_json()),
            both("/api/audit", lambda _: self._audit.to_json(), self._begin_audit, reads=_always),
            both("/api/orders", self._list, self._place),
            get("/api/orders/{order_id}", self._order),
            both("/api/orders/{order_id}/cancel", None, self._cancel),
            any_verb("/api/live", self._stream),
            any_verb("/{path:path}", self._file),
        ]

    def _get(self, path: str, answer: Answer) -> BaseRoute:
        return self._both(path, answer, None)

    def _both(
        self, path: str, get: Answer | None, post: Answer | None, *, reads: Callable[[dict[str, Any]], bool] = _never
    ) -> BaseRoute:
        """Serve GET, POST, or both. `reads` tells of a POST that it changes nothing."""

        async def serve(request: Request) -> Response:
            guard.check_host(request.headers, self._settings.hosts)
            if request.method in ("GET", "HEAD") and get is not None:
                return JsonResponse(await get(request))
            if request.method == "POST" and post is not None:
                await self._check_post(request, reads)
                return JsonResponse(await post(request))
            allowed = [*(("GET",) if get else ()), *(("POST",) if post else ())]
            raise errors.not_allowed(request.method, allowed)

        return any_verb(path, serve)

    async def _check_post(self, request: Request, reads: Callable[[dict[str, Any]], bool]) -> None:
        guard.check_origin(request)
        request.state.document = await read_json(request)
        if not reads(request.state.document):
            guard.check_write(may_write=self._settings.may_write)

    def _check_get(self, request: Request) -> None:
        guard.check_host(request.headers, self._settings.hosts)
        if request.method not in ("GET", "HEAD"):
            raise errors.not_allowed(request.method, ["GET"])

    async def _about(self, _request: Request) -> dict[str, Any]:
        return {
            "version": version("quadrille"),
            "may_write": self._settings.may_write,
            "actor": current_user(),
            **await self._threads.run(contracts.choreography),
        }

    async def _stream(self, request: Request) -> Response:
        self._check_get(request)
        last = request.headers.get("last-event-id", "")
        # What is no number of ours begins from the present state, as a page does that was never here.
        seen = int(last) if _SEQUENCE.fullmatch(last) else None
        events = self._live.events(seen, self._settings.gateway_heartbeat)
        return StreamingResponse(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def _list(self, request: Request) -> Any:
        return await self.orders.list(dict(request.query_params))

    async def _place(self, request: Request) -> Any:
        document = request.state.document
        return await self.orders.place(document, _who(document))

    async def _order(self, request: Request) -> Any:
        orders.not_an_id(request.path_params["order_id"])
        return await self.orders.get(request.path_params["order_id"])

    async def _cancel(self, request: Request) -> Any:
        orders.not_an_id(request.path_params["order_id"])
        document = request.state.document
        reason = text_of(document, "reason", longest=1000)
        return await self.orders.cancel(request.path_params["order_id"], _who(document), reason)

    async def _letters(self, request: Request) -> Any:
        state = request.query_params.get("state", "OPEN")
        return await self._threads.run(partial(trouble.letters, self._platform, state=state))

    async def _letter(self, request: Request) -> Any:
        named = letter_name(f"{request.path_params['service']}/{request.path_params['number']}")
        if named is None:
            raise errors.no_route()
        return await self._threads.run(trouble.letter, self._platform, *named)

    async def _act(self, request: Request) -> Any:
        document = request.state.document
        return await self._threads.run(trouble.act, self._platform, document, _who(document))

    async def _begin_audit(self, _request: Request) -> Any:
        self._audit.begin()
        return await self._audit.to_json()

    async def _file(self, request: Request) -> Response:
        self._check_get(request)
        found = self._files.get(request.path_params["path"] or "index.html")
        if found is None:
            raise errors.no_route()
        kind, body = found
        return Response(body, media_type=kind, headers={"cache-control": "no-cache"})


def extend(platform: Platform, settings: Settings, stopping: asyncio.Event, gateway: Gateway) -> Extension:
    """Make the console, for the gateway's application.

    Args:
        platform: Where everything is.
        settings: The settings.
        stopping: Set when the process stops.
        gateway: Whose channel is used.

    Returns:
        Its routes, and what lives as long as the application.
    """
    console = Console(platform, settings, stopping, gateway)

    async def slash(_request: Request) -> Response:
        return RedirectResponse(f"{PATH}/")

    inner = Starlette(routes=console.routes(), exception_handlers=handlers())
    inner.router.redirect_slashes = False
    mounted = Mount(PATH, app=guard.Guarded(inner))
    return Extension([any_verb(PATH, slash), mounted], console.lifespan)


def metrics_of(platform: Platform) -> tuple[str, ...]:
    """Tell where the order service's instances give their figures.

    Args:
        platform: Its ports.

    Returns:
        Host and port of each.
    """
    return tuple(f"{LOOPBACK}:{platform.port('order_metrics', n)}" for n in range(1, platform.instances + 1))


def _read_files() -> dict[str, tuple[str, bytes]]:
    found = {}
    for file in (resources("console") / "static").iterdir():
        if file.is_file():
            kind = "text/javascript" if file.name.endswith(".js") else mimetypes.guess_type(file.name)[0]
            found[file.name] = (kind or "application/octet-stream", file.read_bytes())
    return found


def _who(document: dict[str, Any]) -> str:
    name = text_of(document, "actor", longest=180, default="") or current_user()
    return f"{name} (console)"


def _seconds(request: Request) -> float:
    given = request.query_params.get("patience", "60")
    if not _SECONDS.fullmatch(given):
        raise errors.bad_fields([("patience", "must be a number of seconds below 1e9, such as 60 or 2.5")])
    return float(given)
