"""What the audit knows: rows of the four databases, cut down to what the invariants speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OrderFact:
    """An order, as the order service has it.

    Attributes:
        state: PENDING, CANCELLING, COMPLETED or CANCELLED.
        settled: True when the order service says that nothing more is to come.
        customer_id: Whose order it is.
        currency_code: Currency of the total.
        total: In minor units.
        lines: Digest of what is ordered: see `digest`.
    """

    state: str
    settled: bool
    customer_id: str
    currency_code: str
    total: int
    lines: int


@dataclass(frozen=True, slots=True)
class ReservationFact:
    """A reservation, as inventory has it.

    Attributes:
        state: HELD, FAILED, RELEASED or SHIPPED.
        lines: Digest of what is or was held.
    """

    state: str
    lines: int


@dataclass(frozen=True, slots=True)
class ItemFact:
    """An item, with what its receipts and reservations say.

    Attributes:
        on_hand: Of the item.
        held: Of the item.
        shipped: Of the item.
        received: Sum of its receipts.
        reserved: Sum of the reservations that are HELD.
        sent: Sum of the reservations that are SHIPPED.
    """

    on_hand: int
    held: int
    shipped: int
    received: int
    reserved: int
    sent: int


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment, as payment has it.

    Attributes:
        state: CHARGED, DECLINED or REFUNDED.
        customer_id: Who was charged.
        currency_code: Currency of the amounts.
        charged: In minor units.
        refunded: In minor units.
    """

    state: str
    customer_id: str
    currency_code: str
    charged: int
    refunded: int


@dataclass(frozen=True, slots=True)
class AccountFact:
    """An account, with what its deposits and payments say.

    Attributes:
        currency_code: Currency of the amounts.
        balance: In minor units.
        credit_limit: How far the balance may go below zero.
        deposited: Sum of its deposits.
        charged: Sum of its charges.
        refunded: Sum of its refunds.
    """

    currency_code: str
    balance: int
    credit_limit: int
    deposited: int
    charged: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was read.

    Attributes:
        orders: As they were before anything else was read.
        reservations: By order.
        payments: By order.
        shipments: State by order.
        items: By SKU.
        accounts: By customer.
        known_later: Orders that were found when it was asked again at the end for those not in `orders`.
        still_open: Orders of `orders` that had not settled, and had not at the end either.
        in_flight: What was under way after `orders` were read, in words; empty if the system was quiet.
    """

    orders: Mapping[UUID, OrderFact] = field(default_factory=dict)
    reservations: Mapping[UUID, ReservationFact] = field(default_factory=dict)
    payments: Mapping[UUID, PaymentFact] = field(default_factory=dict)
    shipments: Mapping[UUID, str] = field(default_factory=dict)
    items: Mapping[str, ItemFact] = field(default_factory=dict)
    accounts: Mapping[str, AccountFact] = field(default_factory=dict)
    known_later: frozenset[UUID] = frozenset()
    still_open: frozenset[UUID] = frozenset()
    in_flight: Sequence[str] = ()

    @property
    def quiet(self) -> bool:
        """Nothing was under way."""
        return not self.in_flight


def digest(lines: Iterable[tuple[str, int]]) -> int:
    """Cut lines down to one number: the audit compares lines, and 100,000 orders must fit in memory.

    Args:
        lines: SKUs with quantities; the same SKU may stand more than once, in any order.

    Returns:
        Equal for equal sums, within this process.
    """
    sums: dict[str, int] = {}
    for sku, quantity in lines:
        sums[sku] = sums.get(sku, 0) + quantity
    return hash(frozenset(sums.items()))
