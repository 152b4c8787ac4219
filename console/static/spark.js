// A small line of the last rates. It is decoration beside a figure: a screen reader is given the figure.

import { s } from "./dom.js";

export function spark(width, height) {
  const line = s("path", { class: "spark-line" }), area = s("path", { class: "spark-area" });
  const element = s("svg", { class: "spark", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, area, line);
  return {
    element,
    update(values) {
      // The first few say nothing about a course yet.
      if (values.length < 6) values = [];
      const most = Math.max(...values, 1), step = width / Math.max(values.length - 1, 1);
      const points = values.map((value, at) => [width - (values.length - 1 - at) * step, height - 2 - (value / most) * (height - 4)]);
      const path = points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
      line.setAttribute("d", path);
      area.setAttribute("d", points.length ? `${path}L${width} ${height}L${points[0][0].toFixed(1)} ${height}Z` : "");
    },
  };
}
