"""What payment keeps of an order, and when nothing more can come of it.

Charges that a provider outside made move no account of ours, so no total has them.
"""

from __future__ import annotations

from services.chassis.tables.archive import Archive

ARCHIVE = Archive(
    "payments",
    "order_id",
    under_way="state IN ('CHARGING', 'UNDOING', 'REFUNDING')",
    asks_outside=True,
    totals="""
    INSERT INTO archived_charges (customer_id, currency_code, charged, refunded)
    SELECT customer_id, currency_code, sum(charged), sum(refunded)
    FROM payments WHERE order_id = ANY(CAST(:ids AS uuid[])) AND provider IS NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (customer_id, currency_code) DO UPDATE
    SET charged = archived_charges.charged + excluded.charged, refunded = archived_charges.refunded + excluded.refunded
    """,
)
