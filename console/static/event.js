// An event: what it says, who tells it to whom, and how it came to be what it is.

import { get } from "./api.js";
import { copy, h, problem, service, show, tag } from "./dom.js";

export function open([name]) {
  const element = h("div", {}, h("p", { class: "quiet" }, "Reading the contract."));
  const ended = new AbortController();
  get(`events/${encodeURIComponent(name)}`, ended.signal).then((event) => show(element, page(event)), (error) => ended.signal.aborted || show(element, h("h1", {}, name), problem(error)));
  return { title: name, element, close: () => ended.abort() };
}

function page(event) {
  const newest = event.versions.at(-1);
  return [
    h("a", { class: "crumb", href: "#/flow" }, "← Flow"),
    h("div", { class: "head" }, h("div", {}, h("h1", {}, event.name), h("p", { class: "sub" }, event.doc)), h("div", { class: "acts" }, copy(event.schema, "schema"))),
    h("dl", { class: "card pad facts" },
      fact("Topic", h("span", { class: "mono" }, event.topic)), fact("Written by", who(event.published_by)), fact("Read by", who(event.read_by)),
      fact("Version", newest.number ? `${newest.number} of ${event.versions.length}` : "not released yet"), fact("Subject", h("span", { class: "mono" }, event.subject)), fact("Fingerprint", h("span", { class: "mono", title: event.fingerprint }, event.fingerprint.slice(0, 16)))),
    section("Fields", h("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": "Fields" }, h("table", {}, head("Field", "Type", "What it says"), h("tbody", {}, event.fields.flatMap((field) => rows(field, 0)))))),
    section("Versions", h("ol", { class: "card versions", reversed: true }, [...event.versions].reverse().map(version))),
    section("Example and schema", h("div", { class: "two" }, block("An example", event.example), block("The schema, as it is registered", event.schema))),
  ];
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
const section = (title, ...content) => h("section", { class: "section" }, h("div", { class: "head" }, h("h2", {}, title)), ...content);
const head = (...names) => h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name))));
const block = (title, text) => h("div", { class: "stack" }, h("h3", {}, title), h("pre", { tabindex: "0" }, text));
const who = (listed) => (listed.length ? listed.map((one) => h("div", { class: "small" }, service(one.service), " ", h("span", { class: "mono quiet" }, one.handler))) : "nobody yet");

function rows(field, depth) {
  return [
    h("tr", {}, h("td", { class: `mono depth-${Math.min(depth, 3)}` }, field.name), h("td", { class: "mono quiet nowrap" }, field.type),
      h("td", {}, field.doc, field.default !== null && h("div", { class: "small quiet" }, `Default: ${field.default}`),
        field.symbols.length > 0 && h("details", { class: "small" }, h("summary", {}, `${field.symbols.length} symbols`), h("ul", {}, field.symbols.map((one) => h("li", {}, h("code", {}, one.name), ` ${one.doc}`)))))),
    ...field.fields.flatMap((one) => rows(one, depth + 1)),
  ];
}

function version(step) {
  return h("li", {}, h("div", {}, h("strong", {}, step.number ? `Version ${step.number}` : "Not released yet"), " ", h("span", { class: "mono quiet small" }, step.fingerprint.slice(0, 16))),
    step.differences.length
      ? h("ul", { class: "small" }, step.differences.map((one) => h("li", {}, tag(one.kind, { added: "good", removed: "bad" }[one.kind]), " ", h("code", {}, one.place), ` ${one.what}`, one.before && one.kind !== "reworded" && ` from ${one.before}`, one.after && one.kind !== "reworded" && ` to ${one.after}`)))
      : h("p", { class: "small quiet" }, "The first one."));
}
