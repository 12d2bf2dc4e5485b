#!/usr/bin/env python3
"""Which lines the tests ran, by layer: coverage.py [--json] BUILD_FOLDER.

Reads what gcc's --coverage left in the build folder, through gcov's own JSON. A line counts once,
however many objects it was compiled into, and is covered when one of them ran it. A process that was
killed has counted nothing.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = ["base", "domain", "ports", "ingest", "sync", "adapters/*", "sandbox", "cli", "src"]
OBJECTS_A_CALL = 8


def layer_of(path):
    """`src/adapters/http/server.cpp` → `adapters/http`; None: not the product's."""
    for root in ("include/rosterd/", "src/"):
        if path.startswith(root):
            folders = path[len(root) :].split("/")[:-1]
            if not folders:
                return "src"
            return "/".join(folders[:2]) if folders[0] == "adapters" else folders[0]
    return None


def documents(text):
    """gcov prints one JSON document for each object, with nothing in between but white space."""
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        yield document
        while at < len(text) and text[at].isspace():
            at += 1


def lines_of(objects, build):
    """File → line → whether it ran, over these objects."""
    command = ["gcov", "--json-format", "--stdout", "--relative-only", f"--source-prefix={ROOT}"]
    answer = subprocess.run(
        [*command, *map(str, objects)], cwd=build, capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        sys.exit(f"coverage.py: gcov ended with {answer.returncode}: {answer.stderr.strip()}")
    found = collections.defaultdict(dict)
    for document in documents(answer.stdout):
        for file in document["files"]:
            path = os.path.relpath(os.path.join(build, file["file"]), ROOT)
            if layer_of(path) is None:
                continue
            lines = found[path]
            for line in file["lines"]:
                number = line["line_number"]
                lines[number] = lines.get(number, False) or line["count"] > 0
    return found


def covered_lines(build):
    objects = sorted(build.rglob("*.gcno"))
    if not any(build.rglob("*.gcda")):
        sys.exit(f"coverage.py: nothing that was compiled with --coverage in {build} has run")
    parts = [objects[i : i + OBJECTS_A_CALL] for i in range(0, len(objects), OBJECTS_A_CALL)]
    found = collections.defaultdict(dict)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(lambda some: lines_of(some, build), parts):
            for path, lines in part.items():
                for number, ran in lines.items():
                    found[path][number] = found[path].get(number, False) or ran
    return found


def by_layer(found):
    sums = collections.defaultdict(lambda: [0, 0])
    for path, lines in found.items():
        sums[layer_of(path)][0] += len(lines)
        sums[layer_of(path)][1] += sum(lines.values())

    def place(layer):
        wanted = "adapters/*" if layer.startswith("adapters/") else layer
        return (LAYERS.index(wanted) if wanted in LAYERS else len(LAYERS), layer)

    rows = [(layer, *sums[layer]) for layer in sorted(sums, key=place)]
    rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="every file, too")
    parser.add_argument("build", type=pathlib.Path)
    options = parser.parse_args()
    found = covered_lines(options.build.resolve())
    rows = by_layer(found)
    if options.json:
        layers = {name: {"lines": lines, "covered": ran} for name, lines, ran in rows}
        files = {
            path: {
                "lines": len(lines),
                "covered": sum(lines.values()),
                "missed": sorted(number for number, ran in lines.items() if not ran),
            }
            for path, lines in sorted(found.items())
        }
        print(json.dumps({"layers": layers, "files": files}, indent=1))
        return
    print("| layer | lines | covered | percent |")
    print("|---|---:|---:|---:|")
    for name, lines, ran in rows:
        print(f"| {name} | {lines} | {ran} | {100 * ran / lines:.1f} |")


if __name__ == "__main__":
    main()
