#!/usr/bin/env python3
"""Follows every link of the documents that stays in this repository, to files and to headings, and from
every alert to its runbook."""

import functools
import pathlib
import re
import unicodedata

import cpp_text

LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
RUNBOOK = re.compile(r"runbook_url: (\S+)")
HEADING = re.compile(r"^#{1,6} +(.*?) *#*$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
CODE_SPAN = re.compile(r"`[^`\n]+`")


def documents():
    for path in sorted(cpp_text.ROOT.glob("*.md")):
        yield path.relative_to(cpp_text.ROOT)
    yield from cpp_text.files("docs", "packaging", suffixes=(".md",))


def without_code(text):
    """The text with blocks and spans of code blanked; every line keeps its number."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])

    return CODE_SPAN.sub(blank, CODE_BLOCK.sub(blank, text))


def anchor_of(heading):
    """As GitHub makes it: words stay, spaces become hyphens, all else goes."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    kept = (c for c in text if c in "-_ " or unicodedata.category(c)[0] in "LN")
    return "".join(kept).replace(" ", "-")


@functools.cache
def anchors_of(path):
    anchors = set()
    for heading in HEADING.findall(CODE_BLOCK.sub("", cpp_text.read(path))):
        plain = anchor = anchor_of(heading)
        copies = 0
        while anchor in anchors:
            copies += 1
            anchor = f"{plain}-{copies}"
        anchors.add(anchor)
    return anchors


def problem_with(target, path):
    """What is wrong with a link from `path`; nothing: it leads somewhere."""
    file, _, anchor = target.partition("#")
    aim = path.parent / file if file else path
    if not (cpp_text.ROOT / aim).exists():
        return f"{target}: there is no such file"
    if anchor and aim.suffix == ".md" and anchor not in anchors_of(aim):
        return f"{target}: there is no such heading"
    return None


def check(path, text, pattern, base):
    findings = []
    for match in pattern.finditer(text):
        is_elsewhere = re.match(r"[a-z]+:", match[1])
        problem = None if is_elsewhere else problem_with(match[1], base)
        if problem:
            findings.append((path, cpp_text.line_of(text, match.start()), problem))
    return findings


def main():
    findings = []
    for path in documents():
        findings += check(path, without_code(cpp_text.read(path)), LINK, path)
    for path in cpp_text.files("docs", suffixes=(".yml",)):
        # Runbooks are named from the root of the repository.
        findings += check(path, cpp_text.read(path), RUNBOOK, pathlib.Path("README.md"))
    cpp_text.finish(findings)


if __name__ == "__main__":
    main()
