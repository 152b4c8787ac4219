// Shows openapi.json. Nothing is asked of any other origin; the page's Content-Security-Policy would refuse it.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// `crypto.randomUUID` is for secure origins only, and a gateway may be reached over plain HTTP.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// What Swagger UI leaves out: a name for the box that the body is written in, and the keyboard's way into what scrolls.
function mend() {
  for (const box of document.querySelectorAll("textarea:not([aria-label])")) box.setAttribute("aria-label", "Request body");
  for (const text of document.querySelectorAll("pre.microlight:not([tabindex])")) text.tabIndex = 0;
}

async function show() {
  const spec = await (await fetch("openapi.json")).json();
  // A key to try with, new with each visit: a second "Execute" shows that the same key gives the same order.
  for (const operations of Object.values(spec.paths))
    for (const operation of Object.values(operations))
      for (const parameter of operation.parameters ?? [])
        if (parameter.name === "Idempotency-Key") parameter.example = uuid();
  SwaggerUIBundle({
    spec,
    dom_id: "#viewer",
    layout: "BaseLayout",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null,
  });
  new MutationObserver(mend).observe(document.getElementById("viewer"), { childList: true, subtree: true });
}

show().catch((error) => {
  document.getElementById("viewer").textContent = `openapi.json cannot be shown: ${error}`;
});
