"""Settings of a service that calls somebody outside."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from services.chassis.settings import Settings


def _http(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value


#: How many more calls than there are slots may go on without one, because their answers are slow.
WITHOUT_SLOT_FACTOR = 4

#: Base URL of a provider; empty for the one that is here.
Url = Annotated[str, AfterValidator(_http)]


class CallSettings(Settings):
    """How calls are made.

    Attributes:
        call_timeout: Seconds that one attempt may take. Then the answer is unknown, and it is asked again.
        call_concurrency: Calls that are under way at once, at most; and as many of lanes whose
            answers are slow. Beside them, four times as many that turned out to be slow.
        call_first_backoff: Seconds until a call whose answer is unknown is asked again; then twice as long each time.
        call_longest_backoff: Seconds between two attempts, at most, unless the provider asks for more.
    """

    call_timeout: float = Field(default=5.0, gt=0)
    call_concurrency: int = Field(default=64, ge=1, le=1000)
    call_first_backoff: float = Field(default=0.5, gt=0)
    call_longest_backoff: float = Field(default=60.0, gt=0)

    @property
    def most_under_way(self) -> int:
        """Calls that can be under way at once, at most."""
        return (2 + WITHOUT_SLOT_FACTOR) * self.call_concurrency
