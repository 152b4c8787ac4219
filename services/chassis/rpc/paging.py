"""Pages (AIP-158). A token holds the key of the last item given, so that pages stay correct while items arrive."""

from __future__ import annotations

import base64
import binascii
import hashlib

from services.chassis.rpc.validation import IDENTIFIER, Violations

# Anybody can make a token: what is in it is no more than a caller's word. A key is an identifier, a UUID or a number.
_KEY = IDENTIFIER
_LONGEST = 120


def size(asked: int, *, default: int, most: int) -> int:
    """Decide how many items a page has.

    Args:
        asked: What the caller asked for; 0 for the default.
        default: The default.
        most: At most so many.

    Returns:
        The number.
    """
    return min(asked or default, most)


def token(last: str, *filters: str) -> str:
    """Make the token of the page after an item.

    Args:
        last: Key of the last item given.
        *filters: What the list is filtered by; a token fits these alone.

    Returns:
        The token.
    """
    return base64.urlsafe_b64encode(f"{_digest(filters)}{last}".encode()).decode().rstrip("=")


def after(violations: Violations, field: str, page_token: str, *filters: str) -> str | None:
    """Read a token.

    Args:
        violations: Takes note of a token that is not ours, or is of a list with other filters.
        field: Path of the field.
        page_token: The token; empty for the first page.
        *filters: What the list is filtered by.

    Returns:
        Key of the last item given; None for the first page, or if the token is wrong.
    """
    if not page_token:
        return None
    text = _decoded(page_token) if len(page_token) <= _LONGEST else ""
    digest = _digest(filters)
    if not text.startswith(digest) or not _KEY.fullmatch(text.removeprefix(digest)):
        violations.add(field, "must be the next_page_token of a list with the same filters")
        return None
    return text.removeprefix(digest)


def _decoded(page_token: str) -> str:
    try:
        return base64.b64decode(page_token + "=" * (-len(page_token) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _digest(filters: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(filters).encode()).hexdigest()[:12]
