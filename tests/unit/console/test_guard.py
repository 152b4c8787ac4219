"""The console's API refuses what does not come from its own page, and changes nothing unless it was allowed to."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import httpx2
import pytest

from console.app import extend
from console.guard import POLICY
from console.settings import Settings
from gateway.app import build
from local.settings import Platform
from services.catalogue import SERVICES

HOST = "127.0.0.1:27080"
OURS = {"x-quadrille-console": "1"}
ORDER = "01a20ef0-b113-7260-84bb-eda37dd1a646"
CHANGES = [
    ("/console/api/orders", {"customer": "c"}),
    (f"/console/api/orders/{ORDER}/cancel", {"reason": "why"}),
    ("/console/api/letters", {"method": "Replay", "letters": ["payment/1"], "reason": "why", "dry_run": False}),
]


def client(tmp_path: Path, **settings: object) -> httpx2.AsyncClient:
    """The application itself, before servers that do not run."""
    stopping = asyncio.Event()
    # Port 1 is nobody's.
    own = Settings(**{"order_address": "127.0.0.1:1", **settings})  # type: ignore[arg-type]
    platform = Platform.load(data=tmp_path, port_base=1, order_address="127.0.0.1:1")
    app = build(own, stopping, partial(extend, platform, own, stopping))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"http://{HOST}")


@pytest.mark.parametrize(("path", "body"), CHANGES)
async def test_a_change_is_refused_unless_the_setting_allows_it(tmp_path, path, body) -> None:
    async with client(tmp_path) as http:
        answer = await http.post(path, json=body, headers=OURS)
    assert answer.status_code == 403
    assert "QUADRILLE_CONSOLE=write" in answer.json()["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**OURS, "origin": "https://elsewhere.example"},
        {**OURS, "origin": "null"},
        {**OURS, "sec-fetch-site": "cross-site"},
        {**OURS, "sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize(("path", "body"), [*CHANGES, ("/console/api/audit", {})])
async def test_a_post_from_another_page_is_refused_even_with_the_setting(tmp_path, path, body, headers) -> None:
    async with client(tmp_path, console="write") as http:
        answer = await http.post(path, json=body, headers=headers)
    assert answer.status_code == 403
    assert "own page" in answer.json()["message"]


@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:27080", "127.0.0.1.rebound.example", ""])
@pytest.mark.parametrize("path", ["/console/", "/console/main.js", "/console/api/about", "/console/api/live"])
async def test_a_name_that_was_not_set_is_refused(tmp_path, host, path) -> None:
    async with client(tmp_path) as http:
        answer = await http.get(path, headers={"host": host})
    assert answer.status_code == 403
    assert "QUADRILLE_CONSOLE_HOSTS" in answer.json()["message"]


async def test_a_name_that_was_set_is_served(tmp_path) -> None:
    async with client(tmp_path, console_hosts="shop.example,127.0.0.1") as http:
        assert (await http.get("/console/", headers={"host": "shop.example"})).status_code == 200
        assert (await http.get("/console/", headers={"host": "localhost"})).status_code == 403


async def test_every_answer_forbids_scripts_of_others_and_scripts_in_html(tmp_path) -> None:
    async with client(tmp_path) as http:
        for path in ("/console/", "/console/main.js", "/console/api/about", "/console/nothing", "/console/api/nothing"):
            answer = await http.get(path)
            assert answer.headers["content-security-policy"] == POLICY, path
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["cache-control"] in ("no-store", "no-cache"), path
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({**OURS, "content-type": "text/plain"}, b"{}", 415),
        ({**OURS, "content-type": "application/json"}, b"{", 400),
        ({**OURS, "content-type": "application/json"}, b"[]", 400),
        ({**OURS, "content-type": "application/json"}, b'"' + b"x" * 300_000 + b'"', 413),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(tmp_path, headers, body, code) -> None:
    async with client(tmp_path, console="write") as http:
        answer = await http.post("/console/api/orders", content=body, headers=headers)
    assert answer.status_code == code
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"method": "Burn", "letters": ["payment/1"], "reason": "why"},
        {"method": "Drop", "letters": ["payments/1"], "reason": "why"},
        {"method": "Drop", "letters": ["payment/1; DROP TABLE"], "reason": "why"},
        {"method": "Drop", "letters": "payment/1", "reason": "why"},
        {"method": "Drop", "letters": ["payment/1"], "reason": "  "},
        {"method": "Drop", "letters": ["payment/1"], "reason": "x" * 1001},
    ],
)
async def test_letters_that_are_named_wrongly_are_refused_before_any_service_is_asked(tmp_path, body) -> None:
    async with client(tmp_path, console="write") as http:
        answer = await http.post("/console/api/letters", json={**body, "dry_run": True}, headers=OURS)
    assert answer.status_code == 400
    assert answer.json()["details"][-1]["fieldViolations"]


async def test_a_service_that_is_away_is_told_as_a_sentence(tmp_path) -> None:
    async with client(tmp_path) as http:
        answer = await http.get("/console/api/stuck")
        assert (answer.status_code, answer.json()["code"]) == (503, 14)
        assert "the order service at 127.0.0.1:1" in answer.json()["message"]
        # The others may still be there: who is away is told beside what is known.
        letters = (await http.get("/console/api/letters")).json()
        assert set(letters["away"]) == set(SERVICES)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_told_which_ones_there_are(tmp_path, method) -> None:
    async with client(tmp_path, console="write") as http:
        answer = await http.request(method, "/console/api/letters", headers=OURS)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["../pyproject.toml", "%2e%2e/app.py", "static/index.html", "app.py"])
async def test_nothing_but_the_page_s_own_files_is_served(tmp_path, path) -> None:
    async with client(tmp_path) as http:
        assert (await http.get(f"/console/{path}")).status_code == 404
