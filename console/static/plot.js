// Lines over the last hour. A gap stays a gap. Under the pointer, or by the arrow keys, the figures of one point are told.

import { h, put, s } from "./dom.js";
import { time } from "./format.js";

const WIDTH = 1000, HEIGHT = 220, LEFT = 64, RIGHT = 12, TOP = 10, BOTTOM = 26, HOUR = 3600, JOIN = 12;

export function plot(points, series, write, what) {
  const end = points.at(-1)?.at ?? 0;
  // At first an hour would be almost empty: the axis begins with the first figure, and is at least two minutes long.
  const first = points.find((point) => series.some(([, , value]) => value(point) !== undefined))?.at ?? end;
  const start = Math.max(end - HOUR, Math.min(first, end - 120));
  const shown = points.filter((point) => point.at >= start);
  const values = shown.flatMap((point) => series.map(([, , value]) => value(point)).filter((value) => value !== undefined && value !== null));
  const most = nice(Math.max(...values, 0));
  const x = (at) => LEFT + ((at - start) / (end - start || 1)) * (WIDTH - LEFT - RIGHT), y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  const svg = s("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", tabindex: "0", "aria-label": `${what}: ${latest(shown, series, write)}. Arrow keys tell earlier points.` });
  for (const part of [0, 0.5, 1]) svg.append(s("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(most * part), y2: y(most * part) }), s("text", { class: "tick", x: LEFT - 8, y: y(most * part) + 4, "text-anchor": "end" }, write(most * part)));
  for (const part of [0, 0.25, 0.5, 0.75, 1]) svg.append(s("text", { class: "tick", x: x(start + (end - start) * part), y: HEIGHT - 6, "text-anchor": part === 0 ? "start" : part === 1 ? "end" : "middle" }, time((start + (end - start) * part) * 1000).slice(0, end - start < 600 ? 8 : 5)));
  for (const [name, hue, value] of series) svg.append(s("path", { class: `series ${hue}`, d: path(shown, value, x, y) }, s("title", {}, name)));
  const mark = s("line", { class: "mark", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" });
  const told = h("p", { class: "told small quiet" }, latest(shown, series, write));
  svg.append(mark);
  let at = shown.length - 1;
  const point = (index) => {
    at = Math.max(0, Math.min(shown.length - 1, index));
    const one = shown[at];
    mark.setAttribute("visibility", "visible");
    for (const name of ["x1", "x2"]) mark.setAttribute(name, x(one.at));
    put(told, `${time(one.at * 1000)}: ${figures(one, series, write)}`);
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect(), here = start + (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * (end - start);
    point(shown.reduce((best, one, index) => (Math.abs(one.at - here) < Math.abs(shown[best].at - here) ? index : best), 0));
  });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12 }[event.key];
    if (step) { event.preventDefault(); point(at + step); }
  });
  return h("div", { class: "plotted" }, h("ul", { class: "legend" }, series.map(([name, hue]) => h("li", { class: `svc ${hue}` }, name))), svg, told);
}

const figures = (point, series, write) => series.map(([name, , value]) => [name, value(point)]).map(([name, value]) => `${name} ${value === undefined || value === null ? "not known" : write(value)}`).join(", ");
function latest(points, series, write) {
  const known = [...points].reverse().find((point) => series.some(([, , value]) => value(point) !== undefined && value(point) !== null));
  return known ? `${time(known.at * 1000)}: ${figures(known, series, write)}` : "nothing known yet";
}

function path(points, value, x, y) {
  let text = "", before = null;
  for (const point of points) {
    const here = value(point);
    if (here === undefined || here === null) { before = null; continue; }
    text += `${before !== null && point.at - before < JOIN ? "L" : "M"}${x(point.at).toFixed(1)} ${y(here).toFixed(1)}`;
    before = point.at;
  }
  return text;
}

function nice(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= value);
}
