"""Settings of the console: environment variables only, beside those of the gateway and of the platform."""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator
from pydantic_settings import NoDecode

from gateway.settings import Settings as GatewaySettings
from local.settings import Platform

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Settings(GatewaySettings):
    """What the process with the console may be told.

    Attributes:
        console: `off`: the API alone. `read`: the console shows. `write`: it may also place and cancel orders, and
            replay and drop dead letters.
        console_hosts: Names under which browsers reach it, separated by commas. Any other is refused: a page of
            somebody else could let its own name point here.
        console_metrics: Addresses of the order service's metrics, separated by commas; those of the local instances if
            empty.
    """

    console: Literal["off", "read", "write"] = "read"
    console_hosts: Annotated[tuple[Name, ...], NoDecode] = ("127.0.0.1", "localhost", "::1")
    console_metrics: Annotated[tuple[Name, ...], NoDecode] = Field(default=())

    @field_validator("console_hosts", "console_metrics", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def may_write(self) -> bool:
        """Whether the console may change something."""
        return self.console == "write"


def read(platform: Platform) -> Settings:
    """Read the settings. What the gateway is not told is where the platform has it.

    Args:
        platform: Where everything is.

    Returns:
        The settings.

    Raises:
        ValidationError: A variable is unusable.
    """
    known: dict[str, str] = {}
    if "QUADRILLE_ORDER_ADDRESS" not in os.environ:
        known["order_address"] = platform.service_address("order")
    if "QUADRILLE_GATEWAY_LISTEN" not in os.environ:
        known["gateway_listen"] = platform.gateway_url.removeprefix("http://")
    return Settings(**known)  # type: ignore[arg-type]
