"""Rows of a TPC-H folder are read exactly, or refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import tpch

ORDER = "1|7|O|173665.47|"
LINE = "1|1552|93|1|17|24386.67|"
PART = "1|name|m|b|t|7|c|901.00|"
CUSTOMER = "1|Customer#000000001|a|0|25|711.56|"


def folder(path: Path, **files: str) -> Path:
    for table in tpch.TABLES:
        (path / f"{table}.tbl").write_text(files.get(table, ""))
    return path


def test_rows_are_read_as_they_are(tmp_path: Path) -> None:
    made = folder(
        tmp_path, orders=ORDER, lineitem=LINE, part=PART, partsupp="1|2|3325|", nation="0|ALGERIA|", customer=CUSTOMER
    )
    assert next(tpch.orders(made)).lines == (tpch.Line("Part#000001552", 17, 143451),)
    assert tpch.parts(made)[0].list_price == 90100
    assert tpch.customers(made)[1].credit == 71156 * tpch.CREDIT_FACTOR


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        ("lineitem", LINE.replace("24386.67", "24386.679"), "no amount"),
        ("lineitem", LINE.replace("24386.67", "24_386.67"), "no amount"),
        ("lineitem", LINE.replace("24386.67", "24386.66"), "no multiple"),
        ("lineitem", LINE.replace("|17|", "|0|"), "no multiple"),
        ("lineitem", LINE.replace("|17|", "|1_7|"), "no whole number"),
        ("lineitem", LINE.replace("|17|", "|17.5|"), "no whole number"),
        ("lineitem", LINE.replace("|17|", f"|{'9' * 5000}|"), "no whole number"),
        ("lineitem", "1|1552|", "columns"),
        ("orders", "1", "columns"),
        ("orders", ORDER.replace("|7|", "|seven|"), "no whole number"),
        ("part", PART.replace("901.00", "\u0669"), "no amount"),
        ("partsupp", "1|2|x|", "no whole number"),
        ("customer", CUSTOMER.replace("|0|", "|1|"), "nation"),
    ],
)
def test_what_would_have_to_be_rounded_or_guessed_is_refused_with_its_place(tmp_path, table, row, told) -> None:
    files = {"orders": ORDER, "lineitem": LINE, "part": PART, "nation": "0|ALGERIA|", "customer": CUSTOMER, table: row}
    made = folder(tmp_path, **files)
    with pytest.raises(tpch.TpchError, match=rf"{table}\.tbl:1.*{told}"):
        list(tpch.orders(made)), tpch.parts(made), tpch.customers(made)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (made / "orders.tbl").write_bytes(b"1|\xff|")
    (made / "lineitem.tbl").write_text(LINE)
    with pytest.raises(tpch.TpchError, match="not UTF-8"):
        list(tpch.orders(made))
