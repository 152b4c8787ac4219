# DO NOT EDIT. Made from schemas/ by `make generate`.
"""quadrille.events.types: 3 records, 1 enums."""

from __future__ import annotations

import enum as _enum
from collections.abc import Mapping as _Mapping
from dataclasses import dataclass as _dataclass
from typing import Any as _Any

from quadrille import avro as _avro
from quadrille import avro_values as _values

__all__ = [
    "CancelReason",
    "Money",
    "OrderDetails",
    "OrderLine",
]


class CancelReason(_enum.StrEnum):
    """Why an order was, or is to be, cancelled. Symbols are added at the end only."""

    UNKNOWN = "UNKNOWN"
    """A reason that the reader's version does not have."""

    OUT_OF_STOCK = "OUT_OF_STOCK"
    """Not enough of a SKU was free."""

    UNKNOWN_SKU = "UNKNOWN_SKU"
    """Inventory does not know a SKU."""

    PRICE_CHANGED = "PRICE_CHANGED"
    """A quoted price is not the list price."""

    INSUFFICIENT_CREDIT = "INSUFFICIENT_CREDIT"
    """Balance and credit limit do not cover the total."""

    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    """The customer has no account."""

    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    """The account is kept in another currency."""

    UNSERVED_COUNTRY = "UNSERVED_COUNTRY"
    """No carrier serves the country."""

    CARRIER_REFUSED = "CARRIER_REFUSED"
    """The carrier refused the parcel."""

    CUSTOMER_REQUEST = "CUSTOMER_REQUEST"
    """The customer asked for it."""

    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    """The order had not ended by its deadline."""

    PROVIDER_DECLINED = "PROVIDER_DECLINED"
    """The payment provider declined for reasons of its own."""


@_dataclass(frozen=True, slots=True, kw_only=True)
class Money(_avro.Record):
    """An amount of money. Never a float.

    Attributes:
        currency_code: ISO 4217 code, three capital letters.
        minor_units: The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.
    """

    currency_code: str
    minor_units: int

    def to_avro(self) -> dict[str, _Any]:
        return {
            "currency_code": self.currency_code,
            "minor_units": self.minor_units if type(self.minor_units) is int else _values.reject(self.minor_units),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> Money:
        put, made = _values.put, _values.new(cls)
        put(made, "currency_code", datum["currency_code"])
        put(made, "minor_units", datum["minor_units"])
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine(_avro.Record):
    """One line of an order. The same SKU may stand on several lines.

    Attributes:
        sku: Stock keeping unit, as inventory knows it.
        quantity: How many are ordered. At least 1.
        unit_price: Price of one, as the customer was quoted it.
    """

    sku: str
    quantity: int
    unit_price: Money

    def to_avro(self) -> dict[str, _Any]:
        return {
            "sku": self.sku,
            "quantity": self.quantity if type(self.quantity) is int else _values.reject(self.quantity),
            "unit_price": self.unit_price.to_avro(),
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> OrderLine:
        put, made = _values.put, _values.new(cls)
        put(made, "sku", datum["sku"])
        put(made, "quantity", datum["quantity"])
        put(made, "unit_price", Money.from_avro(datum["unit_price"]))
        return made


@_dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails(_avro.Record):
    """What was ordered, by whom and where to. It travels with the order, so that no service asks another for
    it.

    Attributes:
        customer_id: The customer, as the caller's customer system names them. No personal data.
        lines: The lines, in the order of the request. At least one.
        total: Sum of quantity times unit price over all lines.
        address_reference: Where to ship to: a reference into the caller's address book. No personal data.
        country_code: Country to ship to: ISO 3166-1 alpha-2, two capital letters.
    """

    customer_id: str
    lines: tuple[OrderLine, ...]
    total: Money
    address_reference: str
    country_code: str

    def to_avro(self) -> dict[str, _Any]:
        return {
            "customer_id": self.customer_id,
            "lines": [_0.to_avro() for _0 in self.lines] if type(self.lines) is tuple else _values.reject(self.lines),
            "total": self.total.to_avro(),
            "address_reference": self.address_reference,
            "country_code": self.country_code,
        }

    @classmethod
    def from_avro(cls, datum: _Mapping[str, _Any]) -> OrderDetails:
        put, made = _values.put, _values.new(cls)
        put(made, "customer_id", datum["customer_id"])
        put(made, "lines", tuple([OrderLine.from_avro(_0) for _0 in datum["lines"]]))
        put(made, "total", Money.from_avro(datum["total"]))
        put(made, "address_reference", datum["address_reference"])
        put(made, "country_code", datum["country_code"])
        return made


Money.SCHEMA = _avro.RecordSchema(
    "quadrille.events.types.Money",
    '{"type":"record","name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a '
    'float.","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."}'
    ',{"name":"minor_units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, '
    'and 1234 JPY."}]}',
    "ce696fa39cdbbc8d9e24f1ec3a5e7dfcce636f5f60bcd846acf96279d3119993",
)
OrderLine.SCHEMA = _avro.RecordSchema(
    "quadrille.events.types.OrderLine",
    '{"type":"record","name":"OrderLine","namespace":"quadrille.events.types","doc":"One line of an order. Th'
    'e same SKU may stand on several lines.","fields":[{"name":"sku","type":"string","doc":"Stock keeping uni'
    't, as inventory knows it."},{"name":"quantity","type":"long","doc":"How many are ordered. At least 1."},'
    '{"name":"unit_price","type":{"type":"record","name":"Money","namespace":"quadrille.events.types","doc":"'
    'An amount of money. Never a float.","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 co'
    'de, three capital letters."},{"name":"minor_units","type":"long","doc":"The amount in the currency\'s min'
    'or unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"Price of one, as the customer was quoted it."}]}',
    "a666f7447391b15c9e67d423a15dabc78c101ca448d71ce140b8d9515d4e2277",
)
OrderDetails.SCHEMA = _avro.RecordSchema(
    "quadrille.events.types.OrderDetails",
    '{"type":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was ordered, by '
    'whom and where to. It travels with the order, so that no service asks another for it.","fields":[{"name"'
    ':"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names them. No perso'
    'nal data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine","namespac'
    'e":"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several lines.","fiel'
    'ds":[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name":"quantity'
    '","type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type":"record",'
    '"name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":'
    '[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_u'
    'nits","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]}'
    ',"doc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of the request.'
    ' At least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity times unit'
    ' price over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to: a referenc'
    'e into the caller\'s address book. No personal data."},{"name":"country_code","type":"string","doc":"Coun'
    'try to ship to: ISO 3166-1 alpha-2, two capital letters."}]}',
    "20b24bc4b82ea73b9b824282dbab9edb3a54baf666a11f8d90bcea73a1835e0b",
)
