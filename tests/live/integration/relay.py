"""A relay between Kafka's clients and the broker that tells requests apart, and can keep some of them back."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PRODUCE = 0
ENOUGH_SECONDS = 30.0


class Relay:
    """Forwards each request and each answer whole, and stands in the broker's place in what the broker says of itself.

    Kafka's protocol: a frame is four bytes of length and so many more; a request begins with the number of its API.
    """

    def __init__(self, host: str, port: int) -> None:
        """Listen.

        Args:
            host: Of the broker, an address as it advertises it.
            port: Its port.
        """
        self._broker = host, port
        self._changed = threading.Condition()
        self._holding = False
        self._requests: list[tuple[socket.socket, bytes]] = []
        self._answers: list[tuple[socket.socket, bytes]] = []
        self._sockets: list[socket.socket] = []
        self._server = socket.create_server((host, 0))
        self.address = f"{host}:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self) -> None:
        """Keep back every produce request from now on, and the answers to those that are let through by `forward`."""
        self._holding = True

    def wait_for_requests(self, number: int) -> None:
        """Wait until so many produce requests are kept back."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._requests) >= number, ENOUGH_SECONDS), self._requests

    def forward(self) -> None:
        """Let the oldest of them through to the broker, and wait for its answer, which is kept back."""
        with self._changed:
            before = len(self._answers)
            upstream, frame = self._requests.pop(0)
            upstream.sendall(frame)
            assert self._changed.wait_for(lambda: len(self._answers) > before, ENOUGH_SECONDS), "no answer"

    def release(self) -> None:
        """Give the answers that were kept back, in their order, and keep nothing back any more."""
        with self._changed:
            assert not self._requests
            self._holding = False
            for client, frame in self._answers:
                client.sendall(frame)
            self._answers.clear()

    def close(self) -> None:
        """End everything."""
        for one in (self._server, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                upstream = socket.create_connection(self._broker)
                self._sockets += (client, upstream)
                threading.Thread(target=self._ask, args=(client, upstream), daemon=True).start()
                threading.Thread(target=self._answer, args=(client, upstream), daemon=True).start()

    def _ask(self, client: socket.socket, upstream: socket.socket) -> None:
        with suppress(OSError):
            for frame in _frames(client):
                with self._changed:
                    if self._holding and struct.unpack_from(">h", frame, 4) == (PRODUCE,):
                        self._requests.append((upstream, frame))
                        self._changed.notify_all()
                    else:
                        upstream.sendall(frame)

    def _answer(self, client: socket.socket, upstream: socket.socket) -> None:
        host, port = self._broker
        theirs, ours = (host.encode() + struct.pack(">i", p) for p in (port, self._server.getsockname()[1]))
        with suppress(OSError):
            for frame in _frames(upstream):
                with self._changed:
                    if self._holding:
                        self._answers.append((client, frame))
                        self._changed.notify_all()
                    else:
                        client.sendall(frame.replace(theirs, ours))


def _frames(source: socket.socket) -> Iterator[bytes]:
    with source.makefile("rb") as stream:
        while len(length := stream.read(4)) == 4:
            yield length + stream.read(*struct.unpack(">i", length))


@contextmanager
def relayed(bootstrap: str) -> Iterator[Relay]:
    """Stand before a broker, for as long as the context lasts."""
    host, _, port = bootstrap.partition(":")
    relay = Relay(host, int(port))
    try:
        yield relay
    finally:
        relay.close()
