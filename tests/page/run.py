#!/usr/bin/env python3
"""Tests the operator's page in Chromium, against canned answers: run.py [NAME …], as unittest takes
them. Says what is missing and exits with 77 where there is no Chromium."""

import pathlib
import sys
import unittest

from browser import missing_programs
from page_case import stop_the_browser

SKIPPED = 77


def main():
    missing = missing_programs()
    if missing:
        print(
            "skipped: %s not installed; Debian has them in chromium and chromium-driver"
            % (" and ".join(missing) + (" is" if len(missing) == 1 else " are"))
        )
        return SKIPPED
    loader = unittest.defaultTestLoader
    if len(sys.argv) > 1:
        tests = loader.loadTestsFromNames(sys.argv[1:])
    else:
        tests = loader.discover(pathlib.Path(__file__).parent, "*_test.py")
    try:
        result = unittest.TextTestRunner(verbosity=2).run(tests)
    finally:
        stop_the_browser()
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
