"""The part of docs/PERFORMANCE.md that bench/daemon.py and rosterd_growth_bench measured."""

import json

from page import table, with_spaces


def rows_of(found):
    latency = found["latency"]
    yield (
        "webhook to verified assignment, idle daemon, tenant answers at once: p50, p99",
        "≤ 10 ms, ≤ 50 ms",
        f"{latency['p50_ms']:.1f} ms, {latency['p99_ms']:.1f} ms",
    )
    for joined in found["joiners"]:
        way = "one file" if joined["way"] == "file" else "webhooks of 500"
        yield (
            f"{with_spaces(joined['people'])} joiners in 20 groups by {way}, 20 ms a call",
            "≤ 25 calls",
            f"{joined['calls']} calls, {joined['seconds']:.1f} s",
        )
    leaver = found["leaver"]
    yield (
        f"leaver to verified gone, {with_spaces(leaver['grants_waiting'])} grants waiting, default pace",
        "a few calls",
        f"{leaver['calls']} calls, {leaver['seconds']:.1f} s",
    )
    start = found["start"]
    yield (
        f"start with {with_spaces(start['finished'])} finished and {with_spaces(start['open'])} open "
        "events: ready in",
        "≤ 1 s",
        f"{start['seconds']:.2f} s",
    )
    for memory in found["memory"]:
        people = memory["people"]
        target = {0: "≤ 30 MiB", 100_000: "≤ 100 MiB"}.get(people, "to be stated")
        what = "idle" if people == 0 else f"with {with_spaces(people)} people"
        at_most = "" if people == 0 else f" ({memory['peak_mib']:.0f} while they came)"
        yield (f"resident memory {what}", target, f"{memory['resident_mib']:.0f} MiB{at_most}")


def growth_text(growth):
    costs = ", ".join(f"{row['cpu_us']:.1f} with {with_spaces(row['rows'])}" for row in growth)
    spread = max(row["cpu_us"] for row in growth) / min(row["cpu_us"] for row in growth) - 1
    return (
        f"Microseconds of processor time to keep an event, 64 a commit, by the events stored before:\n"
        f"{costs}. Between the least and the most: {spread:.0%} (to reach: 20 %)."
    )


def section(folder):
    """Markdown, or nothing when it was not measured."""
    file, grown = folder / "daemon.json", folder / "growth.json"
    if not file.exists():
        return ""
    rows = list(rows_of(json.loads(file.read_text())))
    text = (
        "## The whole daemon\n\nThe real program against the sandbox, both processes of their own on "
        "the same cores.\n\n" + table(("measure", "to reach", "measured"), rows) + "\n"
    )
    if grown.exists():
        text += "\n" + growth_text(json.loads(grown.read_text())) + "\n"
    return text
