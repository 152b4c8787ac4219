/**
 * Measures what the bare library makes of every body that must be refused. pytest compares it with docs/languages.md.
 * avsc can take a whole process with it, so that each body is read in a child process, several in a row as long as it lives.
 */

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import { InventoryFailed } from "quadrille/events/inventory";
import { bareType } from "quadrille/serde";

import { type Refused, type VectorFile, load } from "./vectors.js";

// It has something of everything: text, ids, times, enums, unions and arrays.
const FILE = load<VectorFile>(`${InventoryFailed.schema.fullName}.json`);
const BODIES = FILE.reject.filter((vector): vector is Refused & { body: string } => vector.body !== null);
const SECONDS = 20;

/** Tells of each body from one on whether it was read. */
function child(first: number): void {
  const type = bareType(JSON.parse(InventoryFailed.schema.text));
  for (const [index, vector] of BODIES.entries()) {
    if (index < first) continue;
    let read = true;
    try {
      type.fromBuffer(Buffer.from(vector.body, "hex"));
    } catch {
      read = false;
    }
    process.send!({ index, read });
  }
}

/** Has a child read the bodies from one on; gives the one that it died of, or the end. */
function readFrom(first: number, told: (index: number, read: boolean) => void): Promise<number> {
  return new Promise((resolve) => {
    let next = first;
    const reader = fork(fileURLToPath(import.meta.url), [String(first)], {
      execArgv: ["--max-old-space-size=64"],
      stdio: "ignore",
      timeout: SECONDS * 1000,
    });
    reader.on("message", ({ index, read }: { index: number; read: boolean }) => {
      told(index, read);
      next = index + 1;
    });
    reader.on("close", () => resolve(next));
  });
}

async function measure(): Promise<void> {
  const counts: Record<string, { read: number; died: number; of: number }> = {};
  const count = (index: number) => (counts[BODIES[index]!.kind] ??= { read: 0, died: 0, of: 0 });
  for (let next = 0; next < BODIES.length; next++) {
    next = await readFrom(next, (index, read) => {
      count(index).of++;
      if (read) count(index).read++;
    });
    if (next < BODIES.length) {
      count(next).of++;
      count(next).died++;
    }
  }
  console.log(`LENIENCY ${JSON.stringify(counts)}`);
}

const first = process.argv[2];
if (first === undefined) {
  await measure();
} else {
  child(Number(first));
}
