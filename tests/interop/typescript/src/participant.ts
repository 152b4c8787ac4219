/**
 * Plays shipping's part for one order: it places the order through the API, reads the order's events from Kafka, answers
 * PaymentCompleted with OrderShipped, and asks the API how the order ended. tests/interop starts it.
 */

import { randomUUID } from "node:crypto";

import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Consumer, murmur2, ProduceAcks, Producer } from "@platformatic/kafka";
import { type AnyEvent, EVENTS, TOPICS } from "quadrille/events";
import { OrderCompleted } from "quadrille/events/order";
import type { PaymentCompleted } from "quadrille/events/payment";
import { OrderShipped } from "quadrille/events/shipping";
import { OrderState } from "quadrille/proto/order/v1/order_pb";
import { OrderService } from "quadrille/proto/order/v1/order_service_pb";
import { derivedId, headers, Registry, Serde } from "quadrille/serde";

import { toJson } from "./jsonform.js";

const SECONDS = 60;

interface Wanted {
  readonly request_id: string;
  readonly customer_id: string;
  readonly sku: string;
  readonly tracking: string;
}

const setting = (name: string) => process.env[`PARTICIPANT_${name}`] ?? "";
const tell = (what: object) => console.log(JSON.stringify(what));

async function run(): Promise<void> {
  const wanted = JSON.parse(setting("REQUEST")) as Wanted;
  const orders = createClient(OrderService, createGrpcTransport({ baseUrl: `http://${setting("ORDERS")}` }));
  const { order } = await orders.placeOrder({
    requestId: wanted.request_id,
    customerId: wanted.customer_id,
    lines: [{ sku: wanted.sku, quantity: 2n, unitPrice: { currencyCode: "USD", minorUnits: 100n } }],
    addressReference: "home",
    countryCode: "DE",
  });
  const orderId = order!.orderId;
  tell({ placed: orderId });
  await follow(orderId, wanted.tracking);
  const ended = await orders.getOrder({ orderId });
  tell({ state: `ORDER_STATE_${OrderState[ended.state]}` });
}

/** Reads every event of the order, answers the payment, and returns once the order is completed. */
async function follow(orderId: string, tracking: string): Promise<void> {
  const serde = new Serde<AnyEvent>(new Registry(setting("REGISTRY")), EVENTS);
  const bootstrapBrokers = [setting("KAFKA")];
  // A group of its own, so that it shares the topics with nobody.
  const consumer = new Consumer({ groupId: randomUUID(), clientId: "participant", bootstrapBrokers });
  const producer = new Producer({
    clientId: "participant",
    bootstrapBrokers,
    acks: ProduceAcks.ALL,
    // Java's partitioner, which is what every service uses. The client's own does not mask the sign as Java does, and
    // puts half of all keys elsewhere.
    partitioner: ({ key }) => murmur2(key as Buffer) & 0x7fffffff,
  });
  const stream = await consumer.consume({ topics: [...TOPICS], mode: "earliest", autocommit: false, maxWaitTime: 100 });
  const seen = new Set<string>();
  try {
    for await (const record of stream) {
      if (record.key?.toString() !== orderId) continue;
      const found = await serde.decode(record.value);
      const cause = [...record.headers].find(([name]) => name.toString() === "ce_id")?.[1].toString() ?? "";
      const { topic, partition } = record;
      tell({ topic, partition, ce_id: cause, name: found.name, json: toJson(found.event) });
      if (found.name === "quadrille.events.payment.PaymentCompleted") {
        await ship(producer, serde, found.event, cause, tracking);
      }
      seen.add(found.name);
      // Between two topics there is no order.
      if (seen.has(OrderShipped.schema.fullName) && seen.has(OrderCompleted.schema.fullName)) return;
    }
  } finally {
    await stream.close();
    await consumer.close();
    await producer.close();
  }
}

async function ship(
  producer: Producer,
  serde: Serde<AnyEvent>,
  paid: PaymentCompleted,
  cause: string,
  tracking: string,
): Promise<void> {
  const now = new Date();
  const shipped: OrderShipped = {
    order_id: paid.order_id,
    occurred_at: now,
    shipment_id: paid.order_id,
    carrier: "typescript",
    tracking_id: tracking,
  };
  const named = headers(OrderShipped, "shipping", derivedId("shipping", cause, 0), now);
  await producer.send({
    messages: [
      {
        topic: OrderShipped.schema.topic,
        key: Buffer.from(OrderShipped.keyOf(shipped)),
        value: await serde.encode(OrderShipped, shipped),
        headers: new Map(Object.entries(named).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
      },
    ],
  });
}

const late = setTimeout(() => {
  console.error(`not done after ${SECONDS} seconds`);
  process.exit(1);
}, SECONDS * 1000);
await run();
clearTimeout(late);
