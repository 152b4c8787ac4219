"""The local platform on real servers: what starts, what survives, and what nobody may do."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from local import provision, state, status
from local.errors import PortTakenError, StartError
from local.platform import start, stop
from local.settings import Platform
from services.catalogue import SERVICES
from tests.support.platforms import environment, fresh

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def servers() -> Iterator[Platform]:
    """Three servers of this file's own, to be treated badly. They may be down when a test ends."""
    with environment({}), fresh("lifecycle") as own:
        start(own, services=False)
        yield own


def processes(platform: Platform) -> dict[str, int]:
    current = state.read(platform.run)
    assert current is not None
    return {name: one.pid for name, one in current.processes.items() if one.pid is not None}


def kill(*pids: int) -> None:
    """Kill, and wait until the system has done it: a large process needs a moment."""
    doomed = [psutil.Process(pid) for pid in pids]
    for process in doomed:
        process.kill()
    psutil.wait_procs(doomed, timeout=30)


def listeners(platform: Platform) -> set[str]:
    """The addresses on which anything of the platform listens."""
    current = state.read(platform.run)
    assert current is not None
    owned = [psutil.Process(pid) for pid in [*processes(platform).values(), current.pid]]
    return {
        connection.laddr.ip
        for process in owned
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_all_three_answer_and_listen_on_loopback_only(servers: Platform) -> None:
    start(servers, services=False)
    found = status.collect(servers)
    assert {server.name: server.reachable for server in found.servers} == {
        "postgres": True,
        "kafka": True,
        "registry": True,
    }
    assert {ip.removeprefix("::ffff:") for ip in listeners(servers)} == {"127.0.0.1"}


def test_starting_what_is_up_changes_nothing(servers: Platform) -> None:
    start(servers, services=False)
    before = processes(servers)
    assert start(servers, services=False) is False
    assert processes(servers) == before


def test_after_a_hard_kill_of_everything_the_next_start_works_and_nothing_acknowledged_is_lost(
    servers: Platform,
) -> None:
    start(servers, services=False)
    with psycopg.connect(servers.database_url("order")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS survivor (word text)")
        connection.execute("INSERT INTO survivor VALUES ('kept')")
    current = state.read(servers.run)
    assert current is not None
    kill(current.pid, *processes(servers).values())
    assert start(servers, services=False) is True
    with psycopg.connect(servers.database_url("order")) as connection:
        assert connection.execute("SELECT word FROM survivor").fetchone() == ("kept",)
        connection.execute("DROP TABLE survivor")


def test_after_a_kill_of_the_supervisor_alone_its_orphans_are_stopped_before_the_next_start(
    servers: Platform,
) -> None:
    start(servers, services=False)
    current = state.read(servers.run)
    assert current is not None
    kill(current.pid)
    orphaned = processes(servers)
    assert all(psutil.pid_exists(pid) for pid in orphaned.values())
    assert start(servers, services=False) is True
    assert not set(orphaned.values()) & set(processes(servers).values())


def test_stopping_leaves_nothing_behind_even_what_a_killed_supervisor_left(servers: Platform) -> None:
    start(servers, services=False)
    current = state.read(servers.run)
    assert current is not None
    kill(current.pid)
    assert sorted(stop(servers)) == ["kafka", "postgres", "registry"]
    assert not any(one.alive() for one in current.processes.values())
    assert stop(servers) == []


def test_a_taken_port_is_refused_before_anything_starts(servers: Platform) -> None:
    stop(servers)
    with (
        socket.create_server(("127.0.0.1", servers.port("registry"))),
        pytest.raises(PortTakenError, match=rf"port {servers.port('registry')}.*\(pid {os.getpid()}\)"),
    ):
        start(servers, services=False)
    current = state.read(servers.run)
    assert current is None or not current.alive()


def test_a_server_that_cannot_start_is_told_with_the_end_of_its_log_and_nothing_is_left_running(
    servers: Platform,
) -> None:
    stop(servers)
    broken = servers.data / "postgres" / "PG_VERSION"
    kept = broken.read_text()
    broken.write_text("9\n")
    try:
        with pytest.raises(StartError, match=r"(?s)postgres ended while it started.*postgres\.log.*not compatible"):
            start(servers, services=False)
    finally:
        broken.write_text(kept)
    current = state.read(servers.run)
    assert current is not None
    assert not current.alive()
    assert not any(one.alive() for one in current.processes.values())


def test_an_external_kafka_is_used_and_not_started(servers: Platform, platform: Platform, tmp_path: Path) -> None:
    stop(servers)
    mixed = Platform.load(
        data=tmp_path,
        port_base=servers.port_base,
        external_kafka=platform.kafka_bootstrap_servers,
        external_postgres_url=platform.postgres_admin_url,
        external_registry_url=platform.registry_url,
        **{f"{service}_database_url": platform.database_url(service) for service in SERVICES},
        audit_database_url=platform.audit_url("order"),
    )
    try:
        start(mixed, services=False)
        assert processes(mixed) == {}
        assert all(server.external and server.reachable for server in status.collect(mixed).servers)
    finally:
        stop(mixed)


def test_provisioning_twice_changes_nothing(platform: Platform) -> None:
    provision.provision(platform)
    provision.provision(platform)
    assert all(line.endswith("unchanged") for line in provision.migrate(platform))
    assert provision.apply(platform) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_role_can_enter_no_other_database(platform: Platform, service: str) -> None:
    own = platform.database_url(service)
    for other in [*(name for name in SERVICES if name != service), "registry", "postgres", "template1"]:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(own.rpartition("/")[0] + f"/{other}").close()


@pytest.mark.parametrize("service", SERVICES)
def test_the_auditor_reads_every_database_and_writes_none(platform: Platform, service: str) -> None:
    with psycopg.connect(platform.audit_url(service), autocommit=True) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        assert row is not None
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM alembic_version")
        connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM alembic_version")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (x int)")


def test_a_wrong_password_is_refused_on_loopback_too(platform: Platform) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://order:wrong@127.0.0.1:{platform.port('postgres')}/order").close()


def test_a_service_that_is_killed_comes_back_and_status_says_why(platform: Platform) -> None:
    start(platform)
    before = next(one for one in status.collect(platform).services if one.service == "shipping")
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while True:
        after = next(one for one in status.collect(platform).services if one.service == "shipping")
        if after.ready and after.pid != before.pid:
            break
        assert time.monotonic() < deadline, after
        time.sleep(0.2)
    assert after.restarts == before.restarts + 1
    assert after.last_exit == "killed by SIGKILL"
