"""From an HTTP request to a message, by the JSON mapping of Protocol Buffers: https://protobuf.dev/programming-guides/json/.

Stricter than the mapping's library in what it lets through, and in telling all that is wrong at once: names that do not
exist, names given twice, values of another type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway import errors, strict_json
from gateway.routes import IDEMPOTENCY_FIELD, RESUME_FIELD, Route

IDEMPOTENCY_KEY = "idempotency-key"
LAST_EVENT_ID = "last-event-id"
_DIGITS = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)
_WHOLE = (
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
)

Violations = list[tuple[str, str]]


def request(
    route: Route,
    variables: Mapping[str, str],
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
) -> Message:
    """Make a route's request.

    Args:
        route: The route.
        variables: The path's variables.
        query: Names and values of the query.
        headers: The headers, by lower-case names.
        body: The body; not looked at if the route has none.

    Returns:
        The message. Rules about values are the service's.

    Raises:
        HttpError: 400 with all that is wrong.
    """
    violations: Violations = []
    value = strict_json.read(body) if route.has_body else {}
    _check(value, route.descriptor.input_type, "", violations)
    if not route.has_body:
        value = _from_query(route, query, violations)
    else:
        violations += [(name, "no parameter is read here: fields are in the body") for name, _ in query]
    for name in route.variables:
        if _given(value, route.descriptor.input_type, name):
            violations.append((errors.json_path(name), "it is in the path, and nowhere else"))
    if not violations:
        _from_headers(route, headers, value, violations)
    if violations:
        raise errors.bad_fields(violations)
    try:
        return json_format.ParseDict({**value, **variables}, route.request())
    except Exception as error:  # noqa: BLE001 - whatever the library raises, the request is at fault
        raise errors.malformed(str(error)) from None


def _from_headers(route: Route, headers: Mapping[str, str], value: dict[str, Any], violations: Violations) -> None:
    if route.is_idempotent_by_key:
        # A string of structured fields is quoted (draft-ietf-httpapi-idempotency-key-header); most callers do not.
        key = headers.get(IDEMPOTENCY_KEY, "").strip()
        if len(key) > 1 and key[0] == key[-1] == '"':
            key = key[1:-1]
        own = _given(value, route.descriptor.input_type, IDEMPOTENCY_FIELD)
        if not key:
            violations.append(
                ("Idempotency-Key", "required: send a UUID of your own in this header, the same one when you try again")
            )
        elif own and key != own:
            told = f"it is {errors.cut(key)}, but requestId in the body is {errors.cut(str(own))}: leave that out"
            violations.append(("Idempotency-Key", told))
        else:
            value.pop(errors.json_path(IDEMPOTENCY_FIELD), None)
            value[IDEMPOTENCY_FIELD] = key
    if route.resumes and LAST_EVENT_ID in headers:
        last = headers[LAST_EVENT_ID].strip()
        if _SEQUENCE.fullmatch(last):
            # An EventSource asks for the same address again: what it has seen since then is in the header.
            value.pop(errors.json_path(RESUME_FIELD), None)
            value[RESUME_FIELD] = last
        else:
            violations.append(("Last-Event-ID", "must be the id of an event of this stream: a whole number"))


def _given(value: Mapping[str, Any], type_: Descriptor, name: str) -> Any:
    field = type_.fields_by_name[name]
    return value.get(field.json_name) or value.get(field.name)


def _from_query(route: Route, query: Iterable[tuple[str, str]], violations: Violations) -> dict[str, Any]:
    type_ = route.descriptor.input_type
    names = _names(type_)
    found: dict[str, Any] = {}
    for name, text in query:
        field = names.get(name)
        if field is None or field.message_type is not None or field.is_repeated:
            violations.append((name, "there is no such parameter"))
        elif field.name in found:
            violations.append((name, "it is given twice"))
        else:
            value: Any = text
            if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
                value = {"true": True, "false": False}.get(text, text)
            elif field.cpp_type == FieldDescriptor.CPPTYPE_ENUM and _DIGITS.fullmatch(text):
                value = int(text)
            _check_value(value, field, name, violations)
            found[field.name] = value
    return found


def _names(type_: Descriptor) -> dict[str, FieldDescriptor]:
    """A field's two names: the mapping's own, and the proto's, which it must accept too."""
    return {name: field for field in type_.fields for name in (field.json_name, field.name)}


def _check(value: Mapping[str, Any], type_: Descriptor, path: str, violations: Violations) -> None:
    names = _names(type_)
    seen: set[str] = set()
    for name, inner in value.items():
        at = f"{path}.{errors.cut(name)}" if path else errors.cut(name)
        field = names.get(name)
        if field is None:
            violations.append((at, f"there is no such field; there are {', '.join(f.json_name for f in type_.fields)}"))
        elif field.name in seen:
            violations.append((at, "it is given by both of its names"))
        elif inner is None:
            pass  # The mapping's word for a default.
        elif field.is_repeated:
            if isinstance(inner, list):
                for place, item in enumerate(inner):
                    _check_value(item, field, f"{at}[{place}]", violations)
            else:
                violations.append((at, "must be an array"))
        else:
            _check_value(inner, field, at, violations)
        if field is not None:
            seen.add(field.name)


def _check_value(value: Any, field: FieldDescriptor, at: str, violations: Violations) -> None:
    type_ = field.message_type
    if type_ is not None and not type_.full_name.startswith("google.protobuf."):
        if isinstance(value, dict):
            _check(value, type_, at, violations)
        else:
            violations.append((at, "must be an object"))
    elif not _is_of(value, field):
        violations.append((at, _wanted(field)))


def _is_of(value: Any, field: FieldDescriptor) -> bool:
    if value is None:
        return False
    # The library also reads "1_0" and true as numbers, and 1.9 as the first value of an enum.
    if field.cpp_type in _WHOLE and (
        isinstance(value, bool) or (isinstance(value, str) and not _DIGITS.fullmatch(value))
    ):
        return False
    if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM and not (
        type(value) is int or (isinstance(value, str) and field.enum_type and value in field.enum_type.values_by_name)
    ):
        return False
    try:
        owner = field.containing_type
        assert owner is not None  # noqa: S101 - it is no extension
        message = GetMessageClass(owner)()
        json_format.ParseDict({field.name: [value] if field.is_repeated else value}, message)
    except Exception:  # noqa: BLE001 - whatever the library raises, the value is at fault
        return False
    return True


def _wanted(field: FieldDescriptor) -> str:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return "must be a string of Unicode characters"
        case FieldDescriptor.CPPTYPE_BOOL:
            return "must be true or false"
        case FieldDescriptor.CPPTYPE_ENUM:
            assert field.enum_type is not None  # noqa: S101 - it is an enum
            return f"must be one of {', '.join(value.name for value in field.enum_type.values)}"
        case kind if kind in _WHOLE:
            bits = 32 if kind in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_UINT32) else 64
            return f"must be a whole number of {bits} bits, or such a number in a string"
        case _:
            return "is not what the JSON mapping of Protocol Buffers reads"


def response(message: Message) -> dict[str, Any]:
    """Give a message by the JSON mapping, defaults included.

    Args:
        message: The message.

    Returns:
        The object.
    """
    return json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
