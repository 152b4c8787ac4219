// DO NOT EDIT. Made from codegen/runtime/typescript/src/serde/registry.ts by `make generate`.
/** Asks a Confluent-compatible schema registry which schema has which id, each once. It never registers. */

import { createHash } from "node:crypto";

import { DecodeError, Schema } from "./schema.js";

/** The registry did not answer, or not as it should. Asking again later may help. */
export class RegistryError extends Error {
  override name = "RegistryError";
}

/** The registry lacks what was asked for. */
export class UnknownSchemaError extends Error {
  override name = "UnknownSchemaError";
}

export class Registry {
  readonly #url: string;
  readonly #milliseconds: number;
  readonly #byId = new Map<number, Schema>();
  readonly #ids = new Map<string, number>();

  /**
   * @param url - Such as `http://127.0.0.1:8081/apis/ccompat/v7`.
   * @param milliseconds - How long a request may take.
   */
  constructor(url: string, milliseconds = 5000) {
    this.#url = url.replace(/\/+$/, "");
    this.#milliseconds = milliseconds;
  }

  /**
   * Gives the schema with an id.
   *
   * @throws UnknownSchemaError, RegistryError; DecodeError if it is no record.
   */
  async byId(id: number): Promise<Schema> {
    const known = this.#byId.get(id);
    if (known) return known;
    const found = await this.#ask(`/schemas/ids/${id}`, undefined, `a schema with id ${id}`);
    const text = String((found as { schema?: unknown }).schema);
    let parsed: { type?: unknown; name?: string; namespace?: string } | null = null;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Told below.
    }
    if (parsed?.type !== "record" || !parsed.name) throw new DecodeError(`the schema with id ${id} is no record`);
    const name = parsed.namespace && !parsed.name.includes(".") ? `${parsed.namespace}.${parsed.name}` : parsed.name;
    const schema = new Schema(name, "", text, createHash("sha256").update(text).digest("hex"));
    this.#byId.set(id, schema);
    return schema;
  }

  /**
   * Gives the id of a schema under its subject.
   *
   * @throws UnknownSchemaError, RegistryError.
   */
  async idOf(schema: Schema): Promise<number> {
    const known = this.#ids.get(schema.fingerprint);
    if (known !== undefined) return known;
    const body = JSON.stringify({ schema: schema.text, schemaType: "AVRO" });
    const path = `/subjects/${encodeURIComponent(schema.subject)}`;
    const { id } = (await this.#ask(path, body, `the schema of ${schema.subject}`)) as { id?: unknown };
    if (typeof id !== "number") throw new RegistryError("the registry answers without an id");
    this.#ids.set(schema.fingerprint, id);
    this.#byId.set(id, schema);
    return id;
  }

  async #ask(path: string, body: string | undefined, what: string): Promise<object> {
    const type = "application/vnd.schemaregistry.v1+json";
    try {
      const answer = await fetch(this.#url + path, {
        ...(body === undefined ? {} : { method: "POST", body }),
        headers: { accept: type, "content-type": type },
        signal: AbortSignal.timeout(this.#milliseconds),
      });
      if (answer.status === 404) throw new UnknownSchemaError(`the registry lacks ${what}`);
      if (!answer.ok) throw new Error(`it answers ${answer.status}`);
      return (await answer.json()) as object;
    } catch (error) {
      if (error instanceof UnknownSchemaError) throw error;
      throw new RegistryError(`the registry: ${String(error)}`, { cause: error });
    }
  }
}
