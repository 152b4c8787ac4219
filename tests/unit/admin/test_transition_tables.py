"""Samples of events for the tables of states follow from the types of their fields."""

from __future__ import annotations

import dataclasses
from uuid import UUID

import pytest
from quadrille.events.topics import TOPICS

from admin.transition_tables import sample


def test_every_event_has_a_sample() -> None:
    for topic in TOPICS:
        for binding in topic.events:
            assert isinstance(sample(binding.event), binding.event)


def test_a_field_of_a_type_without_a_sample_is_named_with_its_event() -> None:
    strange = dataclasses.make_dataclass("Strange", [("order_id", UUID), ("weight", complex)])
    with pytest.raises(LookupError, match=r"Strange\.weight: .* has no sample"):
        sample(strange)
