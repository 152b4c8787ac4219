"""What a payment provider and a carrier outside are asked is in the order's trace, and they are told which it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from local.settings import Platform
from local.stub.server import Server
from tests.live.telemetry.orders import complete, connected, traceparent
from tests.live.telemetry.receiver import Receiver, Span, receiving
from tests.support.platforms import running
from tests.support.shop import Shop
from tests.support.stub import stub, url

pytestmark = pytest.mark.live


class Provider:
    """A stub for both, and the contexts that it was told."""

    def __init__(self, server: Server) -> None:
        self.url = url(server)
        self.trouble = server.trouble
        self.told = told = []
        answer = server.RequestHandlerClass

        class Noting(answer):
            def do_POST(self) -> None:  # noqa: N802
                told.append((self.path, self.headers.get("traceparent")))
                super().do_POST()

        server.RequestHandlerClass = Noting


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Receiver, Provider]]:
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        provider = Provider(stack.enter_context(stub(tmp_path_factory.mktemp("stub") / "stub.db")))
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.port}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "QUADRILLE_PAYMENT_PROVIDER_URL": provider.url,
            "QUADRILLE_CARRIER_URL": provider.url,
            "QUADRILLE_CALL_FIRST_BACKOFF": "0.2",
        }
        yield stack.enter_context(running("telemetry-outside", variables)), receiver, provider


def requests(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.name == "POST"]


async def test_requests_to_provider_and_carrier_are_spans_of_the_order(outside) -> None:
    platform, receiver, provider = outside
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        trace, span, header = traceparent()
        placed = await shop.orders.PlaceOrder(shop.request(), metadata=(("traceparent", header),))
        await shop.settled(placed.order.order_id)
    spans = receiver.trace(trace, lambda found: complete(found) and len(requests(found)) == 2)
    connected(spans, root_parent=span)
    by_id = {one.id: one for one in spans}
    for one, service, path, cause in zip(
        requests(spans), ("payment", "shipping"), ("charges", "shipments"), ("inventory", "payment"), strict=True
    ):
        assert (one.service, one.kind, one.failed) == (service, "CLIENT", False)
        assert by_id[one.parent].name == f"process {cause}-events"
        assert by_id[one.parent].service == service
        assert one.attributes["http.request.method"] == "POST"
        assert one.attributes["http.response.status_code"] == 201
        assert one.attributes["url.full"] == f"{provider.url}/{path}"
        assert one.attributes["server.address"] == "127.0.0.1"
        assert f"{one.attributes['server.address']}:{one.attributes['server.port']}" in provider.url
        # The one who is asked can go on with the trace.
        assert (f"/{path}", f"00-{trace}-{one.id}-01") in provider.told


async def test_one_that_fails_at_first_is_a_span_that_failed_and_then_one_that_did_not(outside) -> None:
    platform, receiver, provider = outside
    async with Shop(platform) as shop:
        await shop.open(stock=10, credit=10_000)
        trace, span, header = traceparent()
        provider.trouble.change({"refused": 1.0})
        try:
            placed = await shop.orders.PlaceOrder(shop.request(), metadata=(("traceparent", header),))
            receiver.trace(trace, lambda found: len(requests(found)) >= 1)
        finally:
            provider.trouble.change({})
        await shop.settled(placed.order.order_id)
    spans = receiver.trace(trace, complete)
    connected(spans, root_parent=span)
    charges = [one for one in requests(spans) if one.attributes["url.full"].endswith("/charges")]
    assert len(charges) >= 2
    assert [one.failed for one in charges] == [True] * (len(charges) - 1) + [False]
    assert charges[0].attributes["error.type"] == "Unknown"
    assert len({one.parent for one in charges}) == 1
