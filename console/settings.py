"""Settings of the console: environment variables only, beside those of the gateway and of the platform."""

from __future__ import annotations

import os
from typing import Literal

from gateway.settings import Settings as GatewaySettings
from local.settings import Platform


class Settings(GatewaySettings):
    """What the process with the console can be set.

    Attributes:
        console: `off`: the API alone. `read`: the console shows. `write`: it may also place and cancel orders, and
            replay and drop dead letters.
        console_hosts: Names under which browsers reach it, separated by commas. Any other is refused: a page of
            somebody else could let its own name point here.
        console_metrics: Addresses of the order service's metrics, separated by commas; those of the local instances if
            empty.
    """

    console: Literal["off", "read", "write"] = "read"
    console_hosts: str = "127.0.0.1,localhost,::1"
    console_metrics: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which browsers reach it."""
        return _parts(self.console_hosts)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The addresses of the order service's metrics that were set."""
        return _parts(self.console_metrics)

    @property
    def may_write(self) -> bool:
        """Whether the console may change something."""
        return self.console == "write"


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def read(platform: Platform) -> Settings:
    """Read the settings. What is not set for the gateway is where the platform has it.

    Args:
        platform: Where everything is.

    Returns:
        The settings.

    Raises:
        ValidationError: A variable is unusable.
    """
    known: dict[str, str] = {}
    if "QUADRILLE_ORDER_ADDRESS" not in os.environ:
        known["order_address"] = ",".join(platform.service_addresses("order"))
    if "QUADRILLE_GATEWAY_LISTEN" not in os.environ:
        known["gateway_listen"] = platform.gateway_url.removeprefix("http://")
    return Settings(**known)  # type: ignore[arg-type]
