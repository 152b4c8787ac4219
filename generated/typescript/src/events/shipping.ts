// DO NOT EDIT. Made from schemas/ by `make generate`.
/** The types of quadrille.events.shipping. */

import { EventType, Schema } from "../serde/index.js";

/** Why an order cannot be shipped. UNKNOWN stands for symbols that the reader's version does not have. */
export type ShippingFailureReason = "UNKNOWN" | "UNSERVED_COUNTRY" | "CARRIER_REFUSED";

/** Why an order cannot be shipped. UNKNOWN stands for symbols that the reader's version does not have. */
export const ShippingFailureReason = {
  /** A reason that the reader's version does not have. */
  UNKNOWN: "UNKNOWN",
  /** The carrier does not serve the country. */
  UNSERVED_COUNTRY: "UNSERVED_COUNTRY",
  /** The carrier refused the parcel. */
  CARRIER_REFUSED: "CARRIER_REFUSED",
} as const;

/** The parcel is on its way. From here on the order is not undone. */
export interface OrderShipped {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** The shipment. */
  shipment_id: string;
  /** Who carries it. */
  carrier: string;
  /** The carrier's tracking id. */
  tracking_id: string;
}

/** Nothing was shipped for the order, nor ever will be. The answer to OrderCancelRequested. */
export interface ShipmentCancelled {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
}

/** The order cannot be shipped, nor ever will be. */
export interface ShippingFailed {
  /** The order. Also the record's key. */
  order_id: string;
  /** When the owner of this event decided it, by its own clock. */
  occurred_at: Date;
  /** Why it cannot be shipped. */
  reason: ShippingFailureReason;
  /** What the carrier said, if it said anything. No personal data. */
  detail: string | null;
}

/** The parcel is on its way. From here on the order is not undone. */
export const OrderShipped = new EventType<OrderShipped>(
  new Schema(
    "quadrille.events.shipping.OrderShipped",
    "shipping-events",
    "{\"type\":\"record\",\"name\":\"OrderShipped\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"The parcel is on its way. From here on the order is not undone.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"shipment_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The shipment.\"},{\"name\":\"carrier\",\"type\":\"string\",\"doc\":\"Who carries it.\"},{\"name\":\"tracking_id\",\"type\":\"string\",\"doc\":\"The carrier's tracking id.\"}]}",
    "24ae4e28aae54b9ef5766503aeacb374e4c70de8140521ba6f16955983515441",
  ),
  "order_id",
);

/** Nothing was shipped for the order, nor ever will be. The answer to OrderCancelRequested. */
export const ShipmentCancelled = new EventType<ShipmentCancelled>(
  new Schema(
    "quadrille.events.shipping.ShipmentCancelled",
    "shipping-events",
    "{\"type\":\"record\",\"name\":\"ShipmentCancelled\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"Nothing was shipped for the order, nor ever will be. The answer to OrderCancelRequested.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"}]}",
    "73e4e03a994cb68ac28d59709c1dc38a65c8e321905218308784dfa0eff65d41",
  ),
  "order_id",
);

/** The order cannot be shipped, nor ever will be. */
export const ShippingFailed = new EventType<ShippingFailed>(
  new Schema(
    "quadrille.events.shipping.ShippingFailed",
    "shipping-events",
    "{\"type\":\"record\",\"name\":\"ShippingFailed\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"The order cannot be shipped, nor ever will be.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"ShippingFailureReason\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"Why an order cannot be shipped. UNKNOWN stands for symbols that the reader's version does not have.\",\"symbols\":[\"UNKNOWN\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"UNSERVED_COUNTRY\":\"The carrier does not serve the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\"}},\"doc\":\"Why it cannot be shipped.\"},{\"name\":\"detail\",\"type\":[\"null\",\"string\"],\"doc\":\"What the carrier said, if it said anything. No personal data.\",\"default\":null}]}",
    "ca27b9ac6c7e108cf7a81543c0ba755885c2911f48bf5dc1bbccf5a046aa273e",
  ),
  "order_id",
);
