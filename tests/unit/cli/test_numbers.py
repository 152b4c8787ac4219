"""Options that are numbers are read as digits, in every command."""

from __future__ import annotations

import click
import pytest

from cli.numbers import Number, Whole
from tests.unit.cli.test_hostile_text import EVERY

NONE = ["1_0", "nan", "inf", "-inf", "1e9", "1e999", "\u0663", " 1", "1\n", "", "9" * 5000, "0x10", "1."]


@pytest.mark.parametrize("text", [*NONE, "1.5", "-1", str(2**31)])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Whole(0).convert(text, None, None)


@pytest.mark.parametrize("text", [*NONE, "-0.1", "99999999999"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Number(0).convert(text, None, None)


def test_numbers_are_read() -> None:
    assert Whole(0).convert("17", None, None) == 17
    assert Number(0).convert("2.5", None, None) == 2.5
    with pytest.raises(click.BadParameter):
        Number(0, above=True).convert("0", None, None)


def test_every_option_that_is_a_number_is_read_so() -> None:
    python_s = (click.types.IntParamType, click.types.FloatParamType)
    others = [
        (path, parameter.name)
        for path, command in EVERY.items()
        for parameter in command.params
        if isinstance(parameter.type, python_s) and not isinstance(parameter.type, Whole | Number)
    ]
    assert others == []
