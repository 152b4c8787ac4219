"""Ships orders, and decides every race: before the shipment all can be undone, after it nothing is.

Reads `PaymentCompleted` and `OrderCancelRequested`; publishes `OrderShipped`, `ShippingFailed` and `ShipmentCancelled`.
Follow an order: `decisions` -> `carrier` -> `state` -> `migrations`.
"""
