// The page as a whole: which view is shown, and keeping it fresh.

import { Refused, Unreachable, get, token } from "./api.js";
import { Ask } from "./ask.js";
import { drift, residual } from "./drift.js";
import { h, show } from "./dom.js";
import { event, events } from "./events.js";
import { files } from "./files.js";
import { zone } from "./format.js";
import {
  explained,
  foot,
  leaversAlarm,
  liveness,
  navigation,
  problemPanel,
  tokenForm,
  troubleAlarm,
} from "./frame.js";
import { hold, holds } from "./holds.js";
import { needs } from "./needs.js";
import { overview } from "./overview.js";
import { people, person } from "./people.js";

/**
 * A view: {title, seconds, load(place), render(data, place, app)}. `seconds` is how old its data
 * may become. `spoken(data)` is said when what was searched for is there, `missing` when there is
 * nothing of this id. `place` is {view, area, id, query}.
 */
const views = {
  "": { list: overview },
  people: { list: people, one: person },
  events: { list: events, one: event },
  holds: { list: holds, one: hold },
  drift: { list: drift },
  residual: { list: residual },
  files: { list: files },
};
const titles = Object.fromEntries(
  Object.entries(views).map(([area, { list }]) => [area, list.title]),
);

const areas = {};
for (const id of ["skip", "nav", "liveness", "alarms", "main", "foot", "said", "spoken"]) {
  areas[id] = document.getElementById(id);
}

const pace = Number(document.querySelector("meta[name=rosterd-refresh-seconds]").content) * 1000;
const slowest = 6 * pace;

const state = {
  place: null,
  data: undefined, // what the view has loaded
  dataOf: null, // for which place
  loadedAt: 0,
  problem: null, // why the view could not be loaded
  freshAt: null, // when the daemon last said how it is
  trouble: null, // why it does not
  failures: 0, // how often it did not
  isPaused: false,
  asksForToken: false,
  isTokenRefused: false,
  ask: null,
};

/** What the views may do. */
const app = {
  status: null,
  redraw: drawMain,
  refresh: refreshAll,
  say,
  fail: (error) => say(explained(error)),
  ask(question) {
    if (state.ask?.dialog.open) return;
    state.ask = new Ask(question, (text, error) => {
      if (error?.status === 401) lock();
      say(text);
      refreshAll();
    });
  },
  go(area, query, { replace = false } = {}) {
    const text = query.toString();
    const hash = `#/${area}${text === "" ? "" : `?${text}`}`;
    if (hash === location.hash) return;
    if (replace) {
      history.replaceState(null, "", hash);
      enter();
    } else {
      location.hash = hash;
    }
  },
};

/** For those who listen: what everybody else sees anyway. */
function announce(text) {
  areas.spoken.textContent = text;
}

let silence;

function say(text) {
  clearTimeout(silence);
  const hush = () => areas.said.replaceChildren();
  areas.said.replaceChildren(
    h.p(text),
    h.button({ type: "button", class: "quiet", onclick: hush }, "Close"),
  );
  silence = setTimeout(hush, 20000);
}

let timer;

function schedule() {
  clearTimeout(timer);
  if (document.hidden || state.isPaused || state.asksForToken) return;
  timer = setTimeout(refreshWhatIsDue, Math.min(pace * 2 ** state.failures, slowest));
}

function refreshWhatIsDue() {
  const { seconds } = state.place.view;
  const isDue = Date.now() - state.loadedAt >= seconds * 1000 - pace / 2;
  refreshStatus();
  if (isDue || state.problem instanceof Unreachable) refreshView();
}

function refreshAll() {
  return Promise.all([refreshStatus(), refreshView()]);
}

const asksForToken = (error) => error instanceof Refused && error.status === 401;
const isOfDaemon = (error) => error instanceof Refused || error instanceof Unreachable;

let newestStatus = 0;

async function refreshStatus() {
  clearTimeout(timer);
  if (state.asksForToken) return;
  const mine = ++newestStatus;
  try {
    const status = await get("status");
    if (mine !== newestStatus) return;
    app.status = status;
    Object.assign(state, { freshAt: new Date(), trouble: null, failures: 0 });
  } catch (error) {
    if (mine !== newestStatus) return;
    if (!isOfDaemon(error)) throw error;
    if (asksForToken(error)) return lock();
    state.trouble = error;
    ++state.failures;
  }
  schedule();
  draw();
}

let newestLoad = 0;

async function refreshView({ isSpoken = false } = {}) {
  if (state.asksForToken) return;
  const mine = ++newestLoad;
  const { place } = state;
  state.loadedAt = Date.now();
  try {
    const data = await place.view.load(place);
    if (mine !== newestLoad) return;
    Object.assign(state, { data, dataOf: place, problem: null });
    if (isSpoken && place.view.spoken) announce(place.view.spoken(data));
  } catch (error) {
    if (mine !== newestLoad) return;
    if (!isOfDaemon(error)) throw error;
    if (asksForToken(error)) return lock();
    // What was true a moment ago stays in sight while the daemon is silent.
    const isOld = state.data !== undefined && state.dataOf === place;
    if (!(error instanceof Unreachable && isOld)) state.problem = error;
  }
  draw();
}

/** Shows nothing any more before there is a token. */
function lock() {
  clearTimeout(timer);
  ++newestStatus;
  ++newestLoad;
  state.isTokenRefused = token.get() !== "";
  token.forget();
  state.ask?.dialog.close();
  Object.assign(state, { asksForToken: true, data: undefined, problem: null, trouble: null });
  app.status = null;
  draw();
  document.getElementById("token").focus();
}

function unlock(text) {
  token.set(text);
  state.asksForToken = false;
  draw();
  refreshAll().then(() => !state.asksForToken && focusHeading());
}

function pause() {
  state.isPaused = !state.isPaused;
  clearTimeout(timer);
  drawFrame();
  if (!state.isPaused) refreshAll();
}

function draw() {
  drawFrame();
  drawMain();
}

function drawFrame() {
  const { status } = app;
  show(areas.nav, navigation(titles, state.place.area, status));
  show(areas.liveness, liveness(state, pause));
  show(
    areas.alarms,
    state.trouble && troubleAlarm(state, refreshAll),
    status && leaversAlarm(status),
  );
  const turnZone = () => {
    zone.toggle();
    draw();
  };
  const forgetToken = () => {
    token.forget();
    lock();
  };
  show(areas.foot, foot(status?.version, { turnZone, forgetToken }));
  const number = status ? needs(status).length + (status.held_leavers.length > 0 ? 1 : 0) : 0;
  document.title = `${number > 0 ? `(${number}) ` : ""}${state.place.view.title} · rosterd`;
}

function drawMain() {
  const { view } = state.place;
  let key = `${state.place.area}/${state.place.id}`;
  let content;
  if (state.asksForToken) {
    key = "token";
    content = tokenForm(state.isTokenRefused, unlock);
  } else if (state.problem) {
    key += " problem";
    content = problemPanel(view, state.problem, refreshAll);
  } else if (state.data === undefined || app.status === null) {
    const waiting = h.p({ class: "nothing", "aria-busy": "true" }, "Loading…");
    content = [h.h1({ tabindex: "-1" }, view.title), waiting];
  } else {
    content = view.render(state.data, state.place, app);
  }
  show(areas.main, h.div({ class: "view", "data-key": key }, content));
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `#/events/17?state=dead`; what is not known is the overview. */
function placeIn(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const [area, id = ""] = path.split("/").map(decoded);
  const view = id === "" ? views[area]?.list : views[area]?.one;
  if (!view) return { view: overview, area: "", id: "", query: new URLSearchParams() };
  return { view, area, id, query: new URLSearchParams(query) };
}

function focusHeading() {
  window.scrollTo(0, 0);
  (areas.main.querySelector("h1") ?? areas.main).focus({ preventScroll: true });
}

/** Shows what the address says. `isMove`: somebody went there, and looks for where they are. */
function enter({ isMove = false } = {}) {
  const before = state.place;
  state.place = placeIn(location.hash);
  const isSame = before?.view === state.place.view && before?.id === state.place.id;
  if (!isSame) {
    state.data = undefined;
    state.ask?.dialog.close();
  }
  state.problem = null;
  draw();
  if (isMove && !isSame) focusHeading();
  refreshStatus();
  refreshView({ isSpoken: isSame }).then(() => {
    // Whatever had the focus may be gone now.
    if (isMove && document.activeElement === document.body) focusHeading();
  });
}

areas.skip.addEventListener("click", (click) => {
  click.preventDefault();
  areas.main.focus();
});
window.addEventListener("hashchange", () => enter({ isMove: true }));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (!state.isPaused) refreshAll();
});
enter();
