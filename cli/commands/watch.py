"""`quadrille watch`: follow an order until it is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from admin.documents import message_json
from admin.order_states import state_name
from admin.times import format_time
from cli.command import Command
from cli.numbers import Whole
from cli.output import print_json_line

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Step


@click.command(cls=Command)
@click.argument("order_id")
@click.option("--after", type=Whole(0), default=0, metavar="N", help="Only steps after number N.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for each step, one on a line.")
def command(*, order_id: str, after: int, as_json: bool) -> None:
    """Follow an order: every step so far, then each one as it happens, until the order is settled.

    A service that restarts meanwhile costs nothing: the watch goes on after the last step that was seen.

    \b
    Examples:
      quadrille watch 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11
      quadrille watch 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --after 3 --json
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from admin.watching import follow

    for step in follow(load_platform(), order_id, after=after):
        print_step(step, as_json=as_json)


def print_step(step: Step, *, as_json: bool = False) -> None:
    """Print a step of a timeline in a line.

    Args:
        step: The step.
        as_json: Whether as a JSON document.
    """
    from cli import output

    if as_json:
        print_json_line(message_json(step))
        return
    at, state = format_time(step.occurred_at), state_name(step)
    begin = f"{step.sequence:>2}  {at}  {step.service:<9}  {step.event:<20}  "
    output.line(output.console(), begin, output.coloured(state), f"  {step.detail}".rstrip())
