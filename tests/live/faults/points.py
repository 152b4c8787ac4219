"""Each failpoint of each service that comes by it: something makes an instance pass there, and it dies of SIGKILL."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace

import grpc
from quadrille.events.topics import topics_read_by
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

from services.catalogue import SERVICES
from services.chassis.observe.failpoints import POINTS
from services.order.failpoints import POINTS as ORDER_POINTS
from tests.live.faults.ground import INSTANCES
from tests.live.faults.scene import Inject, Scene
from tests.live.faults.topics import pour_poison, reopen
from tests.support.load import QUICK
from tests.support.waiting import until

#: A point that nobody has come by in this time is not reached.
REACH_SECONDS = 60.0
PASSES = 4
ERRORS = 5
START_SECONDS = 10.0
DUE_SECONDS = 0.3

#: Makes an instance of the service pass, once; gives how many processes it ended for that.
Driver = Callable[[Scene, str], Awaitable[int]]


async def _fired(scene: Scene, service: str) -> None:
    """Give a process that starts the time to come by."""
    for _ in range(100):
        if not scene.ground.armed(service):
            return
        await asyncio.sleep(START_SECONDS / 100)


async def _nothing(_scene: Scene, _service: str) -> int:
    await asyncio.sleep(0.1)
    return 0


async def _kill_one(scene: Scene, service: str) -> int:
    await scene.ground.kill(scene.instance(service))
    await _fired(scene, service)
    return 1


async def _kill_all(scene: Scene, service: str) -> int:
    await scene.ground.kill(*(f"{service}-{number}" for number in range(1, INSTANCES + 1)))
    await _fired(scene, service)
    return INSTANCES


async def _stop_one(scene: Scene, service: str) -> int:
    name = scene.instance(service)
    pid = scene.ground.signal(name, signal.SIGTERM)
    await scene.ground.runs_anew(name, pid)
    return 1 if scene.ground.armed(service) else 0


async def _unpublish(scene: Scene, service: str) -> int:
    reopen(scene, service, 50)
    await asyncio.sleep(1)
    return 0


async def _pour(scene: Scene, service: str) -> int:
    await asyncio.to_thread(pour_poison, scene, scene.dice.choice(topics_read_by(service)).name)
    await asyncio.sleep(0.2)
    return 0


async def _replay(scene: Scene, service: str) -> int:
    await _pour(scene, service)
    await scene.dead_letters(service, "replay")
    return 0


async def _drop(scene: Scene, service: str) -> int:
    await _pour(scene, service)
    await scene.dead_letters(service, "drop")
    return 0


async def _cancel(scene: Scene, _service: str) -> int:
    scene.load.may_end.add("CUSTOMER_REQUEST")
    made = await asyncio.gather(*(scene.load.place("completed", seconds=3) for _ in range(INSTANCES)))
    await asyncio.gather(*(_cancel_one(scene, order_id) for request in made for order_id in request.order_ids))
    return 0


async def _cancel_one(scene: Scene, order_id: str) -> None:
    for address in scene.ground.order_addresses:
        async with grpc.aio.insecure_channel(address, options=QUICK) as channel:
            try:
                await OrderServiceStub(channel).CancelOrder(pb.CancelOrderRequest(order_id=order_id), timeout=3)
            except grpc.aio.AioRpcError as error:
                # Too late is an answer too.
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    return
            else:
                return


async def _make_due(scene: Scene, _service: str) -> int:
    scene.load.may_end.add("DEADLINE_EXCEEDED")
    payments = [f"payment-{number}" for number in range(1, INSTANCES + 1)]
    frozen = asyncio.create_task(scene.ground.freeze(payments, 3))
    try:
        await asyncio.sleep(1)
        with scene.ground.database("order") as connection:
            connection.execute("UPDATE orders SET deadline_at = now() - interval '1 s' WHERE state = 'PENDING'")
    finally:
        await frozen
    return 0


DRIVERS: dict[str, Driver] = {
    "start": _kill_one,
    "maintain": _kill_one,
    "rebalance.revoked": _stop_one,
    "rebalance.forgotten": _stop_one,
    "rebalance": _kill_one,
    "stop": _stop_one,
    "sweep.chosen": _kill_all,
    "sweep": _unpublish,
    "letters": _pour,
    "replay": _replay,
    "drop": _drop,
    "cancel": _cancel,
    "deadline": _make_due,
}
#: Points of the chassis that only a service with calls that share transactions comes by.
ONLY_ORDER = ("group",)
#: Points in the life of a call to somebody outside: nobody is outside here; tests/live/remote_providers/ reaches them.
OUTSIDE = ("call", "answer")
ALL = [*(point for point in POINTS if point.partition(".")[0] not in OUTSIDE), *ORDER_POINTS]


def services_at(point: str) -> list[str]:
    """Give the services that come by a point."""
    return ["order"] if point in ORDER_POINTS or point.partition(".")[0] in ONLY_ORDER else list(SERVICES)


async def reach(scene: Scene, point: str) -> None:
    """Let an instance of each service that comes by a point die there, and wait until all run again."""
    services = services_at(point)
    async with asyncio.TaskGroup() as deaths:
        for service in services:
            # Dice of its own: which task comes first is not the seed's doing.
            own = replace(scene, dice=random.Random(scene.dice.random()))
            deaths.create_task(_reach(own, service, point))
    await scene.ground.all_run()
    if point.partition(".")[0] in ("letters", "replay", "drop"):
        await scene.drop_all_letters()


async def _reach(scene: Scene, service: str, point: str) -> None:
    ground = scene.ground
    family = point.partition(".")[0]
    drive = DRIVERS.get(point) or DRIVERS.get(family) or _nothing
    at = scene.dice.randint(1, PASSES) if drive is _nothing else 1
    before = ground.deaths(service)
    ended = 0
    ground.arm(service, f"{point}:kill@{at}", ALL)
    deadline = asyncio.get_running_loop().time() + REACH_SECONDS
    try:
        while ground.armed(service):
            assert asyncio.get_running_loop().time() < deadline, f"{service} does not come by {point}"
            ended += await drive(scene, service)
    finally:
        ground.disarm(service)
    scene.struck()
    await until(lambda: ground.deaths(service) > before + ended, "the process that died is seen")


def _raises(point: str) -> Inject:
    async def inject(scene: Scene) -> None:
        for _ in range(ERRORS):
            for service in services_at(point):
                scene.ground.arm(service, f"{point}:raise@{scene.dice.randint(1, PASSES)}", ALL)
            for service in services_at(point):
                reached = f"{service} comes by {point}"
                await until(lambda service=service: not scene.ground.armed(service), reached, REACH_SECONDS)
                scene.struck()

    return inject


#: What was committed is denied: to the consumer, which reads its positions again, and to the caller, who asks again.
FAULTS: dict[str, Inject] = {
    "an error after the commit of a batch": _raises("batch.committed"),
    "an error after the commit of PlaceOrder": _raises("place.committed"),
}
