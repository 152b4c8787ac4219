// Replays or drops dead letters: tried first on the real data and taken back, then done.

import { post } from "./api.js";
import { confirmed } from "./ask.js";
import { h, say } from "./dom.js";
import { words } from "./format.js";

const again = "It would fail again: mend the cause first.";

export const counted = (counts) => Object.entries(counts).map(([outcome, number]) => `${number} ${words(outcome)}`).join(", ");

export function choose(about, selection, what, method, done) {
  const replay = method === "Replay";
  return confirmed(about, {
    title: `${method} ${what}`, action: `${method} now`, risky: !replay, label: "Dry run",
    text: replay ? "The same bytes go through the handlers that run now. A letter that fails again stays open and changes nothing but its error." : "Given up for good: what it says never takes effect. What only waited behind it is replayed.",
    preview: async (told) => outcome(await post("letters", { ...selection, ...told, method, dry_run: true })),
    run: (told) => post("letters", { ...selection, ...told, method, dry_run: false }),
    done: (answer) => { say(counted(answer.counts)); done(answer); },
  });
}

export function outcome({ dry_run, counts, results }) {
  const bad = counts.FAILED || counts.BEHIND;
  return h("div", { class: `note ${bad ? "bad" : "good"} stack` }, h("p", {}, `${dry_run ? "Tried and taken back" : "Done"}: ${counted(counts)}.`),
    dry_run && counts.FAILED && h("p", {}, again),
    h("ul", {}, results.slice(0, 20).map((one) => h("li", { class: "small" }, `${one.name}: ${words(one.outcome)}${one.error ? `, ${one.error}` : ""}`))),
    results.length > 20 && h("p", { class: "small" }, `And ${results.length - 20} more.`));
}

