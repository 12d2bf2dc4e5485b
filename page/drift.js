// How the tenant differs from what it should be, and what is left to people who have left.

import { get, post } from "./api.js";
import { badge, h, name, quote } from "./dom.js";
import { count, counted, instant, relative, spaced } from "./format.js";
import { entitlementName, personLink } from "./links.js";
import { facts, nothing, table } from "./table.js";
import { driftKinds } from "./words.js";

const kindBadge = (kind) => badge(driftKinds[kind]?.[1] ?? spaced(kind), driftKinds[kind]?.[0]);
const owner = (id) => (id ? personLink(id) : h.em("nobody"));

let looking = false;

function report(answer) {
  const found = Object.values(answer.found ?? {}).reduce((sum, one) => sum + one, 0);
  const what = found === 0 ? "no difference" : counted(found, "difference");
  const repair = answer.repairs
    ? ` ${counted(answer.people_to_repair, "person is", "people are")} put before the worker.`
    : "";
  const people = counted(answer.people, "person", "people");
  return `Compared ${people} with the tenant: ${what}.${repair}`;
}

const tenMinutes = 600;

async function look(app) {
  looking = true;
  app.redraw();
  try {
    app.say(report(await post("reconcile", { repair: false }, tenMinutes)));
  } catch (error) {
    app.fail(error);
  }
  looking = false;
  app.refresh();
}

function repairQuestion() {
  return {
    title: "Compare with the tenant, and repair?",
    content: [
      h.p(
        "All groups and roles are read. What is missing is granted again; what rosterd " +
          "granted and nothing asks for any more is removed.",
      ),
      h.p("Budgets hold as always: what goes over them becomes a hold and waits for approval."),
    ],
    verb: "Repair",
    asksNothing: true,
    act: async () => report(await post("reconcile", { repair: true }, tenMinutes)),
  };
}

function lastReport(last) {
  if (!last) return nothing("There has been no reconciliation yet.");
  return facts([
    ["Last reconciliation", [instant(last.finished_at), " (", relative(last.finished_at), ")"]],
    ["People compared", count(last.people)],
    [
      "Differences",
      Object.entries(last.found ?? {})
        .filter(([, number]) => number > 0)
        .map(
          ([kind, number]) =>
            `${count(number)} ${(driftKinds[kind]?.[1] ?? spaced(kind)).toLowerCase()}`,
        )
        .join(", ") || "none",
    ],
    [
      "Then",
      last.repairs
        ? `${counted(last.people_to_repair, "person was", "people were")} put before the worker`
        : "it only looked",
    ],
  ]);
}

function kinds(rows, place) {
  const there = rows.filter((row) => row.there);
  const contended = rows.filter((row) => row.contended).length;
  const link = (query, text, number) => {
    const here = place.query.toString() === new URLSearchParams(query).toString();
    return h.li(
      h.a(
        {
          href: `#/drift?${new URLSearchParams(query)}`,
          "aria-current": here ? "true" : null,
        },
        `${text} `,
        h.span({ class: "tally" }, count(number)),
      ),
    );
  };
  return h.ul(
    { class: "chips", role: "list", "aria-label": "Kinds of drift" },
    link({}, "All", there.length),
    Object.entries(driftKinds).map(([kind, [, title]]) =>
      link({ kind }, title, there.filter((row) => row.drift === kind).length),
    ),
    link({ contended: "yes" }, "Contended", contended),
    link({ gone: "yes" }, "Repaired lately", rows.length - there.length),
  );
}

function wanted(rows, query) {
  if (query.get("contended") === "yes") return rows.filter((row) => row.contended);
  if (query.get("gone") === "yes") return rows.filter((row) => !row.there);
  const there = rows.filter((row) => row.there);
  const kind = query.get("kind");
  return kind ? there.filter((row) => row.drift === kind) : there;
}

function driftTable(rows, app) {
  return table({
    id: "drift",
    caption: "Differences",
    rows,
    redraw: app.redraw,
    key: (row) => JSON.stringify([row.drift, row.account, row.kind, row.entitlement_id]),
    columns: [
      {
        key: "entitlement",
        title: "Group or role",
        header: true,
        class: "wide",
        sort: (row) => row.entitlement,
        cell: entitlementName,
      },
      {
        key: "kind",
        title: "Difference",
        sort: (row) => row.drift,
        cell: (row) => [
          kindBadge(row.drift),
          row.contended && [" ", badge("contended", "bad")],
          !row.there && [" ", badge("gone now", "good")],
        ],
      },
      {
        key: "person",
        title: "Person",
        class: "wide",
        sort: (row) => row.person,
        cell: (row) => owner(row.person),
      },
      {
        key: "account",
        title: "Account",
        class: "wide",
        sort: (row) => row.account,
        cell: (row) => name(row.account),
      },
      {
        key: "detail",
        title: "Detail",
        class: "reason",
        cell: (row) => quote(row.detail),
      },
      {
        key: "since",
        title: "Since",
        class: "time",
        sort: (row) => Date.parse(row.first_seen),
        cell: (row) => instant(row.first_seen),
      },
      {
        key: "times",
        title: "Seen",
        class: "number",
        sort: (row) => row.times,
        cell: (row) => `${count(row.times)} ×`,
      },
    ],
  });
}

export const drift = {
  title: "Drift",
  seconds: 15,
  load: async () => (await get("drift")).drift,
  render(rows, place, app) {
    const shown = wanted(rows, place.query);
    const kind = driftKinds[place.query.get("kind")];
    return [
      h.h1({ tabindex: "-1" }, "Drift"),
      h.p(
        { class: "lead" },
        "How the tenant differs from what it should be. Contended is what comes " +
          "back after it was repaired: somebody else writes to it.",
      ),
      h.div(
        { class: "panel" },
        lastReport(app.status.reconciliation),
        h.div(
          { class: "buttons" },
          h.button(
            { type: "button", disabled: looking, onclick: () => look(app) },
            looking ? "Comparing…" : "Compare now",
          ),
          h.button(
            { type: "button", disabled: looking, onclick: () => app.ask(repairQuestion()) },
            "Compare and repair…",
          ),
        ),
      ),
      kinds(rows, place),
      kind && h.p(`${kind[1]}: ${kind[2]}.`),
      shown.length === 0 ? nothing("No difference of this kind.") : driftTable(shown, app),
    ];
  },
};

export const residual = {
  title: "Residual access",
  seconds: 15,
  load: async () => (await get("residual")).residual,
  render(rows, place, app) {
    const people = new Set(rows.map((row) => row.person)).size;
    return [
      h.h1({ tabindex: "-1" }, "Residual access"),
      h.p(
        { class: "lead" },
        "What people who have left can still reach, as the tenant computes it, and by which way: " +
          "nested groups, mappings, roles of groups, and what the policy keeps. rosterd leaves " +
          "these alone; they are yours to change.",
      ),
      rows.length === 0
        ? nothing("Nothing is left to anybody who has left.")
        : [
            h.p(`${counted(rows.length, "way")} of ${counted(people, "person", "people")}.`),
            table({
              id: "residual",
              caption: "Residual access",
              rows,
              redraw: app.redraw,
              key: (row) => JSON.stringify([row.account, row.kind, row.entitlement, row.way]),
              columns: [
                {
                  key: "person",
                  title: "Person",
                  header: true,
                  class: "wide",
                  sort: (row) => row.person,
                  cell: (row) => owner(row.person),
                },
                {
                  key: "entitlement",
                  title: "Group or role",
                  class: "wide",
                  sort: (row) => row.entitlement,
                  cell: entitlementName,
                },
                {
                  key: "way",
                  title: "Way",
                  class: "reason",
                  sort: (row) => row.way,
                  cell: (row) => quote(row.way),
                },
                {
                  key: "account",
                  title: "Account",
                  class: "wide",
                  sort: (row) => row.account,
                  cell: (row) => name(row.account),
                },
                {
                  key: "seen",
                  title: "Seen",
                  class: "time",
                  sort: (row) => Date.parse(row.seen_at),
                  cell: (row) => instant(row.seen_at),
                },
              ],
            }),
          ],
    ];
  },
};
