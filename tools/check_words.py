#!/usr/bin/env python3
"""Finds the words that the house rules forbid. RULES is the list, with the reason of each."""

import dataclasses
import re

import cpp_text

CODE = ("src", "include", "tests", "bench", "fuzz")
PROSE = (".cpp", ".hpp", ".py", ".sql", ".toml", ".md", ".cmake", ".txt", ".sh", "")


@dataclasses.dataclass(frozen=True)
class Rule:
    pattern: str
    reason: str
    folders: tuple = CODE
    except_in: tuple = ()
    in_comments: bool = False  # also in comments and texts, and in files that are not C++


RULES = (
    Rule(
        r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b",
        "say it in an issue, or do it",
        folders=(*CODE, "tools", "scripts", "docs", "config", "cmake", "migrations", "systemd"),
        in_comments=True,
    ),
    Rule(r"\bdetached\b", "it swallows exceptions; spawn through the Supervisor"),
    Rule(
        r"\b(loop|ioc|io|context|io_context)_?\.stop\(\)",
        "suspended coroutines would be destroyed at random; stop by draining",
    ),
    Rule(
        r"\bthis_thread::sleep\w*|\busleep\b|\bnanosleep\b|(?<![\w:.])sleep\(",
        "a test that sleeps is slow or wrong; wait for what should happen",
        folders=("tests",),
    ),
    Rule(
        r"\b(system|steady|high_resolution)_clock::now\b|\bgettimeofday\b|\btime\((nullptr|NULL|0)\)",
        "the present comes from Clock only",
        folders=("src", "include"),
        except_in=(
            "src/adapters/system/",
            "src/base/",
            "include/rosterd/base/",
            "src/adapters/sqlite/",  # how long a commit takes, measured on the store's own thread
        ),
    ),
    Rule(
        r"\bexperimental/(\w*channel)\b|\bexperimental::\w*channel\b",
        "channels lose messages in this Boost; the store is the queue",
    ),
)


def check(rule, path, source):
    if any(str(path).startswith(folder) for folder in rule.except_in):
        return []
    cpp = path.suffix in (".cpp", ".hpp")
    text = cpp_text.without_comments_and_texts(source) if cpp and not rule.in_comments else source
    return [
        (path, cpp_text.line_of(text, match.start()), f'"{match[0]}": {rule.reason}')
        for match in re.finditer(rule.pattern, text)
    ]


def main():
    findings = []
    for rule in RULES:
        suffixes = PROSE if rule.in_comments else (".cpp", ".hpp")
        for path in cpp_text.files(*rule.folders, suffixes=suffixes):
            findings += check(rule, path, cpp_text.read(path))
    cpp_text.finish(findings)


if __name__ == "__main__":
    main()
