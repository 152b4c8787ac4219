// DO NOT EDIT. Made from schemas/ by `make generate`.
/** The types of quadrille.events.payment. */

import { EventType, Schema } from "../serde/index.js";
import type { Money, OrderDetails } from "./types.js";

/** Why a charge was declined. UNKNOWN stands for symbols that the reader's version does not have. */
export type PaymentFailureReason = "UNKNOWN" | "INSUFFICIENT_CREDIT" | "UNKNOWN_ACCOUNT" | "CURRENCY_MISMATCH" | "PROVIDER_DECLINED";

/** Why a charge was declined. UNKNOWN stands for symbols that the reader's version does not have. */
export const PaymentFailureReason = {
  /** A reason that the reader's version does not have. */
  UNKNOWN: "UNKNOWN",
  /** Balance and credit limit do not cover the amount. */
  INSUFFICIENT_CREDIT: "INSUFFICIENT_CREDIT",
  /** The customer has no account. */
  UNKNOWN_ACCOUNT: "UNKNOWN_ACCOUNT",
  /** The account is kept in another currency. */
  CURRENCY_MISMATCH: "CURRENCY_MISMATCH",
  /** The payment provider declined for reasons of its own. */
  PROVIDER_DECLINED: "PROVIDER_DECLINED",
} as const;

/** The customer was charged for the order. */
export interface PaymentCompleted {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** What was ordered. */
  order: OrderDetails;
  /** The charge. */
  charge_id: string;
  /** What was charged. */
  amount: Money;
}

/** The charge was declined. Nothing was charged. */
export interface PaymentFailed {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** Why it was declined. */
  reason: PaymentFailureReason;
  /** What was to be charged. */
  amount: Money;
  /** What the customer could have spent; null if there is no account. */
  available: Money | null;
}

/** Nothing is charged for the order any more, nor ever will be. Always sent in answer to OrderCancelled. */
export interface PaymentRefunded {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** What was refunded. Zero if nothing had been charged. */
  amount: Money;
  /** The charge that was refunded; null if there was none. */
  charge_id: string | null;
}

/** The customer was charged for the order. */
export const PaymentCompleted = new EventType<PaymentCompleted>(
  new Schema(
    "quadrille.events.payment.PaymentCompleted",
    "payment-events",
    "{\"type\":\"record\",\"name\":\"PaymentCompleted\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"The customer was charged for the order.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"order\",\"type\":{\"type\":\"record\",\"name\":\"OrderDetails\",\"namespace\":\"quadrille.events.types\",\"doc\":\"What was ordered, by whom and where to. It travels with the order, so that no service asks another for it.\",\"fields\":[{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them. No personal data.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"OrderLine\",\"namespace\":\"quadrille.events.types\",\"doc\":\"One line of an order. The same SKU may stand on several lines.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"Stock keeping unit, as inventory knows it.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many are ordered. At least 1.\"},{\"name\":\"unit_price\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"Price of one, as the customer was quoted it.\"}]}},\"doc\":\"The lines, in the order of the request. At least one.\"},{\"name\":\"total\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"Sum of quantity times unit price over all lines.\"},{\"name\":\"address_reference\",\"type\":\"string\",\"doc\":\"Where to ship to: a reference into the caller's address book. No personal data.\"},{\"name\":\"country_code\",\"type\":\"string\",\"doc\":\"Country to ship to: ISO 3166-1 alpha-2, two capital letters.\"}]},\"doc\":\"What was ordered.\"},{\"name\":\"charge_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The charge.\"},{\"name\":\"amount\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"What was charged.\"}]}",
    "ae48505290eec94efbfb79544af6db2f9f4a81d87df2787ed7f32d22d55131bc",
  ),
  "order_id",
);

/** The charge was declined. Nothing was charged. */
export const PaymentFailed = new EventType<PaymentFailed>(
  new Schema(
    "quadrille.events.payment.PaymentFailed",
    "payment-events",
    "{\"type\":\"record\",\"name\":\"PaymentFailed\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"The charge was declined. Nothing was charged.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"PaymentFailureReason\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"Why a charge was declined. UNKNOWN stands for symbols that the reader's version does not have.\",\"symbols\":[\"UNKNOWN\",\"INSUFFICIENT_CREDIT\",\"UNKNOWN_ACCOUNT\",\"CURRENCY_MISMATCH\",\"PROVIDER_DECLINED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"INSUFFICIENT_CREDIT\":\"Balance and credit limit do not cover the amount.\",\"UNKNOWN_ACCOUNT\":\"The customer has no account.\",\"CURRENCY_MISMATCH\":\"The account is kept in another currency.\",\"PROVIDER_DECLINED\":\"The payment provider declined for reasons of its own.\"}},\"doc\":\"Why it was declined.\"},{\"name\":\"amount\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What was to be charged.\"},{\"name\":\"available\",\"type\":[\"null\",\"quadrille.events.types.Money\"],\"doc\":\"What the customer could have spent; null if there is no account.\",\"default\":null}]}",
    "ce548744919a581bb2e371ec9973e09d4e009d52c948bd5d0cd52ae0448f91e8",
  ),
  "order_id",
);

/** Nothing is charged for the order any more, nor ever will be. Always sent in answer to OrderCancelled. */
export const PaymentRefunded = new EventType<PaymentRefunded>(
  new Schema(
    "quadrille.events.payment.PaymentRefunded",
    "payment-events",
    "{\"type\":\"record\",\"name\":\"PaymentRefunded\",\"namespace\":\"quadrille.events.payment\",\"doc\":\"Nothing is charged for the order any more, nor ever will be. Always sent in answer to OrderCancelled.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"amount\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"What was refunded. Zero if nothing had been charged.\"},{\"name\":\"charge_id\",\"type\":[\"null\",{\"type\":\"string\",\"logicalType\":\"uuid\"}],\"doc\":\"The charge that was refunded; null if there was none.\",\"default\":null}]}",
    "2fe744ce7efdbee9bd6c04d9faadc3a2137740f2bd55880cf4e2873b6b09592a",
  ),
  "order_id",
);
