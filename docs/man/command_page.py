#!/usr/bin/env python3
"""Makes rosterd(1) of what the program says with --help, and of rosterd.1.in around it.

command_page.py PROGRAM TEMPLATE VERSION TARGET
"""

import dataclasses
import os
import re
import subprocess
import sys

import roff

HEADINGS = {"Usage:", "Positionals:", "Options:", "Subcommands:", "Examples:"}
# The same in each command; the template explains them once.
COMMON = {"-h", "--help-all", "--version", "--json", "-c"}


@dataclasses.dataclass
class Help:
    about: str
    usage: str
    entries: dict  # heading -> [(name, what)]
    examples: list


def ask(program, command):
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "80"}
    result = subprocess.run(
        [program, *command, "--help"], capture_output=True, text=True, check=True, env=environment
    )
    return result.stdout.rstrip().splitlines()


def parse(lines):
    page = Help(about="", usage="", entries={}, examples=[])
    heading = ""
    for line in lines:
        first = line.split(" ", 1)[0] if line else ""
        if first in HEADINGS:
            heading = first.rstrip(":")
            if heading == "Usage":
                page.usage = line[len("Usage: ") :]
        elif not line:
            continue
        elif heading == "":
            page.about = (page.about + " " + line).strip()
        elif heading == "Examples":
            page.examples.append(line.removeprefix("  "))
        elif entry := re.fullmatch(r"  (\S.*?)(?:\s{2,}(\S.*))?", line):
            page.entries.setdefault(heading, []).append((entry[1], entry[2] or ""))
        elif heading in page.entries:
            name, what = page.entries[heading][-1]
            page.entries[heading][-1] = (name, (what + " " + line.strip()).strip())
    return page


def option_name(name):
    """`--id INT ...` with the option in bold and what it takes in italics."""
    option, _, takes = name.partition(" ")
    takes = takes.removesuffix(" REQUIRED")
    value, _, default = takes.partition("=")
    value, dots = (value[:-4], " ...") if value.endswith(" ...") else (value, "")
    shown = roff.bold(option.replace(",", ", "))
    if value:
        shown += f" \\fI{roff.text(value)}\\fR{dots}"
    return shown, default


def entries(rows):
    lines = []
    for name, what in rows:
        if re.split("[, ]", name)[0] in COMMON:
            continue
        shown, default = option_name(name)
        if default:
            what += f" (default: {default})"
        lines += [".TP", shown, roff.text(what or "See above.")]
    return lines


def sections(program, command):
    page = parse(ask(program, command))
    below = [name.split(" ")[0] for name, _ in page.entries.get("Subcommands", [])]
    lines = []
    if command and not below:
        lines += [f'.SS "{roff.text(page.usage)}"', roff.text(page.about.rstrip(".") + ".")]
        lines += entries(page.entries.get("Positionals", []) + page.entries.get("Options", []))
        if page.examples:
            lines += roff.literal(page.examples)
    for name in below:
        lines += sections(program, [*command, name])
    return lines


def main(program, template, version, target):
    top = parse(ask(program, []))
    parts = {
        "@ABOUT@": [roff.text(top.about[0].lower() + top.about[1:])],
        "@COMMANDS@": sections(program, []),
    }
    lines = roff.title("rosterd", 1, version, "rosterd")
    with open(template, encoding="utf-8") as file:
        for line in file.read().splitlines():
            lines += parts.get(line, [line])
    roff.write(lines, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
