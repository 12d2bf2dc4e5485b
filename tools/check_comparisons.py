#!/usr/bin/env python3
"""Holds the comparison of secrets to one place, which takes the same time wherever they differ.

A signature that is compared with == tells its sender, byte by byte, how much of it was right.
"""

import re

import cpp_text

THE_PLACE = "src/adapters/openssl/crypto.cpp"
WHO_COMPARE_SECRETS = ("src/ingest/signature.cpp", "src/operator_door.cpp")

TELLING = re.compile(r"\b(?:std::)?(?:w?memcmp|bcmp|str(?:n?case)?n?cmp)\s*\(")
SECRET = r"(?:mac|digest|signature|expected|of_whole|of_token|token_|\w+\.reveal\(\))"
TELLING_OPERATOR = re.compile(rf"\b{SECRET}\s*[!=]=|[!=]=\s*\*?{SECRET}(?!\w)")


def findings():
    places = []
    for path in cpp_text.files("src", "include"):
        source = cpp_text.without_comments_and_texts(cpp_text.read(path))
        places += [str(path)] * len(re.findall(r"\bCRYPTO_memcmp\b", source))
        for found in TELLING.finditer(source):
            text = "compares bytes until they differ: Crypto::equal_constant_time does not"
            yield path, cpp_text.line_of(source, found.start()), text
        if str(path) not in WHO_COMPARE_SECRETS:
            continue
        if "equal_constant_time(" not in source:
            yield path, 1, "compares no secret any more: take it off the list of this check"
        for found in TELLING_OPERATOR.finditer(source):
            text = f"`{found[0]}` takes longer for what is nearly right: Crypto::equal_constant_time"
            yield path, cpp_text.line_of(source, found.start()), text
    if places != [THE_PLACE]:
        yield THE_PLACE, 1, f"CRYPTO_memcmp should be used here and only here, and is in {places}"


if __name__ == "__main__":
    cpp_text.finish(list(findings()))
