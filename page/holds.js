// Removals that wait for approval: by person and by group, to be approved or rejected.

import { Refused, get } from "./api.js";
import { badge, h, name, quote } from "./dom.js";
import { byKey, differencesBetween, extentOf, ownerOf, questionAbout } from "./decide.js";
import { count, counted, instant, relative } from "./format.js";
import { entitlementName, eventLink, personLink } from "./links.js";
import { facts, nothing, table } from "./table.js";
import { holdCauses, holdStates } from "./words.js";

function stateText(state) {
  const [tone, meaning] = holdStates[state] ?? ["plain", ""];
  return [badge(state, tone), h.span({ class: "note" }, ` ${meaning}`)];
}

const shortHash = (hash) => hash.slice(0, 12);
const holdLink = (hold, text) => h.a({ href: `#/holds/${hold.hash}` }, text);

function holdCard(hold) {
  return h.li(
    { class: "panel", "data-key": hold.id },
    h.h2(holdLink(hold, holdCauses[hold.cause] ?? hold.cause)),
    h.p(...stateText(hold.state)),
    h.p(`${hold.why}.`),
    facts([
      ["Removals", hold.removals?.length ? extentOf(hold.removals) : null],
      ["Opened", instant(hold.opened_at)],
      ["Changed", instant(hold.changed_at)],
      [
        "Decided",
        hold.decided_at && [instant(hold.decided_at), " by ", name(hold.decided_by ?? "–")],
      ],
      ["Note", hold.note && quote(hold.note)],
      ["Over", hold.finished_at && instant(hold.finished_at)],
      ["Hash", h.code(shortHash(hold.hash))],
    ]),
  );
}

export const holds = {
  title: "Holds",
  seconds: 15,
  async load(place) {
    const all = place.query.get("all") === "yes" ? "true" : "";
    return (await get("holds", { all })).holds;
  },
  render(rows, place) {
    const all = place.query.get("all") === "yes";
    return [
      h.h1({ tabindex: "-1" }, "Holds"),
      h.p(
        { class: "lead" },
        "When more would be taken away than may without approval, nothing of " +
          "it is done, and it waits here. Everything else goes on.",
      ),
      h.p(
        all
          ? h.a({ href: "#/holds" }, "Only those in force")
          : h.a({ href: "#/holds?all=yes" }, "Also those that are over"),
      ),
      rows.length === 0
        ? nothing(all ? "There has been no hold." : "No hold is in force.")
        : h.ul({ class: "cards", role: "list" }, rows.map(holdCard)),
    ];
  },
};

// Id of a hold → how it is looked at: {by, people, seen, isDecided}. `people` are selected, `seen`
// are the removals as somebody began to read them, until a decision from here changes them.
const views = new Map();

function stateOf(hold) {
  if (!views.has(hold.id)) {
    views.set(hold.id, { by: "person", people: new Set(), seen: hold.removals, isDecided: false });
  }
  const state = views.get(hold.id);
  const there = new Set(hold.removals.map((one) => one.person));
  for (const person of state.people) if (!there.has(person)) state.people.delete(person);
  return state;
}

function ownerLink(removal) {
  if (!removal.person) return [h.em("nobody’s "), name(removal.account)];
  return personLink(removal.person);
}

const whatOf = (removal) => name(removal.entitlement);

/** What is the same for many is said once: for which reason goes what of `sayOne`. */
function reasons(removals, sayOne, reasonOf) {
  const groups = [...byKey(removals, (one) => JSON.stringify(reasonOf(one)))];
  return h.ul(
    { class: "lines", role: "list" },
    groups.map(([key, list]) => {
      const [reason, account, event] = JSON.parse(key);
      const items = (some) =>
        h.ul(
          { class: "items", role: "list" },
          some.map((one) => h.li(h.span({ "aria-hidden": "true" }, "− "), sayOne(one))),
        );
      const rest = list.slice(30);
      return h.li(
        { "data-key": key },
        items(list.slice(0, 30)),
        rest.length > 0 &&
          h.details(
            h.summary(`${count(rest.length)} more`),
            items(rest.slice(0, 1000)),
            rest.length > 1000 &&
              h.p(
                { class: "small" },
                `${count(rest.length - 1000)} are not listed here; rosterd holds show lists all.`,
              ),
          ),
        h.p(
          { class: "small" },
          quote(reason),
          account && [", from ", name(account)],
          event && [", ", eventLink(event)],
        ),
      );
    }),
  );
}

function personTable(hold, state, app) {
  const rows = [...byKey(hold.removals, ownerOf)].map(([owner, removals]) => ({
    owner,
    removals,
    person: removals[0].person,
  }));
  const toggle = (row) => (event) => {
    if (event.target.checked) state.people.add(row.person);
    else state.people.delete(row.person);
    app.redraw();
  };
  const selectable = canDecide(hold) && rows.filter((row) => row.person).length > 1;
  return table({
    id: `hold-${hold.id}-person`,
    caption: "Removals by person",
    rows,
    key: (row) => row.owner,
    redraw: app.redraw,
    first: 50,
    columns: [
      selectable && {
        key: "select",
        title: "Select",
        class: "select",
        isQuiet: true,
        cell: (row) =>
          row.person &&
          h.input({
            type: "checkbox",
            "aria-label": `Select ${row.owner}`,
            checked: state.people.has(row.person),
            onchange: toggle(row),
          }),
      },
      {
        key: "person",
        title: "Person",
        header: true,
        class: "wide",
        sort: (row) => row.owner,
        cell: (row) => [
          ownerLink(row.removals[0]),
          row.removals.some((one) => one.leaver) && h.span({ class: "from" }, " has left"),
        ],
      },
      {
        key: "number",
        title: "Loses",
        class: "number",
        sort: (row) => row.removals.length,
        cell: (row) => count(row.removals.length),
      },
      {
        key: "what",
        title: "Groups and roles",
        class: "reason",
        cell: (row) => reasons(row.removals, whatOf, (one) => [one.reason, one.account, one.event]),
      },
    ].filter(Boolean),
  });
}

function groupTable(hold, app) {
  const rows = [...byKey(hold.removals, (one) => JSON.stringify([one.kind, one.entitlement]))].map(
    ([key, removals]) => ({ key, removals, ...removals[0] }),
  );
  return table({
    id: `hold-${hold.id}-group`,
    caption: "Removals by group and role",
    rows,
    key: (row) => row.key,
    redraw: app.redraw,
    first: 50,
    columns: [
      {
        key: "name",
        title: "Group or role",
        header: true,
        class: "wide",
        sort: (row) => row.entitlement,
        cell: entitlementName,
      },
      {
        key: "number",
        title: "Loses",
        class: "number",
        sort: (row) => row.removals.length,
        cell: (row) => count(row.removals.length),
      },
      {
        key: "who",
        title: "Who loses it",
        class: "reason",
        cell: (row) => reasons(row.removals, ownerLink, (one) => [one.reason]),
      },
    ],
  });
}

function canDecide(hold) {
  return (hold.state === "open" || hold.state === "rejected") && hold.removals?.length > 0;
}

/** The question, and those that may follow it, with a note of what comes of them. */
function noting(question, state) {
  const act = async (said) => {
    const next = await question.act(said);
    if (typeof next !== "string") return noting(next, state);
    state.isDecided = true;
    return next;
  };
  return { ...question, act };
}

function decisions(hold, state, app) {
  if (!canDecide(hold)) return null;
  const people = [...state.people];
  const ask = (approve) => () => app.ask(noting(questionAbout(hold, people, approve), state));
  const whose =
    people.length === 0 ? "all" : `${counted(people.length, "selected person", "selected people")}`;
  return h.div(
    { class: "buttons decide" },
    h.button({ type: "button", class: "primary", onclick: ask(true) }, `Approve ${whose}…`),
    hold.state === "open" && h.button({ type: "button", onclick: ask(false) }, `Reject ${whose}…`),
    people.length > 0 &&
      h.button(
        {
          type: "button",
          class: "quiet",
          onclick: () => {
            state.people.clear();
            app.redraw();
          },
        },
        "Select nobody",
      ),
  );
}

const followed = new Map(); // hash in the address → {id, hash} of that hold, as it was last

/**
 * Every change of its removals gives a hold another hash: whoever looks at one stays with it. When
 * it has another hash by then, it is found by its id.
 */
async function loadHold(place) {
  const last = followed.get(place.id);
  let one;
  try {
    one = await get(`holds/${encodeURIComponent(last?.hash ?? place.id)}`);
  } catch (error) {
    if (!last || !(error instanceof Refused) || error.status !== 404) throw error;
    const { holds: all } = await get("holds", { all: "true" });
    one = all.find((known) => known.id === last.id);
    if (!one) throw error;
  }
  followed.set(place.id, { id: one.id, hash: one.hash });
  if (views.get(one.id)?.isDecided) views.delete(one.id);
  return one;
}

/** Nobody should approve what has changed while they were reading. */
function changedNotice(hold, state, app) {
  if (!canDecide(hold) || state.isDecided) return null;
  const differences = differencesBetween(state.seen, hold.removals);
  if (differences.length === 0) return null;
  const seen = () => {
    state.seen = hold.removals;
    app.redraw();
  };
  return h.div(
    { class: "warning changed", role: "alert" },
    h.p(h.strong("The plan has changed since you began to read it.")),
    differences,
    h.div({ class: "buttons" }, h.button({ type: "button", onclick: seen }, "I have seen it")),
  );
}

export const hold = {
  title: "Hold",
  seconds: 10,
  missing: "No hold has this hash any more: it has changed, was decided, or has lapsed.",
  load: loadHold,
  render(one, place, app) {
    const state = stateOf(one);
    const choose = (by) => () => {
      state.by = by;
      app.redraw();
    };
    return [
      h.p({ class: "back" }, h.a({ href: "#/holds" }, "All holds")),
      h.h1({ tabindex: "-1" }, holdCauses[one.cause] ?? one.cause),
      h.div(
        { class: "panel" },
        h.p(...stateText(one.state)),
        h.p(`${one.why}.`),
        facts([
          ["Removals", one.removals.length > 0 ? extentOf(one.removals) : "none is left"],
          ["Opened", [instant(one.opened_at), " (", relative(one.opened_at), ")"]],
          ["Changed", instant(one.changed_at)],
          ["Policy", one.policy_version && name(one.policy_version)],
          [
            "Decided",
            one.decided_at && [instant(one.decided_at), " by ", name(one.decided_by ?? "–")],
          ],
          ["Note", one.note && quote(one.note)],
          ["Over", one.finished_at && instant(one.finished_at)],
          ["Hash", h.code(one.hash)],
        ]),
        changedNotice(one, state, app),
        decisions(one, state, app),
      ),
      one.removals.length > 0 &&
        h.section(
          { "aria-labelledby": "removals" },
          h.div(
            { class: "heading" },
            h.h2({ id: "removals" }, "What would be removed"),
            h.div(
              { class: "choice", role: "group", "aria-label": "Removals listed" },
              [
                ["person", "By person"],
                ["group", "By group"],
              ].map(([by, text]) =>
                h.button(
                  {
                    type: "button",
                    "aria-pressed": String(state.by === by),
                    onclick: choose(by),
                  },
                  text,
                ),
              ),
            ),
          ),
          state.by === "person" ? personTable(one, state, app) : groupTable(one, app),
        ),
    ];
  },
};
