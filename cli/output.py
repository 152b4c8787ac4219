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
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from admin.money import written
from telemetry.escaping import shown, shown_lines, unguarded

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from google.protobuf.timestamp_pb2 import Timestamp
    from quadrille.order.v1.order_pb2 import Order, Step
    from quadrille.type.v1.money_pb2 import Money
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
    written_ = [
        click.style(shown(part.text), fg=part.colour, bold=part.bold or None, dim=part.dim or None)
        if isinstance(part, Styled)
        else shown(part)
        for part in parts
    ]
    # Escaped already, and a guarded stream would escape our own colours.
    click.echo("".join(written_), file=unguarded(sys.stderr if err else sys.stdout))


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


def message_json(message: Message) -> dict[str, Any]:
    """Turn a message into what JSON holds: numbers stay numbers, names are those of the proto.

    Args:
        message: Any message.

    Returns:
        Its fields by name, also those that have their default value.
    """
    from google.protobuf.json_format import MessageToDict

    document: dict[str, Any] = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return _with_numbers(message, document)


def _with_numbers(message: Message, document: dict[str, Any]) -> dict[str, Any]:
    # Proto's JSON writes int64 as text, for JavaScript's sake; jq and Python want numbers.
    for field in message.DESCRIPTOR.fields:
        value = document.get(field.name)
        if value is None:
            continue
        nested = field.message_type is not None and field.message_type.full_name != "google.protobuf.Timestamp"
        if field.type in {field.TYPE_INT64, field.TYPE_UINT64}:
            document[field.name] = int(value)
        elif nested and isinstance(value, list):
            document[field.name] = [
                _with_numbers(*pair) for pair in zip(getattr(message, field.name), value, strict=True)
            ]
        elif nested:
            document[field.name] = _with_numbers(getattr(message, field.name), value)
    return document


def amount(money: Money) -> str:
    """Write an amount of money.

    Args:
        money: The amount.
    """
    return written(money.minor_units, money.currency_code)


def state_name(order: Order | Step) -> str:
    """Give the state without the prefix of its enum.

    Args:
        order: An order, or a step of its timeline.
    """
    from quadrille.order.v1.order_pb2 import OrderState

    return OrderState.Name(order.state).removeprefix("ORDER_STATE_")


def reason_name(order: Order) -> str:
    """Give the reason of a cancellation without the prefix of its enum; empty if there is none.

    Args:
        order: The order.
    """
    from quadrille.order.v1.order_pb2 import CancelReason

    return CancelReason.Name(order.cancel_reason).removeprefix("CANCEL_REASON_") if order.cancel_reason else ""


def coloured(state: str) -> Text:
    """Mark a state with its colour.

    Args:
        state: Its name.
    """
    return styled(STATE_STYLE.get(state, ""), state)


def moment(stamp: Timestamp) -> str:
    """Write a time in UTC, to the millisecond.

    Args:
        stamp: The time.
    """
    return f"{stamp.ToDatetime():%Y-%m-%d %H:%M:%S.%f}"[:-3]


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
    line(target, "total     ", amount(order.total))
    line(target, "ship to   ", f"{order.address_reference}, {order.country_code}")
    line(target, f"placed    {moment(order.create_time)} UTC")
    lines = table("sku", "quantity", "unit price", right=("quantity", "unit price"))
    for one in order.lines:
        lines.add_row(one.sku, str(one.quantity), amount(one.unit_price))
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
