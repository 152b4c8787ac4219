"""The registry is lost with all its ids, and its export brings them back: readers that go by the id read on."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from uuid import uuid4

import pytest

from local import provision
from tests.live.failures.records import registered
from tests.support.quiet import all_ready, nothing_is_broken

pytestmark = pytest.mark.live


def get(platform, path: str):
    with urllib.request.urlopen(f"{platform.registry_url}/{path}", timeout=10) as answer:  # noqa: S310 - our own registry
        return json.load(answer)


def record(name: str) -> dict:
    return {"type": "record", "name": name, "fields": [{"name": "value", "type": "string"}]}


def schemas_by_id(platform) -> dict[int, str]:
    latest = [get(platform, f"subjects/{subject}/versions/latest") for subject in get(platform, "subjects")]
    return {one["id"]: get(platform, f"schemas/ids/{one['id']}")["schema"] for one in latest}


async def test_a_restored_export_gives_every_schema_its_id(shop, platform, quadrille, tmp_path):
    await all_ready(platform)
    await shop.open(stock=10, credit=10_000)
    # Gaps in the ids: who registers the same schemas again, in whatever order, does not come to these.
    with registered(platform, record(f"Gap{uuid4().hex[:8]}")):
        pass
    export = tmp_path / "registry.zip"
    with registered(platform, record(f"Kept{uuid4().hex[:8]}")):
        before = schemas_by_id(platform)
        code, told = await quadrille("backup", "registry", str(export))
        assert code == 0, told
    code, told = await quadrille("restore", "registry", str(export), "--yes")
    assert code == 0, told
    assert "is kept in the database registry_replaced_" in told
    assert schemas_by_id(platform) == before
    # What is registered next gets an id of its own.
    with registered(platform, record(f"Next{uuid4().hex[:8]}")) as id_:
        assert id_ not in before
    # Everything that the repository says is there, unchanged.
    assert await asyncio.to_thread(provision.apply, platform) == []
    await all_ready(platform)
    ended = await shop.settled(await shop.place())
    assert ended.settled
    await nothing_is_broken(platform)


async def test_what_is_no_export_changes_nothing(platform, quadrille, tmp_path):
    before = await asyncio.to_thread(get, platform, "subjects")
    (tmp_path / "bad").write_text("no export")
    code, told = await quadrille("restore", "registry", str(tmp_path / "bad"), "--yes")
    assert code == 1
    assert "is no export of the registry" in told
    assert await asyncio.to_thread(get, platform, "subjects") == before
