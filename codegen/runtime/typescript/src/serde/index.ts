/**
 * Reads and writes the platform's events: Avro bodies behind the five-byte prefix of a schema registry.
 *
 * - A body is checked against its writer's schema before avsc sees it; what the specification does not allow is a
 *   DecodeError.
 * - Schemas are looked up and never registered; each is asked for once.
 * - A body is read as this version's type: Avro resolves the writer's schema to the reader's own.
 */

import { createHash } from "node:crypto";

import { Registry } from "./registry.js";
import { DecodeError, EventType } from "./schema.js";

export { Registry, RegistryError, UnknownSchemaError } from "./registry.js";
export { DecodeError, EncodeError, EventType, Schema, bareType } from "./schema.js";

const MAGIC = 0;
const PREFIX_LENGTH = 5;

/** A value holds an event that is not read here. Skip it, and count it. */
export class OtherEventError extends Error {
  override name = "OtherEventError";
}

/** What a value holds: the event's full name, its type, and the event. `AnyEvent` of the events is one. */
export interface Named {
  readonly name: string;
  // Not `unknown`: a type is both given and taken.
  readonly type: EventType<any>;
  readonly event: unknown;
}

/** Reads and writes the values of Kafka records. */
export class Serde<E extends Named> {
  /**
   * @param registry - Where schemas are looked up.
   * @param events - The events that are read, by full name: EVENTS, or some of them.
   */
  constructor(
    private readonly registry: Registry,
    private readonly events: Readonly<Partial<Record<E["name"], EventType<any>>>>,
  ) {}

  /**
   * Reads a record's value.
   *
   * @throws DecodeError, UnknownSchemaError (the value will never be read), OtherEventError, RegistryError (ask again).
   */
  async decode(value: Uint8Array | null | undefined): Promise<E> {
    const [id, body] = unframe(value);
    const writer = await this.registry.byId(id);
    const name = writer.fullName as E["name"];
    const type = Object.hasOwn(this.events, name) ? this.events[name] : undefined;
    if (!type) throw new OtherEventError(`${name} is not read here`);
    return { name, type, event: type.decode(body, writer) } as unknown as E;
  }

  /**
   * Writes a record's value.
   *
   * @throws EncodeError, UnknownSchemaError (run `quadrille apply`), RegistryError.
   */
  async encode<T>(type: EventType<T>, event: T): Promise<Buffer> {
    const body = type.encode(event);
    return frame(await this.registry.idOf(type.schema), body);
  }
}

/** Puts the prefix before a body: a zero byte and the schema's id, big-endian. */
export function frame(id: number, body: Uint8Array): Buffer {
  const value = Buffer.alloc(PREFIX_LENGTH + body.length);
  value.writeUInt32BE(id, 1);
  value.set(body, PREFIX_LENGTH);
  return value;
}

/**
 * Takes the prefix off a value.
 *
 * @throws DecodeError - There is none.
 */
export function unframe(value: Uint8Array | null | undefined): [id: number, body: Uint8Array] {
  if (!value) throw new DecodeError("the record has no value");
  if (value.length < PREFIX_LENGTH) throw new DecodeError(`the value has ${value.length} bytes; the prefix alone has 5`);
  if (value[0] !== MAGIC) throw new DecodeError(`the value begins with byte ${value[0]}, not with 0`);
  const id = new DataView(value.buffer, value.byteOffset).getUint32(1);
  return [id, value.subarray(PREFIX_LENGTH)];
}

/**
 * Gives the headers of an event's record: CloudEvents, Kafka protocol binding 1.0, binary mode.
 *
 * @param type - The event's type.
 * @param source - The service that publishes.
 * @param id - As of `derivedId`.
 * @param time - When it was decided.
 */
export function headers<T>(type: EventType<T>, source: string, id: string, time: Date): Record<string, string> {
  return {
    ce_specversion: "1.0",
    ce_id: id,
    ce_type: type.schema.fullName,
    ce_source: `/services/${source}`,
    ce_time: time.toISOString(),
    ce_dataschema: `urn:quadrille:schema:sha256:${type.schema.fingerprint}`,
    "content-type": "application/avro",
  };
}

/**
 * Derives an event's id from what caused it, so that deciding again gives the same id.
 *
 * @param source - The service that decides.
 * @param cause - The UUID of what it answers.
 * @param ordinal - The event's place among those of one decision, from 0.
 * @returns A UUID of version 8 over SHA-256 of the three.
 */
export function derivedId(source: string, cause: string, ordinal: number): string {
  const hash = createHash("sha256");
  hash.update(`${source}\0`).update(Buffer.from(cause.replaceAll("-", ""), "hex")).update(`\0${ordinal}`);
  const id = hash.digest().subarray(0, 16);
  id[6] = (id[6]! & 0x0f) | 0x80;
  id[8] = (id[8]! & 0x3f) | 0x80;
  const hex = id.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
