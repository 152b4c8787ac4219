"""What commands print: tables for people, JSON for programs. Colour only on a terminal.

Invariants:

- All output goes through here. Text from elsewhere (an event's detail, an error of a server, a schema, a file's name,
  an argument) is shown escaped, and no call of `say` or `line` prints more than one line.
- Nothing is read as markup: what has a style is made by `styled`.
- `cli/main.py` guards both streams beside: what is printed past this module is escaped all the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from admin.money import format_money
from admin.order_states import reason_name, state_name
from admin.times import format_time
from telemetry.escaping import shown, shown_lines, unguarded

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order, Step
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from cli.terminal import Terminal

STATE_STYLE = {"COMPLETED": "green", "CANCELLED": "red", "PENDING": "yellow", "CANCELLING": "yellow"}


class Styled(NamedTuple):
    """A piece of a line with a style of its own. Programs that read the output get the text alone.

    Attributes:
        text: The text.
        colour: One of click's.
        bold: Whether it is bold.
        dim: Whether it is dim.
    """

    text: str
    colour: str | None = None
    bold: bool = False
    dim: bool = False


def say(*parts: object, err: bool = False) -> None:
    """Print one line. Whatever its parts hold, nothing in them moves a cursor, sets a colour or begins a line.

    Args:
        *parts: Texts, shown escaped, and `Styled` ones.
        err: Whether it goes to the error stream.
    """
    pieces = [
        click.style(shown(part.text), fg=part.colour, bold=part.bold or None, dim=part.dim or None)
        if isinstance(part, Styled)
        else shown(part)
        for part in parts
    ]
    # Escaped already, and a guarded stream would escape our own colours.
    click.echo("".join(pieces), file=unguarded(sys.stderr if err else sys.stdout))


def say_lines(text: str, *, err: bool = False) -> None:
    """Print text of several lines, whose line feeds are ours.

    Args:
        text: The text, with or without a line feed at its end.
        err: Whether it goes to the error stream.
    """
    click.echo(shown_lines(text.removesuffix("\n")), err=err)


def console(*, stderr: bool = False) -> Terminal:
    """Make a console.

    Args:
        stderr: Whether it writes to the error stream, as progress does.
    """
    from cli.terminal import Terminal

    return Terminal(stderr=stderr)


def styled(style: str, text: str) -> Text:
    """Give a piece of text its style, for `line` and for cells of tables.

    Args:
        style: One of rich's.
        text: The text; shown escaped, in one line.
    """
    from rich.text import Text

    return Text(shown(text), style)


def line(target: Console, *parts: str | Text) -> None:
    """Print one line on a console.

    Args:
        target: The console.
        *parts: Strings, shown escaped; and texts with a style.
    """
    from rich.text import Text

    target.print(Text.assemble(*(shown(part) if isinstance(part, str) else part for part in parts)))


def table(*headers: str, right: Sequence[str] = ()) -> Table:
    """Make a table in the style that all commands share.

    Args:
        *headers: The columns.
        right: Those of them that are numbers.
    """
    from cli.terminal import Listing

    made = Listing()
    for header in headers:
        made.add_column(header, no_wrap=True, justify="right" if header in right else "left")
    return made


def print_table(made: Table) -> None:
    """Print a table whole: on something that is no terminal, no column is cut to a width that nobody asked for.

    Args:
        made: The table.
    """
    from rich.measure import Measurement

    target = console()
    target.soft_wrap = False
    if not target.is_terminal:
        target.width = max(target.width, Measurement.get(target, target.options.update(width=10_000), made).maximum)
    target.print(made)


def print_json(document: object) -> None:
    """Print one JSON document. What a terminal would obey is escaped, as JSON allows.

    Args:
        document: Anything that JSON can hold.
    """
    say_lines(json.dumps(document, indent=2, ensure_ascii=False))


def print_json_line(document: object) -> None:
    """Print one JSON document on one line.

    Args:
        document: Anything that JSON can hold.
    """
    say(json.dumps(document, ensure_ascii=False))


def coloured(state: str) -> Text:
    """Mark a state with its colour.

    Args:
        state: Its name.
    """
    return styled(STATE_STYLE.get(state, ""), state)


def print_order(order: Order) -> None:
    """Print an order and its timeline.

    Args:
        order: As GetOrder gives it.
    """
    state, reason = state_name(order), reason_name(order)
    settled = "settled" if order.settled else "not settled yet"
    target = console()
    line(target, "order     ", order.order_id)
    line(target, "state     ", coloured(state), f"{f' {reason}' if reason else ''} ({settled})")
    line(target, "customer  ", order.customer_id)
    line(target, "total     ", format_money(order.total))
    line(target, "ship to   ", f"{order.address_reference}, {order.country_code}")
    line(target, f"placed    {format_time(order.create_time)} UTC")
    lines = table("sku", "quantity", "unit price", right=("quantity", "unit price"))
    for one in order.lines:
        lines.add_row(one.sku, str(one.quantity), format_money(one.unit_price))
    print_table(lines)
    if order.timeline:
        print_steps(order.timeline)


def print_steps(steps: Iterable[Step]) -> None:
    """Print a timeline: when each event was decided, counted from the first one.

    Args:
        steps: In order.
    """
    shown_ = table("#", "after", "event", "service", "state", "detail", right=("#", "after"))
    start: float | None = None
    for step in steps:
        at = step.occurred_at.ToMilliseconds()
        start = at if start is None else start
        after = f"{at - start:.0f} ms"
        state = coloured(state_name(step))
        shown_.add_row(str(step.sequence), after, step.event, step.service, state, step.detail)
    print_table(shown_)
