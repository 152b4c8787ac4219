"""A TPC-H folder as a shop: parts are items, partsupp the stock, customers the accounts, orders the orders.

docs/data.md says how stock and credit are derived, and which outcomes follow. Reads the `.tbl` files that
`tpchgen-cli` and the TPC's own dbgen write. Orders are streamed: both of their files are sorted by order.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CURRENCY = "USD"
TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp")

# What of a part's supply (the sum of its ps_availqty) is delivered: about what all orders of the part ask for.
STOCK_NUMERATOR, STOCK_DENOMINATOR = 45, 1000
# How often a customer's account balance (c_acctbal) is lent. A balance below zero is lent nothing.
CREDIT_FACTOR = 1500

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
    """
    supply: dict[int, int] = {}
    for part, _, available, *_ in _rows(folder, "partsupp"):
        supply[int(part)] = supply.get(int(part), 0) + int(available)
    found = []
    for row in _rows(folder, "part"):
        key = int(row[0])
        found.append(Part(sku(key), _cents(row[7]), supply.get(key, 0) * STOCK_NUMERATOR // STOCK_DENOMINATOR))
    return found


def customers(folder: Path) -> dict[int, Customer]:
    """Read the accounts.

    Args:
        folder: The folder.

    Returns:
        Each customer by its key.

    Raises:
        TpchError: A nation is none of TPC-H's.
    """
    nations = {}
    for key, name, *_ in _rows(folder, "nation"):
        if name not in COUNTRIES:
            raise TpchError(f"{folder / 'nation.tbl'} names {name}, which is no nation of TPC-H")
        nations[key] = COUNTRIES[name]
    found = {}
    for key, name, _, nation, _, balance, *_ in _rows(folder, "customer"):
        found[int(key)] = Customer(name, nations[nation], max(0, _cents(balance) * CREDIT_FACTOR))
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
    lines = itertools.groupby(_rows(folder, "lineitem"), key=lambda row: row[0])
    for order, (key, group) in zip(_rows(folder, "orders"), lines, strict=False):
        if order[0] != key:
            raise TpchError(f"{folder}: orders.tbl has order {order[0]} where lineitem.tbl has order {key}")
        yield TpchOrder(int(key), int(order[1]), tuple(map(_line, group)))


def _line(row: list[str]) -> Line:
    # l_extendedprice is by definition l_quantity * p_retailprice.
    quantity = int(row[4])
    return Line(sku(int(row[1])), quantity, _cents(row[5]) // quantity)


def _rows(folder: Path, table: str) -> Iterator[list[str]]:
    with (folder / f"{table}.tbl").open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("|")


def _cents(text: str) -> int:
    whole, _, fraction = text.partition(".")
    cents = int(whole.removeprefix("-")) * 100 + int(f"{fraction:0<2}"[:2])
    return -cents if text.startswith("-") else cents
