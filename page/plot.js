// Lines over time, drawn as SVG. One moment can be pointed at, with the pointer or the arrow keys,
// and is shown in all plots at once; a table says the same in numbers.

import { h, s, show } from "./dom.js";
import { clockText, count, duration, minuteText, tickText, zoneOffset } from "./format.js";

const height = 168;
const margin = { top: 10, right: 12, bottom: 24, left: 52 };

const pointed = { at: null, plots: new Set() };

function pointAt(at) {
  pointed.at = at;
  for (const plot of pointed.plots) plot.drawCursor();
}

/**
 * The points of a span of time in steps: of each step the highest value, or the sum where
 * `sums` says so; null where the daemon said nothing. `points` have `at` in milliseconds.
 */
export function inSteps({ points, from, until, step, keys, sums }) {
  const length = Math.max(1, Math.ceil((until - from) / step));
  const steps = Array.from({ length }, (_, i) => ({ at: from + i * step, values: null }));
  for (const point of points) {
    const into = steps[Math.floor((point.at - from) / step)];
    if (!into) continue;
    into.values ??= Object.fromEntries(keys.map((key) => [key, null]));
    for (const key of keys) {
      const value = point[key];
      if (typeof value !== "number") continue;
      const before = into.values[key];
      if (before === null) into.values[key] = value;
      else into.values[key] = sums.includes(key) ? before + value : Math.max(before, value);
    }
  }
  return steps;
}

const countSteps = [1, 2, 5];
const durationSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800,
  432000, 864000, 1728000, 4320000,
];

function valueStep(top, unit) {
  if (unit === "duration") {
    const fitting = durationSteps.find((step) => top / step <= 4);
    if (fitting) return fitting;
  }
  for (let power = 1; ; power *= 10) {
    const fitting = countSteps.find((step) => top / (step * power) <= 4);
    if (fitting) return fitting * power;
  }
}

function valueTicks(top, unit) {
  const step = valueStep(Math.max(top, unit === "duration" ? 10 : 4), unit);
  const ticks = [];
  for (let tick = 0; ; tick += step) {
    ticks.push(tick);
    if (tick >= top && ticks.length > 2) return ticks;
  }
}

const timeSteps = [300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200].map(
  (one) => one * 1000,
);

function timeTicks(from, until, room) {
  const step = timeSteps.find((one) => (until - from) / one <= room / 52) ?? 86400000;
  const offset = zoneOffset(new Date(until)) * 1000;
  const ticks = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= until; at += step) {
    ticks.push(at);
  }
  return ticks;
}

const shortCounts = new Intl.NumberFormat("en-GB", {
  notation: "compact",
  maximumFractionDigits: 1,
});

/** For an axis: short. */
function tickLabel(value, unit) {
  if (unit === "duration") return value === 0 ? "0" : duration(value);
  return value < 10000 ? count(value) : shortCounts.format(value);
}

class Plot {
  constructor(told) {
    this.id = `plot-${told.id}`;
    this.index = null;
    this.legend = h.ul({ class: "legend" });
    this.moment = h.span({ class: "moment" });
    this.canvas = s.svg({ class: "canvas", "aria-hidden": "true", focusable: "false" });
    this.slider = h.div(
      {
        class: "plot-area",
        tabindex: "0",
        role: "slider",
        "aria-describedby": `${this.id}-how`,
        onkeydown: (event) => this.onKey(event),
      },
      this.canvas,
    );
    this.tableBody = h.div({ class: "plot-table" });
    this.details = h.details(
      { ontoggle: () => this.fillTable() },
      h.summary("As a table", h.span({ class: "unseen" }, `: ${told.title}`)),
      this.tableBody,
    );
    this.element = h.figure(
      { class: "plot", "data-key": told.id },
      h.figcaption(h.h3(told.title), h.p({ class: "plot-note", id: `${this.id}-how` }, told.note)),
      h.div({ class: "readout" }, this.legend, this.moment),
      this.slider,
      this.details,
    );
    this.element.takeOver = (fresh) => fresh.told && this.tell(fresh.told);
    this.element.told = told;
    this.slider.addEventListener("pointermove", (event) => this.onPointer(event));
    this.slider.addEventListener("pointerdown", (event) => this.onPointer(event));
    this.slider.addEventListener("pointerleave", () => pointAt(null));
    this.slider.addEventListener("blur", () => pointAt(null));
    this.width = 0;
    this.told = told;
    new ResizeObserver(() => this.onResize()).observe(this.slider);
    this.drawCursor();
  }

  tell(told) {
    this.told = told;
    this.draw();
    if (this.details.open) this.fillTable();
  }

  onResize() {
    const width = Math.floor(this.slider.clientWidth);
    if (width === this.width || width === 0) return;
    this.width = width;
    for (const plot of pointed.plots) if (!plot.element.isConnected) pointed.plots.delete(plot);
    pointed.plots.add(this);
    this.draw();
  }

  x(at) {
    const { from, until } = this.told;
    return margin.left + ((at - from) / (until - from)) * (this.width - margin.left - margin.right);
  }

  y(value) {
    return height - margin.bottom - (value / this.top) * (height - margin.top - margin.bottom);
  }

  draw() {
    if (this.width === 0) return this.drawCursor();
    const { steps, series, unit } = this.told;
    const highest = Math.max(
      0,
      ...steps.flatMap((step) =>
        step.values === null ? [] : series.map((one) => step.values[one.key] ?? 0),
      ),
    );
    const ticks = valueTicks(highest, unit);
    this.top = ticks.at(-1);
    this.canvas.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.canvas.setAttribute("height", height);
    this.cursor = s.g({ class: "cursor" });
    this.canvas.replaceChildren(
      ...this.axes(ticks),
      ...series.map((one) => this.line(one)),
      this.cursor,
    );
    this.drawCursor();
  }

  axes(ticks) {
    const { from, until, unit } = this.told;
    const right = this.width - margin.right;
    const bottom = height - margin.bottom;
    const lines = ticks.map((tick) =>
      s.g(
        { class: "tick" },
        s.line({ x1: margin.left, x2: right, y1: this.y(tick), y2: this.y(tick) }),
        s.text(
          { x: margin.left - 8, y: this.y(tick) + 4, "text-anchor": "end" },
          tickLabel(tick, unit),
        ),
      ),
    );
    const times = timeTicks(from, until, right - margin.left).map((at) =>
      s.g(
        { class: "tick" },
        s.line({ class: "short", x1: this.x(at), x2: this.x(at), y1: bottom, y2: bottom + 4 }),
        s.text({ x: this.x(at), y: bottom + 17, "text-anchor": "middle" }, tickText(new Date(at))),
      ),
    );
    return [...this.gaps(), ...lines, ...times];
  }

  /** Where the daemon stopped saying anything, and began again. */
  gaps() {
    const { steps } = this.told;
    const isKnown = (step) => step.values !== null;
    const last = steps.findLastIndex(isKnown);
    const gaps = [];
    for (let i = steps.findIndex(isKnown); i >= 0 && i < last; ++i) {
      const start = i + 1;
      while (!isKnown(steps[i + 1])) ++i;
      if (i >= start) gaps.push(this.gap(steps[start].at, steps[i + 1].at));
    }
    return gaps;
  }

  gap(from, until) {
    return s.rect({
      class: "gap",
      x: this.x(from),
      y: margin.top,
      width: this.x(until) - this.x(from),
      height: height - margin.top - margin.bottom,
    });
  }

  line({ key, look }) {
    const { steps, step } = this.told;
    let path = "";
    let isOpen = false;
    for (const { at, values } of steps) {
      const value = values?.[key];
      if (typeof value !== "number") {
        isOpen = false;
        continue;
      }
      const place = `${this.x(at + step / 2).toFixed(1)} ${this.y(value).toFixed(1)}`;
      path += isOpen ? `L${place}` : `M${place}h.1L${place}`;
      isOpen = true;
    }
    return s.path({ class: `line ${look}`, d: path });
  }

  indexAt(at) {
    const { from, step, steps } = this.told;
    return Math.max(0, Math.min(steps.length - 1, Math.floor((at - from) / step)));
  }

  /** The last step about which anything is known. */
  latest() {
    const { steps } = this.told;
    for (let i = steps.length - 1; i >= 0; --i) if (steps[i].values !== null) return i;
    return steps.length - 1;
  }

  onPointer(event) {
    const { from, until } = this.told;
    const box = this.slider.getBoundingClientRect();
    const part =
      (event.clientX - box.left - margin.left) / (box.width - margin.left - margin.right);
    pointAt(from + Math.max(0, Math.min(0.9999, part)) * (until - from));
  }

  onKey(event) {
    const { steps, from, step } = this.told;
    const here = pointed.at === null ? this.latest() : this.indexAt(pointed.at);
    const page = Math.max(1, Math.round(steps.length / 12));
    const moves = {
      ArrowLeft: here - 1,
      ArrowDown: here - 1,
      ArrowRight: here + 1,
      ArrowUp: here + 1,
      PageDown: here - page,
      PageUp: here + page,
      Home: 0,
      End: steps.length - 1,
    };
    const there = moves[event.key];
    if (there === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(steps.length - 1, there));
    pointAt(from + (index + 0.5) * step);
  }

  text(value) {
    if (typeof value !== "number") return "–";
    return this.told.unit === "duration" ? duration(value) : count(value);
  }

  drawCursor() {
    const { steps, series, step, title } = this.told;
    const index = pointed.at === null ? this.latest() : this.indexAt(pointed.at);
    const { at, values } = steps[index];
    const when = this.when(at, step, pointed.at === null);
    const said = series.map((one) => `${one.name} ${this.text(values?.[one.key])}`).join(", ");
    show(
      this.legend,
      series.map((one) =>
        h.li(
          { "data-key": one.key },
          s.svg(
            { class: "sample", viewBox: "0 0 24 8", "aria-hidden": "true" },
            s.path({ class: `line ${one.look}`, d: "M0 4H24" }),
          ),
          `${one.name} `,
          h.b(this.text(values?.[one.key])),
        ),
      ),
    );
    show(this.moment, values === null ? `${when}: nothing known` : when);
    this.slider.setAttribute("aria-label", title);
    this.slider.setAttribute("aria-valuemin", "0");
    this.slider.setAttribute("aria-valuemax", String(steps.length - 1));
    this.slider.setAttribute("aria-valuenow", String(index));
    this.slider.setAttribute(
      "aria-valuetext",
      values === null ? `${when}: nothing known` : `${when}: ${said}`,
    );
    if (!this.cursor) return;
    const middle = this.x(at + step / 2);
    this.cursor.replaceChildren(
      ...(pointed.at === null
        ? []
        : [
            s.line({ x1: middle, x2: middle, y1: margin.top, y2: height - margin.bottom }),
            ...series
              .filter((one) => typeof values?.[one.key] === "number")
              .map((one) =>
                s.circle({ class: one.look, cx: middle, cy: this.y(values[one.key]), r: 3.5 }),
              ),
          ]),
    );
  }

  when(at, step, isLatest) {
    const minute = (time) => clockText(new Date(time)).slice(0, -3);
    const end = () => minuteText(new Date(at + step));
    const span = step <= 60000 ? minute(at) : `${minute(at)} – ${end()}`;
    return isLatest ? `latest, ${span}` : span;
  }

  /** Coarser than the plot: what can be listened to. */
  fillTable() {
    if (!this.details.open) return;
    const { steps, step, series, sums } = this.told;
    const points = steps
      .filter((one) => one.values !== null)
      .map((one) => ({ at: one.at, ...one.values }));
    const size = Math.max(step, Math.ceil(steps.length / 24) * step);
    const from = Math.floor(this.told.from / size) * size;
    const rows = inSteps({
      points,
      from,
      until: this.told.until,
      step: size,
      keys: series.map((one) => one.key),
      sums,
    }).reverse();
    show(
      this.tableBody,
      h.table(
        { "aria-label": this.told.title },
        h.thead(
          h.tr(
            h.th({ scope: "col" }, "From"),
            series.map((one) => h.th({ scope: "col", class: "number" }, one.name)),
          ),
        ),
        h.tbody(
          rows.map((row) =>
            h.tr(
              { "data-key": row.at },
              h.th({ scope: "row" }, clockText(new Date(row.at)).slice(0, -3)),
              series.map((one) => h.td({ class: "number" }, this.text(row.values?.[one.key]))),
            ),
          ),
        ),
      ),
    );
  }
}

/**
 * told: {id, title, note, unit ("count" or "duration"), series [{key, name, look}], steps (of
 * `inSteps`), from, until, step, sums}. Times in milliseconds.
 */
export function plot(told) {
  return new Plot(told).element;
}
