// What stands around the views: where one can go, how fresh all of it is, what is urgent.

import { Refused, Unreachable, token } from "./api.js";
import { badge, h, icon, quote } from "./dom.js";
import { clockText, count, counted, zone } from "./format.js";
import { personLink } from "./links.js";

/** For people; what is no answer of the daemon's is a mistake of this page. */
export function explained(error) {
  if (error instanceof Unreachable) return "The daemon gave no answer.";
  if (error instanceof Refused) return `The daemon refused: ${error.message}.`;
  throw error;
}

function countsOf(status) {
  if (!status) return {};
  const open = status.holds.filter((hold) => hold.state === "open").length;
  return {
    events: [status.events.dead, "dead"],
    holds: [open, "open"],
    drift: [status.contended, "contended"],
    residual: [status.residual, "left"],
  };
}

/** `places`: area → title. */
export function navigation(places, here, status) {
  const counts = countsOf(status);
  const item = ([area, title]) => {
    const [number, what] = counts[area] ?? [0, ""];
    const tally = () =>
      h.span({ class: "tally alert" }, count(number), h.span({ class: "unseen" }, ` ${what}`));
    return h.li(
      { "data-key": area },
      h.a(
        { href: `#/${area}`, "aria-current": area === here ? "page" : null },
        title,
        number > 0 && [" ", tally()],
      ),
    );
  };
  return h.ul({ role: "list" }, Object.entries(places).map(item));
}

/** `known`: {freshAt, isPaused, trouble, asksForToken}. */
export function liveness(known, pause) {
  if (known.asksForToken) return [badge("a token is asked for", "hand")];
  let how = badge("live", "good");
  if (known.isPaused) how = badge("paused", "hand");
  if (known.trouble) how = badge("no answer", "bad");
  const at = () =>
    h.span({ class: "at" }, h.span({ class: "dispensable" }, "Updated "), clockText(known.freshAt));
  return [
    (known.freshAt || known.trouble) && how,
    known.freshAt && at(),
    h.button(
      { type: "button", class: "quiet", "aria-pressed": String(known.isPaused), onclick: pause },
      "Pause",
    ),
  ];
}

/** What is seen may be wrong by now. */
export function troubleAlarm({ trouble, freshAt }, askNow) {
  const isSilent = trouble instanceof Unreachable;
  return h.div(
    { class: "alarm tone-bad", role: "alert", "data-key": "trouble" },
    icon("bad"),
    h.div(
      h.h2(isSilent ? "The daemon gives no answer" : "The daemon cannot say how it is"),
      !isSilent && h.p(quote(explained(trouble))),
      h.p(
        freshAt && `What you see is from ${clockText(freshAt)} and may be out of date. `,
        "The page keeps asking.",
      ),
    ),
    h.button({ type: "button", onclick: askNow }, "Ask now"),
  );
}

/** Somebody who should have nothing any more still has it, and only a person can change that. */
export function leaversAlarm({ held_leavers: leavers, holds }) {
  if (leavers.length === 0) return null;
  const shown = leavers.slice(0, 8);
  const open = holds.filter((hold) => hold.state === "open");
  const target = open.find((hold) => hold.cause === "leavers") ?? open[0];
  const what =
    leavers.length === 1
      ? "1 person has left and keeps access"
      : `${counted(leavers.length, "person", "people")} have left and keep access`;
  return h.section(
    { class: "alarm tone-bad", "aria-labelledby": "leavers", "data-key": "leavers" },
    icon("bad"),
    h.div(
      h.h2({ id: "leavers" }, `${what} until somebody decides`),
      h.ul(
        { class: "leavers", role: "list" },
        shown.map((id) => h.li(personLink(id))),
        leavers.length > shown.length && h.li(`and ${count(leavers.length - shown.length)} more`),
      ),
    ),
    h.a(
      { class: "button", href: target ? `#/holds/${target.hash}` : "#/holds" },
      "Look and decide",
    ),
  );
}

/** `isRefused`: the last one was not accepted. `use` is given what was typed. */
export function tokenForm(isRefused, use) {
  const submit = (event) => {
    event.preventDefault();
    const field = event.currentTarget.elements.token;
    const text = field.value.trim();
    if (token.isPossible(text)) {
      field.value = "";
      use(text);
      return;
    }
    field.setCustomValidity("A token has only letters, digits and signs, and no spaces.");
    field.reportValidity();
  };
  const forgive = (event) => event.target.setCustomValidity("");
  return h.form(
    { class: "panel token", onsubmit: submit, oninput: forgive },
    h.h1({ tabindex: "-1" }, "A token is asked for"),
    isRefused &&
      h.p(
        { class: "warning", role: "alert" },
        badge("refused", "bad"),
        " The daemon did not accept this token.",
      ),
    h.p(
      { class: "field" },
      h.label({ for: "token" }, "Operator’s token"),
      h.input({
        id: "token",
        name: "token",
        type: "password",
        required: true,
        autocomplete: "off",
      }),
    ),
    h.p({ class: "small" }, "It is kept until this tab is closed, and sent to this daemon alone."),
    h.div({ class: "buttons" }, h.button({ type: "submit", class: "primary" }, "Go on")),
  );
}

/** In place of a view that could not be loaded. */
export function problemPanel({ title, missing }, problem, tryAgain) {
  const isMissing = missing && problem instanceof Refused && problem.status === 404;
  return [
    h.h1({ tabindex: "-1" }, title),
    h.div(
      { class: "panel" },
      h.p(
        badge(isMissing ? "not found" : "not loaded", isMissing ? "plain" : "bad"),
        " ",
        isMissing ? missing : quote(explained(problem)),
      ),
      h.div({ class: "buttons" }, h.button({ type: "button", onclick: tryAgain }, "Try again")),
    ),
  ];
}

export function foot(version, { turnZone, forgetToken }) {
  const quiet = (text, onclick) => h.button({ type: "button", class: "quiet", onclick }, text);
  return h.p(
    version && ["rosterd ", quote(version), ". "],
    `Times are in ${zone.name()}. `,
    quiet(zone.isUtc() ? "Show local time" : "Show UTC", turnZone),
    token.get() !== "" && [" ", quiet("Forget the token", forgetToken)],
  );
}
