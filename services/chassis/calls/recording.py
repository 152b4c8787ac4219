"""Records what came of calls: several in one transaction, each of them once.

Invariants:

- The rows that the calls speak of are locked before it is looked whether the calls are open. An answer to a call that
  somebody has closed changes nothing.
- Closing a call, the rows that its answer changes, its events and the calls that follow are one transaction.
- What is unknown moves nothing but the call's own next attempt.
"""

from __future__ import annotations

import logging
from collections import Counter as Sums
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.chassis.backoff import Backoff
from services.chassis.decide.calls import Answer, Calling, Done, Opened
from services.chassis.decide.handlers import Handlers
from services.chassis.errors import Retryable, Unknown, classified
from services.chassis.observe import metrics
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.direct import Transactions
from services.chassis.process.transaction import announce
from services.chassis.process.unit_of_work import UnitOfWork
from services.chassis.tables import open_calls, outbox
from telemetry import spans

log = logging.getLogger(__name__)

#: Longest time for which a provider can put us off.
LONGEST_RETRY_AFTER_SECONDS = 3600.0


def retry_after_seconds(backoff: Backoff, attempts: int, unknown: Unknown) -> float:
    """Choose after how many seconds a call is asked again: never sooner than the provider wants, within reason.

    Args:
        backoff: How long to wait by itself.
        attempts: How often it was asked.
        unknown: What happened last.
    """
    return max(backoff.seconds(attempts), min(unknown.after or 0.0, LONGEST_RETRY_AFTER_SECONDS))


class Recorder:
    """Records answers for one service. Any number of threads and processes may do so at once."""

    def __init__(
        self,
        transactions: Transactions,
        handlers: Handlers[Any],
        publish: Callable[[Sequence[outbox.Row]], None],
        clock: Callable[[], datetime],
        backoff: Backoff,
    ) -> None:
        """Prepare.

        Args:
            transactions: The service's database.
            handlers: The service's handlers.
            publish: Takes outbox rows after their commit.
            clock: Gives the time.
            backoff: Says when to ask again.
        """
        self._transactions = transactions
        self._handlers = handlers
        self._publish = publish
        self._clock = clock
        self._backoff = backoff

    def record(self, done: Sequence[Done], calling: Calling) -> None:
        """Let answers take effect, and put off what is unknown. An answer that cannot take effect leaves its call open.

        Args:
            done: What came of asking; a call may be among it twice.
            calling: Makes the calls that follow.

        Raises:
            Retryable: It cannot be done now, or all but some is done; recording all of it again does no harm.
        """
        try:
            self._commit(done, calling)
        except Retryable:
            raise
        except Exception as error:
            if len(done) > 1:
                half = len(done) // 2
                self.record(done[:half], calling)
                self.record(done[half:], calling)
                return
            opened = done[0].opened
            log.exception("an answer cannot take effect", extra={"call": opened.call.operation})
            why = Unknown(f"its answer cannot take effect: {type(error).__name__}: {error}")
            self._commit([Done(opened, why)], calling)

    def _commit(self, done: Sequence[Done], calling: Calling) -> None:
        answered = [one for one in done if not isinstance(one.outcome, Unknown)]
        unknown = [(one.opened, one.outcome) for one in done if isinstance(one.outcome, Unknown)]
        rows: Sequence[outbox.Row] = ()
        opened: list[Opened] = []
        failpoint("answer.taken")
        with classified(), self._transactions.begin() as connection:
            if answered:
                rows, opened = self._take_effect(connection, answered, calling)
            open_calls.defer(
                connection,
                [(o.id, retry_after_seconds(self._backoff, o.attempts, why), str(why)) for o, why in unknown],
            )
            if unknown:
                failpoint("answer.put-off")
            if answered:
                failpoint("answer.before-commit")
        if answered:
            failpoint("answer.committed")
        self._publish(rows)
        if answered:
            failpoint("answer.published")
        if opened:
            calling.hand_over(opened)
        counts = [(one.opened.call.operation, "answered") for one in answered]
        counts += [(one.call.operation, "unknown") for one, _ in unknown]
        metrics.add(metrics.CALLS, Sums(counts))
        for one, why in unknown:
            extra = {"call": one.call.operation, "key": str(one.call.key), "attempt": one.attempts, "error": str(why)}
            extra.update(spans.ids(one.traceparent))
            log.warning("the answer is unknown, will ask again", extra=extra)
        announce(self._transactions, self._handlers, [one.opened.call.key for one in answered])

    def _take_effect(
        self, connection: Any, answered: Sequence[Done], calling: Calling
    ) -> tuple[Sequence[outbox.Row], list[Opened]]:
        handlers = self._handlers
        answers = [Answer(one.opened.call, one.outcome) for one in answered]
        unit = UnitOfWork(handlers, handlers.load(connection, answers, self._clock()))
        open_ = open_calls.still_open(connection, [one.opened.id for one in answered])
        failpoint("answer.loaded")
        closed = []
        for one in answered:
            call = one.opened
            if call.id not in open_:
                log.info("answered before", extra={"call": call.call.operation, "key": str(call.call.key)})
                continue
            open_.discard(call.id)
            closed.append(call.id)
            unit.answer(call, one.outcome)
        failpoint("answer.decided")
        unit.write_rows(connection)
        open_calls.close(connection, closed)
        failpoint("answer.closed")
        return unit.write_messages(connection, calling.held), unit.opened
