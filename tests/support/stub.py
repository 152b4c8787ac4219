"""The stub in a thread of this process, for tests that need no server of another kind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stub.books import Ledger, Rules
from local.stub.server import Server
from local.stub.trouble import Trouble


@contextmanager
def stub(file: Path, rules: Rules | None = None, trouble: Trouble | None = None) -> Iterator[Server]:
    """Run a stub."""
    books = Ledger(file, rules or Rules())
    server = Server(("127.0.0.1", 0), books, trouble or Trouble({}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        books.close()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"
