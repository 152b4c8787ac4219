// DO NOT EDIT. Made from schemas/ by `make generate`.
/** Every event of the platform. */

import * as inventory from "./inventory.js";
import * as order from "./order.js";
import * as payment from "./payment.js";
import * as shipping from "./shipping.js";

/** An event with its full name and its type; switch on the name. */
export type AnyEvent =
  | { name: "quadrille.events.order.OrderCreated"; type: typeof order.OrderCreated; event: order.OrderCreated }
  | { name: "quadrille.events.order.OrderCompleted"; type: typeof order.OrderCompleted; event: order.OrderCompleted }
  | { name: "quadrille.events.order.OrderCancelled"; type: typeof order.OrderCancelled; event: order.OrderCancelled }
  | { name: "quadrille.events.order.InventoryRollback"; type: typeof order.InventoryRollback; event: order.InventoryRollback }
  | { name: "quadrille.events.order.OrderCancelRequested"; type: typeof order.OrderCancelRequested; event: order.OrderCancelRequested }
  | { name: "quadrille.events.inventory.InventoryReserved"; type: typeof inventory.InventoryReserved; event: inventory.InventoryReserved }
  | { name: "quadrille.events.inventory.InventoryFailed"; type: typeof inventory.InventoryFailed; event: inventory.InventoryFailed }
  | { name: "quadrille.events.inventory.InventoryReleased"; type: typeof inventory.InventoryReleased; event: inventory.InventoryReleased }
  | { name: "quadrille.events.payment.PaymentCompleted"; type: typeof payment.PaymentCompleted; event: payment.PaymentCompleted }
  | { name: "quadrille.events.payment.PaymentFailed"; type: typeof payment.PaymentFailed; event: payment.PaymentFailed }
  | { name: "quadrille.events.payment.PaymentRefunded"; type: typeof payment.PaymentRefunded; event: payment.PaymentRefunded }
  | { name: "quadrille.events.shipping.OrderShipped"; type: typeof shipping.OrderShipped; event: shipping.OrderShipped }
  | { name: "quadrille.events.shipping.ShippingFailed"; type: typeof shipping.ShippingFailed; event: shipping.ShippingFailed }
  | { name: "quadrille.events.shipping.ShipmentCancelled"; type: typeof shipping.ShipmentCancelled; event: shipping.ShipmentCancelled };

/** The type of every event, by Avro full name. */
export const EVENTS = {
  "quadrille.events.order.OrderCreated": order.OrderCreated,
  "quadrille.events.order.OrderCompleted": order.OrderCompleted,
  "quadrille.events.order.OrderCancelled": order.OrderCancelled,
  "quadrille.events.order.InventoryRollback": order.InventoryRollback,
  "quadrille.events.order.OrderCancelRequested": order.OrderCancelRequested,
  "quadrille.events.inventory.InventoryReserved": inventory.InventoryReserved,
  "quadrille.events.inventory.InventoryFailed": inventory.InventoryFailed,
  "quadrille.events.inventory.InventoryReleased": inventory.InventoryReleased,
  "quadrille.events.payment.PaymentCompleted": payment.PaymentCompleted,
  "quadrille.events.payment.PaymentFailed": payment.PaymentFailed,
  "quadrille.events.payment.PaymentRefunded": payment.PaymentRefunded,
  "quadrille.events.shipping.OrderShipped": shipping.OrderShipped,
  "quadrille.events.shipping.ShippingFailed": shipping.ShippingFailed,
  "quadrille.events.shipping.ShipmentCancelled": shipping.ShipmentCancelled,
} as const;

/** The topics that events are published to. */
export const TOPICS = ["order-events", "inventory-events", "payment-events", "shipping-events"] as const;
