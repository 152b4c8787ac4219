"""Schemathesis asks the gateway what its OpenAPI document allows, and more, and holds the answers to the document."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

#: Says what it does not judge, and why.
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.live
async def test_schemathesis_finds_nothing_unexpected(platform, shop, tmp_path) -> None:
    await shop.open(stock=10, credit=1000)
    order_id = await shop.place()
    await shop.settled(order_id)
    done = await asyncio.to_thread(
        subprocess.run,
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(CONFIG), "run", f"{platform.gateway_url}/openapi.json"),
            *("--max-examples", "30", "--seed", "1", "--no-color"),
        ],
        cwd=tmp_path,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # It has asked: a document that it cannot use would find nothing either.
    assert re.search(r"Tested: 5\b", done.stdout), done.stdout
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated is not None, done.stdout
    assert int(generated[1]) > 200
