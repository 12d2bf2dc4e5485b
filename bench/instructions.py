#!/usr/bin/env python3
"""Counts instructions with callgrind and compares: instructions.py PROGRAM FILE [--write].

What a path costs an event is the difference between a long run and a short one, so that starting
and preparing do not count. The count repeats to 0.3 % whatever else the machine does.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PATHS = ("examined", "kept", "settled")
SHORT, LONG = 1280, 5120
TOLERANCE = 0.03


def collected(program, path, events):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, path, str(events)],
            capture_output=True,
            text=True,
            env=dict(os.environ, TMPDIR=folder),
            check=False,
        )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        raise SystemExit(f"instructions.py: {path} failed:\n{done.stderr}")
    return int(found.group(1))


def instructions(program, path):
    more = collected(program, path, LONG) - collected(program, path, SHORT)
    return round(more / (LONG - SHORT))


def verdict(now, before):
    change = now / before - 1
    if change > TOLERANCE:
        return f"{change:+.1%}  TOO MANY: find what costs that, or say why and use --write"
    if change < -TOLERANCE:
        return f"{change:+.1%}  fewer: keep it so with scripts/instructions --write"
    return f"{change:+.1%}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("program", type=pathlib.Path)
    arguments.add_argument("file", type=pathlib.Path)
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()

    counts = {path: instructions(options.program, path) for path in PATHS}
    if options.write:
        options.file.write_text(json.dumps(counts, indent=2) + "\n")
        print(f"written: {counts}")
        return 0
    before = json.loads(options.file.read_text())
    print("Instructions an event (callgrind):")
    for path in PATHS:
        print(f"  {path:<9} {counts[path]:>8}  was {before[path]:>8}  {verdict(counts[path], before[path])}")
    return int(any(counts[path] > before[path] * (1 + TOLERANCE) for path in PATHS))


if __name__ == "__main__":
    sys.exit(main())
