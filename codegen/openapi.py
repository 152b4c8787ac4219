"""OpenAPI 3.1 of the HTTP API: https://spec.openapis.org/oas/v3.1.1.html. From the protos' `google.api.http` options.

Types are those of Protocol Buffers' JSON mapping: a 64-bit number is given as a string, and read as either. Rules about
values are the service's, and in the comments; no second place states them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
)

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_VERBS = ("get", "put", "post", "delete", "patch")
_PLAIN: dict[int, dict[str, Any]] = {
    FieldDescriptorProto.TYPE_STRING: {"type": "string"},
    FieldDescriptorProto.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptorProto.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptorProto.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptorProto.TYPE_INT64: {
        "type": ["string", "integer"],
        "format": "int64",
        "pattern": "^-?[0-9]{1,19}$",
        "examples": ["1"],
    },
}
_TIME = {"type": "string", "format": "date-time"}
_ERROR = {"$ref": "#/components/responses/Error"}
_STATUS = {
    "type": "object",
    "description": "google.rpc.Status. `details` always hold a google.rpc.ErrorInfo whose `reason` tells errors apart, "
    "and name every wrong field in a google.rpc.BadRequest.",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "integer", "description": "A google.rpc.Code."},
        "message": {"type": "string", "description": "What is wrong, and what to do."},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["@type"],
                "properties": {"@type": {"type": "string", "description": "The detail's type."}},
            },
        },
    },
}
_TIMEOUT = {
    "name": "Request-Timeout",
    "in": "header",
    "description": "Seconds after which the call is given up: 2.5.",
    "schema": {"type": "string", "pattern": r"^(0\.[0-9]{0,8}[1-9]|[1-9](\.[0-9]{1,9})?)$"},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A UUID of the caller's own for each order that is meant: the same one when trying again gives the "
    "same order back. It is the field request_id.",
    "schema": {"type": "string", "format": "uuid"},
}
_LAST = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The id of the last event that was seen: only later ones are sent.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
}


class OpenApiError(ValueError):
    """A type has no form in OpenAPI here."""


def render_openapi(protos: FileDescriptorSet) -> str:
    """Write the document.

    Args:
        protos: All protos with comments and HTTP options, imports included.

    Returns:
        JSON.

    Raises:
        OpenApiError: A type has no form here yet.
    """
    return json.dumps(_Document(protos).render(), indent=1, ensure_ascii=False) + "\n"


def _text(comment: str) -> str:
    return "\n".join(line.strip() for line in comment.strip().splitlines())


def _event(message: dict[str, Any]) -> dict[str, Any]:
    """One event, its data as JSON in a string."""
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": message}
    return {
        "type": "object",
        "required": ["data"],
        "properties": {
            "id": {"type": "string", "description": "The sequence number.", "pattern": "^[0-9]+$"},
            "event": {"enum": ["message", "status"]},
            "data": data,
        },
    }


class _Document:
    def __init__(self, protos: FileDescriptorSet) -> None:
        self._protos = protos
        self._types: dict[str, DescriptorProto | EnumDescriptorProto] = {}
        self._comments: dict[str, str] = {}
        self._schemas: dict[str, dict[str, Any]] = {}
        for file in protos.file:
            places = {tuple(one.path): _text(one.leading_comments) for one in file.source_code_info.location}
            for number, message in enumerate(file.message_type):
                name = f"{file.package}.{message.name}"
                self._types[name] = message
                self._comments[name] = places.get((4, number), "")
                for place, field in enumerate(message.field):
                    self._comments[f"{name}.{field.name}"] = places.get((4, number, 2, place), "")
            for number, enum in enumerate(file.enum_type):
                name = f"{file.package}.{enum.name}"
                self._types[name] = enum
                said = [f"- `{v.name}`: {places.get((5, number, 2, p), '')}" for p, v in enumerate(enum.value)]
                self._comments[name] = "\n".join([places.get((5, number), ""), "", *said])
            for number, service in enumerate(file.service):
                for place, method in enumerate(service.method):
                    name = f"{file.package}.{service.name}.{method.name}"
                    self._comments[name] = places.get((6, number, 2, place), "")

    def render(self) -> dict[str, Any]:
        paths: dict[str, dict[str, Any]] = {}
        for name, method in self._methods():
            rule = method.options.Extensions[annotations_pb2.http]
            verb = rule.WhichOneof("pattern")
            if verb not in _VERBS:
                raise OpenApiError(f"{name}: {verb} is no HTTP method of OpenAPI")
            paths.setdefault(getattr(rule, verb), {})[verb] = self._operation(name, method)
        return {
            "openapi": "3.1.1",
            "info": {
                "title": "Quadrille",
                "version": "v1",
                "description": "Orders as JSON over HTTP. Made from proto/ by `make generate`; do not edit.",
            },
            "paths": paths,
            "components": {
                "schemas": {"Status": _STATUS, **dict(sorted(self._schemas.items()))},
                "responses": {
                    "Error": {
                        "description": "What went wrong.",
                        "headers": {
                            "Retry-After": {
                                "description": "Seconds after which trying again may help.",
                                "schema": {"type": "string", "pattern": "^[0-9]+$"},
                            }
                        },
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}},
                    }
                },
            },
        }

    def _methods(self) -> Iterator[tuple[str, MethodDescriptorProto]]:
        for file in self._protos.file:
            for service in file.service:
                for method in service.method:
                    if method.options.HasExtension(annotations_pb2.http):
                        yield f"{file.package}.{service.name}.{method.name}", method

    def _operation(self, name: str, method: MethodDescriptorProto) -> dict[str, Any]:
        rule = method.options.Extensions[annotations_pb2.http]
        verb = rule.WhichOneof("pattern")
        variables = _VARIABLE.findall(getattr(rule, verb))
        request = self._message(method.input_type)
        owner = method.input_type.lstrip(".")
        has_key = any(field.name == "request_id" for field in request.field)
        rest = [f for f in request.field if f.name not in variables and not (has_key and f.name == "request_id")]
        parameters = [
            self._parameter(owner, f, "path" if f.name in variables else "query")
            for f in request.field
            if f.name in variables or (not rule.body and f in rest)
        ]
        parameters += [_KEY] if has_key else []
        resumes = method.server_streaming and any(field.name == "after_sequence" for field in request.field)
        parameters += [_LAST] if resumes else []
        operation: dict[str, Any] = {
            "operationId": method.name,
            "tags": [name.split(".")[-2]],
            "summary": self._comments[name].partition(".")[0],
            "description": self._comments[name],
            "parameters": [*parameters, _TIMEOUT],
        }
        if rule.body:
            schema = self._object(owner, rest, closed=True)
            # An empty body is an empty object.
            required = bool(rest)
            operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
        return {**operation, "responses": self._responses(method)}

    def _responses(self, method: MethodDescriptorProto) -> dict[str, Any]:
        ok: dict[str, Any] = {"description": "The answer."}
        answer = self._reference(method.output_type, closed=False)
        if method.server_streaming:
            ok["description"] = (
                "Server-sent events. One named `status` ends a stream that failed: its data are a Status."
            )
            ok["content"] = {"text/event-stream": {"schema": _event(answer)}}
            done = {"description": "Nothing more is to come."}
            return {"200": ok, "204": done, "4XX": _ERROR, "5XX": _ERROR}
        ok["content"] = {"application/json": {"schema": answer}}
        return {"200": ok, "4XX": _ERROR, "5XX": _ERROR}

    def _parameter(self, owner: str, field: FieldDescriptorProto, place: str) -> dict[str, Any]:
        name = field.name if place == "path" else field.json_name
        schema = {k: v for k, v in self._field(owner, field, closed=True).items() if k != "description"}
        comment = self._comments[f"{owner}.{field.name}"]
        said = {"description": comment} if comment else {}
        return {"name": name, "in": place, "required": place == "path", **said, "schema": schema}

    def _message(self, name: str) -> DescriptorProto:
        found = self._types.get(name.lstrip("."))
        if not isinstance(found, DescriptorProto):
            raise OpenApiError(f"{name} is no message of these protos")
        return found

    def _object(self, owner: str, fields: Sequence[FieldDescriptorProto], *, closed: bool) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "object"}
        if self._comments[owner]:
            schema["description"] = self._comments[owner]
        schema["properties"] = {field.json_name: self._field(owner, field, closed=closed) for field in fields}
        # Only what callers send is closed: an answer may get fields later.
        return {**schema, "additionalProperties": False} if closed else schema

    def _field(self, owner: str, field: FieldDescriptorProto, *, closed: bool) -> dict[str, Any]:
        comment = self._comments[f"{owner}.{field.name}"]
        if field.type in (FieldDescriptorProto.TYPE_MESSAGE, FieldDescriptorProto.TYPE_ENUM):
            schema = self._reference(field.type_name, closed=closed)
        elif field.type in _PLAIN:
            schema = _PLAIN[field.type]
        else:
            raise OpenApiError(f"{owner}.{field.name} has no form in OpenAPI here yet; teach codegen/openapi.py")
        if field.label == FieldDescriptorProto.LABEL_REPEATED:
            schema = {"type": "array", "items": schema}
        return {"description": comment, **schema} if comment else dict(schema)

    def _reference(self, type_name: str, *, closed: bool) -> dict[str, Any]:
        name = type_name.lstrip(".")
        if name == "google.protobuf.Timestamp":
            return dict(_TIME)
        type_ = self._types[name]
        short = name.rpartition(".")[2]
        if isinstance(type_, EnumDescriptorProto):
            names = {"type": "string", "enum": [value.name for value in type_.value]}
            number = {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}
            comment = f"{self._comments[name]}\n\nGiven by name; read by name or number."
            self._schemas[short] = {"description": comment, "anyOf": [names, number]}
        else:
            if not closed and short not in self._schemas:
                self._schemas[short] = {}  # Before its fields: they may name it again.
                self._schemas[short] = self._object(name, type_.field, closed=False)
            elif closed:
                self._schemas[short] = self._object(name, type_.field, closed=True)
        return {"$ref": f"#/components/schemas/{short}"}
