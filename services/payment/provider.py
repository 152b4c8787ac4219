"""The payment provider: who moves the money. What it is asked, and what it may answer.

Two implementations: accounts in payment's own database, which answer in the transaction that asks (here), and one
outside, asked over HTTP (`remote.py`). The decisions do not tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from quadrille.events.payment import PaymentFailureReason
from quadrille.events.types import Money, OrderDetails

from services.chassis.decide.calls import Call
from services.chassis.decide.state import Rows
from services.chassis.errors import CannotRebuild
from services.payment.model import Account


@dataclass(frozen=True, slots=True)
class Charge(Call):
    """Charge a customer for an order, once. Answered by `Charged` or `Declined`.

    Attributes:
        order: What is paid for; its total is the amount.
        provider: Who is asked; None for the accounts here.
    """

    operation: ClassVar[str] = "payment.charge"
    order: OrderDetails
    provider: str | None = None

    @property
    def lane(self) -> str:
        """A customer's bank may be slow; other customers' need not be."""
        return self.order.customer_id


@dataclass(frozen=True, slots=True)
class Refund(Call):
    """Give back what an order was charged, once. Answered by `Refunded`.

    Attributes:
        customer_id: The customer.
        charge_id: The charge.
        amount: How much: all of it.
        provider: Who charged; None for the accounts here.
    """

    operation: ClassVar[str] = "payment.refund"
    customer_id: str
    charge_id: UUID
    amount: Money
    provider: str | None = None

    @property
    def lane(self) -> str:
        """As for a charge."""
        return self.customer_id


@dataclass(frozen=True, slots=True)
class Charged:
    """The customer was charged.

    Attributes:
        charge_id: The charge.
    """

    charge_id: UUID


@dataclass(frozen=True, slots=True)
class Declined:
    """The charge was declined: nothing was charged, nor ever will be for this order.

    Attributes:
        reason: Why.
        available: What the customer could have spent; None if there is no account, or the provider does not say.
    """

    reason: PaymentFailureReason
    available: Money | None


@dataclass(frozen=True, slots=True)
class Refunded:
    """What was charged was given back."""


class AccountsProvider:
    """Accounts in payment's own database, as the batch has loaded and locked them.

    The idempotency key needs no memory of its own here: an order's row and its account change in one transaction.
    """

    def __init__(self, accounts: Rows[str, Account]) -> None:
        """Take the accounts of a batch.

        Args:
            accounts: By customer.
        """
        self.accounts = accounts

    def charge(self, call: Charge) -> Charged | Declined:
        """Charge an account if its balance and credit limit cover the amount.

        Args:
            call: Who is charged, and how much.
        """
        customer_id, amount = call.order.customer_id, call.order.total
        account = self.accounts.find(customer_id)
        if account is None:
            return Declined(PaymentFailureReason.UNKNOWN_ACCOUNT, None)
        available = Money(currency_code=account.currency_code, minor_units=account.available)
        if account.currency_code != amount.currency_code:
            return Declined(PaymentFailureReason.CURRENCY_MISMATCH, available)
        if account.available < amount.minor_units:
            return Declined(PaymentFailureReason.INSUFFICIENT_CREDIT, available)
        self._add(account, -amount.minor_units)
        return Charged(call.key)

    def restore_charge(self, *, customer_id: str, amount: Money) -> None:
        """Take from the account what was charged before its database was restored: credit is not asked.

        Args:
            customer_id: The customer.
            amount: How much.

        Raises:
            CannotRebuild: There is no such account, or it is in another currency.
        """
        account = self.accounts.find(customer_id)
        if account is None or account.currency_code != amount.currency_code:
            raise CannotRebuild(f"there is no account {customer_id} in {amount.currency_code}: open it again")
        self._add(account, -amount.minor_units)

    def refund(self, call: Refund) -> Refunded:
        """Add to the account what was charged.

        Args:
            call: Whose account, and how much.
        """
        self._add(self.accounts[call.customer_id], call.amount.minor_units)
        return Refunded()

    def _add(self, account: Account, minor_units: int) -> None:
        self.accounts.put(account.customer_id, account._replace(balance=account.balance + minor_units))
