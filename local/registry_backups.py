"""Backups of the schema registry, by Apicurio's own export and import: ids come back as they were.

Readers that go by the id in a record's prefix need them. Registering the same schemas again gives ids anew, and so does
an import by the Confluent-compatible API.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from local import platform as platform_
from local import provision, state
from local.errors import LocalError, ServerUnreachableError
from local.probes import probe_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.settings import Platform

CALL_SECONDS = 60.0
STARTS_SECONDS = 120.0
COMPATIBLE = "/apis/ccompat/"
NAME = "registry"


def dump(platform: Platform, file: Path) -> int:
    """Write all that the registry has to a file, with its ids.

    Args:
        platform: Where it is.
        file: Where to; Apicurio's export, a ZIP file.

    Returns:
        The number of bytes.

    Raises:
        LocalError: The file is there already, or the registry has no such export.
        ServerUnreachableError: It does not answer.
    """
    if file.exists():
        raise LocalError(f"{file} is there already; name another file.")
    content = _call(platform, "GET", "export")
    file.write_bytes(content)
    return len(content)


def restore(platform: Platform, file: Path) -> str:
    """Put an export in the place of what the registry has.

    The local registry gets an empty database first; what it had is kept beside it. One elsewhere must be empty.

    Args:
        platform: Where it is.
        file: The export.

    Returns:
        The name under which the replaced database is kept; empty if there was none.

    Raises:
        LocalError: The file is no export, or the registry is another's and not empty.
        ServerUnreachableError: It does not answer.
    """
    if not file.is_file():
        raise LocalError(f"there is no file {file}.")
    if not file.read_bytes().startswith(b"PK"):
        raise LocalError(f"{file} is no export of the registry: that is a ZIP file.")
    kept = ""
    if _subjects(platform):
        if platform.is_external(NAME):
            raise LocalError(
                f"the registry at {platform.registry_url} is not empty, and it is not ours; empty it yourself first."
            )
        kept = _emptied(platform)
    headers = {"Content-Type": "application/zip"}
    headers |= {f"X-Registry-Preserve-{kind}": "true" for kind in ("GlobalId", "ContentId")}
    _call(platform, "POST", "import", file.read_bytes(), headers)
    return kept


def _emptied(platform: Platform) -> str:
    admin = platform.postgres_admin_url
    name = unquote(urlsplit(platform.registry_database_url).path.lstrip("/"))
    kept, fresh = f"{name}_replaced_{datetime.now(UTC):%Y%m%d%H%M%S}", f"{name}_restoring"
    with _stopped(platform):
        provision.drop_database(admin, fresh)
        provision.own_database(admin, platform.registry_database_url.rpartition("/")[0] + f"/{fresh}")
        provision.replace_database(admin, name, fresh, kept)
    deadline = time.monotonic() + STARTS_SECONDS
    while True:
        try:
            probe_server(platform, NAME)
        except ServerUnreachableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return kept


@contextmanager
def _stopped(platform: Platform) -> Iterator[None]:
    names = state.wanted(platform.run)
    platform_.set_running(platform, [name for name in names if name != NAME])
    deadline = time.monotonic() + STARTS_SECONDS
    while (current := state.read(platform.run)) and NAME in current.processes and current.processes[NAME].alive():
        if time.monotonic() > deadline:
            raise LocalError("the registry did not stop; see `quadrille status`.")
        time.sleep(0.05)
    try:
        yield
    finally:
        platform_.set_running(platform, names)


def _subjects(platform: Platform) -> list[str]:
    content = _request(platform, urllib.request.Request(f"{platform.registry_url}/subjects"))  # noqa: S310 - probed
    found: list[str] = json.loads(content)
    return found


def _call(
    platform: Platform, method: str, what: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    root, found, _ = platform.registry_url.partition(COMPATIBLE)
    if not found:
        raise LocalError(f"{platform.registry_url} is no Apicurio registry: use its own backup.")
    url = f"{root}/apis/registry/v3/admin/{what}"
    request = urllib.request.Request(url, method=method, data=body, headers=headers or {})  # noqa: S310 - as above
    return _request(platform, request)


def _request(platform: Platform, request: urllib.request.Request) -> bytes:
    if not platform.registry_url.startswith(("http://", "https://")):
        raise LocalError(f"{platform.registry_url} is no http:// or https:// URL.")
    try:
        with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:  # noqa: S310 - checked above
            content: bytes = answer.read()
            return content
    except urllib.error.HTTPError as error:
        raise LocalError(f"the registry refuses it: {_why(error)}.") from None
    except (OSError, http.client.HTTPException) as error:
        raise ServerUnreachableError(
            f"the registry at {platform.registry_url} does not answer ({error}); run `quadrille up`."
        ) from None


def _why(error: Any) -> str:
    try:
        document = json.loads(error.read())
        return str(document.get("title") or document.get("message") or error)
    except (ValueError, AttributeError):
        return str(error)
