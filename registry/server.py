"""A schema registry's Confluent-compatible API, as far as this package asks it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from registry.changes import ServerAway

T = TypeVar("T")

_NOT_FOUND = 404
# Subject not found, version not found, schema not found, no level of its own: any other 404 comes from no registry.
_NOT_THERE = (40401, 40402, 40403, 40408)
_REFUSALS = (409, 422)


class Refusal(Exception):
    """The registry does not take a schema."""


class Registry:
    """A connection to a registry. Use it as a context manager."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        """Prepare; nothing connects yet.

        Args:
            url: The API's base.
            timeout: Seconds to wait for each answer.

        Raises:
            ServerAway: The address is none.
        """
        from confluent_kafka.schema_registry import SchemaRegistryClient

        self._url = url
        try:
            self._client: Any = SchemaRegistryClient({"url": url, "timeout": timeout, "max.retries": 1})
        except ValueError as error:
            raise ServerAway("the schema registry", url, f"{error}") from error

    def __enter__(self) -> Registry:
        """Give the registry."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._client.close()

    def subjects(self) -> list[str]:
        """List all subjects.

        Returns:
            Their names.

        Raises:
            ServerAway: The registry does not answer.
        """
        return self._ask(lambda: sorted(self._client.get_subjects()), missing=[])

    def versions(self, subject: str) -> dict[int, str]:
        """Read all versions of a subject.

        Args:
            subject: The subject.

        Returns:
            Schemas by version number; none if the subject is not there.

        Raises:
            ServerAway: The registry does not answer.
        """
        numbers: list[int] = self._ask(lambda: list(self._client.get_versions(subject)), missing=[])
        return {n: self._ask(lambda n=n: self._text(subject, n), missing="") for n in numbers}  # type: ignore[misc]

    def holds(self, subject: str, text: str) -> bool:
        """Tell whether a subject has a schema, by the registry's own equivalence.

        Args:
            subject: The subject.
            text: The schema.

        Returns:
            True if it does.

        Raises:
            ServerAway: The registry does not answer.
        """
        return self._ask(lambda: self._client.lookup_schema(subject, _schema(text)) is not None, missing=False)

    def takes(self, subject: str, text: str) -> str:
        """Ask whether a subject would take a schema.

        Args:
            subject: The subject; one that is not there takes anything.
            text: The schema.

        Returns:
            Empty if it would; else why not.

        Raises:
            ServerAway: The registry does not answer.
        """

        def ask() -> str:
            answer = self._client.test_compatibility_all_versions(subject, _schema(text))
            return "" if answer else "it is not compatible with what is registered"

        try:
            return self._ask(ask, missing="")
        except Refusal as refusal:
            return str(refusal)

    def register(self, subject: str, text: str) -> int:
        """Register a schema.

        Args:
            subject: The subject.
            text: The schema.

        Returns:
            Its id.

        Raises:
            Refusal: The registry does not take it.
            ServerAway: The registry does not answer.
        """
        return self._ask(lambda: int(self._client.register_schema(subject, _schema(text))), missing=-1)

    def level(self, subject: str) -> str | None:
        """Read a subject's compatibility level.

        Args:
            subject: The subject.

        Returns:
            Its name; None if the subject has none of its own.

        Raises:
            ServerAway: The registry does not answer.
        """
        present = self._ask(lambda: self._client.get_config(subject), missing=None)
        level = present and (present.compatibility_level or present.compatibility)
        # Some clients hand out an enum, some a text.
        return getattr(level, "value", level) or None

    def set_level(self, subject: str, level: str) -> None:
        """Set a subject's compatibility level.

        Args:
            subject: The subject. It must exist before Apicurio gives it a rule.
            level: The level.

        Raises:
            ServerAway: The registry does not answer.
        """
        self._ask(lambda: self._client.set_compatibility(subject, level), missing=None)

    def _text(self, subject: str, number: int) -> str:
        return str(self._client.get_version(subject, number).schema.schema_str)

    def _ask(self, call: Callable[[], T], *, missing: T) -> T:
        from confluent_kafka.schema_registry.common._httpx_compat import httpx
        from confluent_kafka.schema_registry.error import SchemaRegistryError

        try:
            return call()
        except SchemaRegistryError as error:
            if error.http_status_code == _NOT_FOUND and error.error_code in _NOT_THERE:
                return missing
            if error.http_status_code in _REFUSALS:
                raise Refusal(str(error.error_message)) from error
            raise ServerAway("the schema registry", self._url, f"it says {error}") from error
        except (OSError, ValueError, httpx.TransportError) as error:
            raise ServerAway("the schema registry", self._url, str(error) or type(error).__name__) from error


def _schema(text: str) -> Any:
    from confluent_kafka.schema_registry import Schema

    return Schema(text, "AVRO")
