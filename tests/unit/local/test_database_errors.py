"""Why a database cannot be used: it does not answer, it refuses, it is not there. Three things to do, three words."""

from __future__ import annotations

import psycopg
import pytest

from local.database_errors import Away, Missing, Refuses, Unreadable, tell
from services.chassis.postgres import server_requirements

URL = "postgresql://reader:secret@db:5432/payment"
CONNECTION = 'connection failed: connection to server at "10.0.0.1", port 5432 failed: '

#: What libpq gave of PostgreSQL 15, 18 and PgBouncer 1.18; German words are of the server's own catalogue.
SAID = {
    f"{CONNECTION}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?": Away,
    "connection failed: could not translate host name": Away,
    "connection timeout expired": Away,
    f"{CONNECTION}server closed the connection unexpectedly\n\tThis probably means": Away,
    f"{CONNECTION}FATAL:  the database system is starting up": Away,
    f"{CONNECTION}FATAL:  sorry, too many clients already": Away,
    f'{CONNECTION}FATAL:  password authentication failed for user "reader"': Refuses,
    f'{CONNECTION}FATAL:  role "reader" does not exist': Refuses,
    f"{CONNECTION}FATAL:  Passwort-Authentifizierung für Benutzer »reader« fehlgeschlagen": Refuses,
    f'{CONNECTION}FATAL:  permission denied for database "payment"\nDETAIL:  User does not have CONNECT': Refuses,
    f'{CONNECTION}FATAL:  no pg_hba.conf entry for host "10.0.0.2", user "reader", database "payment"': Refuses,
    f"{CONNECTION}FATAL:  unsupported startup parameter: options": Refuses,
    f'{CONNECTION}FATAL:  database "payment" does not exist': Missing,
    'connection failed: several\n- host: "::1": refused\n- host: "1": FATAL:  role "reader" does not exist': Refuses,
}


@pytest.mark.parametrize("said", SAID)
def test_what_a_connection_ended_with_is_told_apart(said: str) -> None:
    told = tell("the payment database", URL, psycopg.OperationalError(said))
    assert type(told) is SAID[said]
    assert ("does not answer" in str(told)) == (SAID[said] is Away)
    assert "db:5432" in str(told)
    assert "secret" not in str(told)
    assert "\n" not in str(told)


def test_what_a_server_says_of_a_statement_is_told_by_its_state() -> None:
    assert type(tell("it", URL, psycopg.errors.UndefinedTable("no table"))) is Unreadable
    assert type(tell("it", URL, psycopg.errors.InsufficientPrivilege("permission denied"))) is Unreadable
    assert type(tell("it", URL, psycopg.errors.AdminShutdown("terminating connection"))) is Away


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ('FATAL:  unrecognized configuration parameter "transaction_timeout"', server_requirements.NEEDS_VERSION),
        ('FATAL:  unbekannter Konfigurationsparameter »"transaction_timeout"«', server_requirements.NEEDS_VERSION),
        ("FATAL:  unsupported startup parameter: options", server_requirements.NEEDS_OPTIONS),
        ("FATAL:  unsupported startup parameter in options: transaction_timeout", server_requirements.NEEDS_OPTIONS),
        ('FATAL:  password authentication failed for user "order"', None),
    ],
)
def test_a_refusal_of_what_services_ask_for_says_what_is_needed(said: str, needs: str | None) -> None:
    found = server_requirements.explain(psycopg.OperationalError(CONNECTION + said))
    assert (found is None) == (needs is None)
    assert needs is None or (found is not None and needs in found)
