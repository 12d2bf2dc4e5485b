// What is happening, and what needs somebody.

import { get, listIn } from "./api.js";
import { badge, h, icon, name, quote } from "./dom.js";
import {
  bytes,
  count,
  counted,
  duration,
  instant,
  measured,
  relative,
  secondsSince,
  spaced,
} from "./format.js";
import { inSteps, plot } from "./plot.js";
import { nothing } from "./table.js";
import { eventStates, openStates } from "./words.js";

const day = 86400000;
const spans = [
  ["1", "1 hour", 60000],
  ["6", "6 hours", 60000],
  ["24", "24 hours", 300000],
];
let span = "24";

const sumOf = (counts) => Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0);

function stateText(value) {
  if (value === null || value === undefined || value === false) return "";
  return typeof value === "object" ? (value.state ?? value.reason ?? "") : String(value);
}

const breakerText = (status) => stateText(status.breaker) || "closed";
const pauseText = (status) => stateText(status.pause);

function storagePercent(status) {
  const limit = status.storage?.limit_bytes ?? status.storage_limit_bytes;
  if (!status.storage || !limit) return null;
  return status.storage.percent ?? Math.floor((status.storage.bytes * 100) / limit);
}

/** What a person should look at, the worst first: {tone, text, href, look}. */
export function needs(status) {
  const list = [...needsOfTenant(status), ...needsOfPeople(status)];
  return [...list.filter((one) => one.tone === "bad"), ...list.filter((one) => one.tone !== "bad")];
}

function needsOfTenant(status) {
  const list = [];
  const say = (tone, text, href, look) => list.push({ tone, text, href, look });
  if (Array.isArray(status.ready)) {
    for (const reason of status.ready) say("bad", ["Not ready: ", quote(reason), "."]);
  }
  const paused = pauseText(status);
  if (paused !== "") {
    say("bad", [
      "Calls to the tenant are stopped: ",
      quote(paused),
      ".",
      status.pause.until && [" Next probe ", relative(status.pause.until), "."],
    ]);
  }
  if (breakerText(status) !== "closed") {
    say("bad", `The tenant keeps failing: the breaker is ${breakerText(status)}.`);
  }
  const percent = storagePercent(status);
  if (percent >= 80) {
    say(
      percent >= 95 ? "bad" : "careful",
      `The tenant’s storage is ${percent} % full. What would pass its limit is not granted.`,
    );
  }
  if (status.contended > 0) {
    say(
      "careful",
      `${counted(status.contended, "assignment is", "assignments are")} contended: ` +
        "somebody else undoes what rosterd does.",
      "#/drift?contended=yes",
      "See which",
    );
  }
  return list;
}

function needsOfPeople(status) {
  const list = [];
  const say = (tone, text, href, look) => list.push({ tone, text, href, look });
  const givenUp = status.leavers_given_up?.length ?? 0;
  if (givenUp > 0) {
    say(
      "bad",
      `${counted(givenUp, "leaver’s last event is", "leavers’ last events are")} dead: ` +
        "they may keep access.",
      "#/events?state=dead",
      "See dead events",
    );
  }
  for (const hold of (status.holds ?? []).filter((one) => one.state === "open")) {
    say(
      "careful",
      [
        "A hold waits for a decision: ",
        quote(hold.why),
        ". Open for ",
        duration(Math.round(secondsSince(hold.opened_at))),
        ".",
      ],
      `#/holds/${hold.hash}`,
      "Decide",
    );
  }
  const dead = status.events?.dead ?? 0;
  if (dead > 0) {
    say(
      "careful",
      `${counted(dead, "event is", "events are")} dead: given up, and waiting for a look.`,
      "#/events?state=dead",
      "See dead events",
    );
  }
  if (status.residual > 0) {
    say(
      "careful",
      `${counted(status.residual, "way is", "ways are")} left to groups and roles for ` +
        "people who have left.",
      "#/residual",
      "See which",
    );
  }
  const bad = (status.files ?? []).filter(
    (one) => one.state === "rejected" || one.state === "held",
  );
  if (bad.length > 0) {
    say(
      "careful",
      `${count(bad.length)} of the last ten files ${bad.length === 1 ? "was" : "were"} ` +
        "refused or held.",
      "#/files",
      "See why",
    );
  }
  return list;
}

function needsList(status) {
  const list = needs(status);
  if (list.length === 0) {
    return h.p({ class: "calm" }, icon("good"), "Nothing needs you.");
  }
  const words = { bad: "Urgent: ", careful: "To look at: " };
  return h.ul(
    { class: "needs", role: "list" },
    list.map(({ tone, text, href, look }) =>
      h.li(
        { class: `tone-${tone}` },
        icon(tone),
        h.span(h.span({ class: "unseen" }, words[tone]), text, " ", href && h.a({ href }, look)),
      ),
    ),
  );
}

function figure(title, value, notes) {
  return h.div(
    { class: "figure", "data-key": title },
    h.dt(title),
    h.dd(
      h.span({ class: "value" }, value),
      notes.filter(Boolean).map((note) => h.span({ class: "note" }, note)),
    ),
  );
}

function revokeFigure(status) {
  const revoked = status.time_to_revoke ?? {};
  if (!revoked.count) return figure("Time to revoke", "–", ["nobody has left since the start"]);
  return figure("Time to revoke", duration(revoked.p50_seconds), [
    `median; 99 % within ${duration(revoked.p99_seconds)}`,
    `over ${counted(revoked.count, "removal")}`,
  ]);
}

function targetFigure(status) {
  const paused = pauseText(status);
  const breaker = breakerText(status);
  const works = paused === "" && breaker === "closed";
  const said = paused !== "" ? "paused" : breaker === "closed" ? "answers" : `breaker ${breaker}`;
  return figure("Tenant", badge(said, works ? "good" : "bad"), [
    `${counted(status.calls_last_minute, "call")} in the last minute`,
    `pace ${measured(status.calls_per_second)} a second`,
  ]);
}

function storageFigure(status) {
  if (!status.storage) return figure("Tenant’s storage", "–", ["not read yet"]);
  const percent = storagePercent(status);
  const limit = status.storage.limit_bytes ?? status.storage_limit_bytes;
  if (percent === null) {
    return figure("Tenant’s storage", bytes(status.storage.bytes), [
      "without a limit",
      ["read ", relative(status.storage.at)],
    ]);
  }
  const tone = percent >= 95 ? "bad" : percent >= 80 ? "careful" : "good";
  return figure("Tenant’s storage", `${count(percent)} %`, [
    tone !== "good" && badge(percent >= 95 ? "nearly full" : "filling up", tone),
    `${bytes(status.storage.bytes)} of ${bytes(limit)}`,
    ["read ", relative(status.storage.at)],
  ]);
}

function reconciliationFigure(status) {
  const last = status.reconciliation;
  if (!last) return figure("Last reconciliation", "–", ["none yet"]);
  const found = sumOf(last.found);
  return figure("Last reconciliation", relative(last.finished_at), [
    h.a({ href: "#/drift" }, found === 0 ? "no drift" : `${counted(found, "difference")} found`),
    last.repairs
      ? `${counted(last.people_to_repair, "person", "people")} to repair`
      : "it only looked",
  ]);
}

function figures(status) {
  const open = openStates.reduce((sum, state) => sum + (status.events?.[state] ?? 0), 0);
  const oldest = secondsSince(status.oldest_open_received_at);
  return h.dl(
    { class: "figures" },
    figure("Open events", count(open), [
      oldest === null
        ? "nothing waits"
        : ["oldest received ", relative(status.oldest_open_received_at)],
    ]),
    revokeFigure(status),
    targetFigure(status),
    storageFigure(status),
    reconciliationFigure(status),
    figure("People", count(status.people), [
      Object.entries(status.people_by_status ?? {})
        .filter(([, number]) => number > 0)
        .map(([state, number]) => `${count(number)} ${spaced(state)}`)
        .join(", "),
      `${counted(status.ledger, "assignment")} in the ledger`,
    ]),
  );
}

function outbox(status) {
  const events = status.events ?? {};
  return h.section(
    { class: "panel", "aria-labelledby": "outbox" },
    h.h2({ id: "outbox" }, "Outbox"),
    h.table(
      { class: "outbox" },
      h.caption({ class: "unseen" }, "Events by state"),
      h.thead(
        { class: "unseen" },
        h.tr(
          h.th({ scope: "col" }, "State"),
          h.th({ scope: "col" }, "Events"),
          h.th({ scope: "col" }, "Meaning"),
        ),
      ),
      h.tbody(
        eventStates.map(([state, tone, meaning]) => {
          const number = events[state] ?? 0;
          return h.tr(
            { "data-key": state, class: number === 0 ? "none" : null },
            h.th({ scope: "row" }, number === 0 ? badge(state, "plain") : badge(state, tone)),
            h.td(
              { class: "number" },
              number === 0 ? "0" : h.a({ href: `#/events?state=${state}` }, count(number)),
            ),
            h.td({ class: "meaning" }, meaning),
          );
        }),
      ),
    ),
  );
}

function plots(points) {
  const [, , step] = spans.find(([id]) => id === span);
  const until = Math.ceil(Date.now() / step) * step;
  const from = until - Number(span) * 3600000;
  const keys = [
    "open",
    "held",
    "dead",
    "oldest_pending_seconds",
    "granted",
    "removed",
    "calls",
    "lost_writes",
  ];
  const sums = ["granted", "removed", "calls", "lost_writes"];
  const steps = inSteps({ points, from, until, step, keys, sums });
  const each = step === 60000 ? "minute" : `${step / 60000} minutes`;
  const shared = { steps, from, until, step, sums };
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
      note: `Assignments per ${each}`,
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
      note: `Calls and lost writes per ${each}`,
      series: [
        { key: "calls", name: "calls", look: "first" },
        { key: "lost_writes", name: "lost writes", look: "third" },
      ],
    }),
  ];
}

function history(points, app) {
  const known = points.filter((point) => point.at >= Date.now() - day);
  const choose = (id) => () => {
    span = id;
    app.redraw();
  };
  return h.section(
    { "aria-labelledby": "history" },
    h.div(
      { class: "heading" },
      h.h2({ id: "history" }, "The last day"),
      h.div(
        { class: "choice", role: "group", "aria-label": "Time shown" },
        spans.map(([id, text]) =>
          h.button(
            {
              type: "button",
              "aria-pressed": String(span === id),
              onclick: choose(id),
            },
            text,
          ),
        ),
      ),
    ),
    known.length === 0
      ? nothing("Nothing has been recorded yet; a point is added every minute.")
      : h.div({ class: "plots" }, plots(points)),
  );
}

let remembered = { at: 0, points: [] };

/** A day of points is not asked for more often than there is a new one. */
async function historyPoints() {
  if (Date.now() - remembered.at < 30000) return remembered.points;
  const answer = await get("history");
  const points = listIn(answer, "points").map((point) => ({ ...point, at: Date.parse(point.at) }));
  remembered = { at: Date.now(), points };
  return points;
}

export const overview = {
  title: "Overview",
  seconds: 5,
  load: historyPoints,
  render(points, place, app) {
    const { status } = app;
    return [
      h.h1({ tabindex: "-1" }, "Overview"),
      h.div(
        { class: "beside" },
        h.div(
          { class: "left" },
          h.section(
            { "aria-labelledby": "needs", class: "panel" },
            h.h2({ id: "needs" }, "What needs you"),
            needsList(status),
          ),
          h.section(
            { "aria-labelledby": "now" },
            h.h2({ id: "now", class: "unseen" }, "Now"),
            figures(status),
          ),
        ),
        outbox(status),
      ),
      history(points, app),
      h.p(
        { class: "small" },
        "Policy ",
        name(status.policy_version ?? "none yet"),
        `, schema ${status.schema_version}, database ${bytes(status.database_bytes)}, up `,
        duration(Math.round(status.uptime_seconds ?? 0)),
        ". Last file ",
        status.files?.length ? instant(status.files[0].taken_at) : "never",
        ".",
      ),
    ];
  },
};
