# DO NOT EDIT. Made from schemas/ by `make generate`.
"""quadrille.events.inventory: 5 records, 1 enums."""

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
    "InventoryFailed",
    "InventoryFailureReason",
    "InventoryReleased",
    "InventoryReserved",
    "LineFailure",
    "ReleasedLine",
]


class InventoryFailureReason(_enum.StrEnum):
    """Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader's version does not have."""

    UNKNOWN = "UNKNOWN"
    """A reason that the reader's version does not have."""

    OUT_OF_STOCK = "OUT_OF_STOCK"
    """Not enough was free."""

    UNKNOWN_SKU = "UNKNOWN_SKU"
    """There is no item with this SKU."""

    PRICE_CHANGED = "PRICE_CHANGED"
    """The quoted price is not the list price."""


@_dataclass(frozen=True, slots=True, kw_only=True)
class LineFailure(_avro.Record):
    """One SKU that cannot be held, and why.

    Attributes:
        sku: The stock keeping unit asked for.
        reason: Why it cannot be held.
        requested: How many the order asks for, summed over its lines of this SKU.
        available: How many could be held at that moment; null if the SKU is unknown.
        quoted_price: The unit price that the request quoted, if it is not the list price; else null.
        list_price: The list price at that moment, if the request quoted another; else null.
    """

    sku: str
    reason: InventoryFailureReason
    requested: int
    available: int | None = None
    quoted_price: _events_types.Money | None = None
    list_price: _events_types.Money | None = None

    def to_avro(self) -> dict[str, _Any]:
        return {
            "sku": self.sku,
            "reason": self.reason if type(self.reason) is InventoryFailureReason else _values.reject(self.reason),
            "requested": self.requested if type(self.requested) is int else _values.reject(self.requested),
            "available": None if self.available is None else self.available if type(self.available) is int else _values.reject(self.available),
            "quoted_price": None if self.quoted_price is None else ("quadrille.events.types.Money", self.quoted_price.to_avro()),
            "list_price": None if self.list_price is None else ("quadrille.events.types.Money", self.list_price.to_avro()),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> LineFailure:
        put, made = _values.put, _values.new(cls)
        put(made, "sku", datum["sku"])
        put(made, "reason", InventoryFailureReason(datum["reason"]))
        put(made, "requested", datum["requested"])
        put(made, "available", datum["available"])
        put(made, "quoted_price", None if datum["quoted_price"] is None else _events_types.Money.from_avro(_values.bare(datum["quoted_price"])))
        put(made, "list_price", None if datum["list_price"] is None else _events_types.Money.from_avro(_values.bare(datum["list_price"])))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class InventoryFailed(_avro.Event):
    """Nothing is held for the order: at least one line could not be.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        reason: The reason of the first failed line.
        lines: Every SKU that could not be held. At least one.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    reason: InventoryFailureReason
    lines: tuple[LineFailure, ...]

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "reason": self.reason if type(self.reason) is InventoryFailureReason else _values.reject(self.reason),
            "lines": [_0.to_avro() for _0 in self.lines] if type(self.lines) is tuple else _values.reject(self.lines),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> InventoryFailed:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "reason", InventoryFailureReason(datum["reason"]))
        put(made, "lines", tuple([LineFailure.from_avro(_0) for _0 in datum["lines"]]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedLine(_avro.Record):
    """Stock of one SKU that was given back.

    Attributes:
        sku: The stock keeping unit.
        quantity: How many were given back.
    """

    sku: str
    quantity: int

    def to_avro(self) -> dict[str, _Any]:
        return {
            "sku": self.sku,
            "quantity": self.quantity if type(self.quantity) is int else _values.reject(self.quantity),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> ReleasedLine:
        put, made = _values.put, _values.new(cls)
        put(made, "sku", datum["sku"])
        put(made, "quantity", datum["quantity"])
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class InventoryReleased(_avro.Event):
    """Nothing is held for the order any more, nor ever will be. Always sent in answer to InventoryRollback.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        lines: What was given back. Empty if nothing was held.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    lines: tuple[ReleasedLine, ...]

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "lines": [_0.to_avro() for _0 in self.lines] if type(self.lines) is tuple else _values.reject(self.lines),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> InventoryReleased:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "lines", tuple([ReleasedLine.from_avro(_0) for _0 in datum["lines"]]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class InventoryReserved(_avro.Event):
    """Every line of the order is held.

    Attributes:
        order_id: The order. Also the record's key.
        occurred_at: When the owner of this event decided it, by its own clock.
        order: What was ordered.
    """

    order_id: _uuid.UUID
    occurred_at: _dt.datetime
    order: _events_types.OrderDetails

    def to_avro(self) -> dict[str, _Any]:
        return {
            "order_id": _values.to_uuid_text(self.order_id) if type(self.order_id) is _uuid.UUID else _values.reject(self.order_id),
            "occurred_at": _values.to_millis(self.occurred_at),
            "order": self.order.to_avro(),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> InventoryReserved:
        put, made = _values.put, _values.new(cls)
        put(made, "order_id", _values.from_uuid_text(datum["order_id"]))
        put(made, "occurred_at", _values.from_millis(datum["occurred_at"]))
        put(made, "order", _events_types.OrderDetails.from_avro(datum["order"]))
        return made


LineFailure.SCHEMA = _avro.RecordSchema(
    "quadrille.events.inventory.LineFailure",
    '{"type":"record","name":"LineFailure","namespace":"quadrille.events.inventory","doc":"One SKU that canno'
    't be held, and why.","fields":[{"name":"sku","type":"string","doc":"The stock keeping unit asked for."},'
    '{"name":"reason","type":{"type":"enum","name":"InventoryFailureReason","namespace":"quadrille.events.inv'
    'entory","doc":"Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader\'s version do'
    'es not have.","symbols":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED"],"default":"UNKNOWN","sy'
    'mbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_STOCK":"Not enough was '
    'free.","UNKNOWN_SKU":"There is no item with this SKU.","PRICE_CHANGED":"The quoted price is not the list'
    ' price."}},"doc":"Why it cannot be held."},{"name":"requested","type":"long","doc":"How many the order a'
    'sks for, summed over its lines of this SKU."},{"name":"available","type":["null","long"],"doc":"How many'
    ' could be held at that moment; null if the SKU is unknown.","default":null},{"name":"quoted_price","type'
    '":["null",{"type":"record","name":"Money","namespace":"quadrille.events.types","doc":"An amount of money'
    '. Never a float.","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital '
    'letters."},{"name":"minor_units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 1'
    '2.34 USD, and 1234 JPY."}]}],"doc":"The unit price that the request quoted, if it is not the list price;'
    ' else null.","default":null},{"name":"list_price","type":["null","quadrille.events.types.Money"],"doc":"'
    'The list price at that moment, if the request quoted another; else null.","default":null}]}',
    "d0fbd1ed162696c5fb5abf6d9f4015375a89366bf9468036784b429e092d3468",
)
InventoryFailed.SCHEMA = _avro.RecordSchema(
    "quadrille.events.inventory.InventoryFailed",
    '{"type":"record","name":"InventoryFailed","namespace":"quadrille.events.inventory","doc":"Nothing is hel'
    'd for the order: at least one line could not be.","fields":[{"name":"order_id","type":{"type":"string","'
    'logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"lo'
    'ng","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."'
    '},{"name":"reason","type":{"type":"enum","name":"InventoryFailureReason","namespace":"quadrille.events.i'
    'nventory","doc":"Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader\'s version '
    'does not have.","symbols":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED"],"default":"UNKNOWN","'
    'symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_STOCK":"Not enough wa'
    's free.","UNKNOWN_SKU":"There is no item with this SKU.","PRICE_CHANGED":"The quoted price is not the li'
    'st price."}},"doc":"The reason of the first failed line."},{"name":"lines","type":{"type":"array","items'
    '":{"type":"record","name":"LineFailure","namespace":"quadrille.events.inventory","doc":"One SKU that can'
    'not be held, and why.","fields":[{"name":"sku","type":"string","doc":"The stock keeping unit asked for."'
    '},{"name":"reason","type":"quadrille.events.inventory.InventoryFailureReason","doc":"Why it cannot be he'
    'ld."},{"name":"requested","type":"long","doc":"How many the order asks for, summed over its lines of thi'
    's SKU."},{"name":"available","type":["null","long"],"doc":"How many could be held at that moment; null i'
    'f the SKU is unknown.","default":null},{"name":"quoted_price","type":["null",{"type":"record","name":"Mo'
    'ney","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"name":"'
    'currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_units","typ'
    'e":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]}],"doc":"T'
    'he unit price that the request quoted, if it is not the list price; else null.","default":null},{"name":'
    '"list_price","type":["null","quadrille.events.types.Money"],"doc":"The list price at that moment, if the'
    ' request quoted another; else null.","default":null}]}},"doc":"Every SKU that could not be held. At leas'
    't one."}]}',
    "27698823437646e8e0738478accc7649847ebde2aee85cdc2c18c2a55149a853",
)
ReleasedLine.SCHEMA = _avro.RecordSchema(
    "quadrille.events.inventory.ReleasedLine",
    '{"type":"record","name":"ReleasedLine","namespace":"quadrille.events.inventory","doc":"Stock of one SKU '
    'that was given back.","fields":[{"name":"sku","type":"string","doc":"The stock keeping unit."},{"name":"'
    'quantity","type":"long","doc":"How many were given back."}]}',
    "59a95c2cea3d76b0344e8624b5cbb3a3296191bb5f1cb2941c310750abb20d18",
)
InventoryReleased.SCHEMA = _avro.RecordSchema(
    "quadrille.events.inventory.InventoryReleased",
    '{"type":"record","name":"InventoryReleased","namespace":"quadrille.events.inventory","doc":"Nothing is h'
    'eld for the order any more, nor ever will be. Always sent in answer to InventoryRollback.","fields":[{"n'
    'ame":"order_id","type":{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."}'
    ',{"name":"occurred_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of '
    'this event decided it, by its own clock."},{"name":"lines","type":{"type":"array","items":{"type":"recor'
    'd","name":"ReleasedLine","namespace":"quadrille.events.inventory","doc":"Stock of one SKU that was given'
    ' back.","fields":[{"name":"sku","type":"string","doc":"The stock keeping unit."},{"name":"quantity","typ'
    'e":"long","doc":"How many were given back."}]}},"doc":"What was given back. Empty if nothing was held."}'
    ']}',
    "05987c8de559243cdcbf5901a38ad33dd1afbf027874bec8351b53036b512d87",
)
InventoryReserved.SCHEMA = _avro.RecordSchema(
    "quadrille.events.inventory.InventoryReserved",
    '{"type":"record","name":"InventoryReserved","namespace":"quadrille.events.inventory","doc":"Every line o'
    'f the order is held.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid"},"doc":"'
    'The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":"timestamp'
    '-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"order","type":{"t'
    'ype":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was ordered, by who'
    'm and where to. It travels with the order, so that no service asks another for it.","fields":[{"name":"c'
    'ustomer_id","type":"string","doc":"The customer, as the caller\'s customer system names them. No personal'
    ' data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine","namespace":'
    '"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several lines.","fields"'
    ':[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name":"quantity","'
    'type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type":"record","na'
    'me":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"'
    'name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_unit'
    's","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"d'
    'oc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of the request. At'
    ' least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity times unit pr'
    'ice over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to: a reference i'
    'nto the caller\'s address book. No personal data."},{"name":"country_code","type":"string","doc":"Country'
    ' to ship to: ISO 3166-1 alpha-2, two capital letters."}]},"doc":"What was ordered."}]}',
    "b2a8a2d192e83a6d66699c50a34516f2be4d09e617d49181957bbb7f26c5da0b",
)
