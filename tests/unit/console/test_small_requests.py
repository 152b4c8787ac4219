"""Whatever a small request holds, gateway and console answer soon, with a sentence, and never with 500.

Nothing runs behind them: what gets as far as a service is 503.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.app import extend
from console.settings import Settings
from gateway.app import build
from local.settings import Platform

HOST = "127.0.0.1:27080"
OURS = {"x-quadrille-console": "1", "content-type": "application/json"}
KEY = {"idempotency-key": "01a20ef0-b113-7260-84bb-eda37dd1a646", "content-type": "application/json"}
ORDER = "01a20ef0-b113-7260-84bb-eda37dd1a646"
FAST_SECONDS = 2.0


# One application, and one loop, for all of them: to make one takes longer than to ask it.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(tmp_path_factory) -> AsyncIterator[httpx2.AsyncClient]:
    stopping = asyncio.Event()
    own = Settings(order_address="127.0.0.1:1", console="write")
    platform = Platform.load(data=tmp_path_factory.mktemp("data"), port_base=1, order_address="127.0.0.1:1")
    app = build(own, stopping, partial(extend, platform, own, stopping))
    transport = httpx2.ASGITransport(app=app)
    # As the server does: the channel opens with the loop that uses it.
    async with (
        app._app.router.lifespan_context(app._app),  # type: ignore[attr-defined]
        httpx2.AsyncClient(transport=transport, base_url=f"http://{HOST}", timeout=20) as opened,
    ):
        yield opened


async def answered(http: httpx2.AsyncClient, method: str, path: str, **options: Any) -> httpx2.Response:
    began = time.perf_counter()
    answer = await http.request(method, path, **options)
    assert time.perf_counter() - began < FAST_SECONDS, path[:100]
    # A service that is away may be told by anything that was fine.
    assert answer.status_code < 500 or answer.status_code == 503, answer.text[:300]
    if answer.status_code >= 400:
        assert answer.json()["message"]
        assert len(answer.content) < 40_000
    return answer


def fields(answer: httpx2.Response) -> set[str]:
    found = [one for detail in answer.json().get("details", []) for one in detail.get("fieldViolations", [])]
    return {one["field"] for one in found}


def order(**line: Any) -> str:
    """An order for the console; the texts of its line are JSON already."""
    values = {"sku": '"pen"', "quantity": "1", "price": '"1.20"', **line}
    written = ", ".join(f'"{name}": {value}' for name, value in values.items())
    return f'{{"customer": "c", "address": "home", "country": "DE", "lines": [{{{written}}}]}}'


WRONG = [
    ("price", '"1e999990"'),
    ("price", '"1E5"'),
    ("price", '"1_0"'),
    ("price", '"\u0663"'),
    ("price", '"0.' + "0" * 30 + '1"'),
    ("price", '"' + "9" * 200_000 + '"'),
    ("price", '"NaN"'),
    ("price", '"92233720368547758.08"'),
    ("price", "1.2"),
    ("price", "true"),
    ("price", "null"),
    ("quantity", "1.9"),
    ("quantity", "true"),
    ("quantity", '"1"'),
    ("quantity", "NaN"),
    ("quantity", "Infinity"),
    ("quantity", "1e400"),
    ("quantity", "9" * 5000),
    ("quantity", str(2**63)),
    ("quantity", "1e-1"),
    ("quantity", "[1]"),
    ("sku", "1"),
    ("sku", "null"),
    ("sku", r'"\ud800"'),
    ("sku", '"' + "x" * 65 + '"'),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{name} {value[:24]}" for name, value in WRONG])
async def test_a_line_that_is_wrong_is_refused_by_its_field_and_nothing_is_rounded(http, name, value) -> None:
    answer = await answered(http, "POST", "/console/api/orders", content=order(**{name: value}), headers=OURS)
    assert (answer.status_code, fields(answer)) == (400, {f"lines[0].{name}"})


async def test_a_line_that_is_right_reaches_the_service(http) -> None:
    answer = await http.post("/console/api/orders", content=order(), headers=OURS)
    assert answer.status_code == 503


DOCUMENTS = [
    b"[" * 100_000,
    b'{"a":' * 30_000,
    b'{"reason": ' + b"9" * 5000 + b"}",
    b'{"reason": NaN}',
    rb'{"\ud800": 1}',
    rb'{"reason": "\ud800", "actor": "\udfff", "method": "\ud800", "letters": ["\ud800"]}',
    b'{"reason": "\\u0000", "actor": "\\u0000"}',
    b"{" + b",".join(b'"%d":1' % n for n in range(9000)) + b"}",
    b"\xff",
    b"",
]
POSTS = ["/orders", f"/orders/{ORDER}:cancel", "/console/api/orders", "/console/api/letters", "/console/api/audit"]
POSTS.append(f"/console/api/orders/{ORDER}/cancel")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", DOCUMENTS, ids=[repr(body[:16]) for body in DOCUMENTS])
async def test_a_document_that_is_wrong_is_refused_wherever_it_is_sent(http, path, body) -> None:
    await answered(http, "POST", path, content=body, headers={**OURS, **KEY})


@pytest.mark.parametrize(
    "body",
    [
        {"method": "Drop", "reason": "x"},
        {"method": "Drop", "reason": "x", "letters": ["payment/1"], "error": "y"},
        {"method": "Drop", "reason": "x", "letters": ["payment/" + "9" * 5000]},
        {"method": "Drop", "reason": "x", "letters": ["payment/\u0661"]},
        {"method": "Drop", "reason": "x", "letters": [7]},
        {"method": "Drop", "reason": "x", "letters": ["payment/1"], "dry_run": "false"},
    ],
)
async def test_letters_that_are_not_told_are_400(http, body) -> None:
    answer = await answered(http, "POST", "/console/api/letters", content=json.dumps(body), headers=OURS)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/console/api/letters/payment/" + "9" * 5000, {}, 404),
        ("/console/api/letters/payment/%D9%A3", {}, 404),
        ("/console/api/letters/payment/1e3", {}, 404),
        ("/console/api/stuck?patience=1_0", {}, 400),
        ("/console/api/stuck?patience=nan", {}, 400),
        ("/console/api/stuck?patience=%D9%A3", {}, 400),
        ("/console/api/stuck?patience=" + "9" * 5000, {}, 400),
        ("/console/api/orders/" + "x" * 5000, {}, 404),
        (
            "/console/",
            {
                "host": "[",
            },
            403,
        ),
        ("/console/", {"host": "[::1"}, 403),
        ("/console/", {"host": "x" * 5000}, 403),
        ("/orders/x", {"request-timeout": "9" * 5000}, 400),
        ("/orders/x", {"request-timeout": "nan"}, 400),
        ("/orders/x:watch", {"last-event-id": "9" * 5000}, 400),
        ("/orders?pageSize=" + "9" * 5000, {}, 400),
        ("/orders?pageSize=1.0", {}, 400),
        ("/orders?state=" + "9" * 5000, {}, 400),
        ("/orders?" + "&".join(f"x{n}" for n in range(5000)), {}, 400),
        ("/orders?" + "x" * 10_000, {}, 400),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_path_a_parameter_or_a_header_that_is_wrong_is_refused(http, path, headers, status) -> None:
    assert (await answered(http, "GET", path, headers=headers)).status_code == status


async def test_an_origin_that_is_no_address_is_refused(http) -> None:
    answer = await answered(http, "POST", "/console/api/audit", content=b"{}", headers={**OURS, "origin": "http://[x"})
    assert answer.status_code == 403


async def test_a_stream_from_a_number_that_is_none_begins_from_the_present(http) -> None:
    app = http._transport.app  # type: ignore[attr-defined]
    for last in (b"9" * 5000, "\u00b2".encode("latin-1"), b"-1", b"x"):
        headers = [(b"host", HOST.encode()), (b"last-event-id", last)]
        scope = {"type": "http", "method": "GET", "path": "/console/api/live", "query_string": b"", "headers": headers}
        began = asyncio.Event()
        status = []

        async def receive(began=began) -> dict[str, str]:
            await began.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any, began=began, status=status) -> None:
            status += [message["status"]] if "status" in message else []
            began.set()

        await asyncio.wait_for(app({**scope, "root_path": "", "scheme": "http"}, receive, send), 5)
        assert status == [200]


texts = st.text(st.characters(), max_size=12) | st.sampled_from(["\x00", "1e999999", "9" * 5000, "[", "%", "\ud800"])
GETS = [
    "/orders/{}",
    "/orders/{}:watch",
    "/orders?customerId={}",
    "/orders?pageSize={}",
    "/orders?pageToken={}",
    "/orders?{}=1",
    "/orders?unsettled={}",
    "/{}",
    "/console/{}",
    "/console/api/events/{}",
    "/console/api/letters/payment/{}",
    "/console/api/letters/{}/1",
    "/console/api/letters?state={}",
    "/console/api/orders?state={}",
    "/console/api/orders?reason={}",
    "/console/api/orders?customer={}",
    "/console/api/orders/{}",
    "/console/api/stuck?patience={}",
]
NAMES = ["request-timeout", "last-event-id", "traceparent", "idempotency-key", "if-none-match", "accept-encoding"]
NAMES += ["origin", "sec-fetch-site", "content-type", "host", "accept"]
PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(
    st.sampled_from(GETS),
    texts,
    st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]))),
)
async def test_no_path_parameter_or_header_is_a_defect(http, path, text, headers) -> None:
    url = path.format(quote(text, safe="", errors="surrogatepass"))
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    await answered(http, "GET", url, headers={"request-timeout": "1", **raw})


json_values = st.recursive(
    st.sampled_from(
        ["1", "1.9", "true", "null", "NaN", "1e400", "1e999990", "9" * 500, r'"\ud800"', '"x"', '"1.2"', "-1"]
    )
    | st.text(st.characters(), max_size=6).map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda found: f"[{', '.join(found)}]")
        | st.dictionaries(
            st.sampled_from(
                ["lines", "sku", "quantity", "price", "unitPrice", "minorUnits", "reason", "letters", "method"]
            ),
            inner,
            max_size=4,
        ).map(lambda found: "{" + ", ".join(f'"{name}": {value}' for name, value in found.items()) + "}")
    ),
    max_leaves=10,
)


@PROPERTY
@given(st.sampled_from(POSTS), json_values)
async def test_no_document_is_a_defect(http, path, body) -> None:
    sent = {**OURS, **KEY, "request-timeout": "1"}
    await answered(http, "POST", path, content=body.encode("utf-8", "surrogatepass"), headers=sent)
