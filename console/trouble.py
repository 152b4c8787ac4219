"""What went wrong: stuck orders, dead letters and the audit, as `quadrille list --stuck`, `dlq` and `audit` see it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, LiteralString

from admin import dead_letters
from admin.dead_letters import Chosen, Unanswered, letter_name
from admin.errors import Refused, Unreachable
from console import databases
from console.answers import Threads, refused, text_of
from gateway import errors
from gateway.errors import HttpError
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from local.settings import Platform

MOST_STUCK = 100
STUCK_SECONDS = 5.0
MOST_LETTERS = 200
_LETTERS: LiteralString = """
    SELECT id, aggregate, error_type FROM dead_letters
    WHERE state = 'OPEN' AND aggregate = ANY(%s::uuid[]) ORDER BY aggregate, id LIMIT 1000
"""


def stuck(platform: Platform, patience: float) -> dict[str, Any]:
    """Find orders that wait too long.

    Args:
        platform: Where the services are.
        patience: How many seconds are too long.

    Returns:
        The newest of them, with what each waits for, and whether there may be more: the search ends after some seconds.

    Raises:
        AdminError: The order service does not answer, or refuses the request.
    """
    from admin.orders import order_document, stuck_orders

    now = datetime.now(UTC)
    found = stuck_orders(platform, waiting_seconds=patience, now=now, most=MOST_STUCK + 1, search_seconds=STUCK_SECONDS)
    orders = [order for order, _ in found.orders[:MOST_STUCK]]
    letters_of = letters_of_orders(platform, [order.order_id for order in orders])
    listed = [
        {
            **{name: value for name, value in order_document(order, found.calls, now).items() if name != "timeline"},
            "letters": letters_of.get(order.order_id, []),
        }
        for order in orders
    ]
    return {"orders": listed, "patience": patience, "more": found.more}


def letters(platform: Platform, *, state: str) -> dict[str, Any]:
    """List dead letters of all services.

    Args:
        platform: Where they are.
        state: `OPEN`, `REPLAYED` or `DROPPED`; all if empty.

    Returns:
        The oldest of each service, how many are left out at least, and which services did not answer.
    """
    from quadrille.ops.v1.dead_letter_service_pb2 import DeadLetterState

    if state not in ("", "OPEN", "REPLAYED", "DROPPED"):
        raise errors.bad_fields([("state", "must be OPEN, REPLAYED or DROPPED")])
    wanted = DeadLetterState.Value(f"DEAD_LETTER_STATE_{state or 'UNSPECIFIED'}")
    unanswered = Unanswered((Refused, Unreachable))
    found = dead_letters.letters_of_services(platform, SERVICES, MOST_LETTERS, unanswered, state=wanted)
    listed = [dead_letters.letter_json(service, letter) for service, letter in found]
    counts = Counter(letter["service"] for letter in listed)
    return {
        "letters": sorted(listed, key=lambda letter: letter["fail_time"]),
        "away": {service: str(error) for service, error in unanswered.errors.items()},
        "cut": [service for service, count in counts.items() if count == MOST_LETTERS],
    }


def letters_of_orders(platform: Platform, order_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Find the open letters of orders, in the databases, as the role that can only read.

    Args:
        platform: Where they are.
        order_ids: Which orders.

    Returns:
        The letters of each order that has any, by service and number. Of a database that does not answer there are
        none: what is away is named on top of every view.
    """
    import psycopg

    found: dict[str, list[dict[str, Any]]] = {}
    if not order_ids:
        return found
    for service in SERVICES:
        try:
            with databases.connect(platform, service) as connection:
                for number, order_id, error_type in connection.execute(_LETTERS, ([*order_ids],)):
                    one = {"name": f"{service}/{number}", "service": service, "error_type": error_type}
                    found.setdefault(str(order_id), []).append(one)
        except psycopg.Error:
            continue
    return found


def letter(platform: Platform, service: str, number: int) -> dict[str, Any]:
    """Give one dead letter: decoded if it can be, its bytes, its headers, what is before and behind it of its order.

    Args:
        platform: Where its service is.
        service: Its service.
        number: Its number there.

    Raises:
        AdminError: There is none, or the service does not answer.
    """
    from quadrille.ops.v1.dead_letter_service_pb2 import GetDeadLetterRequest

    with dead_letters.client(platform, service) as stub:
        found = stub.GetDeadLetter(GetDeadLetterRequest(dead_letter_id=number), timeout=dead_letters.CALL_SECONDS)
    document = dead_letters.letter_json(service, found)
    document["key_text"] = dead_letters.format_bytes(found.key)
    open_ = letters_of_orders(platform, [found.aggregate_id] if found.aggregate_id else [])
    own = [one for one in open_.get(found.aggregate_id, ()) if one["service"] == service]
    numbers = [int(one["name"].rpartition("/")[2]) for one in own]
    document["before"] = next((f"{service}/{one}" for one in numbers if one < number), "")
    document["behind"] = sum(one > number for one in numbers)
    document["headers"] = [
        {"name": header.name, "value": dead_letters.format_bytes(header.value)} for header in found.headers
    ]
    return document


def act(platform: Platform, document: dict[str, Any], actor: str) -> dict[str, Any]:
    """Replay or drop dead letters, or try it.

    Args:
        platform: Where the services are.
        document: `method`: `Replay` or `Drop`; `letters`, by name, or `error`, their type; `reason`; `dry_run`.
        actor: Who asks; kept in the letters' history, with the reason.

    Returns:
        What became of each letter, and how many of each outcome.

    Raises:
        HttpError: The request is wrong.
    """
    method = document.get("method")
    if method not in ("Replay", "Drop"):
        raise errors.bad_fields([("method", "must be Replay or Drop")])
    names, error_type = document.get("letters", []), document.get("error", "")
    if not isinstance(names, list) or not isinstance(error_type, str):
        raise errors.bad_fields([("letters", "must be a list of names like payment/17")])
    chosen = Chosen.of([_name(name) for name in names], order="", error=error_type, everything=False, services=())
    dry_run = document.get("dry_run", True)
    if not isinstance(dry_run, bool):
        raise errors.bad_fields([("dry_run", "must be true or false")])
    reason = text_of(document, "reason", longest=1000)
    counts: Counter[str] = Counter()
    results = []
    unanswered = Unanswered()
    for service, result in dead_letters.results_of_services(
        platform, method, chosen, unanswered, reason=reason, dry_run=dry_run, who=actor
    ):
        outcome = dead_letters.outcome_name(result)
        counts[outcome] += 1
        results.append(
            {
                "name": f"{service}/{result.dead_letter_id}",
                "order_id": result.aggregate_id,
                "outcome": outcome,
                "error": f"{result.error_type}: {result.error}" if result.error_type else "",
            }
        )
    if not results:
        unanswered.check()
        raise refused("NOT_FOUND", "no open dead letter is meant by that; it may have been replayed or dropped already")
    return {"dry_run": dry_run, "counts": dict(counts), "results": results}


def _name(text: object) -> tuple[str, int]:
    named = letter_name(text) if isinstance(text, str) else None
    if named is None:
        quoted = errors.quoted(str(text))
        raise errors.bad_fields([("letters", f"{quoted} is no dead letter; they are named like payment/17")])
    return named


class Audit:
    """One audit at a time, for whoever asks; its answer is kept until the next one."""

    def __init__(self, threads: Threads, run: Callable[[], dict[str, Any]]) -> None:
        """Prepare; nothing is read yet.

        Args:
            threads: Where it reads.
            run: Reads and judges.
        """
        self._threads = threads
        self._run = run
        self._task: asyncio.Task[None] | None = None
        self._last: dict[str, Any] = {}

    def begin(self) -> None:
        """Begin one, unless one is under way."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._do())

    async def _do(self) -> None:
        began = datetime.now(UTC).isoformat()
        try:
            found = await self._threads.run(self._run)
            self._last = {"at": began, "result": found, "error": ""}
        except HttpError as error:
            self._last = {"at": began, "result": None, "error": error.status.message}

    async def to_json(self) -> dict[str, Any]:
        """Give the last answer, and whether one is being made."""
        return {"running": self._task is not None and not self._task.done(), **self._last}


def audit(platform: Platform) -> dict[str, Any]:
    """Read and judge once.

    Args:
        platform: Where everything is.

    Returns:
        As `quadrille audit --json`.

    Raises:
        AdminError: A server does not answer.
    """
    from admin.audit.report import run, to_json

    return to_json(*run(platform))
