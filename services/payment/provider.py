"""The payment provider: who moves the money.

One implementation today: accounts in payment's own database, charged in the transaction that records the charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from quadrille.events.payment import PaymentFailureReason
from quadrille.events.types import Money

from services.chassis.errors import CannotRecall
from services.payment.model import Account


@dataclass(frozen=True, slots=True)
class Charged:
    """The customer was charged.

    Attributes:
        charge_id: The charge.
    """

    charge_id: UUID


@dataclass(frozen=True, slots=True)
class Declined:
    """The charge was declined.

    Attributes:
        reason: Why.
        available: What the customer could have spent; None if there is no account.
    """

    reason: PaymentFailureReason
    available: Money | None


class PaymentProvider(Protocol):
    """Moves money. A call with an idempotency key that was used before gives the same answer and moves nothing."""

    def charge(self, *, idempotency_key: UUID, customer_id: str, amount: Money) -> Charged | Declined:
        """Charge a customer.

        Args:
            idempotency_key: The order: it is charged once.
            customer_id: The customer.
            amount: How much.

        Returns:
            The charge, or why there is none.
        """

    def refund(self, *, idempotency_key: UUID, customer_id: str, amount: Money) -> None:
        """Give back what was charged.

        Args:
            idempotency_key: The order: it is refunded once.
            customer_id: The customer.
            amount: How much.
        """


class AccountsProvider:
    """Accounts in payment's own database, as the batch has loaded and locked them.

    The idempotency key needs no memory of its own here: an order's row and its account change in one transaction.
    """

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        """Take the accounts of a batch.

        Args:
            accounts: By customer; they are changed in place.
        """
        self._accounts = accounts
        self.changed: dict[str, Account] = {}

    def charge(self, *, idempotency_key: UUID, customer_id: str, amount: Money) -> Charged | Declined:
        """Charge an account if its balance and credit limit cover the amount."""
        account = self._accounts.get(customer_id)
        if account is None:
            return Declined(PaymentFailureReason.UNKNOWN_ACCOUNT, None)
        available = Money(currency_code=account.currency_code, minor_units=account.available)
        if account.currency_code != amount.currency_code:
            return Declined(PaymentFailureReason.CURRENCY_MISMATCH, available)
        if account.available < amount.minor_units:
            return Declined(PaymentFailureReason.INSUFFICIENT_CREDIT, available)
        account.balance -= amount.minor_units
        self.changed[customer_id] = account
        return Charged(idempotency_key)

    def recall(self, *, customer_id: str, amount: Money) -> None:
        """Take from the account what was charged before its database was restored: credit is not asked.

        Args:
            customer_id: The customer.
            amount: How much.

        Raises:
            CannotRecall: There is no such account, or it is in another currency.
        """
        account = self._accounts.get(customer_id)
        if account is None or account.currency_code != amount.currency_code:
            raise CannotRecall(f"there is no account {customer_id} in {amount.currency_code}: open it again")
        account.balance -= amount.minor_units
        self.changed[customer_id] = account

    def refund(self, *, idempotency_key: UUID, customer_id: str, amount: Money) -> None:  # noqa: ARG002
        """Add to the account what was charged."""
        account = self._accounts[customer_id]
        account.balance += amount.minor_units
        self.changed[customer_id] = account
