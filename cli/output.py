"""What commands print: tables for people, JSON for programs. Colour only on a terminal, which rich finds out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.money import written

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from google.protobuf.timestamp_pb2 import Timestamp
    from quadrille.order.v1.order_pb2 import Order, Step
    from quadrille.type.v1.money_pb2 import Money
    from rich.console import Console
    from rich.table import Table

STATE_STYLE = {"COMPLETED": "green", "CANCELLED": "red", "PENDING": "yellow", "CANCELLING": "yellow"}


def console(*, stderr: bool = False) -> Console:
    """Make a console.

    Args:
        stderr: Whether it writes to the error stream, as progress does.
    """
    from rich.console import Console

    return Console(highlight=False, stderr=stderr, soft_wrap=True)


def table(*headers: str, right: Sequence[str] = ()) -> Table:
    """Make a table in the style that all commands share.

    Args:
        *headers: The columns.
        right: Those of them that are numbers.
    """
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        made.add_column(header, no_wrap=True, justify="right" if header in right else "left")
    return made


def print_table(made: Table) -> None:
    """Print a table whole: on something that is no terminal, no column is cut to a width that nobody asked for.

    Args:
        made: The table.
    """
    from rich.console import Console
    from rich.measure import Measurement

    target = Console(highlight=False)
    if not target.is_terminal:
        target.width = max(target.width, Measurement.get(target, target.options.update(width=10_000), made).maximum)
    target.print(made)


def print_json(document: object) -> None:
    """Print one JSON document.

    Args:
        document: Anything that JSON can hold.
    """
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


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


def coloured(state: str) -> str:
    """Mark a state with its colour.

    Args:
        state: Its name.
    """
    style = STATE_STYLE.get(state)
    return f"[{style}]{state}[/]" if style else state


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
    target.print(f"order     {order.order_id}")
    target.print(f"state     {coloured(state)}{f' {reason}' if reason else ''} ({settled})")
    target.print(f"customer  {order.customer_id}", markup=False)
    target.print(f"total     {amount(order.total)}")
    target.print(f"ship to   {order.address_reference}, {order.country_code}", markup=False)
    target.print(f"placed    {moment(order.create_time)} UTC")
    lines = table("sku", "quantity", "unit price", right=("quantity", "unit price"))
    for line in order.lines:
        lines.add_row(escaped(line.sku), str(line.quantity), amount(line.unit_price))
    print_table(lines)
    if order.timeline:
        print_steps(order.timeline)


def print_steps(steps: Iterable[Step]) -> None:
    """Print a timeline: when each event was decided, counted from the first one.

    Args:
        steps: In order.
    """
    shown = table("#", "after", "event", "service", "state", "detail", right=("#", "after"))
    start: float | None = None
    for step in steps:
        at = step.occurred_at.ToMilliseconds()
        start = at if start is None else start
        after = f"{at - start:.0f} ms"
        detail = escaped(step.detail)
        shown.add_row(str(step.sequence), after, step.event, step.service, coloured(state_name(step)), detail)
    print_table(shown)


def escaped(text: str) -> str:
    """Keep rich from reading markup in text that callers gave.

    Args:
        text: The text.
    """
    from rich.markup import escape

    return escape(text)
