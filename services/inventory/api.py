"""Inventory's gRPC methods: check, call, reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from quadrille.errors.v1.error_reason_pb2 import ErrorReason
from quadrille.inventory.v1 import inventory_service_pb2 as pb
from quadrille.inventory.v1 import inventory_service_pb2_grpc as pb_grpc
from sqlalchemy import Connection, Engine, text

from services.chassis.rpc import paging
from services.chassis.rpc.errors import not_found
from services.chassis.rpc.once import first_time
from services.chassis.rpc.server import Context, in_thread
from services.chassis.rpc.validation import MAX_INT64
from services.inventory.tables import receipts
from services.shop.validation import Violations

MOST_ITEMS = 1000
DEFAULT_PAGE = 50

_ITEMS = (
    "SELECT i.*, coalesce((SELECT sum(quantity) FROM receipt_lines r WHERE r.sku = i.sku), 0)::bigint AS received "
    "FROM items i"
)
_GET = text(f"{_ITEMS} WHERE sku = ANY(CAST(:skus AS text[]))")
_PAGE = text(f"{_ITEMS} WHERE sku > :after ORDER BY sku LIMIT :limit")
_PUT = text(
    """
    WITH new AS (
        SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:currencies AS text[]), CAST(:prices AS bigint[]))
            AS v(sku, currency_code, list_price) ORDER BY sku
    )
    INSERT INTO items (sku, currency_code, list_price) SELECT * FROM new
    ON CONFLICT (sku) DO UPDATE SET currency_code = excluded.currency_code, list_price = excluded.list_price
    WHERE (items.currency_code, items.list_price) IS DISTINCT FROM (excluded.currency_code, excluded.list_price)
    RETURNING (xmax = 0) AS added
    """
)
_LOCK = text(
    "SELECT sku, on_hand + held + shipped AS received FROM items "
    "WHERE sku = ANY(CAST(:skus AS text[])) ORDER BY sku FOR UPDATE"
)
_RECEIVE = text(
    """
    WITH lines AS (
        SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:quantities AS bigint[])) AS v(sku, quantity)
    ), kept AS (
        INSERT INTO receipt_lines (request_id, sku, quantity) SELECT CAST(:request_id AS uuid), sku, quantity FROM lines
    )
    UPDATE items SET on_hand = on_hand + lines.quantity FROM lines WHERE items.sku = lines.sku
    """
)


class InventoryServicer(pb_grpc.InventoryServiceServicer):
    """`quadrille.inventory.v1.InventoryService`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            clock: Gives the time.
        """
        self._engine = engine
        self._clock = clock

    async def PutItems(self, request: pb.PutItemsRequest, context: Context) -> pb.PutItemsResponse:  # noqa: ARG002, N802
        """Add items, or change their list price."""
        violations = Violations()
        violations.count("items", len(request.items), most=MOST_ITEMS)
        for number, item in enumerate(request.items[:MOST_ITEMS]):
            violations.identifier(f"items[{number}].sku", item.sku)
            violations.money(f"items[{number}].list_price", item.list_price)
        _each_once(violations, "items", [item.sku for item in request.items])
        violations.refuse_if_any()

        def put() -> pb.PutItemsResponse:
            with self._engine.begin() as connection:
                added = connection.execute(
                    _PUT,
                    {
                        "skus": [item.sku for item in request.items],
                        "currencies": [item.list_price.currency_code for item in request.items],
                        "prices": [item.list_price.minor_units for item in request.items],
                    },
                ).scalars()
                outcomes = list(added)
            return pb.PutItemsResponse(added=sum(outcomes), changed=len(outcomes) - sum(outcomes))

        response: pb.PutItemsResponse = await in_thread(put)
        return response

    async def GetItem(self, request: pb.GetItemRequest, context: Context) -> pb.Item:  # noqa: ARG002, N802
        """Give one item."""
        violations = Violations()
        violations.identifier("sku", request.sku)
        violations.refuse_if_any()

        def get() -> pb.Item:
            with self._engine.connect() as connection:
                row = connection.execute(_GET, {"skus": [request.sku]}).one_or_none()
            if row is None:
                raise _no_item(request.sku)
            return _to_proto(row)

        item: pb.Item = await in_thread(get)
        return item

    async def ListItems(self, request: pb.ListItemsRequest, context: Context) -> pb.ListItemsResponse:  # noqa: ARG002, N802
        """Give a page of items, by SKU."""
        violations = Violations()
        violations.page_size("page_size", request.page_size)
        after = paging.after(violations, "page_token", request.page_token) or ""
        violations.refuse_if_any()
        limit = paging.size(request.page_size, default=DEFAULT_PAGE, most=MOST_ITEMS)

        def page() -> pb.ListItemsResponse:
            with self._engine.connect() as connection:
                rows = connection.execute(_PAGE, {"after": after, "limit": limit + 1}).all()
            more = paging.token(rows[limit - 1].sku) if len(rows) > limit else ""
            return pb.ListItemsResponse(items=map(_to_proto, rows[:limit]), next_page_token=more)

        response: pb.ListItemsResponse = await in_thread(page)
        return response

    async def ReceiveStock(  # noqa: N802
        self,
        request: pb.ReceiveStockRequest,
        context: Context,  # noqa: ARG002
    ) -> pb.ReceiveStockResponse:
        """Add what has arrived to the stock on hand, once for each request id."""
        violations = Violations()
        request_id = violations.uuid("request_id", request.request_id)
        violations.count("lines", len(request.lines), most=MOST_ITEMS)
        for number, line in enumerate(request.lines[:MOST_ITEMS]):
            violations.identifier(f"lines[{number}].sku", line.sku)
            violations.positive(f"lines[{number}].quantity", line.quantity)
        _each_once(violations, "lines", [line.sku for line in request.lines])
        violations.refuse_if_any()
        skus = [line.sku for line in request.lines]

        def receive() -> pb.ReceiveStockResponse:
            with self._engine.begin() as connection:
                if request_id is not None and first_time(
                    connection, receipts, request_id, request, received_at=self._clock()
                ):
                    _check_receipt(connection, request)
                    quantities = [line.quantity for line in request.lines]
                    connection.execute(_RECEIVE, {"request_id": request_id, "skus": skus, "quantities": quantities})
                rows = {row.sku: row for row in connection.execute(_GET, {"skus": skus})}
            return pb.ReceiveStockResponse(items=[_to_proto(rows[sku]) for sku in skus])

        response: pb.ReceiveStockResponse = await in_thread(receive)
        return response


def _check_receipt(connection: Connection, request: pb.ReceiveStockRequest) -> None:
    received = {row.sku: row.received for row in connection.execute(_LOCK, {"skus": [x.sku for x in request.lines]})}
    violations = Violations()
    for number, line in enumerate(request.lines):
        if line.sku not in received:
            raise _no_item(line.sku)
        if received[line.sku] + line.quantity > MAX_INT64:
            violations.add(f"lines[{number}].quantity", f"must leave the stock of {line.sku} at most {MAX_INT64}")
    violations.refuse_if_any()


def _each_once(violations: Violations, field: str, skus: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for number, sku in enumerate(skus):
        if first.setdefault(sku, number) != number:
            violations.add(f"{field}[{number}].sku", f"must stand once, and stands at {field}[{first[sku]}] too")


def _no_item(sku: str) -> Exception:
    return not_found(ErrorReason.ERROR_REASON_ITEM_NOT_FOUND, "item", "sku", sku)


def _to_proto(row: Any) -> pb.Item:
    item = pb.Item(sku=row.sku, on_hand=row.on_hand, held=row.held, shipped=row.shipped, received=row.received)
    item.list_price.currency_code = row.currency_code
    item.list_price.minor_units = row.list_price
    return item
