"""`quadrille status`: each server and service, where it is and how it is."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.errors import ANSWER_IS_NO, NOT_REACHABLE, Refused

if TYPE_CHECKING:
    from local.status import PlatformStatus, ServerStatus, ServiceStatus


@click.command(epilog="Exit codes: 0 everything is ready, 1 something is not, 3 nothing runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/local.md describes it.")
def command(*, as_json: bool) -> int:
    """Show each server and service: where it is, whether it is ready, its lag and its outbox.

    \b
    Examples:
      quadrille status
      quadrille status --json | jq '.services[] | {name, ready, lag}'
    """  # noqa: D301 - click reads \b
    from local.errors import LocalError
    from local.settings import Platform
    from local.status import collect

    try:
        found = collect(Platform.load())
    except LocalError as error:
        raise Refused(str(error)) from error
    if as_json:
        click.echo(json.dumps({"ready": found.all_ready, **asdict(found)}, indent=2))
    else:
        _show(found)
    if found.nothing_runs:
        return NOT_REACHABLE
    return 0 if found.all_ready else ANSWER_IS_NO


def _show(found: PlatformStatus) -> None:
    if found.nothing_runs:
        click.echo(
            f"nothing is running{', the last start failed' if found.error else ''}; start it with `quadrille up`"
        )
        if found.error:
            click.echo(found.error)
        return
    from rich.console import Console
    from rich.table import Table

    servers = Table("server", "", "pid", "restarts", "address", box=None, pad_edge=False, header_style="dim")
    for server in found.servers:
        servers.add_row(server.name, _server_word(server), _pid(server), str(server.restarts), server.address)
    services = Table(
        *("service", "", "pid", "restarts", "lag", "outbox", "dead letters", "address"),
        box=None,
        pad_edge=False,
        header_style="dim",
    )
    for service in found.services:
        numbers = (service.restarts, service.lag, service.outbox_backlog, service.dead_letters)
        services.add_row(service.name, _service_word(service), _pid(service), *map(str, numbers), service.address)
    console = Console()
    console.print(servers)
    console.print()
    console.print(services)
    for line in _remarks(found):
        console.print(line, highlight=False, soft_wrap=True)


def _server_word(server: ServerStatus) -> str:
    word = "[green]reachable[/]" if server.reachable else "[red]not reachable[/]"
    return f"{word}, external" if server.external else word


def _service_word(service: ServiceStatus) -> str:
    if service.ready:
        word = "[green]ready[/]"
    elif service.reachable:
        word = "[yellow]waiting[/]"
    else:
        word = "[red]not running[/]" if service.pid is None else "[red]no answer[/]"
    return f"{word}, external" if service.external else word


def _pid(one: ServerStatus | ServiceStatus) -> str:
    return "-" if one.pid is None else str(one.pid)


def _remarks(found: PlatformStatus) -> list[str]:
    remarks = [f"{service.name} waits: {service.waiting_for}" for service in found.services if service.waiting_for]
    everything: list[ServerStatus | ServiceStatus] = [*found.servers, *found.services]
    remarks += [
        f"{one.name} was restarted, last because: {one.last_exit}; log {one.log}" for one in everything if one.last_exit
    ]
    return ["", *remarks] if remarks else []
