"""What all tests of the page share: a daemon, a browser, and what a person does with them."""

import functools
import unittest

from browser import Browser, until
from fake_daemon import FakeDaemon

REFRESH_SECONDS = 0.25


@functools.cache
def the_browser():
    """One for all tests: starting it takes longer than most of them."""
    return Browser()


def stop_the_browser():
    if the_browser.cache_info().currsize > 0:
        the_browser().quit()


class PageTest(unittest.TestCase):
    """Opens the page anew for each test, and sees to it afterwards that the console is silent and
    that nobody but the daemon was asked for anything."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = FakeDaemon(refresh_seconds=REFRESH_SECONDS)
        cls.addClassCleanup(cls.daemon.stop)
        cls.browser = the_browser()

    def setUp(self):
        self.expected_refusals = 0
        self.browser.resize(1280, 900)
        self.browser.prefer("light")
        self.daemon.play("normal")
        self.browser.open(self.daemon.url)
        self.browser.run("localStorage.clear(); sessionStorage.clear();")
        self.browser.open("about:blank")
        self.browser.errors()
        self.browser.requested()

    def tearDown(self):
        self.browser.open("about:blank")
        elsewhere = [
            url
            for url in self.browser.requested()
            if not url.startswith((self.daemon.url, "about:"))
        ]
        self.assertEqual(elsewhere, [])
        complaints = self.browser.errors()
        refusals = [one for one in complaints if "Failed to load resource" in one]
        self.assertEqual([one for one in complaints if one not in refusals], [])
        if self.expected_refusals == 0:
            self.assertEqual(refusals, [])

    def visit(self, hash="#/", scene=None):
        if scene is not None:
            self.daemon.play(scene)
        self.browser.open("about:blank")
        self.browser.open(self.daemon.url + hash)
        self.arrived()

    def arrived(self):
        until(
            lambda: self.browser.run(
                "return document.querySelector('main h1') &&"
                " !document.querySelector('main [aria-busy]')"
            ),
            "the view",
        )

    def visit_hold(self, number=0):
        hold = self.daemon.answers["holds"][number]
        self.visit("#/holds/" + hold["hash"])
        return hold

    def refreshed(self, times=2):
        """Waits until the daemon was asked this often again."""
        before = len(self.daemon.asked("GET", "/api/status"))
        until(lambda: len(self.daemon.asked("GET", "/api/status")) >= before + times, "a refresh")

    def click(self, text):
        self.browser.click(self.browser.button(text))

    def fill_in(self, selector, text):
        self.browser.type(self.browser.find(selector), text)

    def posted(self, path):
        return until(lambda: self.daemon.asked("POST", path), "a POST to " + path)

    def rows(self):
        return self.browser.run("return document.querySelectorAll('tbody tr').length")

    def dialog_is_open(self):
        return self.browser.run("return document.querySelector('dialog[open]') !== null")

    def dialog_closes(self):
        until(lambda: not self.dialog_is_open(), "the dialog to close")
