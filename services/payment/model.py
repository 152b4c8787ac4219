"""What payment knows: one payment for each order, and customers' accounts."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class PaymentState(enum.StrEnum):
    """Where an order's payment stands.

    Those that end in -ING wait for an answer of the provider, and are stored only if it is outside. UNDOING: the charge
    is to be undone, and it is not known yet whether there is one.
    """

    CHARGING = "CHARGING"
    CHARGED = "CHARGED"
    DECLINED = "DECLINED"
    UNDOING = "UNDOING"
    REFUNDING = "REFUNDING"
    REFUNDED = "REFUNDED"


# A tuple: one is made for each event, and a frozen dataclass takes four times as long to make.
class Payment(NamedTuple):
    """The one row that payment keeps for an order.

    Attributes:
        order_id: The order.
        state: Where it stands.
        customer_id: Who is charged.
        currency_code: Currency of the amounts.
        charged: What was charged, in minor units; zero if nothing ever was.
        refunded: What was refunded, in minor units.
        charge_id: The charge; None if there never was one.
        created_at: When the row was made.
        updated_at: When it last changed.
        provider: The provider outside that was asked to charge; None for the accounts here.
    """

    order_id: UUID
    state: PaymentState
    customer_id: str
    currency_code: str
    charged: int
    refunded: int
    charge_id: UUID | None
    created_at: datetime
    updated_at: datetime
    provider: str | None = None


class Account(NamedTuple):
    """One customer's account.

    Attributes:
        customer_id: The customer.
        currency_code: Currency of the amounts.
        credit_limit: How far the balance may go below zero, in minor units.
        balance: Deposits, less charges, plus refunds, in minor units.
    """

    customer_id: str
    currency_code: str
    credit_limit: int
    balance: int

    @property
    def available(self) -> int:
        """What the customer can spend, in minor units."""
        return max(0, self.balance + self.credit_limit)
