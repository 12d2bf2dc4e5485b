#!/usr/bin/env python3
"""Keeps functions and files short enough to be read in one go.

RATCHET names what is longer for a reason, with the length it must not exceed.
"""

import re
import sys

import cpp_text

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500

RATCHET = {
    "tests/unit/ingest/event_codec_test.cpp": 650,  # one table of what senders really send
}

# Tables of tests: data, not functions.
TABLE = "INSTANTIATE_TEST_SUITE_P"

CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()=]*$")
NAME = re.compile(r"([~\w:]+)\s*\(")


def functions(code):
    """Every function of the code as (name, first line, lines)."""
    header_begin = 0  # of what the next brace belongs to
    at = 0
    while at < len(code):
        c = code[at]
        if c in ";}":
            header_begin = at + 1
        elif c == "{":
            header = code[header_begin:at]
            if CONTAINER.search(header.split(";")[-1]) and "(" not in header.split("{")[-1]:
                header_begin = at + 1
            else:
                end = matching_brace(code, at)
                following = code[end + 1 :].lstrip()[:1]
                if following not in (",", "{"):  # else a member's initialiser, the body comes yet
                    name = NAME.search(header)
                    if name and name[1] != TABLE and not header.rstrip().endswith("="):
                        begin = header_begin + len(header) - len(header.lstrip())
                        first = cpp_text.line_of(code, begin)
                        yield name[1], first, cpp_text.line_of(code, end) - first + 1
                    header_begin = end + 1
                at = end
        at += 1


def matching_brace(code, opening):
    depth = 0
    for at in range(opening, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return len(code) - 1


def check(path, source):
    found = []
    lines = source.count("\n")
    lines_max = RATCHET.get(str(path), FILE_LINES_MAX)
    if lines > lines_max:
        found.append((path, lines, f"{lines} lines, should be at most {lines_max}"))
    # Preprocessor lines have braces of their own; they are no functions.
    code = re.sub(r"^[ \t]*#.*$", "", cpp_text.without_comments_and_texts(source), flags=re.M)
    for name, first, length in functions(code):
        length_max = RATCHET.get(f"{path}:{name}", FUNCTION_LINES_MAX)
        if length > length_max:
            found.append((path, first, f"{name} has {length} lines, should be at most {length_max}"))
    return found


def self_test():
    body = "  step();\n" * 80
    long = f"namespace n {{\nclass A {{\n  A() : b_{{1}}, c_(2) {{\n{body}  }}\n}};\nint f() {{\n{body}}}\n}}\n"
    names = [text.split(" ")[0] for _, _, text in check("x", long)]
    short = "namespace n {\nint f() { return 1; }\n" + "int a;\n" * 80 + "}\n"
    if names == ["A", "f"] and not check("x", short):
        return True
    print(f"tools/check_lengths.py:1: finds {names} where A and f are long")
    return False


def main():
    if not self_test():
        sys.exit(1)
    findings = []
    for path in cpp_text.files("src", "include", "tests", "bench", "fuzz"):
        findings += check(path, cpp_text.read(path))
    for path in cpp_text.files("tools", suffixes=(".py",)):
        lines = cpp_text.read(path).count("\n")
        if lines > FILE_LINES_MAX:
            findings.append((path, lines, f"{lines} lines, should be at most {FILE_LINES_MAX}"))
    cpp_text.finish(findings)


if __name__ == "__main__":
    main()
