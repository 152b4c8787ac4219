"""Registers the current schemas, each under `<topic>-<full name>` with level FULL_TRANSITIVE.

Whether a schema is there is asked of its text, not of a version number: Apicurio, under its Confluent-compatible API,
takes a change of docs alone for no change and gives the old id.
"""

from __future__ import annotations

from typing import Any

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from registry.catalogue import Catalogue
from registry.changes import Action, Change, ServerAway

LEVEL = "FULL_TRANSITIVE"
_NOT_FOUND = 404
# Subject not found, schema not found: any other 404 comes from something that is no registry.
_NOT_THERE = (40401, 40403)
_REFUSALS = (409, 422)


def apply_schemas(catalogue: Catalogue, url: str, timeout: float = 10.0) -> list[Change]:
    """Register the schemas that are missing, and set the level where it is another one.

    Args:
        catalogue: The current schemas.
        url: The registry's Confluent-compatible API.
        timeout: Seconds to wait for each answer.

    Returns:
        What became of each subject, in the order of topics.yaml.

    Raises:
        ServerAway: The registry does not answer, or what answers is no registry.
    """
    try:
        client = SchemaRegistryClient({"url": url, "timeout": timeout, "max.retries": 1})
    except ValueError as error:
        raise ServerAway("the schema registry", url, f"{error}") from error
    try:
        return [_apply(client, subject, catalogue.texts[name]) for subject, name in catalogue.subjects.items()]
    except SchemaRegistryError as error:
        raise ServerAway("the schema registry", url, f"it says {error}") from error
    except (OSError, ValueError, _transport_error()) as error:
        raise ServerAway("the schema registry", url, str(error) or type(error).__name__) from error
    finally:
        client.close()


def _apply(client: Any, subject: str, text: str) -> Change:
    schema = Schema(text, "AVRO")
    if _is_there(client, subject, schema):
        level = _set_level(client, subject)
        return Change("schema", subject, Action.UPDATED if level else Action.UNCHANGED, level)
    try:
        registered = client.register_schema(subject, schema)
    except SchemaRegistryError as error:
        if error.http_status_code in _REFUSALS:
            return Change("schema", subject, Action.REFUSED, f"the registry refuses it: {error.error_message}")
        raise
    # After the schema: a subject must exist before Apicurio gives it a rule.
    _set_level(client, subject)
    return Change("schema", subject, Action.CREATED, f"id {registered}")


def _is_there(client: Any, subject: str, schema: Schema) -> bool:
    try:
        client.lookup_schema(subject, schema)
    except SchemaRegistryError as error:
        if error.http_status_code == _NOT_FOUND and error.error_code in _NOT_THERE:
            return False
        raise
    return True


def _set_level(client: Any, subject: str) -> str:
    try:
        present = client.get_config(subject)
        level = present.compatibility_level or present.compatibility
    except SchemaRegistryError as error:
        if error.http_status_code != _NOT_FOUND:
            raise
        level = None
    # Some clients hand out an enum, some a text.
    if getattr(level, "value", level) == LEVEL:
        return ""
    client.set_compatibility(subject, LEVEL)
    return f"level {getattr(level, 'value', level) or 'unset'} -> {LEVEL}"


def _transport_error() -> type[Exception]:
    # The client's own HTTP library, whichever of two it has found.
    from confluent_kafka.schema_registry.common._httpx_compat import httpx

    error: type[Exception] = httpx.TransportError
    return error
