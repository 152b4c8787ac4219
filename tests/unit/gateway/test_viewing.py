"""The files of the page at `/docs`: the release that they are of, and the headers that they are served with."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import httpx2
import pytest

from gateway.app import build
from gateway.settings import Settings

VIEWER = Path(__file__).parents[3] / "gateway/viewer"
#: Of swagger-ui-dist 5.35.0: `sha256sum` of the files that npm gives.
RELEASE = {
    "LICENSE": "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
    "NOTICE": "0d20d1adef18aee3f40dd258172155521ce702ac445cb5f7b7d60ed32dad2fb2",
    "swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "swagger-ui-bundle.js.LICENSE.txt": "37eb6e7e59aed57b2c1acf076574b818ea07b74265717e0bd67b59e0baf9abbb",
    "swagger-ui.css": "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
}


@pytest.fixture
def http() -> httpx2.AsyncClient:
    app = build(Settings(order_address="127.0.0.1:1"), asyncio.Event())
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gateway")


def test_the_viewer_is_the_pinned_release_byte_for_byte_and_nothing_else() -> None:
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (VIEWER / "swagger-ui").iterdir()}
    assert found == RELEASE


def test_the_checksums_that_people_check_by_are_the_same() -> None:
    lines = [line.split() for line in (VIEWER / "swagger-ui.sha256").read_text().splitlines()]
    assert {name: checksum for checksum, name in lines} == RELEASE


@pytest.mark.parametrize("path", ["/docs", "/docs/viewer.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"])
async def test_every_file_forbids_the_browser_to_ask_anybody_else(http, path) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {source for sources in policy.values() for source in sources.split()} <= {"'none'", "'self'", "data:"}
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_file_is_packed_for_who_takes_that_and_plain_for_others(http) -> None:
    path = "/docs/swagger-ui-bundle.js"
    plain = await http.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = await http.get(path, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.content == plain.content


async def test_who_has_a_file_already_is_told_so(http) -> None:
    first = await http.get("/docs")
    again = await http.get("/docs", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await http.get("/docs", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_the_page_is_for_reading(http) -> None:
    answer = await http.post("/docs")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
