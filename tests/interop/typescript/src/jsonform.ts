/** Turns events into the JSON form of the vectors, and back: longs and times are text. */

interface Type {
  readonly type: unknown;
  readonly name?: string;
  readonly namespace?: string;
  readonly logicalType?: string;
  readonly fields?: { name: string; type: unknown }[];
  readonly items?: unknown;
}

/** Gives the JSON form of an event. */
export function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.getTime().toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item)]));
  }
  return value;
}

/** Makes an event of its JSON form, as the schema says. */
export function fromJson(schema: unknown, value: unknown): unknown {
  const named = new Map<string, Type>();
  define(schema, named);
  return make(schema, value, named);
}

/** Finds every definition: one in the items of an empty array is referred to all the same. */
function define(schema: unknown, named: Map<string, Type>): void {
  if (Array.isArray(schema)) return schema.forEach((branch) => define(branch, named));
  if (!schema || typeof schema !== "object") return;
  const type = schema as Type;
  if (type.name) named.set(`${type.namespace}.${type.name}`, type);
  type.fields?.forEach((field) => define(field.type, named));
  define(type.items, named);
}

function make(schema: unknown, value: unknown, named: Map<string, Type>): unknown {
  if (Array.isArray(schema)) {
    return value === null ? null : make(schema.find((branch) => branch !== "null"), value, named);
  }
  if (typeof schema === "string") {
    const found = named.get(schema);
    return found ? make(found, value, named) : schema === "long" ? BigInt(value as string) : value;
  }
  const type = schema as Type;
  if (type.fields) {
    const object = value as Record<string, unknown>;
    return Object.fromEntries(type.fields.map((field) => [field.name, make(field.type, object[field.name], named)]));
  }
  if (type.items) return (value as unknown[]).map((item) => make(type.items, item, named));
  if (type.logicalType === "timestamp-millis") return new Date(Number(value));
  return type.type === "enum" ? value : make(type.type, value, named);
}
