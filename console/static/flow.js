// The choreography with what moves in it now: a line of life for each service, a rail for each topic.

import { empty, h, put, s, service, show, tag } from "./dom.js";
import { count, duration, plural, rate } from "./format.js";
import { follow } from "./live.js";
import { score } from "./score.js";
import { spark } from "./spark.js";

const WIDE = 860;

export function open(_params, _query, about) {
  const sub = h("p", { class: "sub" }, "Asking the system.");
  const legend = h("p", { class: "small quiet" });
  const servers = h("ul", { class: "parts", "aria-label": "Servers and instances" });
  const stage = h("div", { class: "stage" });
  const element = h("div", {},
    h("div", { class: "head" }, h("div", {}, h("h1", {}, "Flow"), sub, legend)),
    stage,
    h("section", { class: "section", "aria-labelledby": "parts" }, h("div", { class: "head" }, h("h2", { id: "parts" }, "What runs")), servers),
    h("p", { class: "small quiet foot" }, "Rates are the growth of the topics' end offsets over the last five seconds. What waits to be read is each service's position in its database against those ends; what waits to be sent is its outbox."));

  let drawn = null, width = 0, latest = null;
  const draw = () => {
    drawn = width >= WIDE ? score(about, width) : list(about);
    show(stage, drawn.element);
    put(legend, `${width >= WIDE ? "Each topic goes from the service that writes it (a square) to those that read it (rings)." : "A card for each topic: who writes it, who reads it."} An event's name leads to what it says.`);
    if (latest) drawn.update(latest);
  };
  const observer = new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (drawn && (now >= WIDE) === (width >= WIDE) && Math.abs(now - width) < 2) return;
    width = now;
    draw();
  });
  observer.observe(stage);

  const stop = follow((live) => {
    if (!live.state) return;
    latest = read(live.state, about);
    put(sub, summary(latest));
    drawn?.update(latest);
    show(servers, parts(live.state));
  });
  return { title: "Flow", element, close() { stop(); observer.disconnect(); } };
}

// Puts what is known together by service and by topic. What is not known stays null.
function read(state, about) {
  const instances = state.platform.value?.services ?? [];
  const services = Object.fromEntries(about.services.map((name) => {
    const own = instances.filter((one) => one.service === name), data = state.databases.value?.[name];
    const known = data && !data.error ? data : null;
    return [name, {
      instances: own.length, up: own.filter((one) => one.ready).length, known: own.length > 0,
      lag: known?.lag ?? null, outbox: known?.outbox ?? null, oldest: known?.oldest ?? 0, letters: known?.letters ?? null,
      calls: own.find((one) => one.open_calls !== null)?.open_calls ?? null,
    }];
  }));
  const topics = Object.fromEntries(about.topics.map((topic) => {
    const told = state.topics.error ? null : state.topics.value?.[topic.name];
    return [topic.name, { rate: told?.rate ?? null, rates: told?.rates ?? [], published: told?.published ?? null }];
  }));
  return { services, topics };
}

const sum = (values) => (values.some((value) => value === null) ? null : values.reduce((all, one) => all + one, 0));
export const lagOf = (one) => (one.lag ? sum(Object.values(one.lag)) : null);

function summary({ services, topics }) {
  const all = Object.values(services);
  const rates = sum(Object.values(topics).map((topic) => topic.rate)), lag = sum(all.map(lagOf)), outbox = sum(all.map((one) => one.outbox));
  return [
    rates === null ? "Rates are not known" : `${rate(rates)} events a second`,
    lag === null ? "what waits to be read is not known everywhere" : `${count(lag)} waiting to be read`,
    outbox === null ? "what waits to be sent is not known everywhere" : `${count(outbox)} waiting to be sent`,
  ].join(" · ");
}

function parts(state) {
  const { servers = [], services = [] } = state.platform.value ?? {};
  const item = (one, good, word) => h("li", { class: good ? "good" : "bad" },
    h("span", { class: "dot" }), h("strong", {}, one.name), h("span", { class: "word" }, word),
    h("span", { class: "mono quiet" }, one.address.replace(/^\w+:\/\//, "").replace(/\/.*$/, "")),
    one.restarts > 0 && h("span", { class: "small quiet", title: one.last_exit }, `restarted ${one.restarts} ×`));
  return [
    ...servers.map((one) => item(one, one.reachable, one.reachable ? "answers" : "away")),
    ...services.map((one) => item(one, one.ready, one.ready ? "ready" : one.reachable ? "waits" : "away")),
  ];
}

// On a narrow screen: the same as a list, a card for each topic.
function list(about) {
  const cards = about.topics.map((topic) => {
    const speed = h("span", { class: "speed" }, "–"), line = spark(120, 28);
    const readers = Object.entries(topic.readers).map(([name, events]) => {
      const lag = h("span", { class: "tag" }, "–");
      return { name, lag, element: h("li", {}, h("span", { class: "to" }, service(name), lag), h("span", { class: "names" }, events.map((event) => h("a", { href: `#/events/${event}` }, event)))) };
    });
    return {
      topic, speed, line, readers,
      element: h("li", { class: "card pad" },
        h("div", { class: "topic" }, h("div", {}, h("h2", { class: "mono" }, topic.name), h("span", { class: "small quiet" }, "from ", service(topic.owner))), h("div", { class: "right" }, speed, line.element)),
        h("ul", { class: "readers" }, readers.map((one) => one.element))),
    };
  });
  return {
    element: h("ul", { class: "topics" }, cards.map((card) => card.element)),
    update({ services, topics }) {
      for (const card of cards) {
        const told = topics[card.topic.name];
        put(card.speed, told.rate === null ? "not known" : `${rate(told.rate)}/s`);
        card.line.update(told.rates);
        for (const reader of card.readers) {
          const lag = services[reader.name].lag?.[card.topic.name] ?? null;
          put(reader.lag, lag === null ? "not known" : lag ? `${count(lag)} to read` : "up to date");
          reader.lag.className = `tag ${lag === null ? "" : lag ? "warn" : "good"}`;
        }
      }
    },
  };
}
