// One stream for all that is live. The browser asks again by itself, and says what it saw last.

const listeners = new Set();
export const live = { state: null, connected: false, at: 0 };

function tell() {
  for (const listener of listeners) listener(live);
}

export function follow(listener) {
  listeners.add(listener);
  listener(live);
  return () => listeners.delete(listener);
}

export function connect() {
  let source = null;
  const open = () => {
    source = new EventSource("api/live");
    source.addEventListener("state", (event) => {
      live.state = JSON.parse(event.data);
      live.connected = true;
      live.at = Date.now();
      tell();
    });
    source.addEventListener("error", () => {
      live.connected = false;
      tell();
      // A stream that was refused is given up by the browser; the process may still come back.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 2000);
    });
  };
  open();
}

// What does not answer, a sentence each; nothing before the first answer.
export function troubles() {
  if (!live.state) return live.connected || !live.at ? [] : ["the console's own process"];
  const { platform, topics, databases, orders } = live.state;
  const found = [];
  if (!live.connected) found.push("The console's own process does not answer: what is shown is the last that it said.");
  for (const server of platform.value?.servers ?? []) if (!server.reachable) found.push(`${server.name} at ${server.address} does not answer.`);
  for (const one of platform.value?.services ?? []) {
    if (one.ready) continue;
    if (one.waiting_for) found.push(`${one.name} waits: ${one.waiting_for}.`);
    else found.push(`${one.name} at ${one.address} does not answer${one.last_exit ? ` (it ended last with ${one.last_exit})` : ""}.`);
  }
  const told = found.join(" ");
  if (topics.error && !told.includes("kafka")) found.push(topics.error);
  if (orders.error && !told.includes("order-")) found.push(`Orders: ${orders.error}`);
  for (const [name, one] of Object.entries(databases.value ?? {})) if (one.error && !told.includes("postgres") && !told.includes(`${name}-`)) found.push(one.error);
  if (platform.error) found.push(platform.error);
  return found;
}

export function openLetters() {
  return Object.values(live.state?.databases.value ?? {}).reduce((sum, one) => sum + (one.letters ?? 0), 0);
}
