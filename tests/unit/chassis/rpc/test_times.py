import datetime as dt

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.rpc.times import to_timestamp

MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001


@given(MOMENTS)
def test_a_time_becomes_what_protobuf_itself_makes_of_it(moment):
    expected = Timestamp()
    expected.FromDatetime(moment)
    assert to_timestamp(moment) == expected
