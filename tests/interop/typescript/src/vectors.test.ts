/** Holds the TypeScript package to the vectors. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { type AnyEvent, EVENTS } from "quadrille/events";
import { OrderShipped, ShippingFailed } from "quadrille/events/shipping";
import {
  DecodeError,
  derivedId,
  EncodeError,
  type EventType,
  headers,
  OtherEventError,
  Registry,
  RegistryError,
  Serde,
  UnknownSchemaError,
} from "quadrille/serde";

import { fromJson, toJson } from "./jsonform.js";
import { type Accepted, FILES, load, serve } from "./vectors.js";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const typeOf = (name: string) => EVENTS[name as AnyEvent["name"]] as unknown as EventType<unknown>;
const ID = "019dd2a1-8f00-7abc-8def-0123456789ab";

let server: Awaited<ReturnType<typeof serve>>;
let serde: Serde<AnyEvent>;

before(async () => {
  server = await serve();
  serde = new Serde<AnyEvent>(new Registry(server.url), EVENTS);
});
after(() => server.close());

describe("every body is read and written alike", () => {
  for (const file of FILES) {
    for (const vector of file.accept) {
      test(`${file.event}: ${vector.name}`, async () => {
        const { name, type, event } = await serde.decode(bytes(vector.framed));
        assert.equal(name, file.event);
        assert.deepEqual(toJson(event), vector.json);
        const made = fromJson(JSON.parse(typeOf(name).schema.text), vector.json);
        for (const source of [event, made]) {
          const framed = await serde.encode(type as unknown as EventType<unknown>, source);
          if (vector.canonical) assert.equal(framed.toString("hex"), vector.framed);
        }
        assert.equal(vector.framed.slice(10), vector.body);
      });
    }
  }
});

describe("every wrong body is refused", () => {
  for (const file of FILES) {
    for (const vector of file.reject) {
      test(`${file.event}: ${vector.kind}: ${vector.name}`, async () => {
        await assert.rejects(
          serde.decode(bytes(vector.framed)),
          (error) => error instanceof DecodeError || error instanceof UnknownSchemaError,
        );
      });
    }
  }
});

describe("other versions are read as this one", () => {
  for (const vector of load<{ accept: Accepted[] }>("evolution.json").accept) {
    test(`${vector.event}: ${vector.name}`, async () => {
      const { event } = await serde.decode(bytes(vector.framed));
      assert.deepEqual(toJson(event), vector.json);
    });
  }
});

test("the registry is asked once for each schema, and never to register", async () => {
  server.asked.clear();
  const fresh = new Serde<AnyEvent>(new Registry(`${server.url}/`), EVENTS);
  for (const file of FILES) {
    for (let turn = 0; turn < 3; turn++) {
      const { type, event } = await fresh.decode(bytes(file.accept[0]!.framed));
      await fresh.encode(type as unknown as EventType<unknown>, event);
    }
  }
  assert.equal(server.asked.size, 2 * FILES.length);
  for (const [what, times] of server.asked) {
    assert.equal(times, 1, what);
    assert.doesNotMatch(what, /versions$/);
  }
});

test("a registry that is away is an error that may pass", async () => {
  const away = await serve();
  away.close();
  const lost = new Serde<AnyEvent>(new Registry(away.url), EVENTS);
  await assert.rejects(lost.decode(bytes(FILES[0]!.accept[0]!.framed)), RegistryError);
});

test("a tombstone, and an event that is not wanted, are told apart", async () => {
  const few = new Serde<AnyEvent>(new Registry(server.url), {});
  await assert.rejects(few.decode(null), DecodeError);
  await assert.rejects(few.decode(bytes(FILES[0]!.accept[0]!.framed)), OtherEventError);
});

test("text that UTF-8 cannot hold, a key that is no UUID, a time that is none are not written", () => {
  const good = { order_id: ID, occurred_at: new Date(0), shipment_id: ID, carrier: "c", tracking_id: "t" };
  OrderShipped.encode(good);
  for (const wrong of [{ carrier: "\ud800" }, { order_id: "x" }, { occurred_at: new Date(NaN) }, { carrier: 1 }]) {
    assert.throws(() => OrderShipped.encode({ ...good, ...(wrong as Partial<OrderShipped>) }), EncodeError);
  }
  const failed = { order_id: ID, occurred_at: new Date(0), reason: "NONE_SUCH", detail: null };
  assert.throws(() => ShippingFailed.encode(failed as unknown as ShippingFailed), EncodeError);
});

test("ids are derived as the services do it", () => {
  const { ids } = load<{ ids: { source: string; cause: string; ordinal: number; id: string }[] }>("ids.json");
  assert.ok(ids.length > 0);
  for (const { source, cause, ordinal, id } of ids) assert.equal(derivedId(source, cause, ordinal), id);
});

test("headers are those of CloudEvents", () => {
  assert.deepEqual(headers(OrderShipped, "shipping", ID, new Date("2026-05-04T12:30:15.123Z")), {
    ce_specversion: "1.0",
    ce_id: ID,
    ce_type: "quadrille.events.shipping.OrderShipped",
    ce_source: "/services/shipping",
    ce_time: "2026-05-04T12:30:15.123Z",
    ce_dataschema: `urn:quadrille:schema:sha256:${OrderShipped.schema.fingerprint}`,
    "content-type": "application/avro",
  });
});
