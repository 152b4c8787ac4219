// DO NOT EDIT. Made from schemas/ by `make generate`.
/** The types of quadrille.events.inventory. */

import { EventType, Schema } from "../serde/index.js";
import type { Money, OrderDetails } from "./types.js";

/** Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader's version does not have. */
export type InventoryFailureReason = "UNKNOWN" | "OUT_OF_STOCK" | "UNKNOWN_SKU" | "PRICE_CHANGED";

/** Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader's version does not have. */
export const InventoryFailureReason = {
  /** A reason that the reader's version does not have. */
  UNKNOWN: "UNKNOWN",
  /** Not enough was free. */
  OUT_OF_STOCK: "OUT_OF_STOCK",
  /** There is no item with this SKU. */
  UNKNOWN_SKU: "UNKNOWN_SKU",
  /** The quoted price is not the list price. */
  PRICE_CHANGED: "PRICE_CHANGED",
} as const;

/** One SKU that cannot be held, and why. */
export interface LineFailure {
  /** The stock keeping unit asked for. */
  sku: string;
  /** Why it cannot be held. */
  reason: InventoryFailureReason;
  /** How many the order asks for, summed over its lines of this SKU. */
  requested: bigint;
  /** How many could be held at that moment; null if the SKU is unknown. */
  available: bigint | null;
  /** The unit price that the request quoted, if it is not the list price; else null. */
  quoted_price: Money | null;
  /** The list price at that moment, if the request quoted another; else null. */
  list_price: Money | null;
}

/** Nothing is held for the order: at least one line could not be. */
export interface InventoryFailed {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** The reason of the first failed line. */
  reason: InventoryFailureReason;
  /** Every SKU that could not be held. At least one. */
  lines: LineFailure[];
}

/** Stock of one SKU that was given back. */
export interface ReleasedLine {
  /** The stock keeping unit. */
  sku: string;
  /** How many were given back. */
  quantity: bigint;
}

/** Nothing is held for the order any more, nor ever will be. Always sent in answer to InventoryRollback. */
export interface InventoryReleased {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** What was given back. Empty if nothing was held. */
  lines: ReleasedLine[];
}

/** Every line of the order is held. */
export interface InventoryReserved {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** What was ordered. */
  order: OrderDetails;
}

/** Nothing is held for the order: at least one line could not be. */
export const InventoryFailed = new EventType<InventoryFailed>(
  new Schema(
    "quadrille.events.inventory.InventoryFailed",
    "inventory-events",
    "{\"type\":\"record\",\"name\":\"InventoryFailed\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Nothing is held for the order: at least one line could not be.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"InventoryFailureReason\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader's version does not have.\",\"symbols\":[\"UNKNOWN\",\"OUT_OF_STOCK\",\"UNKNOWN_SKU\",\"PRICE_CHANGED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"OUT_OF_STOCK\":\"Not enough was free.\",\"UNKNOWN_SKU\":\"There is no item with this SKU.\",\"PRICE_CHANGED\":\"The quoted price is not the list price.\"}},\"doc\":\"The reason of the first failed line.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LineFailure\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"One SKU that cannot be held, and why.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"The stock keeping unit asked for.\"},{\"name\":\"reason\",\"type\":\"quadrille.events.inventory.InventoryFailureReason\",\"doc\":\"Why it cannot be held.\"},{\"name\":\"requested\",\"type\":\"long\",\"doc\":\"How many the order asks for, summed over its lines of this SKU.\"},{\"name\":\"available\",\"type\":[\"null\",\"long\"],\"doc\":\"How many could be held at that moment; null if the SKU is unknown.\",\"default\":null},{\"name\":\"quoted_price\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]}],\"doc\":\"The unit price that the request quoted, if it is not the list price; else null.\",\"default\":null},{\"name\":\"list_price\",\"type\":[\"null\",\"quadrille.events.types.Money\"],\"doc\":\"The list price at that moment, if the request quoted another; else null.\",\"default\":null}]}},\"doc\":\"Every SKU that could not be held. At least one.\"}]}",
    "27698823437646e8e0738478accc7649847ebde2aee85cdc2c18c2a55149a853",
  ),
  "order_id",
);

/** Nothing is held for the order any more, nor ever will be. Always sent in answer to InventoryRollback. */
export const InventoryReleased = new EventType<InventoryReleased>(
  new Schema(
    "quadrille.events.inventory.InventoryReleased",
    "inventory-events",
    "{\"type\":\"record\",\"name\":\"InventoryReleased\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Nothing is held for the order any more, nor ever will be. Always sent in answer to InventoryRollback.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ReleasedLine\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Stock of one SKU that was given back.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"The stock keeping unit.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many were given back.\"}]}},\"doc\":\"What was given back. Empty if nothing was held.\"}]}",
    "05987c8de559243cdcbf5901a38ad33dd1afbf027874bec8351b53036b512d87",
  ),
  "order_id",
);

/** Every line of the order is held. */
export const InventoryReserved = new EventType<InventoryReserved>(
  new Schema(
    "quadrille.events.inventory.InventoryReserved",
    "inventory-events",
    "{\"type\":\"record\",\"name\":\"InventoryReserved\",\"namespace\":\"quadrille.events.inventory\",\"doc\":\"Every line of the order is held.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"order\",\"type\":{\"type\":\"record\",\"name\":\"OrderDetails\",\"namespace\":\"quadrille.events.types\",\"doc\":\"What was ordered, by whom and where to. It travels with the order, so that no service asks another for it.\",\"fields\":[{\"name\":\"customer_id\",\"type\":\"string\",\"doc\":\"The customer, as the caller's customer system names them. No personal data.\"},{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"OrderLine\",\"namespace\":\"quadrille.events.types\",\"doc\":\"One line of an order. The same SKU may stand on several lines.\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\",\"doc\":\"Stock keeping unit, as inventory knows it.\"},{\"name\":\"quantity\",\"type\":\"long\",\"doc\":\"How many are ordered. At least 1.\"},{\"name\":\"unit_price\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"quadrille.events.types\",\"doc\":\"An amount of money. Never a float.\",\"fields\":[{\"name\":\"currency_code\",\"type\":\"string\",\"doc\":\"ISO 4217 code, three capital letters.\"},{\"name\":\"minor_units\",\"type\":\"long\",\"doc\":\"The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.\"}]},\"doc\":\"Price of one, as the customer was quoted it.\"}]}},\"doc\":\"The lines, in the order of the request. At least one.\"},{\"name\":\"total\",\"type\":\"quadrille.events.types.Money\",\"doc\":\"Sum of quantity times unit price over all lines.\"},{\"name\":\"address_reference\",\"type\":\"string\",\"doc\":\"Where to ship to: a reference into the caller's address book. No personal data.\"},{\"name\":\"country_code\",\"type\":\"string\",\"doc\":\"Country to ship to: ISO 3166-1 alpha-2, two capital letters.\"}]},\"doc\":\"What was ordered.\"}]}",
    "b2a8a2d192e83a6d66699c50a34516f2be4d09e617d49181957bbb7f26c5da0b",
  ),
  "order_id",
);
