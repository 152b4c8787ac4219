"""`quadrille up`: start the servers that are not external, and the four services."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import TYPE_CHECKING, Never

import click

from admin.errors import local_errors
from cli.command import Command
from cli.output import say

if TYPE_CHECKING:
    from local.settings import Platform


@click.command(cls=Command)
@click.option("--servers-only", is_flag=True, help="Start the servers and create roles and databases, no services.")
def command(*, servers_only: bool) -> None:
    """Start the servers that are not external, and the four services; return when all of it is ready.

    The first time it downloads Kafka and the registry (200 MB, kept for all checkouts of this user). What runs already
    is left alone. If it fails or is interrupted, it stops what it started.

    \b
    Examples:
      quadrille up
      QUADRILLE_PORT_BASE=28000 quadrille up      all ports elsewhere
      QUADRILLE_INSTANCES=2 quadrille up          two instances of each service
      QUADRILLE_POSTGRES_URL=postgresql://admin:secret@db/postgres quadrille up
    """  # noqa: D301 - click reads \b
    from cli import output
    from local.platform import start
    from local.reporting import OnConsole
    from local.settings import Platform

    # Whoever ends this command, by whatever signal, ends what it has started.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    began = time.monotonic()
    console = output.console()
    with local_errors():
        platform = Platform.load()
        started = start(platform, services=not servers_only, reporter=OnConsole(console))
    if not started:
        say("everything is up already; `quadrille status` shows it")
        return
    say()
    say(f"everything is up after {time.monotonic() - began:.1f} s")
    say()
    _show_addresses(platform, servers_only=servers_only)


def _interrupted(_number: int, _frame: FrameType | None) -> Never:
    raise KeyboardInterrupt


def _show_addresses(platform: Platform, *, servers_only: bool) -> None:
    from local.settings import GATEWAY, SERVERS
    from services.catalogue import SERVICES

    rows = [(name, platform.server_address(name)) for name in SERVERS]
    if not servers_only:
        rows += [(service, platform.service_address(service)) for service in SERVICES]
        rows.append((GATEWAY, platform.gateway_url))
        if platform.console != "off":
            rows.append(("console", platform.console_url))
    for name, address in rows:
        say(f"  {name:<12} {address}")
    say(f"  {'logs':<12} {platform.logs}")
    say()
    say("Try next:")
    tries = [
        ("quadrille status", "who is ready, lag, outbox"),
        ("quadrille stock", "what there is to order"),
        ("quadrille place --help", "place an order"),
        ("quadrille down", "stop all of it; the data stays"),
    ]
    for line, what in tries if not servers_only else [tries[0], tries[-1]]:
        say(f"  {line:<24} {what}")
