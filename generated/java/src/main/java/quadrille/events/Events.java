// DO NOT EDIT. Made from schemas/ by `make generate`.
package quadrille.events;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import quadrille.serde.EventType;

/** Every event of the platform. */
public final class Events {
  private Events() {}

  /** {@link quadrille.events.order.OrderCreated}. */
  public static final EventType ORDER_CREATED =
      new EventType(
          "quadrille.events.order.OrderCreated",
          "order-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"OrderCreated\",\"namespace\":\"quadrille.events.order\",\"doc\":\"An order was placed and is durable. It starts the saga.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"order\",\"type\":{\"type\":\"record\",\"name\":\"OrderDetails\",\"namespace\":\"quadrille.events.types\",\"doc\":\"What was ordered, by whom and where to. It travels with the order, so that no service asks another for it.\",\"fields\":[{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them. No personal data.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"OrderLine\",\"namespace\":\"quadrille.events.types\",\"doc\":\"One line of an order. The same SKU may stand on several lines.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"Stock keeping unit, as inventory knows it.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many are ordered. At least 1.\"},{\"name\":\"unit_price\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"Price of one, as the customer was quoted it.\"}]}},\"doc\":\"The lines, in the order of the request. At least one.\"},{\"name\":\"total\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"Sum of quantity times unit price over all lines.\"},{\"name\":\"address_reference\",\"type\":\"string\",\"doc\":\"Where to ship to: a reference into the caller's address book. No personal data.\"},{\"name\":\"country_code\",\"type\":\"string\",\"doc\":\"Country to ship to: ISO 3166-1 alpha-2, two capital letters.\"}]},\"doc\":\"What was ordered.\"},{\"name\":\"deadline_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the order is cancelled if it has not ended by then.\"},{\"name\":\"request_id\",\"type\":[\"null\",{\"type\":\"string\",\"logicalType\":\"uuid\"}],\"doc\":\"The request that placed the order: a caller that repeats it is given this order. Null if it was placed by a version that did not say.\",\"default\":null}]}",
          "55df1b67c54ea3c93437d416655dfe511a2328fba11fc301883579c8e8851dbb",
          quadrille.events.order.OrderCreated.getClassSchema());


  /** {@link quadrille.events.order.OrderCompleted}. */
  public static final EventType ORDER_COMPLETED =
      new EventType(
          "quadrille.events.order.OrderCompleted",
          "order-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"OrderCompleted\",\"namespace\":\"quadrille.events.order\",\"doc\":\"The order ended well: held stock, one charge, one shipment. Final.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them.\"},{\"name\":\"total\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What the customer was charged.\"}]}",
          "990db1e20e64f257bc97ed4b39f85be67705bbfc3e11d6738083106cb197572b",
          quadrille.events.order.OrderCompleted.getClassSchema());


  /** {@link quadrille.events.order.OrderCancelled}. */
  public static final EventType ORDER_CANCELLED =
      new EventType(
          "quadrille.events.order.OrderCancelled",
          "order-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"OrderCancelled\",\"namespace\":\"quadrille.events.order\",\"doc\":\"The order ended without effect: whatever was charged is refunded. Final.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"CancelReason\",\"namespace\":\"quadrille.events.types\",\"doc\":\"Why an order was, or is to be, cancelled. Symbols are added at the end only.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\",\"CUSTOMER_REQUEST\",\"DEADLINE_EXCEEDED\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough of a SKU was free.\",\"UNKNOWN_SKU\":\"Inventory does not know a SKU.\",\"PRICE_CHANGED\":\"A quoted price is not the list price.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the total.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"UNSERVED_COUNTRY\":\"No carrier serves the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\",\"CUSTOMER_REQUEST\":\"The customer asked for it.\",\"DEADLINE_EXCEEDED\":\"The order had not ended by its deadline.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why it was cancelled.\"},{\"name\":\"total\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What the order would have cost. A refund answers in its currency, even if nothing was charged.\"}]}",
          "c0e25c1457e2db46a97a1507af3d37d42ae787c2edf7a91c35bd4eb6ed51391d",
          quadrille.events.order.OrderCancelled.getClassSchema());


  /** {@link quadrille.events.order.InventoryRollback}. */
  public static final EventType INVENTORY_ROLLBACK =
      new EventType(
          "quadrille.events.order.InventoryRollback",
          "order-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"InventoryRollback\",\"namespace\":\"quadrille.events.order\",\"doc\":\"Give back whatever is held for the order, and never hold anything for it again.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"CancelReason\",\"namespace\":\"quadrille.events.types\",\"doc\":\"Why an order was, or is to be, cancelled. Symbols are added at the end only.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\",\"CUSTOMER_REQUEST\",\"DEADLINE_EXCEEDED\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough of a SKU was free.\",\"UNKNOWN_SKU\":\"Inventory does not know a SKU.\",\"PRICE_CHANGED\":\"A quoted price is not the list price.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the total.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"UNSERVED_COUNTRY\":\"No carrier serves the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\",\"CUSTOMER_REQUEST\":\"The customer asked for it.\",\"DEADLINE_EXCEEDED\":\"The order had not ended by its deadline.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why the order was cancelled.\"}]}",
          "988cce3ed4fb89584a616ff621625cb47bfdc995962aab6294e0f0c15702c3fa",
          quadrille.events.order.InventoryRollback.getClassSchema());


  /** {@link quadrille.events.order.OrderCancelRequested}. */
  public static final EventType ORDER_CANCEL_REQUESTED =
      new EventType(
          "quadrille.events.order.OrderCancelRequested",
          "order-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"OrderCancelRequested\",\"namespace\":\"quadrille.events.order\",\"doc\":\"Someone asks to cancel the order. Shipping decides whether it is still possible.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"CancelReason\",\"namespace\":\"quadrille.events.types\",\"doc\":\"Why an order was, or is to be, cancelled. Symbols are added at the end only.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\",\"CUSTOMER_REQUEST\",\"DEADLINE_EXCEEDED\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough of a SKU was free.\",\"UNKNOWN_SKU\":\"Inventory does not know a SKU.\",\"PRICE_CHANGED\":\"A quoted price is not the list price.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the total.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"UNSERVED_COUNTRY\":\"No carrier serves the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\",\"CUSTOMER_REQUEST\":\"The customer asked for it.\",\"DEADLINE_EXCEEDED\":\"The order had not ended by its deadline.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why the order is to be cancelled.\"}]}",
          "cae612a57cc9f725536ee726910816b4462b17b9c6a82cd0f3736522f07744ee",
          quadrille.events.order.OrderCancelRequested.getClassSchema());


  /** {@link quadrille.events.inventory.InventoryReserved}. */
  public static final EventType INVENTORY_RESERVED =
      new EventType(
          "quadrille.events.inventory.InventoryReserved",
          "inventory-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"InventoryReserved\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Every line of the order is held.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"order\",\"type\":{\"type\":\"record\",\"name\":\"OrderDetails\",\"namespace\":\"quadrille.events.types\",\"doc\":\"What was ordered, by whom and where to. It travels with the order, so that no service asks another for it.\",\"fields\":[{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them. No personal data.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"OrderLine\",\"namespace\":\"quadrille.events.types\",\"doc\":\"One line of an order. The same SKU may stand on several lines.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"Stock keeping unit, as inventory knows it.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many are ordered. At least 1.\"},{\"name\":\"unit_price\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"Price of one, as the customer was quoted it.\"}]}},\"doc\":\"The lines, in the order of the request. At least one.\"},{\"name\":\"total\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"Sum of quantity times unit price over all lines.\"},{\"name\":\"address_reference\",\"type\":\"string\",\"doc\":\"Where to ship to: a reference into the caller's address book. No personal data.\"},{\"name\":\"country_code\",\"type\":\"string\",\"doc\":\"Country to ship to: ISO 3166-1 alpha-2, two capital letters.\"}]},\"doc\":\"What was ordered.\"}]}",
          "b2a8a2d192e83a6d66699c50a34516f2be4d09e617d49181957bbb7f26c5da0b",
          quadrille.events.inventory.InventoryReserved.getClassSchema());


  /** {@link quadrille.events.inventory.InventoryFailed}. */
  public static final EventType INVENTORY_FAILED =
      new EventType(
          "quadrille.events.inventory.InventoryFailed",
          "inventory-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"InventoryFailed\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Nothing is held for the order: at least one line could not be.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"InventoryFailureReason\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader's version does not have.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough was free.\",\"UNKNOWN_SKU\":\"There is no item with this SKU.\",\"PRICE_CHANGED\":\"The quoted price is not the list price.\"}},\"doc\":\"The reason of the first failed line.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LineFailure\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"One SKU that cannot be held, and why.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"The stock keeping unit asked for.\"},{\"name\":\"reason\",\"type\":\"quadrille.events.inventory.InventoryFailureReason\",\"doc\":\"Why it cannot be held.\"},{\"name\":\"requested\",\"type\":\"long\",\"doc\":\"How many the order asks for, summed over its lines of this SKU.\"},{\"name\":\"available\",\"type\":[\"null\",\"long\"],\"doc\":\"How many could be held at that moment; null if the SKU is unknown.\",\"default\":null},{\"name\":\"quoted_price\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]}],\"doc\":\"The unit price that the request quoted, if it is not the list price; else null.\",\"default\":null},{\"name\":\"list_price\",\"type\":[\"null\",\"quadrille.events.types.Money\"],\"doc\":\"The list price at that moment, if the request quoted another; else null.\",\"default\":null}]}},\"doc\":\"Every SKU that could not be held. At least one.\"}]}",
          "27698823437646e8e0738478accc7649847ebde2aee85cdc2c18c2a55149a853",
          quadrille.events.inventory.InventoryFailed.getClassSchema());


  /** {@link quadrille.events.inventory.InventoryReleased}. */
  public static final EventType INVENTORY_RELEASED =
      new EventType(
          "quadrille.events.inventory.InventoryReleased",
          "inventory-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"InventoryReleased\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Nothing is held for the order any more, nor ever will be. Always sent in answer to InventoryRollback.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ReleasedLine\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Stock of one SKU that was given back.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"The stock keeping unit.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many were given back.\"}]}},\"doc\":\"What was given back. Empty if nothing was held.\"}]}",
          "05987c8de559243cdcbf5901a38ad33dd1afbf027874bec8351b53036b512d87",
          quadrille.events.inventory.InventoryReleased.getClassSchema());


  /** {@link quadrille.events.payment.PaymentCompleted}. */
  public static final EventType PAYMENT_COMPLETED =
      new EventType(
          "quadrille.events.payment.PaymentCompleted",
          "payment-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"PaymentCompleted\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"The customer was charged for the order.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"order\",\"type\":{\"type\":\"record\",\"name\":\"OrderDetails\",\"namespace\":\"quadrille.events.types\",\"doc\":\"What was ordered, by whom and where to. It travels with the order, so that no service asks another for it.\",\"fields\":[{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them. No personal data.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"OrderLine\",\"namespace\":\"quadrille.events.types\",\"doc\":\"One line of an order. The same SKU may stand on several lines.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"Stock keeping unit, as inventory knows it.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many are ordered. At least 1.\"},{\"name\":\"unit_price\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"Price of one, as the customer was quoted it.\"}]}},\"doc\":\"The lines, in the order of the request. At least one.\"},{\"name\":\"total\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"Sum of quantity times unit price over all lines.\"},{\"name\":\"address_reference\",\"type\":\"string\",\"doc\":\"Where to ship to: a reference into the caller's address book. No personal data.\"},{\"name\":\"country_code\",\"type\":\"string\",\"doc\":\"Country to ship to: ISO 3166-1 alpha-2, two capital letters.\"}]},\"doc\":\"What was ordered.\"},{\"name\":\"charge_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The charge.\"},{\"name\":\"amount\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"What was charged.\"}]}",
          "ae48505290eec94efbfb79544af6db2f9f4a81d87df2787ed7f32d22d55131bc",
          quadrille.events.payment.PaymentCompleted.getClassSchema());


  /** {@link quadrille.events.payment.PaymentFailed}. */
  public static final EventType PAYMENT_FAILED =
      new EventType(
          "quadrille.events.payment.PaymentFailed",
          "payment-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"PaymentFailed\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"The charge was declined. Nothing was charged.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"PaymentFailureReason\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"Why a charge was declined. UNKNOWN stands for symbols that the reader's version does not have.\",\"symbols\":[\"UNKNOWN\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the amount.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why it was declined.\"},{\"name\":\"amount\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What was to be charged.\"},{\"name\":\"available\",\"type\":[\"null\",\"quadrille.events.types.Money\"],\"doc\":\"What the customer could have spent; null if there is no account.\",\"default\":null}]}",
          "ce548744919a581bb2e371ec9973e09d4e009d52c948bd5d0cd52ae0448f91e8",
          quadrille.events.payment.PaymentFailed.getClassSchema());


  /** {@link quadrille.events.payment.PaymentRefunded}. */
  public static final EventType PAYMENT_REFUNDED =
      new EventType(
          "quadrille.events.payment.PaymentRefunded",
          "payment-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"PaymentRefunded\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"Nothing is charged for the order any more, nor ever will be. Always sent in answer to OrderCancelled.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"amount\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What was refunded. Zero if nothing had been charged.\"},{\"name\":\"charge_id\",\"type\":[\"null\",{\"type\":\"string\",\"logicalType\":\"uuid\"}],\"doc\":\"The charge that was refunded; null if there was none.\",\"default\":null}]}",
          "2fe744ce7efdbee9bd6c04d9faadc3a2137740f2bd55880cf4e2873b6b09592a",
          quadrille.events.payment.PaymentRefunded.getClassSchema());


  /** {@link quadrille.events.shipping.OrderShipped}. */
  public static final EventType ORDER_SHIPPED =
      new EventType(
          "quadrille.events.shipping.OrderShipped",
          "shipping-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"OrderShipped\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"The parcel is on its way. From here on the order is not undone.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"shipment_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The shipment.\"},{\"name\":\"carrier\",\"type\":\"string\",\"doc\":\"Who carries it.\"},{\"name\":\"tracking_id\",\"type\":\"string\",\"doc\":\"The carrier's tracking id.\"}]}",
          "24ae4e28aae54b9ef5766503aeacb374e4c70de8140521ba6f16955983515441",
          quadrille.events.shipping.OrderShipped.getClassSchema());


  /** {@link quadrille.events.shipping.ShippingFailed}. */
  public static final EventType SHIPPING_FAILED =
      new EventType(
          "quadrille.events.shipping.ShippingFailed",
          "shipping-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"ShippingFailed\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"The order cannot be shipped, nor ever will be.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"ShippingFailureReason\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"Why an order cannot be shipped. UNKNOWN stands for symbols that the reader's version does not have.\",\"symbols\":[\"UNKNOWN\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"UNSERVED_COUNTRY\":\"The carrier does not serve the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\"}},\"doc\":\"Why it cannot be shipped.\"},{\"name\":\"detail\",\"type\":[\"null\",\"string\"],\"doc\":\"What the carrier said, if it said anything. No personal data.\",\"default\":null}]}",
          "ca27b9ac6c7e108cf7a81543c0ba755885c2911f48bf5dc1bbccf5a046aa273e",
          quadrille.events.shipping.ShippingFailed.getClassSchema());


  /** {@link quadrille.events.shipping.ShipmentCancelled}. */
  public static final EventType SHIPMENT_CANCELLED =
      new EventType(
          "quadrille.events.shipping.ShipmentCancelled",
          "shipping-events",
          "order_id",
          "{\"type\":\"record\",\"name\":\"ShipmentCancelled\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"Nothing was shipped for the order, nor ever will be. The answer to OrderCancelRequested.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"}]}",
          "73e4e03a994cb68ac28d59709c1dc38a65c8e321905218308784dfa0eff65d41",
          quadrille.events.shipping.ShipmentCancelled.getClassSchema());

  /** Every event by Avro full name. */
  public static final Map<String, EventType> ALL =
      Stream.of(ORDER_CREATED, ORDER_COMPLETED, ORDER_CANCELLED, INVENTORY_ROLLBACK, ORDER_CANCEL_REQUESTED, INVENTORY_RESERVED, INVENTORY_FAILED, INVENTORY_RELEASED, PAYMENT_COMPLETED, PAYMENT_FAILED, PAYMENT_REFUNDED, ORDER_SHIPPED, SHIPPING_FAILED, SHIPMENT_CANCELLED)
          .collect(Collectors.toUnmodifiableMap(EventType::fullName, type -> type));

  /** The topics that events are published to. */
  public static final List<String> TOPICS = List.of("order-events", "inventory-events", "payment-events", "shipping-events");
}
