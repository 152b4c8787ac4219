"""Asking over HTTP: one request, and an answer that is a whole one or `Unknown`.

What a provider must do, and what this takes as its answer, is in `docs/remote-providers.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import httpx2

from services.chassis.errors import Unknown
from services.chassis.observe import tracing
from telemetry import spans

LONGEST_ANSWER_BYTES = 1 << 16
#: Statuses that say: later.
LATER = frozenset({408, 425, 429})
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider said.

    Attributes:
        status: The HTTP status: 2xx or 4xx.
        body: The JSON object.
    """

    status: int
    body: Mapping[str, Any]


class HttpClient:
    """Posts JSON with an idempotency key, and reads JSON that names the same key."""

    def __init__(self, url: str, *, timeout: float, connections: int, token: str = "") -> None:
        """Prepare; it connects when it is used.

        Args:
            url: Base URL.
            timeout: Seconds that connecting, or a pause in an answer, may take.
            connections: At most.
            token: Sent as a bearer token; empty for none.
        """
        self._client = httpx2.AsyncClient(
            base_url=url.rstrip("/"),
            timeout=timeout,
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            follow_redirects=False,
        )

    async def post(self, path: str, idempotency_key: UUID, body: Mapping[str, Any]) -> Reply:
        """Ask once.

        Args:
            path: Path below the base URL.
            idempotency_key: Sent as `Idempotency-Key`; the answer must carry it as `idempotency_key`.
            body: The request.

        Returns:
            A whole answer.

        Raises:
            Unknown: Anything else: no answer, half of one, an error of the server, "later", or nonsense.
        """
        base = self._client.base_url
        port = base.port or (443 if base.scheme == "https" else 80)
        url = f"{str(base).rstrip('/')}/{path.lstrip('/')}"
        span = tracing.requesting("POST", url, base.host, port)
        context = span.traceparent if span is not None else spans.current()
        try:
            reply = await self._post(path, idempotency_key, body, {"traceparent": context} if context else {})
        except BaseException as error:
            if span is not None:
                span.end(failed=type(error).__name__)
            raise
        if span is not None:
            span.end(attributes={"http.response.status_code": reply.status})
        return reply

    async def _post(
        self, path: str, idempotency_key: UUID, body: Mapping[str, Any], context: Mapping[str, str]
    ) -> Reply:
        headers = {"Idempotency-Key": str(idempotency_key), **context}
        try:
            async with self._client.stream("POST", path, json=body, headers=headers) as response:
                content = b""
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > LONGEST_ANSWER_BYTES:
                        raise Unknown(f"HTTP {response.status_code} with more than {LONGEST_ANSWER_BYTES} bytes")
        except httpx2.TimeoutException as error:
            raise Unknown(f"no answer: {type(error).__name__}") from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise Unknown(f"no answer: {type(error).__name__}: {error}") from error
        status = response.status_code
        if status >= 500 or status in LATER or not (200 <= status < 300 or 400 <= status < 500):
            raise Unknown(f"HTTP {status}", after=_after(response.headers.get("Retry-After")))
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Unknown(f"HTTP {status}, and the answer is no JSON") from error
        if not isinstance(found, dict):
            raise Unknown(f"HTTP {status}, and the answer is no JSON object")
        if found.get("idempotency_key") != str(idempotency_key):
            raise Unknown(f"HTTP {status}, and the answer is for the key {found.get('idempotency_key')!r}")
        return Reply(status, found)

    async def close(self) -> None:
        """Let connections go."""
        await self._client.aclose()


def _after(value: str | None) -> float | None:
    """Read `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date."""
    if value is None:
        return None
    # A digit of another script, or of a power, is none here.
    if _SECONDS.fullmatch(value.strip()):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    now = datetime.now(UTC)
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
