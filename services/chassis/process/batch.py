"""What happens to a batch of records: one transaction, or several if one of them cannot take effect.

Invariants:

- A record that cannot take effect becomes a dead letter, in its batch's transaction; the others take effect as if it
  had not been there, but for later records of its key, which wait behind it.
- Which record it is, is known (`effects.py`). Only what fails in the database as a whole is found by splitting the
  batch.
- A record of an aggregate that is archived (`archive.py`) changes nothing: it is a late repetition.
- Records that are not for this service change nothing, so their positions need no transaction of their own: they move
  with the next one, or with `flush`. Read again after a crash, they are skipped again.
- Only what needs neither a commit nor a position may be done while a commit is waited for: reading the next batch. No
  other transaction begins meanwhile.
"""

from __future__ import annotations

from collections import Counter as Sums
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.chassis.decide.calls import Calling
from services.chassis.decide.handlers import Handlers
from services.chassis.errors import PositionTaken, Retryable
from services.chassis.observe import metrics
from services.chassis.postgres.direct import Transactions
from services.chassis.process.effects import Inbound
from services.chassis.process.progress import Progress
from services.chassis.process.transaction import BatchTransaction, BehindLetters, Wiring, following
from services.chassis.tables import outbox


class Processor:
    """Takes batches of one service through their transactions.

    Attributes:
        handled: Records that were decoded, since the process began.
        skipped: Records that were not for this service, since then.
    """

    def __init__(
        self,
        transactions: Transactions,
        handlers: Handlers[Any],
        publish: Callable[[Sequence[outbox.Row]], None],
        clock: Callable[[], datetime],
        calling: Calling | None = None,
    ) -> None:
        """Prepare.

        Args:
            transactions: The service's database.
            handlers: The service's handlers.
            publish: Takes outbox rows after their commit.
            clock: Gives the time.
            calling: Makes calls after their commit; None if no provider is remote.
        """
        self._wiring = Wiring(transactions, handlers, publish, clock, calling)
        self._in_flight: BatchTransaction | None = None
        # Keys of the last batch wait behind dead letters, and those of the next one may.
        self._blocked = False
        self.handled = 0
        self.skipped = 0

    def run(self, batch: Sequence[Inbound], progress: Progress, *, wait: bool = True) -> None:
        """Let every record of a batch take effect, or become a dead letter.

        Args:
            batch: The records; those of a partition in its order.
            progress: The progress of their partitions; it moves as transactions commit.
            wait: False to return once the commit is sent. Then `finish` has to be called before anything else.

        Raises:
            Retryable: A transaction could not be done now; `progress` says how far the batch got.
            PositionTaken: Another instance handled records of this batch.
        """
        if all(inbound.skipped for inbound in batch):
            progress.skip(following(batch))
            self.skipped += len(batch)
            metrics.add(metrics.RECORDS, Sums((inbound.topic.name, "skipped") for inbound in batch))
            return
        self._or_in_halves(batch, progress, lambda: self._commit(batch, progress, wait=wait))

    @property
    def committing(self) -> bool:
        """True while a batch's commit is sent and nobody has waited for it."""
        return self._in_flight is not None

    def finish(self) -> None:
        """Wait for the commit that was sent, if one was, and publish.

        Raises:
            Retryable: As for `run`. The batch has to be run again.
            PositionTaken: As for `run`. The batch has to be run again.
        """
        if self._in_flight is not None:
            transaction, self._in_flight = self._in_flight, None
            self._or_in_halves(transaction.batch, transaction.progress, lambda: self._finish(transaction))

    def flush(self, progress: Progress) -> None:
        """Move the positions of skipped records that no transaction has moved yet.

        Args:
            progress: As for `run`.

        Raises:
            Retryable: As for `run`.
            PositionTaken: As for `run`.
        """
        if progress.claims({}):
            self._commit((), progress)

    def _or_in_halves(self, batch: Sequence[Inbound], progress: Progress, work: Callable[[], object]) -> None:
        try:
            work()
        except (Retryable, PositionTaken):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, one of these records brings it about
            if len(batch) > 1:
                half = len(batch) // 2
                self.run(batch[:half], progress)
                self.run(batch[half:], progress)
                return
            self._commit([replace(batch[0], error=error)], progress)

    def _commit(self, batch: Sequence[Inbound], progress: Progress, *, wait: bool = True) -> None:
        try:
            transaction = self._send(batch, progress, careful=self._blocked)
        except BehindLetters:
            transaction = self._send(batch, progress, careful=True)
        if wait:
            self._finish(transaction)
        else:
            self._in_flight = transaction

    def _send(self, batch: Sequence[Inbound], progress: Progress, *, careful: bool) -> BatchTransaction:
        transaction = BatchTransaction(self._wiring, batch, progress, careful=careful)
        transaction.send()
        self._blocked = transaction.blocked
        return transaction

    def _finish(self, transaction: BatchTransaction) -> None:
        transaction.finish()
        self.handled += transaction.handled
        self.skipped += transaction.skipped
