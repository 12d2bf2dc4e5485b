"""People, events and drift: finding them, and reading why."""

import sample_answers
from browser import until
from page_case import PageTest


class People(PageTest):
    def test_are_found_while_typing_and_the_number_is_said(self):
        self.visit("#/people")
        self.fill_in("#search", "chiara")
        self.browser.sees("1 found.", "#spoken")
        self.assertEqual(self.rows(), 1)
        self.assertIn("/api/people?search=chiara&limit=50", self.daemon.paths())
        self.assertEqual(self.browser.run("return document.activeElement.id"), "search")
        self.browser.type(self.browser.find("#search"), "xyz")
        self.browser.sees("Nobody was found.", "main")

    def test_are_explained(self):
        self.visit("#/people")
        self.click("4711")
        self.browser.sees("Anna Álvarez", "h1")
        text = self.browser.text("main")
        for said in (
            "status active, start_date 2024-05-01 has come",
            "auth0|4711, found by the e-mail",
            "Has 2",
            "rule engineers gives it; granted",
            "Should have, and has not 1",
            "the tenant answered 503",
            "Has, and would lose, but it waits for approval",
            "Has by other ways",
            "role of group Engineering",
            "Rules that do not apply",
            "level is 3, and must be at least 5",
            "atlas, borealis",
            "no event says so",
        ):
            self.assertIn(said, text)
        self.assertEqual(self.browser.run("return document.activeElement.nodeName"), "H1")
        self.click("Decide about the hold")
        until(
            lambda: sample_answers.digest("hold 2") in self.browser.run("return location.hash"),
            "the hold",
        )
        self.expected_refusals = 1

    def test_are_explained_from_the_store_which_is_said(self):
        self.daemon.play("normal")
        self.daemon.answers["explanation"] |= {"tenant_asked": False, "tenant_read": False}
        self.visit("#/people/4711")
        self.browser.sees("This is what the store knows of the tenant.", "main")
        self.browser.sees("rosterd people explain 4711", "main")

    def test_with_odd_ids_are_asked_for_by_exactly_that_id(self):
        self.visit("#/people", scene="hostile")
        self.click("../../etc/passwd")
        self.arrived()
        path = "/api/people/..%2F..%2Fetc%2Fpasswd%3Fx%3D1%23%2Fholds/explanation"
        until(lambda: path in self.daemon.paths(), path)


class Events(PageTest):
    def test_are_filtered_by_the_daemon_and_the_address_says_so(self):
        self.visit("#/events", scene="fire")
        self.browser.run(
            "const one = document.querySelector('#filter-state'); one.value = 'dead';"
            " one.dispatchEvent(new Event('change', {bubbles: true}))"
        )
        until(lambda: self.rows() == 2, "two")
        self.assertEqual(self.browser.run("return location.hash"), "#/events?state=dead")
        self.browser.sees("Several accounts answer to this person. Give the right one as user_id.")
        self.browser.run("history.back()")
        until(lambda: self.rows() == 50, "all")

    def test_go_back_in_pages(self):
        self.visit("#/events")
        oldest = self.daemon.answers["events"][-1]["id"]
        self.click("Older")
        until(
            lambda: "/api/events?before=%d&limit=50" % oldest in self.daemon.paths(), "older ones"
        )
        self.browser.sees("No event fits.")
        self.click("Newest")
        self.browser.sees("950", "main")

    def test_tell_one_whole(self):
        self.visit("#/events/949", scene="fire")
        for said in (
            "dead",
            "3 users of the tenant have the address",
            "person.left (partial) from hr",
            "evt-00000949",
            "the connection was refused",
            "add members",
            "HTTP 204",
            "lost 1 time",
            "cleared",
        ):
            self.browser.sees(said, "main")

    def test_that_are_gone_are_said_to_be_gone(self):
        self.expected_refusals = 1
        self.visit("#/events/1")
        self.browser.sees("There is no event of this number", "main")


class Drift(PageTest):
    def test_is_told_by_kind_with_what_is_contended(self):
        self.visit("#/drift", scene="fire")
        chips = self.browser.text(".chips").split()
        self.assertEqual(
            " ".join(chips),
            "All 5 Missing 2 Unexpected 1 Foreign 1 Orphan account 1 "
            "Contended 2 Repaired lately 1",
        )
        self.click("Contended")
        until(lambda: self.rows() == 2, "two")
        self.assertEqual(self.browser.text("tbody").count("contended"), 2)

    def test_is_sorted_by_any_column_and_says_how(self):
        self.visit("#/drift", scene="fire")
        order = (
            "return [document.querySelector('th[aria-sort]:nth-child(7)').ariaSort,"
            " [...document.querySelectorAll('tbody td:last-child')]"
            ".map((one) => parseInt(one.innerText))]"
        )
        self.assertEqual(self.browser.run(order)[0], "none")
        self.click("Seen")
        self.assertEqual(self.browser.run(order), ["ascending", [1, 1, 1, 4, 9]])
        self.click("Seen")
        self.assertEqual(self.browser.run(order), ["descending", [9, 4, 1, 1, 1]])
        self.assertTrue(self.browser.focused().startswith("Seen"))

    def test_is_looked_for_at_once_and_repaired_after_asking(self):
        self.visit("#/drift", scene="fire")
        self.click("Compare now")
        self.assertEqual(self.posted("/api/reconcile"), [{"repair": False}])
        self.browser.sees("Compared 1,843 people with the tenant: 6 differences.", "#said")
        self.click("Compare and repair…")
        self.browser.sees("Budgets hold as always", "dialog")
        self.assertEqual(len(self.daemon.asked("POST", "/api/reconcile")), 1)
        self.click("Repair")
        until(lambda: len(self.daemon.asked("POST", "/api/reconcile")) == 2, "the repair")
        self.assertEqual(self.daemon.asked("POST", "/api/reconcile")[1], {"repair": True})
