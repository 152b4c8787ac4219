"""What a registry may answer, and what becomes of it. The real one answers in the live tests."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from quadrille.events.order import OrderCreated
from quadrille.events.topics import subject, topic_of

from services.chassis.errors import RegistryAway, Undecodable
from services.chassis.wire.registry_client import Refusal, RegistryClient
from services.chassis.wire.schemas import Schemas

MISSING = subject(topic_of(OrderCreated), OrderCreated)


class Answers(BaseHTTPRequestHandler):
    """Answers everything with the same, and notes what it was asked."""

    status: int
    content: bytes
    asked: list[tuple[str, str, dict[str, str], Any]]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path, dict(self.headers), json.loads(body) if body else None))
        self.send_response(self.status)
        if 300 <= self.status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    do_GET = _answer  # noqa: N815 - the name that http.server asks for
    do_POST = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(status: int, content: object) -> Iterator[tuple[str, list[tuple[str, str, dict[str, str], Any]]]]:
    """Serve one answer. Gives the address without its scheme, and what was asked."""
    asked: list[tuple[str, str, dict[str, str], Any]] = []
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler = type("Handler", (Answers,), {"status": status, "content": body, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def nobody():
    """An address that is taken, and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def test_a_schemas_id_is_asked_for_by_its_subject_and_text():
    with answering(200, {"subject": "s", "id": 7, "version": 1, "schema": "{}"}) as (address, asked):
        assert RegistryClient(f"http://{address}/apis/ccompat/v7/", 5).id_of("a topic/x-y.Z", '{"type": "record"}') == 7
    ((method, path, headers, body),) = asked
    assert (method, path) == ("POST", "/apis/ccompat/v7/subjects/a%20topic%2Fx-y.Z")
    assert headers["Content-Type"] == "application/vnd.schemaregistry.v1+json"
    assert body == {"schema": '{"type": "record"}', "schemaType": "AVRO"}


def test_an_ids_schema_is_asked_for():
    with answering(200, {"schema": '"string"'}) as (address, asked):
        assert RegistryClient(f"http://{address}", 5).schema(12) == '"string"'
    assert [(method, path) for method, path, _, _ in asked] == [("GET", "/schemas/ids/12")]


def test_user_and_password_of_the_address_are_sent_and_not_told():
    with answering(503, b"later") as (address, asked):
        schemas = Schemas(f"http://us%20er:p%40ss@{address}")
        with pytest.raises(RegistryAway) as told:
            schemas.written_with(1, None)
    ((_, _, headers, _),) = asked
    assert headers["Authorization"] == "Basic dXMgZXI6cEBzcw=="  # "us er:p@ss"
    assert f"http://{address} answers: HTTP 503" in str(told.value)
    assert "ss@" not in str(told.value)


def test_a_redirect_is_a_refusal_and_takes_no_password_elsewhere():
    with answering(302, b"") as (address, asked):
        with pytest.raises(Refusal) as refused:
            RegistryClient(f"http://user:pass@{address}", 5).schema(1)
        assert refused.value.status == 302
    assert len(asked) == 1


def test_a_refusal_tells_the_registrys_own_words():
    with (
        answering(422, {"error_code": 42201, "message": "Invalid schema"}) as (address, _),
        pytest.raises(Refusal, match=r"Invalid schema \(HTTP 422, code 42201\)"),
    ):
        RegistryClient(f"http://{address}", 5).id_of("s", "{}")


def test_the_next_address_is_asked_if_one_is_away_or_cannot_now(nobody):
    with answering(503, b"") as (cannot, _), answering(200, {"schema": "{}"}) as (can, asked):
        assert RegistryClient(f"http://{nobody},http://{cannot}, http://{can}", 5).schema(1) == "{}"
    assert len(asked) == 1


def test_no_other_address_is_asked_once_one_has_said_no():
    with (
        answering(404, b"{}") as (first, _),
        answering(200, {"schema": "{}"}) as (second, asked),
        pytest.raises(Refusal),
    ):
        RegistryClient(f"http://{first},http://{second}", 5).schema(1)
    assert not asked


@pytest.mark.parametrize("url", ["", "registry:8081", "ftp://registry", "http://", "http://here,there"])
def test_what_is_no_address_is_refused_at_once_and_the_setting_is_named(url):
    with pytest.raises(ValueError, match="QUADRILLE_REGISTRY_URL"):
        RegistryClient(url, 5)


def test_an_id_that_the_registry_does_not_have_makes_a_record_undecodable():
    with (
        answering(404, {"error_code": 40403, "message": "no"}) as (address, _),
        pytest.raises(Undecodable, match="no schema with id 9"),
    ):
        Schemas(f"http://{address}").written_with(9, None)


@pytest.mark.parametrize("text", ['"string"', 'syntax = "proto3"; message M {}'])
def test_an_id_of_what_is_no_avro_record_makes_a_record_undecodable(text):
    with answering(200, {"schema": text}) as (address, _), pytest.raises(Undecodable, match="not a record"):
        Schemas(f"http://{address}").written_with(9, None)


def test_a_schema_that_is_not_registered_waits_and_names_the_command():
    with (
        answering(404, {"error_code": 40401, "message": "no"}) as (address, _),
        pytest.raises(RegistryAway, match=f"lacks the schema of {MISSING}"),
    ):
        Schemas(f"http://{address}").look_up("order")


@pytest.mark.parametrize(
    ("status", "content"), [(500, b"oops"), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, {"id": "7"})]
)
def test_whatever_else_a_registry_answers_it_is_away(status, content):
    with answering(status, content) as (address, _):
        schemas = Schemas(f"http://{address}")
        with pytest.raises(RegistryAway):
            schemas.look_up("order")
        with pytest.raises(RegistryAway):
            schemas.written_with(1, None)


def test_a_registry_where_nobody_listens_is_away(nobody):
    with pytest.raises(RegistryAway, match="does not answer"):
        Schemas(f"http://{nobody}").look_up("order")


def test_a_registry_that_takes_the_call_and_says_nothing_is_away_after_the_timeout():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(RegistryAway, match="timed out"):
        Schemas(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2).look_up("order")


def test_a_registry_that_does_not_speak_http_is_away():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            with server.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-x\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(RegistryAway):
            Schemas(f"http://127.0.0.1:{server.getsockname()[1]}").look_up("order")
        thread.join()
