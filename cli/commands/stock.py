"""`quadrille stock`: items with their list price and stock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from admin.documents import message_json
from admin.money import format_money
from cli.command import Command
from cli.numbers import Whole
from cli.output import say

if TYPE_CHECKING:
    from quadrille.inventory.v1.inventory_service_pb2 import Item
    from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

LARGEST_PAGE = 1000


@click.command(cls=Command)
@click.argument("skus", nargs=-1, metavar="[SKU]...")
@click.option("--limit", type=Whole(1), default=50, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, however many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, skus: tuple[str, ...], limit: int, everything: bool, as_json: bool) -> None:
    """Show items with their list price and stock: on hand, held for orders, shipped, and all that was received.

    \b
    Examples:
      quadrille stock
      quadrille stock 'Part#000000001' 'Part#000000002'
      quadrille stock --all --json | jq '[.items[] | select(.on_hand == 0)] | length'
    """  # noqa: D301 - click reads \b
    from admin.clients import inventory_client, load_platform
    from cli import output

    most = None if everything else limit
    with inventory_client(load_platform()) as client:
        found = list(_named(client, skus) if skus else _listed(client, most))
    if as_json:
        output.print_json({"items": [message_json(item) for item in found]})
        return
    numbers = ("list price", "on hand", "held", "shipped", "received")
    shown = output.table("sku", *numbers, right=numbers)
    for item in found:
        counts = (item.on_hand, item.held, item.shipped, item.received)
        shown.add_row(item.sku, format_money(item.list_price), *(f"{count:,}" for count in counts))
    if found:
        output.print_table(shown)
    else:
        say("there are no items yet; `quadrille load` brings some")
    if not skus and len(found) == most:
        say(f"the first {len(found)}; more with --limit or --all")


def _named(client: InventoryServiceStub, skus: tuple[str, ...]) -> Iterator[Item]:
    from quadrille.inventory.v1.inventory_service_pb2 import GetItemRequest

    from admin.clients import CALL_SECONDS

    for sku in skus:
        yield client.GetItem(GetItemRequest(sku=sku), timeout=CALL_SECONDS)


def _listed(client: InventoryServiceStub, most: int | None) -> Iterator[Item]:
    from quadrille.inventory.v1.inventory_service_pb2 import ListItemsRequest

    from admin.paging import paginate

    yield from paginate(client.ListItems, ListItemsRequest(), "items", most, at_once=LARGEST_PAGE)
