/** Bare Avro bodies to typed events and back. What is written passes the same check as what is read. */

import avro from "avsc";

import { checker } from "./strict.js";

/** Bytes that are no event of the type that they should be. The same bytes fail again. */
export class DecodeError extends Error {
  override name = "DecodeError";
}

/** An event that holds a value which its schema cannot express. */
export class EncodeError extends Error {
  override name = "EncodeError";
}

/** avsc's long as another type: a number loses digits beyond 2^53. */
function longAs<T>(fromLong: (value: bigint) => T, toLong: (value: T) => bigint, isValid: (value: unknown) => boolean) {
  return avro.types.LongType.__with({
    fromBuffer: (buffer: Buffer) => fromLong(buffer.readBigInt64LE()),
    toBuffer: (value: T) => {
      const buffer = Buffer.alloc(8);
      buffer.writeBigInt64LE(toLong(value));
      return buffer;
    },
    // From an int that a writer had, and for messages.
    fromJSON: (value: number) => fromLong(BigInt(value)),
    toJSON: (value: T) => String(value),
    isValid,
    compare: (left: T, right: T) => Number(toLong(left) - toLong(right)),
  });
}

const LONG = longAs<bigint>(
  (value) => value,
  (value) => value,
  (value) => typeof value === "bigint" && BigInt.asIntN(64, value) === value,
);

const TIMESTAMP_MILLIS = longAs<Date>(
  (millis) => {
    const date = new Date(Number(millis));
    if (Number.isNaN(date.getTime())) throw new RangeError(`${millis} ms is beyond what a Date holds`);
    return date;
  },
  (date) => BigInt(date.getTime()),
  (value) => value instanceof Date && !Number.isNaN(value.getTime()),
);

/** avsc does not export the type's name. */
type Resolver = NonNullable<Parameters<avro.Type["fromBuffer"]>[1]>;

/** One version of an event's schema. */
export class Schema {
  #type: avro.Type | undefined;
  #check: ((body: Uint8Array) => void) | undefined;
  readonly #resolvers = new Map<Schema, Resolver>();

  /**
   * @param fullName - Avro full name of the record.
   * @param topic - The topic of the event; empty for a schema that came from the registry.
   * @param text - The self-contained schema, as it is registered.
   * @param fingerprint - SHA-256 of the text in hexadecimal: the schema's name in `ce_dataschema`.
   */
  constructor(
    readonly fullName: string,
    readonly topic: string,
    readonly text: string,
    readonly fingerprint: string,
  ) {}

  /** The schema's subject in the registry (TopicRecordNameStrategy). */
  get subject(): string {
    return `${this.topic}-${this.fullName}`;
  }

  /**
   * Writes a value as a bare Avro body.
   *
   * @throws EncodeError - The value does not fit the schema.
   */
  encode(value: unknown): Uint8Array {
    try {
      wellFormed(value);
      const body = this.type.toBuffer(value);
      this.check(body);
      return body;
    } catch (error) {
      throw new EncodeError(`${this.fullName} cannot be written: ${reason(error)}`, { cause: error });
    }
  }

  /**
   * Reads a bare Avro body as a value of this schema.
   *
   * @param body - The body.
   * @param writer - The schema that it was written with.
   * @throws DecodeError - The body is no such value, or the schemas do not resolve.
   */
  decode(body: Uint8Array, writer: Schema = this): unknown {
    try {
      writer.check(body);
      const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      if (writer.text === this.text) return this.type.fromBuffer(buffer);
      let resolver = this.#resolvers.get(writer);
      if (resolver === undefined) {
        resolver = this.type.createResolver(writer.type) as Resolver;
        this.#resolvers.set(writer, resolver);
      }
      return this.type.fromBuffer(buffer, resolver);
    } catch (error) {
      throw new DecodeError(`no ${this.fullName}: ${reason(error)}`, { cause: error });
    }
  }

  private get type(): avro.Type {
    return (this.#type ??= bareType(JSON.parse(this.text)));
  }

  private check(body: Uint8Array): void {
    (this.#check ??= checker(JSON.parse(this.text)))(body);
  }
}

/**
 * Makes avsc's type of a schema: longs are bigints, times are Dates, and a union is its bare value.
 *
 * @param schema - The schema as JSON.
 */
export function bareType(schema: unknown): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, {
    typeHook: (part: unknown) => {
      const { type, logicalType } = (typeof part === "string" ? { type: part } : part) as Record<string, unknown>;
      if (type !== "long") return undefined;
      return logicalType === "timestamp-millis" ? TIMESTAMP_MILLIS : LONG;
    },
    wrapUnions: false,
  } as Parameters<typeof avro.Type.forSchema>[1]);
}

/** An event's type: its name is also that of its interface. */
export class EventType<E> {
  /**
   * @param schema - The schema of this version.
   * @param keyField - The field that is the record's key.
   */
  constructor(
    readonly schema: Schema,
    private readonly keyField: keyof E & string,
  ) {}

  /** The key of an event's record in Kafka. */
  keyOf(event: E): string {
    return String(event[this.keyField]);
  }

  /**
   * Writes an event as a bare Avro body.
   *
   * @throws EncodeError - A value does not fit its field.
   */
  encode(event: E): Uint8Array {
    return this.schema.encode(event);
  }

  /**
   * Reads a bare Avro body.
   *
   * @param writer - The schema that it was written with; the type's own if it is left out.
   * @throws DecodeError - The body is no such event.
   */
  decode(body: Uint8Array, writer?: Schema): E {
    return this.schema.decode(body, writer) as E;
  }
}

/** Refuses text that UTF-8 cannot hold: a Buffer holds a replacement for it without a word. */
function wellFormed(value: unknown): void {
  if (typeof value === "string") {
    // A lone half of a surrogate pair.
    if (/\p{Surrogate}/u.test(value)) throw new TypeError("text that UTF-8 cannot hold");
  } else if (value && typeof value === "object") {
    Object.values(value).forEach(wellFormed);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
