"""The gRPC API, laid out for its page: protoc's descriptors with the comments of the protos.

The place of a comment is a path of field numbers and indexes (descriptor.proto, "SourceCodeInfo").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

from pages.telling import Piece

_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE = 4, 5, 6
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM = 2, 3, 4
_SERVICE_METHOD, _ENUM_VALUE = 2, 2

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MethodView:
    """A method.

    Attributes:
        name: Its name.
        full_name: `package.Service.Method`; also its id on the page.
        doc: Its comment.
        request: The request's type.
        response: The response's type.
        request_stream: True if the caller sends many.
        response_stream: True if the service sends many.
    """

    name: str
    full_name: str
    doc: str
    request: Piece
    response: Piece
    request_stream: bool
    response_stream: bool


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A gRPC service."""

    name: str
    full_name: str
    doc: str
    methods: tuple[MethodView, ...]


@dataclass(frozen=True, slots=True)
class MemberView:
    """A field of a message, or a value of an enum.

    Attributes:
        name: Its name.
        full_name: `package.Message.field`; also its id on the page.
        number: Its number on the wire.
        doc: Its comment.
        type: A field's type, for people; empty for an enum's value.
        optional: True if a field may be absent.
        oneof: The oneof that a field belongs to; empty for none.
    """

    name: str
    full_name: str
    number: int
    doc: str
    type: tuple[Piece, ...] = ()
    optional: bool = False
    oneof: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message, or an enum."""

    name: str
    full_name: str
    kind: str
    doc: str
    members: tuple[MemberView, ...]


@dataclass(slots=True)
class PackageView:
    """A proto package: its services, messages and enums, in the order of its files."""

    name: str
    services: list[ServiceView] = field(default_factory=list)
    types: list[MessageView] = field(default_factory=list)


def api_href(full_name: str) -> str:
    """Tell where a part of the API is described.

    Args:
        full_name: A service, method, message, enum, field or value.

    Returns:
        The address from the root of the pages.
    """
    return f"api.html#{full_name}"


def packages(protos: FileDescriptorSet, prefix: str) -> tuple[PackageView, ...]:
    """Lay out the API.

    Args:
        protos: The descriptors with their source information.
        prefix: What the packages to show begin with; others are imports.

    Returns:
        Each package: those with services first, by name.
    """
    ours = [file for file in sorted(protos.file, key=lambda file: file.name) if file.package.startswith(prefix)]
    known = {name for file in ours for name in _declared(file)}
    found: dict[str, PackageView] = {}
    for file in ours:
        package = found.setdefault(file.package, PackageView(file.package))
        reader = _File(file, known)
        package.services += reader.services()
        package.types += reader.types()
    return tuple(sorted(found.values(), key=lambda package: (not package.services, package.name)))


def _declared(file: FileDescriptorProto) -> Iterator[str]:
    def inside(prefix: str, messages: Iterable[DescriptorProto], enums: Iterable[EnumDescriptorProto]) -> Iterator[str]:
        for enum in enums:
            yield f"{prefix}.{enum.name}"
        for message in messages:
            yield f"{prefix}.{message.name}"
            yield from inside(f"{prefix}.{message.name}", message.nested_type, message.enum_type)

    return inside(file.package, file.message_type, file.enum_type)


class _File:
    def __init__(self, file: FileDescriptorProto, known: set[str]) -> None:
        self.file, self.known = file, known
        self.docs = {
            tuple(place.path): _clean(place.leading_comments or place.trailing_comments)
            for place in file.source_code_info.location
        }

    def services(self) -> Iterator[ServiceView]:
        for index, service in enumerate(self.file.service):
            path = (_FILE_SERVICE, index)
            full_name = f"{self.file.package}.{service.name}"
            methods = tuple(self._methods(service, full_name, path))
            yield ServiceView(service.name, full_name, self._doc(path), methods)

    def types(self) -> Iterator[MessageView]:
        yield from self._types(
            self.file.package, self.file.message_type, self.file.enum_type, (_FILE_MESSAGE,), (_FILE_ENUM,)
        )

    def _methods(self, service: ServiceDescriptorProto, prefix: str, at: Path) -> Iterator[MethodView]:
        for index, method in enumerate(service.method):
            yield MethodView(
                method.name,
                f"{prefix}.{method.name}",
                self._doc((*at, _SERVICE_METHOD, index)),
                self._named(method.input_type),
                self._named(method.output_type),
                method.client_streaming,
                method.server_streaming,
            )

    def _types(
        self,
        prefix: str,
        messages: Iterable[DescriptorProto],
        enums: Iterable[EnumDescriptorProto],
        messages_at: Path,
        enums_at: Path,
    ) -> Iterator[MessageView]:
        for index, message in enumerate(messages):
            if message.options.map_entry:
                continue
            at, full_name = (*messages_at, index), f"{prefix}.{message.name}"
            name = full_name.removeprefix(f"{self.file.package}.")
            yield MessageView(name, full_name, "message", self._doc(at), tuple(self._fields(message, full_name, at)))
            inside = (*at, _MESSAGE_NESTED), (*at, _MESSAGE_ENUM)
            yield from self._types(full_name, message.nested_type, message.enum_type, *inside)
        for index, enum in enumerate(enums):
            at, full_name = (*enums_at, index), f"{prefix}.{enum.name}"
            values = tuple(
                MemberView(value.name, f"{full_name}.{value.name}", value.number, self._doc((*at, _ENUM_VALUE, place)))
                for place, value in enumerate(enum.value)
            )
            name = full_name.removeprefix(f"{self.file.package}.")
            yield MessageView(name, full_name, "enum", self._doc(at), values)

    def _fields(self, message: DescriptorProto, prefix: str, at: Path) -> Iterator[MemberView]:
        for index, item in enumerate(message.field):
            in_oneof = item.HasField("oneof_index") and not item.proto3_optional
            yield MemberView(
                item.name,
                f"{prefix}.{item.name}",
                item.number,
                self._doc((*at, _MESSAGE_FIELD, index)),
                self._type(item, message, prefix),
                item.proto3_optional,
                message.oneof_decl[item.oneof_index].name if in_oneof else "",
            )

    def _type(self, item: FieldDescriptorProto, message: DescriptorProto, prefix: str) -> tuple[Piece, ...]:
        for entry in message.nested_type:
            if entry.options.map_entry and item.type_name == f".{prefix}.{entry.name}":
                key, value = entry.field
                return (Piece(f"map of {_scalar(key)} to "), *self._type(value, entry, f"{prefix}.{entry.name}"))
        one = self._named(item.type_name) if item.type_name else Piece(_scalar(item))
        return (Piece("repeated "), one) if item.label == FieldDescriptorProto.LABEL_REPEATED else (one,)

    def _named(self, reference: str) -> Piece:
        full_name = reference.removeprefix(".")
        if full_name in self.known:
            return Piece(full_name.rpartition(".")[2], api_href(full_name))
        return Piece(full_name)

    def _doc(self, path: Path) -> str:
        return self.docs.get(path, "")


def _scalar(item: FieldDescriptorProto) -> str:
    return FieldDescriptorProto.Type.Name(item.type).removeprefix("TYPE_").lower()


def _clean(comment: str) -> str:
    return " ".join(comment.split())
