"""What tests of the chassis on a real database share."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import create_engine, event, text

from services.chassis.database import make_engine
from tests.integration.bench import Bench


def set_schema(opened, schema):
    opened.execute(f"SET search_path TO {schema}")
    opened.commit()


@pytest.fixture
def bench(platform):
    url = platform.database_url("shipping").replace("postgresql://", "postgresql+psycopg://")
    schema = f"test_{uuid4().hex[:12]}"
    owner = create_engine(url)
    engine = make_engine(url, transaction_timeout=8, application_name="bench")
    event.listen(engine, "connect", lambda opened, _: set_schema(opened, schema))
    with owner.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    made = Bench(engine, platform.registry_url)
    made.create()
    yield made
    made.schemas.close()
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    owner.dispose()
