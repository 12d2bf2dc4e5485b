#!/usr/bin/env python3
"""Holds every #include to the architecture: who may use whom, and who may use which library.

One include root is visible to every target, so the linker alone cannot do this. The tables below
are the rule; docs/ARCHITECTURE.md explains it.
"""

import dataclasses
import re

import cpp_text


@dataclasses.dataclass(frozen=True)
class Layer:
    uses: tuple  # layers, besides itself
    libraries: tuple = ()  # in .cpp files and private headers
    public_libraries: tuple = ()  # also in headers under include/


DOMAIN_AND_BELOW = ("domain", "base")
PORTS_AND_BELOW = ("ports", "config", "domain", "base")
ASIO = ("boost/asio", "boost/system")
BEAST = (*ASIO, "boost/beast", "openssl")

LAYERS = {
    "base": Layer(uses=(), libraries=ASIO, public_libraries=ASIO),
    "domain": Layer(uses=("base",)),
    "config": Layer(uses=DOMAIN_AND_BELOW),
    "ports": Layer(uses=DOMAIN_AND_BELOW),
    "ingest": Layer(uses=PORTS_AND_BELOW, libraries=("nlohmann",)),
    "sync": Layer(uses=PORTS_AND_BELOW, libraries=ASIO, public_libraries=ASIO),
    "adapters/sqlite": Layer(
        uses=PORTS_AND_BELOW,
        libraries=(*ASIO, "SQLiteCpp", "sqlite3", "nlohmann"),
        public_libraries=ASIO,
    ),
    "adapters/extension": Layer(
        uses=PORTS_AND_BELOW, libraries=(*BEAST, "nlohmann"), public_libraries=ASIO
    ),
    "adapters/http": Layer(uses=PORTS_AND_BELOW, libraries=BEAST, public_libraries=ASIO),
    "adapters/openssl": Layer(uses=PORTS_AND_BELOW, libraries=("openssl",)),
    "adapters/drop_folder": Layer(uses=PORTS_AND_BELOW, libraries=ASIO, public_libraries=ASIO),
    "adapters/prometheus": Layer(uses=PORTS_AND_BELOW, libraries=("prometheus",)),
    "adapters/system": Layer(uses=PORTS_AND_BELOW, libraries=("spdlog", "date", "systemd")),
    "adapters/tcmalloc": Layer(uses=("base",), libraries=("gperftools",)),
    "adapters/toml": Layer(uses=PORTS_AND_BELOW, libraries=("toml++",)),
    "sandbox": Layer(uses=PORTS_AND_BELOW, libraries=(*ASIO, "nlohmann", "openssl")),
}

# The command line and what stands directly in src/, the composition root, may use everything.
FREE = ("cli", "program")

# Asio stays out of the rules: of `base`, the domain sees values only.
DOMAIN_BASE_HEADERS = ("assert", "hash", "instant", "json_text", "result", "secret", "text")

LIBRARIES = (
    "boost/asio",
    "boost/beast",
    "boost/system",
    "boost",
    "CLI",
    "SQLiteCpp",
    "benchmark",
    "date",
    "fmt",
    "gmock",
    "gperftools",
    "gtest",
    "nlohmann",
    "openssl",
    "prometheus",
    "spdlog",
    "sqlite3",
    "systemd",
    "toml++",
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def layer_of(parts):
    """The layer of a path below src/ or include/rosterd/, given as its parts."""
    if parts[0] == "adapters":
        return "/".join(parts[:2])
    if len(parts) == 1:
        return "config" if parts[0] == "config.hpp" else "program"
    return parts[0]


def library_of(header):
    for library in LIBRARIES:
        if header == library or header.startswith((library + "/", library + ".")):
            return library
    return None


def own_header_layer(header, path):
    """The layer of one of our headers; None when it is not ours."""
    if header.startswith("rosterd/"):
        return layer_of(header.split("/")[1:])
    if (cpp_text.ROOT / path.parent / header).exists():
        return layer_of(parts_below_root(path))
    if (cpp_text.ROOT / "src" / header).exists():
        return layer_of(header.split("/"))
    return None


def parts_below_root(path):
    return path.parts[2:] if path.parts[0] == "include" else path.parts[1:]


def problem_with(header, path, layer_name):
    """Why `path` of the layer must not include `header`; None when it may."""
    layer = LAYERS[layer_name]
    used = own_header_layer(header, path)
    if used is not None:
        if used != layer_name and used not in layer.uses:
            return f"{layer_name} must not use {used}"
        name = header.split("/")[-1].split(".")[0]
        if layer_name == "domain" and used == "base" and name not in DOMAIN_BASE_HEADERS:
            return f"domain must not use base/{name}, which is about waiting"
        return None
    library = library_of(header)
    public = path.parts[0] == "include"
    allowed = layer.public_libraries if public else layer.libraries
    if library is None or library in allowed:
        return None
    if public and library in layer.libraries:
        if library == "nlohmann" and header.endswith("json_fwd.hpp"):
            return None
        return f"{library} must stay out of the public headers of {layer_name}"
    return f"{layer_name} must not use {library}"


def check(path, source):
    layer_name = layer_of(parts_below_root(path))
    if layer_name in FREE:
        return []
    if layer_name not in LAYERS:
        return [(path, 1, f"{layer_name} is not a layer; tools/check_includes.py has the table")]
    found = []
    for match in INCLUDE.finditer(source):
        problem = problem_with(match[2], path, layer_name)
        if problem:
            found.append((path, cpp_text.line_of(source, match.start()), problem))
    return found


def main():
    findings = []
    for path in cpp_text.files("src", "include"):
        findings += check(path, cpp_text.read(path))
    cpp_text.finish(findings)


if __name__ == "__main__":
    main()
