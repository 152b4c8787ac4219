"""docker-compose.yml without an engine: its shape, and what of it can run here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml

from local import artifacts, postgres
from local.settings import PORT_OFFSETS, Platform
from services.catalogue import SERVICES

CHECKOUT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
DEFAULT = re.compile(r"\$\{(\w+):-([^}]*)\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file as Compose reads it in an empty environment."""
    text = DEFAULT.sub(r"\2", (CHECKOUT / "docker-compose.yml").read_text())
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def test_the_file_is_what_the_compose_specification_says(compose: dict[str, Any]) -> None:
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text())
    jsonschema.validate(compose, schema)
    jsonschema.validate(yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text()), schema)


def test_every_service_of_ours_is_there_and_waits_for_the_migration(compose: dict[str, Any]) -> None:
    for service in SERVICES:
        assert compose["services"][service]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"}
        }


def test_everything_that_stays_up_says_whether_it_is_healthy(compose: dict[str, Any]) -> None:
    silent = [name for name, one in compose["services"].items() if "healthcheck" not in one and name != "migrate"]
    assert silent == []


def test_every_port_is_published_on_loopback_only_and_where_the_local_platform_has_it(compose: dict[str, Any]) -> None:
    platform = Platform()
    local = {platform.port(name) for name in PORT_OFFSETS}
    for name, one in compose["services"].items():
        for published in one.get("ports", []):
            address, port, _ = published.split(":")
            assert address == "127.0.0.1", name
            # Those that only Compose has are on ports of their own, which no other has.
            assert int(port) == platform.port(name) if "profiles" not in one else int(port) not in local


def test_services_get_the_variables_that_the_supervisor_gives_them(compose: dict[str, Any], tmp_path: Path) -> None:
    platform = Platform.load(data=tmp_path)
    for service in SERVICES:
        assert settings(compose, service) == platform.service_environment(service).keys()
        assert compose["services"][service]["command"] == ["python", "-m", f"services.{service}"]
    assert settings(compose, "gateway") == platform.gateway_environment().keys()
    for name in (*SERVICES, "gateway"):
        assert compose["services"][name]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == "", "traces are off"


def settings(compose: dict[str, Any], name: str) -> set[str]:
    return {setting for setting in compose["services"][name]["environment"] if setting.startswith("QUADRILLE_")}


def test_what_only_operators_look_at_is_not_started_unless_it_is_asked_for(compose: dict[str, Any]) -> None:
    asked_for = {name for name, one in compose["services"].items() if one.get("profiles") == ["telemetry"]}
    assert asked_for == {"prometheus", "grafana", "jaeger"}
    for name in asked_for:
        assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+", compose["services"][name]["image"]), "pinned"
        for volume in compose["services"][name].get("volumes", []):
            source = volume.partition(":")[0]
            assert (CHECKOUT / source).is_dir() if source.startswith("./") else source in compose["volumes"]


def test_the_migration_and_the_services_agree_about_roles_and_passwords(compose: dict[str, Any]) -> None:
    migration = compose["services"]["migrate"]["environment"]
    for service in SERVICES:
        own = compose["services"][service]["environment"]["QUADRILLE_DATABASE_URL"]
        assert migration[f"QUADRILLE_{service.upper()}_DATABASE_URL"] == own
        assert urlsplit(own).username == service
        assert urlsplit(own).path == f"/{service}"


def test_the_servers_are_the_versions_that_run_locally(compose: dict[str, Any]) -> None:
    versions = {artifact.name: artifact.version for artifact in artifacts.locked()}
    images = {name: one["image"].partition(":")[2] for name, one in compose["services"].items()}
    assert images["kafka"] == versions["kafka_2.13"]
    assert images["registry"] == versions["apicurio-registry-app"]
    assert images["postgres"] == str(postgres.VERSION)


def test_our_image_runs_as_nobody_in_particular_and_holds_no_tools() -> None:
    text = (CHECKOUT / "Dockerfile").read_text()
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d*$", last, re.MULTILINE)
    assert "--require-hashes -r /requirements.txt" in text
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE)
    assert all((CHECKOUT / source).exists() for source in copied)
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert sorted(line[1:] for line in ignored if line.startswith("!")) == sorted(copied)


def on_this_machine(environment: dict[str, str], platform: Platform, listen: str | None = None) -> dict[str, str]:
    """Replace addresses, and nothing else; the administrator of another server has another password."""
    replaced = {}
    for name, value in environment.items():
        if name == "QUADRILLE_POSTGRES_URL":
            replaced[name] = platform.postgres_admin_url
        elif name == "QUADRILLE_LISTEN":
            replaced[name] = listen or value
        elif name == "QUADRILLE_METRICS_LISTEN":
            replaced[name] = ""  # containers have a port 9100 each
        else:
            replaced[name] = (
                value.replace("@postgres:5432", f"@127.0.0.1:{platform.port('postgres')}")
                .replace("kafka:9092", platform.kafka_bootstrap_servers)
                .replace("http://registry:8080", f"http://127.0.0.1:{platform.port('registry')}")
            )
    bare = {name: value for name, value in os.environ.items() if not name.startswith("QUADRILLE_")}
    return bare | replaced


def command(line: list[str]) -> list[str]:
    """Replace the container's Python by this one."""
    assert line[0] == "python"
    return [sys.executable, *line[1:]]


@contextmanager
def running(line: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(command(line), env=environment, cwd=CHECKOUT, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()


@contextmanager
def without_services(platform: Platform) -> Iterator[None]:
    """Take the platform's own services away for a while, and give their roles their passwords back."""
    from local import catalogue, provision, state
    from local.platform import set_running, start

    servers = catalogue.server_names(platform)
    set_running(platform, servers)
    while set(state.read(platform.run).processes) != set(servers):  # type: ignore[union-attr]
        time.sleep(0.1)
    try:
        yield
    finally:
        provision.provision(platform)
        start(platform)


@pytest.mark.live
def test_commands_and_environments_of_the_file_serve_on_local_servers(
    compose: dict[str, Any], platform: Platform, tmp_path: Path
) -> None:
    if any(platform.is_external(server) for server in ("postgres", "kafka", "registry")):
        pytest.skip("it changes passwords, which it does on servers of its own only")
    services = compose["services"]
    with without_services(platform), ExitStack() as stack:
        migration = services["migrate"]
        environment = on_this_machine(migration["environment"], platform)
        # As in the container, where the checkout cannot be written to.
        environment["QUADRILLE_DATA"] = str(tmp_path / "never")
        subprocess.run(command(migration["command"]), env=environment, cwd=CHECKOUT, check=True, capture_output=True)
        assert not (tmp_path / "never").exists()

        for service in SERVICES:
            listen = platform.service_address(service)
            environment = on_this_machine(services[service]["environment"], platform, listen)
            log = tmp_path / f"{service}.log"
            process = stack.enter_context(running(services[service]["command"], environment, log))
            check = services[service]["healthcheck"]["test"]
            assert check[0] == "CMD"
            asks = [text.replace("127.0.0.1:9000", listen) for text in command(check[1:])]
            deadline = time.monotonic() + READY_SECONDS
            while subprocess.run(asks, cwd=CHECKOUT, check=False).returncode != 0:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()

        gateway = services["gateway"]
        replaced = {
            "order:9000": platform.service_address("order"),
            "0.0.0.0:8080": platform.gateway_url[7:],
            "0.0.0.0:9100": "",
        }
        environment = {name: replaced.get(value, value) for name, value in gateway["environment"].items()}
        stack.enter_context(running(gateway["command"], {**os.environ, **environment}, tmp_path / "gateway.log"))
        asks = [text.replace("http://127.0.0.1:8080", platform.gateway_url) for text in gateway["healthcheck"]["test"]]
        deadline = time.monotonic() + READY_SECONDS
        while subprocess.run(command(asks[1:]), cwd=CHECKOUT, check=False).returncode != 0:
            assert time.monotonic() < deadline, (tmp_path / "gateway.log").read_text()
