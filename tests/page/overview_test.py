"""What is happening, in sentences, figures and plots."""

import re

from browser import until
from page_case import PageTest


class Overview(PageTest):
    def test_says_what_is_happening(self):
        self.visit()
        text = re.sub(r"\s+", " ", self.browser.text("main"))
        for said in (
            "Nothing needs you.",
            "Open events 13 oldest received 1 min ago",
            "Time to revoke 1.9 s median; 99 % within 11 s over 31 removals",
            "Tenant answers 14 calls in the last minute pace 2 a second",
            "Tenant’s storage 41 % 208 KiB of 500 KiB",
            "Last reconciliation 1 h ago",
            "6 differences found",
            "People 1,843",
            "applied 10,482 done, and seen in the tenant",
        ):
            self.assertIn(said, text)

    def test_tells_the_worst_first_and_leads_there(self):
        self.visit(scene="fire")
        needs = self.browser.run(
            "return [...document.querySelectorAll('.needs li')].map((one) =>"
            " one.textContent.replace(/\\s+/g, ' ').trim())"
        )
        self.assertEqual([one.split(":")[0] for one in needs], ["Urgent"] * 5 + ["To look at"] * 6)
        for said in (
            "Not ready: no call to the tenant has worked",
            "the token endpoint answered 401",
            "the breaker is open",
            "storage is 96 % full",
            "1 leaver’s last event is dead",
            "2 assignments are contended",
            "14 assignments would go within 1 h",
            "2 events are dead",
            "3 ways are left",
            "1 of the last ten files was refused",
        ):
            self.assertTrue(any(said in one for one in needs), said)
        self.click("See dead events")
        self.browser.sees("Events", "h1")
        self.assertEqual(self.browser.run("return location.hash"), "#/events?state=dead")

    def test_of_a_new_installation_has_no_figures_yet(self):
        self.visit(scene="empty")
        for said in (
            "Nothing needs you.",
            "nobody has left since the start",
            "not read yet",
            "none yet",
            "Nothing has been recorded yet",
        ):
            self.browser.sees(said, "main")


class Plots(PageTest):
    def values(self):
        return self.browser.run(
            "return [...document.querySelectorAll('[role=slider]')].map((one) =>"
            " one.getAttribute('aria-valuetext'))"
        )

    def test_tell_the_values_of_a_moment_to_the_keyboard_in_all_plots_at_once(self):
        self.visit()
        latest = self.values()
        self.assertEqual(len(latest), 4)
        self.assertRegex(latest[0], r"^latest, \d\d:\d\d – \d\d:\d\d: open \d+, held 0, dead 0$")
        self.browser.run("document.querySelector('[role=slider]').focus()")
        self.browser.press("Home")
        first = self.values()
        self.browser.press("Right")
        self.assertEqual(len(set(latest + first + self.values())), 12)
        moments = {one.split(": ")[0] for one in self.values()}
        self.assertEqual(len(moments), 1, moments)

    def test_follow_the_pointer(self):
        self.visit()
        before = self.browser.text(".readout")
        area = self.browser.run(
            "const box = document.querySelector('.plot-area').getBoundingClientRect();"
            " return [box.x, box.y, box.width, box.height]"
        )
        self.browser.devtools(
            "Input.dispatchMouseEvent",
            type="mouseMoved",
            x=area[0] + area[2] / 2,
            y=area[1] + area[3] / 2,
        )
        until(lambda: self.browser.text(".readout") != before, "the values of another moment")
        self.assertEqual(
            self.browser.run("return document.querySelectorAll('.cursor line').length"), 4
        )

    def test_have_axes_with_units_and_times(self):
        self.visit()
        labels = self.browser.run(
            "return [...document.querySelectorAll('.canvas')].map((one) =>"
            " [...one.querySelectorAll('text')].map((text) => text.textContent))"
        )
        self.assertIn("15 min", labels[1])
        for plot in labels:
            self.assertGreaterEqual(
                len([one for one in plot if re.fullmatch(r"\d\d:\d\d", one)]), 4
            )
            self.assertIn("0", plot)
        self.assertEqual(
            self.browser.run(
                "return [...document.querySelectorAll('.plot-note')]"
                ".filter((one) => one.textContent.includes('5 minutes')).length"
            ),
            4,
        )

    def test_say_the_same_in_a_table(self):
        self.visit()
        self.browser.click(self.browser.find("summary"))
        rows = until(
            lambda: self.browser.run(
                "return [...document.querySelectorAll('.plot-table tr')].map((one) => one.innerText)"
            ),
            "rows",
        )
        self.assertEqual(rows[0].split("\t"), ["From", "open", "held", "dead"])
        self.assertIn(len(rows), (25, 26))
        self.assertGreater(max(int(row.split("\t")[1].replace(",", "")) for row in rows[1:]), 160)
        self.refreshed()
        self.assertTrue(self.browser.run("return document.querySelector('.plot details').open"))

    def test_leave_open_what_nobody_knows(self):
        self.visit(scene="fire")
        self.assertEqual(self.browser.run("return document.querySelectorAll('.gap').length"), 4)

    def test_of_a_daemon_that_has_just_begun_show_what_there_is(self):
        self.daemon.play("normal")
        points = self.daemon.answers["history"]["points"]
        self.daemon.answers["history"]["points"] = points[-12:]
        self.visit()
        pressed = self.browser.run(
            "return document.querySelector('.choice [aria-pressed=true]').textContent"
        )
        self.assertEqual(pressed, "1 hour")
        self.assertEqual(self.browser.run("return document.querySelectorAll('.gap').length"), 0)
        self.assertNotIn("–", self.browser.text(".legend"))

    def test_can_be_looked_at_closer(self):
        self.visit()
        self.click("1 hour")
        until(
            lambda: self.browser.run("return document.querySelector('[role=slider]').ariaValueMax")
            == "59",
            "an hour of minutes",
        )
