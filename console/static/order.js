// One order: its way through the services, what every event says, what it waits for; and a way to cancel it.

import { get, post } from "./api.js";
import { confirmed } from "./ask.js";
import { copy, empty, h, problem, put, say, service, show, state, tag } from "./dom.js";
import { duration, gap, moment, money, plain, plural, reasonOf, stateOf, time, words } from "./format.js";
import { lanes } from "./lanes.js";
import { cancelled, held } from "./why.js";

export function open([id], _query, about) {
  const element = h("div", {}, h("p", { class: "quiet" }, "Asking the order service."));
  let closed = false, watch = null, last = null, again = null, opened = new Set();
  const parts = { top: h("div"), waits: h("div", { class: "said" }), lanes: h("div"), steps: h("ol", { class: "steps" }), lines: h("div") };
  const whole = [h("a", { class: "crumb", href: "#/orders" }, "← Orders"), parts.top, parts.waits,
    h("section", { class: "section" }, h("div", { class: "head" }, h("h2", {}, "Timeline"), h("p", { class: "small quiet" }, "Times are those at which each service decided.")), parts.lanes, parts.steps),
    h("section", { class: "section" }, h("div", { class: "head" }, h("h2", {}, "What was ordered")), parts.lines)];

  async function ask() {
    clearTimeout(again);
    try {
      const found = await get(`orders/${encodeURIComponent(id)}`);
      if (closed) return;
      if (!last) show(element, whole);
      const before = last && stateOf(last.order), now = stateOf(found.order);
      if (before && before !== now) say(`The order is ${words(now)}.`);
      last = found;
      draw(found);
      // Its steps come with the watch; how long it waits is asked for now and then. An event is in the outbox at once,
      // but what is published is known a moment later.
      if (!found.order.settled || found.events.some((event) => !event.published_at)) again = setTimeout(ask, 2000);
      if (!found.order.settled && !watch) follow(found);
    } catch (error) {
      if (closed) return;
      if (!last) show(element, h("a", { class: "crumb", href: "#/orders" }, "← Orders"), h("h1", {}, "Order"), problem(error));
      else show(parts.waits, problem(error));
      again = setTimeout(ask, 3000);
    }
  }
  function follow(found) {
    watch = new EventSource(`../orders/${encodeURIComponent(id)}:watch`);
    const known = found.order.timeline.length;
    watch.onmessage = (event) => { if (Number(event.lastEventId) > known) ask(); };
    watch.addEventListener("status", () => watch.close());
  }
  function draw(found) {
    const { order } = found;
    show(parts.top, top(order, found, about, ask));
    show(parts.waits, cancelled(order), held(found.letters), waits(found));
    show(parts.lanes, order.timeline.length > 1 && lanes(order.timeline, about.services));
    opened = new Set([...parts.steps.querySelectorAll("details[open]")].map((one) => one.dataset.key));
    const events = [...found.events];
    show(parts.steps, order.timeline.map((step, at) => item(step, order.timeline[at - 1], events, found.away, opened)));
    show(parts.lines, lines(order));
  }
  ask();
  return { title: `Order ${id.slice(-12)}`, element, close() { closed = true; clearTimeout(again); watch?.close(); } };
}

function top(order, found, about, ask) {
  const name = stateOf(order), reason = reasonOf(order), took = new Date(order.update_time) - new Date(order.create_time);
  const open = name === "PENDING";
  const trace = found.trace_ids[0];
  return [
    h("div", { class: "head" }, h("div", {}, h("h1", {}, "Order ", h("span", { class: "mono" }, order.order_id)),
      h("p", { class: "sub verdict" }, state(name), reason && tag(words(reason), "bad"), h("span", {}, order.settled ? `settled after ${gap(Math.max(0, took))}` : "not settled yet"))),
    h("div", { class: "acts" }, copy(order.order_id, "id"), open && h("button", { type: "button", class: "button risky", id: "cancel", disabled: !about.may_write, title: about.may_write ? null : "This console may only read.", onclick: () => cancel(order, about, ask) }, "Cancel the order"))),
    h("dl", { class: "card pad facts" },
      fact("Customer", h("a", { href: `#/orders?customer=${encodeURIComponent(order.customer_id)}` }, order.customer_id)), fact("Total", money(order.total)), fact("Ship to", `${order.address_reference}, ${order.country_code}`),
      fact("Placed", moment(order.create_time)), fact("Deadline", order.settled ? time(order.deadline_time) : found.overdue_seconds > 0 ? h("span", { class: "late" }, `${duration(found.overdue_seconds)} ago`) : `in ${duration(Math.max(0, (new Date(order.deadline_time) - new Date(found.now)) / 1000))}`),
      fact("Trace", trace ? h("span", { class: "mono" }, trace) : "none: its caller sent no trace context")),
  ];
}

function waits({ order, awaits, remaining, calls, overdue_seconds }) {
  if (order.settled) return [];
  return h("section", { class: "card pad waits section", "aria-label": "What it waits for" },
    h("h2", {}, overdue_seconds > 0 ? "Late: it waits for" : "It waits for"),
    awaits.length ? h("ul", {}, awaits.map((wait) => h("li", {}, service(wait.service), h("span", {}, ` to answer ${wait.after} with ${wait.events.join(" or ")}`), " ", tag(`for ${duration(wait.seconds)}`, wait.seconds > 5 ? "warn" : "")))) : h("p", { class: "quiet" }, "Nothing that its timeline could tell."),
    calls.map((call) => h("p", { class: "note warn" }, `${call.service} asks its provider (${call.operation}): attempt ${call.attempts}${call.last_error ? `, last answer: ${call.last_error}` : ""}`)),
    remaining.length > 0 && [h("h3", {}, "Then, of these, what fits"), h("ol", { class: "small remaining" }, remaining.map((step) => h("li", {}, service(step.service), h("span", {}, ` after ${step.after}: `), step.events.length ? step.events.join(" or ") : "it ends there")))]);
}

function item(step, before, events, away, opened) {
  const between = before ? new Date(step.occurred_at) - new Date(before.occurred_at) : 0;
  const at = events.findIndex((event) => event.service === step.service && event.name === step.event);
  const [event] = at >= 0 ? events.splice(at, 1) : [];
  const key = `${step.sequence}`;
  return h("li", { class: `step ${step.service}` },
    h("span", { class: "gap" }, before ? `${between < 0 ? "−" : "+"}${gap(Math.abs(between))}` : time(step.occurred_at)),
    h("div", { class: "what" },
      h("div", { class: "line1" }, h("a", { href: `#/events/${step.event}` }, step.event), service(step.service), !before || before.state !== step.state ? state(stateOf(step)) : null),
      step.detail && h("p", { class: "detail" }, plain(step.detail)),
      event ? h("details", { "data-key": key, open: opened.has(key) }, h("summary", {}, "Event"), decoded(event)) : away[step.service] ? h("p", { class: "small quiet" }, `The event cannot be shown: ${away[step.service]}`) : null));
}

function decoded(event) {
  return h("div", { class: "stack" }, event.event ? h("pre", { tabindex: "0" }, JSON.stringify(event.event, null, 2)) : h("p", { class: "note warn" }, event.error),
    h("p", { class: "small quiet anywhere" }, `${event.topic} · ${plural(event.bytes, "byte")} · id ${event.event_id} · `, event.published_at ? `published ${gap(new Date(event.published_at) - new Date(event.written_at))} after its transaction began` : "not marked as published yet"));
}

function lines(order) {
  return h("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": "Lines" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "SKU"), h("th", { scope: "col", class: "num" }, "Quantity"), h("th", { scope: "col", class: "num" }, "Price of one"))),
    h("tbody", {}, order.lines.map((line) => h("tr", {}, h("td", {}, line.sku), h("td", { class: "num" }, line.quantity), h("td", { class: "num" }, money(line.unit_price)))))));
}

async function cancel(order, about, ask) {
  await confirmed(about, {
    title: "Cancel the order", action: "Ask for it to be cancelled", risky: true,
    text: "Shipping decides: what has shipped already is not recalled, and the order then completes.",
    run: (told) => post(`orders/${order.order_id}/cancel`, told),
    done: () => { say("It was asked for."); ask(); },
  });
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
