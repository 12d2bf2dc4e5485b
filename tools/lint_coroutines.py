#!/usr/bin/env python3
"""Flags statements that g++ 12 miscompiles: a temporary that is born on a co_await line.

The compiler copies aggregate-initialised temporaries (closures, too) bitwise into the coroutine
frame and destroys both copies, without a warning. Naming the value on its own line is always safe.
The rule is about text: types are PascalCase, so `Name{` is a temporary and `name(` is a call.
"""

import re
import sys

import cpp_text

BORN_ON_THE_LINE = (
    (
        "a lambda that captures by value",
        # [&], [this], [&a, &b] are fine: references have no destructor.
        re.compile(
            r"\[\s*(?!\]|&\s*\]|this\s*\]|(?:&\w+|this)(?:\s*,\s*(?:&\w+|this))*\s*\])"
            r"[^\[\]]*\]\s*(\(|\{|mutable)"
        ),
    ),
    (
        "a temporary with designated initialisers",
        re.compile(r"[({,]\s*(?:[\w:]+(?:<[^<>;]*>)?)?\s*\{\s*\.\w+\s*="),
    ),
    (
        "a braced temporary",
        re.compile(
            r"(?<![\w:])(?:[a-z_]\w*::)*(?:[A-Z]\w*|std::(?:array|vector|map|set|initializer_list)"
            r"|(?:nlohmann::)?json)\s*(?:<[^<>;]*>)?\s*\{\s*[^\s}]"
        ),
    ),
    ("a braced argument", re.compile(r"[(,]\s*\{\s*[^\s}]")),
    ("?: with a temporary", re.compile(r"\?\s*(?:[\w:]+)\s*[({][^;]*:")),
    (
        "an aggregate built from co_await",
        re.compile(
            r"\bco_return\s+[A-Z][\w:]*\s*\{[^}]*co_await|\b[A-Z]\w*\s+\w+\s*\{[^}]*co_await"
        ),
    ),
)

LAMBDA_BODY = re.compile(
    r"\[([^\[\]]*)\]\s*(\([^()]*\))?\s*(mutable\s*)?(noexcept\s*)?(->\s*[\w:<>,&* ]+)?\s*\{"
)
CO_AWAIT = re.compile(r"\bco_await\b")
BEFORE_A_BRACED_VALUE = re.compile(r"[\w>,(=]\s*$")
BEFORE_A_BLOCK = re.compile(r"(\b(else|do|try|const|noexcept|override|mutable)|\))\s*$")
A_STATEMENT = re.compile(r"\s*[\w~]")


def statements(code):
    """Every statement with a co_await, as (offset, text); lambda bodies count for themselves."""
    outside = list(code)
    for match in LAMBDA_BODY.finditer(code):
        begin = match.end()
        end = matching_brace(code, begin - 1)
        yield from statements_in(code[begin:end], begin)
        outside[begin:end] = [c if c == "\n" else " " for c in code[begin:end]]
    yield from statements_in("".join(outside), 0)


def matching_brace(code, opening):
    depth = 0
    for at in range(opening, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return len(code)


def statements_in(code, offset):
    for match in CO_AWAIT.finditer(code):
        begin = statement_begin(code, match.start())
        yield offset + begin, code[begin : statement_end(code, match.end())]


def statement_begin(code, at):
    depth = 0
    while at > 0:
        c = code[at - 1]
        if c == "}" and depth == 0 and A_STATEMENT.match(code, at):
            break  # the end of a block: a value would go on with an operator
        if c in ")]}":
            depth += 1
        elif c in "([{":
            if depth == 0 and c == "{" and opens_block(code[max(0, at - 200) : at - 1]):
                break
            depth = max(0, depth - 1)
        elif c == ";" and depth == 0:
            break
        at -= 1
    return at


def opens_block(before):
    return bool(BEFORE_A_BLOCK.search(before)) or not BEFORE_A_BRACED_VALUE.search(before)


def statement_end(code, at):
    depth = 0
    while at < len(code) and not (code[at] == ";" and depth <= 0):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(code[at], 0)
        at += 1
    return at


def check(path, source):
    code = cpp_text.without_comments_and_texts(source)
    found = set()
    for offset, statement in statements(code):
        lead = len(statement) - len(statement.lstrip())
        line = cpp_text.line_of(code, offset + lead)
        for what, pattern in BORN_ON_THE_LINE:
            if pattern.search(statement):
                found.add((line, f"{what} in a statement with co_await; name it on its own line"))
    return [(path, line, text) for line, text in sorted(found)]


CRASHING = (
    "co_await send(Request{.path = p});",
    "co_await send({.path = p, .body = b});",
    "co_await co_spawn(ex, [state]() -> Task<void> { co_return; }, use_awaitable);",
    "co_await f(std::array<T, 2>{a, b});",
    "co_await f(cond ? T(a) : T(b));",
    "auto x = Agg{co_await a(), co_await b()};",
    "co_return Agg{co_await a()};",
    'co_await send(nlohmann::json{{"k", 1}});',
    "if (Agg{1}.n == co_await f()) g();",
)
SAFE = (
    "const auto answer = co_await send(request);",
    'co_await send(std::string("x"));',
    "if (auto x = co_await f(); x) g();",
    "auto by_reference = [&] { return 1; }; co_await run(by_reference);",
    "const Request request{.path = p}; co_await send(request);",
    "if (a) { log({1}); }\nconst bool changed = co_await f();",
    "if (a) { g({1}); } else { const auto x = co_await f(); }",
    "// co_await send(Request{.path = p});\nco_return Agg{1};",
)


def self_test():
    wrong = [text for text in CRASHING if not check("x", f"Task<void> f() {{\n{text}\n}}")]
    wrong += [text for text in SAFE if check("x", f"Task<void> f() {{\n{text}\n}}")]
    for text in wrong:
        print(f"tools/lint_coroutines.py:1: judges this wrongly: {text}")
    return not wrong


def main():
    if not self_test():
        sys.exit(1)
    findings = []
    for path in cpp_text.files("src", "include", "tests", "bench", "fuzz"):
        findings += check(path, cpp_text.read(path))
    cpp_text.finish(findings)


if __name__ == "__main__":
    main()
