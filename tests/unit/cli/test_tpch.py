"""TPC-H as a shop, and what its stock and credit lead to."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from cli import tpch
from cli.loading import request
from cli.plan import Plan

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tpch")
    generator = Path(sys.executable).with_name("tpchgen-cli")
    subprocess.run([generator, "-s", "0.01", "--output-dir", made], check=True, capture_output=True)
    return made


def test_a_folder_that_lacks_files_is_refused_with_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(tpch.TpchError, match=r"lacks customer\.tbl.*tpchgen-cli"):
        tpch.check(tmp_path)


def test_every_quoted_price_is_the_list_price(folder: Path) -> None:
    prices = {part.sku: part.list_price for part in tpch.parts(folder)}
    orders = list(tpch.orders(folder))
    assert len(orders) == 15_000
    assert all(line.unit_price == prices[line.sku] for order in orders for line in order.lines)


def test_the_same_order_gives_the_same_bytes_and_a_salt_gives_another_request(folder: Path) -> None:
    order, people = next(tpch.orders(folder)), tpch.customers(folder)
    first, again = (request(Plan(folder), order, people) for _ in range(2))
    salted = request(Plan(folder, again="tuesday"), order, people)
    assert first.SerializeToString(deterministic=True) == again.SerializeToString(deterministic=True)
    assert salted.request_id != first.request_id
    salted.request_id = first.request_id
    assert salted == first


def test_between_5_and_20_percent_fail_at_inventory_and_as_many_at_payment(folder: Path) -> None:
    """docs/data.md promises it for any interleaving, and for each further set: sorted, nearly sorted, shuffled."""
    parts, people, orders = tpch.parts(folder), tpch.customers(folder), list(tpch.orders(folder))
    asked = {order.key: Counter[str]() for order in orders}
    for order in orders:
        for line in order.lines:
            asked[order.key][line.sku] += line.quantity
    totals = {order.key: order.total for order in orders}
    chance = random.Random(7)
    for disorder in (0.0, 200.0, 1e9):
        stock, credit = Counter[str](), Counter[int]()
        for _ in range(2):
            stock.update({part.sku: part.stock for part in parts})
            credit.update({key: person.credit for key, person in people.items()})
            rank = {order.key: place + chance.random() * disorder for place, order in enumerate(orders)}
            at_inventory = at_payment = 0
            undone: list[Counter[str]] = []
            for order in sorted(orders, key=lambda order: rank[order.key]):
                lines = asked[order.key]
                if len(undone) > chance.randrange(64):
                    stock.update(undone.pop(0))
                if any(stock[sku] < quantity for sku, quantity in lines.items()):
                    at_inventory += 1
                    continue
                stock.subtract(lines)
                if credit[order.customer] >= totals[order.key]:
                    credit[order.customer] -= totals[order.key]
                else:
                    at_payment += 1
                    undone.append(lines)
            for lines in undone:
                stock.update(lines)
            assert 0.08 < at_inventory / len(orders) < 0.15
            assert 0.10 < at_payment / len(orders) < 0.17
