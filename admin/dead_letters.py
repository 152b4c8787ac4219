"""Dead letters of all services, through the API that each of them serves. A letter is named `payment/17`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from admin.actor import current_user
from admin.documents import message_json
from admin.errors import AdminError, Misused, Unreachable
from admin.paging import paginate
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from quadrille.ops.v1.dead_letter_service_pb2 import DeadLetter, DeadLetterResult, DeadLetterSelection
    from quadrille.ops.v1.dead_letter_service_pb2_grpc import DeadLetterServiceStub

    from local.settings import Platform

_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
#: A call handles up to 200 letters, and as many more as waited behind them.
CALL_SECONDS = 120.0


def letter_name(text: str) -> tuple[str, int] | None:
    """Read the name of a letter.

    Args:
        text: `SERVICE/NUMBER`.

    Returns:
        Its service and its number there; None if it is no such name.
    """
    service, _, number = text.partition("/")
    # More digits than a number has are not even read: that takes time with the square of their number.
    if service not in SERVICES or not _NUMBER.fullmatch(number) or not int(number) < 2**63:
        return None
    return service, int(number)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which letters of which services are meant.

    Attributes:
        selections: What to ask of each service.
    """

    selections: dict[str, DeadLetterSelection]

    @classmethod
    def of(
        cls,
        letters: Sequence[tuple[str, int]],
        *,
        order: str,
        error: str,
        everything: bool,
        services: Sequence[str],
    ) -> Chosen:
        """Read a command's arguments.

        Args:
            letters: Letters by name.
            order: All letters of this order.
            error: All letters with this error type.
            everything: All open letters.
            services: Only of these services; of all if empty.

        Returns:
            What is meant.

        Raises:
            Misused: Nothing, or more than one thing, is meant.
        """
        from quadrille.ops.v1.dead_letter_service_pb2 import DeadLetterSelection

        if sum((bool(letters), bool(order), bool(error), everything)) != 1:
            raise Misused("say which: letters by name, like payment/17, or one of --order, --error, --all.")
        if letters and services:
            raise Misused("a letter's name says its service; leave --service out.")
        if letters:
            named: dict[str, list[int]] = {}
            for service, number in letters:
                named.setdefault(service, []).append(number)
            return cls({service: DeadLetterSelection(dead_letter_ids=ids) for service, ids in named.items()})
        selection = DeadLetterSelection(aggregate_id=order, error_type=error, all=everything)
        return cls(dict.fromkeys(services or SERVICES, selection))


@contextmanager
def client(platform: Platform, service: str) -> Iterator[DeadLetterServiceStub]:
    """Open the dead letters of a service.

    Args:
        platform: Where it is.
        service: Its name.

    Yields:
        Its stub. Errors of calls inside are turned into sentences.
    """
    import grpc
    from quadrille.ops.v1.dead_letter_service_pb2_grpc import DeadLetterServiceStub

    from admin.clients import explain, target, where

    # A letter may be as long as Kafka lets a record be.
    options = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(target(platform, service), options) as channel:
        try:
            yield DeadLetterServiceStub(channel)
        except grpc.RpcError as error:
            raise explain(error, service, where(platform, service)) from None


class Unanswered:
    """Goes on with the other services when one does not answer, and keeps its error."""

    def __init__(self, tolerated: tuple[type[AdminError], ...] = (Unreachable,)) -> None:
        """Begin without errors.

        Args:
            tolerated: Errors that keep no other service from being asked. All others are raised.
        """
        self._tolerated = tolerated
        self.errors: dict[str, AdminError] = {}

    @contextmanager
    def kept(self, service: str) -> Iterator[None]:
        """Keep the error of a service that does not answer.

        Args:
            service: The service that is asked.
        """
        try:
            yield
        except self._tolerated as error:
            self.errors[service] = error

    def check(self) -> None:
        """Report which services did not answer.

        Raises:
            Unreachable: One did not.
        """
        if self.errors:
            raise Unreachable("\n".join(str(error) for error in self.errors.values()))


def letters_of_services(
    platform: Platform, services: Sequence[str], most: int | None, unanswered: Unanswered, **filters: Any
) -> Iterator[tuple[str, DeadLetter]]:
    """List the letters of several services, one service after the other, oldest first.

    Args:
        platform: Where they are.
        services: Which.
        most: At most so many of each service; None for all.
        unanswered: Keeps the errors of services that do not answer.
        **filters: Fields of ListDeadLettersRequest.

    Yields:
        Each letter with its service.
    """
    for service in services:
        with unanswered.kept(service):
            for letter in letters_of(platform, service, most, **filters):
                yield service, letter


def results_of_services(
    platform: Platform,
    method: str,
    chosen: Chosen,
    unanswered: Unanswered,
    *,
    reason: str,
    dry_run: bool,
    who: str = "",
) -> Iterator[tuple[str, DeadLetterResult]]:
    """Replay or drop the letters of several services, as `results_of` does it for one.

    Args:
        platform: Where the services are.
        method: `Replay` or `Drop`.
        chosen: Which letters.
        unanswered: Keeps the errors of services that do not answer.
        reason: Why; kept in the letters' history.
        dry_run: Change nothing.
        who: Who acts; the user of this machine if empty.

    Yields:
        What became of each letter, with its service.
    """
    for service, selection in chosen.selections.items():
        with unanswered.kept(service):
            for result in results_of(platform, service, method, selection, reason=reason, dry_run=dry_run, who=who):
                yield service, result


def letters_of(platform: Platform, service: str, most: int | None, **filters: Any) -> Iterator[DeadLetter]:
    """List a service's letters, oldest first.

    Args:
        platform: Where it is.
        service: Its name.
        most: At most so many; None for all.
        **filters: Fields of ListDeadLettersRequest.

    Yields:
        The letters.
    """
    from quadrille.ops.v1.dead_letter_service_pb2 import ListDeadLettersRequest

    with client(platform, service) as stub:
        request = ListDeadLettersRequest(**filters)
        yield from paginate(stub.ListDeadLetters, request, "dead_letters", most, timeout=CALL_SECONDS)


def results_of(
    platform: Platform,
    service: str,
    method: str,
    selection: DeadLetterSelection,
    *,
    reason: str,
    dry_run: bool,
    who: str = "",
) -> Iterator[DeadLetterResult]:
    """Replay or drop, page by page.

    Args:
        platform: Where the service is.
        service: Its name.
        method: `Replay` or `Drop`.
        selection: Which letters.
        reason: Why.
        dry_run: Change nothing.
        who: Who acts; the user of this machine if empty.

    Yields:
        What became of each.
    """
    from quadrille.ops.v1 import dead_letter_service_pb2 as pb

    kind = pb.ReplayDeadLettersRequest if method == "Replay" else pb.DropDeadLettersRequest
    request: Any = kind(selection=selection, actor=who or current_user(), reason=reason, validate_only=dry_run)
    with client(platform, service) as stub:
        while True:
            answer = getattr(stub, f"{method}DeadLetters")(request, timeout=CALL_SECONDS)
            yield from answer.results
            request.page_token = answer.next_page_token
            if not request.page_token:
                return


def letter_json(service: str, letter: DeadLetter) -> dict[str, Any]:
    """Turn a letter into what JSON holds: bytes in hexadecimal, the event as an object.

    Args:
        service: Whose it is.
        letter: The letter.
    """
    document = {"name": f"{service}/{letter.dead_letter_id}", "service": service, **message_json(letter)}
    document["state"] = document["state"].removeprefix("DEAD_LETTER_STATE_")
    document["key"], document["value"] = letter.key.hex(), letter.value.hex()
    document["headers"] = [{"name": header.name, "value": header.value.hex()} for header in letter.headers]
    document["event"] = json.loads(document.pop("event_json")) if letter.event_json else None
    return document


def outcome_name(result: DeadLetterResult) -> str:
    """Give the outcome without the prefix of its enum.

    Args:
        result: What became of a letter.
    """
    from quadrille.ops.v1.dead_letter_service_pb2 import DeadLetterOutcome

    return DeadLetterOutcome.Name(result.outcome).removeprefix("DEAD_LETTER_OUTCOME_")


def format_bytes(value: bytes) -> str:
    """Write bytes: as text where they are printable text, else in hexadecimal.

    Args:
        value: The bytes.
    """
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return value.hex()
    return text if text.isprintable() else value.hex()
