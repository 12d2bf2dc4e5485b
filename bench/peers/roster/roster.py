"""The changes between two rosters as a script would find them: roster.py OLD NEW."""

import csv
import json
import sys
import time


def main(before, after):
    begin = time.perf_counter()
    with open(before, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        known = {row[0]: row for row in rows}
    joined, changed = [], []
    with open(after, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            was = known.pop(row[0], None)
            if was is None:
                joined.append(row)
            elif was != row:
                changed.append(row)
    left = list(known)
    seconds = time.perf_counter() - begin
    counts = {"joined": len(joined), "changed": len(changed), "left": len(left)}
    print(json.dumps({"seconds": seconds, **counts}))


main(*sys.argv[1:])
