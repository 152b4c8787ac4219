// The last hour in plots: how much, how fast, how it ended. Every point was scraped from the order service.

import { get } from "./api.js";
import { empty, h, problem, show, tag } from "./dom.js";
import { count, duration, gap, rate, words } from "./format.js";
import { plot } from "./plot.js";

export function open() {
  let closed = false, timer = null;
  const told = h("div"), element = h("div", {}, h("div", { class: "head" }, h("div", {}, h("h1", {}, "Numbers"), h("p", { class: "sub" }, "The last hour, as the order service's own metrics tell it."))), told);
  async function ask() {
    try {
      const found = await get("numbers");
      if (!closed) show(told, page(found));
    } catch (error) { if (!closed) show(told, problem(error)); }
    if (!closed) timer = setTimeout(ask, 5000);
  }
  ask();
  return { title: "Numbers", element, close() { closed = true; clearTimeout(timer); } };
}

function page({ every, endpoints, since, points, placed, outcomes, quantiles, seconds }) {
  const away = endpoints.filter((one) => one.error);
  const notes = away.map((one) => h("p", { class: "note warn" }, `The metrics at ${one.address} give no figures: ${one.error}. Where they are missing, nothing is drawn.`));
  if (!since) return [...notes, h("div", { class: "card section" }, empty("No figures yet", `The console asks every ${every} seconds, and needs two answers to count what came between.`))];
  const ended = outcomes.reduce((sum, row) => sum + row.orders, 0), times = ["p50", "p90", "p99"];
  const last = [...points].reverse().find((point) => point.placed !== undefined);
  return [
    ...notes,
    h("dl", { class: "tiles" }, tile("Orders placed", count(placed), `${rate(last?.placed)} a second now`), tile("Orders ended", count(ended), `in ${duration(seconds)} of figures`), ...quantiles.map((value, at) => tile(`${times[at]}, placed to ended`, value === null ? "–" : gap(value * 1000), "of all in the hour"))),
    card("Throughput", "Orders a second, a point every five seconds.", plot(points, [["placed", "order", (one) => one.placed], ["completed", "inventory", (one) => one.ended?.completed ?? (one.ended ? 0 : undefined)], ["cancelled", "payment", (one) => one.ended?.cancelled ?? (one.ended ? 0 : undefined)]], rate, "orders a second")),
    card("Time from placed to ended", "Percentiles of each five seconds, interpolated inside the histogram's buckets: estimates, not measured values.", plot(points, times.map((name, at) => [name, ["inventory", "payment", "shipping"][at], (one) => one.quantiles?.[at] ?? undefined]), (value) => gap(value * 1000), "time")),
    card("How orders ended", `${count(ended)} in the figures of the last hour.`, outcomes.length ? bars(outcomes, ended) : empty("None has ended")),
  ];
}

const tile = (name, value, under) => h("div", { class: "card pad" }, h("dt", {}, name), h("dd", {}, value, h("span", { class: "small quiet" }, under)));
const card = (title, text, content) => h("section", { class: "card pad section stack", "aria-label": title }, h("div", {}, h("h2", {}, title), h("p", { class: "small quiet" }, text)), content);

function bars(outcomes, ended) {
  const most = Math.max(...outcomes.map((row) => row.orders));
  return h("table", { class: "bars" }, h("thead", { class: "hidden" }, h("tr", {}, ["Outcome", "Orders", "Share", ""].map((name) => h("th", { scope: "col" }, name || "Bar")))),
    h("tbody", {}, outcomes.map((row) => h("tr", {}, h("td", { class: "nowrap" }, row.outcome.toLowerCase() === "completed" ? "completed" : words(row.reason || row.outcome)), h("td", { class: "num" }, count(row.orders)), h("td", { class: "num quiet" }, `${((100 * row.orders) / ended).toFixed(1)} %`), h("td", { class: "barcell" }, h("meter", { class: row.outcome.toLowerCase() === "completed" ? "good" : "bad", min: 0, max: most, value: row.orders, "aria-hidden": "true" }))))));
}
