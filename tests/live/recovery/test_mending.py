"""`quadrille audit --mend`: rows that were lost one by one, and events that were not read, are mended by its commands.

What no command mends is left alone, and said.
"""

from __future__ import annotations

import psycopg
import pytest

from tests.support.quiet import all_ready, nothing_is_broken

pytestmark = pytest.mark.live


def execute(platform, service: str, statement: str, *values: object) -> None:
    with psycopg.connect(platform.database_url(service), autocommit=True) as connection:
        assert connection.execute(statement, values).rowcount == 1


def operations(platform, service: str) -> list[tuple[str, str]]:
    with psycopg.connect(platform.database_url(service)) as connection:
        return connection.execute("SELECT operation, reason FROM operations ORDER BY id DESC LIMIT 1").fetchall()


@pytest.fixture
async def completed(shop, platform):
    await all_ready(platform)
    await shop.open(stock=50, credit=10_000)
    order = await shop.settled(await shop.place(quantity=2))
    await nothing_is_broken(platform)
    return order


LOST = {
    "a shipment": ("shipping", "DELETE FROM shipments WHERE order_id = %s"),
    "an order": ("order", "DELETE FROM orders WHERE order_id = %s"),
}


@pytest.mark.parametrize("row", LOST)
async def test_a_row_that_was_lost_alone_is_made_again(row, completed, shop, platform, quadrille):
    service, statement = LOST[row]
    execute(platform, service, statement, completed.order_id)
    if service == "order":
        with psycopg.connect(platform.database_url("order"), autocommit=True) as connection:
            connection.execute("DELETE FROM steps WHERE order_id = %s", (completed.order_id,))
    code, told = await quadrille("audit", "--wait", "20", "--mend", answer="n\n" * 9)
    assert f"quadrille rebuild {service} --order {completed.order_id}" in told
    assert code == 1
    code, told = await quadrille("audit", "--wait", "20", "--mend", answer="y\n" * 9)
    assert operations(platform, service) == [("rebuild", "quadrille audit --mend")]
    if service == "order":
        # Its first events were read before; only now that the order is there do they find it.
        code, told = await quadrille("audit", "--wait", "20", "--mend", "--yes")
    assert code == 0, told
    await nothing_is_broken(platform)
    again = await shop.settled(completed.order_id)
    assert again.state == completed.state
    assert (await shop.item()).shipped == 2


async def test_stock_that_is_still_held_goes_out_when_the_order_is_published_again(
    completed, shop, platform, quadrille
):
    execute(
        platform,
        "inventory",
        "WITH i AS (UPDATE items SET held = held + 2, shipped = shipped - 2 WHERE sku = %s) "
        "UPDATE reservations SET state = 'HELD' WHERE order_id = %s",
        shop.sku,
        completed.order_id,
    )
    code, told = await quadrille("audit", "--wait", "20", "--mend", "--yes")
    assert f"quadrille republish --order {completed.order_id}" in told
    assert code == 0, told
    await nothing_is_broken(platform)
    assert operations(platform, "order") == [("republish", "quadrille audit --mend")]


async def test_where_the_sums_do_not_hold_nothing_is_offered(completed, shop, platform, quadrille):
    # The row alone says HELD: the stock has gone out already, and would go out twice.
    change = "UPDATE reservations SET state = %s WHERE order_id = %s"
    execute(platform, "inventory", change, "HELD", completed.order_id)
    code, told = await quadrille("audit", "--wait", "20", "--mend", "--yes")
    assert code == 1
    assert "no command is safe; look at the findings about stock first" in told
    assert "republish" not in told
    execute(platform, "inventory", change, "SHIPPED", completed.order_id)
    await nothing_is_broken(platform)


async def test_q_ends_it_and_nothing_was_done(completed, platform, quadrille):
    execute(platform, "shipping", "UPDATE shipments SET state = 'FAILED' WHERE order_id = %s", completed.order_id)
    execute(platform, "order", "UPDATE orders SET settled = false WHERE order_id = %s", completed.order_id)
    code, told = await quadrille("audit", "--wait", "20", "--mend", answer="q\n")
    assert code == 1
    assert f"quadrille republish --order {completed.order_id}" in told
    assert "published again" not in told
    execute(platform, "shipping", "UPDATE shipments SET state = 'SHIPPED' WHERE order_id = %s", completed.order_id)
    execute(platform, "order", "UPDATE orders SET settled = true WHERE order_id = %s", completed.order_id)
    await nothing_is_broken(platform)
