// Draws the choreography from what the handlers declare: columns are services, rows are topics. An event goes along its
// topic's rail from the service that owns it to each one that reads it.

import { h, put, s } from "./dom.js";
import { count, duration, rate } from "./format.js";
import { spark } from "./spark.js";

const LABEL = 196, TOP = 46, CARD = 104, LEAD = 34, LINE = 19, PAD = 40;

export function score(about, width) {
  const column = (width - LABEL) / about.services.length, half = Math.min(column - 20, 196) / 2;
  const x = Object.fromEntries(about.services.map((name, at) => [name, LABEL + column * (at + 0.5)]));
  let y = TOP + CARD + LEAD;
  const rows = about.topics.map((topic) => {
    const most = Math.max(...Object.values(topic.readers).map((events) => events.length), 1);
    const row = { topic, y, height: PAD + most * LINE + 30 };
    y += row.height;
    return row;
  });
  const height = y - 6;
  const svg = s("svg", { class: "score", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "The choreography: each topic with the services that write and read it" },
    s("defs", {}, s("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto-start-reverse" }, s("path", { d: "M0 0.5L7 4L0 7.5z", class: "tip" }))));
  for (const name of about.services) svg.append(s("line", { class: `life ${name}`, x1: x[name], x2: x[name], y1: TOP + CARD, y2: height - 14 }));
  const entries = about.entries.filter((entry) => x[entry.service]);
  for (const name of about.services) {
    const own = entries.filter((entry) => entry.service === name);
    if (!own.length) continue;
    svg.append(
      s("text", { class: "entry", x: x[name], y: 14, "text-anchor": "middle" }, own.map((entry) => entry.method).join(" · ")),
      s("line", { class: "into", x1: x[name], x2: x[name], y1: 21, y2: TOP - 4, "marker-end": "url(#tip)" }));
  }
  const cards = about.services.map((name) => card(svg, name, x[name], half));
  const rails = rows.map((row) => rail(svg, row, x, width, column));
  return {
    element: svg,
    update(told) {
      for (const one of cards) one(told.services[one.service]);
      for (const one of rails) one(told);
    },
  };
}

function card(svg, name, x, half) {
  const left = x - half + 14, word = s("tspan"), figures = [0, 1, 2].map(() => s("tspan"));
  const box = s("rect", { class: `box ${name}`, x: x - half, y: TOP, width: 2 * half, height: CARD, rx: 12 });
  const light = s("circle", { class: "light", cx: x + half - 18, cy: TOP + 22, r: 5 });
  const row = (at, label, value) => s("text", { class: "figure", y: TOP + 50 + at * 19 }, s("tspan", { x: left }, label), " ", s("tspan", { x: x + half - 14, "text-anchor": "end", class: "value" }, value));
  svg.append(s("g", {}, box, s("rect", { class: `edge ${name}`, x: x - half, y: TOP, width: 2 * half, height: 4, rx: 2 }),
    s("text", { class: "name", x: left, y: TOP + 27 }, name, " ", s("tspan", { class: "word", dx: 4 }, word)), light,
    row(0, "to read", figures[0]), row(1, "to send", figures[1]), s("a", { href: "#/trouble" }, s("rect", { class: "hit", x: x - half + 6, y: TOP + 76, width: 2 * half - 12, height: 20, rx: 5 }), row(2, "dead letters", figures[2]))));
  const update = (one) => {
    const lags = one.lag ? Object.values(one.lag) : [null];
    const lag = lags.includes(null) ? null : lags.reduce((all, number) => all + number, 0);
    const down = one.known && one.up < one.instances;
    put(word, !one.known ? "" : one.up === 0 ? "away" : one.instances === 1 ? "up" : `${one.up} of ${one.instances} up`);
    light.setAttribute("class", `light ${!one.known ? "" : down ? "bad" : "good"}`);
    box.setAttribute("class", `box ${name} ${one.known && one.up === 0 ? "down" : ""}`);
    figure(figures[0], lag, count(lag));
    figure(figures[1], one.outbox, one.outbox && one.oldest > 1 ? `${count(one.outbox)}, ${duration(one.oldest)} old` : count(one.outbox), one.outbox && one.oldest > 2);
    figure(figures[2], one.letters, count(one.letters), one.letters > 0, "bad");
  };
  update.service = name;
  return update;
}

function figure(element, value, text, notable = value > 0, kind = "warn") {
  put(element, text);
  element.setAttribute("class", notable ? kind : "");
}

function rail(svg, { topic, y, height }, x, width, column) {
  const line = y + 14, from = x[topic.owner], speed = s("tspan"), unit = s("tspan", { class: "unit", dx: 4 }), graph = spark(150, 26);
  graph.element.setAttribute("x", 0);
  graph.element.setAttribute("y", y + 36);
  svg.append(s("line", { class: "rule", x1: 0, x2: width, y1: y - 12, y2: y - 12 }),
    s("text", { class: "topic", x: 0, y: y + 8 }, topic.name),
    s("text", { class: "speed", x: 0, y: y + 30 }, speed, unit), graph.element);
  const readers = Object.entries(topic.readers), ends = readers.map(([name]) => x[name]);
  const flows = [];
  for (const side of [-1, 1]) {
    const reached = ends.filter((end) => Math.sign(end - from) === side);
    if (!reached.length) continue;
    const furthest = side < 0 ? Math.min(...reached) : Math.max(...reached);
    const path = `M${from} ${line}H${furthest - side * 11}`;
    svg.append(s("path", { class: `track ${topic.owner}`, d: path }));
    const flow = s("path", { class: `flow ${topic.owner}`, d: path });
    flows.push(flow);
    svg.append(flow);
  }
  svg.append(s("rect", { class: `owner ${topic.owner}`, x: from - 8, y: line - 8, width: 16, height: 16, rx: 4 }),
    s("text", { class: "note", x: from, y: line + 26, "text-anchor": "middle" }, "writes"));
  const lags = readers.map(([name, events]) => {
    const lag = s("tspan");
    svg.append(s("circle", { class: `reader ${topic.owner}`, cx: x[name], cy: line, r: 7 }),
      ...events.map((event, at) => s("a", { href: `#/events/${event}` }, s("text", { class: "event", x: x[name], y: line + 27 + at * LINE, "text-anchor": "middle" }, event))),
      s("text", { class: "note lag", x: x[name] + 14, y: line - 9 }, lag));
    return [name, lag];
  });
  return ({ services, topics }) => {
    const told = topics[topic.name];
    put(speed, told.rate === null ? "–" : rate(told.rate));
    put(unit, told.rate === null ? "not known" : "events/s");
    graph.update(told.rates);
    for (const flow of flows) flow.setAttribute("class", `flow ${topic.owner} ${!told.rate ? "" : told.rate < 5 ? "slow" : told.rate < 200 ? "walk" : "run"}`);
    for (const [name, element] of lags) {
      const lag = services[name].lag?.[topic.name] ?? null;
      put(element, lag ? `${count(lag)} to read` : "");
    }
  };
}
