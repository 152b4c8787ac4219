"""The palette keeps WCAG 2.2 AA in both modes: 4.5 for text, 3 for what is not text (1.4.3, 1.4.11)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("pages") / "static" / "style.css").read_text()
PALETTE = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS)
}
MODES = pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
TEXT = ["ink", "quiet", "link", "added", "removed", *(f"hue-{n}" for n in range(7))]


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@MODES
@pytest.mark.parametrize("name", TEXT)
def test_every_colour_of_text_is_readable_on_paper_and_panel(name, mode):
    for ground in ("paper", "panel"):
        assert contrast(PALETTE[name][mode], PALETTE[ground][mode]) >= 4.5, ground


@MODES
@pytest.mark.parametrize("name", ["edge", "focus"])
def test_the_edge_of_what_can_be_used_and_the_focus_are_seen(name, mode):
    for ground in ("paper", "panel"):
        assert contrast(PALETTE[name][mode], PALETTE[ground][mode]) >= 3, ground


def test_no_colour_stands_outside_the_palette():
    rest = re.sub(r"--[\w-]+: light-dark\([^)]*\);", "", CSS)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", rest) == []
    assert set(PALETTE) >= set(re.findall(r"var\(--((?:hue-\d)|ink|quiet|link|paper|panel|line|edge|focus)\)", CSS))
