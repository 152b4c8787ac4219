"""The carrier: who takes parcels. What it is asked, and what it may answer.

Two implementations: the local carrier, which answers in the transaction that asks, and one outside, asked over HTTP
(`remote.py`). The decisions do not tell them apart.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from quadrille.events.shipping import ShippingFailureReason

from services.chassis.decide.calls import Call


@dataclass(frozen=True, slots=True)
class Book(Call):
    """Hand an order's parcel over, once. Answered by `Booked` or `Refused`.

    Attributes:
        address_reference: Where to.
        country_code: Country of the address.
    """

    operation: ClassVar[str] = "shipping.book"
    address_reference: str
    country_code: str

    @property
    def lane(self) -> str:
        """A carrier may be slow for one country."""
        return self.country_code


@dataclass(frozen=True, slots=True)
class Booked:
    """The carrier takes the parcel.

    Attributes:
        carrier: Who carries it.
        tracking_id: The carrier's tracking id.
    """

    carrier: str
    tracking_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier does not take the parcel, nor ever will for this order.

    Attributes:
        reason: Why.
        detail: What the carrier said.
    """

    reason: ShippingFailureReason
    detail: str


class LocalCarrier:
    """A carrier in this process. Its tracking ids follow from the order, so booking again gives the same one."""

    NAME = "house"

    def __init__(self, unserved: Collection[str]) -> None:
        """Open for business.

        Args:
            unserved: Country codes that it does not serve.
        """
        self._unserved = frozenset(unserved)

    def book(self, call: Book) -> Booked | Refused:
        """Take the parcel if its country is served.

        Args:
            call: Which parcel, and where to.
        """
        if call.country_code in self._unserved:
            return Refused(ShippingFailureReason.UNSERVED_COUNTRY, f"{self.NAME} does not serve {call.country_code}")
        return Booked(self.NAME, f"HC{call.key.hex[-16:].upper()}")
