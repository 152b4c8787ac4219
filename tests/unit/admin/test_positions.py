"""Which partitions are stalled, and where their positions may go."""

from __future__ import annotations

import pytest

from admin.positions import PartitionPosition, Target


def at(offset: int | None, cut: int | None = None) -> PartitionPosition:
    return PartitionPosition("order", "payment-events", "id", 3, offset, 10, 20, cut)


@pytest.mark.parametrize(
    ("position", "stalled", "to_start", "to_cut"),
    [
        (at(None), False, None, None),
        (at(10), False, None, None),
        (at(20), False, None, None),
        (at(9), True, 10, None),
        (at(21), True, 10, None),
        (at(21, cut=18), True, 10, 18),
        # The topic has grown past the position again; the records in between were not read.
        (at(19, cut=15), True, 10, 15),
    ],
)
def test_only_a_stalled_position_moves(
    position: PartitionPosition, stalled: bool, to_start: int | None, to_cut: int | None
) -> None:
    assert position.stalled is stalled
    assert position.target_offset(Target.START) == to_start
    assert position.target_offset(Target.CUT) == to_cut
    assert position.to_json()["outside"] is stalled


def test_what_was_lost_is_described() -> None:
    assert at(9).describe_loss() == ""
    assert at(21, cut=18).describe_loss() == (
        "order: payment-events/3 has lost its end: what was read at 18 to 20 is gone"
        "; 2 other records are in those places, and were not read"
    )
