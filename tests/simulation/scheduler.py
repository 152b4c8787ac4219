"""One thread plays many: tasks are greenlets, time is a number, and every choice comes from one seed.

Invariants:

- Nothing here reads a real clock or draws real chance: the same scenario gives the same run, to the last effect.
- A task gives way only in `pause` and `wait`. Whatever the real code does between two effects happens at once.
- A task that is killed is unwound without giving way: what it had not done by then is never done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from greenlet import GreenletExit, getcurrent, greenlet

#: Simulated seconds that pass with each step, at most.
TICK = 0.003


class Stuck(BaseException):
    """The simulation itself cannot go on: no `Exception`, so that no code under test takes it for a poison record."""


@dataclass(eq=False, slots=True)
class Task:
    """One thread of a simulated process."""

    name: str
    owner: str
    body: Callable[[], None]
    green: greenlet = field(init=False)
    ready: Callable[[], bool] | None = None
    wake: float = 0.0
    done: bool = False
    failed: BaseException | None = None


class Scheduler:
    """Chooses, step by step, which task goes on."""

    def __init__(self, seed: int, *, tracing: bool = False) -> None:
        self.chance = Random(seed)
        self.now = 0.0
        self.steps = 0
        self.tracing = tracing
        self.trace: list[str] = []
        #: How often each hard place was reached.
        self.reached: Counter[str] = Counter()
        self._main = getcurrent()
        self._tasks: list[Task] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timer_count = 0
        self._current: Task | None = None
        self._dying = False
        self.frozen: set[str] = set()
        self._failures: list[Task] = []

    # What tasks call.

    def pause(self) -> None:
        """Give way: whatever else happens may happen here."""
        if self._current is None or self._dying:
            return
        self._current.ready = None
        self._main.switch()

    def wait(self, ready: Callable[[], bool], seconds: float = float("inf")) -> None:
        """Give way until a condition holds, or for so long."""
        if self._current is None:
            raise Stuck("only a task can wait")
        if self._dying:
            return
        self._current.ready, self._current.wake = ready, self.now + seconds
        self._main.switch()

    def say(self, text: str) -> None:
        """Put an effect on the trace."""
        if self.tracing:
            name = self._current.name if self._current else "world"
            self.trace.append(f"{self.steps:5d} {self.now:8.3f}  {name:24s} {text}")

    # What the world calls.

    def start(self, name: str, owner: str, body: Callable[[], None]) -> Task:
        """Start a task."""
        task = Task(name, owner, body)

        def run() -> None:
            try:
                body()
            except GreenletExit:
                raise
            except BaseException as error:  # noqa: BLE001 - told to whoever waits for the task
                task.failed = error
            task.done = True

        task.green = greenlet(run, self._main)
        self._tasks.append(task)
        return task

    def kill(self, owner: str) -> None:
        """End all tasks of an owner, wherever they are."""
        self._dying = True
        caller = self._current
        for task in [t for t in self._tasks if t.owner == owner]:
            self._tasks.remove(task)
            if not task.done:
                self._current = task
                task.green.throw(GreenletExit)
                task.done, task.failed = True, task.failed or GreenletExit()
        self._current = caller
        self._dying = False

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something at a time."""
        self._timer_count += 1
        self._timers.append((self.now + seconds, self._timer_count, action))
        self._timers.sort(key=lambda timer: timer[:2])

    @property
    def has_timers(self) -> bool:
        """True while something is to happen at a time."""
        return bool(self._timers)

    def step(self) -> bool:
        """Let one task go on to its next effect.

        Returns:
            False if no task could: time has moved on to the next that can.
        """
        self.steps += 1
        self.now += self.chance.random() * TICK
        while self._timers and self._timers[0][0] <= self.now:
            self._timers.pop(0)[2]()
        task = self._choose()
        if task is None:
            times = [task.wake for task in self._tasks if task.owner not in self.frozen]
            times += [self._timers[0][0]] if self._timers else []
            soonest = min(times, default=float("inf"))
            if soonest == float("inf"):
                raise Stuck("no task can ever go on")
            self.now = max(self.now, soonest)
            return False
        self._current = task
        try:
            task.ready = None
            task.green.switch()
        finally:
            self._current = None
        if task.done:
            self._tasks.remove(task)
            if task.failed is not None:
                self._failures.append(task)
        return True

    def take_failures(self) -> list[Task]:
        """Give the tasks that ended by an error since this was last asked."""
        failures, self._failures = self._failures, []
        return failures

    def _choose(self) -> Task | None:
        """Choose one of the tasks that can go on, each as likely as another."""
        tasks, draw = self._tasks, self.chance.random
        for _ in range(4):
            # Most tasks wait. Asking a few at random first spares asking them all, and favours none.
            task = tasks[int(draw() * len(tasks))]
            if self._can_go_on(task):
                return task
        runnable = [task for task in tasks if self._can_go_on(task)]
        return runnable[int(draw() * len(runnable))] if runnable else None

    def _can_go_on(self, task: Task) -> bool:
        return task.owner not in self.frozen and (task.ready is None or task.wake <= self.now or task.ready())
