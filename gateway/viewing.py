"""The page at `/docs`, which shows the OpenAPI document and lets people try it: Swagger UI, from this process alone.

Invariants:

- No file comes from another origin. `POLICY` has the browser refuse every request to one.
- `swagger-ui/` is a release, byte for byte (`gateway/viewer/README.md`); a test holds it to its checksums.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files as resources

from starlette.requests import Request
from starlette.responses import Response

#: Content-Security-Policy (https://www.w3.org/TR/CSP3/). Swagger UI's style sheet has pictures of its own: `data:`.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = "/docs"
_FILES = {
    PAGE: ("index.html", "text/html"),
    f"{PAGE}/viewer.js": ("viewer.js", "text/javascript"),
    f"{PAGE}/viewer.css": ("viewer.css", "text/css"),
    f"{PAGE}/swagger-ui-bundle.js": ("swagger-ui/swagger-ui-bundle.js", "text/javascript"),
    f"{PAGE}/swagger-ui.css": ("swagger-ui/swagger-ui.css", "text/css"),
}


class File:
    """A file of the page, with the headers that it is served with. Packed once, when the gateway starts."""

    def __init__(self, name: str, kind: str) -> None:
        """Read it.

        Args:
            name: Its path in `gateway/viewer`.
            kind: Its media type.
        """
        self._plain = resources("gateway").joinpath("viewer", name).read_bytes()
        self._packed = gzip.compress(self._plain, mtime=0)
        self._tag = f'"{hashlib.sha256(self._plain).hexdigest()[:32]}"'
        self._kind = kind

    async def serve(self, request: Request) -> Response:
        """Give the file, or say that the caller has it already.

        Args:
            request: The request.

        Returns:
            The answer.
        """
        headers = {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
            "ETag": self._tag,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == self._tag:
            return Response(status_code=304, headers=headers)
        accepted = [one.partition(";")[0].strip() for one in request.headers.get("accept-encoding", "").split(",")]
        if "gzip" in accepted:
            return Response(self._packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=self._kind)
        return Response(self._plain, headers=headers, media_type=self._kind)


@cache
def files() -> dict[str, File]:
    """Read the page.

    Returns:
        Its files by path.
    """
    return {path: File(name, kind) for path, (name, kind) in _FILES.items()}
