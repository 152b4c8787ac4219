"""What dead letters cost the living: batches with poison, and a table with a million open letters.

    python -m bench.dead_letters [LETTERS]

It starts servers of its own (no services), measures in tables of its own, and stops them. `LETTERS` is a million
unless it is given. The plans of the queries are printed as PostgreSQL gives them.
"""

from __future__ import annotations

import logging
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text

from local import provision
from local.platform import start, stop
from local.settings import Platform
from services.chassis.tables import dead_letters
from tests.live.integration.bench import Bench

DATA = Path(__file__).resolve().parents[1] / ".quadrille-bench"
PORT_BASE = 9700
TIMES = 50

_FILL = """
INSERT INTO dead_letters (topic, partition, "offset", key, aggregate, headers, value, error_type, error)
SELECT 'order-events', n % 6, n, convert_to(id::text, 'UTF8'), id, '[]', '\\x00', 'KeyError', 'bench'
FROM (SELECT n, gen_random_uuid() AS id FROM generate_series(1, :letters) AS n) AS v
"""


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def poison(bench: Bench, offset: int) -> int:
    """Print what batches of a thousand cost: all good, half undecodable, half refused by their handler."""
    for name in ("all good", "half undecodable", "half refused by their handler"):
        if name == "half undecodable":
            batch = [bench.undecodable(offset + n) if n % 2 else bench.record(offset + n) for n in range(1000)]
        else:
            batch = [bench.record(offset + n) for n in range(1000)]
        bench.poison = {r.received.key for r in batch[::2]} if name.startswith("half refused") else set()
        transactions = 0

        def run(records: list[Any] = batch) -> None:
            nonlocal transactions
            transactions = bench.transactions(lambda: bench.processor.run(records, bench.progress))

        print(f"  1000 records, {name}: {seconds(run) * 1000:,.0f} ms, {transactions} transactions")
        offset += 1000
    bench.poison = set()
    return offset


def queries(bench: Bench) -> None:
    """Print what the queries on the letters cost."""
    keys = [uuid4() for _ in range(500)]
    with bench.engine.connect() as connection:
        work = {
            "blocked(500 keys)": lambda: dead_letters.blocked(connection, keys),
            "count_open": lambda: dead_letters.count_open(connection),
            "first page of 50": lambda: dead_letters.page(connection, after=0, limit=50, state="OPEN"),
            "a page of a rare error": lambda: dead_letters.page(
                connection, after=0, limit=50, state="OPEN", error_type="Undecodable"
            ),
            "letters of a key": lambda: dead_letters.page(
                connection, after=0, limit=50, state="OPEN", aggregate=keys[0]
            ),
        }
        for name, query in work.items():
            print(f"  {name}: {statistics.median(seconds(query) for _ in range(TIMES)) * 1000:.2f} ms")


def plans(bench: Bench) -> None:
    """Print the plans of the two queries that the living pay for."""
    with bench.engine.connect() as connection:
        for statement, values in (
            (dead_letters._BLOCKED, {"keys": [uuid4() for _ in range(500)]}),
            (dead_letters._COUNT, {"limit": dead_letters.COUNTED_LETTERS + 1}),
        ):
            plan = connection.execute(text(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statement.text}"), values)
            print("".join(f"    {line[:150]}\n" for line in plan.scalars()))


def main() -> None:
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    logging.disable(logging.CRITICAL)
    platform = Platform.load(data=DATA, port_base=PORT_BASE)
    start(platform, services=False)
    try:
        provision.apply(platform)
        url = platform.database_url("shipping").replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, connect_args={"options": "-c search_path=bench"})
        with engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA bench"))
        bench = Bench(engine, platform.registry_url)
        bench.create()
        print("with no open letter")
        offset = poison(bench, 0)
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM dead_letters"))
            connection.execute(text(_FILL), {"letters": letters})
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE dead_letters"))
        print(f"with {letters:,} open letters")
        poison(bench, offset)
        queries(bench)
        plans(bench)
        engine.dispose()
    finally:
        stop(platform)
        shutil.rmtree(DATA, ignore_errors=True)


if __name__ == "__main__":
    main()
