// Finding a person, and why they have what they have.

import { get } from "./api.js";
import { badge, h, name, quote } from "./dom.js";
import { eventTable } from "./events.js";
import { count, instant, relative, spaced } from "./format.js";
import { entitlementName, eventLink, personLink } from "./links.js";
import { facts, listing, nothing, table } from "./table.js";
import { lifecycleTones } from "./words.js";

const pageLength = 50;

const text = (value) => (Array.isArray(value) ? value.join(", ") : String(value ?? ""));
const statusBadge = (state) => badge(spaced(state), lifecycleTones[state]);

/** What the person is called, where the source says so. */
function calledIn(attributes) {
  const { display_name: whole, given_name: given, family_name: family } = attributes;
  return text(whole) || `${text(given)} ${text(family)}`.trim();
}

const nameOrNothing = (said) => (said === "" ? "" : name(said));
const several = (list) => list.map((one, index) => [index > 0 && ", ", name(one)]);

function search(place, app) {
  const look = (words) => {
    const query = new URLSearchParams(words === "" ? {} : { search: words });
    app.go("people", query, { replace: true });
  };
  let waiting;
  return h.form(
    {
      role: "search",
      class: "filters",
      "data-key": "search",
      onsubmit: (event) => {
        event.preventDefault();
        look(new FormData(event.currentTarget).get("search").trim());
      },
      oninput: (event) => {
        clearTimeout(waiting);
        const { value } = event.target;
        waiting = setTimeout(() => look(value.trim()), 300);
      },
    },
    h.p(
      { class: "field grows" },
      h.label({ for: "search" }, "Name, e-mail address or id"),
      h.input({
        id: "search",
        name: "search",
        type: "search",
        value: place.query.get("search") ?? "",
        autocomplete: "off",
        spellcheck: "false",
        enterkeyhint: "search",
      }),
    ),
    h.div({ class: "buttons" }, h.button({ type: "submit" }, "Search")),
  );
}

export const people = {
  title: "People",
  seconds: 30,
  async load(place) {
    const query = Object.fromEntries(place.query);
    return (await get("people", { ...query, limit: pageLength })).people;
  },
  spoken: (rows) =>
    rows.length === 0
      ? "Nobody was found."
      : `${count(rows.length)}${rows.length === pageLength ? " or more" : ""} found.`,
  render(rows, place, app) {
    const words = place.query.get("search") ?? "";
    const next = new URLSearchParams(place.query);
    if (rows.length > 0) next.set("after", rows.at(-1).id);
    const first = new URLSearchParams(place.query);
    first.delete("after");
    return [
      h.h1({ tabindex: "-1" }, "People"),
      search(place, app),
      rows.length === 0
        ? nothing(words === "" ? "Nobody is known yet." : "Nobody was found.")
        : table({
            id: "people",
            caption: "People, by id",
            rows,
            redraw: app.redraw,
            key: (row) => row.id,
            columns: [
              {
                key: "id",
                title: "Id",
                header: true,
                class: "wide",
                cell: (row) => personLink(row.id),
              },
              {
                key: "name",
                title: "Name",
                class: "wide",
                cell: (row) => nameOrNothing(calledIn(row.attributes)),
              },
              {
                key: "status",
                title: "Status",
                cell: (row) =>
                  row.attributes.status ? statusBadge(text(row.attributes.status)) : "",
              },
              {
                key: "department",
                title: "Department",
                class: "wide",
                cell: (row) => nameOrNothing(text(row.attributes.department)),
              },
              {
                key: "accounts",
                title: "Accounts",
                class: "wide",
                cell: (row) =>
                  row.accounts.length === 0 ? badge("none yet", "wait") : several(row.accounts),
              },
              {
                key: "assignments",
                title: "Assignments",
                class: "number",
                cell: (row) => count(row.assignments.length),
              },
              {
                key: "changed",
                title: "Changed",
                class: "time",
                cell: (row) => [
                  instant(row.changed_at),
                  row.stale && [" ", badge("values not here yet", "wait")],
                ],
              },
            ],
          }),
      h.nav(
        { class: "pages", "aria-label": "Pages of people" },
        place.query.has("after") && h.a({ href: `#/people?${first}` }, "First"),
        rows.length === pageLength && h.a({ href: `#/people?${next}` }, "More"),
      ),
    ];
  },
};

/** In the order of the daemon; title, tone, and a sentence where the title does not say it all. */
const standings = {
  agreed: ["Has", "good"],
  missing: ["Should have, and has not", "careful"],
  not_yet: ["Would have by the rules, but is not entitled now", "wait"],
  to_go: ["Has, and is about to lose", "careful"],
  held: ["Has, and would lose, but it waits for approval", "hand"],
  kept: ["Has, and keeps although no rule gives it", "plain"],
  foreign: ["Has, and rosterd has nothing to do with it", "plain"],
};

function accessRow(one, onlyAccount) {
  const isElsewhere = one.account && one.account !== onlyAccount;
  const links = [
    one.event && eventLink(one.event, `Event ${one.event}`),
    one.hold && h.a({ href: `#/holds/${one.hold}` }, "Decide about the hold"),
  ].filter(Boolean);
  return [
    [
      name(one.entitlement),
      h.span({ class: "from" }, ` ${one.kind}`, isElsewhere && [" for ", name(one.account)]),
    ],
    [quote(one.why), ".", links.map((link) => [" ", link])],
  ];
}

function accessSection(standing, list, onlyAccount) {
  const [title, tone] = standings[standing] ?? [spaced(standing), "plain"];
  const id = `standing-${standing}`;
  return h.section(
    { "data-key": standing, "aria-labelledby": id },
    h.h2(
      { id, class: "standing" },
      badge(title, tone),
      " ",
      h.span({ class: "tally" }, count(list.length)),
    ),
    listing(
      title,
      ["Group or role", "Why"],
      list.map((one) => accessRow(one, onlyAccount)),
    ),
  );
}

function accessSections(known) {
  const onlyAccount = known.accounts.length === 1 ? known.accounts[0].account : null;
  const there = [...new Set(known.access.map((one) => one.standing))];
  if (there.length === 0 && known.lifecycle !== null) {
    return nothing("Has nothing, and no rule gives anything.");
  }
  return there.map((standing) =>
    accessSection(
      standing,
      known.access.filter((one) => one.standing === standing),
      onlyAccount,
    ),
  );
}

function section(id, title, titles, rows) {
  if (rows.length === 0) return null;
  return h.section(
    { "data-key": id, "aria-labelledby": id },
    h.h2({ id }, title),
    listing(title, titles, rows),
  );
}

function otherWays(known) {
  return section(
    "other-ways",
    "Has by other ways",
    ["Group or role", "Way"],
    known.other_ways.map((way) => [
      entitlementName(way),
      [
        quote(way.way),
        known.accounts.length > 1 && [", for ", name(way.account)],
        way.seen_at && [", as seen ", instant(way.seen_at)],
      ],
    ]),
  );
}

function silentRules(known) {
  return section(
    "silent",
    "Rules that do not apply",
    ["Rule", "Why not"],
    known.rules_not_applying.map((rule) => [
      [name(rule.rule), h.span({ class: "from" }, " would give ", several(rule.gives))],
      quote(rule.because),
    ]),
  );
}

function attributes(known) {
  return section(
    "attributes",
    "Attributes",
    ["Attribute", "Value"],
    known.attributes.map((one) => [
      name(one.name),
      [
        quote(text(one.value)),
        h.span(
          { class: "from" },
          one.event ? [" from ", eventLink(one.event)] : " no event says so",
          one.source && [" of ", name(one.source)],
          one.received_at && [", ", instant(one.received_at)],
        ),
      ],
    ]),
  );
}

function lifecycle(known) {
  if (known.lifecycle === null) return badge("nothing is known yet but the id", "wait");
  return [
    statusBadge(known.lifecycle),
    ": ",
    quote(known.lifecycle_why ?? ""),
    !known.entitled && ". The rules give nothing.",
  ];
}

function accounts(known) {
  return [
    known.accounts.map((one) => h.div(name(one.account), ", found ", quote(one.found))),
    known.account_problem &&
      h.div(badge("no certain account", "careful"), " ", quote(known.account_problem)),
  ];
}

function tenantNote(known) {
  if (known.tenant_problem) {
    return h.p(
      { class: "warning" },
      badge("the tenant gave no answer", "careful"),
      " ",
      quote(known.tenant_problem),
      known.tenant_read
        ? ". What comes by other ways is as it was last seen."
        : ". What follows is what the store knows of it.",
    );
  }
  if (known.tenant_asked) return null;
  return h.p(
    { class: "small" },
    "This is what the store knows of the tenant. ",
    h.code(`rosterd people explain ${known.id}`),
    " asks the tenant itself.",
  );
}

export const person = {
  title: "Person",
  missing: "There is nobody of this id.",
  seconds: 15,
  async load(place) {
    const id = encodeURIComponent(place.id);
    const [known, events] = await Promise.all([
      get(`people/${id}/explanation`),
      get("events", { person: place.id, limit: 20 }),
    ]);
    return { known, events: events.events };
  },
  render({ known, events }, place, app) {
    const byName = Object.fromEntries(known.attributes.map((one) => [one.name, one.value]));
    const called = calledIn(byName);
    return [
      h.p({ class: "back" }, h.a({ href: "#/people" }, "All people")),
      h.h1({ tabindex: "-1" }, name(called || known.id)),
      h.div(
        { class: "panel" },
        facts([
          ["Id", name(known.id)],
          ["Is", lifecycle(known)],
          [
            "Changes by itself",
            known.lifecycle_changes_at && [
              instant(known.lifecycle_changes_at),
              " (",
              relative(known.lifecycle_changes_at),
              ")",
            ],
          ],
          ["Accounts", accounts(known)],
        ]),
        tenantNote(known),
      ),
      accessSections(known),
      otherWays(known),
      silentRules(known),
      h.section(
        { "data-key": "events", "aria-labelledby": "their-events" },
        h.h2({ id: "their-events" }, "Events"),
        events.length === 0
          ? nothing("No event is kept.")
          : [
              eventTable(events, app, {
                id: "person-events",
                ofOne: true,
                caption: "Events of this person, newest first",
              }),
              h.p(
                h.a(
                  { href: `#/events?${new URLSearchParams({ person: known.id })}` },
                  "All their events",
                ),
              ),
            ],
      ),
      attributes(known),
    ];
  },
};
