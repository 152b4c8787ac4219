// Says in sentences why an order was cancelled, what a dead letter is, and what can be done about it.

import { h, service } from "./dom.js";
import { plain, reasonOf, stateOf, words } from "./format.js";

const SAID_NO = { InventoryFailed: "could not reserve the goods", PaymentFailed: "declined the charge", ShippingFailed: "could not ship it" };
const link = (letter) => h("a", { href: `#/trouble/${letter.name}` }, letter.name);

// Why an order was cancelled, and what became of what it had begun.
export function cancelled(order) {
  const state = stateOf(order);
  if (state !== "CANCELLED" && state !== "CANCELLING") return null;
  const no = order.timeline.find((step) => SAID_NO[step.event]), reason = words(reasonOf(order));
  const asked = { "customer request": "Its caller asked for it", "deadline exceeded": "It had not ended by its deadline" }[reason];
  return h("div", { class: "note bad stack why" },
    h("p", {}, h("strong", {}, state === "CANCELLED" ? "Why it was cancelled: " : "Why it is being cancelled: "),
      no ? [service(no.service), ` ${SAID_NO[no.event]}`, no.detail && `: ${plain(no.detail)}`, "."] : `${asked ?? (reason || "not known yet")}.`),
    h("p", {}, order.settled ? "What it had begun is undone, and every service has said so: no stock is held, no money is kept, nothing ships." : "What it had begun is being undone; it is settled once every service has said so."));
}

// The letters that an order waits behind.
export const held = (letters) => letters.filter((letter) => letter.error_type !== "Waiting").map((letter) => h("p", { class: "note bad" },
  service(letter.service), " could not let an event of this order take effect (", letter.error_type, "), and what follows waits behind it: put the dead letter ", link(letter), " right."));

export const behind = (letters) => letters.filter((letter) => letter.error_type !== "Waiting").map((letter) => h("div", { class: "small late" }, "behind the dead letter ", link(letter)));

// What a dead letter means, and what to do.
export function advice(letter) {
  if (letter.state === "REPLAYED") return [h("p", {}, "It has taken effect after all. ", letter.aggregate_id && ["What it led to stands in ", h("a", { href: `#/orders/${letter.aggregate_id}` }, "its order"), "."])];
  if (letter.state === "DROPPED") return [h("p", {}, "It was given up: what it says never takes effect. Why, and who said so, stands in its history below.")];
  const after = letter.behind ? ` ${letter.behind} later ${letter.behind === 1 ? "record of its order waits" : "records of its order wait"} behind it.` : letter.aggregate_id ? " Later events of its order wait behind it." : "";
  return [
    h("p", {}, "The service ", service(letter.service), ` has read this record from ${letter.topic}, and it could not take effect there.${after} All other orders go on.`),
    h("p", {}, h("strong", {}, "What to do: "), todo(letter)),
  ];
}

function todo(letter) {
  if (letter.before) return ["Nothing here yet: it waits behind ", link({ name: letter.before }), ", an earlier record of its order. Put that one right, and this one follows by itself if it only waited."];
  if (letter.error_type === "Undecodable" && letter.event) return "It could not be read when it came, and can be now: replay it.";
  if (letter.error_type === "Undecodable") return ["Its bytes cannot be read as an event. If the schema that they were written with is missing in the registry, register it (", h("code", {}, "quadrille apply"), ") and replay. If they are no event at all, drop it."];
  if (letter.error_type === "Waiting") return "What it waited for is put right: replay it.";
  return "The record can be read, but its handler failed each time. Mend what the error names (a release, a row, a constraint), then replay. Drop it only if what it says must never take effect.";
}
