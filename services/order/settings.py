"""Settings of the order service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from services.chassis.settings import Settings

_DURATION: TypeAdapter[timedelta] = TypeAdapter(timedelta)


class OrderSettings(Settings):
    """What the order service may be told beside what every service is.

    Attributes:
        order_deadline: How long an order may take, as ISO 8601 (`PT1H`) or in seconds.
        max_open_orders: Orders that may be under way in all services; one more is refused until some have ended.
    """

    order_deadline: timedelta = Field(default=timedelta(hours=1), gt=timedelta(0))
    max_open_orders: int = Field(default=20_000, ge=1)

    @field_validator("order_deadline", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> timedelta:
        # The environment holds text only, and pydantic takes a number of seconds for a duration, but not its text.
        try:
            return _DURATION.validate_python(float(value) if isinstance(value, str) and _is_number(value) else value)
        except ValidationError:
            raise ValueError(f"must be a duration such as PT1H, or seconds such as 90, and is {value!r}") from None


def _is_number(value: str) -> bool:
    return value.strip().lstrip("-").replace(".", "", 1).isdigit()
