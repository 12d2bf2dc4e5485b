// The last day in plots.

import { get } from "./api.js";
import { h } from "./dom.js";
import { inSteps, plot } from "./plot.js";
import { nothing } from "./table.js";

const minute = 60000;
const hour = 60 * minute;

// Hours shown → length of a step.
const spans = { 1: minute, 6: minute, 24: 5 * minute };
let chosen = null;

let remembered = { at: 0, points: [] };

/** A day of points is not asked for more often than there is a new one. */
export async function loadHistory() {
  if (Date.now() - remembered.at < minute / 2) return remembered.points;
  const answer = await get("history");
  const points = answer.points.map((point) => ({ ...point, at: Date.parse(point.at) }));
  remembered = { at: Date.now(), points };
  return points;
}

/** What of it is known, where nobody chose; the daemon forgets it when it ends. */
function fittingSpan(points) {
  const known = Date.now() - points[0].at;
  return Object.keys(spans).find((hours) => known <= hours * hour) ?? "24";
}

function stepsOf(points, hours) {
  const step = spans[hours];
  // A point comes every minute, a little sooner or later: its time is the middle of a step.
  const phase = step === minute ? (points.at(-1).at + minute / 2) % minute : 0;
  const until = Math.ceil((Date.now() - phase) / step) * step + phase;
  const from = until - hours * hour;
  const sums = ["granted", "removed", "calls", "lost_writes"];
  const keys = ["open", "held", "dead", "oldest_pending_seconds", ...sums];
  return { from, until, step, sums, steps: inSteps({ points, from, until, step, keys, sums }) };
}

function plots(points, hours) {
  const shared = stepsOf(points, hours);
  const each = shared.step === minute ? "minute" : `${shared.step / minute} minutes`;
  return [
    plot({
      ...shared,
      id: "waiting",
      title: "Events that wait",
      unit: "count",
      note: `Events, the most in every ${each}`,
      series: [
        { key: "open", name: "open", look: "first" },
        { key: "held", name: "held", look: "second" },
        { key: "dead", name: "dead", look: "third" },
      ],
    }),
    plot({
      ...shared,
      id: "oldest",
      title: "Age of the oldest open event",
      unit: "duration",
      note: `Time, the longest in every ${each}`,
      series: [{ key: "oldest_pending_seconds", name: "age", look: "first" }],
    }),
    plot({
      ...shared,
      id: "done",
      title: "Assignments changed",
      unit: "count",
      note: `Assignments in every ${each}`,
      series: [
        { key: "granted", name: "granted", look: "first" },
        { key: "removed", name: "removed", look: "second" },
      ],
    }),
    plot({
      ...shared,
      id: "calls",
      title: "Calls to the tenant",
      unit: "count",
      note: `Calls and lost writes in every ${each}`,
      series: [
        { key: "calls", name: "calls", look: "first" },
        { key: "lost_writes", name: "lost writes", look: "third" },
      ],
    }),
  ];
}

export function historySection(points, app) {
  const heading = h.h2({ id: "history" }, "The last day");
  if (points.length === 0) {
    return h.section(
      { "aria-labelledby": "history" },
      heading,
      nothing("Nothing has been recorded yet; a point is added every minute."),
    );
  }
  const hours = chosen ?? fittingSpan(points);
  const choose = (one) => () => {
    chosen = one;
    app.redraw();
  };
  const choice = (one) =>
    h.button(
      { type: "button", "aria-pressed": String(one === hours), onclick: choose(one) },
      one === "1" ? "1 hour" : `${one} hours`,
    );
  return h.section(
    { "aria-labelledby": "history" },
    h.div(
      { class: "heading" },
      heading,
      h.div(
        { class: "choice", role: "group", "aria-label": "Time shown" },
        Object.keys(spans).map(choice),
      ),
    ),
    h.div({ class: "plots" }, plots(points, hours)),
  );
}
