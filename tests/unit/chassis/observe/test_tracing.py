"""Traces: off unless asked for, never in the way, and nothing of what was rolled back."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.events.order import OrderCancelRequested
from quadrille.events.topics import topic_of
from quadrille.events.types import CancelReason

from gateway import tracing as gateway
from services.chassis.decide import clock
from services.chassis.decide.handlers import Received
from services.chassis.observe import tracing
from telemetry import spans
from tests.live.telemetry.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield from configured({"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{made.port}"}, made)


def configured(environment: dict[str, str], given: object) -> Iterator[object]:
    before = spans._state
    spans._state = spans._State()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        spans.configure("shipping", "shipping-1", environment)
        try:
            yield given
        finally:
            spans.stop()
            spans._state = before


def context(*, sampled: bool = True) -> str:
    return f"00-{uuid4().hex}-{uuid4().hex[:16]}-{int(sampled):02d}"


def received(traceparent: str | None) -> Received[OrderCancelRequested]:
    event = OrderCancelRequested(
        order_id=uuid4(), occurred_at=clock.now(), customer_id="c", reason=CancelReason.CUSTOMER_REQUEST
    )
    return Received(event, event.order_id, uuid4(), topic_of(OrderCancelRequested), 0, 7, traceparent)


@pytest.mark.slow
def test_without_an_endpoint_nothing_of_the_sdk_is_even_imported() -> None:
    code = (
        "import sys; from services.order.app import SERVICE; from services.chassis import service\n"
        "from services.chassis.observe import tracing\n"
        "import gateway.app; from gateway import tracing as other; from telemetry import spans\n"
        "spans.configure('order', 'order-1', {}); spans.configure('gateway', 'gateway', {})\n"
        "assert not spans.on(); print([m for m in sys.modules if m.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_what_a_committed_batch_did_is_a_child_of_each_record_that_is_sampled(receiver: Receiver) -> None:
    sampled, unsampled, bare = received(context()), received(context(sampled=False)), received(None)
    before = [record.traceparent for record in (sampled, unsampled, bare)]
    with tracing.processing([sampled, unsampled, bare]):
        # What follows from the record follows from its span.
        assert sampled.traceparent != before[0]
        assert spans.ids(sampled.traceparent)["trace_id"] == spans.ids(before[0])["trace_id"]
        assert [unsampled.traceparent, bare.traceparent] == before[1:]
    spans.stop()
    parent = spans.ids(before[0])
    sent = receiver.trace(parent["trace_id"], lambda found: len(found) == 2)
    (process,) = [span for span in sent if span.name == "process order-events"]
    (commit,) = [span for span in sent if span.name == "COMMIT shipping"]
    assert (process.parent, commit.parent) == (parent["span_id"], process.id)
    assert commit.attributes["db.operation.batch.size"] == 3
    (batch,) = [span for span in receiver.spans() if span.name == "process shipping batch"]
    assert batch.links == ((parent["trace_id"], parent["span_id"]),)
    assert process.links == ((batch.trace, batch.id),)


def test_a_batch_that_is_rolled_back_leaves_no_span_and_its_records_as_they_were(receiver: Receiver) -> None:
    records = [received(context()), received(context())]
    before = [record.traceparent for record in records]

    def fail() -> None:
        with tracing.processing(records):
            raise ValueError("it is rolled back")

    with pytest.raises(ValueError, match="rolled back"):
        fail()
    assert [record.traceparent for record in records] == before
    spans.stop()
    assert receiver.spans() == []


def test_a_record_that_becomes_a_dead_letter_is_a_span_that_failed(receiver: Receiver) -> None:
    record = received(context())
    with tracing.processing([record]) as dead:
        dead[id(record)] = "UnreachableCell"
    spans.stop()
    (process,) = [span for span in receiver.spans() if span.name.startswith("process")]
    assert process.failed
    assert process.attributes["error.type"] == "UnreachableCell"


def test_a_call_is_the_parent_of_the_transaction_that_it_shared(receiver: Receiver) -> None:
    async def call(code: str) -> str | None:
        span = tracing.serving("quadrille.order.v1.OrderService/PlaceOrder", ())
        found = spans.current()
        tracing.committed([found, None], time.time_ns())
        tracing.answered(span, code)
        return found

    traces = [spans.ids(asyncio.run(call(code)))["trace_id"] for code in ("OK", "INVALID_ARGUMENT", "INTERNAL")]
    spans.stop()
    for trace, failed in zip(traces, (False, False, True), strict=True):
        server, commit = receiver.trace(trace, lambda found: len(found) == 2)
        assert commit.parent == server.id
        assert server.failed == failed


def test_a_busy_system_begins_a_few_traces_in_a_second_and_says_so_in_each_context(receiver: Receiver) -> None:
    async def call() -> bool:
        return tracing.serving("quadrille.order.v1.OrderService/PlaceOrder", ()) is not None

    began = time.monotonic()
    begun = sum(asyncio.run(call()) for _ in range(200))
    seconds = int(time.monotonic()) - int(began) + 1
    assert spans.SAMPLED_A_SECOND <= begun <= seconds * spans.SAMPLED_A_SECOND


def test_requests_of_two_routes_that_take_turns_begin_no_more_traces_than_those_of_each_alone(
    receiver: Receiver,
) -> None:
    async def request(path: str) -> bool:
        return gateway.receiving("GET", path, "") is not None

    began = time.monotonic()
    begun = sum(asyncio.run(request(path)) for _ in range(100) for path in ("/orders/1", "/other/1"))
    seconds = int(time.monotonic()) - int(began) + 1
    assert 2 * spans.SAMPLED_A_SECOND <= begun <= 2 * seconds * spans.SAMPLED_A_SECOND


@pytest.mark.slow
def test_an_endpoint_that_is_away_slows_nothing_stops_nothing_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Nobody listens on port 1.
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_BSP_SCHEDULE_DELAY": "50"}
    handler = logging.getLogger().handlers[0] if logging.getLogger().handlers else caplog.handler
    told: list[str] = []
    seen = logging.Handler()
    seen.emit = lambda record: told.append(record.name) if record.name.startswith("opentelemetry.") else None  # type: ignore[method-assign]
    logging.getLogger().addHandler(seen)
    try:
        for _ in configured(endpoint, None):
            began, worked = time.monotonic(), time.thread_time()
            for _ in range(3000):
                with tracing.processing([received(context())]):
                    pass
            # What it costs is work of this thread, whatever else the machine does; who waited for the endpoint would
            # wait for minutes.
            assert time.thread_time() - worked < 5
            assert time.monotonic() - began < 60
            time.sleep(0.5)
            stopping = time.monotonic()
            spans.stop()
            assert time.monotonic() - stopping < spans.STOP_SECONDS + 1
            assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("Otel")]
    finally:
        logging.getLogger().removeHandler(seen)
        for one in [filter_ for filter_ in handler.filters if isinstance(filter_, spans._Quiet)]:
            handler.removeFilter(one)
    assert len(told) == len(set(told)) or len(told) <= 2
    assert told


@given(st.text() | st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True))
def test_whatever_a_record_carries_as_its_context_is_read_or_left_alone(text: str) -> None:
    row = SimpleNamespace(traceparent=text)
    found = spans.ids(text)
    assert found == {} or text.split("-")[1:3] == [found["trace_id"], found["span_id"]]
    assert tracing.sending(row) is None  # off
