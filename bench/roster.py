#!/usr/bin/env python3
"""Measures a roster of which some has changed, beside other ways to find the changes.

roster.py BUILD RESULTS runs everything once a round, five rounds, each in a process of its own,
and writes RESULTS/roster.json. See scripts/bench-roster. Needs the target rosterd_roster (see
CMakeLists.txt); DuckDB is measured where BUILD/roster has it, sqlite3 where it is installed.
"""

import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE / "peers" / "roster"
ROUNDS = int(os.environ.get("ROSTERD_BENCH_ROUNDS", "5"))


def run(command, folder, stdin=None):
    """What the program printed of itself, beside what the system says of it."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command], cwd=folder, stdin=stdin, stdout=subprocess.PIPE, text=True
    ) as process:
        printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    measured = {
        "seconds": time.perf_counter() - begin,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss * 1024 / 1e6,
    }
    return measured | (json.loads(printed) if printed.strip() else {})


def expect_changes(name, measured, rows):
    wanted = {"joined": rows // 200, "changed": rows // 100, "left": rows // 200}
    found = {change: measured.get(change) for change in wanted}
    if found != wanted:
        raise SystemExit(f"{name} found {found} instead of {wanted}")


def staged(program, folder):
    """The store is used up, so it gets one of its own."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as copy:
        os.link(folder / "new.csv", pathlib.Path(copy) / "new.csv")
        shutil.copy(folder / "rosterd.db", copy)
        os.sync()
        return run([program, "stage", copy], copy)


def with_sqlite3(folder):
    with open(PEERS / "roster.sql", encoding="utf-8") as script:
        return run(["sqlite3", "-batch", ":memory:"], folder, stdin=script)


def about_this_run():
    git = ["git", "-C", HERE]
    commit = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "../src", "../include"]).returncode:
        commit += ", with changes"
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return {"commit": commit, "date": str(today), "load": os.getloadavg()[0]}


def main():
    build, results = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    rows = int(os.environ.get("ROSTERD_BENCH_ROWS", "1000000"))
    about = about_this_run()
    rosterd, join = build / "bench" / "rosterd_roster_bench", build / "bench" / "rosterd_roster_join"
    files = ["old.csv", "new.csv"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "roster"
        run([rosterd, "make", folder, rows], temporary)
        ways = {
            "open": lambda: run([rosterd, "open", folder], folder),
            "read": lambda: run([rosterd, "read", folder], folder),
            "same": lambda: run([rosterd, "same", folder], folder),
            "list": lambda: run([rosterd, "list", folder], folder),
            "stage": lambda: staged(rosterd, folder),
            "join": lambda: run([join, *files], folder),
            "python": lambda: run([sys.executable, PEERS / "roster.py", *files], folder),
        }
        if (build / "roster" / "node_modules").is_dir():
            ways["duckdb"] = lambda: run(["node", build / "roster" / "duckdb.js", *files], folder)
        if shutil.which("sqlite3"):
            ways["sqlite3"] = lambda: with_sqlite3(folder)
        measured = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                measured[name].append(way())
                if name not in ("open", "read", "same"):
                    expect_changes(name, measured[name][-1], rows)
        size = (folder / "new.csv").stat().st_size
        store = (folder / "rosterd.db").stat().st_size
    text = {
        "about": about,
        "rows": rows,
        "bytes": size,
        "store_bytes": store,
        "measured": measured,
    }
    (results / "roster.json").write_text(json.dumps(text, indent=1))


if __name__ == "__main__":
    main()
