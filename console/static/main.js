// The page: routes by the address behind #, so that every view can be linked and the back button works.

import { get } from "./api.js";
import { h, problem, put, say, show } from "./dom.js";
import { escaped } from "./escape.js";
import { connect, follow, live, openLetters, troubles } from "./live.js";
import * as event from "./event.js";
import * as flow from "./flow.js";
import * as letter from "./letter.js";
import * as numbers from "./numbers.js";
import * as order from "./order.js";
import * as orders from "./orders.js";
import * as trouble from "./trouble.js";

const ROUTES = [
  [/^\/flow$/, flow, "flow"],
  [/^\/events\/(\w+)$/, event, "flow"],
  [/^\/orders$/, orders, "orders"],
  [/^\/orders\/([\w-]+)$/, order, "orders"],
  [/^\/trouble$/, trouble, "trouble"],
  [/^\/trouble\/(\w+)\/(\d+)$/, letter, "trouble"],
  [/^\/numbers$/, numbers, "numbers"],
];
const main = document.getElementById("content");
let about = null;
let current = { close() {}, path: "" };

function route(first) {
  const [path, search] = (location.hash.slice(1) || "/flow").split("?");
  // A link inside the page, like the one that skips to the content, is no view.
  if (!path.startsWith("/")) { main.focus(); return; }
  if (path === current.path && current.search) { current.search(new URLSearchParams(search)); return; }
  current.close();
  const [pattern, view, tab] = ROUTES.find(([one]) => one.test(path)) ?? [/^()/, null, ""];
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const params = path.match(pattern).slice(1).map(decodeURIComponent);
  const shown = view ? view.open(params, new URLSearchParams(search), about) : nowhere(path);
  current = { close() {}, ...shown, path };
  show(main, shown.element);
  document.title = `${escaped(shown.title)} · Quadrille console`;
  if (!first) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}

function nowhere(path) {
  return { title: "Not found", element: h("div", { class: "stack" }, h("h1", {}, "There is no such view"), h("p", {}, `Nothing is shown at ${path}. `, h("a", { href: "#/flow" }, "Go to the flow"))) };
}

function theme() {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)"), button = document.getElementById("theme");
  const kept = (value) => { try { if (value) localStorage.setItem("theme", value); return localStorage.getItem("theme"); } catch { return value ?? null; } };
  if (kept()) root.dataset.theme = kept();
  const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const mark = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => { root.dataset.theme = kept(isDark() ? "light" : "dark"); mark(); });
  dark.addEventListener("change", mark);
  mark();
}

let before = "";
function health() {
  const pill = document.getElementById("health"), away = document.getElementById("away"), badge = document.getElementById("troubles");
  const found = troubles(), state = live.state;
  const parts = state?.platform.value ? state.platform.value.servers.length + state.platform.value.services.length : 0;
  pill.className = `health ${!parts ? "" : found.length ? "bad" : "good"}`;
  put(pill.querySelector(".words"), !parts ? "connecting" : found.length ? (found.length === 1 ? "1 thing is away" : `${found.length} things are away`) : `all ${parts} parts answer`);
  const told = found.join("\n");
  if (told !== before) {
    before = told;
    away.hidden = !found.length;
    show(away, found.map((line) => h("p", {}, line)));
    if (!found.length && parts) say("Everything answers again.");
  }
  const letters = openLetters();
  badge.hidden = !letters;
  const shown = `${letters > 999 ? "999+" : letters} open dead letters`;
  if (badge.textContent !== shown) show(badge, shown.split(" ")[0], h("span", { class: "hidden" }, " open dead letters"));
}

async function start() {
  theme();
  try {
    about = await get("about");
  } catch (error) {
    show(main, problem(error));
    setTimeout(start, 2000);
    return;
  }
  connect();
  follow(health);
  addEventListener("hashchange", () => route(false));
  route(true);
}
start();
