// What a person should look at.

import { h, quote } from "./dom.js";
import { count, counted, duration, relative, secondsSince } from "./format.js";

export function storagePercent({ storage }) {
  return storage?.percent ?? null;
}

/** What a person should look at, the worst first: {tone, text, href, look}. */
export function needs(status) {
  const list = [...needsOfTenant(status), ...needsOfPeople(status)];
  return [...list.filter((one) => one.tone === "bad"), ...list.filter((one) => one.tone !== "bad")];
}

function needsOfTenant(status) {
  const list = [];
  const say = (tone, text, href, look) => list.push({ tone, text, href, look });
  if (status.ready !== true) {
    for (const reason of status.ready) say("bad", ["Not ready: ", quote(reason), "."]);
  }
  const { pause, breaker } = status;
  if (pause) {
    const probe = relative(pause.until);
    say("bad", [
      "Calls to the tenant are stopped: ",
      quote(pause.reason),
      ". Next probe ",
      probe,
      ".",
    ]);
  }
  if (breaker !== "closed") say("bad", `The tenant keeps failing: the breaker is ${breaker}.`);
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
  const givenUp = status.leavers_given_up.length;
  if (givenUp > 0) {
    say(
      "bad",
      `${counted(givenUp, "leaver’s last event is", "leavers’ last events are")} dead: ` +
        "they may keep access.",
      "#/events?state=dead",
      "See dead events",
    );
  }
  for (const hold of status.holds.filter((one) => one.state === "open")) {
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
  const dead = status.events.dead;
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
  const bad = status.files.filter((one) => one.state === "rejected" || one.state === "held");
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
