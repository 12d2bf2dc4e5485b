// Tables that can be sorted, and that become one block a row where there is no room.

import { h } from "./dom.js";
import { count } from "./format.js";

const orders = new Map(); // table → {column, down}, for as long as the page is open
const lengths = new Map(); // table → rows shown

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function compare(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return collator.compare(String(left ?? ""), String(right ?? ""));
}

function inOrder(rows, columns, order) {
  const column = columns.find((one) => one.key === order?.column);
  if (!column) return rows;
  const sorted = [...rows].sort((left, right) => compare(column.sort(left), column.sort(right)));
  return order.down ? sorted.reverse() : sorted;
}

function heading(column, order, turn) {
  const attributes = { scope: "col", role: "columnheader", class: column.class };
  if (column.isQuiet) return h.th(attributes, h.span({ class: "unseen" }, column.title));
  if (!column.sort) return h.th(attributes, column.title);
  const sorted = order?.column === column.key;
  const direction = sorted ? (order.down ? "descending" : "ascending") : "none";
  const sign = sorted ? (order.down ? "▼" : "▲") : "△";
  return h.th(
    { ...attributes, "aria-sort": direction },
    h.button(
      { type: "button", class: "sort", onclick: () => turn(column.key) },
      column.title,
      h.span({ class: `sign ${direction}`, "aria-hidden": "true" }, sign),
    ),
  );
}

function cell(column, row) {
  const said = column.cell(row);
  const isBlank = said === "" || said === null || said === false;
  const isHeader = column.header === true;
  return h[isHeader ? "th" : "td"](
    {
      class: [column.class, isBlank && "blank"].filter(Boolean).join(" "),
      scope: isHeader ? "row" : null,
      role: isHeader ? "rowheader" : "cell",
      "data-label": column.isQuiet ? null : column.title,
    },
    h.div({ class: "cell" }, isBlank && !column.isQuiet ? "–" : said),
  );
}

/**
 * `columns`: {key, title, cell(row), class, header, sort(row), isQuiet}; a column with `sort` can
 * be sorted by, and of one that is quiet the title is only heard. `key(row)` tells rows apart. Long
 * tables show their first rows and offer more. `redraw` shows the view anew from what it knows.
 */
export function table({ id, caption, columns, rows, key, redraw, first = 100 }) {
  const order = orders.get(id);
  const turn = (column) => {
    orders.set(id, { column, down: order?.column === column && !order.down });
    redraw();
  };
  const length = lengths.get(id) ?? first;
  const shown = inOrder(rows, columns, order).slice(0, length);
  const more = rows.length - shown.length;
  return h.div(
    { class: "table-block", "data-key": id },
    h.table(
      { role: "table", class: "stacks", "aria-label": caption },
      h.thead(
        { role: "rowgroup" },
        h.tr(
          { role: "row" },
          columns.map((column) => heading(column, order, turn)),
        ),
      ),
      h.tbody(
        { role: "rowgroup" },
        shown.map((row) =>
          h.tr(
            { role: "row", "data-key": key(row) },
            columns.map((column) => cell(column, row)),
          ),
        ),
      ),
    ),
    more > 0 &&
      h.p(
        { class: "more" },
        `${count(shown.length)} of ${count(rows.length)} shown. `,
        h.button(
          {
            type: "button",
            onclick: () => {
              lengths.set(id, length + 5 * first);
              redraw();
            },
          },
          `Show ${count(Math.min(more, 5 * first))} more`,
        ),
      ),
  );
}

/** Headings that are only heard. */
export function quietHeads(titles) {
  return h.thead(
    { role: "rowgroup", class: "quiet" },
    h.tr(
      { role: "row" },
      titles.map((title) =>
        h.th({ scope: "col", role: "columnheader" }, h.span({ class: "unseen" }, title)),
      ),
    ),
  );
}

/** Each row is of two: a thing, and what is said about it. */
export function listing(caption, titles, rows) {
  return h.table(
    { role: "table", class: "stacks listing", "aria-label": caption },
    quietHeads(titles),
    h.tbody(
      { role: "rowgroup" },
      rows.map(([thing, said]) =>
        h.tr(
          { role: "row" },
          h.th({ scope: "row", role: "rowheader" }, thing),
          h.td({ role: "cell" }, said),
        ),
      ),
    ),
  );
}

/** Names and values; what has no value is left out. */
export function facts(pairs) {
  const said = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h.dl(
    { class: "facts" },
    said.map(([term, value]) => h.div({ "data-key": term }, h.dt(term), h.dd(value))),
  );
}

/** What stands where there is nothing to show. */
export function nothing(...text) {
  return h.p({ class: "nothing" }, text);
}
