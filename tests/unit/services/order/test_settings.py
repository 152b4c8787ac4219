"""The deadline as the environment gives it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.order.settings import OrderSettings


@pytest.fixture(autouse=True)
def needed(monkeypatch):
    monkeypatch.setenv("QUADRILLE_DATABASE_URL", "postgresql://order@host/order")
    monkeypatch.setenv("QUADRILLE_KAFKA_BOOTSTRAP_SERVERS", "host:9092")
    monkeypatch.setenv("QUADRILLE_REGISTRY_URL", "http://host")
    monkeypatch.delenv("QUADRILLE_ORDER_DEADLINE", raising=False)


def test_an_order_may_take_an_hour_unless_something_else_is_said():
    assert OrderSettings().order_deadline == timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("2.5", 2.5), (" 8 ", 8), ("PT1H", 3600), ("P1D", 86400), ("PT0.5S", 0.5)]
)
def test_a_deadline_is_a_duration_or_seconds(monkeypatch, text, seconds):
    monkeypatch.setenv("QUADRILLE_ORDER_DEADLINE", text)
    assert OrderSettings().order_deadline == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["0", "-5", "soon", "", "PT", "1h", "1e400", "99999999999999999999"])
def test_what_is_no_deadline_is_refused_in_a_sentence(monkeypatch, text):
    monkeypatch.setenv("QUADRILLE_ORDER_DEADLINE", text)
    with pytest.raises(ValidationError) as refused:
        OrderSettings()
    (problem,) = refused.value.errors()
    assert problem["loc"] == ("order_deadline",)
    assert "must be a duration" in problem["msg"] or "greater than" in problem["msg"]
