"""Databases on servers of their own, and of a kind that services cannot use: each is told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import create_engine, text

from admin.audit.reading import read
from admin.databases import owned
from admin.errors import AdminError, Refused, Unreachable
from cli.commands import audit
from local import auditor, provision
from local.errors import LocalError
from local.platform import start
from local.settings import Platform
from services.chassis.errors import DatabaseAway
from services.chassis.postgres.engine import Revisions, check_revision, make_engine
from services.chassis.postgres.migrate import migrate
from tests.support.platforms import environment, fresh

pytestmark = pytest.mark.live

ANY = Revisions("0001", "9999")


def driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def other_encoding(platform: Platform, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of shipping's role in another encoding."""
    own = urlsplit(platform.database_url("shipping"))
    name = f"shipping_{request.param.lower()}"
    with psycopg.connect(platform.postgres_admin_url, autocommit=True) as admin:
        made = "CREATE DATABASE {} OWNER {} ENCODING {} LOCALE 'C' TEMPLATE template0"
        owner = sql.Identifier(own.username or "")
        admin.execute(sql.SQL(made).format(sql.Identifier(name), owner, sql.Literal(request.param)))
        try:
            yield urlunsplit(own._replace(path=f"/{name}"))
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_database_that_is_not_utf_8_is_told_by_services_migrations_and_commands(
    platform: Platform, other_encoding: str
) -> None:
    said = "and must be UTF8"
    engine = make_engine(driver(other_encoding), transaction_timeout=8, application_name="test")
    with pytest.raises(DatabaseAway, match=said):
        check_revision(engine, "shipping", ANY)
    engine.dispose()
    with pytest.raises(DatabaseAway, match=said):
        migrate("shipping", driver(other_encoding))
    there = platform.model_copy(update={"shipping_database_url": other_encoding})
    with pytest.raises(LocalError, match=said):
        provision.migrate(there)
    with pytest.raises(AdminError, match=said), owned(there, "shipping") as owners, owners.connect():
        pass
    with pytest.raises(Refused, match=said):
        read(there)


def test_settings_that_a_pooler_has_dropped_are_missed(platform: Platform) -> None:
    engine = create_engine(driver(platform.database_url("shipping")))  # asks for none, as if they had been dropped
    with pytest.raises(DatabaseAway, match="Poolers"):
        check_revision(engine, "shipping", ANY)
    # As docs/scaling.md says: the role has them.
    with engine.connect() as connection:
        connection.execute(text("SET transaction_timeout = '8s'"))
        connection.execute(text("SET timezone = 'UTC'"))
        connection.commit()
    check_revision(engine, "shipping", ANY)
    engine.dispose()


@pytest.fixture(scope="module")
def split(platform: Platform) -> Iterator[tuple[Platform, Platform]]:
    """The platform with payment's database on another server; and that server."""
    servers = {"external_kafka": platform.kafka_bootstrap_servers, "external_registry_url": platform.registry_url}
    with environment({}), fresh("split", **servers) as other:
        start(other, services=False)
        place = urlsplit(other.postgres_admin_url).netloc.rpartition("@")[2]
        url = f"postgresql://payment_there:secret@{place}/payment_there"
        provision.own_database(other.postgres_admin_url, url)
        yield platform.model_copy(update={"payment_database_url": url}), other


def test_the_audit_reads_databases_on_several_servers(
    split: tuple[Platform, Platform], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, other = split
    provision.provision(whole)
    provision.migrate(whole)
    # The other server answers, and does not know the auditor of this platform: that is what is said, and what helps.
    with pytest.raises(Refused, match=r"payment.* answers and refuses the role quadrille_audit.*--grants"):
        read(whole)
    assert [remark.split()[1] for remark in auditor.shut_out(whole)] == ["payment"]
    for name, value in whole.environment().items():
        monkeypatch.setenv(name, value)
    printed = CliRunner().invoke(audit.command, ["--grants"], standalone_mode=False)
    _, _, of_other = printed.output.partition(f":{other.port('postgres')},")
    with psycopg.connect(other.postgres_admin_url, autocommit=True) as admin:
        admin.execute(of_other.partition("\n")[2].partition("\n\n")[0])
    assert auditor.shut_out(whole) == []
    facts = read(whole)
    assert not facts.payments
    # An administrator elsewhere may give the role another name.
    named = whole.model_copy(update={"payment_audit_database_url": other.postgres_admin_url.replace("/postgres", "/x")})
    assert named.audit_url("payment").endswith("/x")
    assert named.audit_url("order") == whole.audit_url("order")


def test_a_database_that_is_not_there_and_a_server_that_is_not_are_told_apart(platform: Platform) -> None:
    missing = platform.database_url("payment").replace("/payment", "/nowhere")
    with pytest.raises(Refused, match="has no database nowhere"):
        read(platform.model_copy(update={"payment_database_url": missing}))
    away = platform.database_url("payment").replace(f":{platform.port('postgres')}/", ":1/")
    with pytest.raises(Unreachable, match="does not answer"):
        read(platform.model_copy(update={"payment_database_url": away}))
