// Makes elements. Text is always text: nothing that the system says is read as HTML, and what cannot be seen in it is
// shown as its escape. Other modules put no text on the page but through here.

import { escaped } from "./escape.js";

const SVG = "http://www.w3.org/2000/svg";

// Attributes that people are shown, or are read out.
const SHOWN = new Set(["title", "aria-label", "placeholder", "alt", "label"]);
const text = (child) => (child instanceof Node ? child : escaped(child));

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in element) element.value = value;
    else element.setAttribute(name, value === true ? "" : SHOWN.has(name) ? escaped(value) : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).map(text));
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Sets text only where it changed, so that a screen reader is not told the same again.
export function put(element, said) {
  const told = escaped(said);
  if (element.textContent !== told) element.textContent = told;
}

// Shows these children, and keeps the focus where it was: by the id or the address of what had it.
export function show(parent, ...children) {
  const active = document.activeElement;
  const inside = active && parent.contains(active) && active !== parent;
  const key = inside && (active.id ? `#${CSS.escape(active.id)}` : active.getAttribute("href") && `a[href="${CSS.escape(active.getAttribute("href"))}"]`);
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean).map(text));
  if (key && !parent.contains(document.activeElement)) parent.querySelector(key)?.focus({ preventScroll: true });
}

export function say(said) {
  document.getElementById("say").textContent = escaped(said);
}

export const tag = (name, kind) => h("span", { class: `tag ${kind ?? ""}` }, name);
export const service = (name) => h("span", { class: `svc ${name}` }, name);
export const empty = (title, said) => h("div", { class: "empty" }, h("strong", {}, title), said && h("p", {}, said));
export const problem = (error) => h("p", { class: "note bad", role: "alert" }, error.message ?? String(error));

const KINDS = { COMPLETED: "good", CANCELLED: "bad", PENDING: "warn", CANCELLING: "warn", OPEN: "bad", REPLAYED: "good", DROPPED: "" };
export const state = (name) => tag(name.toLowerCase(), KINDS[name]);

export function copy(content, what) {
  const button = h("button", { type: "button", class: "button", onclick: async () => {
    await navigator.clipboard.writeText(escaped(content));
    say(`${what} copied`);
    put(button, "Copied");
    setTimeout(() => put(button, `Copy ${what}`), 1500);
  } }, `Copy ${what}`);
  return button;
}
