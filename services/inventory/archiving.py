"""What inventory keeps of an order, and when nothing more can come of it."""

from __future__ import annotations

from services.chassis.tables.archive import Archive

ARCHIVE = Archive(
    "reservations",
    "order_id",
    under_way="state = 'HELD'",
    totals="""
    INSERT INTO archived_stock (sku, shipped)
    SELECT line ->> 0, sum((line ->> 1)::bigint)
    FROM reservations, jsonb_array_elements(lines) AS line
    WHERE order_id = ANY(CAST(:ids AS uuid[])) AND state = 'SHIPPED' GROUP BY 1 ORDER BY 1
    ON CONFLICT (sku) DO UPDATE SET shipped = archived_stock.shipped + excluded.shipped
    """,
)
