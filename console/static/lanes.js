// An order's steps on a line of time for each service. The list under it says the same in words.

import { s } from "./dom.js";
import { gap } from "./format.js";

const WIDTH = 1000, LEFT = 92, RIGHT = 30, LANE = 34;

export function lanes(timeline, services) {
  const times = timeline.map((step) => new Date(step.occurred_at).getTime()), first = Math.min(...times), span = Math.max(...times) - first || 1;
  const height = services.length * LANE + 30;
  const x = (at) => LEFT + ((at - first) / span) * (WIDTH - LEFT - RIGHT), y = (name) => services.indexOf(name) * LANE + LANE / 2 + 4;
  const svg = s("svg", { class: "lanes", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": `${timeline.length} steps in ${gap(span)}; the list below names them` });
  for (const name of services) svg.append(s("text", { class: "lane-name", x: 0, y: y(name) + 4 }, name), s("line", { class: "lane", x1: LEFT - 8, x2: WIDTH - RIGHT + 12, y1: y(name), y2: y(name) }));
  const known = timeline.filter((step) => services.includes(step.service));
  known.slice(1).forEach((step, at) => svg.append(s("path", { class: "hop", d: curve(x(times[timeline.indexOf(known[at])]), y(known[at].service), x(times[timeline.indexOf(step)]), y(step.service)) })));
  for (const step of known) svg.append(s("circle", { class: `stop ${step.service}`, cx: x(times[timeline.indexOf(step)]), cy: y(step.service), r: 6.5 }, s("title", {}, `${step.event}, ${gap(times[timeline.indexOf(step)] - first)}`)));
  for (const part of [0, 0.25, 0.5, 0.75, 1]) svg.append(s("text", { class: "tick", x: x(first + span * part), y: height - 4, "text-anchor": part === 1 ? "end" : part ? "middle" : "start" }, gap(span * part)));
  return svg;
}

const curve = (x1, y1, x2, y2) => `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;
