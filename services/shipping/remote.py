"""A remote carrier, asked over HTTP. `docs/remote-providers.md` has its API; write your own carrier's here."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError
from quadrille.events.shipping import ShippingFailureReason

from services.chassis.calls.http import HttpClient
from services.chassis.errors import Unknown
from services.shipping.carrier import Book, Booked, Refused

#: What a carrier may give as its reason. Others are told as CARRIER_REFUSED, with what it said.
REASONS: Mapping[str, ShippingFailureReason] = {
    reason.value: reason for reason in ShippingFailureReason if reason is not ShippingFailureReason.UNKNOWN
}


class _BookAnswer(BaseModel):
    carrier: str = Field(min_length=1, max_length=100)
    tracking_id: str = Field(min_length=1, max_length=100)


class _RefusalAnswer(BaseModel):
    reason: str
    detail: str = Field(default="", max_length=1000)


class HttpCarrier:
    """Hands parcels over through somebody else's API."""

    def __init__(self, client: HttpClient) -> None:
        """Prepare.

        Args:
            client: Asks.
        """
        self._client = client

    async def ask(self, call: Book, idempotency_key: UUID) -> Booked | Refused:
        """Hand a parcel over.

        Args:
            call: Which, and where to.
            idempotency_key: The same each time.

        Returns:
            What the carrier said.

        Raises:
            Unknown: It did not say it in a way that can be relied on.
        """
        body = {
            "reference": str(call.key),
            "address_reference": call.address_reference,
            "country_code": call.country_code,
        }
        reply = await self._client.post("/shipments", idempotency_key, body)
        status = reply.body.get("status")
        try:
            if reply.status == 201 and status == "booked":
                booked = _BookAnswer.model_validate(reply.body)
                return Booked(booked.carrier, booked.tracking_id)
            if reply.status == 422 and status == "refused":
                refused = _RefusalAnswer.model_validate(reply.body)
                return Refused(
                    REASONS.get(refused.reason, ShippingFailureReason.CARRIER_REFUSED),
                    refused.detail or refused.reason,
                )
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise Unknown(f"the answer does not fit: {where}: {error.errors()[0]['msg']}") from error
        raise Unknown(f"HTTP {reply.status} with the status {status!r} is no answer to this")

    async def close(self) -> None:
        """Let connections go."""
        await self._client.close()
