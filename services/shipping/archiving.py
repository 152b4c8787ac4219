"""What shipping keeps of an order, and when nothing more can come of it."""

from __future__ import annotations

from services.chassis.tables.archive import Archive

ARCHIVE = Archive("shipments", "order_id", under_way="state = 'BOOKING'", asks_outside=True)
