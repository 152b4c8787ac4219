"""The progress of partitions, for tests of what moves it."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.process.progress import Progress
from services.chassis.tables.positions import Position


def progress_at(offsets: Mapping[tuple[str, int], int]) -> Progress:
    """Begin partitions at offsets."""
    progress = Progress()
    for key, offset in offsets.items():
        progress.begin(key, key, Position(offset, None))
    return progress
