"""What tests of the chassis on a real database share."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from tests.integration.bench import Bench


@pytest.fixture
def bench(platform):
    url = platform.database_url("shipping").replace("postgresql://", "postgresql+psycopg://")
    schema = f"test_{uuid4().hex[:12]}"
    owner = create_engine(url)
    engine = create_engine(url, connect_args={"options": f"-c search_path={schema}"})
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
