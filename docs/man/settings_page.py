#!/usr/bin/env python3
"""Makes a page of section 5 of an annotated TOML file: its comments are the descriptions.

settings_page.py SOURCE NAME WHAT VERSION TARGET

A comment belongs to the keys below it, or to the key before it on the same line. A key that stands
open must be set, or is an example; one that is commented out stands with its default. A commented
block that begins with [[…]] is an example, as it stands.
"""

import dataclasses
import re
import sys

import roff

INTRODUCTION = (
    "Keys stand with their defaults. Where there is none, the value is an example: it is marked as "
    "such, or stands in a block of its own."
)
BANNER = re.compile(r"# ── (.*?) ─+")
KEY = re.compile(r"""(# )?("?[A-Za-z_][\w"-]*)\s*= """)
BESIDE = re.compile(r"(.*\S)\s+# (.*)")
TABLE = re.compile(r"(# )?(\[\[?[\w.]+\]\]?)")
SEE_ALSO = {
    "rosterd.toml": ["rosterd(1)", "rosterd-policy.toml(5)", "systemd.exec(5)"],
    "rosterd-policy.toml": ["rosterd(1)", "rosterd.toml(5)"],
}


@dataclasses.dataclass
class Page:
    lines: list = dataclasses.field(default_factory=list)
    comment: list = dataclasses.field(default_factory=list)  # that no key has taken yet

    def prose(self, comment, paragraph=".PP"):
        """A comment as paragraphs; what is indented in it, as it stands."""
        made = []
        block = []
        for line in [*comment, ""]:
            if block and (line.startswith(" ") != block[0].startswith(" ") or not line):
                literal = block[0].startswith(" ")
                made += roff.literal(block) if literal else [roff.text(one) for one in block]
                made.append(paragraph)
                block = []
            if line:
                block.append(line)
        return made[:-1]

    def flush(self):
        if self.comment:
            self.lines += [".PP", *self.prose(self.comment)]
            self.comment = []

    def entry(self, keys, is_example):
        """Keys that share the comment above them."""
        for number, key in enumerate(keys):
            self.lines.append(".TP" if number == 0 else ".TQ")
            self.lines.append(roff.bold(key) + ("  (example)" if is_example else ""))
        self.lines += self.prose(self.comment, ".IP") or ["\\&"]
        self.comment = []


def bare(line):
    return line[2:] if line.startswith("# ") else line.removeprefix("#")


def whole_value(lines, at):
    """The line of a key, and those that its value goes on in."""
    end = at + 1
    text = bare(lines[at])
    while text.count("[") + text.count("{") > text.count("]") + text.count("}"):
        text += "\n" + bare(lines[end])
        end += 1
    return text, end


def key_rows(lines, at):
    """Keys one below the other: those of one kind, open or commented out."""
    rows = []
    commented = lines[at].startswith("#")
    while at < len(lines) and KEY.match(lines[at]) and lines[at].startswith("#") == commented:
        text, at = whole_value(lines, at)
        rows.append(text)
    return rows, at


def example_block(lines, at):
    rows = []
    while at < len(lines) and lines[at].startswith("#"):
        rows.append(bare(lines[at]))
        at += 1
    return rows, at


def add_keys(page, rows, is_example):
    if is_example and not page.comment:
        page.lines += roff.literal("\n".join(rows).split("\n"))
        return
    shared = []
    for row in rows:
        first, *rest = row.split("\n")
        beside = None if rest else BESIDE.fullmatch(first)
        if not rest and not beside:
            shared.append(first)
            continue
        if shared:
            page.entry(shared, is_example)
            shared = []
        if beside:
            page.comment.append(beside[2])
            page.entry([beside[1]], is_example)
        else:
            page.entry([first.split(" =")[0]], is_example)
            page.lines += roff.literal([first, *rest])
    if shared:
        page.entry(shared, is_example)


def make(lines):
    page = Page()
    at = 0
    while at < len(lines):
        line = lines[at]
        if banner := BANNER.fullmatch(line):
            page.flush()
            page.lines.append(f'.SH "{roff.text(banner[1].upper())}"')
        elif (table := TABLE.fullmatch(line)) and table[1]:
            page.flush()
            rows, at = example_block(lines, at)
            page.lines += roff.literal(rows)
            continue
        elif table:
            comment, page.comment = page.comment, []
            page.lines += [f'.SS "{roff.text(table[2])}"', *page.prose(comment)]
        elif KEY.match(line):
            rows, end = key_rows(lines, at)
            add_keys(page, rows, is_example=not line.startswith("#"))
            at = end
            continue
        elif line.startswith("#"):
            page.comment.append(bare(line))
        elif not line:
            page.flush()
        else:
            raise SystemExit(f"settings_page: line {at + 1} is of no kind: {line}")
        at += 1
    page.flush()
    return page.lines


def main(source, name, what, version, target):
    with open(source, encoding="utf-8") as file:
        lines = file.read().splitlines()
    body = make(lines)
    page = roff.title(name, 5, version, "rosterd")
    page += [".SH NAME", f"{roff.text(name)} \\- {roff.text(what)}", ".SH DESCRIPTION"]
    page += [roff.text(INTRODUCTION), ".PP", *body]
    page += [".SH \"SEE ALSO\"", ",\n".join(f".BR {s.replace('(', ' (')}" for s in SEE_ALSO[name])]
    roff.write(page, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
