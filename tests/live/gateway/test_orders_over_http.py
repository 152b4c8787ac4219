"""Orders over HTTP, on the real platform."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx2
import pytest

from tests.live.gateway.processes import code_and_reason, events, violations

pytestmark = pytest.mark.live


@pytest.fixture
async def http(platform) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=platform.gateway_url, trust_env=False, timeout=30) as client:
        yield client


def order(shop, **changes):
    return {
        "customerId": shop.customer,
        "lines": [{"sku": shop.sku, "quantity": 2, "unitPrice": {"currencyCode": "USD", "minorUnits": 100}}],
        "addressReference": "home",
        "countryCode": "DE",
        **changes,
    }


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def watch(http, order_id: str, **headers: str) -> list[dict[str, str]]:
    async with asyncio.timeout(60), http.stream("GET", f"/orders/{order_id}:watch", headers=headers) as stream:
        return [event async for event in events(stream.aiter_lines())]


async def test_an_order_is_placed_watched_to_its_end_and_found_again(http, shop) -> None:
    await shop.open(stock=10, credit=1000)
    placed = await http.post("/orders", json=order(shop), headers=key())
    assert placed.status_code == 200
    order_id = placed.json()["order"]["orderId"]
    seen = await watch(http, order_id)
    assert [event["id"] for event in seen] == [str(number) for number in range(1, len(seen) + 1)]
    last = json.loads(seen[-1]["data"])
    assert (last["settled"], last["step"]["state"]) == (True, "ORDER_STATE_COMPLETED")
    found = (await http.get(f"/orders/{order_id}")).json()
    assert [step["sequence"] for step in found["timeline"]] == [event["id"] for event in seen]
    listed = (await http.get("/orders", params={"customerId": shop.customer})).json()
    assert [one["orderId"] for one in listed["orders"]] == [order_id]
    async with asyncio.timeout(10):
        while (await shop.item()).shipped != 2:
            await asyncio.sleep(0.02)


async def test_the_last_event_of_a_watch_is_the_step_that_settled_the_order(http, shop) -> None:
    # What settles an order between two looks once came without its step, in one watch of ten.
    await shop.open(stock=60, credit=10_000)
    for _ in range(30):
        placed = (await http.post("/orders", json=order(shop), headers=key())).json()["order"]["orderId"]
        told = [json.loads(event["data"]) for event in await watch(http, placed)]
        assert all("step" in one for one in told)
        assert [one.get("settled", False) for one in told] == [False] * (len(told) - 1) + [True]


async def test_a_watch_that_resumes_in_the_middle_misses_nothing_and_repeats_nothing(http, shop) -> None:
    await shop.open(stock=10, credit=1000)
    order_id = (await http.post("/orders", json=order(shop), headers=key())).json()["order"]["orderId"]
    async with http.stream("GET", f"/orders/{order_id}:watch") as stream:
        begun = events(stream.aiter_lines())
        before = [await anext(begun), await anext(begun)]
    after = await watch(http, order_id, **{"Last-Event-ID": before[-1]["id"]})
    whole = await watch(http, order_id)
    assert [event["id"] for event in before + after] == [event["id"] for event in whole]
    done = await http.get(f"/orders/{order_id}:watch", headers={"Last-Event-ID": whole[-1]["id"]})
    assert (done.status_code, done.content) == (204, b"")


async def test_the_same_key_gives_the_same_order_and_another_body_is_409(http, shop) -> None:
    await shop.open(stock=10, credit=1000)
    headers = key()
    answers = await asyncio.gather(*(http.post("/orders", json=order(shop), headers=headers) for _ in range(5)))
    assert len({answer.json()["order"]["orderId"] for answer in answers}) == 1
    other = await http.post("/orders", json=order(shop, countryCode="FR"), headers=headers)
    assert code_and_reason(other) == (409, "REQUEST_ID_REUSED")


async def test_every_field_that_breaks_a_rule_is_named_as_json_names_it(http, shop) -> None:
    line = {"sku": "", "quantity": 0, "unitPrice": {"currencyCode": "??", "minorUnits": -1}}
    answer = await http.post("/orders", json={"lines": [line]}, headers={"Idempotency-Key": "mine"})
    assert code_and_reason(answer) == (400, "FIELD_INVALID")
    assert set(violations(answer)) == {
        *("requestId", "customerId", "addressReference", "countryCode", "lines[0].sku", "lines[0].quantity"),
        *("lines[0].unitPrice.currencyCode", "lines[0].unitPrice.minorUnits"),
    }


async def test_an_order_that_does_not_exist_is_404_however_it_is_asked_for(http) -> None:
    path = f"/orders/{uuid4()}"
    assert code_and_reason(await http.get(path)) == (404, "ORDER_NOT_FOUND")
    assert code_and_reason(await http.post(f"{path}:cancel")) == (404, "ORDER_NOT_FOUND")
    assert code_and_reason(await http.get(f"{path}:watch")) == (404, "ORDER_NOT_FOUND")
    assert code_and_reason(await http.get("/orders/none")) == (400, "FIELD_INVALID")


async def test_a_cancellation_that_comes_too_late_is_refused(http, shop) -> None:
    await shop.open(stock=10, credit=1000)
    order_id = await shop.place()
    await shop.settled(order_id)
    assert code_and_reason(await http.post(f"/orders/{order_id}:cancel", json={})) == (400, "CANCEL_TOO_LATE")


async def test_pages_follow_one_another(http, shop) -> None:
    await shop.open(stock=0, credit=0)
    placed = [await shop.place() for _ in range(3)]
    found: list[str] = []
    token = ""
    while True:
        query = {"customerId": shop.customer, "pageSize": 2, "pageToken": token}
        page = (await http.get("/orders", params=query)).json()
        found += [one["orderId"] for one in page["orders"]]
        token = page["nextPageToken"]
        if not token:
            break
    assert found == placed[::-1]
    assert code_and_reason(await http.get("/orders", params={"pageToken": "forged"})) == (400, "FIELD_INVALID")
