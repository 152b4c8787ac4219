"""One way to drive the real servers and the models: what runs is the same, only how it waits is not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.simulation.scheduler import Scheduler
from tests.simulation.store import Database, Engine

WAIT = 20.0


class Real:
    """Real servers: bodies run in threads, and sleep."""

    def __init__(self, engine: Any = None) -> None:
        self.engine = engine

    def together(self, *bodies: Callable[[], Any]) -> list[Any]:
        """Run bodies at the same time; give what each returned or raised."""
        results: list[Any] = [None] * len(bodies)

        def run(place: int, body: Callable[[], Any]) -> None:
            results[place] = _outcome(body)

        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(bodies)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
            assert not thread.is_alive(), "it waits for ever"
        return results

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + WAIT
        while not holds():
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.01)


class Model:
    """The models: bodies run as tasks of the scheduler."""

    def __init__(self, seed: int = 0) -> None:
        self.scheduler = Scheduler(seed)
        self.database = Database("shipping", self.scheduler)
        self.engine: Any = Engine(self.database)

    def together(self, *bodies: Callable[[], Any]) -> list[Any]:
        """Run bodies at the same time; give what each returned or raised."""
        results: list[Any] = [None] * len(bodies)

        def run(place: int, body: Callable[[], Any]) -> None:
            results[place] = _outcome(body)

        tasks = [
            self.scheduler.start(f"body {place}", "test", lambda place=place, body=body: run(place, body))
            for place, body in enumerate(bodies)
        ]
        while not all(task.done for task in tasks):
            self.scheduler.step()
        return results

    def sleep(self, seconds: float) -> None:
        self.scheduler.wait(lambda: False, seconds)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        self.scheduler.wait(holds)


def _outcome(body: Callable[[], Any]) -> Any:
    try:
        return body()
    except Exception as error:  # noqa: BLE001 - the test looks at it
        return error


def values(rows: Sequence[Any], name: str) -> list[Any]:
    """Give one attribute of rows."""
    return [getattr(row, name) for row in rows]
