"""DeadLetterService: check, call, reply. For operators: it asks for no credentials, so its port stays on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from psycopg.errors import UndefinedColumn, UndefinedTable
from quadrille.errors.v1.error_reason_pb2 import ErrorReason
from quadrille.ops.v1 import dead_letter_service_pb2 as pb
from quadrille.ops.v1 import dead_letter_service_pb2_grpc as pb_grpc
from sqlalchemy import Engine

from services.chassis.errors import DatabaseAway
from services.chassis.process.replay import Replayer, Result
from services.chassis.rpc import paging
from services.chassis.rpc.errors import ApiError, not_found
from services.chassis.rpc.server import Context, in_thread
from services.chassis.rpc.times import to_timestamp
from services.chassis.rpc.validation import MAX_INT64, Violations
from services.chassis.tables import dead_letters
from services.chassis.tables.dead_letters import WAITING, OperatorRequest, Stored
from services.chassis.wire.record import record_of_letter

DEFAULT_PAGE = 50
LONGEST_PAGE = 500
MOST_IDS = 1000
LETTERS_IN_A_CALL = 200
LONGEST_ACTOR = 200
LONGEST_REASON = 1000
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)

A = TypeVar("A")


class DeadLetterServicer(pb_grpc.DeadLetterServiceServicer):
    """`quadrille.ops.v1.DeadLetterService`."""

    def __init__(self, engine: Engine, replayer: Replayer) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            replayer: Replays and drops.
        """
        self._engine = engine
        self._replayer = replayer

    async def ListDeadLetters(  # noqa: N802
        self,
        request: pb.ListDeadLettersRequest,
        context: Context,  # noqa: ARG002
    ) -> pb.ListDeadLettersResponse:
        """Give a page of letters, oldest first."""
        violations = Violations()
        filters: dict[str, Any] = {}
        if request.state not in pb.DeadLetterState.values():
            violations.add("state", f"must be a DeadLetterState, and is {request.state}")
        elif request.state:
            filters["state"] = pb.DeadLetterState.Name(request.state).removeprefix("DEAD_LETTER_STATE_")
        if request.error_type:
            filters["error_type"] = _text(violations, "error_type", request.error_type)
        if request.topic:
            filters["topic"] = _text(violations, "topic", request.topic)
        if request.aggregate_id:
            filters["aggregate"] = violations.uuid("aggregate_id", request.aggregate_id)
        violations.page_size("page_size", request.page_size)
        token = (str(request.state), request.error_type, request.topic, request.aggregate_id)
        after = _after(violations, request.page_token, *token)
        violations.refuse_if_any()
        limit = paging.size(request.page_size, default=DEFAULT_PAGE, most=LONGEST_PAGE)

        def query() -> pb.ListDeadLettersResponse:
            with self._engine.connect() as connection:
                letters = dead_letters.page(connection, after=after, limit=limit + 1, **filters)
            more = paging.token(str(letters[limit - 1].id), *token) if len(letters) > limit else ""
            return pb.ListDeadLettersResponse(dead_letters=map(_to_proto, letters[:limit]), next_page_token=more)

        return await _call(query)

    async def GetDeadLetter(self, request: pb.GetDeadLetterRequest, context: Context) -> pb.DeadLetter:  # noqa: ARG002, N802
        """Give one letter with all that is known of it."""
        violations = Violations()
        violations.positive("dead_letter_id", request.dead_letter_id)
        violations.refuse_if_any()

        def query() -> pb.DeadLetter:
            with self._engine.connect() as connection:
                found = dead_letters.page(connection, after=0, limit=1, ids=[request.dead_letter_id])
                if not found:
                    raise _no_letter(request.dead_letter_id, "dead letter")
                history = dead_letters.history(connection, request.dead_letter_id)
            letter = found[0]
            answer = _to_proto(letter)
            answer.value = letter.value or b""
            for name, value in record_of_letter(letter).headers or ():
                answer.headers.add(name=name, value=value)
            for row in history:
                answer.history.add(
                    act_time=to_timestamp(row.acted_at),
                    action=row.action,
                    actor=row.actor,
                    reason=row.reason,
                    error=row.error,
                )
            record = self._replayer.read(letter)
            if record.received is not None:
                answer.event_type = record.received.event.SCHEMA.full_name
                answer.event_json = json.dumps(record.received.event.to_avro(), default=str)
            else:
                answer.decode_error = str(record.error or "topics.yaml does not give its type to this service any more")
            return answer

        return await _call(query)

    async def ReplayDeadLetters(  # noqa: N802
        self,
        request: pb.ReplayDeadLettersRequest,
        context: Context,  # noqa: ARG002
    ) -> pb.ReplayDeadLettersResponse:
        """Answer when every letter of the page has taken effect or failed again."""
        results, more = await self._act(request, self._replayer.replay, dropping=False)
        return pb.ReplayDeadLettersResponse(results=map(_result, results), next_page_token=more)

    async def DropDeadLetters(  # noqa: N802
        self,
        request: pb.DropDeadLettersRequest,
        context: Context,  # noqa: ARG002
    ) -> pb.DropDeadLettersResponse:
        """Answer when every letter of the page is dropped, and what waited behind has gone."""
        results, more = await self._act(request, self._replayer.drop, dropping=True)
        return pb.DropDeadLettersResponse(results=map(_result, results), next_page_token=more)

    async def _act(
        self,
        request: pb.ReplayDeadLettersRequest | pb.DropDeadLettersRequest,
        act: Callable[..., list[Result]],
        *,
        dropping: bool,
    ) -> tuple[list[Result], str]:
        violations = Violations()
        filters = _selected(violations, request.selection, dropping=dropping)
        mark = OperatorRequest(
            _text(violations, "actor", request.actor, most=LONGEST_ACTOR),
            _text(violations, "reason", request.reason, most=LONGEST_REASON),
        )
        token = request.selection.SerializeToString(deterministic=True).hex()
        after = _after(violations, request.page_token, token)
        violations.refuse_if_any()

        def work() -> tuple[list[Result], str]:
            with self._engine.connect() as connection:
                letters = dead_letters.page(
                    connection, after=after, limit=LETTERS_IN_A_CALL + 1, state="OPEN", **filters
                )
            if not after:
                found = {letter.id for letter in letters}
                for id_ in sorted(filters.get("ids", ()))[:LETTERS_IN_A_CALL]:
                    if id_ not in found:
                        raise _no_letter(id_, "open dead letter")
            mine = letters[:LETTERS_IN_A_CALL]
            results = act(mine, mark, dry_run=request.validate_only)
            return results, paging.token(str(mine[-1].id), token) if len(letters) > LETTERS_IN_A_CALL else ""

        return await _call(work)


def _selected(violations: Violations, selection: pb.DeadLetterSelection, *, dropping: bool) -> dict[str, Any]:
    ways = [
        bool(selection.dead_letter_ids),
        bool(selection.aggregate_id),
        bool(selection.error_type),
        selection.all,
    ]
    if sum(ways) != 1:
        violations.add("selection", "exactly one of dead_letter_ids, aggregate_id, error_type and all must be set")
        return {}
    if selection.dead_letter_ids:
        violations.count("selection.dead_letter_ids", len(selection.dead_letter_ids), most=MOST_IDS)
        for number, id_ in enumerate(selection.dead_letter_ids[:MOST_IDS]):
            violations.positive(f"selection.dead_letter_ids[{number}]", id_)
        return {"ids": list(selection.dead_letter_ids)}
    if selection.error_type:
        return {"error_type": _text(violations, "selection.error_type", selection.error_type)}
    # What only waits is dropped only by somebody who says so.
    filters: dict[str, Any] = {"not_type": WAITING} if dropping else {}
    if selection.aggregate_id:
        filters["aggregate"] = violations.uuid("selection.aggregate_id", selection.aggregate_id)
    return filters


def _text(violations: Violations, field: str, value: str, *, most: int = LONGEST_ACTOR) -> str:
    if not value.strip():
        violations.add(field, "required")
    elif len(value) > most:
        violations.add(field, f"must be at most {most} characters, and has {len(value)}")
    elif "\0" in value:
        violations.add(field, "must not contain the character U+0000")
    return value


def _after(violations: Violations, page_token: str, *filters: str) -> int:
    last = paging.after(violations, "page_token", page_token, *filters)
    if last is None:
        return 0
    if not _NUMBER.fullmatch(last) or int(last) > MAX_INT64:
        violations.add("page_token", "must be the next_page_token of an answer to the same request")
        return 0
    return int(last)


async def _call(work: Callable[[], A]) -> A:
    try:
        answer: A = await in_thread(work)
    except DatabaseAway as error:
        if error.sqlstate in {UndefinedColumn.sqlstate, UndefinedTable.sqlstate}:
            raise ApiError(
                grpc.StatusCode.FAILED_PRECONDITION,
                ErrorReason.ERROR_REASON_DATABASE_TOO_OLD,
                "the service's database lacks what this needs; run: quadrille migrate",
            ) from error
        raise
    return answer


def _no_letter(id_: int, what: str) -> ApiError:
    return not_found(ErrorReason.ERROR_REASON_DEAD_LETTER_NOT_FOUND, what, "dead_letter_id", str(id_))


def _to_proto(letter: Stored) -> pb.DeadLetter:
    return pb.DeadLetter(
        dead_letter_id=letter.id,
        state=pb.DeadLetterState.Value(f"DEAD_LETTER_STATE_{letter.state}"),
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        key=letter.key or b"",
        aggregate_id=str(letter.aggregate) if letter.aggregate else "",
        error_type=letter.error_type,
        error=letter.error,
        fail_time=to_timestamp(letter.failed_at),
        attempts=letter.attempts,
    )


def _result(result: Result) -> pb.DeadLetterResult:
    return pb.DeadLetterResult(
        dead_letter_id=result.id,
        aggregate_id=str(result.aggregate) if result.aggregate else "",
        outcome=pb.DeadLetterOutcome.Value(f"DEAD_LETTER_OUTCOME_{result.outcome}"),
        error_type=type(result.error).__name__ if result.error is not None else "",
        error=dead_letters.format_error(result.error) if result.error is not None else "",
    )
