"""Connections that are cut, delayed, held back, or lose the answer to what took effect."""

from __future__ import annotations

import asyncio

from services.catalogue import SERVICES
from tests.live.faults.ground import INSTANCES, SESSION_SECONDS
from tests.live.faults.proxy import Spot
from tests.live.faults.scene import Inject, Scene
from tests.support.waiting import until

DELAY = 0.2
DELAYED_SECONDS = 4.0
AWAY_SECONDS = 3.0
#: Longer than a transaction may take, and longer than a consumer's session.
HELD_SECONDS = SESSION_SECONDS + 2.0
CUTS = 5
ANSWERS = 10


def _cuts(server: str) -> Inject:
    async def inject(scene: Scene) -> None:
        for _ in range(CUTS):
            scene.struck()
            scene.ground.proxies[server].cut()
            await asyncio.sleep(scene.dice.uniform(0.05, 0.5))

    return inject


def _refuses(server: str) -> Inject:
    async def inject(scene: Scene) -> None:
        scene.struck()
        scene.ground.proxies[server].refuse()
        await asyncio.sleep(AWAY_SECONDS)
        scene.ground.proxies[server].heal()

    return inject


def _delays(server: str) -> Inject:
    async def inject(scene: Scene) -> None:
        scene.struck()
        scene.ground.proxies[server].delay(DELAY)
        await asyncio.sleep(DELAYED_SECONDS)
        scene.ground.proxies[server].heal()

    return inject


def _holds(server: str) -> Inject:
    async def inject(scene: Scene) -> None:
        scene.struck()
        scene.ground.proxies[server].hold()
        await asyncio.sleep(HELD_SECONDS)
        scene.ground.proxies[server].heal()

    return inject


def _loses_answers(
    *names: str, request: Spot, answer: Spot, other: Spot = lambda _: False, anew: bool = False
) -> Inject:
    async def inject(scene: Scene) -> None:
        proxies = [({**scene.ground.proxies, **scene.ground.apis})[name] for name in names]
        before = sum(proxy.lost for proxy in proxies)
        wanted = ANSWERS // len(proxies)
        scene.struck(0)
        for proxy in proxies:
            proxy.lose_answers(wanted, request, answer, other)
            if anew:
                proxy.cut()
        await until(lambda: sum(p.lost for p in proxies) - before >= wanted * len(proxies), "answers were lost")
        for proxy in proxies:
            proxy.heal()
        scene.row.times += sum(proxy.lost for proxy in proxies) - before

    return inject


def _commits(chunk: bytes) -> bool:
    # The text of a simple query, or of Parse in a pipeline (PostgreSQL's protocol, "Message Formats"). A connection
    # that has committed before names what it has prepared instead: only new ones are sure to say it.
    return b"COMMIT\x00" in chunk


def _committed(chunk: bytes) -> bool:
    # CommandComplete: `C`, its length, the tag.
    return b"C\x00\x00\x00\x0bCOMMIT\x00" in chunk


def _idle(chunk: bytes) -> bool:
    # ReadyForQuery, outside any transaction: it was rolled back, if no tag says that it was committed.
    return b"Z\x00\x00\x00\x05I" in chunk


def _produces(chunk: bytes) -> bool:
    # A request of Kafka's protocol begins with its length and its key; that of Produce is 0.
    return chunk[4:6] == b"\x00\x00" and len(chunk) > 100


def _places(chunk: bytes) -> bool:
    return b"plenty" in chunk or b"scarce" in chunk


def _placed(chunk: bytes) -> bool:
    return b"rich" in chunk or b"poor" in chunk


async def _registry_away_while_services_start(scene: Scene) -> None:
    scene.struck()
    scene.ground.proxies["registry"].refuse()
    # One of each service is left, and knows the schemas' ids already.
    await scene.ground.kill(*(scene.instance(service) for service in SERVICES))
    await asyncio.sleep(AWAY_SECONDS)
    scene.ground.proxies["registry"].heal()


FAULTS: dict[str, Inject] = {
    "connections to PostgreSQL cut": _cuts("postgres"),
    "connections to PostgreSQL refused for three seconds": _refuses("postgres"),
    "PostgreSQL 200 ms away": _delays("postgres"),
    "PostgreSQL silent for longer than a transaction": _holds("postgres"),
    "answers to COMMIT lost": _loses_answers("postgres", request=_commits, answer=_committed, other=_idle, anew=True),
    "connections to Kafka cut": _cuts("kafka"),
    "connections to Kafka refused for three seconds": _refuses("kafka"),
    "Kafka 200 ms away": _delays("kafka"),
    "Kafka silent for longer than a session": _holds("kafka"),
    "answers to Produce lost": _loses_answers("kafka", request=_produces, answer=lambda _: True),
    "answers to PlaceOrder lost": _loses_answers(
        *(f"order-{number}" for number in range(1, INSTANCES + 1)), request=_places, answer=_placed
    ),
    "the registry refuses while services start": _registry_away_while_services_start,
}
