// The form that places an order.

import { actor, get, post, rememberActor } from "./api.js";
import { h, problem, say, show } from "./dom.js";
import { count } from "./format.js";

export async function placeOrder(about) {
  const told = h("div"), lines = h("div", { class: "lines" }), items = h("datalist", { id: "items" }), customers = h("datalist", { id: "customers" });
  let known = new Map();
  // One key for this form: sent twice, it is still one order.
  const request_id = crypto.randomUUID();
  const add = () => {
    const price = h("input", { name: "price", required: true, inputmode: "decimal", placeholder: "12.34", autocomplete: "off" });
    const sku = h("input", { name: "sku", required: true, list: "items", autocomplete: "off", spellcheck: "false", maxlength: 64, oninput: () => {
      const item = known.get(sku.value);
      // A price that somebody typed is theirs.
      if (item && (!price.value || price.value === price.dataset.listed)) {
        price.value = price.dataset.listed = item.price;
        form.elements.currency.value = item.currency;
      }
    } });
    lines.append(h("div", { class: "line" }, h("label", { class: "field" }, "SKU", sku), h("label", { class: "field" }, "Quantity", h("input", { name: "quantity", type: "number", min: 1, step: 1, value: 1, required: true })), h("label", { class: "field" }, "Price of one", price)));
    return sku;
  };
  const send = h("button", { class: "button main", disabled: !about.may_write }, "Place the order");
  const form = h("form", { method: "dialog", onsubmit: place },
    h("h2", { id: "place" }, "Place an order"),
    !about.may_write && h("p", { class: "note warn" }, "This console may only read. Started with QUADRILLE_CONSOLE=write, it may place orders."),
    h("div", { class: "pair" }, h("label", { class: "field" }, "Customer", h("input", { name: "customer", required: true, list: "customers", maxlength: 64, autocomplete: "off", spellcheck: "false" })), h("label", { class: "field" }, "Currency", h("input", { name: "currency", required: true, value: "USD", minlength: 3, maxlength: 3, autocomplete: "off" }))),
    lines, h("button", { type: "button", class: "button add", onclick: () => add().focus() }, "Add a line"),
    h("div", { class: "pair" }, h("label", { class: "field" }, "Address reference", h("input", { name: "address", required: true, value: "home", maxlength: 64, autocomplete: "off" })), h("label", { class: "field" }, "Country", h("input", { name: "country", required: true, value: "DE", minlength: 2, maxlength: 2, autocomplete: "off" }))),
    h("label", { class: "field" }, "Who places it, for the log", h("input", { name: "actor", required: true, value: actor(about), maxlength: 180, autocomplete: "off" })),
    told, items, customers,
    h("div", { class: "acts" }, h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Close"), send));
  const dialog = h("dialog", { "aria-labelledby": "place", onclose: () => dialog.remove() }, form);
  add();
  document.body.append(dialog);
  dialog.showModal();
  form.elements.customer.focus();

  async function place(event) {
    event.preventDefault();
    send.disabled = true;
    const data = new FormData(form), [skus, quantities, prices] = ["sku", "quantity", "price"].map((name) => data.getAll(name));
    rememberActor(data.get("actor"));
    try {
      const order = await post("orders", { ...Object.fromEntries(["customer", "currency", "address", "country", "actor"].map((name) => [name, data.get(name)])), request_id, lines: skus.map((sku, at) => ({ sku, quantity: Number(quantities[at]), price: prices[at] })) });
      say("The order is placed.");
      dialog.close();
      location.hash = `#/orders/${order.order_id}`;
    } catch (error) {
      show(told, problem(error));
      send.disabled = false;
    }
  }

  try {
    const shop = await get("shop");
    if (shop.whole && (!shop.items.length || !shop.customers.length)) {
      const missing = [!shop.items.length && "no item", !shop.customers.length && "no account"].filter(Boolean).join(" and ");
      show(told, h("p", { class: "note warn" }, `This shop has ${missing} yet, so an order would be cancelled. `, h("code", {}, "quadrille load"), " brings some, with their stock and credit."));
    }
    known = new Map(shop.items.map((item) => [item.sku, item]));
    items.append(...shop.items.map((item) => h("option", { value: item.sku }, `${item.price} ${item.currency}, ${count(item.free)} free`)));
    customers.append(...shop.customers.map((value) => h("option", { value })));
  } catch { /* The form works without suggestions. */ }
}
