"""HTTP/1.1 as uvicorn and h11 read it, with limits on what a caller may hold or leave half done.

Invariants:

- A request line with its headers, and a body, each come whole within their deadlines, or the connection is closed.
- Answers are read, or the connection is closed: one that nobody reads is not kept.
- A request's head has a limit on its bytes and on its headers, a body on its pieces. Over it nothing more is parsed.
- Connections have a limit. One more is told so, and a crowd beyond that is not even told.
- A connection that idles between two requests, and a stream of events that is read, are nobody's fault: no deadline of
  these holds for them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway import errors, metrics
from gateway.errors import HttpError

log = logging.getLogger(__name__)

#: Chunks that a body may come in. Each costs the same, however short it is.
MOST_CHUNKS = 10_000
#: Connections over the limit that are told so; beyond, they are cut off.
TOLD_AT_ONCE = 50
#: How long a caller has to read why it was refused.
LINGER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a caller may hold.

    Attributes:
        connections: Connections at once.
        head_bytes: Bytes of a request line with its headers.
        headers: Headers of a request.
        head_timeout_seconds: From a request's first byte, or a connection's beginning, to the end of its headers.
        body_timeout_seconds: From the end of the headers to the end of the body.
        write_timeout_seconds: How long a caller may read nothing of an answer that waits for it.
    """

    connections: int
    head_bytes: int
    headers: int
    head_timeout_seconds: float
    body_timeout_seconds: float
    write_timeout_seconds: float


class _Connection(h11.Connection):
    """Counts requests, and the chunks of each."""

    def __init__(self, head_bytes: int) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size=head_bytes)
        self.requests = 0
        self.chunks = 0

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.requests += 1
            self.chunks = 0
        elif isinstance(event, h11.Data) and event.chunk_start:
            self.chunks += 1
            if self.chunks > MOST_CHUNKS:
                raise h11.RemoteProtocolError("too many chunks", error_status_hint=413)
        return event


class Protocol(H11Protocol):
    """A connection."""

    def __init__(self, *arguments: Any, limits: Limits, **options: Any) -> None:
        """Prepare.

        Args:
            *arguments: Uvicorn's.
            limits: What a caller may hold.
            **options: Uvicorn's.
        """
        super().__init__(*arguments, **options)
        self._limits = limits
        self.conn: _Connection = _Connection(limits.head_bytes)
        self._refused = False
        #: What is waited for, and until when.
        self._awaited: tuple[object, int] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin: take the connection, or refuse it."""
        super().connection_made(transport)
        over = len(self.connections) - self._limits.connections
        if over > TOLD_AT_ONCE:
            self._refused = True
            transport.abort()
        elif over > 0:
            self._refuse(errors.too_many_connections(self._limits.connections))
        else:
            self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        for timer in (self._deadline, self._unread):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the connection was refused."""
        if not self._refused:
            super().data_received(data)

    def handle_events(self) -> None:
        """Parse what has come, if it is not too much."""
        if self.conn.their_state is h11.IDLE:
            told = self._too_much(self.conn.trailing_data[0])
            if told:
                self._refuse(errors.head_too_large(told))
                return
        super().handle_events()
        self._set_deadline()

    def _too_much(self, received: bytes) -> str:
        """Say what of a head is too much; empty if nothing is, so far."""
        limits = self._limits
        # h11 takes a bare line feed for the end of a line too.
        ends = [end for end in (received.find(b"\n\r\n"), received.find(b"\n\n")) if end >= 0]
        head = received[: min(ends) + 1] if ends else received
        if len(head) > limits.head_bytes:
            return f"request line and headers have more than {limits.head_bytes:,} bytes"
        if head.count(b"\n") > limits.headers + 1:
            return f"the request has more than {limits.headers:,} headers"
        return ""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """Refuse what is no HTTP."""
        if self.conn.chunks > MOST_CHUNKS:
            self._refuse(errors.malformed(f"it comes in more than {MOST_CHUNKS:,} chunks: send longer ones"))
        else:
            self._refuse(errors.no_http())

    def _set_deadline(self) -> None:
        """Wait for the end of what has begun. More bytes of it put nothing off."""
        state = self.conn.their_state
        awaited: tuple[object, int] | None = None
        seconds = 0.0
        if self._refused or self.transport.is_closing():
            pass
        elif state is h11.IDLE and (self.conn.requests == 0 or self.conn.trailing_data[0]):
            awaited, seconds = (state, self.conn.requests), self._limits.head_timeout_seconds
        elif state is h11.SEND_BODY:
            awaited, seconds = (state, self.conn.requests), self._limits.body_timeout_seconds
        if awaited == self._awaited:
            return
        if self._deadline is not None:
            self._deadline.cancel()
        self._awaited = awaited
        self._deadline = self.loop.call_later(seconds, self._too_late, seconds) if awaited else None

    def _too_late(self, seconds: float) -> None:
        if self.conn.their_state is h11.SEND_BODY:
            self._refuse(errors.too_slow("the body", seconds))
        elif self.conn.trailing_data[0]:
            self._refuse(errors.too_slow("request line and headers", seconds))
        else:
            # Nothing was asked, so nothing is answered.
            self._refused = True
            self.transport.close()

    def _refuse(self, error: HttpError) -> None:
        """Answer with an error if nothing was answered yet, and read no more."""
        self._refused = True
        self._unset_keepalive_if_required()
        if self._deadline is not None:
            self._deadline.cancel()
        cycle = self.cycle
        under_way = cycle is not None and not cycle.response_complete
        if not under_way or not cycle.response_started:
            self.transport.write(_written(error))
        if under_way:
            # Whoever works on the request learns that nobody waits for its answer.
            cycle.disconnected = True
            cycle.message_event.set()
        metrics.refused(int(error.http_code))
        log.info("refused", extra={"status": int(error.http_code), "why": error.status.message})
        # What still comes is dropped: a connection that closes with something unread loses the answer.
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._abort_after(LINGER_SECONDS)
        else:
            self.transport.close()
            self._abort_after(self._limits.write_timeout_seconds)

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._abort_after(self._limits.write_timeout_seconds)
        else:
            self._set_deadline()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has idled."""
        super().timeout_keep_alive_handler()
        self._abort_after(self._limits.write_timeout_seconds)

    def shutdown(self) -> None:
        """Close, or finish the answer first."""
        if self._refused:
            self.transport.abort()
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """Wait for the caller to read."""
        super().pause_writing()
        self._wait_for_reader(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Go on: the caller has read."""
        if self._unread is not None:
            self._unread.cancel()
        super().resume_writing()

    def _wait_for_reader(self, waiting: int) -> None:
        if self._unread is not None:
            self._unread.cancel()
        self._unread = self.loop.call_later(self._limits.write_timeout_seconds, self._check_reader, waiting)

    def _check_reader(self, waiting: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left < waiting:
            self._wait_for_reader(left)
        else:
            self.transport.abort()

    def _abort_after(self, seconds: float) -> None:
        if self._unread is not None:
            self._unread.cancel()
        self._unread = self.loop.call_later(seconds, self.transport.abort)


def _written(error: HttpError) -> bytes:
    body = json.dumps(error.body(), separators=(",", ":")).encode()
    code = int(error.http_code)
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        **error.headers,
        "connection": "close",
    }
    lines = [f"HTTP/1.1 {code} ", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
