"""Takes orders, follows each through the saga, and ends it.

Publishes `OrderCreated`, `OrderCompleted`, `OrderCancelled`, `InventoryRollback` and `OrderCancelRequested`; reads
every reply. Follow an order: `api` -> `place_order` -> `decisions` -> `state` -> `migrations`.
"""
