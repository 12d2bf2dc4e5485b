#!/usr/bin/env python3
"""The manual pages: groff renders them without a warning, and nothing is missing in them.

manual_test.py MAN_FOLDER PROGRAM; ends with 77 when there is no groff."""

import gzip
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SKIPPED = 77
PAGES = ["rosterd.1", "rosterd.toml.5", "rosterd-policy.toml.5"]


def render(page):
    """The page as text, and what groff had to say about it."""
    options = ["-man", "-ww", "-Tutf8", "-P-c", "-rLL=200n"]
    result = subprocess.run(
        ["groff", *options, str(FOLDER / page)], capture_output=True, check=True
    )
    text = re.sub(".\b", "", result.stdout.decode()).replace("\u2010", "-").replace("−", "-")
    return text, result.stderr.decode()


def keys(example):
    text = (ROOT / "config" / example).read_text(encoding="utf-8")
    return set(re.findall(r"^(?:# )?(\[?\[[\w.]+\]\]?|[a-z_]+ =)", text, re.MULTILINE))


def commands(*words):
    """All commands that have no commands below them, with their long options."""
    said = subprocess.run(
        [PROGRAM, *words, "--help"], capture_output=True, text=True, check=True
    ).stdout
    _, below, rest = said.partition("\nSubcommands:\n")
    if below:
        names = re.findall(r"^  (\S+)", rest.split("\n\n")[0], re.MULTILINE)
        return [one for name in names for one in commands(*words, name)]
    return [(" ".join(words), set(re.findall(r"(?<![\w-])--[a-z-]+", said)))]


class Manual(unittest.TestCase):
    def test_groff_has_nothing_to_say_about_a_page(self):
        for page in PAGES:
            with self.subTest(page):
                self.assertEqual(render(page)[1], "")

    def test_a_page_is_installed_as_it_was_made(self):
        for page in PAGES:
            with self.subTest(page):
                packed = gzip.decompress((FOLDER / f"{page}.gz").read_bytes())
                self.assertEqual(packed, (FOLDER / page).read_bytes())

    def test_every_setting_of_the_examples_is_in_its_page(self):
        for example, page in [
            ("rosterd.toml", "rosterd.toml.5"),
            ("policy.toml", "rosterd-policy.toml.5"),
        ]:
            text = render(page)[0]
            wanted = keys(example)
            self.assertGreater(len(wanted), 20)
            self.assertEqual({key for key in wanted if key not in text}, set(), page)

    def test_every_command_and_option_is_in_the_page(self):
        text = render("rosterd.1")[0]
        found = commands()
        self.assertGreater(len(found), 10)
        for command, options in found:
            with self.subTest(command):
                self.assertIn(f"rosterd {command}", text)
                self.assertEqual({option for option in options if option not in text}, set())


if __name__ == "__main__":
    if not shutil.which("groff"):
        print("there is no groff (Debian's package groff-base)")
        sys.exit(SKIPPED)
    FOLDER = pathlib.Path(sys.argv[1])
    PROGRAM = sys.argv[2]
    unittest.main(argv=sys.argv[:1])
