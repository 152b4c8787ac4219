"""Messages of the APIs as JSON documents: numbers stay numbers, names are those of the proto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.message import Message


def message_json(message: Message) -> dict[str, Any]:
    """Turn a message into what JSON holds: numbers stay numbers, names are those of the proto.

    Args:
        message: Any message.

    Returns:
        Its fields by name, also those that have their default value.
    """
    from google.protobuf.json_format import MessageToDict

    document: dict[str, Any] = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return _with_numbers(message, document)


def _with_numbers(message: Message, document: dict[str, Any]) -> dict[str, Any]:
    # Proto's JSON writes int64 as text, for JavaScript's sake; jq and Python want numbers.
    for field in message.DESCRIPTOR.fields:
        value = document.get(field.name)
        if value is None:
            continue
        nested = field.message_type is not None and field.message_type.full_name != "google.protobuf.Timestamp"
        if field.type in {field.TYPE_INT64, field.TYPE_UINT64}:
            document[field.name] = int(value)
        elif nested and isinstance(value, list):
            document[field.name] = [
                _with_numbers(*pair) for pair in zip(getattr(message, field.name), value, strict=True)
            ]
        elif nested:
            document[field.name] = _with_numbers(getattr(message, field.name), value)
    return document
