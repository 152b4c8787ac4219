"""`quadrille status`: each server and service, where it is and how it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from admin.errors import local_errors
from admin.status import remarks
from cli.command import Command
from cli.errors import ANSWER_IS_NO, NOT_REACHABLE
from cli.output import Styled, print_json, say, say_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.status import PlatformStatus, ServerStatus, ServiceStatus


COLOURS = {
    "ready": "green",
    "reachable": "green",
    "waiting": "yellow",
    "no answer": "red",
    "not running": "red",
    "not reachable": "red",
}


@click.command(cls=Command, epilog="Exit codes: 0 everything is ready, 1 something is not, 3 nothing runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/local.md describes it.")
def command(*, as_json: bool) -> int:
    """Show each server and service: where it is, whether it is ready, its lag and its outbox.

    \b
    Examples:
      quadrille status
      quadrille status --json | jq '.services[] | {name, ready, lag}'
    """  # noqa: D301 - click reads \b
    from local.settings import Platform
    from local.status import collect

    with local_errors():
        found = collect(Platform.load())
    if as_json:
        print_json({"ready": found.all_ready, **asdict(found)})
    else:
        _show(found)
    if found.nothing_runs:
        return NOT_REACHABLE
    return 0 if found.all_ready else ANSWER_IS_NO


def _show(found: PlatformStatus) -> None:
    if found.nothing_runs:
        say("nothing is running; start it with `quadrille up`")
        if found.error:
            say_lines(f"the last start failed: {found.error}")
        if not any(server.external for server in found.servers):
            return
    _columns(
        [("SERVER", "", "PID", "RESTARTS", "ADDRESS")]
        + [(one.name, _server_word(one), _pid(one), str(one.restarts), one.address) for one in found.servers]
    )
    say()
    head = ("SERVICE", "", "PID", "RESTARTS", "LAG", "OUTBOX", "CALLS", "DEAD LETTERS", "ADDRESS")
    partly = {one.service for one in found.unread or ()}
    _columns([head, *(_service_row(service, partly=service.service in partly) for service in found.services)])
    sentences = remarks(found)
    if sentences:
        say()
    for sentence in sentences:
        say(sentence)


def _service_row(service: ServiceStatus, *, partly: bool) -> tuple[str, ...]:
    figures = (service.lag, service.outbox_backlog, service.open_calls, service.dead_letters)
    lag, outbox, calls, letters = ("-" if figure is None else str(figure) for figure in figures)
    return (
        *(service.name, _service_word(service), _pid(service), str(service.restarts)),
        # A partition that nobody reads is in nobody's figure, and may hold any number of records.
        *(
            f"{lag}+" if partly and service.lag is not None else lag,
            outbox,
            calls,
            f"{letters}+" if service.dead_letters_capped else letters,
        ),
        service.address,
    )


def _columns(rows: Sequence[tuple[str, ...]]) -> None:
    # Not a table of rich's: that one cuts addresses off where a terminal is narrow.
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        if number:
            colour = COLOURS.get(row[1].partition(",")[0])
            say(f"{cells[0]}  ", Styled(cells[1], colour), f"  {'  '.join(cells[2:])}".rstrip())
        else:
            say(Styled("  ".join(cells).rstrip(), dim=True))


def _server_word(server: ServerStatus) -> str:
    word = "reachable" if server.reachable else "not reachable"
    return f"{word}, external" if server.external else word


def _service_word(service: ServiceStatus) -> str:
    if service.ready:
        word = "ready"
    elif service.reachable:
        word = "waiting"
    else:
        word = "not running" if service.pid is None else "no answer"
    return f"{word}, external" if service.external else word


def _pid(one: ServerStatus | ServiceStatus) -> str:
    return "-" if one.pid is None else str(one.pid)
