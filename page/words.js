// What the states of rosterd mean, in a sentence, and how urgent each of them is.

/** In the order in which an event goes through them. */
export const eventStates = [
  ["pending", "wait", "waits for its turn"],
  ["running", "run", "is being worked on"],
  ["scheduled", "wait", "takes effect later"],
  ["waiting", "wait", "no account yet, or only a notice came"],
  ["retrying", "careful", "failed, and will be tried again"],
  ["held", "hand", "waits for somebody's approval"],
  ["dead", "bad", "given up: somebody must look"],
  ["applied", "good", "done, and seen in the tenant"],
  ["superseded", "plain", "something newer was known already"],
  ["ignored", "plain", "nothing to do, or of an unknown type"],
  ["cancelled", "plain", "somebody cancelled it"],
];

const finalStates = ["dead", "applied", "superseded", "ignored", "cancelled"];
export const isFinal = (state) => finalStates.includes(state);
export const openStates = eventStates.map(([state]) => state).filter((state) => !isFinal(state));

export function toneOfEvent(state) {
  return eventStates.find(([known]) => known === state)?.[1] ?? "plain";
}

/** Why something did not work, and what would help. */
export const errorClasses = {
  authentication: "The tenant did not accept the daemon's token. Look at the client's credentials.",
  configuration: "The tenant refused. Look at the client's scopes, the URL and the certificate.",
  stale_catalogue: "A group or role was deleted meanwhile. They are read again.",
  permanent: "The tenant refused this for good. Trying again as it is cannot help.",
  transient: "The tenant could not be reached, or failed. It is tried again.",
  throttled: "The tenant asked for patience. It is tried again, and not counted.",
  unknown: "The call was sent and no answer came. The tenant is read before anything else is done.",
  paused: "Not tried: calls to the tenant are stopped for now.",
  contended: "Written again and again, and gone each time. Somebody else writes to the same thing.",
  no_account: "The tenant has no account of this person yet.",
  ambiguous_account: "Several accounts answer to this person. Give the right one as user_id.",
  conflict: "The account belongs to another person already.",
  unknown_entitlement: "The policy names a group or role that the tenant does not have.",
  invalid: "The event cannot be understood. The source has to send it again.",
  poison: "The daemon crashed on this event again and again. Please report it.",
  storage_full: "The tenant's storage has no room for what would be granted.",
};

/** Where somebody stands. */
export const lifecycleTones = {
  prehire: "wait",
  active: "good",
  on_leave: "hand",
  suspended: "hand",
  left: "plain",
};

export const holdCauses = {
  leavers: "More people have left than may without approval",
  removals: "More would be taken away than may without approval",
  emptied: "A group or role would lose its last member",
};

export const holdStates = {
  open: ["hand", "waits for a decision"],
  approved: ["run", "and being carried out"],
  done: ["good", "all of it was approved, and is seen to be gone"],
  rejected: ["careful", "nothing of it is done"],
  lapsed: ["plain", "nothing asks for it any more"],
};

export const driftKinds = {
  missing: ["careful", "Missing", "wanted, and not there"],
  unexpected: ["careful", "Unexpected", "there, not wanted, and rosterd's to remove"],
  foreign: ["plain", "Foreign", "there, given by no rule, and not rosterd's: it stays"],
  orphan_account: ["plain", "Orphan account", "of an account that belongs to no person"],
};

export const fileStates = {
  reading: ["run", "is being read"],
  done: ["good", "taken in"],
  rejected: ["bad", "refused as a whole: nothing of it was kept"],
  held: ["hand", "looks incomplete: waits for somebody"],
  repeated: ["plain", "the same as the last one: nothing to do"],
};
