// Asks the console's API. An error is thrown with the sentence that the system gave.

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`api/${path}`, options);
  } catch {
    throw new Error("The console's own process does not answer. The page goes on by itself once it does.");
  }
  let body = null;
  try { body = await answer.json(); } catch { /* no JSON: told below */ }
  if (answer.ok) return body;
  const fields = (body?.details ?? []).flatMap((detail) => detail.fieldViolations ?? []);
  const told = fields.map((one) => `${one.field}: ${one.description}`).join("; ");
  throw new Error(told || body?.message || `The console answered ${answer.status}.`);
}

export const get = (path, signal) => ask(path, { signal });
export const post = (path, document) => ask(path, {
  method: "POST",
  headers: { "content-type": "application/json", "x-quadrille-console": "1" },
  body: JSON.stringify(document),
});

export const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

// Who acts: kept with what was changed. Remembered on this machine only.
export function actor(about) {
  try { return localStorage.getItem("actor") || about.actor; } catch { return about.actor; }
}
export function rememberActor(name) {
  try { localStorage.setItem("actor", name); } catch { /* no storage: asked again next time */ }
}
