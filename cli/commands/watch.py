"""`quadrille watch`: follow an order until it is settled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from admin.documents import message_json
from admin.order_states import state_name
from admin.times import format_time
from cli.command import Command
from cli.numbers import Whole
from cli.output import print_json_line

if TYPE_CHECKING:
    from quadrille.order.v1.order_pb2 import Order, Step

    from local.settings import Platform

PATIENCE_SECONDS = 30.0
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 2.0


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

    follow(load_platform(), order_id, after=after, as_json=as_json)


def follow(platform: Platform, order_id: str, *, after: int = 0, as_json: bool = False) -> None:
    """Print the steps of an order until it is settled.

    Args:
        platform: Where the order service is.
        order_id: The order.
        after: Only steps after this number.
        as_json: Whether to print JSON.
    """
    import grpc
    from quadrille.order.v1.order_service_pb2 import WatchOrderRequest

    from admin.clients import explain, order_client, where

    pause, silent_since = FIRST_PAUSE, time.monotonic()
    with order_client(platform) as client:
        while True:
            try:
                for update in client.WatchOrder(WatchOrderRequest(order_id=order_id, after_sequence=after)):
                    pause, silent_since = FIRST_PAUSE, time.monotonic()
                    if update.HasField("step"):
                        after = update.step.sequence
                        _print(update.step, as_json=as_json)
                    if update.settled:
                        return
            except grpc.RpcError as error:
                waited = time.monotonic() - silent_since
                # Nobody at all answers: that is for the caller to know at once, and not after a patient wait.
                never = after == 0 and pause == FIRST_PAUSE
                if error.code() is not grpc.StatusCode.UNAVAILABLE or never or waited > PATIENCE_SECONDS:
                    raise explain(error, "order", where(platform, "order")) from None
            else:
                if after and _is_settled(client, order_id):
                    return
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def until_settled(platform: Platform, order_id: str) -> Order:
    """Wait until an order is settled.

    Args:
        platform: Where the order service is.
        order_id: The order.

    Returns:
        The order with its timeline.
    """
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest, WatchOrderRequest

    from admin.clients import CALL_SECONDS, order_client

    with order_client(platform) as client:
        for _ in client.WatchOrder(WatchOrderRequest(order_id=order_id)):
            pass
        order: Order = client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS)
        return order


def _is_settled(client: object, order_id: str) -> bool:
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    from admin.clients import CALL_SECONDS

    settled: bool = client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS).settled  # type: ignore[attr-defined]
    return settled


def _print(step: Step, *, as_json: bool) -> None:
    from cli import output

    if as_json:
        print_json_line(message_json(step))
        return
    at, state = format_time(step.occurred_at), state_name(step)
    begin = f"{step.sequence:>2}  {at}  {step.service:<9}  {step.event:<20}  "
    output.line(output.console(), begin, output.coloured(state), f"  {step.detail}".rstrip())
