"""Partitions that are added to a running topic: members find them within seconds, and nothing is quiet before.

Topics cannot lose partitions again: these tests are the last ones of their platform, by the name of their folder.
"""

from __future__ import annotations

import json
import time

import pytest
from click.testing import CliRunner
from confluent_kafka.admin import AdminClient, NewPartitions
from quadrille.events.topics import ORDER_EVENTS, PAYMENT_EVENTS

from admin.audit.report import run
from cli.commands import status
from tests.support.processes import halted
from tests.support.shop import Shop
from tests.support.waiting import until

pytestmark = pytest.mark.live

ADDED = 6
#: The client looks every five seconds; a group then agrees anew on who reads what.
WITHIN_SECONDS = 25.0


def in_flight(platform) -> list[str]:
    return list(run(platform)[0].in_flight)


def told_by_status(platform, monkeypatch) -> tuple[str, dict]:
    for name, value in platform.environment().items():
        monkeypatch.setenv(name, value)
    shown = CliRunner().invoke(status.command, [], standalone_mode=False)
    as_json = CliRunner().invoke(status.command, ["--json"], standalone_mode=False)
    return shown.output, json.loads(as_json.output)


async def test_partitions_that_are_added_are_read_within_seconds_and_nothing_is_quiet_before(platform, monkeypatch):
    admin = AdminClient({"bootstrap.servers": platform.kafka_bootstrap_servers, "log_level": 0})
    async with Shop(platform) as shop:
        await shop.open(stock=10_000, credit=10_000_000)
        await shop.settled(await shop.place())
        await until(lambda: not in_flight(platform), pause_seconds=0.2)
        new = f"{ORDER_EVENTS.name}/{ORDER_EVENTS.partitions}"
        with halted(platform, "payment"):
            topics = [NewPartitions(t.name, t.partitions + ADDED) for t in (ORDER_EVENTS, PAYMENT_EVENTS)]
            for asked in admin.create_partitions(topics).values():
                asked.result()
            began = time.monotonic()
            # Payment cannot know of them: whoever asks for a quiet system is told by name which were not looked at.
            assert any("payment" in what and new in what for what in in_flight(platform)), in_flight(platform)
        placed = [await shop.place() for _ in range(60)]
        for order_id in placed:
            await shop.settled(order_id)
        await until(lambda: not in_flight(platform), pause_seconds=0.2)
        assert time.monotonic() - began < WITHIN_SECONDS
        shown, found = told_by_status(platform, monkeypatch)
        assert found["unread"] == []
        assert "no instance of" not in shown
        with halted(platform, "shipping"):
            # One that does not answer reports no partition: nothing is known of them.
            shown, found = told_by_status(platform, monkeypatch)
        of_shipping = {(one["topic"], one["partition"]) for one in found["unread"] if one["service"] == "shipping"}
        assert (PAYMENT_EVENTS.name, PAYMENT_EVENTS.partitions + ADDED - 1) in of_shipping
        assert f"{PAYMENT_EVENTS.name}/0" in shown
    facts, findings, _ = run(platform, wait=10.0)
    assert facts.quiet, facts.in_flight
    assert not [finding.name for finding in findings if finding.violations]
