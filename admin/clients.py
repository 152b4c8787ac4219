"""Calls to the services: where they are, and what their errors mean to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from admin.errors import AdminError, Misused, Refused, Unreachable
from telemetry.escaping import shown

if TYPE_CHECKING:
    import grpc
    from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
    from quadrille.ops.v1.call_service_pb2_grpc import CallServiceStub
    from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

    from local.settings import Platform

CALL_SECONDS = 20.0
_DETAILS = "grpc-status-details-bin"


def load_platform() -> Platform:
    """Read where everything is.

    Returns:
        The platform.

    Raises:
        Misused: A `QUADRILLE_` variable holds something unusable.
    """
    from local.errors import SettingsError
    from local.settings import Platform

    try:
        return Platform.load()
    except SettingsError as error:
        raise Misused(str(error)) from None


@contextmanager
def order_client(platform: Platform) -> Iterator[OrderServiceStub]:
    """Open the order service.

    Args:
        platform: Where it is.

    Yields:
        Its stub. Errors of calls inside are turned into sentences.
    """
    from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

    with _channel(platform, "order") as channel:
        yield OrderServiceStub(channel)


@contextmanager
def inventory_client(platform: Platform) -> Iterator[InventoryServiceStub]:
    """Open the inventory service.

    Args:
        platform: Where it is.

    Yields:
        Its stub. Errors of calls inside are turned into sentences.
    """
    from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

    with _channel(platform, "inventory") as channel:
        yield InventoryServiceStub(channel)


@contextmanager
def call_client(platform: Platform, service: str) -> Iterator[CallServiceStub]:
    """Connect to a service that may ask a remote provider.

    Args:
        platform: Where it is.
        service: Which one.

    Yields:
        A stub; its failed calls become errors of `admin.errors`.
    """
    from quadrille.ops.v1.call_service_pb2_grpc import CallServiceStub

    with _channel(platform, service) as channel:
        yield CallServiceStub(channel)


@contextmanager
def _channel(platform: Platform, service: str) -> Iterator[grpc.Channel]:
    import grpc

    with grpc.insecure_channel(target(platform, service)) as channel:
        try:
            yield channel
        except grpc.RpcError as error:
            raise explain(error, service, where(platform, service)) from None


def where(platform: Platform, service: str) -> str:
    """Write the addresses of all instances of a service, for a person.

    Args:
        platform: Where they are.
        service: Its name.
    """
    return ", ".join(platform.service_addresses(service))


def target(platform: Platform, service: str) -> str:
    """Name all instances of a service, for a channel: it takes the first that can be connected to.

    Args:
        platform: Where they are.
        service: Its name.

    Raises:
        Misused: The variable with its addresses holds something unusable.
    """
    from gateway import channels
    from local.settings import variable

    try:
        return channels.target(platform.service_addresses(service))
    except ValueError as error:
        raise Misused(f"{variable(service, 'address')}: {error}.") from None


def explain(error: Any, service: str, address: str) -> AdminError:
    """Turn the error of a call into a sentence.

    Args:
        error: A `grpc.RpcError`, of either API.
        service: The service that was called.
        address: Where.

    Returns:
        Unreachable if nobody answers there, Refused with the service's own words otherwise.
    """
    import grpc

    code = error.code()
    status = read_status(error)
    if code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
        if status.reason:
            waits = status.message.removeprefix("try again: ")
            return Unreachable(f"the {service} service at {address} is not ready: {waits}. See `quadrille status`.")
        why = (
            "does not answer" if code is grpc.StatusCode.UNAVAILABLE else f"did not answer within {CALL_SECONDS:.0f} s"
        )
        return Unreachable(f"the {service} service at {address} {why}. Start it with `make up` (`quadrille up`).")
    if not status.violations:
        return Refused(f"{status.message}{f' ({status.reason})' if status.reason else f' ({code.name})'}")
    lines = "".join(f"\n  {field}: {description}" for field, description in status.violations)
    return Refused(f"the {service} service refuses the request ({status.reason}):{lines}")


class CallStatus(NamedTuple):
    """What a google.rpc.Status says."""

    message: str
    reason: str
    violations: tuple[tuple[str, str], ...]


def read_status(error: Any) -> CallStatus:
    """Read the status of a call.

    Args:
        error: A `grpc.RpcError`, of either API.

    Returns:
        Its message; reason and violations are empty if the answer is not one of our services'. All of it is escaped:
        whoever answers may say anything.
    """
    from google.protobuf.message import DecodeError
    from google.rpc import error_details_pb2, status_pb2

    message: str = error.details() or "the service gave no reason"
    reason = ""
    violations: list[tuple[str, str]] = []
    status = status_pb2.Status()
    for name, value in error.trailing_metadata() or ():
        if name == _DETAILS:
            try:
                status.ParseFromString(value)
            except DecodeError:
                continue
            message = status.message or message
    for detail in status.details:
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            reason = info.reason
        elif detail.Unpack(bad):
            violations += [(violation.field, violation.description) for violation in bad.field_violations]
    return CallStatus(shown(message), shown(reason), tuple((shown(field), shown(why)) for field, why in violations))
