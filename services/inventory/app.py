"""The inventory service's wiring."""

from __future__ import annotations

from typing import Any

from quadrille.inventory.v1 import inventory_service_pb2_grpc

from services.chassis.decide.handlers import Handlers
from services.chassis.postgres.engine import Revisions
from services.chassis.runtime import Runtime, Service
from services.chassis.settings import Settings
from services.inventory.api import InventoryServicer
from services.inventory.decisions import ON
from services.inventory.rebuild import REBUILD
from services.inventory.state import load

NAME = "inventory"

HANDLERS: Handlers[Any] = Handlers(NAME, load, ON, rebuild=REBUILD)


def build(runtime: Runtime) -> Handlers[Any]:
    """Register the API.

    Args:
        runtime: What the service is built from.

    Returns:
        The service's handlers.
    """
    servicer = InventoryServicer(runtime.engine, runtime.clock)
    inventory_service_pb2_grpc.add_InventoryServiceServicer_to_server(servicer, runtime.server)
    return HANDLERS


SERVICE = Service(NAME, ("quadrille.inventory.v1.InventoryService",), Revisions("0004", "0004"), Settings, build)
