"""Holds stock for orders, gives it back, and sends it out.

Reads `OrderCreated`, `InventoryRollback` and `OrderCompleted`; publishes `InventoryReserved`, `InventoryFailed` and
`InventoryReleased`. Follow an order: `decisions` -> `state` -> `migrations`.
"""
