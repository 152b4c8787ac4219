"""Checks of what callers send. All violations of a request are found before it is refused."""

from __future__ import annotations

import re
from uuid import UUID

from quadrille.avro_values import from_uuid_text

from services.chassis.rpc.errors import invalid

MAX_INT64 = 2**63 - 1
#: Identifiers of somebody else's systems.
IDENTIFIER = re.compile(r"[A-Za-z0-9._:#-]{1,64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class Violations:
    """Collects what is wrong with a request, field by field."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self.found: list[tuple[str, str]] = []

    def add(self, field: str, description: str) -> None:
        """Note a violation.

        Args:
            field: Path of the field: `entries[2].name`.
            description: What is wrong, and what would be right.
        """
        self.found.append((field, description))

    def refuse_if_any(self) -> None:
        """Refuse the request if anything is wrong with it.

        Raises:
            ApiError: INVALID_ARGUMENT, with all violations.
        """
        if self.found:
            raise invalid(self.found)

    def identifier(self, field: str, value: str) -> None:
        """Check an identifier of somebody else's system.

        Args:
            field: Path of the field.
            value: Its value.
        """
        if not IDENTIFIER.fullmatch(value):
            self.add(field, "required" if not value else "must be 1 to 64 of A-Z a-z 0-9 . _ : # -")

    def uuid(self, field: str, value: str) -> UUID | None:
        """Check a UUID.

        Args:
            field: Path of the field.
            value: Its value.

        Returns:
            The UUID; None if it is none.
        """
        if _UUID.fullmatch(value):
            return from_uuid_text(value)
        self.add(field, "required: a UUID" if not value else "must be a UUID: 8-4-4-4-12 hexadecimal digits")
        return None

    def count(self, field: str, number: int, *, most: int) -> None:
        """Check the length of a repeated field.

        Args:
            field: Path of the field.
            number: How many items it has.
            most: How many it may have.
        """
        if number == 0:
            self.add(field, "required: at least one")
        elif number > most:
            self.add(field, f"must be at most {most}, and is {number}")

    def positive(self, field: str, value: int) -> None:
        """Check a number that must be 1 at least.

        Args:
            field: Path of the field.
            value: Its value.
        """
        if value < 1:
            self.add(field, f"must be at least 1, and is {value}")

    def page_size(self, field: str, value: int) -> None:
        """Check a page's size.

        Args:
            field: Path of the field.
            value: Its value; 0 asks for the default.
        """
        if value < 0:
            self.add(field, f"must not be negative, and is {value}")
