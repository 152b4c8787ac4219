"""A remote payment provider, asked over HTTP. `docs/remote-providers.md` has its API; write your own here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from quadrille.events.payment import PaymentFailureReason
from quadrille.events.types import Money

from services.chassis.calls.http import HttpClient, Reply
from services.chassis.errors import Unknown
from services.payment.provider import Charge, Charged, Declined, Refund, Refunded

#: What a provider may give as its reason. Others are its own affair, and are told as PROVIDER_DECLINED.
REASONS: Mapping[str, PaymentFailureReason] = {
    reason.value: reason for reason in PaymentFailureReason if reason is not PaymentFailureReason.UNKNOWN
}


class _Amount(BaseModel):
    model_config = ConfigDict(strict=True)
    currency_code: str
    minor_units: int


class _ChargeAnswer(BaseModel):
    charge_id: UUID


class _DeclineAnswer(BaseModel):
    reason: str
    available: _Amount | None = None


class _RefundAnswer(BaseModel):
    amount: _Amount


class HttpPaymentProvider:
    """Charges and refunds through somebody else's API."""

    def __init__(self, name: str, client: HttpClient) -> None:
        """Prepare.

        Args:
            name: As payments know it: a charge is refunded by the provider that made it.
            client: Asks.
        """
        self._name = name
        self._client = client

    async def ask(self, call: Charge | Refund, idempotency_key: UUID) -> Charged | Declined | Refunded:
        """Charge or refund.

        Args:
            call: What is to be done.
            idempotency_key: The same each time.

        Returns:
            What the provider said.

        Raises:
            Unknown: It did not say it in a way that can be relied on.
        """
        if call.provider != self._name:
            raise Unknown(f"{call.provider} was asked to charge, and the provider that is set is {self._name}")
        try:
            if isinstance(call, Charge):
                return await self._charge(call, idempotency_key)
            return await self._refund(call, idempotency_key)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise Unknown(f"the answer does not fit: {where}: {error.errors()[0]['msg']}") from error

    async def close(self) -> None:
        """Let connections go."""
        await self._client.close()

    async def _charge(self, call: Charge, key: UUID) -> Charged | Declined:
        body = {"reference": str(call.key), "customer_id": call.order.customer_id, "amount": _money(call.order.total)}
        reply = await self._client.post("/charges", key, body)
        if reply.status == 201 and reply.body.get("status") == "charged":
            return Charged(_ChargeAnswer.model_validate(reply.body).charge_id)
        if reply.status == 402 and reply.body.get("status") == "declined":
            declined = _DeclineAnswer.model_validate(reply.body)
            reason = REASONS.get(declined.reason, PaymentFailureReason.PROVIDER_DECLINED)
            return Declined(reason, _read(declined.available))
        raise _nonsense(reply)

    async def _refund(self, call: Refund, key: UUID) -> Refunded:
        body = {"reference": str(call.key), "charge_id": str(call.charge_id), "amount": _money(call.amount)}
        reply = await self._client.post("/refunds", key, body)
        if reply.status == 201 and reply.body.get("status") == "refunded":
            given = _read(_RefundAnswer.model_validate(reply.body).amount)
            if given != call.amount:
                raise Unknown(f"it says that it refunded {given}, and not {call.amount}")
            return Refunded()
        raise _nonsense(reply)


def _money(amount: Money) -> dict[str, Any]:
    return {"currency_code": amount.currency_code, "minor_units": amount.minor_units}


def _read(amount: _Amount | None) -> Money | None:
    return None if amount is None else Money(currency_code=amount.currency_code, minor_units=amount.minor_units)


def _nonsense(reply: Reply) -> Unknown:
    return Unknown(f"HTTP {reply.status} with the status {reply.body.get('status')!r} is no answer to this")
