"""A batch's payments and accounts: one query for each, locked in one order, written back in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from quadrille.events.inventory import InventoryReserved
from quadrille.events.payment import PaymentCompleted
from sqlalchemy import Connection, text

from services.chassis.decide.calls import Call
from services.chassis.decide.handlers import Received
from services.chassis.decide.state import BatchState, Rows
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


class PaymentBatch(BatchState[Payment]):
    """The payments of one batch, and the accounts that may be charged or refunded here."""

    def __init__(
        self,
        now: datetime,
        payments_: Iterable[Payment],
        accounts_: Iterable[Account],
        provider: str | None = None,
    ) -> None:
        """Begin with what was loaded.

        Args:
            now: The time of the batch.
            payments_: Rows of the batch's orders that exist.
            accounts_: All accounts of the batch's customers that may be charged or refunded here, and exist.
            provider: The remote provider that charges; None for the accounts here.
        """
        self.provider = provider
        self.accounts: Rows[str, Account] = Rows({account.customer_id: account for account in accounts_})
        super().__init__(now, {row.order_id: row for row in payments_}, self.accounts)

    def save(self, connection: Connection) -> None:
        """Write what has changed."""
        _PAYMENTS.insert(connection, self.rows.added())
        _PAYMENTS.update(connection, self.rows.updated())
        _BALANCES.update(connection, self.accounts.updated())


def answer(state: PaymentBatch, call: Call) -> Charged | Declined | Refunded | None:
    """Answer a call at once, if the provider is here.

    Args:
        state: The state of the batch.
        call: What is asked.

    Returns:
        The outcome; None if the provider is outside.
    """
    match call:
        case Charge(provider=None):
            return AccountsProvider(state.accounts).charge(call)
        case Refund(provider=None):
            return AccountsProvider(state.accounts).refund(call)
        case _:
            return None


def load(connection: Connection, records: Sequence[Any], now: datetime, provider: str | None = None) -> PaymentBatch:
    """Load and lock the rows that records, or answers, speak of.

    Args:
        connection: In the batch's transaction.
        records: The records or answers.
        now: The time of the batch.
        provider: The remote provider that charges; None for the accounts here.

    Returns:
        The state of the batch.
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
    return PaymentBatch(now, found, [Account(*row) for row in loaded], provider)


def to_payment(row: Any) -> Payment:
    """Read a row of `payments`.

    Args:
        row: All columns, in the table's order.

    Returns:
        The payment.
    """
    order_id, state, *rest = row
    return Payment(order_id, PaymentState(state), *rest)
