"""Shipping's gRPC methods: check, call, reply."""

from __future__ import annotations

from quadrille.errors.v1.error_reason_pb2 import ErrorReason
from quadrille.shipping.v1 import shipping_service_pb2 as pb
from quadrille.shipping.v1 import shipping_service_pb2_grpc as pb_grpc
from sqlalchemy import Engine, select

from services.chassis.rpc.errors import not_found
from services.chassis.rpc.server import Context, in_thread
from services.chassis.rpc.times import to_timestamp
from services.chassis.rpc.validation import Violations
from services.shipping.tables import shipments


class ShippingServicer(pb_grpc.ShippingServiceServicer):
    """`quadrille.shipping.v1.ShippingService`."""

    def __init__(self, engine: Engine) -> None:
        """Prepare.

        Args:
            engine: The service's database.
        """
        self._engine = engine

    async def GetShipment(self, request: pb.GetShipmentRequest, context: Context) -> pb.Shipment:  # noqa: ARG002, N802
        """Give an order's shipment."""
        violations = Violations()
        order_id = violations.uuid("order_id", request.order_id)
        violations.refuse_if_any()

        def get() -> pb.Shipment:
            with self._engine.connect() as connection:
                row = connection.execute(select(shipments).where(shipments.c.order_id == order_id)).one_or_none()
            if row is None:
                reason = ErrorReason.ERROR_REASON_SHIPMENT_NOT_FOUND
                raise not_found(reason, "shipment for order", "order_id", request.order_id)
            return pb.Shipment(
                order_id=str(row.order_id),
                shipment_id=str(row.shipment_id) if row.shipment_id else "",
                carrier=row.carrier or "",
                tracking_id=row.tracking_id or "",
                state=pb.ShipmentState.Value(f"SHIPMENT_STATE_{row.state}"),
                create_time=to_timestamp(row.created_at),
            )

        shipment: pb.Shipment = await in_thread(get)
        return shipment
