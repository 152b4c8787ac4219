"""StatusService: how this instance is doing, for `quadrille status`."""

from __future__ import annotations

from collections.abc import Callable

from quadrille.ops.v1 import status_service_pb2 as pb
from quadrille.ops.v1 import status_service_pb2_grpc as pb_grpc
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.observe.readiness import Readiness
from services.chassis.process.batch import Processor
from services.chassis.rpc.server import Context, in_thread
from services.chassis.tables import dead_letters, outbox
from services.chassis.tables import open_calls as calls


class StatusServicer(pb_grpc.StatusServiceServicer):
    """Answers from memory, and from the database where it can be reached."""

    def __init__(
        self,
        service: str,
        instance: str,
        readiness: Readiness,
        processor: Processor,
        engine: Engine,
        lag: Callable[[], dict[tuple[str, int], tuple[int, int]]],
        *,
        calls: bool = False,
    ) -> None:
        """Prepare.

        Args:
            service: Name of the service.
            instance: Name of this instance.
            readiness: What it waits for.
            processor: Counts records.
            engine: The service's database.
            lag: Measures next offset and lag of each partition of this instance.
            calls: Whether the service has a table of calls.
        """
        self._service = service
        self._instance = instance
        self._readiness = readiness
        self._processor = processor
        self._engine = engine
        self._lag = lag
        self._calls = calls

    async def GetStatus(self, request: pb.GetStatusRequest, context: Context) -> pb.GetStatusResponse:  # noqa: ARG002, N802
        """Answer at once where possible. Of a database that is away it is said that it is, and no figure is given."""
        answer = pb.GetStatusResponse(
            service=self._service,
            instance=self._instance,
            ready=self._readiness.ready,
            waiting_for=self._readiness.waiting_for,
            records_handled=self._processor.handled,
            records_skipped=self._processor.skipped,
        )
        await in_thread(lambda: self._measure(answer))
        return answer

    def _measure(self, answer: pb.GetStatusResponse) -> None:
        for (topic, partition), (following, behind) in self._lag().items():
            answer.partitions.add(topic=topic, partition=partition, next_offset=following, lag=behind)
        if "database" in self._readiness.conditions:
            answer.database_away = True
            return
        try:
            with self._engine.connect() as connection:
                answer.outbox_backlog, answer.outbox_oldest_seconds = outbox.backlog(connection)
                answer.dead_letters, answer.dead_letters_capped = dead_letters.count_open(connection)
                if self._calls:
                    answer.open_calls, answer.open_calls_oldest_seconds = calls.backlog(connection)
        except SQLAlchemyError:
            answer.database_away = True
