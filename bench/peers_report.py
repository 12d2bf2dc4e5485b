"""The part of docs/PERFORMANCE.md that scripts/bench-peers measures."""

import json
import statistics
import textwrap

from page import section_of, table, with_spaces

HEADING = "## Webhook ingest beside other receivers"
PEERS = {
    "bare": "bare Beast: 202 at once, keeps nothing",
    "rosterd": "**rosterd**",
    "sqlite": "fastify + better-sqlite3, as one would write it",
    "best": "the best found in Node",
    "redis": "fastify + Redis stream, `appendfsync always`",
    "postgres": "fastify + PostgreSQL, as one would write it",
    "pgboss": "fastify + PostgreSQL with pg-boss",
}
# What rosterd's rate is to reach, as a multiple of a peer's.
GOALS = {"sqlite": 12, "best": 2, "redis": 2}
SLOW_GOALS = {"sqlite": 18}
BARE_GOAL, EMPTY_GOAL, AGAIN_GOAL, CPU_GOAL = 0.40, 0.85, 1, 32


def rate_of(window):
    return window["load"]["requests"] / window["load"]["seconds"]


class Results:
    def __init__(self, file):
        results = json.loads(file.read_text())
        self.about = results["about"]
        self.failures = results["failures"]
        self.windows = {}
        for window in results["windows"]:
            of_kind = self.windows.setdefault((window["peer"], window["measure"]), {})
            of_kind[window["round"]] = window
        self.peers = [name for name in PEERS if (name, "many") in self.windows]

    def median(self, peer, measure, value):
        windows = self.windows.get((peer, measure), {}).values()
        return statistics.median(map(value, windows)) if windows else None

    def ratio(self, one, other):
        """Of the rates within a round; each is a peer and a measure."""
        ours, theirs = self.windows.get(one, {}), self.windows.get(other, {})
        rounds = ours.keys() & theirs.keys()
        if not rounds:
            return None
        return statistics.median(rate_of(ours[n]) / rate_of(theirs[n]) for n in rounds)

    def rate_text(self, peer, measure):
        rate = self.median(peer, measure, rate_of)
        return "–" if rate is None else with_spaces(rate)

    def ratio_text(self, one, other):
        ratio = self.ratio(one, other)
        if ratio is None:
            return "–"
        return f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2g}" if ratio < 0.1 else f"{ratio:.2f}"

    def waits_text(self, peer, measure):
        waits = [self.median(peer, measure, lambda w, p=p: w["load"][p]) for p in ("p50_us", "p99_us")]
        return "–" if None in waits else " / ".join(f"{wait / 1e3:.2f}" for wait in waits)

    def cpu(self, peer):
        return self.median(peer, "many", lambda w: w["cpu_seconds"] / w["load"]["requests"] * 1e6)


def rates_table(results):
    rows = []
    for peer in results.peers:
        many = (peer, "many")
        rows.append(
            (
                PEERS[peer],
                results.rate_text(*many),
                results.ratio_text(many, ("bare", "many")),
                results.ratio_text(("rosterd", "many"), many),
                f"{results.cpu(peer):.0f}",
                results.waits_text(*many),
                results.ratio_text(many, (peer, "empty")),
                results.ratio_text((peer, "again"), many),
            )
        )
    head = ("receiver", "requests/s", "of bare", "rosterd ÷ it", "µs of CPU a request")
    return table((*head, "p50 / p99 ms", "stored ÷ empty", "duplicates ÷ new"), rows)


def waits_table(results):
    rows = []
    for peer in results.peers:
        slow = (peer, "slow")
        rows.append(
            (
                PEERS[peer],
                results.rate_text(peer, "one"),
                results.waits_text(peer, "one"),
                results.rate_text(*slow),
                results.waits_text(*slow),
                results.ratio_text(("rosterd", "slow"), slow),
            )
        )
    head = ("receiver", "1 connection: requests/s", "p50 / p99 ms")
    slow_head = ("64, a flush 2 ms slower: requests/s", "p50 / p99 ms", "rosterd ÷ it")
    return table((*head, *slow_head), rows)


def goals(results):
    """What is to be reached, as (what, value, limit): at least the limit, or less than it."""
    many = ("rosterd", "many")
    for peer, goal in GOALS.items():
        yield f"÷ {PEERS[peer]}", results.ratio(many, (peer, "many")), goal, True
    for peer, goal in SLOW_GOALS.items():
        ratio = results.ratio(("rosterd", "slow"), (peer, "slow"))
        yield f"÷ {PEERS[peer]}, a flush 2 ms slower", ratio, goal, True
    yield "of bare", results.ratio(many, ("bare", "many")), BARE_GOAL, True
    yield "stored ÷ empty", results.ratio(many, ("rosterd", "empty")), EMPTY_GOAL, True
    yield "duplicates ÷ new", results.ratio(("rosterd", "again"), many), AGAIN_GOAL, True
    yield "µs of CPU a request", results.cpu("rosterd"), CPU_GOAL, False
    for measure, connections in (("one", "1 connection"), ("many", "64 connections")):
        waits = {
            peer: results.median(peer, measure, lambda w: w["load"]["p99_us"] / 1e3)
            for peer in results.peers
            if peer not in ("bare", "rosterd")
        }
        if waits:
            lowest = min(waits, key=waits.get)
            ours = results.median("rosterd", measure, lambda w: w["load"]["p99_us"] / 1e3)
            what = f"p99 in ms at {connections}; the lowest of the others: {PEERS[lowest]}"
            yield what, ours, waits[lowest], False


def goals_table(results):
    rows = []
    for what, value, limit, at_least in goals(results):
        if value is None:
            continue
        reached = value >= limit if at_least else value <= limit
        word = "≥" if at_least else "≤"
        rows.append((what, f"{word} {limit:.3g}", f"{value:.3g}", "yes" if reached else "**no**"))
    return table(("rosterd", "to reach", "measured", "reached"), rows)


def about_text(about, failures):
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    text = (
        f"Measured {about['date']} at commit {about['commit']}: {about['cores']} cores ({about['cpu']}), "
        f"{about['filesystem']}; {versions}. {about['rounds']} rounds, {about['seconds']} s a window. "
        f"Load average {about['load_before']:.1f} at the start, {about['load_after']:.1f} at the end."
    )
    # The measurements keep less than two cores busy themselves.
    if about["load_before"] > 0.5 or about["load_after"] > 3:
        text += (
            " **The machine was shared with other work**: rates are lower than it could give, and "
            "ratios are rough."
        )
    if failures:
        text += f" Receivers failed {failures} times and have fewer windows."
    return textwrap.fill(text, width=100)


def ceiling_text(results):
    same = results.median("wrk", "same", lambda window: window["rate"])
    if same is None:
        return ""
    return textwrap.fill(
        f"The load itself: to the bare server wrk sent {with_spaces(same)} requests/s when all were the "
        f"same one, {results.rate_text('bare', 'many')} when each was read from the file.",
        width=100,
    )


def section(file):
    results = Results(file)
    stored = with_spaces(results.about["stored"])
    return f"""{HEADING}

`scripts/bench-peers` loads the daemon and other receivers with wrk, from one thread on the same cores.
Each answers 202 when the event is on the disk, has verified its signature (Standard Webhooks), read its
JSON and knows it again when it is sent twice; each is tried before it is measured. Events are of about
520 bytes, each request is another one, and ids are in no order. Processor time is that of all processes
of a receiver. rosterd is the daemon itself; its worker waits for a tenant that does not answer, because
nothing works on what the others keep, either. The others are in `bench/peers`. wrk corrects its
percentiles for what would have waited behind a slow answer.

{about_text(results.about, results.failures)}

With 64 connections and {stored} events stored before:

{rates_table(results)}

{waits_table(results)}

{ceiling_text(results)}

{goals_table(results)}
"""


def replaced(page, folder):
    """The page with what the folder has instead of what was measured before."""
    old, new = section_of(page, HEADING), section(folder / "peers.json")
    if not old:
        return page + "\n" + new
    follows = page.endswith(old)
    return page.replace(old, new if follows else new + "\n")
