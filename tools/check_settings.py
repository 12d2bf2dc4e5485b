#!/usr/bin/env python3
"""Holds docs/CONFIGURATION.md to the annotated files in config/: every setting is described under the
heading of its table, and nothing is described that is not there. Other documents show only settings that
exist."""

import pathlib
import re
import tomllib

import cpp_text

PAGE = pathlib.Path("docs/CONFIGURATION.md")
ANNOTATED = ("config/rosterd.toml", "config/policy.toml")
# Tables whose keys are the company's own: columns, attributes, types, texts.
OPEN_TABLES = (
    "drop.column.values",
    "drop.columns",
    "drop.constants",
    "drop.override.when",
    "drop.scope",
    "drop.types",
    "rule.when",
    "webhook.source.mapping.attributes",
    "webhook.source.mapping.types",
    "webhook.source.mapping.values",
)
# Settings of one way to say something, inside a value.
INSIDE_VALUES = ("accounts.match", "target.client_secret", "operator.token", "webhook.source.keys")
COMMENTED = re.compile(r"# ?(\[\[?[\w.]+\]\]?.*|\w+ = .*)$")
CODE_BLOCK = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def open_table_of(place):
    """The open table that a place is or lies in."""
    inside = (one for one in OPEN_TABLES if place == one or place.startswith(one + "."))
    return next(inside, None)


def settings_of(table, place=""):
    """`target.base_url` and the like of a parsed file."""
    found = set()
    for key, value in table.items():
        name = f"{place}.{key}" if place else key
        if table_of_their_own := open_table_of(name):
            found.add(table_of_their_own)
            continue
        tables = value if isinstance(value, list) else [value]
        below = [one for one in tables if isinstance(one, dict)]
        if not below or name in INSIDE_VALUES:
            found.add(name)
        else:
            for one in below:
                found |= settings_of(one, name)
    return found


def annotated_settings(path):
    """Those of an annotated file, open or commented out."""
    place = ""
    found = set()
    for line in cpp_text.read(path).splitlines():
        commented = COMMENTED.match(line)
        text = commented[1] if commented else line
        if table := re.match(r"\[\[?([\w.]+)\]\]?", text):
            place = table[1]
            if table_of_their_own := open_table_of(place):
                found.add(table_of_their_own)
        elif (key := re.match(r"(\w+) = ", text)) and not open_table_of(place):
            name = f"{place}.{key[1]}" if place else key[1]
            found.add(name)
    return found


def described_settings():
    """The settings in the first columns of the page's tables, with their lines."""
    place = ""
    found = {}
    names_settings = False
    for number, line in enumerate(cpp_text.read(PAGE).splitlines(), start=1):
        if heading := re.match(r"##+ (.+)", line):
            place = "" if heading[1] == "The top level" else heading[1]
        elif line.startswith("| key |"):
            names_settings = True
        elif not line.startswith("|"):
            names_settings = False
        elif names_settings:
            for name in re.findall(r"`(\w+)`", line.split("|")[1]):
                found[f"{place}.{name}" if place else name] = number
    return found


def compared(known):
    described = described_settings()
    findings = [
        (PAGE, line, f"{name}: there is no such setting in config/")
        for name, line in described.items()
        if name not in known
    ]
    findings += [(PAGE, 1, f"{name} is not described") for name in sorted(known - set(described))]
    return findings


def shown(known):
    """Blocks of TOML in documents: they can be read, and what they set exists."""
    findings = []
    for path in cpp_text.files("docs", suffixes=(".md",)):
        text = cpp_text.read(path)
        for block in CODE_BLOCK.finditer(text):
            line = cpp_text.line_of(text, block.start())
            try:
                names = settings_of(tomllib.loads(block[1]))
            except tomllib.TOMLDecodeError as error:
                findings.append((path, line, f"this is no TOML: {error}"))
                continue
            for name in sorted(names - known):
                findings.append((path, line, f"{name}: there is no such setting"))
    return findings


def main():
    known = set()
    for path in ANNOTATED:
        known |= annotated_settings(pathlib.Path(path))
    cpp_text.finish(compared(known) + shown(known))


if __name__ == "__main__":
    main()
