"""Settings of the gateway: environment variables only."""

from __future__ import annotations

import os
import socket
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway import channels

_ADDRESS = r"\[?[^\s/,]*[^\s/:,]\]?:[0-9]{1,5}"


def _of_one_kind(addresses: str) -> str:
    channels.target(channels.split(addresses))
    return addresses


Address = Annotated[str, StringConstraints(pattern=f"^{_ADDRESS}$")]
#: One, or several with commas between.
Addresses = Annotated[str, StringConstraints(pattern=f"^{_ADDRESS}( *, *{_ADDRESS})*$"), AfterValidator(_of_one_kind)]


class Settings(BaseSettings):
    """What the gateway may be told.

    Attributes:
        order_address: The order service's gRPC API: `host:port` of one name that leads to all instances, or the IP
            addresses of all, with commas between.
        gateway_listen: Where HTTP is served: `host:port`.
        metrics_listen: Where Prometheus' metrics are served: `host:port`; empty for nowhere.
        gateway_deadline: Seconds that a call may take whose caller says nothing about it.
        gateway_longest_deadline: Most seconds that a caller may ask for in `Request-Timeout`.
        gateway_max_body_bytes: Longest body that is read.
        gateway_max_connections: Connections that are held at once, streams included. One more is told 503.
        gateway_max_head_bytes: Longest request line with its headers that is read.
        gateway_max_headers: Most headers of a request.
        gateway_head_timeout_seconds: Seconds that a connection has to send its first request line and headers, and
            every further request from its first byte on.
        gateway_body_timeout_seconds: Seconds that a body may take from the end of the headers on.
        gateway_write_timeout_seconds: Seconds after which a caller is dropped that reads nothing of what waits for it.
        gateway_heartbeat: Seconds of silence after which a stream gets a comment, so that nobody takes it for dead.
        gateway_stop_grace: Seconds that requests in flight are given when the gateway stops.
        instance: Name of this instance, for the logs.
        log_level: Least level that is logged.
    """

    model_config = SettingsConfigDict(env_prefix="QUADRILLE_", frozen=True)

    order_address: Addresses = "127.0.0.1:27001"
    gateway_listen: Address = "127.0.0.1:27080"
    metrics_listen: Address | Literal[""] = ""
    gateway_deadline: float = Field(default=10.0, gt=0)
    gateway_longest_deadline: float = Field(default=60.0, gt=0)
    gateway_max_body_bytes: int = Field(default=1 << 20, ge=1024, le=1 << 24)
    gateway_max_connections: int = Field(default=1000, ge=1)
    gateway_max_head_bytes: int = Field(default=32 << 10, ge=1024, le=1 << 20)
    gateway_max_headers: int = Field(default=100, ge=10, le=10_000)
    gateway_head_timeout_seconds: float = Field(default=10.0, gt=0)
    gateway_body_timeout_seconds: float = Field(default=30.0, gt=0)
    gateway_write_timeout_seconds: float = Field(default=30.0, gt=0)
    gateway_heartbeat: float = Field(default=15.0, gt=0)
    gateway_stop_grace: float = Field(default=5.0, ge=0)
    instance: str = Field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def host(self) -> str:
        """Where to listen: the host."""
        return self.gateway_listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """Where to listen: the port."""
        return int(self.gateway_listen.rpartition(":")[2])
