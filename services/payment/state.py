"""A batch's payments and accounts: one query for each, locked in one order, written back in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from quadrille.events.inventory import InventoryReserved
from quadrille.events.payment import PaymentCompleted
from sqlalchemy import Connection, text

from services.chassis.decide.calls import Call
from services.chassis.decide.handlers import Decision, Received
from services.chassis.postgres.bulk import Bulk
from services.payment.model import Account, Payment, PaymentState
from services.payment.provider import AccountsProvider, Charge, Charged, Declined, Refund, Refunded
from services.payment.tables import accounts, payments

_FIELDS = [c.name for c in payments.columns]
_PAYMENTS = Bulk(payments, _FIELDS, key=["order_id"])
_BALANCES = Bulk(accounts, ["customer_id", "balance"], key=["customer_id"])

_LOAD = text(
    f"SELECT {', '.join(_FIELDS)} FROM payments "  # noqa: S608
    "WHERE order_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id FOR UPDATE"
)
# Locked in the order of their customers, whoever locks them: batches that want one account wait, and never deadlock.
_LOAD_ACCOUNTS = text(
    "SELECT customer_id, currency_code, credit_limit, balance FROM accounts "
    "WHERE customer_id = ANY(CAST(:customers AS text[])) ORDER BY customer_id FOR UPDATE"
)


class BatchState:
    """The rows of one batch."""

    def __init__(
        self,
        now: datetime,
        payments_: Iterable[Payment],
        accounts_: Iterable[Account],
        provider: str | None = None,
    ) -> None:
        """Open the books.

        Args:
            now: The time of the batch.
            payments_: Rows of the batch's orders that exist.
            accounts_: All accounts of the batch's customers that may be charged or refunded here, and exist.
            provider: The provider outside that charges; None for the accounts here.
        """
        self.now = now
        self.provider = provider
        self.accounts = AccountsProvider({account.customer_id: account for account in accounts_})
        self._rows = {row.order_id: row for row in payments_}
        self._stored = frozenset(self._rows)
        self._changed: dict[UUID, None] = {}

    def row(self, key: UUID) -> Payment | None:
        """Give an order's payment."""
        return self._rows.get(key)

    def apply(self, record: Any, decision: Decision[Payment]) -> None:
        """Take a decision on a record or an answer in. The accounts have moved the money already."""
        if decision.row is not None:
            self._rows[record.key] = decision.row
            self._changed[record.key] = None

    def save(self, connection: Connection) -> None:
        """Write what has changed."""
        _PAYMENTS.insert(connection, [self._rows[key] for key in self._changed if key not in self._stored])
        _PAYMENTS.update(connection, [self._rows[key] for key in self._changed if key in self._stored])
        _BALANCES.update(connection, list(self.accounts.changed.values()))


def answer(books: BatchState, call: Call) -> Charged | Declined | Refunded | None:
    """Answer a call at once, if the provider is here.

    Args:
        books: The books of the batch.
        call: What is asked.

    Returns:
        The outcome; None if the provider is outside.
    """
    match call:
        case Charge(provider=None):
            return books.accounts.charge(call)
        case Refund(provider=None):
            return books.accounts.refund(call)
        case _:
            return None


def load(connection: Connection, records: Sequence[Any], now: datetime, provider: str | None = None) -> BatchState:
    """Load and lock the rows that records, or answers, speak of.

    Args:
        connection: In the batch's transaction.
        records: The records or answers.
        now: The time of the batch.
        provider: The provider outside that charges; None for the accounts here.

    Returns:
        The books.
    """
    found = [to_payment(row) for row in connection.execute(_LOAD, {"ids": [r.key for r in records]})]
    # What was charged here is refunded here, whoever charges by now.
    customers = {row.customer_id for row in found if row.provider is None}
    if provider is None:
        customers.update(
            r.event.order.customer_id
            for r in records
            if isinstance(r, Received) and isinstance(r.event, InventoryReserved | PaymentCompleted)
        )
    loaded = connection.execute(_LOAD_ACCOUNTS, {"customers": sorted(customers)}) if customers else ()
    return BatchState(now, found, [Account(*row) for row in loaded], provider)


def to_payment(row: Any) -> Payment:
    """Read a row of `payments`.

    Args:
        row: All columns, in the table's order.

    Returns:
        The payment.
    """
    order_id, state, *rest = row
    return Payment(order_id, PaymentState(state), *rest)
