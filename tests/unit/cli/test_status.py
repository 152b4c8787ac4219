"""`quadrille status`: what it says of a platform in trouble, and that it shows no figure which it does not have."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import grpc
import pytest
from quadrille.ops.v1 import status_service_pb2 as pb
from quadrille.ops.v1 import status_service_pb2_grpc as pb_grpc
from sqlalchemy import create_engine

from cli.commands import status
from cli.main import main
from local.status import PlatformStatus, ServerStatus, ServiceStatus, ask
from local.unread import UnreadPartition
from services.chassis.observe.readiness import Readiness
from services.chassis.process.batch import Processor
from services.chassis.rpc.status import StatusServicer

READ = pb.PartitionLag(topic="order-events", partition=2, next_offset=7, lag=4)
PAYMENT = ServiceStatus("payment-1", "payment", "127.0.0.1:1", external=False, pid=7, log="payment-1.log")


def shown(capsys, *services: ServiceStatus) -> list[str]:
    kafka = ServerStatus("kafka", "127.0.0.1:2", external=False, pid=1, reachable=True)
    status._show(PlatformStatus(supervisor=1, phase="running", error="", servers=[kafka], services=list(services)))
    return capsys.readouterr().out.splitlines()


@contextmanager
def answering(answer: pb.GetStatusResponse) -> Iterator[ServiceStatus]:
    class Servicer(pb_grpc.StatusServiceServicer):
        def GetStatus(self, *_):  # noqa: N802
            return answer

    server = grpc.server(ThreadPoolExecutor(1))
    pb_grpc.add_StatusServiceServicer_to_server(Servicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield replace(PAYMENT, address=f"127.0.0.1:{port}")
    finally:
        server.stop(None).wait()


def test_figures_of_a_database_that_is_away_are_unknown_and_not_zero(capsys) -> None:
    with answering(pb.GetStatusResponse(waiting_for="the database", database_away=True, partitions=[READ])) as known:
        told = ask(known)
    assert (told.outbox_backlog, told.dead_letters, told.open_calls) == (None, None, None)
    row = next(line for line in shown(capsys, told) if line.startswith("payment-1"))
    assert row.split()[1:8] == ["waiting", "7", "0", "4", "-", "-", "-"]


def test_figures_of_a_database_that_answers_are_told() -> None:
    with answering(pb.GetStatusResponse(ready=True, outbox_backlog=3, dead_letters=2, open_calls=1)) as known:
        told = ask(known)
    assert (told.outbox_backlog, told.dead_letters, told.open_calls) == (3, 2, 1)


async def test_a_service_says_that_its_database_is_away() -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 2})
    processor = Processor.__new__(Processor)
    processor.handled = processor.skipped = 0
    readiness = Readiness()
    servicer = StatusServicer("payment", "payment-1", readiness, processor, engine, dict)
    assert (await servicer.GetStatus(pb.GetStatusRequest(), None)).database_away
    readiness.set("database", "the database does not answer")
    assert (await servicer.GetStatus(pb.GetStatusRequest(), None)).database_away


def test_a_process_that_runs_and_does_not_answer_is_named_with_its_log(capsys) -> None:
    lines = shown(capsys, PAYMENT)
    assert any("payment-1 runs and does not answer" in line and "log payment-1.log" in line for line in lines)
    assert not any("does not answer" in line for line in shown(capsys, replace(PAYMENT, reachable=True, ready=True)))
    assert not any("does not answer" in line for line in shown(capsys, replace(PAYMENT, pid=None)))


def test_a_restart_is_told_with_its_time(capsys) -> None:
    died = replace(PAYMENT, reachable=True, ready=True, restarts=1, last_exit="killed by SIGKILL", last_exit_at=1.8e9)
    assert "payment-1 was restarted at 2027-01-15 08:00:00 UTC, because: killed by SIGKILL; log payment-1.log" in shown(
        capsys, died
    )


def test_events_that_wait_long_to_be_published_get_a_line(capsys) -> None:
    waiting = replace(PAYMENT, reachable=True, ready=True, outbox_backlog=4, outbox_oldest_seconds=12.4)
    assert "payment-1 has had events to publish for 12 s: Kafka or its database does not take them" in shown(
        capsys, waiting
    )
    assert shown(capsys, replace(waiting, outbox_oldest_seconds=0.4))[-1].startswith("payment-1  ready")


def test_a_service_that_does_not_read_yet_has_no_lag_to_tell() -> None:
    with answering(pb.GetStatusResponse(waiting_for="starting")) as known:
        assert ask(known).lag is None
    with answering(pb.GetStatusResponse(ready=True)) as known:
        assert ask(known).lag == 0


def test_what_a_service_waits_for_is_one_line_whatever_the_database_said(capsys) -> None:
    waiting = replace(PAYMENT, reachable=True, waiting_for="FATAL:  starting up\nDETAIL:  not yet")
    assert "payment-1 waits: FATAL: starting up DETAIL: not yet" in shown(capsys, waiting)


def test_restoring_where_nobody_can_be_asked_says_how_to_go_on(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("admin.clients.load_platform", lambda: None)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(SystemExit) as ended:
        main(["restore", "order", str(tmp_path / "order.dump")])
    assert ended.value.code == 2
    assert "say --yes if it is to be done" in capsys.readouterr().err


def test_a_partition_that_no_instance_reads_is_named_and_makes_the_lag_a_lower_bound(capsys) -> None:
    with answering(pb.GetStatusResponse(ready=True, partitions=[READ])) as known:
        told = ask(known)
    assert told.partitions == (("order-events", 2),)
    missing = [UnreadPartition("payment", "order-events", 6), UnreadPartition("payment", "order-events", 7)]
    status._show(PlatformStatus(supervisor=1, phase="running", error="", servers=[], services=[told], unread=missing))
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if line.startswith("payment-1"))
    assert row.split()[4] == "4+"
    assert "no instance of payment reads order-events/6, order-events/7: what waits there is not known" in lines
