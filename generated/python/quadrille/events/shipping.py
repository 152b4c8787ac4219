# DO NOT EDIT. Made from schemas/ by `make generate`.
"""quadrille.events.shipping: 3 records, 1 enums."""

from __future__ import annotations

import datetime as _dt
import enum as _enum
import uuid as _uuid
from collections.abc import Mapping as _Mapping
from dataclasses import dataclass as _dataclass
from typing import Any as _Any

from quadrille import avro as _avro
from quadrille import avro_values as _values

__all__ = [
    "OrderShipped",
    "ShipmentCancelled",
    "ShippingFailed",
    "ShippingFailureReason",
]


class ShippingFailureReason(_enum.StrEnum):
    """Why an order cannot be shipped. UNKNOWN stands for symbols that the reader's version does not have."""

    UNKNOWN = "UNKNOWN"
    """A reason that the reader's version does not have."""

    UNSERVED_COUNTRY = "UNSERVED_COUNTRY"
    """The carrier does not serve the country."""

    CARRIER_REFUSED = "CARRIER_REFUSED"
    """The carrier refused the parcel."""


@_dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(_avro.Event):
    """The parcel is on its way. From here on the order is not undone.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        shipment_id: The shipment.
        carrier: Who carries it.
        tracking_id: The carrier's tracking id.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    shipment_id: _uuid.UUID
    carrier: str
    tracking_id: str

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "shipment_id": _values.to_uuid_text(self.shipment_id) if type(self.shipment_id) is _uuid.UUID else _values.reject(self.shipment_id),
            "carrier": self.carrier,
            "tracking_id": self.tracking_id,
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> OrderShipped:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "shipment_id", _values.from_uuid_text(datum["shipment_id"]))
        put(made, "carrier", datum["carrier"])
        put(made, "tracking_id", datum["tracking_id"])
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentCancelled(_avro.Event):
    """Nothing was shipped for the order, nor ever will be. The answer to OrderCancelRequested.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> ShipmentCancelled:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class ShippingFailed(_avro.Event):
    """The order cannot be shipped, nor ever will be.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        reason: Why it cannot be shipped.
        detail: What the carrier said, if it said anything. No personal data.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    reason: ShippingFailureReason
    detail: str | None = None

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "reason": self.reason if type(self.reason) is ShippingFailureReason else _values.reject(self.reason),
            "detail": None if self.detail is None else self.detail,
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> ShippingFailed:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "reason", ShippingFailureReason(datum["reason"]))
        put(made, "detail", datum["detail"])
        return made


OrderShipped.SCHEMA = _avro.RecordSchema(
    "quadrille.events.shipping.OrderShipped",
    '{"type":"record","name":"OrderShipped","namespace":"quadrille.events.shipping","doc":"The parcel is on i'
    'ts way. From here on the order is not undone.","fields":[{"name":"order_id","type":{"type":"string","log'
    'icalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long"'
    ',"logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{'
    '"name":"shipment_id","type":{"type":"string","logicalType":"uuid"},"doc":"The shipment."},{"name":"carri'
    'er","type":"string","doc":"Who carries it."},{"name":"tracking_id","type":"string","doc":"The carrier\'s '
    'tracking id."}]}',
    "24ae4e28aae54b9ef5766503aeacb374e4c70de8140521ba6f16955983515441",
)
ShipmentCancelled.SCHEMA = _avro.RecordSchema(
    "quadrille.events.shipping.ShipmentCancelled",
    '{"type":"record","name":"ShipmentCancelled","namespace":"quadrille.events.shipping","doc":"Nothing was s'
    'hipped for the order, nor ever will be. The answer to OrderCancelRequested.","fields":[{"name":"order_id'
    '","type":{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occu'
    'rred_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event dec'
    'ided it, by its own clock."}]}',
    "73e4e03a994cb68ac28d59709c1dc38a65c8e321905218308784dfa0eff65d41",
)
ShippingFailed.SCHEMA = _avro.RecordSchema(
    "quadrille.events.shipping.ShippingFailed",
    '{"type":"record","name":"ShippingFailed","namespace":"quadrille.events.shipping","doc":"The order cannot'
    ' be shipped, nor ever will be.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid'
    '"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":'
    '"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"reason"'
    ',"type":{"type":"enum","name":"ShippingFailureReason","namespace":"quadrille.events.shipping","doc":"Why'
    ' an order cannot be shipped. UNKNOWN stands for symbols that the reader\'s version does not have.","symbo'
    'ls":["UNKNOWN","UNSERVED_COUNTRY","CARRIER_REFUSED"],"default":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reas'
    'on that the reader\'s version does not have.","UNSERVED_COUNTRY":"The carrier does not serve the country.'
    '","CARRIER_REFUSED":"The carrier refused the parcel."}},"doc":"Why it cannot be shipped."},{"name":"deta'
    'il","type":["null","string"],"doc":"What the carrier said, if it said anything. No personal data.","defa'
    'ult":null}]}',
    "ca27b9ac6c7e108cf7a81543c0ba755885c2911f48bf5dc1bbccf5a046aa273e",
)
