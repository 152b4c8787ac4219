# DO NOT EDIT. Made from schemas/ by `make generate`.
"""quadrille.events.order: 5 records, 0 enums."""

from __future__ import annotations

import datetime as _dt
import uuid as _uuid
from collections.abc import Mapping as _Mapping
from dataclasses import dataclass as _dataclass
from typing import Any as _Any

from quadrille import avro as _avro
from quadrille import avro_values as _values
import quadrille.events.types as _events_types

__all__ = [
    "InventoryRollback",
    "OrderCancelRequested",
    "OrderCancelled",
    "OrderCompleted",
    "OrderCreated",
]


@_dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRollback(_avro.Event):
    """Give back whatever is held for the order, and never hold anything for it again.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        reason: Why the order was cancelled.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    reason: _events_types.CancelReason

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "reason": self.reason if type(self.reason) is _events_types.CancelReason else _values.reject(self.reason),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> InventoryRollback:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "reason", _events_types.CancelReason(datum["reason"]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelRequested(_avro.Event):
    """Someone asks to cancel the order. Shipping decides whether it is still possible.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        customer_id: The customer, as the caller's customer system names them.
        reason: Why the order is to be cancelled.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    customer_id: str
    reason: _events_types.CancelReason

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "customer_id": self.customer_id,
            "reason": self.reason if type(self.reason) is _events_types.CancelReason else _values.reject(self.reason),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> OrderCancelRequested:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "customer_id", datum["customer_id"])
        put(made, "reason", _events_types.CancelReason(datum["reason"]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(_avro.Event):
    """The order ended without effect: whatever was charged is refunded. Final.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        customer_id: The customer, as the caller's customer system names them.
        reason: Why it was cancelled.
        total: What the order would have cost. A refund answers in its currency, even if nothing was charged.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    customer_id: str
    reason: _events_types.CancelReason
    total: _events_types.Money

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "customer_id": self.customer_id,
            "reason": self.reason if type(self.reason) is _events_types.CancelReason else _values.reject(self.reason),
            "total": self.total.to_avro(),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> OrderCancelled:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "customer_id", datum["customer_id"])
        put(made, "reason", _events_types.CancelReason(datum["reason"]))
        put(made, "total", _events_types.Money.from_avro(datum["total"]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(_avro.Event):
    """The order ended well: held stock, one charge, one shipment. Final.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        customer_id: The customer, as the caller's customer system names them.
        total: What the customer was charged.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    customer_id: str
    total: _events_types.Money

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "customer_id": self.customer_id,
            "total": self.total.to_avro(),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> OrderCompleted:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "customer_id", datum["customer_id"])
        put(made, "total", _events_types.Money.from_avro(datum["total"]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class OrderCreated(_avro.Event):
    """An order was placed and is durable. It starts the saga.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        order: What was ordered.
        deadline_at: When the order is cancelled if it has not ended by then.
        request_id: The request that placed the order: a caller that repeats it is given this order. Null if it
            was placed by a version that did not say.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    order: _events_types.OrderDetails
    deadline_at: _dt.datetime
    request_id: _uuid.UUID | None = None

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "order": self.order.to_avro(),
            "deadline_at": _values.to_millis(self.deadline_at),
            "request_id": None if self.request_id is None else _values.to_uuid_text(self.request_id) if type(self.request_id) is _uuid.UUID else _values.reject(self.request_id),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> OrderCreated:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "order", _events_types.OrderDetails.from_avro(datum["order"]))
        put(made, "deadline_at", _values.from_millis(datum["deadline_at"]))
        put(made, "request_id", None if datum["request_id"] is None else _values.from_uuid_text(datum["request_id"]))
        return made


InventoryRollback.SCHEMA = _avro.RecordSchema(
    "quadrille.events.order.InventoryRollback",
    '{"type":"record","name":"InventoryRollback","namespace":"quadrille.events.order","doc":"Give back whatev'
    'er is held for the order, and never hold anything for it again.","fields":[{"name":"order_id","type":{"t'
    'ype":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","ty'
    'pe":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by '
    'its own clock."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrille.eve'
    'nts.types","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","symbols'
    '":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRE'
    'NCY_MISMATCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED","PROVIDER_DECL'
    'INED"],"default":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","'
    'OUT_OF_STOCK":"Not enough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE_CHAN'
    'GED":"A quoted price is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not cove'
    'r the total.","UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is kept '
    'in another currency.","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The carrier'
    ' refused the parcel.","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The order had'
    ' not ended by its deadline.","PROVIDER_DECLINED":"The payment provider declined for reasons of its own."'
    '}},"doc":"Why the order was cancelled."}]}',
    "988cce3ed4fb89584a616ff621625cb47bfdc995962aab6294e0f0c15702c3fa",
)
OrderCancelRequested.SCHEMA = _avro.RecordSchema(
    "quadrille.events.order.OrderCancelRequested",
    '{"type":"record","name":"OrderCancelRequested","namespace":"quadrille.events.order","doc":"Someone asks '
    'to cancel the order. Shipping decides whether it is still possible.","fields":[{"name":"order_id","type"'
    ':{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at"'
    ',"type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it,'
    ' by its own clock."},{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer'
    ' system names them."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrill'
    'e.events.types","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","sy'
    'mbols":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","'
    'CURRENCY_MISMATCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED","PROVIDER'
    '_DECLINED"],"default":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not hav'
    'e.","OUT_OF_STOCK":"Not enough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE'
    '_CHANGED":"A quoted price is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not'
    ' cover the total.","UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is '
    'kept in another currency.","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The ca'
    'rrier refused the parcel.","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The orde'
    'r had not ended by its deadline.","PROVIDER_DECLINED":"The payment provider declined for reasons of its '
    'own."}},"doc":"Why the order is to be cancelled."}]}',
    "cae612a57cc9f725536ee726910816b4462b17b9c6a82cd0f3736522f07744ee",
)
OrderCancelled.SCHEMA = _avro.RecordSchema(
    "quadrille.events.order.OrderCancelled",
    '{"type":"record","name":"OrderCancelled","namespace":"quadrille.events.order","doc":"The order ended wit'
    'hout effect: whatever was charged is refunded. Final.","fields":[{"name":"order_id","type":{"type":"stri'
    'ng","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type'
    '":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own cl'
    'ock."},{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names '
    'them."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrille.events.types'
    '","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","symbols":["UNKNO'
    'WN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRENCY_MISMA'
    'TCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED","PROVIDER_DECLINED"],"d'
    'efault":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_ST'
    'OCK":"Not enough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE_CHANGED":"A q'
    'uoted price is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not cover the tot'
    'al.","UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is kept in anothe'
    'r currency.","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The carrier refused '
    'the parcel.","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The order had not ende'
    'd by its deadline.","PROVIDER_DECLINED":"The payment provider declined for reasons of its own."}},"doc":'
    '"Why it was cancelled."},{"name":"total","type":{"type":"record","name":"Money","namespace":"quadrille.e'
    'vents.types","doc":"An amount of money. Never a float.","fields":[{"name":"currency_code","type":"string'
    '","doc":"ISO 4217 code, three capital letters."},{"name":"minor_units","type":"long","doc":"The amount i'
    'n the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"What the order would have cost.'
    ' A refund answers in its currency, even if nothing was charged."}]}',
    "c0e25c1457e2db46a97a1507af3d37d42ae787c2edf7a91c35bd4eb6ed51391d",
)
OrderCompleted.SCHEMA = _avro.RecordSchema(
    "quadrille.events.order.OrderCompleted",
    '{"type":"record","name":"OrderCompleted","namespace":"quadrille.events.order","doc":"The order ended wel'
    'l: held stock, one charge, one shipment. Final.","fields":[{"name":"order_id","type":{"type":"string","l'
    'ogicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"lon'
    'g","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."}'
    ',{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names them."'
    '},{"name":"total","type":{"type":"record","name":"Money","namespace":"quadrille.events.types","doc":"An '
    'amount of money. Never a float.","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 code,'
    ' three capital letters."},{"name":"minor_units","type":"long","doc":"The amount in the currency\'s minor '
    'unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"What the customer was charged."}]}',
    "990db1e20e64f257bc97ed4b39f85be67705bbfc3e11d6738083106cb197572b",
)
OrderCreated.SCHEMA = _avro.RecordSchema(
    "quadrille.events.order.OrderCreated",
    '{"type":"record","name":"OrderCreated","namespace":"quadrille.events.order","doc":"An order was placed a'
    'nd is durable. It starts the saga.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"'
    'uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalTy'
    'pe":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"ord'
    'er","type":{"type":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was o'
    'rdered, by whom and where to. It travels with the order, so that no service asks another for it.","field'
    's":[{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names the'
    'm. No personal data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine'
    '","namespace":"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several li'
    'nes.","fields":[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name'
    '":"quantity","type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type'
    '":"record","name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.'
    '","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"nam'
    'e":"minor_units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 12'
    '34 JPY."}]},"doc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of t'
    'he request. At least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity'
    ' times unit price over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to:'
    ' a reference into the caller\'s address book. No personal data."},{"name":"country_code","type":"string",'
    '"doc":"Country to ship to: ISO 3166-1 alpha-2, two capital letters."}]},"doc":"What was ordered."},{"nam'
    'e":"deadline_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the order is cancel'
    'led if it has not ended by then."},{"name":"request_id","type":["null",{"type":"string","logicalType":"u'
    'uid"}],"doc":"The request that placed the order: a caller that repeats it is given this order. Null if i'
    't was placed by a version that did not say.","default":null}]}',
    "55df1b67c54ea3c93437d416655dfe511a2328fba11fc301883579c8e8851dbb",
)
