"""Orders as callers see them: queries, and rows made into messages."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import grpc
from quadrille.avro_values import to_uuid_text
from quadrille.errors.v1.error_reason_pb2 import ErrorReason
from quadrille.order.v1 import order_pb2 as pb
from sqlalchemy import Connection, literal_column, select

from services.chassis.rpc.errors import ApiError, not_found
from services.chassis.rpc.times import to_timestamp
from services.chassis.tables import archive
from services.order.model import OrderState
from services.order.tables import orders, steps


def find(connection: Connection, order_id: UUID) -> Any | None:
    """Find an order's row.

    Args:
        connection: Any.
        order_id: The order.

    Returns:
        All columns; None if there is no such order.
    """
    return connection.execute(select(orders).where(orders.c.order_id == order_id)).one_or_none()


def no_order(connection: Connection, order_id: UUID) -> ApiError:
    """Say that there is no such order, or none any more.

    Args:
        connection: On which it was not found.
        order_id: The id that was asked for.

    Returns:
        NOT_FOUND.
    """
    reason, name = ErrorReason.ERROR_REASON_ORDER_NOT_FOUND, {"order_id": str(order_id)}
    if archive.archived(connection, [order_id]):
        return ApiError(grpc.StatusCode.NOT_FOUND, reason, f"order {order_id} is archived", metadata=name)
    return not_found(reason, "order", "order_id", str(order_id))


def page(
    connection: Connection,
    *,
    customer_id: str,
    state: OrderState | None,
    unsettled: bool = False,
    before: UUID | None,
    limit: int,
) -> Sequence[Any]:
    """Find orders, newest first. Order ids grow with time, so a later order never moves a page.

    Args:
        connection: Any.
        customer_id: Only this customer's; all if empty.
        state: Only in this state; all if None.
        unsettled: Only those that are not settled.
        before: Only older than this order; from the newest if None.
        limit: At most so many.

    Returns:
        Rows with all columns.
    """
    query = select(orders).order_by(orders.c.order_id.desc()).limit(limit)
    if customer_id:
        query = query.where(orders.c.customer_id == customer_id)
    if state is not None:
        query = query.where(orders.c.state == state.value)
    if state is OrderState.CANCELLED:
        # Said again as a constant: a statement that is planned for any state does not use the index of this one.
        query = query.where(literal_column("state = 'CANCELLED'"))
    if unsettled or state in {OrderState.PENDING, OrderState.CANCELLING}:
        # No open order is settled: said again, so that the index of the unsettled ones is used.
        query = query.where(~orders.c.settled)
    if before is not None:
        query = query.where(orders.c.order_id < before)
    return connection.execute(query).all()


def timeline(connection: Connection, order_id: UUID, *, after: int = 0, limit: int | None = None) -> Sequence[Any]:
    """Find the steps of an order.

    Args:
        connection: Any.
        order_id: The order.
        after: Only steps after this sequence number.
        limit: At most so many; None for all.

    Returns:
        Rows with all columns, in order.
    """
    query = (
        select(steps)
        .where(steps.c.order_id == order_id, steps.c.sequence > after)
        .order_by(steps.c.sequence)
        .limit(limit)
    )
    return connection.execute(query).all()


def to_proto(row: Any, rows: Sequence[Any] = ()) -> pb.Order:
    """Make a message of an order.

    Args:
        row: The order, with all columns.
        rows: Its steps.

    Returns:
        The message.
    """
    order = pb.Order(
        order_id=to_uuid_text(row.order_id),
        request_id=to_uuid_text(row.request_id),
        customer_id=row.customer_id,
        address_reference=row.address_reference,
        country_code=row.country_code,
        state=_state(row.state),
        cancel_reason=_reason(row.cancel_reason),
        settled=row.settled,
        create_time=to_timestamp(row.created_at),
        update_time=to_timestamp(row.updated_at),
        deadline_time=to_timestamp(row.deadline_at),
        timeline=map(step_to_proto, rows),
    )
    currency = row.currency_code
    order.total.currency_code = currency
    order.total.minor_units = row.total
    for sku, quantity, units in json.loads(row.lines) if isinstance(row.lines, str) else row.lines:
        price = order.lines.add(sku=sku, quantity=quantity).unit_price
        price.currency_code = currency
        price.minor_units = units
    return order


def step_to_proto(row: Any) -> pb.Step:
    """Make a message of a step.

    Args:
        row: The step, with all columns.

    Returns:
        The message.
    """
    return pb.Step(
        sequence=row.sequence,
        event=row.event,
        service=row.service,
        occurred_at=to_timestamp(row.occurred_at),
        recorded_at=to_timestamp(row.recorded_at),
        detail=row.detail,
        state=_state(row.state),
    )


@functools.cache
def _state(name: str) -> pb.OrderState.ValueType:
    return pb.OrderState.Value(f"ORDER_STATE_{name}")


@functools.cache
def _reason(name: str | None) -> pb.CancelReason.ValueType:
    known = f"CANCEL_REASON_{name}"
    return pb.CancelReason.Value(known) if known in pb.CancelReason.keys() else pb.CANCEL_REASON_UNSPECIFIED  # noqa: SIM118
