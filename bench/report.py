#!/usr/bin/env python3
"""Makes docs/PERFORMANCE.md of what was measured: report.py [--peers|--roster] FOLDER.

With --peers or --roster only the part that scripts/bench-peers or scripts/bench-roster measures;
without, these parts stay as they are.
Figures are medians. Ratios are made within one run, those of ingest within one round.
"""

import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import textwrap

import daemon_report
import peers_report
import roster_report
from page import PAGE, section_of, table, with_spaces

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What is measured, its peer, and what the peer is.
PATHS = (
    ("Reading CSV, 12 columns", "csv/reader", "csv/memchr", "`memchr` for line breaks"),
    ("Decoding an event of about 520 bytes", "event/decode", "event/nlohmann", "nlohmann's parser"),
    ("Verifying a signature", "event/verify", "event/hmac", "the HMAC alone"),
    ("Finding a key among 1 000 000", "key_set/known", "unordered_map/known", "`unordered_map`"),
    ("Not finding one", "key_set/unknown", "unordered_map/unknown", "`unordered_map`"),
    ("Fold and decide, a person", "plan/fold_decide", "plan/fold", "fold alone"),
    ("Fold, decide and diff, a person", "plan/fold_decide_diff", "plan/fold", "fold alone"),
)
HANDLERS = (
    ("bare", "bare handler: 202 at once"),
    ("examined", "signature and event checked, nothing kept"),
    ("empty", "**the whole of it, store empty at first**"),
    ("stored", "**the whole of it, {stored} events stored before**"),
    ("again", "the events of the line above sent again"),
)


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def medians_of(file):
    """Name → the median of the repetitions, as Google Benchmark writes it."""
    rows = json.loads(file.read_text())["benchmarks"]
    return {row["run_name"]: row for row in rows if row.get("aggregate_name") == "median"}


def rate_text(row):
    """A rate by processor time: a path of one thread costs the same on a machine that is shared."""
    if "bytes_per_second" in row:
        return with_spaces(row["bytes_per_second"] / 1e6) + " MB/s"
    nanoseconds = 1e9 / row["items_per_second"]
    return f"{nanoseconds:.0f} ns" if nanoseconds < 1000 else f"{nanoseconds / 1000:.1f} µs"


def rate(row):
    return row.get("bytes_per_second") or row["items_per_second"]


def paths_table(micro):
    rows = []
    for title, name, peer, peer_title in PATHS:
        measured, other = micro[name], micro[peer]
        ratio = f"{rate(measured) / rate(other):.2f}"
        rows.append((title, rate_text(measured), f"{peer_title}: {rate_text(other)}", ratio))
    return table(("path", "median", "peer", "speed ÷ peer's"), rows)


def by_prefix(micro, prefix):
    return next(row for name, row in micro.items() if name.startswith(prefix))


def commit_table(micro):
    def row_of(callers, stored):
        return by_prefix(micro, f"commit/callers:{callers}/stored:{stored}/")

    rows = []
    for callers in (1, 8, 64):
        empty, large = row_of(callers, 0), row_of(callers, 200000)
        one = row_of(1, 0)["items_per_second"], row_of(1, 200000)["items_per_second"]
        rates = empty["items_per_second"], large["items_per_second"]
        rows.append(
            (
                str(callers),
                with_spaces(rates[0]),
                f"{rates[0] / one[0]:.1f}",
                with_spaces(rates[1]),
                f"{rates[1] / one[1]:.1f}",
                f"{rates[1] / rates[0]:.2f}",
                f"{empty['events_a_commit']:.0f}",
            )
        )
    head = (
        "concurrent callers",
        "events/s, store empty",
        "÷ a commit a call",
        "events/s, 200 000 stored",
        "÷ a commit a call",
        "200 000 stored ÷ empty",
        "events a commit",
    )
    return table(head, rows)


class Ingest:
    def __init__(self, file):
        self.windows = {}
        for window in json.loads(file.read_text()):
            self.windows.setdefault(window["handler"], []).append(window)

    def median(self, handler, value):
        return statistics.median(value(window) for window in self.windows[handler])

    def ratio(self, handler, peer):
        pairs = zip(self.windows[handler], self.windows[peer])
        return statistics.median(rate_of(one) / rate_of(other) for one, other in pairs)

    def table(self, stored):
        rows = []
        for handler, title in HANDLERS:
            rows.append(
                (
                    title.format(stored=with_spaces(stored)),
                    with_spaces(self.median(handler, rate_of)),
                    f"{self.ratio(handler, 'bare'):.2f}",
                    f"{self.median(handler, processor_time_of) * 1e6:.0f}",
                    f"{self.median(handler, lambda w: w['load']['p50_us']) / 1e3:.1f}",
                    f"{self.median(handler, lambda w: w['load']['p99_us']) / 1e3:.1f}",
                )
            )
        head = ("handler", "requests/s", "of bare", "µs of CPU a request", "p50 ms", "p99 ms")
        return table(head, rows)

    def summary(self):
        bare, stored = (self.median(name, processor_time_of) for name in ("bare", "stored"))
        return (
            f"Stored ÷ empty: {self.ratio('stored', 'empty'):.2f}. "
            f"Duplicates ÷ new ones: {self.ratio('again', 'stored'):.2f}. "
            f"By processor time, bare ÷ stored: {bare / stored:.2f}."
        )


def rate_of(window):
    return window["load"]["requests"] / window["load"]["seconds"]


def processor_time_of(window):
    return window["cpu_seconds"] / window["load"]["requests"]


def machine_text(about):
    at_the_end = os.getloadavg()[0]
    # The measurements keep less than two cores busy themselves.
    shared = about["load"] > 0.5 or at_the_end > 3
    text = (
        f"Measured {datetime.datetime.now(datetime.timezone.utc).date()} at commit {about['commit']}: "
        f"{os.cpu_count()} cores, {about['filesystem']}, g++ {output_of('c++', '-dumpfullversion')} "
        f"-O2, Boost 1.81, SQLite {output_of('pkg-config', '--modversion', 'sqlite3')}. Load average "
        f"{about['load']:.1f} at the start, {at_the_end:.1f} at the end."
    )
    if shared:
        text += (
            " **The machine was shared with other work**, and how much of it changed from minute to "
            "minute: rates by the clock are lower than it could give, and ratios are rough."
        )
    return textwrap.fill(text, width=100)


def main():
    if sys.argv[1] == "--roster":
        PAGE.write_text(roster_report.replaced(PAGE.read_text(), pathlib.Path(sys.argv[2])))
        return
    if sys.argv[1] == "--peers":
        PAGE.write_text(peers_report.replaced(PAGE.read_text(), pathlib.Path(sys.argv[2])))
        return
    folder = pathlib.Path(sys.argv[1])
    micro = medians_of(folder / "micro.json")
    disk, memory = Ingest(folder / "ingest_disk.json"), Ingest(folder / "ingest_memory.json")
    about = json.loads((folder / "about.json").read_text())
    flush = by_prefix(micro, "commit/flush")["real_time"] / 1e3
    text = f"""# Performance

`scripts/bench` measures the paths that rosterd is there for and writes this page. Absolute figures
belong to one machine and one hour; ratios are made within one run and are what to compare. All
figures are medians of five; nothing passes or fails by them.

{machine_text(about)}

## Webhook ingest, end to end

The real server, endpoint and store in one process; the sender in another on the same cores, with 64
connections that stay open and a signed event of its own in every request. Five rounds, one second
each; the ratio to the bare handler is that of its round. To reach: 0.40 of bare, stored ÷ empty 0.85.

The store on the disk (flushed before each 202, shared by whoever is waiting):

{disk.table(about['stored'])}

{disk.summary()}

The same with the store in a memory file system, where a flush costs nothing: what the program itself
costs.

{memory.table(about['stored'])}

{memory.summary()}

## Group commit

Each call keeps one event and waits until it is durable. A single caller has a commit for each call.
Appending a page to a file and flushing it (`fdatasync`) took {flush:.2f} ms meanwhile.

{commit_table(micro)}

{section_of(PAGE.read_text(), roster_report.HEADING)}## Single paths

By processor time, on one thread.

{paths_table(micro)}
"""
    for section in (
        daemon_report.section(folder),
        section_of(PAGE.read_text(), peers_report.HEADING),
    ):
        if section:
            text += "\n" + section
    PAGE.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
