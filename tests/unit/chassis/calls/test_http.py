"""An answer of a provider that is nonsense is no answer, and nothing worse."""

from __future__ import annotations

from uuid import uuid4

import httpx2
import pytest

from services.chassis.calls.http import HttpClient, _after
from services.chassis.errors import Unknown

NONSENSE = [b"[" * 60_000, b'{"a":' * 10_000, b"9" * 60_000, b'{"amount": ' + b"9" * 60_000 + b"}", b"\xff", b"", b"[]"]


@pytest.mark.parametrize("content", NONSENSE, ids=lambda content: repr(content[:12]))
async def test_an_answer_that_is_nonsense_is_unknown(content) -> None:
    client = HttpClient("http://provider", timeout=1.0, connections=1)
    await client.close()
    client._client = httpx2.AsyncClient(
        base_url="http://provider", transport=httpx2.MockTransport(lambda _: httpx2.Response(200, content=content))
    )
    with pytest.raises(Unknown):
        await client.post("/charges", uuid4(), {})
    await client.close()


@pytest.mark.parametrize("value", ["\u00b2", "\u0663", "9" * 5000, "1_0", "soon", ""])
def test_a_time_to_wait_that_is_none_is_not_read(value) -> None:
    assert _after(value) is None


def test_a_time_to_wait_is_read() -> None:
    assert _after(" 12 ") == 12
