// Asking the daemon. Every answer is JSON; everything else is an error with a sentence for people.

const tokenKey = "rosterd-token";

/** The daemon answered, but not with what was asked for. */
export class Refused extends Error {
  constructor(status, body) {
    super(body?.error ?? `the daemon answered with HTTP status ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** No answer came. Of a call that changes something, nobody knows whether it did. */
export class Unreachable extends Error {}

/** Kept for as long as this tab is open, and nowhere else. */
export const token = {
  get: () => sessionStorage.getItem(tokenKey) ?? "",
  set: (text) => sessionStorage.setItem(tokenKey, text),
  forget: () => sessionStorage.removeItem(tokenKey),
  /** What can stand in a header. */
  isPossible: (text) => /^[\x21-\x7e]+$/.test(text),
};

async function call(path, options, seconds) {
  const headers = { Accept: "application/json", ...options.headers };
  if (token.get() !== "") headers.Authorization = `Bearer ${token.get()}`;
  let answer;
  let body = null;
  try {
    answer = await fetch(`api/${path}`, {
      ...options,
      headers,
      cache: "no-store",
      credentials: "omit",
      mode: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(seconds * 1000),
    });
    const text = await answer.text();
    body = text === "" ? null : JSON.parse(text);
  } catch (error) {
    if (answer === undefined || !(error instanceof SyntaxError)) {
      throw new Unreachable("the daemon gave no answer");
    }
    if (answer.ok) throw new Refused(answer.status, { error: "the answer was no JSON" });
  }
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}

/**
 * `query`: what is empty is left out. `seconds`: how long the daemon may take; it may have to
 * ask the tenant first.
 */
export function get(path, query = {}, seconds = 20) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const text = new URLSearchParams(given).toString();
  return call(text === "" ? path : `${path}?${text}`, { method: "GET" }, seconds);
}

export function post(path, body, seconds = 120) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) }, seconds);
}
