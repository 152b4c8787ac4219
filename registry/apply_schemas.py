"""Registers the current schemas, each under `<topic>-<full name>` with level FULL_TRANSITIVE.

Whether a schema is there is asked of its text, not of a version number: Apicurio, under its Confluent-compatible API,
takes a change of docs alone for no change and gives the old id.
"""

from __future__ import annotations

import json
from typing import Any

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, ServerConfig
from confluent_kafka.schema_registry.error import SchemaRegistryError

from registry.canonical import canonical
from registry.catalogue import Catalogue
from registry.changes import Action, Change, ServerAway

LEVEL = "FULL_TRANSITIVE"
_NOT_FOUND = 404


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
    client = SchemaRegistryClient({"url": url, "timeout": timeout, "max.retries": 1})
    try:
        return [_apply(client, subject, catalogue.texts[name]) for subject, name in catalogue.subjects.items()]
    except SchemaRegistryError as error:
        raise ServerAway("the schema registry", url, f"it says {error}") from error
    except (OSError, ValueError, _transport_error()) as error:
        raise ServerAway("the schema registry", url, str(error) or type(error).__name__) from error
    finally:
        client.close()


def _apply(client: Any, subject: str, text: str) -> Change:
    before = _latest(client, subject)
    if before is not None and canonical(json.loads(before.schema.schema_str)) == text:
        level = _set_level(client, subject)
        return Change("schema", subject, Action.CREATED if level else Action.UNCHANGED, level)
    if before is not None:
        _set_level(client, subject)
    try:
        registered = client.register_schema(subject, Schema(text, "AVRO"))
    except SchemaRegistryError as error:
        if error.http_status_code in (409, 422):
            return Change("schema", subject, Action.REFUSED, f"the registry refuses it: {error.error_message}")
        raise
    # A subject must exist before Apicurio gives it a rule.
    _set_level(client, subject)
    if before is not None and registered == before.schema_id:
        return Change("schema", subject, Action.UNCHANGED, f"id {registered}; the registry keeps its first wording")
    return Change("schema", subject, Action.CREATED, f"id {registered}")


def _latest(client: Any, subject: str) -> Any:
    try:
        return client.get_latest_version(subject)
    except SchemaRegistryError as error:
        if error.http_status_code == _NOT_FOUND:
            return None
        raise


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
    client.set_config(subject, ServerConfig(compatibility=LEVEL))
    return f"level {getattr(level, 'value', level) or 'unset'} -> {LEVEL}"


def _transport_error() -> type[Exception]:
    # The client's own HTTP library, whichever of two it has found.
    from confluent_kafka.schema_registry.common._httpx_compat import httpx

    error: type[Exception] = httpx.TransportError
    return error
