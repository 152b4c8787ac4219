// Orders as they arrive, newest first. Without a filter they come with the stream; a filter asks for itself.

import { get, query as written } from "./api.js";
import { empty, h, problem, put, show, state } from "./dom.js";
import { count, gap, money, reasonOf, short, stateOf, time, words } from "./format.js";
import { follow, live } from "./live.js";
import { placeOrder } from "./place.js";

const EVERY = 1500;

export function open(_params, query, about) {
  let filters = read(query), held = null, latest = [], asked = 0, seen = 0, closed = false;
  const sub = h("p", { class: "sub" }, "Asking the order service.");
  const body = h("tbody"), note = h("div");
  const pause = h("button", { type: "button", class: "button", "aria-pressed": "false", onclick: hold }, "Pause");
  const form = h("form", { class: "filters card pad", role: "search", "aria-label": "Filter orders", onsubmit: (event) => { event.preventDefault(); apply(); } },
    choice("state", "State", about.states, filters.state), choice("reason", "Reason", about.reasons, filters.reason),
    h("label", { class: "field" }, "Customer", h("input", { name: "customer", value: filters.customer, placeholder: "exact id", autocomplete: "off", spellcheck: "false" })),
    h("label", { class: "field check" }, h("input", { type: "checkbox", name: "unsettled", checked: filters.unsettled === "1" }), "Not settled yet"),
    h("button", { class: "button" }, "Filter"), h("a", { class: "button clear", href: "#/orders" }, "Clear"));
  form.addEventListener("change", apply);
  const table = h("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": "Orders" },
    h("table", { class: "orders" }, h("thead", {}, h("tr", {}, ["Placed", "Order", "State", "Reason", "Customer"].map((name) => h("th", { scope: "col" }, name)), ["Total", "Took"].map((name) => h("th", { scope: "col", class: "num" }, name)))), body));
  const element = h("div", {},
    h("div", { class: "head" }, h("div", {}, h("h1", {}, "Orders"), sub), h("div", { class: "acts" }, pause, h("button", { type: "button", class: "button main", onclick: () => placeOrder(about) }, "Place an order"))),
    form, note, table);

  const filtered = () => Object.values(filters).some(Boolean);
  function apply() {
    const data = new FormData(form);
    const wanted = { state: data.get("state"), reason: data.get("reason"), customer: data.get("customer").trim(), unsettled: data.get("unsettled") ? "1" : "" };
    const address = written(wanted);
    if (address !== written(filters)) location.hash = `#/orders${address ? `?${address}` : ""}`;
  }
  function hold() {
    held = held ? null : latest;
    seen = 0;
    pause.setAttribute("aria-pressed", String(Boolean(held)));
    put(pause, held ? "Go on" : "Pause");
    draw();
  }
  function draw() {
    const shown = held ?? latest;
    show(body, shown.map(row));
    table.hidden = !shown.length;
  }
  function take(orders, told) {
    if (held) {
      const known = new Set(held.map((order) => order.order_id));
      seen = Math.max(seen, orders.filter((order) => !known.has(order.order_id)).length);
      put(sub, `Paused. At least ${count(seen)} new since.`);
    } else put(sub, told);
    latest = orders;
    if (!held) draw();
    show(note, !orders.length && h("div", { class: "card" }, filtered() ? empty("No such order", "Nothing fits these filters.") : empty("No order yet", about.may_write ? ["Place one here, or let ", h("code", {}, "quadrille load"), " place many."] : "Orders show up here as they are placed.")));
  }
  async function ask() {
    asked += 1;
    const mine = asked;
    try {
      const found = await get(`orders?${written(filters)}`);
      if (closed || mine !== asked) return;
      const looked = filters.reason ? `, of the newest ${count(found.looked_at)} that were looked at` : "";
      take(found.orders, `${found.more ? `The newest ${count(found.orders.length)}` : count(found.orders.length)} that fit${looked}.`);
    } catch (error) {
      if (!closed && mine === asked) show(note, problem(error));
    }
    if (!closed && filtered() && mine === asked) setTimeout(() => !closed && filtered() && mine === asked && (document.hidden ? setTimeout(ask, EVERY) : ask()), EVERY);
  }
  const stop = follow(({ state: told }) => {
    if (filtered() || !told) return;
    if (told.orders.value) {
      const speed = told.topics.value?.["order-events"]?.rate;
      if (!told.orders.value.length) take([], "None is placed yet; asked for every second.");
      else take(told.orders.value, `The newest ${count(told.orders.value.length)}, asked for every second${speed > 100 ? ": a sample, for more arrive than are shown" : ""}.`);
    } else if (told.orders.error) show(note, problem({ message: told.orders.error }));
  });
  if (filtered()) ask();
  return {
    title: "Orders", element,
    close() { closed = true; stop(); },
    search(next) {
      filters = read(next);
      for (const name of ["state", "reason", "customer"]) form.elements[name].value = filters[name];
      form.elements.unsettled.checked = filters.unsettled === "1";
      if (held) hold();
      show(note);
      if (filtered()) ask();
      else if (live.state?.orders.value) take(live.state.orders.value, "The newest.");
    },
  };
}

const read = (query) => ({ state: query.get("state") ?? "", reason: query.get("reason") ?? "", customer: query.get("customer") ?? "", unsettled: query.get("unsettled") ?? "" });

function choice(name, label, values, chosen) {
  return h("label", { class: "field" }, label, h("select", { name }, h("option", { value: "" }, "any"), values.map((value) => h("option", { value, selected: value === chosen }, words(value)))));
}

function row(order) {
  const took = new Date(order.update_time) - new Date(order.create_time), name = stateOf(order);
  return h("tr", {},
    h("td", { class: "nowrap quiet" }, time(order.create_time)),
    h("td", { class: "nowrap" }, h("a", { href: `#/orders/${order.order_id}`, class: "mono", title: order.order_id }, short(order.order_id))),
    h("td", {}, state(name)), h("td", { class: "nowrap" }, words(reasonOf(order))),
    h("td", { class: "nowrap" }, order.customer_id), h("td", { class: "num" }, money(order.total)),
    h("td", { class: "num quiet" }, order.settled ? gap(Math.max(0, took)) : "under way"));
}
