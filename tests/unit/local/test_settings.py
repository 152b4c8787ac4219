from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from local.errors import SettingsError
from local.passwords import ROLES
from local.settings import PORT_OFFSETS, Platform
from services.catalogue import SERVICES


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("QUADRILLE_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QUADRILLE_KAFKA_PORT", "many", "a port number from 1 to 65535"),
        ("QUADRILLE_ORDER_PORT", "70000", "a port number from 1 to 65535"),
        ("QUADRILLE_PORT_BASE", "-1", "a number from 1 to 64535"),
        ("QUADRILLE_INSTANCES", "0", "a number from 1 to 9"),
        ("QUADRILLE_RESTART_PAUSE", "0", "a number of seconds above 0"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_that_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        Platform.load()
    assert str(refusal.value) == f"{name} is {value!r}: it must be {said}."


def test_two_listeners_on_one_port_are_refused_and_both_variables_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUADRILLE_PORT_BASE", "30000")
    monkeypatch.setenv("QUADRILLE_ORDER_PORT", "30092")
    with pytest.raises(SettingsError, match="QUADRILLE_ORDER_PORT and QUADRILLE_KAFKA_PORT both mean port 30092"):
        Platform.load()


def test_two_instances_on_one_port_are_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUADRILLE_INSTANCES", "2")
    monkeypatch.setenv("QUADRILLE_PORT_BASE", "30000")
    monkeypatch.setenv("QUADRILLE_KAFKA_PORT", "30101")
    with pytest.raises(SettingsError, match="both mean port 30101"):
        Platform.load()


def test_the_port_base_moves_every_port_but_those_that_are_set(tmp_path: Path) -> None:
    platform = Platform.load(data=tmp_path, port_base=30000, kafka_port=9092)
    assert platform.kafka_bootstrap_servers == "127.0.0.1:9092"
    assert platform.service_address("order") == "127.0.0.1:30001"
    assert all(30000 <= platform.port(name) < 30100 for name in PORT_OFFSETS if name != "kafka")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUADRILLE_POSTGRES_URL", "")
    assert not Platform.load().is_external("postgres")


def test_each_service_has_its_own_role_database_and_password(tmp_path: Path) -> None:
    platform = Platform.load(data=tmp_path)
    urls = {service: platform.database_url(service) for service in SERVICES}
    passwords = {url.split(":")[2].split("@")[0] for url in urls.values()}
    assert len(passwords) == len(SERVICES)
    assert all(
        url.startswith(f"postgresql://{service}:") and url.endswith(f"/{service}") for service, url in urls.items()
    )


def test_passwords_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    first = Platform.load(data=tmp_path).database_url("order")
    file = tmp_path / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["order"] in first
    assert Platform.load(data=tmp_path).database_url("order") == first


def test_the_auditor_reads_each_database_as_a_role_of_its_own(tmp_path: Path) -> None:
    platform = Platform.load(data=tmp_path)
    assert platform.audit_url("payment").startswith("postgresql://quadrille_audit:")
    assert platform.audit_url("payment").endswith("/payment")


def test_the_auditors_url_gives_role_and_server_and_the_service_the_database(tmp_path: Path) -> None:
    platform = Platform.load(
        data=tmp_path, audit_database_url="postgresql://reader:pw@replica:5433/any?sslmode=require"
    )
    assert platform.audit_url("order") == "postgresql://reader:pw@replica:5433/order?sslmode=require"


def test_roles_live_on_the_external_server_when_there_is_one(tmp_path: Path) -> None:
    platform = Platform.load(
        data=tmp_path, external_postgres_url="postgresql://admin:pw@db:6000/postgres?sslmode=require"
    )
    url = platform.database_url("order")
    assert url.startswith("postgresql://order:")
    assert url.endswith("@db:6000/order?sslmode=require")
    assert "admin" not in url


def test_a_supervisor_in_another_process_sees_the_same_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Platform.load(
        data=tmp_path, port_base=30000, external_kafka="broker:9092", order_address="elsewhere:1", instances=2
    )
    for name, value in here.environment().items():
        monkeypatch.setenv(name, value)
    assert Platform.load() == here


def test_the_gateway_is_told_every_instance_of_order_wherever_they_run(tmp_path) -> None:
    ours = Platform.load(data=tmp_path, port_base=30000, instances=3)
    assert ours.service_addresses("order") == ("127.0.0.1:30001", "127.0.0.1:30101", "127.0.0.1:30201")
    assert ours.gateway_environment()["QUADRILLE_ORDER_ADDRESS"] == ",".join(ours.service_addresses("order"))
    elsewhere = Platform.load(data=tmp_path, order_address="10.0.0.1:9000, 10.0.0.2:9000", instances=3)
    assert elsewhere.service_addresses("order") == ("10.0.0.1:9000", "10.0.0.2:9000")


def test_a_service_that_is_newer_than_the_passwords_gets_one_and_the_others_keep_theirs(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"order": "old", "postgres": "older"}))
    assert ":old@" in Platform.load(data=tmp_path).database_url("order")
    known = json.loads(file.read_text())
    assert known["postgres"] == "older"
    assert set(known) == set(ROLES)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
