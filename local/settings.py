"""Where everything of the platform is: one class, read from `QUADRILLE_…` variables and nothing else.

The same names are used locally and in docker-compose.yml. `docs/local.md` lists them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, StringConstraints, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from local.errors import SettingsError
from local.passwords import AUDIT_ROLE, password
from services.catalogue import PLACES, SERVICES

GATEWAY = "gateway"
SERVERS = ("postgres", "kafka", "registry")
CHECKOUT = Path(__file__).resolve().parent.parent
PREFIX = "QUADRILLE_"
LOOPBACK = "127.0.0.1"


def offsets(place: int) -> tuple[int, int]:
    """Give the offsets of a service's gRPC and of its metrics. Those below and between are of other programs."""
    return (place, place + 10) if place <= 10 else (place + 29, place + 49)


# Offsets from QUADRILLE_PORT_BASE. A further instance of a service listens 100 above the one before it.
PORT_OFFSETS = {
    **{name: offsets(place)[0] for name, place in PLACES.items()},
    "gateway": 80,
    **{f"{name}_metrics": offsets(place)[1] for name, place in PLACES.items()},
    "gateway_metrics": 90,
    "postgres": 32,
    "registry": 81,
    "registry_management": 82,
    "kafka": 92,
    "kafka_controller": 93,
}
#: Those of which every instance has one.
INSTANCED = frozenset({*SERVICES, *(f"{service}_metrics" for service in SERVICES)})
INSTANCE_STRIDE = 100
# Below the ephemeral ports of Linux and macOS, so that no outgoing connection takes one of ours.
DEFAULT_PORT_BASE = 27000

RANGES = {
    "instances": "a number from 1 to 9",
    "restart_pause": "a number of seconds above 0",
    "console": "off, read or write",
    "port_base": "a number from 1 to 64535",
}

Port = Annotated[int, Field(ge=1, le=65535)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _places_of(service: str) -> dict[str, Any]:
    grpc, metrics = offsets(PLACES[service])
    return {
        f"{service}_port": (
            Port | None,
            Field(
                default=None,
                description=f"The gRPC port of {service}'s first instance; each further one listens "
                f"{INSTANCE_STRIDE} above the one before. Unset: the base + {grpc}.",
            ),
        ),
        f"{service}_metrics_port": (
            Port | None,
            Field(
                default=None,
                description=f"The port of the metrics of {service}'s first instance; each further one listens "
                f"{INSTANCE_STRIDE} above. Unset: the base + {metrics}.",
            ),
        ),
        f"{service}_database_url": (
            Text | None,
            Field(
                default=None,
                description=f"Role, password and database of {service}. Unset: role and database named after it.",
            ),
        ),
        f"{service}_audit_database_url": (
            Text | None,
            Field(
                default=None,
                description=f"As `QUADRILLE_AUDIT_DATABASE_URL`, for {service}'s database alone, where it has a "
                "server of its own; with the database's name.",
            ),
        ),
        f"{service}_address": (
            Text | None,
            Field(
                default=None,
                description=f"Where {service} runs: `host:port`, several with commas between. If set, it is not "
                "started here.",
            ),
        ),
    }


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, populate_by_name=True)


if TYPE_CHECKING:
    ServicePlaces = _Settings
else:
    # Settings that each service has, made from the catalogue.
    ServicePlaces = create_model(
        "ServicePlaces",
        __base__=_Settings,
        __module__=__name__,
        **{name: field for service in SERVICES for name, field in _places_of(service).items()},
    )


class Platform(ServicePlaces):
    """One platform: its folders, its ports, and the servers that somebody else runs.

    Where each service is: `ServicePlaces`.

    Build it with `Platform.load()`, which turns a bad variable into one sentence.

    Attributes:
        data: Data folder: databases, topics, logs, passwords.
        cache: Downloads, for all checkouts of a user. Unset: `$XDG_CACHE_HOME/quadrille` or `~/.cache/quadrille`.
        instances: How many of each service are started.
        port_base: Moves all ports.
        postgres_port: PostgreSQL. Unset: the base + 32.
        registry_port: The registry. Unset: the base + 81.
        registry_management_port: The registry's health and metrics. Unset: the base + 82.
        kafka_port: Kafka. Unset: the base + 92.
        kafka_controller_port: Kafka's controller. Unset: the base + 93.
        gateway_port: HTTP. Unset: the base + 80.
        gateway_metrics_port: The gateway's metrics. Unset: the base + 90.
        kafka_advertised: Where the local broker's clients reach it, if that is another place: a proxy's `host:port`.
        console: Whether the gateway is started with the console on it, and whether that may change something.
        restart_pause: Longest pause, in seconds, before what keeps dying is started again.
        external_postgres_url: PostgreSQL that somebody else runs: a role that may create roles and databases.
        external_kafka: Kafka that somebody else runs: `host:port`, with commas between several.
        external_registry_url: A registry that somebody else runs: base URL of its Confluent-compatible API.
        audit_database_url: Server, role and password of who may only read; the database is each service's in turn.
            Unset: the role `quadrille_audit` on the server of each service's own database.
    """

    data: Path = CHECKOUT / ".quadrille"
    cache: Path | None = None
    instances: Annotated[int, Field(ge=1, le=9)] = 1

    port_base: Annotated[int, Field(ge=1, le=64535)] = DEFAULT_PORT_BASE
    postgres_port: Port | None = None
    registry_port: Port | None = None
    registry_management_port: Port | None = None
    kafka_port: Port | None = None
    kafka_controller_port: Port | None = None
    gateway_port: Port | None = None
    gateway_metrics_port: Port | None = None

    kafka_advertised: Text | None = None
    console: Literal["off", "read", "write"] = "read"
    restart_pause: Annotated[float, Field(gt=0)] = 10.0

    external_postgres_url: Text | None = Field(default=None, validation_alias=PREFIX + "POSTGRES_URL")
    external_kafka: Text | None = Field(default=None, validation_alias=PREFIX + "KAFKA_BOOTSTRAP_SERVERS")
    external_registry_url: Text | None = Field(default=None, validation_alias=PREFIX + "REGISTRY_URL")

    audit_database_url: Text | None = None

    @classmethod
    def load(cls, **values: Any) -> Platform:
        """Read the environment.

        Args:
            **values: Settings by field name that win over the environment.

        Returns:
            The platform.

        Raises:
            SettingsError: If a variable is unusable; the message names it.
        """
        try:
            platform = cls(**values)
        except ValidationError as error:
            raise SettingsError(_explain(error)) from None
        platform.check_ports()
        return platform

    def model_post_init(self, _context: Any, /) -> None:
        """Make the folders absolute: a supervisor and its services run elsewhere."""
        object.__setattr__(self, "data", self.data.expanduser().absolute())
        cache = self.cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quadrille"
        object.__setattr__(self, "cache", cache.expanduser().absolute())

    def check_ports(self) -> None:
        """Refuse two listeners on one port.

        Raises:
            SettingsError: Naming both variables.
        """
        seen: dict[int, str] = {}
        for name in PORT_OFFSETS:
            for instance in range(1, self.instances + 1 if name in INSTANCED else 2):
                number = self.port(name, instance)
                if number > 65535:
                    raise SettingsError(
                        f"{variable(name, 'port')} or {PREFIX}PORT_BASE puts {name} on port {number},"
                        " but 65535 is the last one."
                    )
                if number in seen and seen[number] != name:
                    first, second = variable(seen[number], "port"), variable(name, "port")
                    raise SettingsError(
                        f"{first} and {second} both mean port {number}; set one of them to another port."
                    )
                seen[number] = name

    def port(self, name: str, instance: int = 1) -> int:
        """Return the port of a server, or of one instance of a service."""
        chosen: int | None = getattr(self, f"{name}_port")
        return (chosen or self.port_base + PORT_OFFSETS[name]) + INSTANCE_STRIDE * (instance - 1)

    def is_external(self, server: str) -> bool:
        """Tell whether somebody else runs this server."""
        return self._external()[server] is not None

    def runs_elsewhere(self, service: str) -> bool:
        """Tell whether somebody else runs this service: its address is set."""
        return getattr(self, f"{service}_address") is not None

    def _external(self) -> dict[str, str | None]:
        return {
            "postgres": self.external_postgres_url,
            "kafka": self.external_kafka,
            "registry": self.external_registry_url,
        }

    @property
    def cache_folder(self) -> Path:
        """Where downloads are kept, for all checkouts of this user."""
        assert self.cache is not None  # noqa: S101 - set in model_post_init
        return self.cache

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """What the supervisor says about itself, and the locks."""
        return self.data / "run"

    @property
    def kafka_bootstrap_servers(self) -> str:
        """Where Kafka's clients begin."""
        return self.external_kafka or f"{LOOPBACK}:{self.port('kafka')}"

    @property
    def registry_url(self) -> str:
        """The registry's Confluent-compatible API."""
        return self.external_registry_url or f"http://{LOOPBACK}:{self.port('registry')}/apis/ccompat/v7"

    @property
    def postgres_admin_url(self) -> str:
        """A role that may create roles and databases."""
        return self.external_postgres_url or self._url("postgres", "postgres")

    def server_address(self, server: str) -> str:
        """Return where a server is, as it may be shown: without a password."""
        match server:
            case "postgres" if self.external_postgres_url:
                url = urlsplit(self.external_postgres_url)
                return urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2], query=""))
            case "postgres":
                return f"postgresql://{LOOPBACK}:{self.port('postgres')}"
            case "kafka":
                return self.kafka_bootstrap_servers
            case _:
                return self.registry_url

    @property
    def registry_database_url(self) -> str:
        """The local registry's own database."""
        return self._url("registry", "registry")

    def database_url(self, service: str) -> str:
        """Return the database of a service, as its own role."""
        chosen: str | None = getattr(self, f"{service}_database_url")
        return chosen or self._url(service, service)

    def audit_url(self, service: str) -> str:
        """Return the database of a service, as the role that can only read.

        `QUADRILLE_<SERVICE>_AUDIT_DATABASE_URL` gives all of it for one service; `QUADRILLE_AUDIT_DATABASE_URL` gives
        server, role and password for the others, and its database is replaced by the service's. Without either, the
        server is that of the service's own database.
        """
        chosen: str | None = getattr(self, f"{service}_audit_database_url")
        if chosen:
            return chosen
        own = urlsplit(self.database_url(service))
        if self.audit_database_url:
            return urlunsplit(urlsplit(self.audit_database_url)._replace(path=own.path))
        place = own.netloc.rpartition("@")[2]
        return urlunsplit(own._replace(netloc=f"{AUDIT_ROLE}:{password(self.data, AUDIT_ROLE)}@{place}"))

    def service_address(self, service: str, instance: int = 1) -> str:
        """Return host and port of a service's gRPC API."""
        chosen: str | None = getattr(self, f"{service}_address")
        return chosen or f"{LOOPBACK}:{self.port(service, instance)}"

    def service_addresses(self, service: str) -> tuple[str, ...]:
        """Return host and port of the gRPC API of every instance of a service."""
        chosen: str | None = getattr(self, f"{service}_address")
        if chosen is not None:
            return tuple(part.strip() for part in chosen.split(","))
        return tuple(self.service_address(service, number) for number in range(1, self.instances + 1))

    def service_environment(self, service: str, instance: int = 1) -> dict[str, str]:
        """Return the variables that a service reads; docker-compose.yml sets the same ones."""
        return {
            "QUADRILLE_DATABASE_URL": self.database_url(service),
            "QUADRILLE_KAFKA_BOOTSTRAP_SERVERS": self.kafka_bootstrap_servers,
            "QUADRILLE_REGISTRY_URL": self.registry_url,
            "QUADRILLE_LISTEN": f"{LOOPBACK}:{self.port(service, instance)}",
            "QUADRILLE_METRICS_LISTEN": f"{LOOPBACK}:{self.port(f'{service}_metrics', instance)}",
            "QUADRILLE_INSTANCE": f"{service}-{instance}",
        }

    @property
    def gateway_url(self) -> str:
        """Where the gateway serves HTTP."""
        return f"http://{LOOPBACK}:{self.port('gateway')}"

    def gateway_environment(self) -> dict[str, str]:
        """Return the variables that the gateway reads; docker-compose.yml sets the same ones."""
        return {
            "QUADRILLE_ORDER_ADDRESS": ",".join(self.service_addresses("order")),
            "QUADRILLE_GATEWAY_LISTEN": f"{LOOPBACK}:{self.port('gateway')}",
            "QUADRILLE_METRICS_LISTEN": f"{LOOPBACK}:{self.port('gateway_metrics')}",
            "QUADRILLE_INSTANCE": GATEWAY,
        }

    def console_environment(self) -> dict[str, str]:
        """Return the variables that the gateway with the console reads, beside those that make this platform again."""
        own = self.gateway_environment()
        # Set, it would mean that somebody else runs the order service; the console finds it as all others do.
        del own["QUADRILLE_ORDER_ADDRESS"]
        return own

    @property
    def console_url(self) -> str:
        """Where the console is, if there is one."""
        return f"{self.gateway_url}/console/"

    def environment(self) -> dict[str, str]:
        """Return the variables that make `Platform.load()` give this platform again, in another process."""
        fields = type(self).model_fields
        values = {name: getattr(self, name) for name in fields}
        return {
            str(fields[name].validation_alias or PREFIX + name.upper()): str(value)
            for name, value in values.items()
            if value is not None
        }

    def _url(self, role: str, database: str) -> str:
        secret = password(self.data, role)
        if self.external_postgres_url is None:
            return f"postgresql://{role}:{secret}@{LOOPBACK}:{self.port('postgres')}/{database}"
        admin = urlsplit(self.external_postgres_url)
        place = admin.netloc.rpartition("@")[2]
        return urlunsplit(admin._replace(netloc=f"{quote(role)}:{secret}@{place}", path=f"/{database}"))


def variable(name: str, kind: str = "") -> str:
    """Return the environment variable of a setting: `variable("kafka", "port")` is `QUADRILLE_KAFKA_PORT`."""
    return PREFIX + (f"{name}_{kind}" if kind else name).upper()


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    location = str(first["loc"][0]) if first["loc"] else ""
    name = location if location.startswith(PREFIX) else PREFIX + location.upper()
    wanted = first["msg"][0].lower() + first["msg"][1:]
    if location.endswith("port") or location in RANGES:
        wanted = f"it must be {RANGES.get(location, 'a port number from 1 to 65535')}"
    return f"{name} is {first['input']!r}: {wanted}."
