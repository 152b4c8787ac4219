"""Processes that are killed, or stand still and go on."""

from __future__ import annotations

from services.catalogue import SERVICES
from tests.live.faults.ground import ALL_SERVICES, SESSION_SECONDS
from tests.live.faults.scene import Inject, Scene

FROZEN_SECONDS = 3.0


def _kills(*names: str) -> Inject:
    async def inject(scene: Scene) -> None:
        chosen = [scene.instance(name) if name in SERVICES else name for name in names]
        scene.struck(len(chosen))
        await scene.ground.kill(*chosen)

    return inject


def _freezes(name: str) -> Inject:
    async def inject(scene: Scene) -> None:
        scene.struck()
        await scene.ground.freeze([name], FROZEN_SECONDS)

    return inject


async def _freezes_beyond_its_session(scene: Scene) -> None:
    # Its partitions go to the other instance meanwhile. When it goes on, it holds a batch that is no longer its own.
    service = scene.dice.choice(["inventory", "payment", "shipping"])
    scene.struck()
    await scene.ground.freeze([scene.instance(service)], SESSION_SECONDS + 3)


FAULTS: dict[str, Inject] = {
    **{f"kill -9 of one {service}": _kills(service) for service in SERVICES},
    "kill -9 of every service at once": _kills(*ALL_SERVICES),
    "a service frozen for longer than its session": _freezes_beyond_its_session,
    "kill -9 of Kafka": _kills("kafka"),
    "kill -9 of PostgreSQL": _kills("postgres"),
    "kill -9 of the registry": _kills("registry"),
    "Kafka frozen for three seconds": _freezes("kafka"),
    "PostgreSQL frozen for three seconds": _freezes("postgres"),
}
