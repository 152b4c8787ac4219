// Dark mode, search and the menu of small screens. The pages work without it.
"use strict";

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const small = matchMedia("(max-width: 60rem)");

  // Some browsers keep no storage for files; the choice then lasts for the page.
  const remembered = (value) => {
    try {
      if (value) localStorage.setItem("theme", value);
      return localStorage.getItem("theme");
    } catch {
      return value ?? null;
    }
  };
  const theme = remembered();
  if (theme) root.dataset.theme = theme;

  const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";

  function themeButton(button) {
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remembered(root.dataset.theme);
      show();
    });
    dark.addEventListener("change", show);
    show();
    button.hidden = false;
  }

  function menu(details) {
    const fold = () => { details.open = !small.matches; };
    small.addEventListener("change", fold);
    fold();
  }

  // 0 for no match; more for a better one. A word begins at a capital, or behind one of _ . -
  function score(name, doc, words) {
    const lower = name.toLowerCase();
    const parts = name.replace(/([a-z0-9])(?=[A-Z])/g, "$1 ").toLowerCase().split(/[ _.\-]/);
    let total = 0;
    for (const word of words) {
      if (lower === word) total += 100;
      else if (lower.startsWith(word)) total += 60;
      else if (parts.some((part) => part.startsWith(word))) total += 40;
      else if (lower.includes(word)) total += 20;
      else if (doc.toLowerCase().includes(word)) total += 5;
      else return 0;
    }
    return total;
  }

  // An event that begins with the word comes before a field that is the word.
  const WEIGHT = { event: 50, service: 48, topic: 45, method: 45, record: 20, message: 20, enum: 20 };

  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return null;
    return (window.SEARCH_INDEX ?? [])
      .map(([name, kind, within, href, doc]) => {
        const points = score(name, doc, words);
        return { name, kind, within, href, points: points && points + (WEIGHT[kind] ?? 0) };
      })
      .filter((entry) => entry.points)
      .sort((a, b) => b.points - a.points)
      .slice(0, 12);
  }

  function element(tag, text, more = {}) {
    const made = Object.assign(document.createElement(tag), more);
    made.textContent = text;
    return made;
  }

  function search(form) {
    const input = form.querySelector("input");
    const list = form.querySelector("#found");
    const count = form.querySelector("#found-count");
    const links = () => [...list.querySelectorAll("a")];
    const close = () => { list.hidden = true; };

    function show() {
      const found = find(input.value);
      list.hidden = !found;
      list.replaceChildren(
        ...(found ?? []).map(({ name, kind, within, href }) => {
          const link = element("a", "", { href: root.dataset.root + href });
          link.append(element("strong", name), " ", element("span", within ? `${kind} of ${within}` : kind));
          const item = document.createElement("li");
          item.append(link);
          return item;
        }),
      );
      if (found && !found.length) list.append(element("li", "Nothing has this name.", { className: "none" }));
      count.textContent = found ? `${found.length} found` : "";
    }

    function move(event) {
      const all = [input, ...links()];
      const at = all.indexOf(document.activeElement);
      if (list.hidden || at < 0) return;
      if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)].focus();
      else if (event.key === "ArrowUp") all[Math.max(at - 1, 0)].focus();
      else return;
      event.preventDefault();
    }

    input.addEventListener("input", show);
    input.addEventListener("focus", () => { if (input.value) show(); });
    form.addEventListener("keydown", move);
    form.addEventListener("submit", (event) => {
      const [first] = links();
      if (!first) return;
      event.preventDefault();
      first.click();
    });
    // A link to this page leaves the page where it is.
    list.addEventListener("click", (event) => { if (event.target.closest("a")) close(); });
    document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
    document.addEventListener("focusin", (event) => { if (!form.contains(event.target)) close(); });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, [contenteditable]");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
      } else if (event.key === "Escape" && !list.hidden) {
        close();
        input.focus();
        close();
      }
    });
    form.hidden = false;
  }

  // A link into something folded opens it.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target?.scrollIntoView();
  }

  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("main details")) details.open = true;
  });
  addEventListener("DOMContentLoaded", () => {
    themeButton(document.getElementById("theme"));
    menu(document.querySelector(".menu details"));
    search(document.querySelector(".find form"));
    if (location.hash) reveal();
  });
})();
