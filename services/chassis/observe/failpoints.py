"""Failpoints: named places in the life of a process where a test lets it die, fail or wait (etcd's term and idea).

    failpoint("batch.committed")

Invariants:

- Off, a point does nothing: whether `QUADRILLE_FAILPOINT` is set is looked at once, when this module is loaded, and
  without it `failpoint` is an empty function.
- Every point has a name in `POINTS`, or among the points of its service, with a sentence that says where it is.
- A rule fires once. One that is given by a file fires once for all processes that look at this file: whoever removes
  the file fires, so a process that is started again in the dead one's place lives.

The setting is a rule, or `@folder`: then the rule is in the folder's file that is named like the service, as long as
there is one, and may be put there while the service runs. A rule is `<point>:<action>`, and `@<n>` behind it for the
n-th pass:

    batch.committed:kill@3       die of SIGKILL at the third pass
    batch.committed:delay=1.5    wait so many seconds
    batch.committed:raise        raise `FailpointReached`, which may be tried again
"""

from __future__ import annotations

import difflib
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.chassis.errors import Retryable

log = logging.getLogger(__name__)

SETTING = "QUADRILLE_FAILPOINT"
ACTIONS = ("kill", "raise", "delay")
LONGEST_DELAY_SECONDS = 600.0
_RULE = re.compile(r"(?P<point>[a-z.-]+):(?P<action>[a-z]+)(=(?P<seconds>[0-9.]+))?(@(?P<at>[0-9]+))?")

#: The points of the chassis, in the order in which a process comes by.
POINTS: Mapping[str, str] = {
    "start.listening": "The service listens. It has not looked at its database yet.",
    "start.database-known": "The database is there, and of a revision that the service runs on.",
    "maintain.locked": "The outbox is being maintained: its lock is held, nothing is changed yet.",
    "maintain.made": "Days of the outbox are made and dropped, and not committed.",
    "start.outbox-kept": "The outbox is maintained and its schemas are kept. No call is served yet.",
    "start.serving": "Calls are served. The registry has not been asked for the schemas' ids.",
    "start.topics-known": "The topics' ids are known. There is no consumer yet.",
    "start.consuming": "The consumer is made. Its thread does not run yet.",
    "rebalance.assigned": "Kafka has assigned partitions. Their positions are not read yet.",
    "rebalance.positions-read": "Positions are read, or made, and not committed.",
    "rebalance.positions-kept": "Positions are committed. The client is not told where to read yet.",
    "rebalance.begun": "The client reads the partitions that it was assigned.",
    "rebalance.revoked": "Kafka takes partitions away. The consumer has not let go of them.",
    "rebalance.forgotten": "The consumer has let go of partitions.",
    "consume.polled": "Records are fetched, and not decoded.",
    "consume.decoded": "Records are decoded. No transaction has begun.",
    "batch.begun": "The transaction of a batch has begun.",
    "batch.claimed": "The move of the batch's positions is asked for, in the transaction.",
    "batch.loaded": "The rows of the batch are loaded and locked.",
    "batch.checked": "The positions are this instance's, and keys that wait behind dead letters are known.",
    "batch.decided": "Every record is decided on. Nothing is written yet.",
    "batch.saved": "The rows are written, the outbox is not.",
    "batch.appended": "Rows and outbox are written.",
    "letters.before-write": "Some records of the batch cannot take effect. Their dead letters are not written.",
    "letters.written": "The dead letters of the batch are written, and not committed.",
    "batch.before-commit": "All of the batch is written, and not committed.",
    "batch.committing": "The commit of the batch is sent. Nobody has waited for its answer.",
    "batch.committed": "The batch is committed. Nothing of it is published.",
    "batch.published": "The events of the batch are handed to the producer.",
    "batch.announced": "Watchers are told of the batch.",
    "publish.taken": "The publisher has taken rows of the outbox. None is handed to the producer.",
    "publish.produced": "A row is in the producer's queue. The broker has not acknowledged it.",
    "publish.acknowledged": "The broker has acknowledged a row. It is not marked.",
    "mark.before": "Acknowledged rows are about to be marked.",
    "mark.written": "Acknowledged rows are marked, and not committed.",
    "mark.committed": "Acknowledged rows are marked. The publisher still holds them to be on their way.",
    "offsets.before-commit": "Offsets are about to be committed to Kafka, for monitoring.",
    "offsets.committed": "Offsets are committed to Kafka.",
    "sweep.chosen": "This instance is the one that sweeps the outbox.",
    "sweep.found": "The sweeper has found rows that nobody published.",
    "sweep.published": "The sweeper has handed rows to the publisher.",
    "group.taken": "Calls are taken from the queue. Their transaction has not begun.",
    "group.committed": "The transaction of a group of calls is over. No caller is answered.",
    "group.answered": "The callers of a group are answered, as far as this process knows.",
    "replay.read": "Dead letters that are replayed are read, under the locks of their keys.",
    "replay.decided": "Replayed letters have taken effect, and are still open.",
    "drop.locked": "The keys of letters that are dropped are locked.",
    "drop.finished": "Letters are dropped, and not committed.",
    "replay.before-commit": "A replay, or a drop, is written and not committed.",
    "replay.committed": "A replay, or a drop, is committed. Nothing of it is published.",
    "replay.published": "The events of a replay are handed to the producer.",
    "call.handed-over": "Calls that a commit opened are handed to who asks. None has been asked.",
    "call.taken": "The sweep has taken calls that are due, and committed that. None has been asked.",
    "call.before-ask": "A call has its slot. Its provider has not been asked.",
    "call.answered": "The provider has answered. Nothing is written of it.",
    "answer.taken": "Outcomes are taken from the queue. Their transaction has not begun.",
    "answer.loaded": "The rows that answers speak of are locked, and it is known which calls are open.",
    "answer.decided": "Answers are decided on. Nothing is written yet.",
    "answer.closed": "Rows are written and calls are closed. The outbox is not written.",
    "answer.before-commit": "All that answers change is written, and not committed.",
    "answer.committed": "Answers are committed. Nothing is published.",
    "answer.published": "The events of answers are handed to the producer.",
    "answer.put-off": "Calls without an answer are put off, and that is not committed.",
    "stop.begun": "The service was told to stop. It still answers calls.",
    "stop.answered": "Calls in flight are answered, and no more are taken.",
    "stop.read": "The consumer has ended. Rows may still be on their way to Kafka.",
    "stop.published": "The publisher has ended: what was on its way is marked.",
}


class FailpointReached(Retryable):
    """A failpoint was told to raise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens where.

    Attributes:
        point: Name of the point.
        action: One of `ACTIONS`.
        seconds: How long `delay` waits.
        at: At which pass of the process, from 1.
    """

    point: str
    action: str
    seconds: float = 0.0
    at: int = 1

    def __str__(self) -> str:
        seconds = f"={self.seconds:g}" if self.action == "delay" else ""
        return f"{self.point}:{self.action}{seconds}@{self.at}"


def parse(text: str, known: Iterable[str]) -> Rule:
    """Read a rule.

    Args:
        text: `<point>:<action>`, with `@<n>` behind it for the n-th pass.
        known: Names of points.

    Returns:
        The rule.

    Raises:
        ValueError: It is none, or names a point that is not there; the message says what is near.
    """
    found = _RULE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no rule; one is <point>:<action>[@<pass>], such as batch.committed:kill@3")
    point, action, seconds = found["point"], found["action"], found["seconds"]
    known = list(known)
    if point not in known:
        near = difflib.get_close_matches(point, known, n=3, cutoff=0.5)
        advice = f"did you mean {' or '.join(near)}?" if near else "docs/faults.md lists them"
        raise ValueError(f"there is no failpoint {point!r}; {advice}")
    if action not in ACTIONS:
        raise ValueError(f"a failpoint does {', '.join(ACTIONS)}, and not {action!r}")
    if (action == "delay") != (seconds is not None):
        raise ValueError("delay, and nothing else, takes seconds: delay=1.5")
    try:
        rule = Rule(point, action, float(seconds or 0), int(found["at"] or 1))
    except ValueError:
        raise ValueError(f"{seconds!r} is no number of seconds") from None
    if rule.at < 1 or rule.seconds > LONGEST_DELAY_SECONDS:
        raise ValueError(f"passes are counted from 1, and a delay is {LONGEST_DELAY_SECONDS:.0f} s at most")
    return rule


class Switch:
    """What `failpoint` is while the setting is there: it looks for a rule at each pass."""

    def __init__(self) -> None:
        """Do nothing until `arm`."""
        self._lock = threading.Lock()
        self._known: frozenset[str] = frozenset()
        self._file: Path | None = None
        self._seen: tuple[int, int] | None = None
        self._rule: Rule | None = None
        self._passes = 0

    def arm(self, setting: str, service: str, known: Iterable[str]) -> None:
        """Say what is to happen.

        Args:
            setting: A rule, or `@folder`.
            service: Names the file in the folder.
            known: Names of the points of this service.

        Raises:
            ValueError: As for `parse`; or there is no such folder.
        """
        self._known = frozenset(known)
        if not setting.startswith("@"):
            self._rule = parse(setting, sorted(self._known))
            return
        folder = Path(setting[1:])
        if not folder.is_dir():
            raise ValueError(f"{folder} is no folder; put a rule there, or write the rule itself")
        self._file = folder / service

    def __call__(self, name: str, /) -> None:
        """Pass a point.

        Args:
            name: The point.

        Raises:
            FailpointReached: The rule says so.
        """
        with self._lock:
            if self._file is not None:
                self._look(self._file)
            rule = self._rule
            if rule is None or rule.point != name:
                return
            self._passes += 1
            if self._passes < rule.at or not self._fires():
                return
        _act(rule)

    def _look(self, file: Path) -> None:
        try:
            found = file.stat()
            if (seen := (found.st_ino, found.st_mtime_ns)) == self._seen:
                return
            self._passes = 0
            self._rule = parse(file.read_text(), sorted(self._known))
            self._seen = seen
        except FileNotFoundError:
            self._rule = self._seen = None
        except ValueError as error:
            log.error("cannot read the failpoint", extra={"file": str(file), "error": str(error)})  # noqa: TRY400
            self._rule, self._seen = None, seen

    def _fires(self) -> bool:
        self._rule = None
        if self._file is None:
            return True
        try:
            self._file.unlink()
        except FileNotFoundError:
            return False  # another instance was first
        return True


def _act(rule: Rule) -> None:
    if rule.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
        threading.Event().wait()
    log.warning("failpoint", extra={"rule": str(rule)})
    if rule.action == "delay":
        time.sleep(rule.seconds)
    else:
        raise FailpointReached(f"the failpoint {rule.point} was told to raise")


def _off(_name: str, /) -> None:
    pass


_SWITCH = Switch() if os.environ.get(SETTING) else None
#: Passes a point: `failpoint("batch.committed")`.
failpoint: Callable[[str], None] = _SWITCH or _off


def arm(setting: str, service: str, points: Iterable[str]) -> None:
    """Switch a process's points on, if the setting was there when it began.

    Args:
        setting: The setting.
        service: The service.
        points: The service's own points.

    Raises:
        ValueError: As for `Switch.arm`.
    """
    if _SWITCH is not None and setting:
        _SWITCH.arm(setting, service, [*POINTS, *points])
