"""Who may change something, and the headers of every answer.

- A page may load and ask what comes from here, and nothing else: no script of others, none inside HTML.
- A request must name this host by a name that was set: DNS rebinding makes another page's name point here.
- A request that is not GET or HEAD must come from this page: the browser says so (Sec-Fetch-Site, Origin), and it
  carries a header that a form of another page cannot send (OWASP, Cross-Site Request Forgery Prevention Cheat Sheet).
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.answers import refused
from gateway import errors

#: Sent by the page with each request that is not GET.
HEADER = "x-quadrille-console"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guarded:
    """Gives every answer the headers that keep other pages out."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        Args:
            app: The application.
        """
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, guarded)


def check_host(headers: Headers, hosts: Collection[str]) -> None:
    """Refuse a request that calls this process by a name that it does not have.

    Args:
        headers: The request's.
        hosts: The names.

    Raises:
        HttpError: 403.
    """
    given = headers.get("host", "")
    if _parts(f"//{given}")[0] not in hosts:
        why = f"this host is not called {errors.quoted(given)}; name it in QUADRILLE_CONSOLE_HOSTS if it is"
        raise refused("PERMISSION_DENIED", why)


def _parts(url: str) -> tuple[str, str]:
    """Give the host of a URL, and its host with the port; both empty if it is no URL."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.netloc
    except ValueError:  # a bracket that does not close, for one
        return "", ""


def check_origin(request: Request) -> None:
    """Refuse what does not come from the console's own page.

    Args:
        request: The request.

    Raises:
        HttpError: 403.
    """
    headers = request.headers
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    foreign = origin is not None and _parts(origin)[1] != headers.get("host", "")
    if foreign or (site is not None and site != "same-origin") or headers.get(HEADER) != "1":
        raise refused("PERMISSION_DENIED", f"this is for the console's own page, which sends `{HEADER}: 1`")


def check_write(*, may_write: bool) -> None:
    """Refuse a change that was not allowed.

    Args:
        may_write: Whether the setting allows changes.

    Raises:
        HttpError: 403.
    """
    if not may_write:
        raise refused(
            "PERMISSION_DENIED", "the console may only read; start it with QUADRILLE_CONSOLE=write to change something"
        )
