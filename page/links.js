// What all views name alike, and where it leads.

import { h, name } from "./dom.js";

export const personLink = (id, shown = name(id)) =>
  h.a({ href: `#/people/${encodeURIComponent(id)}` }, shown);

export const eventLink = (id, shown = `event ${id}`) => h.a({ href: `#/events/${id}` }, shown);

/** Its name, and whether it is a group or a role. */
export const entitlementName = (one) => [
  name(one.entitlement),
  h.span({ class: "from" }, ` ${one.kind}`),
];
