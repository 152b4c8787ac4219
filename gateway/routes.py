"""Routes, read from the `google.api.http` options of the protos: https://google.aip.dev/127.

Of the options' language this reads what AIP-127 asks for: one binding for each method, variables that are one path
segment and a string field of the request, a verb after a colon, and `body: "*"` or none. Anything else stops the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from google.api import annotations_pb2
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_TEMPLATE = re.compile(r"(/([a-z]+|\{[a-z_]+\}))+(:[a-zA-Z]+)?")
IDEMPOTENCY_FIELD = "request_id"
RESUME_FIELD = "after_sequence"


class RouteError(Exception):
    """An HTTP option says something that the gateway does not serve. The message names the method."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of a service, as HTTP serves it.

    Attributes:
        descriptor: The method.
        verb: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
        path: Its path, with variables in braces.
        has_body: Whether all fields that are not in the path are in the body; else they are in the query.
    """

    descriptor: MethodDescriptor
    verb: str
    path: str
    has_body: bool

    @property
    def name(self) -> str:
        """The method's path in gRPC: `/quadrille.order.v1.OrderService/GetOrder`."""
        return f"/{self.descriptor.containing_service.full_name}/{self.descriptor.name}"

    @property
    def streams(self) -> bool:
        """Whether it answers with a stream."""
        return bool(self.descriptor.server_streaming)

    @property
    def variables(self) -> tuple[str, ...]:
        """The fields that are in the path."""
        return tuple(_VARIABLE.findall(self.path))

    @property
    def is_idempotent_by_key(self) -> bool:
        """Whether the header `Idempotency-Key` is a field of the request."""
        return IDEMPOTENCY_FIELD in self.descriptor.input_type.fields_by_name

    @property
    def resumes(self) -> bool:
        """Whether `Last-Event-ID` is a field of the request."""
        return self.streams and RESUME_FIELD in self.descriptor.input_type.fields_by_name

    @property
    def request(self) -> type[Message]:
        """The class of its request."""
        return GetMessageClass(self.descriptor.input_type)

    @property
    def response(self) -> type[Message]:
        """The class of its response, or of each message of its stream."""
        return GetMessageClass(self.descriptor.output_type)


def read(services: Iterable[ServiceDescriptor]) -> tuple[Route, ...]:
    """Read the routes of all methods that have an HTTP option.

    Args:
        services: The services.

    Returns:
        Their routes; those whose path ends with a verb come first, for `/orders/{order_id}` matches them too.

    Raises:
        RouteError: An option says something that is not served, or two say the same.
    """
    routes = [_route(method) for service in services for method in service.methods if _has_option(method)]
    seen: dict[tuple[str, str], Route] = {}
    for route in routes:
        key = (route.verb, _VARIABLE.sub("{}", route.path))
        if key in seen:
            raise RouteError(f"{seen[key].name} and {route.name} are both {route.verb} {route.path}")
        seen[key] = route
    return tuple(sorted(routes, key=lambda route: (":" not in route.path, "{" in route.path)))


def _has_option(method: MethodDescriptor) -> bool:
    return bool(method.GetOptions().HasExtension(annotations_pb2.http))


def _route(method: MethodDescriptor) -> Route:
    rule = method.GetOptions().Extensions[annotations_pb2.http]
    kind = rule.WhichOneof("pattern")
    if kind in (None, "custom") or rule.additional_bindings or rule.body not in ("", "*") or rule.response_body:
        raise RouteError(f"{method.full_name}: of google.api.http, one binding with body '*' or none is served")
    path = getattr(rule, kind)
    if not _TEMPLATE.fullmatch(path):
        raise RouteError(f"{method.full_name}: the path {path} is not of words and {{variables}}, with a :verb at most")
    route = Route(method, kind.upper(), path, rule.body == "*")
    for name in route.variables:
        field = method.input_type.fields_by_name.get(name)
        if field is None or field.type != FieldDescriptor.TYPE_STRING or field.is_repeated:
            raise RouteError(f"{method.full_name}: {{{name}}} is no string field of {method.input_type.full_name}")
    if method.client_streaming or (route.streams and route.has_body):
        raise RouteError(f"{method.full_name}: of streams, those that answer a GET are served")
    return route
