"""One order is one connected trace over the gateway and the four services, received by a real OTLP receiver."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import httpx2
import psycopg
import pytest
from quadrille.ops.v1 import dead_letter_service_pb2 as ops
from quadrille.ops.v1.dead_letter_service_pb2_grpc import DeadLetterServiceStub

from local.settings import Platform
from services.catalogue import SERVICES
from tests.live.telemetry.orders import READ, complete, complete_from, connected, processed, traceparent
from tests.live.telemetry.receiver import Receiver, receiving, tree
from tests.support.platforms import running
from tests.support.shop import Shop

pytestmark = pytest.mark.live

WATCH = "quadrille.order.v1.OrderService/WatchOrder"


@pytest.fixture(scope="module")
def telemetry() -> Iterator[tuple[Platform, Receiver]]:
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.port}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "QUADRILLE_LOG_LEVEL": "DEBUG",
        }
        yield stack.enter_context(running("telemetry", variables)), receiver


async def test_an_order_over_grpc_is_one_trace_over_four_services(telemetry, record_property) -> None:
    platform, receiver = telemetry
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        trace, span, header = traceparent()
        call = shop.orders.PlaceOrder(shop.request(), metadata=(("traceparent", header),))
        order_id = (await call).order.order_id
        assert (await shop.settled(order_id)).state
    spans = receiver.trace(trace, complete)
    root = connected(spans, root_parent=span)
    assert (root.service, root.kind, root.name) == ("order", "SERVER", "quadrille.order.v1.OrderService/PlaceOrder")
    assert root.attributes["rpc.response.status_code"] == "OK"
    assert {span.service for span in spans} == set(SERVICES)
    by_id = {span.id: span for span in spans}
    for one in spans:
        if one.name.startswith("process "):
            sent = by_id[one.parent]
            assert sent.name == one.name.replace("process", "send")
            assert sent.kind == "PRODUCER"
            assert one.kind == "CONSUMER"
            assert one.attributes["messaging.system"] == "kafka"
            assert one.attributes["messaging.destination.name"] == one.name.partition(" ")[2]
            assert one.attributes["messaging.message.id"] == sent.attributes["messaging.message.id"]
            assert one.attributes["quadrille.order_id"] == order_id
        if one.name.startswith("COMMIT "):
            assert one.attributes["db.system.name"] == "postgresql"
            assert by_id[one.parent].service == one.service
    # What each service did to the order is in the trace, and so is the transaction it did it in.
    assert sum(span.name.startswith("COMMIT ") for span in spans) == len(processed(spans)) + 1
    record_property("trace", tree(spans))
    lines = [json.loads(line) for line in (platform.logs / "order-1.log").read_text().splitlines() if trace in line]
    ours = [line for line in lines if line["message"] in ("placed", "decided")]
    assert len(ours) == 1 + sum(span.service == "order" for span in processed(spans))
    assert {line["order_id"] for line in ours} == {order_id}
    assert {line["trace_id"] for line in lines} == {trace}


async def test_an_order_over_rest_is_one_trace_that_begins_at_the_gateway(telemetry) -> None:
    platform, receiver = telemetry
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        trace, span, header = traceparent()
        body = {
            "customerId": shop.customer,
            "lines": [{"sku": shop.sku, "quantity": "1", "unitPrice": {"currencyCode": "USD", "minorUnits": "100"}}],
            "addressReference": "home",
            "countryCode": "DE",
        }
        headers = {"traceparent": header, "Idempotency-Key": str(uuid4())}
        async with httpx2.AsyncClient(base_url=platform.gateway_url, trust_env=False) as client:
            answer = await client.post("/orders", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    spans = receiver.trace(trace, complete_from(span))
    root = connected(spans, root_parent=span)
    assert (root.service, root.kind, root.name) == ("gateway", "SERVER", "POST /orders")
    assert root.attributes["http.response.status_code"] == 200
    (called,) = [one for one in spans if one.parent == root.id]
    assert (called.service, called.kind) == ("gateway", "CLIENT")
    assert {span.service for span in spans} == {"gateway", *SERVICES}


async def test_an_order_that_no_caller_traces_begins_a_trace_of_its_own(telemetry) -> None:
    platform, receiver = telemetry
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        order_id = await shop.place()
        await shop.settled(order_id)
    deadline = time.monotonic() + 30
    while not (found := [one for one in receiver.spans() if one.attributes.get("quadrille.order_id") == order_id]):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    connected(receiver.trace(found[0].trace, complete))


async def test_a_caller_who_does_not_sample_is_followed(telemetry) -> None:
    platform, receiver = telemetry
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        trace, _, header = traceparent(sampled=False)
        order_id = (await shop.orders.PlaceOrder(shop.request(), metadata=(("traceparent", header),))).order.order_id
        await shop.settled(order_id)
        # One that is sampled, and later, has arrived.
        other, _, header = traceparent()
        await shop.orders.PlaceOrder(shop.request(), metadata=(("traceparent", header),))
    receiver.trace(other, complete)
    assert [span for span in receiver.spans() if span.trace == trace] == []


async def test_a_batch_that_serves_many_orders_is_linked_to_each(telemetry) -> None:
    platform, receiver = telemetry
    async with Shop(platform) as shop:
        await shop.open(stock=1000, credit=1_000_000)
        orders = shop.orders
        traces = [traceparent() for _ in range(40)]
        calls = [orders.PlaceOrder(shop.request(), metadata=(("traceparent", header),)) for *_, header in traces]
        await asyncio.gather(*calls)
    every = [receiver.trace(trace, complete, 60) for trace, *_ in traces]
    for (_, span, _), spans in zip(traces, every, strict=True):
        connected(spans, root_parent=span)
    batches = [span for span in receiver.spans() if re.fullmatch(r"process \w+ batch", span.name)]
    assert batches
    known = {(span.trace, span.id): span for spans in every for span in spans}
    for batch in batches:
        assert batch.parent == ""
        assert batch.attributes["messaging.batch.message_count"] >= len(batch.links) >= 1
        processed = [span for span in known.values() if (batch.trace, batch.id) in span.links]
        assert {(span.trace, span.parent) for span in processed} == {link for link in batch.links if link in known}


async def test_a_watch_over_rest_is_in_the_trace_of_its_caller_at_the_gateway_and_at_the_service(telemetry) -> None:
    platform, receiver = telemetry
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        order_id = await shop.place()
        trace, span, header = traceparent()
        async with (
            httpx2.AsyncClient(base_url=platform.gateway_url, trust_env=False, timeout=60) as client,
            client.stream("GET", f"/orders/{order_id}:watch", headers={"traceparent": header}) as stream,
        ):
            assert [line async for line in stream.aiter_lines() if line.startswith("id: ")]
        # One that is left half-way is ended too, and has not failed.
        left, _, header = traceparent()
        async with (
            httpx2.AsyncClient(base_url=platform.gateway_url, trust_env=False, timeout=60) as client,
            client.stream("GET", f"/orders/{order_id}:watch", headers={"traceparent": header}) as stream,
        ):
            await anext(stream.aiter_lines())
    for id_, parent in ((trace, span), (left, "")):
        spans = receiver.trace(id_, lambda found: len(found) >= 3)
        assert [(one.service, one.kind, one.name) for one in spans] == [
            ("gateway", "SERVER", "GET /orders/{order_id}:watch"),
            ("gateway", "CLIENT", WATCH),
            ("order", "SERVER", WATCH),
        ], tree(spans)
        assert [one.parent for one in spans[1:]] == [one.id for one in spans[:2]]
        assert parent in ("", spans[0].parent)
        assert not any(one.failed for one in spans)
    codes = [one.attributes["rpc.response.status_code"] for one in receiver.trace(trace, complete=bool)[1:]]
    assert codes == ["OK", "OK"]


async def test_a_replayed_dead_letter_goes_on_in_the_trace_of_its_order(telemetry) -> None:
    platform, receiver = telemetry
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        trace, _, header = traceparent()
        with psycopg.connect(platform.database_url("payment")) as database:
            database.execute("ALTER TABLE payments ADD CONSTRAINT none CHECK (false) NOT VALID")
        try:
            placed = await shop.orders.PlaceOrder(shop.request(), metadata=(("traceparent", header),))
            order_id = placed.order.order_id
            letters = DeadLetterServiceStub(shop.channel("payment"))
            async with asyncio.timeout(30):
                while not (
                    await letters.ListDeadLetters(ops.ListDeadLettersRequest(aggregate_id=order_id))
                ).dead_letters:
                    await asyncio.sleep(0.1)
        finally:
            with psycopg.connect(platform.database_url("payment")) as database:
                database.execute("ALTER TABLE payments DROP CONSTRAINT none")
        calls = []
        for dry_run in (True, False):
            asked, _, header = traceparent()
            calls.append(asked)
            request = ops.ReplayDeadLettersRequest(
                selection={"aggregate_id": order_id}, actor="a test", reason="mended", validate_only=dry_run
            )
            answer = await letters.ReplayDeadLetters(request, metadata=(("traceparent", header),))
            assert [one.outcome for one in answer.results] == [ops.DEAD_LETTER_OUTCOME_REPLAYED]
        await shop.settled(order_id)
    # The record was read twice, once in vain.
    spans = receiver.trace(trace, lambda found: complete(found) and len(processed(found)) > READ)
    connected(spans, root_parent=spans[0].parent)
    vain, replayed = [
        one
        for one in processed(spans)
        if one.service == "payment" and one.attributes["quadrille.event"] == "InventoryReserved"
    ]
    assert (vain.failed, replayed.failed) == (True, False)
    assert vain.attributes["error.type"] == "CheckViolation"
    assert vain.parent == replayed.parent
    (asked,) = receiver.trace(calls[1], bool)
    assert asked.name == "quadrille.ops.v1.DeadLetterService/ReplayDeadLetters"
    assert replayed.links == ((asked.trace, asked.id),)
    # What it led to follows from the replay; the dry run has left nothing.
    (sent,) = [one for one in spans if one.name == "send payment-events"]
    assert sent.parent == replayed.id
    assert not [one for one in receiver.spans() if any(link[0] == calls[0] for link in one.links)]


async def test_every_process_serves_its_metrics_and_counts_what_became_of_the_orders(telemetry) -> None:
    platform, _ = telemetry
    before = scraped(platform, "order")
    async with Shop(platform) as shop:
        await shop.open(stock=1, credit=10_000)
        for quantity in (1, 5):
            await shop.settled(await shop.place(quantity=quantity))
    after = scraped(platform, "order")
    completed = 'quadrille_sagas_ended_total{outcome="completed",reason=""}'
    refused = 'quadrille_sagas_ended_total{outcome="cancelled",reason="out_of_stock"}'
    for name, more in ((completed, 1), (refused, 1), ("quadrille_orders_placed_total", 2)):
        assert after[name] == before.get(name, 0) + more, name
    assert after['quadrille_saga_duration_seconds_count{outcome="completed"}'] >= 1
    assert after["quadrille_ready"] == 1
    for process in (*SERVICES, "gateway"):
        assert scraped(platform, process)["process_cpu_seconds_total"] > 0
    for service in SERVICES:
        found = scraped(platform, service)
        assert found["quadrille_outbox_backlog_rows"] >= 0
        assert found["quadrille_dead_letters_open"] == 0
        assert any(name.startswith("quadrille_consumer_lag_records{") for name in found)
        assert any(name.startswith("quadrille_schema_info{") for name in found)


def scraped(platform: Platform, process: str) -> dict[str, float]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    url = f"http://127.0.0.1:{platform.port(f'{process}_metrics')}/metrics"
    with opener.open(url, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in pairs}
