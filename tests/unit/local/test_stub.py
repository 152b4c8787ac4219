"""The stub: troubles come from a seed, its books keep one effect for each key, its command says what is wrong."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from local.stub.__main__ import main
from local.stub.books import Ledger, Rules
from local.stub.trouble import KINDS, Trouble

AMOUNT = {"currency_code": "USD", "minor_units": 5}


def test_a_seed_gives_the_same_troubles_and_about_as_many_as_was_asked_for():
    one, other = (Trouble({"lost": 0.3, "late": 0.2}, seed=7) for _ in range(2))
    drawn = [one.draw() for _ in range(2000)]
    assert drawn == [other.draw() for _ in range(2000)]
    kinds = [kind for kind, _ in drawn]
    assert 500 < kinds.count("lost") < 700
    assert set(kinds) == {"lost", "late", ""}


@pytest.mark.parametrize("chances", [{"lots": 0.1}, {"lost": 1.1}, {"lost": -0.1}, {"lost": 0.6, "late": 0.6}])
def test_a_trouble_that_there_is_not_or_a_chance_that_is_none_is_refused(chances):
    with pytest.raises(ValueError, match=r"lots|chance"):
        Trouble(chances)


@pytest.mark.parametrize(
    ("option", "said"), [("--trouble=lots=0.1", "there are late, lost"), ("--trouble=lost", "is not KIND=CHANCE")]
)
def test_the_command_names_what_is_wrong_and_exits_with_2(option, said):
    answer = CliRunner().invoke(main, [option])
    assert answer.exit_code == 2
    assert said in answer.output


def test_every_trouble_is_told_in_the_help():
    shown = CliRunner().invoke(main, ["--help"]).output
    assert [kind for kind in KINDS if f"{kind}:" not in shown] == []


def test_one_key_is_one_charge_and_another_request_with_it_is_a_conflict(tmp_path):
    books = Ledger(tmp_path / "stub.db", Rules())
    request = {"reference": "o1", "customer_id": "c1", "amount": AMOUNT}
    first = books.do("charges", "k1", request)
    assert books.do("charges", "k1", request) == first
    assert books.do("charges", "k1", {**request, "customer_id": "c2"})[0] == 409
    other = books.do("charges", "k2", request)
    # A client that makes a key up each time is not protected: the books show it.
    assert other[1]["charge_id"] != first[1]["charge_id"]
    assert [one["reference"] for one in books.all()["charges"]] == ["o1", "o1"]
    books.close()
