#!/usr/bin/env python3
"""Takes pictures of every view of the page, in light and dark, wide and narrow: take_screenshots.py
FOLDER [SCENE]."""

import argparse
import pathlib

import sample_answers
from browser import Browser
from fake_daemon import FakeDaemon

VIEWS = {
    "overview": "#/",
    "people": "#/people",
    "person": "#/people/4711",
    "events": "#/events",
    "event": "#/events/{event}",
    "holds": "#/holds",
    "hold": "#/holds/{hold}",
    "drift": "#/drift",
    "residual": "#/residual",
    "files": "#/files",
}


def address(view, answers):
    hold = answers["holds"][0]["hash"] if answers["holds"] else "none"
    number = answers["events"][1]["id"] if answers["events"] else 1
    return VIEWS[view].format(event=number, hold=hold)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("scene", nargs="?", default="fire", choices=sample_answers.SCENES)
    parser.add_argument("--view", choices=VIEWS)
    parser.add_argument("--scheme", choices=["light", "dark"])
    parser.add_argument("--width", type=int)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    daemon = FakeDaemon(options.scene)
    browser = Browser()
    try:
        for scheme in [options.scheme] if options.scheme else ["light", "dark"]:
            browser.prefer(scheme)
            for width in [options.width] if options.width else [1280, 360]:
                for view in [options.view] if options.view else VIEWS:
                    browser.resize(width)
                    browser.open("about:blank")
                    browser.open(daemon.url + address(view, daemon.answers))
                    browser.find("main h1")
                    browser.run(
                        "return document.fonts.ready.then(() => new Promise((done) =>"
                        " setTimeout(done, 400)))"
                    )
                    height = browser.run("return document.documentElement.scrollHeight")
                    browser.resize(width, min(height, 6000))
                    name = "%s-%s-%s-%d.png" % (options.scene, view, scheme, width)
                    browser.screenshot(options.folder / name)
    finally:
        browser.quit()
        daemon.stop()


if __name__ == "__main__":
    main()
