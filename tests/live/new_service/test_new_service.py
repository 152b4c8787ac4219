"""`quadrille new service`, for real: two services are made in a copy, checked there, and run beside the other four."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from confluent_kafka import Consumer, TopicPartition

from local.passwords import password
from local.platform import stop
from local.settings import CHECKOUT, Platform
from tests.conftest import Shop
from tests.live.rolling.versions import Copy
from tests.support.platforms import environment, free_base

pytestmark = [pytest.mark.live, pytest.mark.slow]

#: One that answers, and one that only records.
LOYALTY = ("loyalty", "--reads", "OrderCompleted,OrderCancelled", "--publishes", "PointsCredited,PointsWithdrawn")
LEDGER = ("ledger", "--reads", "PaymentCompleted,PaymentRefunded")
#: Suites that walk over all services: none of them names the new ones.
SUITES = (
    "tests/contract",
    "tests/unit/services/loyalty",
    "tests/unit/services/ledger",
    "tests/unit/chassis/decide",
    "tests/unit/admin/test_archivable.py",
    "tests/unit/services/test_catalogue.py",
)
PAID = "SELECT order_id FROM ledger_rows WHERE payment_completed_at IS NOT NULL"
PLACES = {"loyalty": 5, "ledger": 6}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("new-service"), tests=True)
    for arguments in (LOYALTY, LEDGER):
        done = copy.quadrille("new", "service", *arguments)
        assert done.returncode == 0, done.stderr
        assert "make generate" in done.stdout
    for arguments in (("-m", "codegen"), ("-m", "cli.settings_page")):
        done = copy.python(*arguments)
        assert done.returncode == 0, done.stderr
    done = copy.quadrille("flow", "--into", "README.md")
    assert done.returncode == 0, done.stderr
    return copy


def tool(copy: Copy, name: str, *arguments: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name(name), *arguments], cwd=copy.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_but_its_own_folders_the_contracts_and_what_deploys_it_is_touched(copy: Copy) -> None:
    told = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=copy.root, capture_output=True, text=True, check=True
    )
    touched = {line[3:] for line in told.stdout.splitlines() if not line[3:].startswith("generated/")}
    own = ("services/", "schemas/", "tests/unit/services/")
    outside = {path for path in touched if not any(path.startswith(f"{o}{s}/") for o in own for s in PLACES)}
    written = {"schemas/topics.yaml", "docker-compose.yml", "ops/prometheus/prometheus.yml"}
    assert outside == written | {"docs/settings.md", "README.md"}, "the last two are made by `make generate`"


def test_it_passes_what_make_check_asks(copy: Copy) -> None:
    tool(copy, "ruff", "check", ".")
    tool(copy, "ruff", "format", "--check", ".")
    tool(copy, "mypy", "-p", "services", "-p", "quadrille", "-p", "local")
    tool(copy, "lint-imports", "--no-cache")
    for arguments in (("-m", "codegen", "--check"), ("-m", "cli.settings_page", "--check")):
        done = copy.python(*arguments)
        assert done.returncode == 0, done.stderr
    done = copy.quadrille("schemas", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_passes_the_suites_that_walk_over_all_services(copy: Copy) -> None:
    done = copy.python("-m", "pytest", *SUITES, "-m", "not live and not slow", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.fixture(scope="module")
def six(copy: Copy) -> Iterator[Platform]:
    """The servers and six services, all of them from the copy."""
    data = CHECKOUT / ".quadrille-tests-new-service"
    with environment({}):
        platform = Platform.load(data=data, port_base=free_base())
        stop(platform)
        shutil.rmtree(data, ignore_errors=True)
        try:
            done = copy.quadrille("up", platform=platform)
            assert done.returncode == 0, done.stdout + done.stderr
            yield platform
        finally:
            copy.quadrille("down", platform=platform)
            stop(platform)


async def test_it_takes_part_while_orders_flow_and_the_audit_finds_nothing(copy: Copy, six: Platform) -> None:
    async with Shop(six) as shop:
        await shop.open(stock=12, credit=10_000)
        placed = [await shop.place() for _ in range(20)]
        states = {order_id: (await shop.settled(order_id)).state for order_id in placed}
    completed, cancelled = ({order_id for order_id, state in states.items() if state == wanted} for wanted in (3, 4))
    assert (len(completed), len(cancelled)) == (12, 8)

    audit = copy.quadrille("audit", "--wait", "60", "--json", platform=six)
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert "quiet" in audit.stdout

    rows = {str(row[0]): row[1:] for row in query(six, "loyalty", "SELECT * FROM loyalty_rows")}
    assert {key for key, (done, _) in rows.items() if done} == completed
    assert {key for key, (_, undone) in rows.items() if undone} == cancelled
    assert published(six, "loyalty-events") == {
        *((key, "quadrille.events.loyalty.PointsCredited") for key in completed),
        *((key, "quadrille.events.loyalty.PointsWithdrawn") for key in cancelled),
    }
    paid = {
        str(row[0])
        for row in query(six, "ledger", "SELECT order_id FROM ledger_rows WHERE payment_completed_at IS NOT NULL")
    }
    assert paid == completed
    assert query(six, "ledger", "SELECT count(*) FROM outbox") == [(0,)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("status",), "loyalty-1"),
        (("status",), "ledger-1"),
        (("rebuild", "--dry-run"), "loyalty    knows all that it has published"),
        (("rebuild", "--dry-run"), "ledger     knows all that it has published"),
        (("positions", "--service", "loyalty"), "order-events/0"),
        (("dlq", "list", "--service", "ledger"), "no such dead letter"),
        (("flow",), "loyalty[loyalty]"),
        (("republish", "--service", "loyalty", "--dry-run"), "loyalty"),
    ],
)
def test_the_operators_commands_know_it(copy: Copy, six: Platform, arguments: tuple[str, ...], said: str) -> None:
    done = copy.quadrille(*arguments, platform=six)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout


def test_its_row_that_was_lost_is_made_again_from_its_own_events(copy: Copy, six: Platform) -> None:
    before = query(six, "loyalty", "SELECT * FROM loyalty_rows ORDER BY order_id")
    lost = before[0][0]
    query(six, "loyalty", "DELETE FROM loyalty_rows WHERE order_id = %s RETURNING 1", lost)
    done = copy.quadrille("rebuild", "loyalty", "--order", str(lost), platform=six)
    assert done.returncode == 0, done.stdout + done.stderr
    assert query(six, "loyalty", "SELECT * FROM loyalty_rows ORDER BY order_id") == before


def query(platform: Platform, service: str, statement: str, *values: object) -> list[tuple]:
    url = f"postgresql://{service}:{password(platform.data, service)}@127.0.0.1:{platform.port('postgres')}/{service}"
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement, values).fetchall()


def published(platform: Platform, topic: str) -> set[tuple[str, str]]:
    """Give key and type of every record of a topic."""
    client = Consumer({"bootstrap.servers": platform.kafka_bootstrap_servers, "group.id": "none"})
    found = set()
    try:
        partitions = client.list_topics(topic, timeout=10).topics[topic].partitions
        ends = {number: client.get_watermark_offsets(TopicPartition(topic, number))[1] for number in partitions}
        client.assign([TopicPartition(topic, number, 0) for number, end in ends.items() if end])
        for _ in range(sum(ends.values())):
            message = client.poll(10)
            assert message is not None
            assert message.error() is None
            found.add((message.key().decode(), dict(message.headers())["ce_type"].decode()))
    finally:
        client.close()
    return found
