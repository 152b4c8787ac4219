"""Lines of an order as people type them."""

from __future__ import annotations

import pytest

from cli.commands.place import Line, read_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("pen:3", Line("pen", 3, None)),
        ("pen:3:1.20", Line("pen", 3, "1.20")),
        ("shop:pen:3:1.20", Line("shop:pen", 3, "1.20")),
        ("pen:-1", Line("pen", -1, None)),
    ],
)
def test_a_line_is_sku_quantity_and_perhaps_a_price(text: str, line: Line) -> None:
    assert read_line(text) == line


@pytest.mark.parametrize(
    "text", ["pen", ":3", "pen:many", "shop:pen:3", "pen:1_0", "pen:1.9", "pen:\u0663", "pen:" + "9" * 5000]
)
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a line is"):
        read_line(text)
