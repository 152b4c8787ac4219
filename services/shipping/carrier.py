"""The carrier: who takes parcels. One implementation today, in this process."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from quadrille.events.shipping import ShippingFailureReason


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
    """The carrier does not take the parcel.

    Attributes:
        reason: Why.
        detail: What the carrier said.
    """

    reason: ShippingFailureReason
    detail: str


class Carrier(Protocol):
    """Takes parcels. A call with an idempotency key that was used before gives the same answer, and ships nothing."""

    def book(self, *, idempotency_key: UUID, address_reference: str, country_code: str) -> Booked | Refused:
        """Hand a parcel over.

        Args:
            idempotency_key: The order: it is shipped once.
            address_reference: Where to.
            country_code: Country of the address.

        Returns:
            The booking, or why there is none.
        """


class HouseCarrier:
    """A carrier in this process. Its tracking ids follow from the order, so booking again gives the same one."""

    NAME = "house"

    def __init__(self, unserved: Collection[str]) -> None:
        """Open for business.

        Args:
            unserved: Country codes that it does not serve.
        """
        self._unserved = frozenset(unserved)

    def book(self, *, idempotency_key: UUID, address_reference: str, country_code: str) -> Booked | Refused:  # noqa: ARG002
        """Take the parcel if its country is served."""
        if country_code in self._unserved:
            return Refused(ShippingFailureReason.UNSERVED_COUNTRY, f"{self.NAME} does not serve {country_code}")
        return Booked(self.NAME, f"HC{idempotency_key.hex[-16:].upper()}")
