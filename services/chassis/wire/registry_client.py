"""Asks a schema registry the two questions that a service has: which id a schema has, and which schema an id.

The standard library's HTTP client, which the metrics' server has loaded anyway. Confluent's own client brings OAuth,
cryptography and a second HTTP stack, a fifth of a service's memory, for what is two requests of the API.

The API: https://docs.confluent.io/platform/current/schema-registry/develop/api.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib import request
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit

_JSON = "application/vnd.schemaregistry.v1+json"
#: Statuses for which another address of the registry is asked.
_ELSEWHERE = frozenset({408, 429, 500, 502, 503, 504})


class Refusal(Exception):
    """The registry answered, and not with what was asked for.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, status: int, content: bytes) -> None:
        """Read what it says.

        Args:
            status: The HTTP status.
            content: The body: by the API, a code and a message as JSON.
        """
        self.status = status
        try:
            found = json.loads(content)
            described = f"{found['message']} (HTTP {status}, code {found['error_code']})"
        except (ValueError, KeyError, TypeError):
            described = f"HTTP {status}, {content[:200]!r}"
        super().__init__(described)


class RegistryClient:
    """Asks one registry. Each question is a connection of its own: a service asks a few when it starts."""

    def __init__(self, url: str, timeout: float) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: The API's base, with user and password if it wants them; with commas between several addresses, which
                are asked in turn. Proxies, and files of certificates, are the environment's: `https_proxy`, `no_proxy`,
                `SSL_CERT_FILE`.
            timeout: Seconds that connecting, or a pause in an answer, may take.

        Raises:
            ValueError: An address is none of HTTP.
        """
        self._timeout = timeout
        self._addresses = [_address(one) for one in url.split(",")]
        #: Its addresses, without passwords.
        self.name = ", ".join(base for base, _ in self._addresses)
        # No handler follows redirects: a password goes to the address that it was given for, and nowhere else.
        self._opener = request.OpenerDirector()
        handlers: list[request.BaseHandler] = [
            request.ProxyHandler(),
            request.HTTPHandler(),
            request.HTTPDefaultErrorHandler(),
            request.HTTPErrorProcessor(),
        ]
        if any(base.startswith("https:") for base, _ in self._addresses):
            # It reads all certificates that this machine trusts, some megabytes of them.
            handlers.append(request.HTTPSHandler())
        for handler in handlers:
            self._opener.add_handler(handler)

    def schema(self, id_: int) -> str:
        """Ask for the schema of an id.

        Args:
            id_: The registry's id.

        Returns:
            The schema's text.

        Raises:
            Refusal: The registry says something else; 404 if it has no such id.
            OSError: It does not answer.
            HTTPException: What it answers is not HTTP, or ends too early.
            ValueError: What it answers is not of the API.
        """
        text = self._ask(f"schemas/ids/{id_}").get("schema")
        if not isinstance(text, str):
            raise ValueError(f"the registry answers without a schema for the id {id_}")  # noqa: TRY004 - its mistake
        return text

    def id_of(self, subject: str, text: str) -> int:
        """Ask for the id of a schema; it must be registered.

        Args:
            subject: The subject.
            text: The schema.

        Returns:
            The id.

        Raises:
            Refusal: The registry says something else; 404 if it has no such subject, or not this schema of it.
            OSError: It does not answer.
            HTTPException: What it answers is not HTTP, or ends too early.
            ValueError: What it answers is not of the API.
        """
        id_ = self._ask(f"subjects/{quote(subject, safe='')}", {"schema": text, "schemaType": "AVRO"}).get("id")
        if not isinstance(id_, int):
            raise ValueError(f"the registry answers without an id for {subject}")  # noqa: TRY004 - its mistake
        return id_

    def _ask(self, path: str, body: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        *others, last = self._addresses
        for address in others:
            try:
                return self._ask_at(address, path, body)
            except Refusal as refusal:
                if refusal.status not in _ELSEWHERE:
                    raise
            except (OSError, HTTPException, ValueError):
                pass
        return self._ask_at(last, path, body)

    def _ask_at(
        self, address: tuple[str, Mapping[str, str]], path: str, body: Mapping[str, str] | None
    ) -> Mapping[str, Any]:
        base, headers = address
        asked = request.Request(  # noqa: S310 - `_address` lets HTTP and HTTPS through, and nothing else
            f"{base}/{path}",
            None if body is None else json.dumps(body).encode(),
            {**headers, **({} if body is None else {"Content-Type": _JSON})},
        )
        try:
            with self._opener.open(asked, timeout=self._timeout) as answer:
                found = json.loads(answer.read())
        except HTTPError as error:
            with error:
                raise Refusal(error.code, error.read()) from error
        if not isinstance(found, dict):
            raise ValueError(f"the registry answers with no JSON object to {path}")  # noqa: TRY004 - its mistake
        return found


def _address(url: str) -> tuple[str, Mapping[str, str]]:
    parts = urlsplit(url.strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            f"{url!r} is no address of a registry; QUADRILLE_REGISTRY_URL must be like http://host:8081/path"
        )
    headers = {"Accept": f"{_JSON}, application/json"}
    if parts.username is not None and parts.password is not None:
        given = f"{unquote(parts.username)}:{unquote(parts.password)}"
        headers["Authorization"] = f"Basic {base64.b64encode(given.encode()).decode()}"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), headers
