"""The chassis holds no word of the shop: not in names, not in texts, not in comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHASSIS = Path(__file__).resolve().parents[3] / "services" / "chassis"
#: "order" alone is a word of the chassis: records come in order.
SHOP = re.compile(
    r"\b(orders|order's|an order|place orders?|customers?|currenc(y|ies)|countr(y|ies)|money|skus?|stock"
    r"|warehouse|parcels?|shipments?|shipping|shipped|carriers?|payments?|refund(ed|s)?|charge[ds]?|inventory|credit)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", sorted(CHASSIS.rglob("*.py")), ids=lambda path: str(path.relative_to(CHASSIS)))
def test_the_chassis_holds_no_word_of_the_shop(path):
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(path.read_text().replace("_", " _ ").splitlines(), 1)
        if SHOP.search(line)
    ]
    assert found == []
