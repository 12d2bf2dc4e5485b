#!/usr/bin/env python3
"""Lets systemd-analyze judge the unit files: sound, and shut off well enough.

What it does not judge is looked for here: no core files, which would have secrets in them. Says that
it was skipped where there is no systemd-analyze.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import cpp_text

EXPOSURE_MAX = 1.5
UNITS = (
    "systemd/rosterd.service.in",
    "systemd/rosterd.socket",
    "systemd/rosterd-operator.socket",
)
PLACEHOLDERS = {
    "@ROSTERD_BINARY@": "/bin/true",
    "@ROSTERD_CONFIG@": "/etc/rosterd/rosterd.toml",
    "@ROSTERD_CONFIG_DIR@": "/etc/rosterd",
    "@ROSTERD_DOC_DIR@": "/usr/share/doc/rosterd",
    "@ROSTERD_LIBEXEC_DIR@/prepare-store": "/bin/true",
}


def filled_in(folder):
    """Writes the units as they would be installed; their paths."""
    for unit in UNITS:
        text = cpp_text.read(unit)
        for placeholder, value in PLACEHOLDERS.items():
            text = text.replace(placeholder, value)
        path = folder / pathlib.Path(unit).name.removesuffix(".in")
        path.write_text(text, encoding="utf-8")
        yield path


def analyze(*arguments):
    done = subprocess.run(
        ["systemd-analyze", "--no-pager", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


def problems_of(units):
    if "LimitCORE=0" not in cpp_text.read(UNITS[0]).splitlines():
        yield "LimitCORE=0 is missing: a core file would hold secrets"
    code, said = analyze("verify", "--man=no", *units)
    about_us = [line for line in said.splitlines() if "rosterd" in line]
    if about_us or code != 0:
        yield said or f"systemd-analyze verify ended with {code}"
    _, said = analyze("security", "--offline=true", units[0])
    exposure = re.search(r"Overall exposure level.*: ([0-9.]+)", said)
    if exposure is None:
        yield f"systemd-analyze security says: {said}"
    elif float(exposure[1]) > EXPOSURE_MAX:
        yield f"exposure is {exposure[1]}, should be at most {EXPOSURE_MAX}:\n{said}"


def main():
    if shutil.which("systemd-analyze") is None:
        print("skipped: there is no systemd-analyze here")
        sys.exit(0)
    with tempfile.TemporaryDirectory() as folder:
        units = list(filled_in(pathlib.Path(folder)))
        cpp_text.finish([(UNITS[0], 1, problem) for problem in problems_of(units)])


if __name__ == "__main__":
    main()
