"""Services whose clocks are apart: instances are started anew, each with a `QUADRILLE_CLOCK_OFFSET` of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from local.environment import child_environment
from local.settings import CHECKOUT
from local.status import is_serving
from tests.live.faults.scene import Inject, Scene
from tests.support.waiting import until

STOP_SECONDS = 20.0
#: Orders that are placed while clocks are apart.
ORDERS = 40


def _apart(offsets: Mapping[str, float], *, ends: tuple[str, ...] = ()) -> Inject:
    async def inject(scene: Scene) -> None:
        scene.load.may_end |= set(ends)
        ground = scene.ground
        ground.keep_running(*offsets)
        await until(lambda: all(ground.pid(name) is None for name in offsets), "the supervisor has let go of them")
        started: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, offset in offsets.items():
                started[name] = _start(scene, name, offset)
            await until(lambda: all(is_serving(_address(scene, name)) for name in offsets), "all of them serve")
            scene.struck(len(offsets))
            await scene.load.more(ORDERS)
            _check_ahead(scene, max(offset for name, offset in offsets.items() if name.startswith("order")))
        finally:
            for process in started.values():
                process.terminate()
            for process in started.values():
                process.wait(STOP_SECONDS)
            ground.keep_running()
        await ground.all_run()
        # That they were stopped in order, and started again, is not the fault.
        await until(lambda: all(is_serving(_address(scene, name)) for name in offsets), "all of them serve again")

    return inject


def _check_ahead(scene: Scene, offset: float) -> None:
    """See that an order was placed in what is the future for everybody else."""
    with scene.ground.database("order") as connection:
        query = "SELECT extract(epoch FROM max(created_at) - now())::float FROM orders"
        found = connection.execute(query).fetchone()
    assert found is not None
    assert offset / 2 < found[0] <= offset


def _start(scene: Scene, name: str, offset: float) -> subprocess.Popen[bytes]:
    service, _, number = name.rpartition("-")
    environment = scene.ground.platform.service_environment(service, int(number))
    with (scene.ground.platform.logs / f"{name}-apart.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", f"services.{service}"],
            cwd=CHECKOUT,
            env=child_environment({**environment, "QUADRILLE_CLOCK_OFFSET": str(offset)}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _address(scene: Scene, name: str) -> str:
    service, _, number = name.rpartition("-")
    return scene.ground.platform.service_address(service, int(number))


MINUTE = 60.0
FAULTS: dict[str, Inject] = {
    "clocks minutes apart": _apart(
        {
            "order-1": 2 * MINUTE,
            "order-2": -3 * MINUTE,
            "inventory-1": -5 * MINUTE,
            "payment-1": 5 * MINUTE,
            "shipping-1": 4 * MINUTE,
        }
    ),
    # One of them finds the orders of the other due as soon as they are placed.
    "clocks of the order services two hours apart": _apart({"order-1": 120 * MINUTE}, ends=("DEADLINE_EXCEEDED",)),
}
