import json
from xml.etree import ElementTree

import pytest

from bench.report import Figure, chart, read, store, table

FIGURES = [
    Figure("throughput", 1500.0, "/s", 2000.0, ">= 0.8 of the floor", meets=False),
    Figure("idle & <quiet>", 24.9, "ms", None, "<= 25 ms", meets=True),
]


def test_the_table_gives_ratios_targets_and_what_was_before():
    told = table(FIGURES, {"throughput": 1000.0})
    assert "| throughput | 1,500 /s | 2,000 /s | 0.75 | >= 0.8 of the floor | no | 1,000 /s | 1.50 |" in told
    assert "| idle & <quiet> | 24.9 ms |  |  | <= 25 ms | yes |  |  |" in told


def test_what_is_stored_is_read_again(tmp_path):
    store(tmp_path, FIGURES, {"cores": "2"})
    assert read(tmp_path / "bench.json") == {"throughput": 1500.0, "idle & <quiet>": 24.9}
    assert json.loads((tmp_path / "bench.json").read_text())["about"] == {"cores": "2"}


def test_a_file_that_is_no_earlier_run_is_refused(tmp_path):
    (tmp_path / "other.json").write_text('{"figures": [1]}')
    with pytest.raises(ValueError, match="not written by this benchmark"):
        read(tmp_path / "other.json")


def test_the_chart_is_well_formed_whatever_a_figure_is_called():
    drawn = ElementTree.fromstring(chart([Figure("a & <b>", 1.0, "s", 2.0)]))  # noqa: S314 - our own
    assert "a & <b>" in [node.text for node in drawn.iter()]
