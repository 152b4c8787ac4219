"""Which schema has which id. Services look ids up; they never register."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

from quadrille.avro import RecordSchema
from quadrille.events.history import RECORDED
from quadrille.events.topics import subject, topics_owned_by

from services.chassis.errors import RegistryAway, SchemaUnknown, Undecodable
from services.chassis.observe import metrics
from services.chassis.wire.registry_client import Refusal, RegistryClient

#: What registries answer to an id that they do not have, or that is out of their range.
_NO_SUCH_ID = frozenset({400, 404, 422})


class Schemas:
    """Schema ids of one registry, each asked for once."""

    def __init__(self, url: str, kept: Callable[[str], str | None] = lambda _: None, *, timeout: float = 5.0) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            url: Base URL of the registry's Confluent-compatible API.
            kept: Gives the text of a schema that another version of the service kept, by its fingerprint.
            timeout: Seconds that connecting, or a pause in an answer, may take.

        Raises:
            ValueError: The URL is none.
        """
        self._kept = kept
        self._client = RegistryClient(url, timeout)
        self._ids: dict[str, int] = {}
        self._by_id: dict[int, RecordSchema] = {}

    def look_up(self, service: str) -> None:
        """Ask for the ids of all schemas that a service publishes with. Asking again asks only for what is missing.

        Args:
            service: The service.

        Raises:
            RegistryAway: The registry does not answer, or lacks a schema; the message names the command to run.
        """
        for topic in topics_owned_by(service):
            for binding in topic.events:
                schema = binding.event.SCHEMA
                if schema.fingerprint not in self._ids:
                    self._look_up(subject(topic, binding.event), schema)

    def id_of(self, fingerprint: str, topic: str, full_name: str) -> int:
        """Give the id to publish a body with.

        Args:
            fingerprint: Of the schema that the body was written with.
            topic: Where it goes.
            full_name: The event's full name.

        Returns:
            The registry's id.

        Raises:
            SchemaUnknown: Neither the recorded history nor what other versions kept has the fingerprint.
            Retryable: The registry does not answer, or lacks the schema.
        """
        known = self._ids.get(fingerprint)
        if known is None:
            # An outbox row of an earlier version of this service, or of a later one that was rolled back.
            schema = RECORDED.get(fingerprint) or self._of_another_version(fingerprint, full_name)
            known = self._look_up(f"{topic}-{full_name}", schema)
        return known

    def _of_another_version(self, fingerprint: str, full_name: str) -> RecordSchema:
        kept = self._kept(fingerprint)
        if kept is None:
            raise SchemaUnknown(f"nobody kept the schema of {full_name} with the fingerprint {fingerprint}")
        return RecordSchema(full_name, kept, fingerprint)

    def written_with(self, schema_id: int, fingerprint: str | None) -> RecordSchema:
        """Find the schema that a body was written with.

        Args:
            schema_id: The id in the record's prefix.
            fingerprint: The fingerprint in its headers, if there is one.

        Returns:
            The writer's schema.

        Raises:
            RegistryAway: The recorded history does not know the fingerprint, and the registry does not answer.
            Undecodable: The registry has no such id, or one that is no record.
        """
        known = (RECORDED.get(fingerprint) if fingerprint else None) or self._by_id.get(schema_id)
        if known is None:
            known = self._by_id[schema_id] = self._ask(schema_id)
        metrics.SCHEMAS.also((known.full_name, str(schema_id), "read"), 1)
        return known

    def _ask(self, schema_id: int) -> RecordSchema:
        try:
            text = self._client.schema(schema_id)
        except Refusal as error:
            if error.status in _NO_SUCH_ID:
                raise Undecodable(f"the registry has no schema with id {schema_id}") from error
            raise RegistryAway(f"the registry at {self._client.name} answers: {error}") from error
        except Exception as error:
            raise RegistryAway(f"the registry at {self._client.name} does not answer: {error}") from error
        try:
            parsed = json.loads(text)
        except ValueError:
            # Of another format than Avro.
            parsed = None
        if not isinstance(parsed, Mapping) or parsed.get("type") != "record":
            raise Undecodable(f"the schema with id {schema_id} is not a record")
        full_name = ".".join(part for part in (parsed.get("namespace"), parsed["name"]) if part)
        return RecordSchema(full_name, text, hashlib.sha256(text.encode()).hexdigest())

    def _look_up(self, subject_: str, schema: RecordSchema) -> int:
        try:
            id_ = self._client.id_of(subject_, schema.text)
        except Refusal as error:
            if error.status == 404:
                raise RegistryAway(f"the registry lacks the schema of {subject_}; run: quadrille apply") from error
            raise RegistryAway(f"the registry at {self._client.name} answers: {error}") from error
        except Exception as error:
            raise RegistryAway(f"the registry at {self._client.name} does not answer: {error}") from error
        self._ids[schema.fingerprint] = id_
        self._by_id[id_] = schema
        metrics.SCHEMAS.also((schema.full_name, str(id_), "written"), 1)
        return id_
