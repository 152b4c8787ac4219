"""What an injection is given, and what all of them need."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import grpc
from quadrille.ops.v1 import dead_letter_service_pb2 as pb
from quadrille.ops.v1.dead_letter_service_pb2_grpc import DeadLetterServiceStub

from services.catalogue import SERVICES
from tests.live.faults.ground import INSTANCES, Ground
from tests.live.faults.verdict import Row
from tests.support.load import QUICK, Load
from tests.support.waiting import until

CALL_SECONDS = 10.0
REQUEST = {"actor": "test-faults", "reason": "a test poured it in"}


@dataclass(frozen=True)
class Scene:
    """One injection.

    Attributes:
        ground: Where.
        load: The load that goes on meanwhile.
        dice: The seed's choices.
        row: Takes what was done.
    """

    ground: Ground
    load: Load
    dice: random.Random
    row: Row

    def instance(self, service: str) -> str:
        """Pick an instance."""
        return f"{service}-{self.dice.randint(1, INSTANCES)}"

    def struck(self, times: int = 1) -> None:
        """Count an injection, and the orders that it met."""
        self.row.times += times
        self.row.in_flight = max(self.row.in_flight, self.ground.in_flight())

    async def dead_letters(self, service: str, action: str) -> bool:
        """Replay or drop all open letters of a service, through whichever instance answers.

        Returns:
            False if none did.
        """
        for number in range(1, INSTANCES + 1):
            address = self.ground.platform.service_address(service, number)
            async with grpc.aio.insecure_channel(address, options=QUICK) as channel:
                stub = DeadLetterServiceStub(channel)
                selection = pb.DeadLetterSelection(all=True)
                try:
                    if action == "replay":
                        request = pb.ReplayDeadLettersRequest(selection=selection, **REQUEST)
                        await stub.ReplayDeadLetters(request, timeout=CALL_SECONDS)
                    else:
                        await stub.DropDeadLetters(
                            pb.DropDeadLettersRequest(selection=selection, **REQUEST), timeout=CALL_SECONDS
                        )
                except grpc.aio.AioRpcError as error:
                    if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                        raise
                else:
                    return True
        return False

    def letters(self, service: str) -> tuple[int, int]:
        """Count a service's letters, and those of them that are open."""
        with self.ground.database(service) as connection:
            query = "SELECT count(*), count(*) FILTER (WHERE state = 'OPEN') FROM dead_letters"
            found = connection.execute(query).fetchone()
        assert found is not None
        return int(found[0]), int(found[1])

    async def drop_all_letters(self) -> None:
        """Wait until each record that was poured in is one letter in each reader, and give all of them up."""

        def there() -> bool:
            return all(self.letters(service)[0] == self.ground.poured[service] for service in SERVICES)

        await until(there, "each poisonous record is one dead letter in each service that reads it")
        for service in SERVICES:
            while self.letters(service)[1]:
                await self.dead_letters(service, "drop")


Inject = Callable[[Scene], Awaitable[None]]
