"""What the checks of C++ text share: which files there are, and their text without comments."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

_NOT_CODE = re.compile(
    r"""
      R"(?P<tag>[^\s()\\]*)\(.*?\)(?P=tag)"   # raw strings
    | "(?:\\.|[^"\\\n])*"                      # strings
    | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'      # characters, but not the ' in 1'000
    | //[^\n]*
    | /\*.*?\*/
    """,
    re.DOTALL | re.VERBOSE,
)


# Written by nobody: inputs of the fuzzing targets, and packages of the measured peers.
_NOT_OURS = {"corpus", "node_modules"}


def files(*folders, suffixes=(".cpp", ".hpp")):
    """The files of the folders, sorted; paths are relative to the root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file() and not _NOT_OURS & set(path.parts):
                yield path.relative_to(ROOT)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def without_comments_and_texts(source):
    """The source with comments blanked and texts emptied; every line keeps its number."""

    def blank(match):
        text = match[0]
        lines = "\n" * text.count("\n")
        if text.startswith("/"):
            return " " + lines
        quote = "'" if text.startswith("'") else '"'
        return quote + (" " if quote == "'" else "") + quote + lines

    return _NOT_CODE.sub(blank, source)


def line_of(source, offset):
    return source.count("\n", 0, offset) + 1


def finish(findings):
    """Prints the findings, each as (path, line, text), and ends the program."""
    for path, line, text in findings:
        print(f"{path}:{line}: {text}")
    sys.exit(1 if findings else 0)
