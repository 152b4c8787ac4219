"""Charges customers for orders, and refunds them.

Reads `InventoryReserved` and `OrderCancelled`; publishes `PaymentCompleted`, `PaymentFailed` and `PaymentRefunded`.
Follow an order: `decisions` -> `provider` -> `state` -> `migrations`.
"""
