"""Times as messages carry them."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp


def to_timestamp(moment: datetime) -> Timestamp:
    """Make a message of a time.

    Args:
        moment: The time, aware.

    Returns:
        The message.
    """
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
