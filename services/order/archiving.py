"""What the order service keeps of an order, and when nothing more can come of it."""

from __future__ import annotations

from services.chassis.tables.archive import Archive

ARCHIVE = Archive("orders", "order_id", under_way="NOT settled", parts=(("steps", "sequence"),))
