// Approving and rejecting holds: what is asked, and what is shown when the plan has changed.

import { Refused, post } from "./api.js";
import { h, name } from "./dom.js";
import { count, counted } from "./format.js";

const nobody = "accounts of nobody";

/** Whose it is, as people are told. */
export const ownerOf = (removal) => removal.person ?? nobody;

export function byKey(list, keyOf) {
  const groups = new Map();
  for (const one of list) {
    const key = keyOf(one);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }
  return groups;
}

const peopleIn = (removals) => new Set(removals.map((one) => one.person).filter(Boolean));
const leaversIn = (removals) => peopleIn(removals.filter((one) => one.leaver));
const keyOf = (removal) => JSON.stringify([removal.account, removal.kind, removal.entitlement_id]);

/** Those of these people; nobody named: all. */
function chosen(removals, people) {
  return people.length === 0 ? removals : removals.filter((one) => people.includes(one.person));
}

/** `12 assignments of 3 people`. */
export function extentOf(removals) {
  const people = peopleIn(removals).size;
  const strangers = new Set(removals.filter((one) => !one.person).map((one) => one.account)).size;
  const whose = [
    people > 0 && counted(people, "person", "people"),
    strangers > 0 && `${counted(strangers, "account")} of nobody`,
  ]
    .filter(Boolean)
    .join(" and ");
  return `${counted(removals.length, "assignment")} of ${whose}`;
}

function summary(title, groups, counts) {
  const rows = [...groups].map(([key, list]) => [key, counts(list)]);
  const shown = rows.slice(0, 200);
  return h.div(
    { class: "summary" },
    h.h3(`${title} (${count(groups.size)})`),
    h.ul(
      { tabindex: "0", role: "list", "aria-label": title },
      shown.map(([key, number]) => h.li(name(key), h.span({ class: "number" }, number))),
      rows.length > shown.length && h.li(`and ${count(rows.length - shown.length)} more`),
    ),
  );
}

function planOf(removals, approve) {
  const sign = approve ? "− " : "";
  const owners = (list) => new Set(list.map(ownerOf)).size;
  return h.div(
    { class: "summaries" },
    summary(
      "People",
      byKey(removals, ownerOf),
      (list) => `${sign}${counted(list.length, "assignment")}`,
    ),
    summary(
      "Groups and roles",
      byKey(removals, (one) => one.entitlement),
      (list) => `${sign}${counted(owners(list), "person", "people")}`,
    ),
  );
}

function consequences(removals, rest, approve) {
  const leavers = leaversIn(removals).size;
  const waiting =
    rest > 0 &&
    h.p(
      `The other ${counted(rest, "assignment")} of this hold still wait${
        rest === 1 ? "s" : ""
      } for a decision.`,
    );
  if (approve) {
    return [
      h.p(
        h.strong(`${extentOf(removals)} will be removed from the tenant.`),
        " This starts at once, does not count against any budget, and each removal is read back.",
      ),
      leavers > 0 &&
        h.p(`${counted(leavers, "of these people has", "of these people have")} left.`),
      waiting,
    ];
  }
  return [
    h.p(
      h.strong(`Nothing is removed: ${extentOf(removals)} stay.`),
      " They stay for as long as policy and record would ask for their removal. " +
        "You can still approve them later.",
    ),
    leavers > 0 &&
      h.p(
        { class: "warning" },
        `${counted(leavers, "person who has left keeps", "people who have left keep")} access.`,
      ),
    waiting,
  ];
}

/** What two plans have not in common; nothing: they are the same. */
export function differencesBetween(before, after) {
  const known = new Set(before.map(keyOf));
  const now = new Set(after.map(keyOf));
  const added = after.filter((one) => !known.has(keyOf(one)));
  const gone = before.filter((one) => !now.has(keyOf(one)));
  const list = (title, sign, removals) =>
    removals.length > 0 &&
    h.div(
      { class: "difference" },
      h.h4(`${title}: ${count(removals.length)}`),
      h.ul(
        removals
          .slice(0, 50)
          .map((one) => h.li(`${sign} `, name(one.entitlement), " of ", name(ownerOf(one)))),
        removals.length > 50 && h.li(`and ${count(removals.length - 50)} more`),
      ),
    );
  return [list("New in the plan", "+", added), list("No longer in the plan", "−", gone)].filter(
    Boolean,
  );
}

function changedPlan(problem, people, before, hold) {
  const after = hold === null ? [] : chosen(hold.removals, people);
  const notice = h.div(
    h.p(h.strong("The plan has changed; nothing was done.")),
    h.p(`The daemon says: ${problem}.`),
    differencesBetween(before, after),
  );
  if (after.length === 0) return { notice, nothingLeft: true };
  return { notice, after };
}

/**
 * The question for `Ask`. `people`: whom the decision is about; empty: everybody in the hold. When
 * the daemon has another plan by then, the answer is the question about that one.
 */
export function questionAbout(hold, people, approve) {
  const removals = chosen(hold.removals, people);
  const asked = people.filter((person) => removals.some((one) => one.person === person));
  const rest = hold.removals.length - removals.length;
  const what = approve ? "Approve" : "Reject";
  const part = rest > 0 ? "a part of this hold" : "this hold";
  return {
    title: `${what} ${part}?`,
    content: [consequences(removals, rest, approve), planOf(removals, approve)],
    verb: approve
      ? `Remove ${counted(removals.length, "assignment")}`
      : `Keep ${counted(removals.length, "assignment")}`,
    dangerous: approve,
    asksNote: true,
    act: async ({ by, note }) => {
      // Without `people` it is about everybody; an empty list, which the daemon refuses, never is.
      const whose = people.length > 0 ? { people: asked } : {};
      const decision = { hash: hold.hash, ...whose, approve, by, note };
      try {
        await post("holds/decide", decision);
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 409) throw error;
        const changed = changedPlan(error.message, asked, removals, error.body?.hold ?? null);
        if (changed.nothingLeft) return nothingLeft(changed.notice);
        return { ...questionAbout(error.body.hold, asked, approve), notice: changed.notice };
      }
      return approve
        ? `Approved: ${extentOf(removals)} will be removed.`
        : `Rejected: ${extentOf(removals)} stay.`;
    },
  };
}

function nothingLeft(notice) {
  return {
    title: "Nothing is left to decide",
    content: h.p("None of these removals is asked for any more."),
    verb: "Close",
    asksNothing: true,
    notice,
    act: async () => "Nothing is left to decide: the hold has lapsed.",
  };
}
