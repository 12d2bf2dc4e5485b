"""The part of docs/PERFORMANCE.md that scripts/bench-roster measures."""

import json
import statistics
import textwrap

from page import section_of, table, with_spaces

HEADING = "## Rosters"
WAYS = {
    "list": "**rosterd, to the list of changes**",
    "stage": "**rosterd, to the changes durable in the outbox**",
    "join": "plain C++, file against file, no store, no errors told",
    "duckdb": "DuckDB (in Node), full join of both files",
    "python": "Python, `csv` and a `dict`",
    "sqlite3": "sqlite3, both files imported into memory",
}


class Results:
    def __init__(self, file):
        results = json.loads(file.read_text())
        self.measured = results["measured"]
        self.about = results

    def median(self, way, what):
        return statistics.median(one[what] for one in self.measured[way])

    def ratio(self, way, peer, what):
        pairs = zip(self.measured[way], self.measured[peer])
        return statistics.median(one[what] / other[what] for one, other in pairs)

    def ratio_text(self, way, what):
        if "duckdb" not in self.measured:
            return "–"
        return f"{self.ratio(way, 'duckdb', what):.2f}"

    def table(self):
        rows = []
        for way, title in WAYS.items():
            if way not in self.measured:
                continue
            rows.append(
                (
                    title,
                    f"{self.median(way, 'seconds'):.2f}",
                    self.ratio_text(way, "seconds"),
                    f"{self.median(way, 'cpu_seconds'):.2f}",
                    f"{self.median(way, 'peak_mb'):.0f}",
                    self.ratio_text(way, "peak_mb"),
                )
            )
        head = ("way", "s", "÷ DuckDB's", "s of processor time", "peak MB", "÷ DuckDB's")
        return table(head, rows)

    def text(self):
        rows, size = self.about["rows"], self.about["bytes"] / 1e6
        about = self.about["about"]
        intro = (
            f"Measured {about['date']} at commit {about['commit']}, load average {about['load']:.1f} at "
            f"the start. A roster of {with_spaces(rows)} rows × 12 columns, {size:.0f} MB: 1 % changed, "
            f"0.5 % new, 0.5 % gone. rosterd compares it with the people in its store of "
            f"{self.about['store_bytes'] / 1e6:.0f} MB, which is open already, and judges every row before "
            f"anything is listed; the others compare the file with the one before. Each in a process of its "
            f"own; medians of {len(self.measured['list'])} rounds, ratios within a round. To reach: DuckDB's "
            f"time and half its memory, and 1.3 s until it is durable."
        )
        rest = (
            f"A roster in which nothing has changed takes {self.median('same', 'seconds'):.2f} s, "
            f"{self.median('same', 'cpu_seconds'):.2f} s of processor time, and "
            f"{self.median('same', 'peak_mb'):.0f} MB; reading the file as CSV and nothing else "
            f"{self.median('read', 'seconds'):.2f} s; opening the store {self.median('open', 'seconds'):.2f} s "
            f"and {self.median('open', 'peak_mb'):.0f} MB, which is part of the peaks above."
        )
        parts = (HEADING, textwrap.fill(intro, width=100), self.table(), textwrap.fill(rest, width=100))
        return "\n\n".join(parts) + "\n"


def replaced(page, folder):
    """The page with what was measured last."""
    text = Results(folder / "roster.json").text()
    before = section_of(page, HEADING)
    if not before:
        return page.rstrip("\n") + "\n\n" + text
    return page.replace(before, text + ("\n" if before.endswith("\n\n") else ""))
