// What is happening, and what needs somebody.

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
import { historySection, loadHistory } from "./history.js";
import { needs, storagePercent } from "./needs.js";
import { quietHeads } from "./table.js";
import { eventStates, openStates } from "./words.js";

const sumOf = (counts) => Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0);

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
  const revoked = status.time_to_revoke;
  if (!revoked.count) return figure("Time to revoke", "–", ["nobody has left since the start"]);
  return figure("Time to revoke", duration(revoked.p50_seconds), [
    `median; 99 % within ${duration(revoked.p99_seconds)}`,
    `over ${counted(revoked.count, "removal")}`,
  ]);
}

function targetFigure({ pause, breaker, calls_last_minute: calls, calls_per_second: pace }) {
  let said = badge("answers", "good");
  if (breaker !== "closed") said = badge(`breaker ${breaker}`, "bad");
  if (pause) said = badge("paused", "bad");
  return figure("Tenant", said, [
    `${counted(calls, "call")} in the last minute`,
    `pace ${measured(pace)} a second`,
  ]);
}

function storageFigure(status) {
  if (!status.storage) return figure("Tenant’s storage", "–", ["not read yet"]);
  const percent = storagePercent(status);
  const limit = status.storage.limit_bytes;
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
  const open = openStates.reduce((sum, state) => sum + (status.events[state] ?? 0), 0);
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
      Object.entries(status.people_by_status)
        .filter(([, number]) => number > 0)
        .map(([state, number]) => `${count(number)} ${spaced(state)}`)
        .join(", "),
      `${counted(status.ledger, "assignment")} in the ledger`,
    ]),
  );
}

function outbox(status) {
  const { events } = status;
  return h.section(
    { class: "panel", "aria-labelledby": "outbox" },
    h.h2({ id: "outbox" }, "Outbox"),
    h.table(
      { class: "outbox", "aria-label": "Events by state" },
      quietHeads(["State", "Events", "Meaning"]),
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

export const overview = {
  title: "Overview",
  seconds: 5,
  load: loadHistory,
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
      historySection(points, app),
      h.p(
        { class: "small" },
        "Policy ",
        name(status.policy_version ?? "none yet"),
        `, schema ${status.schema_version}, database ${bytes(status.database_bytes)}, up `,
        duration(Math.round(status.uptime_seconds)),
        ". Last file ",
        status.files.length ? instant(status.files[0].taken_at) : "never",
        ".",
      ),
    ];
  },
};
