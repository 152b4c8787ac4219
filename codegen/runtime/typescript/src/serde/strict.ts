/**
 * Refuses bodies that are not written as the Avro specification says (1.12, "Binary Encoding"), before avsc reads them:
 * every number in its shortest form and in range, every index there, every length and count inside the body, text in
 * UTF-8, and nothing left over.
 */

interface Node {
  readonly kind: string;
  readonly uuid: boolean;
  /** Symbols of an enum, bytes of a fixed. */
  readonly count: number;
  readonly children: Node[];
  readonly places: string[];
}

interface Definition {
  readonly type: unknown;
  readonly name?: string;
  readonly namespace?: string;
  readonly logicalType?: string;
  readonly fields?: { name: string; type: unknown }[];
  readonly symbols?: string[];
  readonly size?: number;
  readonly items?: unknown;
  readonly values?: unknown;
}

/** How many bytes each primitive takes at least. */
const WIDTH: Readonly<Record<string, number>> = {
  null: 0, boolean: 1, int: 1, long: 1, float: 4, double: 8, bytes: 1, string: 1,
};

/**
 * Prepares the check of a schema.
 *
 * @param schema - The self-contained schema as JSON.
 * @returns A function that throws an Error for a body that is no record of the schema; it says where.
 * @throws Error - The schema is recursive, or has an array whose items take no bytes.
 */
export function checker(schema: unknown): (body: Uint8Array) => void {
  const [root] = new Compiler().compile(schema, "");
  return (body) => new Walker(body).check(root);
}

class Compiler {
  private readonly named = new Map<string, Definition>();
  private readonly underWay = new Set<string>();

  /** Returns the node, and how many bytes the type takes at least. */
  compile(schema: unknown, namespace: string): [Node, number] {
    if (Array.isArray(schema)) {
      const children = schema.map((branch) => this.compile(branch, namespace)[0]);
      return [node("union", { children }), 1];
    }
    if (typeof schema === "string") {
      const width = WIDTH[schema];
      if (width !== undefined) return [node(schema), width];
      const name = schema.includes(".") || !namespace ? schema : `${namespace}.${schema}`;
      const found = this.named.get(name);
      if (!found) throw new Error(`no type is named ${name}`);
      return this.compile(found, name.slice(0, Math.max(0, name.lastIndexOf("."))));
    }
    const definition = schema as Definition;
    switch (definition.type) {
      case "record":
      case "error":
      case "enum":
      case "fixed":
        return this.define(definition, namespace);
      case "array":
      case "map": {
        const map = definition.type === "map";
        const [child, width] = this.compile(map ? definition.values : definition.items, namespace);
        if (!map && width === 0) {
          throw new Error("the items of an array take no bytes, so that a few bytes could stand for any number of them");
        }
        return [node(definition.type, { children: [child] }), 1];
      }
      default: {
        const [inner, width] = this.compile(definition.type, namespace);
        return [definition.logicalType === "uuid" ? { ...inner, uuid: true } : inner, width];
      }
    }
  }

  private define(definition: Definition, outer: string): [Node, number] {
    const own = definition.name ?? "";
    const namespace = own.includes(".") ? own.slice(0, own.lastIndexOf(".")) : definition.namespace ?? outer;
    const name = own.includes(".") || !namespace ? own : `${namespace}.${own}`;
    this.named.set(name, definition);
    if (definition.type === "enum") return [node("enum", { count: definition.symbols?.length ?? 0 }), 1];
    if (definition.type === "fixed") {
      const count = definition.size ?? 0;
      return [node("fixed", { count }), count];
    }
    if (this.underWay.has(name)) throw new Error(`the schema is recursive: ${name} contains itself`);
    this.underWay.add(name);
    const fields = definition.fields ?? [];
    const compiled = fields.map((field) => this.compile(field.type, namespace));
    this.underWay.delete(name);
    const children = compiled.map(([child]) => child);
    const width = compiled.reduce((sum, [, size]) => sum + size, 0);
    return [node("record", { children, places: fields.map((field) => field.name) }), width];
  }
}

function node(kind: string, rest: Partial<Node> = {}): Node {
  return { kind, uuid: false, count: 0, children: [], places: [], ...rest };
}

const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EARLY = "the body ends too early";

class Walker {
  private at = 0;

  constructor(private readonly body: Uint8Array) {}

  check(root: Node): void {
    this.walk(root, "");
    if (this.at !== this.body.length) {
      throw new Error(`${this.body.length - this.at} of ${this.body.length} bytes are left over`);
    }
  }

  private walk(n: Node, place: string): void {
    switch (n.kind) {
      case "null":
        return;
      case "boolean":
        if ((this.body[this.at] ?? 0) > 1) this.fail(place, "no boolean");
        return this.skip(1n, place);
      case "int": {
        const value = this.number(place);
        if (BigInt.asIntN(32, value) !== value) this.fail(place, `${value} is out of the range of int`);
        return;
      }
      case "long":
        this.number(place);
        return;
      case "float":
        return this.skip(4n, place);
      case "double":
        return this.skip(8n, place);
      case "fixed":
        return this.skip(BigInt(n.count), place);
      case "bytes":
        return this.skip(this.number(place), place);
      case "string":
        return this.text(n.uuid, place);
      case "enum":
        this.index(n.count, place);
        return;
      case "union":
        return this.walk(n.children[this.index(n.children.length, place)]!, place);
      case "record":
        n.children.forEach((child, i) => this.walk(child, place ? `${place}.${n.places[i]}` : n.places[i]!));
        return;
      default:
        return this.blocks(n, `${place}[]`);
    }
  }

  private fail(place: string, why: string): never {
    throw new Error(`${place}: byte ${this.at} of ${this.body.length}: ${why}`);
  }

  private number(place: string): bigint {
    const { body, at } = this;
    // Most numbers are one byte long.
    const first = body[at];
    if (first !== undefined && first < 128) {
      this.at++;
      return BigInt((first >> 1) ^ -(first & 1));
    }
    let raw = 0n;
    for (let i = 0; i < 10; i++) {
      const byte = body[at + i];
      if (byte === undefined) this.fail(place, EARLY);
      raw |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte > 127) continue;
      if (byte === 0) this.fail(place, "a number is longer than it need be");
      if (i === 9 && byte > 1) break;
      this.at += i + 1;
      return (raw >> 1n) ^ -(raw & 1n);
    }
    return this.fail(place, "a number is beyond 64 bits");
  }

  private index(count: number, place: string): number {
    const value = this.number(place);
    if (value < 0n || value >= BigInt(count)) this.fail(place, `index ${value} of ${count}`);
    return Number(value);
  }

  private skip(size: bigint, place: string): void {
    if (size < 0n) this.fail(place, `a length of ${size}`);
    if (size > BigInt(this.body.length - this.at)) this.fail(place, EARLY);
    this.at += Number(size);
  }

  private text(uuid: boolean, place: string): void {
    const size = this.number(place);
    const start = this.at;
    this.skip(size, place);
    let text = "";
    try {
      text = TEXT.decode(this.body.subarray(start, this.at));
    } catch {
      this.fail(place, "text that is no UTF-8");
    }
    if (uuid && !UUID.test(text)) this.fail(place, `${JSON.stringify(text)} is no UUID`);
  }

  private blocks(n: Node, place: string): void {
    for (;;) {
      let count = this.number(place);
      if (count === 0n) return;
      let end = -1;
      const left = () => BigInt(this.body.length - this.at);
      if (count < 0n) {
        count = -count;
        const size = this.number(place);
        // Each item takes a byte at least.
        if (size < count || size > left()) this.fail(place, `a block of ${count} items has a size of ${size}`);
        end = this.at + Number(size);
      } else if (count > left()) {
        this.fail(place, `${left()} bytes are left for a count of ${count}`);
      }
      for (; count > 0n; count--) {
        if (n.kind === "map") this.text(false, place);
        this.walk(n.children[0]!, place);
      }
      if (end >= 0 && this.at !== end) this.fail(place, "a block does not end where its size says");
    }
  }
}
