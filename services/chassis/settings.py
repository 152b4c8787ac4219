"""Settings of a service: environment variables only, the same names on a laptop, in Compose and in Kubernetes."""

from __future__ import annotations

import os
import socket
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a service must be told, and what it may be told.

    Attributes:
        database_url: Its own database, with its own role: `postgresql://role:secret@host/database`.
        kafka_bootstrap_servers: Kafka's addresses: `host:port`, with commas between several.
        registry_url: Base URL of the registry's Confluent-compatible API.
        listen: Where its gRPC server listens: `host:port`.
        metrics_listen: Where Prometheus' metrics are served: `host:port`; empty for nowhere.
        instance: Name of this instance, the same after a restart.
        log_level: Least level that is logged.
        log_format: `json`, `text`, or `auto`: text on a terminal, else JSON.
        batch_max: Records, or calls, that share one transaction, at most.
        session_timeout: Seconds after which a silent instance's partitions go to others.
        transaction_timeout: Seconds after which the database ends a transaction. Less than the session timeout: a
            transaction must not outlive its owner's claim to the partition.
        max_concurrent_calls: Calls that are served at once; one more is refused.
        max_message_bytes: Longest message that is read.
        stop_grace: Seconds that calls in flight are given when the service stops.
        failpoint: For tests: where this process dies, fails or waits (`services/chassis/observe/failpoints.py`).
        clock_offset: For tests: seconds that this service's clock is ahead of the machine's.
    """

    model_config = SettingsConfigDict(env_prefix="QUADRILLE_", frozen=True)

    database_url: str
    kafka_bootstrap_servers: str
    registry_url: str
    listen: str = "127.0.0.1:0"
    metrics_listen: str = Field(default="", pattern=r"^(\[?[^\s/]+\]?:[0-9]{1,5})?$")
    instance: str = Field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "text"] = "auto"
    batch_max: int = Field(default=500, ge=1, le=5000)
    session_timeout: float = Field(default=10.0, ge=6.0, le=300.0)
    transaction_timeout: float = Field(default=8.0, gt=0)
    max_concurrent_calls: int = Field(default=2000, ge=1)
    max_message_bytes: int = Field(default=1 << 20, ge=1024, le=64 << 20)
    stop_grace: float = Field(default=5.0, ge=0)
    failpoint: str = ""
    clock_offset: float = Field(default=0.0, ge=-1e9, le=1e9)

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str) -> str:
        if not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return value

    @property
    def sqlalchemy_url(self) -> str:
        """The database's URL with the driver named."""
        return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]
