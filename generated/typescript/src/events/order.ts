// DO NOT EDIT. Made from schemas/ by `make generate`.
/** The types of quadrille.events.order. */

import { EventType, Schema } from "../serde/index.js";
import type { CancelReason, Money, OrderDetails } from "./types.js";

/** Give back whatever is held for the order, and never hold anything for it again. */
export interface InventoryRollback {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** Why the order was cancelled. */
  reason: CancelReason;
}

/** Someone asks to cancel the order. Shipping decides whether it is still possible. */
export interface OrderCancelRequested {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** The customer, as the caller's customer system names them. */
  customer_id: string;
  /** Why the order is to be cancelled. */
  reason: CancelReason;
}

/** The order ended without effect: whatever was charged is refunded. Final. */
export interface OrderCancelled {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** The customer, as the caller's customer system names them. */
  customer_id: string;
  /** Why it was cancelled. */
  reason: CancelReason;
  /** What the order would have cost. A refund answers in its currency, even if nothing was charged. */
  total: Money;
}

/** The order ended well: held stock, one charge, one shipment. Final. */
export interface OrderCompleted {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** The customer, as the caller's customer system names them. */
  customer_id: string;
  /** What the customer was charged. */
  total: Money;
}

/** An order was placed and is durable. It starts the saga. */
export interface OrderCreated {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** What was ordered. */
  order: OrderDetails;
  /** When the order is cancelled if it has not ended by then. */
  deadline_at: Date;
  /**
   * The request that placed the order: a caller that repeats it is given this order. Null if it was placed by a
   * version that did not say.
   */
  request_id: string | null;
}

/** Give back whatever is held for the order, and never hold anything for it again. */
export const InventoryRollback = new EventType<InventoryRollback>(
  new Schema(
    "quadrille.events.order.InventoryRollback",
    "order-events",
    "{\"type\":\"record\",\"name\":\"InventoryRollback\",\"namespace\":\"quadrille.events.order\",\"doc\":\"Give back whatever is held for the order, and never hold anything for it again.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"CancelReason\",\"namespace\":\"quadrille.events.types\",\"doc\":\"Why an order was, or is to be, cancelled. Symbols are added at the end only.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\",\"CUSTOMER_REQUEST\",\"DEADLINE_EXCEEDED\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough of a SKU was free.\",\"UNKNOWN_SKU\":\"Inventory does not know a SKU.\",\"PRICE_CHANGED\":\"A quoted price is not the list price.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the total.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"UNSERVED_COUNTRY\":\"No carrier serves the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\",\"CUSTOMER_REQUEST\":\"The customer asked for it.\",\"DEADLINE_EXCEEDED\":\"The order had not ended by its deadline.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why the order was cancelled.\"}]}",
    "988cce3ed4fb89584a616ff621625cb47bfdc995962aab6294e0f0c15702c3fa",
  ),
  "order_id",
);

/** Someone asks to cancel the order. Shipping decides whether it is still possible. */
export const OrderCancelRequested = new EventType<OrderCancelRequested>(
  new Schema(
    "quadrille.events.order.OrderCancelRequested",
    "order-events",
    "{\"type\":\"record\",\"name\":\"OrderCancelRequested\",\"namespace\":\"quadrille.events.order\",\"doc\":\"Someone asks to cancel the order. Shipping decides whether it is still possible.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"CancelReason\",\"namespace\":\"quadrille.events.types\",\"doc\":\"Why an order was, or is to be, cancelled. Symbols are added at the end only.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\",\"CUSTOMER_REQUEST\",\"DEADLINE_EXCEEDED\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough of a SKU was free.\",\"UNKNOWN_SKU\":\"Inventory does not know a SKU.\",\"PRICE_CHANGED\":\"A quoted price is not the list price.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the total.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"UNSERVED_COUNTRY\":\"No carrier serves the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\",\"CUSTOMER_REQUEST\":\"The customer asked for it.\",\"DEADLINE_EXCEEDED\":\"The order had not ended by its deadline.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why the order is to be cancelled.\"}]}",
    "cae612a57cc9f725536ee726910816b4462b17b9c6a82cd0f3736522f07744ee",
  ),
  "order_id",
);

/** The order ended without effect: whatever was charged is refunded. Final. */
export const OrderCancelled = new EventType<OrderCancelled>(
  new Schema(
    "quadrille.events.order.OrderCancelled",
    "order-events",
    "{\"type\":\"record\",\"name\":\"OrderCancelled\",\"namespace\":\"quadrille.events.order\",\"doc\":\"The order ended without effect: whatever was charged is refunded. Final.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"CancelReason\",\"namespace\":\"quadrille.events.types\",\"doc\":\"Why an order was, or is to be, cancelled. Symbols are added at the end only.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\",\"CUSTOMER_REQUEST\",\"DEADLINE_EXCEEDED\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough of a SKU was free.\",\"UNKNOWN_SKU\":\"Inventory does not know a SKU.\",\"PRICE_CHANGED\":\"A quoted price is not the list price.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the total.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"UNSERVED_COUNTRY\":\"No carrier serves the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\",\"CUSTOMER_REQUEST\":\"The customer asked for it.\",\"DEADLINE_EXCEEDED\":\"The order had not ended by its deadline.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why it was cancelled.\"},{\"name\":\"total\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What the order would have cost. A refund answers in its currency, even if nothing was charged.\"}]}",
    "c0e25c1457e2db46a97a1507af3d37d42ae787c2edf7a91c35bd4eb6ed51391d",
  ),
  "order_id",
);

/** The order ended well: held stock, one charge, one shipment. Final. */
export const OrderCompleted = new EventType<OrderCompleted>(
  new Schema(
    "quadrille.events.order.OrderCompleted",
    "order-events",
    "{\"type\":\"record\",\"name\":\"OrderCompleted\",\"namespace\":\"quadrille.events.order\",\"doc\":\"The order ended well: held stock, one charge, one shipment. Final.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them.\"},{\"name\":\"total\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What the customer was charged.\"}]}",
    "990db1e20e64f257bc97ed4b39f85be67705bbfc3e11d6738083106cb197572b",
  ),
  "order_id",
);

/** An order was placed and is durable. It starts the saga. */
export const OrderCreated = new EventType<OrderCreated>(
  new Schema(
    "quadrille.events.order.OrderCreated",
    "order-events",
    "{\"type\":\"record\",\"name\":\"OrderCreated\",\"namespace\":\"quadrille.events.order\",\"doc\":\"An order was placed and is durable. It starts the saga.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"order\",\"type\":{\"type\":\"record\",\"name\":\"OrderDetails\",\"namespace\":\"quadrille.events.types\",\"doc\":\"What was ordered, by whom and where to. It travels with the order, so that no service asks another for it.\",\"fields\":[{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them. No personal data.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"OrderLine\",\"namespace\":\"quadrille.events.types\",\"doc\":\"One line of an order. The same SKU may stand on several lines.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"Stock keeping unit, as inventory knows it.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many are ordered. At least 1.\"},{\"name\":\"unit_price\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"Price of one, as the customer was quoted it.\"}]}},\"doc\":\"The lines, in the order of the request. At least one.\"},{\"name\":\"total\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"Sum of quantity times unit price over all lines.\"},{\"name\":\"address_reference\",\"type\":\"string\",\"doc\":\"Where to ship to: a reference into the caller's address book. No personal data.\"},{\"name\":\"country_code\",\"type\":\"string\",\"doc\":\"Country to ship to: ISO 3166-1 alpha-2, two capital letters.\"}]},\"doc\":\"What was ordered.\"},{\"name\":\"deadline_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the order is cancelled if it has not ended by then.\"},{\"name\":\"request_id\",\"type\":[\"null\",{\"type\":\"string\",\"logicalType\":\"uuid\"}],\"doc\":\"The request that placed the order: a caller that repeats it is given this order. Null if it was placed by a version that did not say.\",\"default\":null}]}",
    "55df1b67c54ea3c93437d416655dfe511a2328fba11fc301883579c8e8851dbb",
  ),
  "order_id",
);
