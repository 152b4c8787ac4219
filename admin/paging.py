"""Pages of an API made into one list (https://google.aip.dev/158)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from admin.clients import CALL_SECONDS

#: The largest page that most lists give.
LARGEST_PAGE = 500


def paginate(
    ask: Callable[..., Any],
    request: Any,
    items: str,
    most: int | None,
    *,
    at_once: int = LARGEST_PAGE,
    timeout: float = CALL_SECONDS,
) -> Iterator[Any]:
    """Ask for page after page, each when the one before has been read.

    Args:
        ask: The method that lists.
        request: Its request, with the filters; its `page_size` and `page_token` are set here.
        items: The answer's field that holds them.
        most: At most so many; None for all.
        at_once: The largest page that this list gives.
        timeout: Seconds for each page.

    Yields:
        The items, in the API's order.
    """
    given = 0
    while most is None or given < most:
        request.page_size = at_once if most is None else min(at_once, most - given)
        page = ask(request, timeout=timeout)
        found = getattr(page, items)
        yield from found
        given += len(found)
        request.page_token = page.next_page_token
        if not request.page_token:
            return
