"""Apicurio Registry, with its Confluent-compatible API, on loopback.

It keeps its schemas in a database of its own in PostgreSQL rather than in its embedded H2: H2 writes behind by up to
half a second, so a kill can lose a schema id that records in Kafka already carry; PostgreSQL acknowledges nothing
before it is on disk, and one backup holds both.
"""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local import artifacts, java, provision
from local.program import Program
from local.settings import LOOPBACK, variable

if TYPE_CHECKING:
    from local.settings import Platform

HEAP_MEGABYTES = 384
PROBE_SECONDS = 5.0


def program(platform: Platform) -> Program:
    """Describe the registry's process.

    Args:
        platform: Where its database and ports are.
    """
    database = urlsplit(platform.registry_database_url)
    place = database.netloc.rpartition("@")[2]
    scratch = platform.run / "registry-tmp"

    def prepare() -> None:
        java.empty(scratch)
        provision.own_database(platform.postgres_admin_url, platform.registry_database_url)

    return Program(
        name="registry",
        kind="server",
        argv=(
            *java.command(HEAP_MEGABYTES, scratch),
            *java.quick_start(platform, "registry"),
            "-jar",
            str(artifacts.unpacked(platform, "registry") / "quarkus-run.jar"),
        ),
        environment={
            "QUARKUS_HTTP_HOST": LOOPBACK,
            "QUARKUS_HTTP_PORT": str(platform.port("registry")),
            "QUARKUS_MANAGEMENT_HOST": LOOPBACK,
            "QUARKUS_MANAGEMENT_PORT": str(platform.port("registry_management")),
            "QUARKUS_BANNER_ENABLED": "false",
            "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
            "APICURIO_STORAGE_KIND": "sql",
            "APICURIO_STORAGE_SQL_KIND": "postgresql",
            "APICURIO_STORAGE_SNAPSHOT_LOCATION": str(scratch),
            "APICURIO_IMPORT_WORK_DIR": str(scratch),
            "APICURIO_DATASOURCE_URL": f"jdbc:postgresql://{place}{database.path}",
            "APICURIO_DATASOURCE_USERNAME": database.username or "",
            "APICURIO_DATASOURCE_PASSWORD": database.password or "",
            "APICURIO_DATASOURCE_JDBC_INITIAL_SIZE": "2",
            "APICURIO_DATASOURCE_JDBC_MIN_SIZE": "2",
            "APICURIO_DATASOURCE_JDBC_MAX_SIZE": "10",
        },
        ports={
            variable("registry", "port"): platform.port("registry"),
            variable("registry_management", "port"): platform.port("registry_management"),
        },
        prepare=prepare,
        probe=lambda: probe(platform.registry_url),
        finish=lambda: java.keep_start_file(platform, "registry"),
        stop_grace=60.0,
        after=() if platform.is_external("postgres") else ("postgres",),
        address=platform.registry_url,
    )


def probe(url: str) -> None:
    """Ask a registry for its subjects.

    Args:
        url: Base URL of its Confluent-compatible API.

    Raises:
        OSError: If it does not answer.
    """
    if not url.startswith(("http://", "https://")):
        raise OSError(f"{url} is no http:// or https:// URL")
    with urllib.request.urlopen(f"{url}/subjects", timeout=PROBE_SECONDS) as answer:  # noqa: S310 - checked above
        answer.read()
