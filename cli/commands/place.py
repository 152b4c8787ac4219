"""`quadrille place`: place an order."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import click

from admin.documents import message_json
from admin.errors import Refused
from admin.money import format_money
from admin.order_states import reason_name, state_name
from admin.placing import Line, UnitPrice, given_prices, with_list_prices
from cli.command import Command
from cli.output import say

if TYPE_CHECKING:
    from local.settings import Platform


_QUANTITY = re.compile(r"-?[0-9]{1,19}", re.ASCII)


def read_line(text: str) -> Line:
    """Read `SKU:QUANTITY` or `SKU:QUANTITY:PRICE`.

    Args:
        text: The line. A SKU that holds a colon itself needs the price.

    Returns:
        The line.

    Raises:
        ValueError: It is none.
    """
    parts = text.rsplit(":", 2) if text.count(":") > 1 else [*text.split(":"), None]
    if len(parts) != 3 or not parts[0]:
        raise ValueError("a line is SKU:QUANTITY or SKU:QUANTITY:PRICE")
    sku, quantity, price = str(parts[0]), parts[1], parts[2]
    if not quantity or not _QUANTITY.fullmatch(quantity) or abs(int(quantity)) >= 2**63:
        raise ValueError(f"{quantity!r} is no quantity; a line is SKU:QUANTITY or SKU:QUANTITY:PRICE")
    return Line(sku, int(quantity), price)


class _LineType(click.ParamType[Line]):
    name = "line"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Line:
        try:
            return read_line(str(value))
        except ValueError as error:
            self.fail(f"{str(value)!r}: {error}.", param, ctx)


@click.command(cls=Command)
@click.option("--customer", required=True, metavar="ID", help="Who orders, and is charged.")
@click.option(
    "--line",
    "lines",
    type=_LineType(),
    multiple=True,
    required=True,
    metavar="SKU:QUANTITY[:PRICE]",
    help="What is ordered; may be given many times. PRICE is for one, in the currency's major unit: 12.34 or 12 "
    "(that is 12.00), never in cents. Without it, inventory's list price is asked for.",
)
@click.option("--address", required=True, metavar="REF", help="Where it goes: a reference, no postal address.")
@click.option("--country", required=True, metavar="CODE", help="ISO 3166-1 code of the country, such as DE.")
@click.option("--currency", default="USD", show_default=True, metavar="CODE", help="ISO 4217 code of the prices.")
@click.option("--request-id", metavar="UUID", help="Idempotency key: with the same one, the same order comes back.")
@click.option("--wait", is_flag=True, help="Wait until the order is settled, and exit 1 if it was cancelled.")
@click.option("--watch", is_flag=True, help="Like --wait, and show each step as it happens.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *,
    customer: str,
    lines: tuple[Line, ...],
    address: str,
    country: str,
    currency: str,
    request_id: str | None,
    wait: bool,
    watch: bool,
    as_json: bool,
) -> None:
    """Place an order. It answers as soon as the order is durable; the saga goes on by itself.

    \b
    Examples:
      quadrille place --customer 'Customer#000000001' --line 'Part#000000042:2' \\
        --address home --country DE --watch
      quadrille place --customer alice --line pen:3:1.20 --line ink:1:4.99 \\
        --address office --country FR --currency EUR --json
    """  # noqa: D301 - click reads \b
    from quadrille.order.v1.order_service_pb2 import PlaceOrderRequest

    from admin.clients import CALL_SECONDS, load_platform, order_client
    from admin.watching import follow, until_settled
    from cli import output
    from cli.commands.watch import print_step

    platform = load_platform()
    prices = _prices(platform, lines, currency)
    request = PlaceOrderRequest(
        request_id=request_id or str(uuid.uuid4()),
        customer_id=customer,
        address_reference=address,
        country_code=country,
    )
    for line, (code, price) in zip(lines, prices, strict=True):
        added = request.lines.add(sku=line.sku, quantity=line.quantity)
        added.unit_price.currency_code, added.unit_price.minor_units = code, price
    with order_client(platform) as client:
        order = client.PlaceOrder(request, timeout=CALL_SECONDS).order
    if watch and not as_json:
        say(f"order {order.order_id}, {format_money(order.total)}")
        for step in follow(platform, order.order_id):
            print_step(step)
    if wait or watch:
        order = until_settled(platform, order.order_id)
    if as_json:
        output.print_json(message_json(order))
    elif not watch:
        output.print_order(order)
    if (wait or watch) and state_name(order) == "CANCELLED":
        raise Refused(f"order {order.order_id} was cancelled: {reason_name(order)}")


def _prices(platform: Platform, lines: tuple[Line, ...], currency: str) -> list[UnitPrice]:
    try:
        given = given_prices(lines, currency)
    except ValueError as error:
        raise click.UsageError(f"--line: {error}.") from None
    return with_list_prices(platform, lines, given)
