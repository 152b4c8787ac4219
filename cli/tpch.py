"""A TPC-H folder as a shop: parts are items, partsupp the stock, customers the accounts, orders the orders.

docs/data.md says how stock and credit are derived, and which outcomes follow. Reads the `.tbl` files that
`tpchgen-cli` and the TPC's own dbgen write. Orders are streamed: both of their files are sorted by order.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CURRENCY = "USD"
TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp")

# What of a part's supply (the sum of its ps_availqty) is delivered: about what all orders of the part ask for.
STOCK_NUMERATOR, STOCK_DENOMINATOR = 45, 1000
# How often a customer's account balance (c_acctbal) is lent. A balance below zero is lent nothing.
CREDIT_FACTOR = 1500

_WHOLE = re.compile(r"[0-9]{1,18}", re.ASCII)
_AMOUNT = re.compile(r"(-?)([0-9]{1,16})(?:\.([0-9]{1,2}))?", re.ASCII)
_SHOWN = 40

# The 25 nations of TPC-H, by ISO 3166-1.
COUNTRIES = {
    "ALGERIA": "DZ",
    "ARGENTINA": "AR",
    "BRAZIL": "BR",
    "CANADA": "CA",
    "CHINA": "CN",
    "EGYPT": "EG",
    "ETHIOPIA": "ET",
    "FRANCE": "FR",
    "GERMANY": "DE",
    "INDIA": "IN",
    "INDONESIA": "ID",
    "IRAN": "IR",
    "IRAQ": "IQ",
    "JAPAN": "JP",
    "JORDAN": "JO",
    "KENYA": "KE",
    "MOROCCO": "MA",
    "MOZAMBIQUE": "MZ",
    "PERU": "PE",
    "ROMANIA": "RO",
    "RUSSIA": "RU",
    "SAUDI ARABIA": "SA",
    "UNITED KINGDOM": "GB",
    "UNITED STATES": "US",
    "VIETNAM": "VN",
}


class TpchError(Exception):
    """The folder is no TPC-H folder, or a file of it cannot be read."""


@dataclass(frozen=True, slots=True)
class Part:
    """An item.

    Attributes:
        sku: `Part#000000001`.
        list_price: In minor units.
        stock: How many are delivered; may be none.
    """

    sku: str
    list_price: int
    stock: int


@dataclass(frozen=True, slots=True)
class Customer:
    """An account.

    Attributes:
        customer_id: `Customer#000000001`, as TPC-H names them.
        country_code: ISO 3166-1.
        credit: In minor units; may be none.
    """

    customer_id: str
    country_code: str
    credit: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order.

    Attributes:
        sku: What is ordered.
        quantity: How many.
        unit_price: Price of one, in minor units.
    """

    sku: str
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class TpchOrder:
    """An order.

    Attributes:
        key: Its o_orderkey.
        customer: Key of its customer.
        lines: Its lines.
    """

    key: int
    customer: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """What it costs, in minor units."""
        return sum(line.quantity * line.unit_price for line in self.lines)


def check(folder: Path) -> None:
    """Make sure that all files are there.

    Args:
        folder: The folder.

    Raises:
        TpchError: Naming what is missing, and how to make it.
    """
    missing = [f"{table}.tbl" for table in TABLES if not (folder / f"{table}.tbl").is_file()]
    if missing:
        raise TpchError(
            f"{folder} lacks {', '.join(missing)}; make a TPC-H folder with"
            f" `tpchgen-cli -s 0.01 --output-dir {folder}` (format tbl, the default)"
        )


def sku(part: int) -> str:
    """Name a part as TPC-H names customers.

    Args:
        part: Its key.
    """
    return f"Part#{part:09}"


def parts(folder: Path) -> list[Part]:
    """Read the items.

    Args:
        folder: The folder.

    Returns:
        One for each part, by key.

    Raises:
        TpchError: A row is none of TPC-H's.
    """
    supply: dict[int, int] = {}
    for row in _rows(folder, "partsupp"):
        part = row.whole(0)
        supply[part] = supply.get(part, 0) + row.whole(2)
    found = []
    for row in _rows(folder, "part"):
        key = row.whole(0)
        found.append(Part(sku(key), row.cents(7), supply.get(key, 0) * STOCK_NUMERATOR // STOCK_DENOMINATOR))
    return found


def customers(folder: Path) -> dict[int, Customer]:
    """Read the accounts.

    Args:
        folder: The folder.

    Returns:
        Each customer by its key.

    Raises:
        TpchError: A nation or a row is none of TPC-H's.
    """
    nations = {}
    for row in _rows(folder, "nation"):
        key, name = row.text(0), row.text(1)
        if name not in COUNTRIES:
            raise TpchError(f"{row.place} names {name}, which is no nation of TPC-H")
        nations[key] = COUNTRIES[name]
    found = {}
    for row in _rows(folder, "customer"):
        nation = row.text(3)
        if nation not in nations:
            raise TpchError(f"{row.place} names the nation {nation}, which nation.tbl does not have")
        credit = max(0, row.cents(5) * CREDIT_FACTOR)
        found[row.whole(0)] = Customer(row.text(1), nations[nation], credit)
    return found


def orders(folder: Path) -> Iterator[TpchOrder]:
    """Read the orders, one by one.

    Args:
        folder: The folder.

    Yields:
        Each order with its lines, in the order of its key.

    Raises:
        TpchError: The files do not belong together.
    """
    lines = itertools.groupby(_rows(folder, "lineitem"), key=lambda row: row.text(0))
    for order, (key, group) in zip(_rows(folder, "orders"), lines, strict=False):
        if order.text(0) != key:
            raise TpchError(f"{folder}: orders.tbl has order {order.text(0)} where lineitem.tbl has order {key}")
        yield TpchOrder(order.whole(0), order.whole(1), tuple(map(_line, group)))


def _line(row: _Row) -> Line:
    # l_extendedprice is by definition l_quantity * p_retailprice.
    quantity, price = row.whole(4), row.cents(5)
    if quantity == 0 or price % quantity:
        raise TpchError(f"{row.place}: {row.text(5)} is no multiple of the quantity {quantity}")
    return Line(sku(row.whole(1)), quantity, price // quantity)


class _Row:
    """A row of a table. Nothing in it is rounded or guessed: what is no number there is an error with its place."""

    __slots__ = ("_fields", "_number", "_path")

    def __init__(self, path: Path, number: int, fields: list[str]) -> None:
        self._path = path
        self._number = number
        self._fields = fields

    @property
    def place(self) -> str:
        return f"{self._path}:{self._number}"

    def text(self, column: int) -> str:
        if column >= len(self._fields):
            raise TpchError(f"{self.place} has {len(self._fields)} columns, and no column {column + 1}")
        return self._fields[column]

    def whole(self, column: int) -> int:
        text = self.text(column)
        if not _WHOLE.fullmatch(text):
            raise TpchError(f"{self.place}: {text[:_SHOWN]!r} in column {column + 1} is no whole number")
        return int(text)

    def cents(self, column: int) -> int:
        text = self.text(column)
        found = _AMOUNT.fullmatch(text)
        if found is None:
            raise TpchError(f"{self.place}: {text[:_SHOWN]!r} in column {column + 1} is no amount such as 12.34")
        return int(f"{found[1]}{found[2]}{found[3] or '':0<2}")


def _rows(folder: Path, table: str) -> Iterator[_Row]:
    path = folder / f"{table}.tbl"
    with path.open(encoding="utf-8") as file:
        try:
            for number, line in enumerate(file, 1):
                yield _Row(path, number, line.rstrip("\n").split("|"))
        except UnicodeDecodeError as error:
            raise TpchError(f"{path} is not UTF-8 ({error.reason} at byte {error.start} of a block)") from None
