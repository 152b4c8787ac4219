"""A registry that is here: it knows the schemas that it is given, and says of every other what the real one says."""

from __future__ import annotations

from collections.abc import Mapping

from quadrille.avro import RecordSchema
from quadrille.events.history import RECORDED

from services.chassis.errors import Undecodable


class KnownSchemas:
    """What a decoder asks a registry for."""

    def __init__(self, by_id: Mapping[int, RecordSchema]) -> None:
        self._by_id = by_id

    def written_with(self, schema_id: int, fingerprint: str | None) -> RecordSchema:
        """Find a schema by its fingerprint, or else by its id."""
        found = (RECORDED.get(fingerprint) if fingerprint else None) or self._by_id.get(schema_id)
        if found is None:
            raise Undecodable(f"the registry has no schema with id {schema_id}")
        return found
