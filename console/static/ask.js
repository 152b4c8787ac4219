// A dialog that asks who and why before something is changed, and shows what came of it.

import { actor, rememberActor } from "./api.js";
import { h, problem, show } from "./dom.js";

// `preview`, if given, must be run first: it changes nothing and says what would happen.
export function confirmed(about, { title, text, action, risky, run, done, preview, label }) {
  return new Promise((resolve) => {
    const told = h("div", { "aria-live": "polite" });
    const go = h("button", { class: `button ${risky ? "risky" : "main"}`, disabled: !about.may_write || Boolean(preview) }, action);
    const form = h("form", { method: "dialog", onsubmit: submit },
      h("h2", { id: "asking" }, title), text && h("p", {}, text),
      !about.may_write && h("p", { class: "note warn" }, "This console may only read: it can try, but not do it. Started with QUADRILLE_CONSOLE=write, it may."),
      h("label", { class: "field" }, "Why", h("textarea", { name: "reason", required: true, rows: 2, maxlength: 1000 })),
      h("label", { class: "field" }, "Who, kept with it", h("input", { name: "actor", required: true, value: actor(about), maxlength: 180, autocomplete: "off" })),
      preview && h("p", { class: "small quiet" }, `First “${label}”: it changes nothing, and says what would happen. Then “${action}”.`),
      told,
      h("div", { class: "acts" }, h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Close"),
        preview && h("button", { type: "button", class: "button", id: "preview", onclick: attempt }, label), go));
    const dialog = h("dialog", { "aria-labelledby": "asking", onclose: () => { dialog.remove(); resolve(); } }, form);
    const values = () => { const data = new FormData(form); rememberActor(data.get("actor")); return { reason: data.get("reason"), actor: data.get("actor") }; };
    async function attempt() {
      if (!form.reportValidity()) return;
      try {
        show(told, await preview(values()));
        go.disabled = !about.may_write;
      } catch (error) { show(told, problem(error)); }
    }
    async function submit(event) {
      event.preventDefault();
      go.disabled = true;
      try {
        const answer = await run(values());
        dialog.close();
        done(answer);
      } catch (error) {
        show(told, problem(error));
        go.disabled = false;
      }
    }
    document.body.append(dialog);
    dialog.showModal();
    form.elements.reason.focus();
  });
}
