"""A caller of the services' APIs."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import grpc


class Shop:
    """Calls the services' APIs, with items and customers of its own for each test."""

    def __init__(self, platform) -> None:
        self.platform = platform
        self.sku = f"sku-{uuid4().hex[:12]}"
        self.customer = f"c-{uuid4().hex[:12]}"
        self.channels: list[grpc.aio.Channel] = []

    async def __aenter__(self) -> Shop:
        return self

    async def __aexit__(self, *_: object) -> None:
        for channel in self.channels:
            await channel.close()

    def channel(self, service: str) -> grpc.aio.Channel:
        channel = grpc.aio.insecure_channel(self.platform.service_address(service))
        self.channels.append(channel)
        return channel

    @property
    def orders(self):
        from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

        return OrderServiceStub(self.channel("order"))

    @property
    def inventory(self):
        from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

        return InventoryServiceStub(self.channel("inventory"))

    @property
    def payment(self):
        from quadrille.payment.v1.payment_service_pb2_grpc import PaymentServiceStub

        return PaymentServiceStub(self.channel("payment"))

    @property
    def shipping(self):
        from quadrille.shipping.v1.shipping_service_pb2_grpc import ShippingServiceStub

        return ShippingServiceStub(self.channel("shipping"))

    async def open(self, *, stock: int, credit: int, price: int = 100) -> None:
        """Put one item with stock on the shelf, and open one account."""
        from quadrille.inventory.v1 import inventory_service_pb2 as inventory
        from quadrille.payment.v1 import payment_service_pb2 as payment

        items = [{"sku": self.sku, "list_price": money(price)}]
        await self.inventory.PutItems(inventory.PutItemsRequest(items=items))
        if stock:
            receipt = [{"sku": self.sku, "quantity": stock}]
            await self.inventory.ReceiveStock(inventory.ReceiveStockRequest(request_id=str(uuid4()), lines=receipt))
        accounts = [{"customer_id": self.customer, "credit_limit": money(credit)}]
        await self.payment.OpenAccounts(payment.OpenAccountsRequest(accounts=accounts))

    def request(self, *, quantity: int = 1, price: int = 100, **changes):
        """Make a valid request."""
        from quadrille.order.v1 import order_service_pb2 as pb

        fields = {
            "request_id": str(uuid4()),
            "customer_id": self.customer,
            "lines": [{"sku": self.sku, "quantity": quantity, "unit_price": money(price)}],
            "address_reference": "home",
            "country_code": "DE",
        }
        return pb.PlaceOrderRequest(**{**fields, **changes})

    async def place(self, **changes) -> str:
        """Place an order and give its id."""
        return (await self.orders.PlaceOrder(self.request(**changes))).order.order_id

    async def settled(self, order_id: str):
        """Wait until an order is settled, and give it with its timeline."""
        from quadrille.order.v1 import order_service_pb2 as pb

        async with asyncio.timeout(60):
            async for _ in self.orders.WatchOrder(pb.WatchOrderRequest(order_id=order_id)):
                pass
            return await self.orders.GetOrder(pb.GetOrderRequest(order_id=order_id))

    async def until_step(self, order_id: str, event: str) -> None:
        """Watch an order until its timeline has an event."""
        from quadrille.order.v1 import order_service_pb2 as pb

        async with asyncio.timeout(60):
            async for update in self.orders.WatchOrder(pb.WatchOrderRequest(order_id=order_id)):
                if update.step.event == event:
                    return

    async def item(self):
        """Give the item with its stock."""
        from quadrille.inventory.v1 import inventory_service_pb2 as pb

        return await self.inventory.GetItem(pb.GetItemRequest(sku=self.sku))

    async def balance(self) -> int:
        """Give the account's balance."""
        from quadrille.payment.v1 import payment_service_pb2 as pb

        account = await self.payment.GetAccount(pb.GetAccountRequest(customer_id=self.customer))
        return account.balance.minor_units


def money(minor_units: int, currency: str = "USD"):
    from quadrille.type.v1.money_pb2 import Money

    return Money(currency_code=currency, minor_units=minor_units)
