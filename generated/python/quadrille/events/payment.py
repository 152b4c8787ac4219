# DO NOT EDIT. Made from schemas/ by `make generate`.
"""quadrille.events.payment: 3 records, 1 enums."""

from __future__ import annotations

import datetime as _dt
import enum as _enum
import uuid as _uuid
from collections.abc import Mapping as _Mapping
from dataclasses import dataclass as _dataclass
from typing import Any as _Any

from quadrille import avro as _avro
from quadrille import avro_values as _values
import quadrille.events.types as _events_types

__all__ = [
    "PaymentCompleted",
    "PaymentFailed",
    "PaymentFailureReason",
    "PaymentRefunded",
]


class PaymentFailureReason(_enum.StrEnum):
    """Why a charge was declined. UNKNOWN stands for symbols that the reader's version does not have."""

    UNKNOWN = "UNKNOWN"
    """A reason that the reader's version does not have."""

    INSUFFICIENT_CREDIT = "INSUFFICIENT_CREDIT"
    """Balance and credit limit do not cover the amount."""

    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    """The customer has no account."""

    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    """The account is kept in another currency."""

    PROVIDER_DECLINED = "PROVIDER_DECLINED"
    """The payment provider declined for reasons of its own."""


@_dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCompleted(_avro.Event):
    """The customer was charged for the order.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        order: What was ordered.
        charge_id: The charge.
        amount: What was charged.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    order: _events_types.OrderDetails
    charge_id: _uuid.UUID
    amount: _events_types.Money

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "order": self.order.to_avro(),
            "charge_id": _values.to_uuid_text(self.charge_id) if type(self.charge_id) is _uuid.UUID else _values.reject(self.charge_id),
            "amount": self.amount.to_avro(),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> PaymentCompleted:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "order", _events_types.OrderDetails.from_avro(datum["order"]))
        put(made, "charge_id", _values.from_uuid_text(datum["charge_id"]))
        put(made, "amount", _events_types.Money.from_avro(datum["amount"]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(_avro.Event):
    """The charge was declined. Nothing was charged.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        reason: Why it was declined.
        amount: What was to be charged.
        available: What the customer could have spent; null if there is no account.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    reason: PaymentFailureReason
    amount: _events_types.Money
    available: _events_types.Money | None = None

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "reason": self.reason if type(self.reason) is PaymentFailureReason else _values.reject(self.reason),
            "amount": self.amount.to_avro(),
            "available": None if self.available is None else ("quadrille.events.types.Money", self.available.to_avro()),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> PaymentFailed:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "reason", PaymentFailureReason(datum["reason"]))
        put(made, "amount", _events_types.Money.from_avro(datum["amount"]))
        put(made, "available", None if datum["available"] is None else _events_types.Money.from_avro(_values.bare(datum["available"])))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRefunded(_avro.Event):
    """Nothing is charged for the order any more, nor ever will be. Always sent in answer to OrderCancelled.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        amount: What was refunded. Zero if nothing had been charged.
        charge_id: The charge that was refunded; null if there was none.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    amount: _events_types.Money
    charge_id: _uuid.UUID | None = None

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "amount": self.amount.to_avro(),
            "charge_id": None if self.charge_id is None else _values.to_uuid_text(self.charge_id) if type(self.charge_id) is _uuid.UUID else _values.reject(self.charge_id),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> PaymentRefunded:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "amount", _events_types.Money.from_avro(datum["amount"]))
        put(made, "charge_id", None if datum["charge_id"] is None else _values.from_uuid_text(datum["charge_id"]))
        return made


PaymentCompleted.SCHEMA = _avro.RecordSchema(
    "quadrille.events.payment.PaymentCompleted",
    '{"type":"record","name":"PaymentCompleted","namespace":"quadrille.events.payment","doc":"The customer wa'
    's charged for the order.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid"},"do'
    'c":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":"times'
    'tamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"order","type"'
    ':{"type":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was ordered, by'
    ' whom and where to. It travels with the order, so that no service asks another for it.","fields":[{"name'
    '":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names them. No pers'
    'onal data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine","namespa'
    'ce":"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several lines.","fie'
    'lds":[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name":"quantit'
    'y","type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type":"record"'
    ',"name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields"'
    ':[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_'
    'units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]'
    '},"doc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of the request'
    '. At least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity times uni'
    't price over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to: a referen'
    'ce into the caller\'s address book. No personal data."},{"name":"country_code","type":"string","doc":"Cou'
    'ntry to ship to: ISO 3166-1 alpha-2, two capital letters."}]},"doc":"What was ordered."},{"name":"charge'
    '_id","type":{"type":"string","logicalType":"uuid"},"doc":"The charge."},{"name":"amount","type":"quadril'
    'le.events.types.Money","doc":"What was charged."}]}',
    "ae48505290eec94efbfb79544af6db2f9f4a81d87df2787ed7f32d22d55131bc",
)
PaymentFailed.SCHEMA = _avro.RecordSchema(
    "quadrille.events.payment.PaymentFailed",
    '{"type":"record","name":"PaymentFailed","namespace":"quadrille.events.payment","doc":"The charge was dec'
    'lined. Nothing was charged.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid"},'
    '"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":"ti'
    'mestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"reason","t'
    'ype":{"type":"enum","name":"PaymentFailureReason","namespace":"quadrille.events.payment","doc":"Why a ch'
    'arge was declined. UNKNOWN stands for symbols that the reader\'s version does not have.","symbols":["UNKN'
    'OWN","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRENCY_MISMATCH","PROVIDER_DECLINED"],"default":"UNKNOWN'
    '","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","INSUFFICIENT_CREDIT":"Bal'
    'ance and credit limit do not cover the amount.","UNKNOWN_ACCOUNT":"The customer has no account.","CURREN'
    'CY_MISMATCH":"The account is kept in another currency.","PROVIDER_DECLINED":"The payment provider declin'
    'ed for reasons of its own."}},"doc":"Why it was declined."},{"name":"amount","type":{"type":"record","na'
    'me":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"'
    'name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_unit'
    's","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"d'
    'oc":"What was to be charged."},{"name":"available","type":["null","quadrille.events.types.Money"],"doc":'
    '"What the customer could have spent; null if there is no account.","default":null}]}',
    "ce548744919a581bb2e371ec9973e09d4e009d52c948bd5d0cd52ae0448f91e8",
)
PaymentRefunded.SCHEMA = _avro.RecordSchema(
    "quadrille.events.payment.PaymentRefunded",
    '{"type":"record","name":"PaymentRefunded","namespace":"quadrille.events.payment","doc":"Nothing is charg'
    'ed for the order any more, nor ever will be. Always sent in answer to OrderCancelled.","fields":[{"name"'
    ':"order_id","type":{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"n'
    'ame":"occurred_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this'
    ' event decided it, by its own clock."},{"name":"amount","type":{"type":"record","name":"Money","namespac'
    'e":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"name":"currency_code"'
    ',"type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_units","type":"long","doc'
    '":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"What was refunde'
    'd. Zero if nothing had been charged."},{"name":"charge_id","type":["null",{"type":"string","logicalType"'
    ':"uuid"}],"doc":"The charge that was refunded; null if there was none.","default":null}]}',
    "2fe744ce7efdbee9bd6c04d9faadc3a2137740f2bd55880cf4e2873b6b09592a",
)
