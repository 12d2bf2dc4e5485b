// Events with their reasons; dead ones can be replayed.

import { get, post } from "./api.js";
import { badge, h, name, quote } from "./dom.js";
import { count, counted, instant, relative, spaced } from "./format.js";
import { eventLink, personLink } from "./links.js";
import { facts, listing, nothing, table } from "./table.js";
import { errorClasses, eventStates, toneOfEvent } from "./words.js";

const pageLength = 50;
const selected = new Set();

const stateBadge = (state) => badge(state, toneOfEvent(state));

/** The reason with its class, and what would help. */
function reason(row) {
  if (!row.class && !row.reason) return "";
  return [
    row.class && h.span({ class: "class" }, spaced(row.class)),
    row.class && row.reason && ": ",
    row.reason && quote(row.reason),
    row.class && errorClasses[row.class] && h.span({ class: "remedy" }, errorClasses[row.class]),
  ];
}

function attemptsOf(row) {
  const made = row.attempts > 0 ? count(row.attempts) : "";
  if (!row.next_attempt_at) return made;
  return [made && `${made}, `, "next ", relative(row.next_attempt_at)];
}

function questionAbout(rows) {
  const ids = rows.map((row) => row.id);
  return {
    title: `Replay ${counted(ids.length, "dead event")}?`,
    content: [
      h.p(
        "A new event is queued for each, and the dead one stays as it is. The tenant is " +
          "compared with what is known of the person now; what the event said is not said again.",
      ),
      h.ul(
        { class: "asked", tabindex: "0", role: "list", "aria-label": "Events" },
        rows.map((row) =>
          h.li(
            `${row.id}: ${row.type} of `,
            name(row.person),
            row.class ? ` (${spaced(row.class)})` : "",
          ),
        ),
      ),
    ],
    verb: `Replay ${counted(ids.length, "event")}`,
    act: async ({ by }) => {
      const answer = await post("events/replay", { ids, by });
      for (const id of ids) selected.delete(id);
      const made = answer?.ids ?? [];
      if (made.length === 0) return "Nothing was replayed: none of these events is dead any more.";
      return `Replayed as ${made.length === 1 ? "event" : "events"} ${made.join(", ")}.`;
    },
  };
}

function replayButton(rows, app, text) {
  return h.button({ type: "button", onclick: () => app.ask(questionAbout(rows)) }, text);
}

function filters(place, app) {
  const value = (key) => place.query.get(key) ?? "";
  const apply = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = [...new FormData(form)]
      .map(([key, text]) => [key, text.trim()])
      .filter(([, text]) => text !== "");
    app.go("events", new URLSearchParams(given));
  };
  const choice = (key, title, any, options) =>
    h.p(
      { class: "field" },
      h.label({ for: `filter-${key}` }, title),
      h.select(
        { id: `filter-${key}`, name: key, value: value(key) },
        h.option({ value: "" }, any),
        options.map((option) => h.option({ value: option }, spaced(option))),
      ),
    );
  const text = (key, title) =>
    h.p(
      { class: "field" },
      h.label({ for: `filter-${key}` }, title),
      h.input({
        id: `filter-${key}`,
        name: key,
        value: value(key),
        autocomplete: "off",
        spellcheck: "false",
      }),
    );
  // Filters that a link came with and that are not applied yet must not be typed over.
  const key = `filters ${place.query}`;
  return h.form(
    {
      class: "filters",
      "data-key": key,
      onsubmit: apply,
      onchange: (event) => {
        if (event.target.nodeName === "SELECT") apply(event);
      },
    },
    choice(
      "state",
      "State",
      "any",
      eventStates.map(([state]) => state),
    ),
    choice("class", "Class of error", "any", Object.keys(errorClasses)),
    text("source", "Source"),
    text("person", "Person’s id"),
    h.div(
      { class: "buttons" },
      h.button({ type: "submit" }, "Filter"),
      [...place.query.keys()].length > 0 && h.a({ href: "#/events" }, "Clear"),
    ),
  );
}

function selection(rows, app) {
  const dead = rows.filter((row) => row.state === "dead");
  if (dead.length === 0) return null;
  const chosen = dead.filter((row) => selected.has(row.id));
  const all = chosen.length === dead.length;
  return h.div(
    { class: "selection" },
    h.button(
      {
        type: "button",
        onclick: () => {
          for (const row of dead) {
            if (all) selected.delete(row.id);
            else selected.add(row.id);
          }
          app.redraw();
        },
      },
      all ? "Select none" : `Select all ${count(dead.length)} dead`,
    ),
    chosen.length > 0 && replayButton(chosen, app, `Replay ${count(chosen.length)} selected…`),
  );
}

function eventColumns(app, withSelection, ofOne) {
  const toggle = (row) => (event) => {
    if (event.target.checked) selected.add(row.id);
    else selected.delete(row.id);
    app.redraw();
  };
  return [
    withSelection && {
      key: "select",
      title: "Select",
      class: "select",
      isQuiet: true,
      cell: (row) =>
        row.state === "dead" &&
        h.input({
          type: "checkbox",
          "aria-label": `Select event ${row.id}`,
          checked: selected.has(row.id),
          onchange: toggle(row),
        }),
    },
    {
      key: "id",
      title: "Event",
      header: true,
      class: "id",
      cell: (row) => eventLink(row.id, row.id),
    },
    { key: "received", title: "Received", class: "time", cell: (row) => instant(row.received_at) },
    { key: "state", title: "State", class: "fits", cell: (row) => stateBadge(row.state) },
    !ofOne && {
      key: "person",
      title: "Person",
      class: "wide",
      cell: (row) => personLink(row.person),
    },
    {
      key: "type",
      title: "What",
      class: "wider",
      cell: (row) => [name(row.type), h.span({ class: "from" }, " from ", name(row.source))],
    },
    { key: "attempts", title: "Attempts", class: "number", cell: attemptsOf },
    { key: "reason", title: "Reason", class: "reason", cell: reason },
  ].filter(Boolean);
}

/** `ofOne`: all of the same person. */
export function eventTable(rows, app, { id, caption, withSelection = false, ofOne = false }) {
  return table({
    id,
    caption,
    rows,
    key: (row) => row.id,
    redraw: app.redraw,
    first: 200,
    columns: eventColumns(app, withSelection, ofOne),
  });
}

export const events = {
  title: "Events",
  seconds: 5,
  async load(place) {
    const query = Object.fromEntries(place.query);
    return (await get("events", { ...query, limit: pageLength })).events;
  },
  render(rows, place, app) {
    const older = new URLSearchParams(place.query);
    if (rows.length > 0) older.set("before", rows.at(-1).id);
    const newest = new URLSearchParams(place.query);
    newest.delete("before");
    return [
      h.h1({ tabindex: "-1" }, "Events"),
      filters(place, app),
      rows.length === 0
        ? nothing("No event fits.")
        : [
            selection(rows, app),
            eventTable(rows, app, {
              id: "events",
              caption: "Events, newest first",
              withSelection: rows.some((row) => row.state === "dead"),
            }),
          ],
      h.nav(
        { class: "pages", "aria-label": "Pages of events" },
        place.query.has("before") && h.a({ href: `#/events?${newest}` }, "Newest"),
        rows.length === pageLength && h.a({ href: `#/events?${older}` }, "Older"),
      ),
    ];
  },
};

function valueText(value) {
  if (value === null || value === undefined) return h.em("cleared");
  return quote(Array.isArray(value) ? value.join(", ") : String(value));
}

function attributeListing(attributes) {
  const rows = Object.entries(attributes);
  if (rows.length === 0) return nothing("None.");
  return listing(
    "Attributes that the event sets",
    ["Attribute", "Value"],
    rows.map(([key, value]) => [name(key), valueText(value)]),
  );
}

function attempts(row, app) {
  if (!row.attempt_log?.length) return null;
  return h.section(
    { "aria-labelledby": "attempts" },
    h.h2({ id: "attempts" }, "Attempts"),
    table({
      id: "attempts-table",
      caption: "Attempts",
      rows: row.attempt_log,
      redraw: app.redraw,
      key: (one) => one.number,
      columns: [
        { key: "number", title: "Attempt", header: true, cell: (one) => count(one.number) },
        { key: "at", title: "When", class: "time", cell: (one) => instant(one.at) },
        { key: "reason", title: "Why it failed", class: "reason", cell: reason },
      ],
    }),
  );
}

export function operationTable(operations, app, id) {
  return table({
    id,
    caption: "Calls to the tenant",
    rows: operations.map((one, place) => ({ ...one, place })),
    redraw: app.redraw,
    key: (one) => one.place,
    first: 50,
    columns: [
      { key: "operation", title: "Call", header: true, cell: (one) => spaced(one.operation) },
      {
        key: "entitlement",
        title: "Group or role",
        class: "wide",
        cell: (one) => name(one.entitlement),
      },
      { key: "account", title: "Account", class: "wide", cell: (one) => name(one.account) },
      { key: "why", title: "Why", class: "wide", cell: (one) => quote(one.reason) },
      { key: "sent", title: "Sent", class: "time", cell: (one) => instant(one.sent_at) },
      {
        key: "answer",
        title: "Answer",
        cell: (one) => (one.status ? `HTTP ${one.status}` : "none"),
      },
      {
        key: "verified",
        title: "Seen in the tenant",
        class: "time",
        cell: (one) => [
          one.verified_at ? instant(one.verified_at) : badge("not yet", "careful"),
          one.lost > 0 && h.span({ class: "note" }, ` lost ${counted(one.lost, "time")}`),
        ],
      },
    ],
  });
}

export const event = {
  title: "Event",
  missing: "There is no event of this number; old ones are deleted in time.",
  seconds: 5,
  load: (place) => get(`events/${encodeURIComponent(place.id)}`),
  render(row, place, app) {
    return [
      h.p({ class: "back" }, h.a({ href: "#/events" }, "All events")),
      h.h1({ tabindex: "-1" }, `Event ${row.id}`),
      h.div(
        { class: "panel" },
        facts(
          [
            ["State", stateBadge(row.state)],
            ["Reason", row.class || row.reason ? reason(row) : ""],
            ["Person", personLink(row.person)],
            ["What", [name(row.type), ` (${row.mode}) from `, name(row.source)]],
            ["Received", instant(row.received_at)],
            ["Occurred", row.occurred_at && instant(row.occurred_at)],
            [
              "Takes effect",
              row.effective_at &&
                (row.effective_at.includes("T") ? instant(row.effective_at) : row.effective_at),
            ],
            ["Attempts", attemptsOf(row)],
            ["Crashes", row.crashes > 0 && count(row.crashes)],
            ["Finished", row.finished_at && instant(row.finished_at)],
            ["Sequence", row.sequence],
            ["Id at the source", name(row.external_id)],
            ["Replay of", row.replay_of && eventLink(row.replay_of, row.replay_of)],
          ].map(([term, value]) => [term, value || null]),
        ),
        row.state === "dead" && h.div({ class: "buttons" }, replayButton([row], app, "Replay…")),
      ),
      h.section(
        { "aria-labelledby": "said-values" },
        h.h2({ id: "said-values" }, "What it says"),
        attributeListing(row.attributes),
      ),
      attempts(row, app),
      row.operations?.length > 0 &&
        h.section(
          { "aria-labelledby": "calls" },
          h.h2({ id: "calls" }, "Calls to the tenant"),
          operationTable(row.operations, app, "event-operations"),
        ),
    ];
  },
};
