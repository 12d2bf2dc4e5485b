"""The token, and how fresh is what is shown."""

import sample_answers
from browser import until
from page_case import REFRESH_SECONDS, PageTest


class Token(PageTest):
    def setUp(self):
        super().setUp()
        self.expected_refusals = 1
        self.daemon.token = "s3cret-token"

    def enter(self, text):
        self.fill_in("#token", text)
        self.click("Go on")

    def test_is_asked_for_and_kept_for_the_session_alone(self):
        self.visit()
        self.browser.sees("A token is asked for", "h1")
        self.assertEqual(self.browser.run("return document.activeElement.id"), "token")
        self.enter("wrong")
        self.browser.sees("The daemon did not accept this token.", "main [role=alert]")
        self.enter("s3cret-token")
        self.browser.sees("Nothing needs you.", "main")
        kept = self.browser.run(
            "return [JSON.stringify(sessionStorage), JSON.stringify(localStorage),"
            " document.cookie, location.href]"
        )
        self.assertIn("s3cret-token", kept[0])
        self.assertNotIn("s3cret-token", "".join(kept[1:]))
        self.visit("#/files")
        self.browser.sees("people-2026-04-01.csv", "main")

    def test_that_cannot_be_one_is_not_sent(self):
        self.visit()
        asked = len(self.daemon.paths())
        self.enter("two words")
        self.enter("passwört")
        self.assertEqual(len(self.daemon.paths()), asked)

    def test_that_is_not_accepted_any_more_ends_what_is_shown(self):
        self.visit()
        self.enter("s3cret-token")
        self.visit("#/people")
        self.browser.sees("Fatima Zahra")
        self.daemon.token = "another"
        self.browser.sees("A token is asked for", "h1")
        self.assertNotIn("Fatima", self.browser.text())

    def test_can_be_forgotten(self):
        self.visit()
        self.enter("s3cret-token")
        self.click("Forget the token")
        self.browser.sees("A token is asked for", "h1")
        self.assertEqual(self.browser.run("return sessionStorage.length"), 0)


class Freshness(PageTest):
    def test_keeps_itself_up_to_date_and_says_when_it_cannot(self):
        self.expected_refusals = 1
        self.visit()
        self.browser.sees("live", "#liveness")
        self.daemon.answers["status"]["people"] = 1844
        self.browser.sees("1,844", "main")
        self.daemon.reachable = False
        self.browser.sees("The daemon gives no answer", "#alarms [role=alert]")
        self.assertRegex(self.browser.text("#alarms"), r"What you see is from \d\d:\d\d:\d\d")
        self.browser.sees("no answer", "#liveness")
        self.browser.sees("1,844", "main")
        self.daemon.reachable = True
        self.click("Ask now")
        until(lambda: self.browser.text("#alarms") == "", "the end of the alarm")
        self.browser.sees("live", "#liveness")

    def test_says_so_when_the_daemon_was_never_there(self):
        self.expected_refusals = 1
        self.daemon.reachable = False
        self.visit()
        self.browser.sees("The daemon gives no answer", "#alarms")
        self.daemon.reachable = True
        self.browser.sees("Nothing needs you.", "main")

    def asks_no_more(self):
        """Waits for as long as three refreshes would take."""
        before = len(self.daemon.paths())
        self.browser.run(
            "return new Promise((done) => setTimeout(done, %d))" % (REFRESH_SECONDS * 3000)
        )
        return len(self.daemon.paths()) == before

    def test_asks_nothing_while_nobody_looks(self):
        self.visit()
        self.browser.run(
            "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true});"
            " document.dispatchEvent(new Event('visibilitychange'))"
        )
        until(self.asks_no_more, "silence")
        self.browser.run(
            "delete document.hidden;" " document.dispatchEvent(new Event('visibilitychange'))"
        )
        self.refreshed()

    def test_can_be_paused(self):
        self.visit()
        self.click("Pause")
        self.browser.sees("paused", "#liveness")
        until(self.asks_no_more, "silence")
        self.click("Pause")
        self.refreshed()

    def test_disturbs_nobody_who_reads_or_types(self):
        self.visit("#/events", scene="fire")
        self.fill_in("#filter-person", "50")
        self.browser.run("window.seen = document.querySelector('tbody tr:nth-child(3)')")
        self.daemon.answers["events"].insert(0, sample_answers.event(951, person="9999"))
        self.browser.sees("9999", "main")
        self.assertEqual(self.browser.run("return document.activeElement.value"), "50")
        self.assertEqual(
            self.browser.run(
                "return document.querySelector('tbody tr:nth-child(4)') === window.seen"
            ),
            True,
        )

    def test_tells_times_in_the_zone_of_the_reader_or_in_utc(self):
        self.visit("#/events/950")
        received = self.daemon.answers["events"][0]["received_at"]
        cell = "return document.querySelector('dd time').textContent"
        local = self.browser.run(cell)
        self.browser.sees("Times are in Europe/Berlin.", "#foot")
        self.click("Show UTC")
        self.browser.sees("Times are in UTC.", "#foot")
        self.assertIn(received[11:19], self.browser.run(cell))
        self.assertNotEqual(local, self.browser.run(cell))
