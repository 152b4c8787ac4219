// One dead letter: why it failed, what it says, what was done with it.

import { get } from "./api.js";
import { empty, h, problem, show, state, tag } from "./dom.js";
import { moment, plural, short } from "./format.js";
import { choose, outcome } from "./mending.js";
import { advice } from "./why.js";

const BYTES = 512;

export function open([name, number], _query, about) {
  const element = h("div", {}, h("p", { class: "quiet" }, `Asking ${name}.`)), ended = new AbortController();
  let answer = null;
  const ask = () => get(`letters/${name}/${number}`, ended.signal).then((letter) => show(element, page(letter, about, answer, (told) => { answer = told; ask(); })), (error) => ended.signal.aborted || show(element, h("a", { class: "crumb", href: "#/trouble" }, "← Trouble"), h("h1", {}, `${name}/${number}`), problem(error)));
  ask();
  return { title: `Dead letter ${name}/${number}`, element, close: () => ended.abort() };
}

function page(letter, about, answer, acted) {
  const open = letter.state === "OPEN";
  const act = (method) => choose(about, { letters: [letter.name] }, letter.name, method, acted);
  return [
    h("a", { class: "crumb", href: "#/trouble" }, "← Trouble"),
    h("div", { class: "head" }, h("div", {}, h("h1", {}, `Dead letter ${letter.name}`), h("p", { class: "sub verdict" }, state(letter.state), tag(letter.error_type, "bad"))),
      open && h("div", { class: "acts" }, h("button", { type: "button", class: "button main", onclick: () => act("Replay") }, "Replay"), h("button", { type: "button", class: "button risky", onclick: () => act("Drop") }, "Drop"))),
    h("div", { role: "status" }, answer && outcome(answer)),
    open && h("p", { class: "note bad error" }, letter.error),
    h("section", { class: "card pad stack advice", "aria-label": "What it means" }, advice(letter)),
    !open && h("p", { class: "note error" }, `It had failed with: ${letter.error}`),
    h("dl", { class: "card pad facts section" },
      fact("Order", letter.aggregate_id ? h("a", { href: `#/orders/${letter.aggregate_id}`, class: "mono", title: letter.aggregate_id }, short(letter.aggregate_id)) : "its key names none"), fact("Read from", [h("span", { class: "mono" }, letter.topic), `, partition ${letter.partition}, offset ${letter.offset}`]),
      fact("Key", h("span", { class: "mono" }, letter.key_text)), fact("Failed at", moment(letter.fail_time)), fact("Replays that failed", letter.attempts)),
    section(letter.event ? letter.event_type.split(".").pop() : "What it holds", letter.event ? h("pre", { tabindex: "0" }, JSON.stringify(letter.event, null, 2)) : [letter.decode_error !== letter.error && h("p", { class: "note warn" }, letter.decode_error), h("pre", { tabindex: "0" }, bytes(letter.value))]),
    section("Headers", letter.headers.length ? h("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": "Headers" }, h("table", {}, h("thead", {}, h("tr", {}, ["Name", "Value"].map((one) => h("th", { scope: "col" }, one)))), h("tbody", {}, letter.headers.map((one) => h("tr", {}, h("td", { class: "mono nowrap" }, one.name), h("td", { class: "mono anywhere" }, one.value)))))) : h("div", { class: "card" }, empty("It came without headers"))),
    section("What was done with it", letter.history.length ? h("ol", { class: "card history" }, letter.history.map((one) => h("li", {}, h("div", {}, tag(one.action.toLowerCase().replace("_", " "), one.action === "REPLAYED" ? "good" : one.action === "REPLAY_FAILED" ? "bad" : ""), " ", h("strong", {}, one.actor), h("span", { class: "quiet" }, ` ${moment(one.act_time)}`)), h("p", {}, one.reason), one.error && h("p", { class: "small quiet anywhere" }, one.error)))) : h("div", { class: "card" }, empty("Nothing yet", "Each replay and drop is kept here, with who did it and why."))),
  ];
}

function bytes(hex) {
  const pairs = hex.match(/../g) ?? [];
  const lines = [];
  for (let at = 0; at < Math.min(pairs.length, BYTES); at += 16) {
    const row = pairs.slice(at, at + 16);
    const text = row.map((pair) => (/^[2-6][0-9a-f]$|^7[0-9a-e]$/.test(pair) ? String.fromCharCode(parseInt(pair, 16)) : ".")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${row.join(" ").padEnd(pairs.length > 16 ? 47 : 0)}  ${text}`);
  }
  return `${plural(pairs.length, "byte")}\n${lines.join("\n")}${pairs.length > BYTES ? "\n…" : ""}`;
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
const section = (title, ...content) => h("section", { class: "section" }, h("div", { class: "head" }, h("h2", {}, title)), ...content);
