"""The stub's HTTP server: `POST /charges`, `/refunds`, `/shipments`; `GET /books`; `PUT /trouble`."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.stub.books import KINDS, Ledger
from local.stub.trouble import Trouble

CRASHED = 70
LONGEST_REQUEST = 1 << 16
LOOK_SECONDS = 0.5


class Server(ThreadingHTTPServer):
    """Serves one stub. Each request has a thread of its own: those that are never answered keep nobody waiting."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], books: Ledger, trouble: Trouble) -> None:
        """Listen.

        Args:
            address: Host and port; port 0 for any.
            books: What was done.
            trouble: What goes wrong.
        """
        super().__init__(address, _Handler)
        self.books = books
        self.trouble = trouble
        self.ended = threading.Event()
        self.asked = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: they do so all the time here."""

    def server_close(self) -> None:
        """Stop listening, and let go of those that are never answered."""
        self.ended.set()
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Head and body are two writes: without this the second waits for the first one's acknowledgement.
    wbufsize = -1

    def do_GET(self) -> None:
        if self.path == "/books":
            self._answer(200, self.server.books.all())
        else:
            self._answer(404, {"status": "there is no such path"})

    def do_PUT(self) -> None:
        request = self._read()
        try:
            self.server.trouble.change({str(kind): float(chance) for kind, chance in (request or {}).items()})
        except ValueError as error:
            self._answer(400, {"status": str(error)})
        else:
            self._answer(200, self.server.trouble.chances)

    def do_POST(self) -> None:
        kind, key, request = self.path.strip("/"), self.headers.get("Idempotency-Key", ""), self._read()
        self.server.asked += 1
        if kind not in KINDS or request is None or not key:
            self._answer(400, {"idempotency_key": key, "status": "the request is not understood"})
            return
        trouble, late = self.server.trouble.draw()
        if self.server.trouble.is_silent(str(request.get("customer_id") or request.get("address_reference") or "")):
            trouble = "never"
        if trouble in {"refused", "busy", "slow-down"}:
            status = {"refused": 500, "busy": 503, "slow-down": 429}[trouble]
            self._answer(status, {"status": trouble}, {"Retry-After": "1"} if trouble == "slow-down" else {})
            return
        try:
            status, answer = self.server.books.do(kind, key, request)
        except (KeyError, TypeError):
            self._answer(400, {"idempotency_key": key, "status": "the request is not understood"})
            return
        self._misbehave(trouble, late, status, answer, (kind, key, request))

    def _misbehave(
        self, trouble: str, late: float, status: int, answer: dict[str, Any], again: tuple[str, str, dict[str, Any]]
    ) -> None:
        match trouble:
            case "late":
                time.sleep(late)
            case "twice":
                status, answer = self.server.books.do(*again)
            case "crash":
                os._exit(CRASHED)
            case "never":
                self._wait_until_nobody_waits()
        match trouble:
            case "lost" | "never":
                self.close_connection = True
            case "failed":
                self._answer(500, answer)
            case "broken":
                self._send(status, json.dumps(answer).encode()[:-9])
            case "nonsense":
                self._answer(200, {**answer, "status": "hello"})
            case "other-key":
                self._answer(status, {**answer, "idempotency_key": "00000000-0000-0000-0000-000000000000"})
            case _:
                self._answer(status, answer)

    def _wait_until_nobody_waits(self) -> None:
        with contextlib.suppress(OSError):
            while not self.server.ended.is_set():
                readable, _, _ = select.select([self.connection], [], [], LOOK_SECONDS)
                if readable and not self.connection.recv(1, socket.MSG_PEEK):
                    return

    def _read(self) -> dict[str, Any] | None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_REQUEST:
            self.close_connection = True
            return None
        try:
            found = json.loads(self.rfile.read(length))
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(body).encode(), headers)

    def _send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
        """Log nothing: there is a line for each request otherwise."""
