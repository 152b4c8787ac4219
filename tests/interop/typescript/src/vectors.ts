/** The vectors, and a server of their schemas. */

import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../../generated/vectors/", import.meta.url));

export interface Accepted {
  readonly name: string;
  readonly event: string;
  readonly canonical: boolean;
  readonly body: string;
  readonly framed: string;
  readonly json: unknown;
}

export interface Refused {
  readonly kind: string;
  readonly name: string;
  readonly body: string | null;
  readonly framed: string;
}

export interface VectorFile {
  readonly event: string;
  readonly accept: Accepted[];
  readonly reject: Refused[];
}

export function load<T>(name: string): T {
  return JSON.parse(readFileSync(FOLDER + name, "utf8")) as T;
}

export const FILES = readdirSync(FOLDER)
  .filter((name) => name.startsWith("quadrille."))
  .map((name) => load<VectorFile>(name));

export interface Listed {
  readonly id: number;
  readonly subject: string | null;
  readonly full_name: string;
  readonly text: string;
}

/** Serves the vectors' schemas over HTTP, and counts what it is asked. */
export async function serve(): Promise<{ url: string; asked: Map<string, number>; close: () => void }> {
  const { schemas } = load<{ schemas: Listed[] }>("schemas.json");
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const what = `${request.method} ${request.url}`;
      asked.set(what, (asked.get(what) ?? 0) + 1);
      const wanted = parts.length ? (JSON.parse(Buffer.concat(parts).toString()) as { schema: string }).schema : "";
      const found = schemas.find(({ id, subject, text }) =>
        wanted ? what === `POST /subjects/${subject}` && wanted === text : what === `GET /schemas/ids/${id}`,
      );
      response.statusCode = found ? 200 : 404;
      response.end(JSON.stringify(found ? { id: found.id, schema: found.text } : { error_code: 40403 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => server.close().closeAllConnections() };
}
