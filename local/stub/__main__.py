"""Starts the stub: `python -m local.stub`."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from local.stub.books import Ledger, Rules
from local.stub.server import Server
from local.stub.trouble import KINDS, Trouble
from telemetry.escaping import guard_streams


@click.command(
    epilog="Kinds of trouble: \n\n" + "\n\n".join(f"{kind}: {what}" for kind, what in KINDS.items()),
)
@click.option("--port", type=click.IntRange(0, 65535), default=27090, show_default=True, help="Listens on loopback.")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".quadrille/stub.db"),
    show_default=True,
    help="Keeps what was done.",
)
@click.option(
    "--trouble",
    "troubles",
    multiple=True,
    metavar="KIND=CHANCE",
    help="What goes wrong, how often; as often as needed.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draws.")
@click.option("--late", type=click.FloatRange(min=0), default=1.0, show_default=True, help="Longest wait, in seconds.")
@click.option("--silent", default="", metavar="PREFIX", help="Customers or addresses that are never answered for.")
@click.option("--decline-over", type=click.IntRange(min=0), default=10**12, help="Decline charges of more minor units.")
@click.option("--decline-customer", default="", metavar="PREFIX", help="Decline customers whose id begins so.")
@click.option("--unserved", default="", metavar="CODES", help="Countries, with commas between, that are not served.")
def main(
    *,
    port: int,
    file: Path,
    troubles: tuple[str, ...],
    seed: int,
    late: float,
    silent: str,
    decline_over: int,
    decline_customer: str,
    unserved: str,
) -> None:
    """Play a payment provider and a carrier over HTTP, until told to stop."""
    guard_streams()
    chances: dict[str, float] = {}
    for one in troubles:
        kind, _, chance = one.partition("=")
        try:
            chances[kind] = float(chance)
        except ValueError:
            raise click.BadParameter(f"{one!r} is not KIND=CHANCE", param_hint="--trouble") from None
    try:
        trouble = Trouble(chances, seed=seed, late=late, silent=silent)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--trouble") from None
    file.parent.mkdir(parents=True, exist_ok=True)
    rules = Rules(decline_over, decline_customer, frozenset(code for code in unserved.split(",") if code))
    books = Ledger(file, rules)
    try:
        server = Server(("127.0.0.1", port), books, trouble)
    except OSError as error:
        raise click.ClickException(f"cannot listen on port {port}: {error.strerror}; choose another --port") from None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    click.echo(f"the stub listens on http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()
    server.server_close()
    books.close()


if __name__ == "__main__":
    main()
