// Makes elements. Text is always text: nothing that the system says is read as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in element) element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Sets text only where it changed, so that a screen reader is not told the same again.
export function put(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

// Shows these children, and keeps the focus where it was: by the id or the address of what had it.
export function show(parent, ...children) {
  const active = document.activeElement;
  const inside = active && parent.contains(active) && active !== parent;
  const key = inside && (active.id ? `#${CSS.escape(active.id)}` : active.getAttribute("href") && `a[href="${CSS.escape(active.getAttribute("href"))}"]`);
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (key && !parent.contains(document.activeElement)) parent.querySelector(key)?.focus({ preventScroll: true });
}

export function say(text) {
  document.getElementById("say").textContent = text;
}

export const tag = (text, kind) => h("span", { class: `tag ${kind ?? ""}` }, text);
export const service = (name) => h("span", { class: `svc ${name}` }, name);
export const empty = (title, text) => h("div", { class: "empty" }, h("strong", {}, title), text && h("p", {}, text));
export const problem = (error) => h("p", { class: "note bad", role: "alert" }, error.message ?? String(error));

const KINDS = { COMPLETED: "good", CANCELLED: "bad", PENDING: "warn", CANCELLING: "warn", OPEN: "bad", REPLAYED: "good", DROPPED: "" };
export const state = (name) => tag(name.toLowerCase(), KINDS[name]);

export function copy(text, what) {
  const button = h("button", { type: "button", class: "button", onclick: async () => {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
    put(button, "Copied");
    setTimeout(() => put(button, `Copy ${what}`), 1500);
  } }, `Copy ${what}`);
  return button;
}
