from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from local.kafka import cluster_id


@given(st.integers(0, 2**122 - 1))
def test_a_cluster_id_never_looks_like_an_option_of_the_command_that_takes_it(low):
    dashes = UUID(int=(0b111110 << 122) | low)
    plain = UUID(int=low)
    assert cluster_id(iter([dashes, dashes, plain]).__next__) == cluster_id(lambda: plain)
    assert not cluster_id(lambda: plain).startswith("-")
