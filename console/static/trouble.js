// What went wrong: dead letters, orders that wait too long, and the audit.

import { get, post, query as written } from "./api.js";
import { empty, h, problem, put, say, service, show, state, tag } from "./dom.js";
import { count, duration, moment, plural, short, stateOf } from "./format.js";
import { follow, openLetters } from "./live.js";
import { choose } from "./mending.js";
import { behind } from "./why.js";

export function open(_params, query, about) {
  let patience = Number(query.get("patience") ?? 60), kind = query.get("letters") ?? "OPEN", closed = false, timer = null, known = -1;
  const [letters, stuck, audit] = [0, 1, 2].map(() => h("div", { class: "stack" }));
  const waits = h("select", { name: "patience", onchange: change }, [5, 30, 60, 300, 3600].map((value) => h("option", { value, selected: value === patience }, duration(value))));
  const kinds = h("select", { name: "letters", onchange: change }, [["OPEN", "open"], ["REPLAYED", "replayed"], ["DROPPED", "dropped"]].map(([value, text]) => h("option", { value, selected: value === kind }, text)));
  const start = h("button", { type: "button", class: "button main", onclick: run }, "Audit now");
  const element = h("div", {}, h("div", { class: "head" }, h("div", {}, h("h1", {}, "Trouble"), h("p", { class: "sub" }, "Records that could not take effect, orders that wait too long, and what does not add up."))),
    section("Dead letters", "A record that a service has read and that could not take effect there: its bytes are no event, or its handler failed. What follows of its order waits behind it; all other orders go on.", h("label", { class: "field inline" }, "Show", kinds), letters),
    section("Stuck orders", "Orders whose next step is late, with the service that owes it.", h("label", { class: "field inline" }, "Waiting longer than", waits), stuck),
    section("Audit", "Adds up stock, money and orders over all four services, and says what does not fit.", start, audit));

  function change() {
    const address = written({ patience: waits.value === "60" ? "" : waits.value, letters: kinds.value === "OPEN" ? "" : kinds.value });
    location.hash = `#/trouble${address ? `?${address}` : ""}`;
  }
  const into = async (place, path, draw) => {
    try {
      const found = await get(path);
      if (!closed) show(place, draw(found));
    } catch (error) { if (!closed) show(place, problem(error)); }
  };
  const askLetters = () => into(letters, `letters?state=${kind}`, (found) => letterTable(found, kind, about, refresh));
  const askStuck = () => into(stuck, `stuck?patience=${patience}`, stuckTable);
  async function askAudit() {
    try {
      const found = await get("audit");
      if (closed) return;
      start.disabled = found.running;
      put(start, found.running ? "Reading and judging" : "Audit now");
      show(audit, audited(found));
      if (found.running) setTimeout(askAudit, 700);
      else if (askAudit.running) say(found.error ? "The audit could not be made." : found.result.holds ? "The audit is done: every invariant holds." : "The audit is done: something is broken.");
      askAudit.running = found.running;
    } catch (error) { if (!closed) show(audit, problem(error)); }
  }
  async function run() {
    try { await post("audit", {}); } catch (error) { show(audit, problem(error)); return; }
    askAudit.running = true;
    askAudit();
  }
  function refresh() { askLetters(); askStuck(); }
  async function again() {
    if (closed) return;
    if (!document.hidden) await askStuck();
    if (!closed) timer = setTimeout(again, 5000);
  }
  // The stream says how many letters are open; the list is asked for when that changes.
  const stop = follow(({ state: told }) => { if (told && openLetters() !== known) { known = openLetters(); askLetters(); } });
  askLetters();
  askAudit();
  again();
  return { title: "Trouble", element, close() { closed = true; stop(); clearTimeout(timer); },
    search(next) {
      patience = Number(next.get("patience") ?? 60);
      kind = next.get("letters") ?? "OPEN";
      waits.value = String(patience);
      kinds.value = kind;
      refresh();
    } };
}

const section = (title, text, control, ...content) => h("section", { class: "section", "aria-label": title }, h("div", { class: "head" }, h("div", { class: "title" }, h("h2", {}, title), h("p", { class: "small quiet" }, text)), h("div", { class: "acts" }, control)), ...content);
const heads = (...names) => h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name))));
const region = (label, table) => h("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": label }, table);

function letterTable({ letters, away, cut }, kind, about, refresh) {
  const notes = [...Object.values(away).map((text) => h("p", { class: "note bad" }, text)), ...(cut.length ? [h("p", { class: "note" }, `Only the oldest of ${cut.join(", ")} are shown.`)] : [])];
  if (!letters.length) return [...notes, !Object.keys(away).length && h("div", { class: "card" }, kind === "OPEN" ? empty("No dead letter is open", "Every record that was read has taken effect.") : empty("There is none"))];
  const types = [...new Set(letters.map((letter) => letter.error_type))].filter((type) => type !== "Waiting");
  return [...notes,
    kind === "OPEN" && h("div", { class: "bulk" }, h("span", { class: "small quiet" }, plural(letters.length, "letter")), types.map((type) => h("button", { type: "button", class: "button", onclick: () => choose(about, { error: type }, `all with ${type}`, "Replay", refresh) }, `Replay all with ${type}`))),
    region("Table of dead letters", h("table", {}, heads("Letter", "Error", "Order", "Failed", "From"), h("tbody", {}, letters.map((letter) => h("tr", {},
      h("td", { class: "nowrap" }, h("a", { href: `#/trouble/${letter.name}` }, letter.name), " ", letter.attempts > 0 && h("span", { class: "small quiet" }, `tried ${letter.attempts} ×`)),
      h("td", { class: "wide" }, tag(letter.error_type, letter.error_type === "Waiting" ? "" : "bad"), " ", h("span", { class: "clip", title: letter.error }, brief(letter.error))),
      h("td", { class: "nowrap" }, letter.aggregate_id ? h("a", { class: "mono", href: `#/orders/${letter.aggregate_id}` }, short(letter.aggregate_id)) : "no order"),
      h("td", { class: "nowrap quiet" }, moment(letter.fail_time)),
      h("td", { class: "nowrap mono" }, `${letter.topic}/${letter.partition}@${letter.offset}`))))))];
}

const BRIEF = 160;
const brief = (text) => (text.length > BRIEF ? `${text.slice(0, BRIEF)}…` : text);

function stuckTable({ orders, patience, more }) {
  if (!orders.length) return h("div", { class: "card" }, more ? empty("Nothing was found in time", "More orders are under way than could be looked at; run `quadrille list --stuck`.") : empty("No order is stuck", `None waits longer than ${duration(patience)}.`));
  return [more && h("p", { class: "note warn" }, `The newest ${count(orders.length)} that were found in five seconds; there may be more. \`quadrille list --stuck --all\` finds all.`),
    region("Table of stuck orders", h("table", {}, heads("Order", "State", "Waits for", "Since", "Deadline"), h("tbody", {}, orders.map((order) => h("tr", {},
      h("td", { class: "nowrap" }, h("a", { class: "mono", href: `#/orders/${order.order_id}` }, short(order.order_id))), h("td", {}, state(stateOf(order))),
      h("td", {}, order.awaits.map((wait) => h("div", {}, service(wait.service), h("span", { class: "small quiet" }, ` ${wait.events.join(" or ")}`))), order.calls.map((call) => h("div", { class: "small" }, `asks its provider: attempt ${call.attempts}`)), behind(order.letters)),
      h("td", { class: "nowrap" }, duration(Math.max(...order.awaits.map((wait) => wait.seconds)))),
      h("td", { class: "nowrap" }, order.overdue_seconds > 0 ? h("span", { class: "late" }, `${duration(order.overdue_seconds)} ago`) : `in ${duration(Math.max(0, (new Date(order.deadline_time) - Date.now()) / 1000))}`))))))];
}

function audited({ running, at, result, error }) {
  if (!at) return h("div", { class: "card" }, empty(running ? "Reading all four databases" : "Not audited yet", running ? "" : "It reads every order in all four databases, as a role that cannot write."));
  if (error) return h("p", { class: "note bad", role: "alert" }, error);
  const violations = result.invariants.flatMap((one) => one.violations.map((violation) => ({ ...violation, name: one.name })));
  return [
    h("p", { class: `note ${result.holds ? "good" : "bad"}` }, `${result.verdict[0].toUpperCase()}${result.verdict.slice(1)}. ${moment(at)}, read and judged in ${result.seconds.toFixed(1)} s.`),
    result.under_way.length > 0 && h("p", { class: "small quiet" }, `Not quiet: ${result.under_way.join("; ")}.`),
    region("Invariants", h("table", {}, h("thead", {}, h("tr", {}, ["Invariant", "What it says"].map((name) => h("th", { scope: "col" }, name)), ["Checked", "Broken", "Pending"].map((name) => h("th", { scope: "col", class: "num" }, name)))),
      h("tbody", {}, result.invariants.map((one) => h("tr", {}, h("td", { class: "nowrap" }, one.name), h("td", { class: "quiet" }, one.says), h("td", { class: "num" }, count(one.checked)), h("td", { class: "num" }, one.broken ? tag(count(one.broken), "bad") : "0"), h("td", { class: "num" }, count(one.pending))))))),
    violations.length > 0 && h("ul", { class: "violations" }, violations.slice(0, 100).map((one) => h("li", { class: "card pad" }, h("h3", {}, `${one.name}: `, /^[0-9a-f-]{36}$/.test(one.subject) ? h("a", { class: "mono", href: `#/orders/${one.subject}` }, one.subject) : one.subject), h("p", {}, one.what), one.mend && h("pre", { tabindex: "0" }, one.mend), one.why && h("p", { class: "small quiet" }, one.why)))),
    violations.length > 100 && h("p", { class: "small quiet" }, `And ${count(violations.length - 100)} more: \`quadrille audit --json\` lists all.`),
  ];
}
