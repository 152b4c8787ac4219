"""CallService: what a service has asked a provider outside and has no answer to, for `quadrille get` and `list`."""

from __future__ import annotations

from uuid import UUID

from quadrille.ops.v1 import call_service_pb2 as pb
from quadrille.ops.v1 import call_service_pb2_grpc as pb_grpc
from sqlalchemy import Engine

from services.chassis.rpc.server import Context, in_thread
from services.chassis.rpc.times import to_timestamp
from services.chassis.rpc.validation import Violations
from services.chassis.tables import open_calls

MOST_AGGREGATES = 500


class CallServicer(pb_grpc.CallServiceServicer):
    """`quadrille.ops.v1.CallService`."""

    def __init__(self, engine: Engine) -> None:
        """Prepare.

        Args:
            engine: The service's database.
        """
        self._engine = engine

    async def ListCalls(self, request: pb.ListCallsRequest, context: Context) -> pb.ListCallsResponse:  # noqa: ARG002, N802
        """Give the open calls of aggregates, oldest first."""
        violations = Violations()
        violations.count("aggregate_ids", len(request.aggregate_ids), most=MOST_AGGREGATES)
        keys: list[UUID] = []
        for number, value in enumerate(request.aggregate_ids[:MOST_AGGREGATES]):
            key = violations.uuid(f"aggregate_ids[{number}]", value)
            keys += [key] if key is not None else []
        violations.refuse_if_any()

        def find() -> list[open_calls.Listed]:
            with self._engine.connect() as connection:
                return open_calls.listed(connection, keys)

        found: list[open_calls.Listed] = await in_thread(find)
        return pb.ListCallsResponse(
            calls=[
                pb.OpenCall(
                    call_id=str(one.id),
                    operation=one.operation,
                    aggregate_id=str(one.key),
                    attempts=one.attempts,
                    open_time=to_timestamp(one.opened_at),
                    due_time=to_timestamp(one.due_at),
                    last_error=one.last_error or "",
                )
                for one in found
            ]
        )
