"""What changes something: asked for in a dialog, sent as it was asked, told as it was answered."""

import sample_answers
from browser import until
from page_case import PageTest
from views_test import UNREADABLE


class Replay(PageTest):
    def ask_for_two(self):
        self.visit("#/events?state=dead", scene="fire")
        self.click("Select all 2 dead")
        self.click("Replay 2 selected…")
        self.browser.sees("Replay 2 dead events?", "dialog")

    def test_asks_first_and_sends_which_and_who(self):
        self.ask_for_two()
        self.browser.sees("949: person.left of 5003 (ambiguous account)", "dialog")
        self.assertEqual(self.daemon.asked("POST", "/api/events/replay"), [])
        self.fill_in("#ask-by", "Anna Álvarez")
        self.click("Replay 2 events")
        self.assertEqual(
            self.posted("/api/events/replay"), [{"ids": [949, 946], "by": "Anna Álvarez"}]
        )
        self.browser.sees("Replayed as events 1949, 1946.", "#said")
        self.dialog_closes()

    def test_is_not_done_after_escape_or_cancel(self):
        self.ask_for_two()
        self.browser.press("Escape")
        self.dialog_closes()
        self.click("Replay 2 selected…")
        self.click("Cancel")
        self.dialog_closes()
        self.assertEqual(self.daemon.asked("POST", "/api/events/replay"), [])

    def test_wants_to_know_who_asks_and_remembers_it(self):
        self.ask_for_two()
        self.click("Replay 2 events")
        self.assertTrue(self.dialog_is_open())
        self.fill_in("#ask-by", "   ")
        self.click("Replay 2 events")
        self.assertTrue(self.dialog_is_open())
        self.assertEqual(self.daemon.asked("POST", "/api/events/replay"), [])
        self.fill_in("#ask-by", "ben")
        self.click("Replay 2 events")
        self.dialog_closes()
        self.visit("#/events/949")
        self.click("Replay…")
        self.assertEqual(self.browser.run("return document.querySelector('#ask-by').value"), "ben")

    def test_says_when_nothing_was_dead_any_more(self):
        self.ask_for_two()
        self.daemon.answers_to["/api/events/replay"] = [(200, {"ids": []})]
        self.fill_in("#ask-by", "ben")
        self.click("Replay 2 events")
        self.browser.sees("Nothing was replayed", "#said")


class Holds(PageTest):
    def setUp(self):
        super().setUp()
        self.daemon.play("fire")

    def decide(self, button, verb, by="anna", note=""):
        self.click(button)
        self.fill_in("#ask-by", by)
        if note:
            self.fill_in("#ask-note", note)
        self.click(verb)

    def test_show_what_would_go_by_person_and_by_group(self):
        self.visit_hold()
        self.browser.sees("7 people have left within 24 h; 5 may without approval.", "main")
        rows = (
            "return [...document.querySelectorAll('tbody tr')].map((one) =>"
            " one.innerText.replace(/\\s+/g, ' ').trim())"
        )
        by_person = self.browser.run(rows)
        self.assertEqual(len(by_person), 7)
        self.assertIn("− Staff − Engineering − Developer@a1b2c3 status left since", by_person[1])
        self.click("By group")
        by_group = self.browser.run(rows)
        self.assertTrue(by_group[0].startswith("Staff group 7 − 5001 − 5002"), by_group)
        self.assertEqual(len(by_group), 4)

    def test_are_approved_after_saying_what_will_happen(self):
        hold = self.visit_hold()
        self.click("Approve all…")
        self.browser.sees("20 assignments of 7 people will be removed from the tenant.", "dialog")
        self.browser.sees("7 of these people have left.", "dialog")
        self.browser.sees("Groups and roles (4)", "dialog")
        self.assertEqual(self.daemon.asked("POST", "/api/holds/decide"), [])
        self.fill_in("#ask-by", "anna")
        self.fill_in("#ask-note", "the site in Lyon was closed")
        self.click("Remove 20 assignments")
        self.assertEqual(
            self.posted("/api/holds/decide"),
            [
                {
                    "hash": hold["hash"],
                    "approve": True,
                    "by": "anna",
                    "note": "the site in Lyon was closed",
                }
            ],
        )
        self.browser.sees("Approved: 20 assignments of 7 people will be removed.", "#said")
        self.browser.sees("and being carried out", "main")

    def test_are_approved_for_some_people_alone(self):
        self.expected_refusals = 1
        hash = self.visit_hold()["hash"]
        for person in ("5002", "5005"):
            self.browser.click(self.browser.find("[aria-label='Select %s']" % person))
        self.click("Approve 2 selected people…")
        self.browser.sees(
            "The other 14 assignments of this hold still wait for a decision.", "dialog"
        )
        self.fill_in("#ask-by", "anna")
        self.click("Remove 6 assignments")
        self.assertEqual(
            self.posted("/api/holds/decide"),
            [
                {
                    "hash": hash,
                    "people": ["5002", "5005"],
                    "approve": True,
                    "by": "anna",
                    "note": "",
                }
            ],
        )

    def test_are_rejected_after_a_warning_about_leavers(self):
        hold = self.visit_hold()
        self.click("Reject all…")
        self.browser.sees("7 people who have left keep access.", "dialog")
        self.fill_in("#ask-by", "anna")
        self.click("Keep 20 assignments")
        self.assertEqual(
            self.posted("/api/holds/decide"),
            [{"hash": hold["hash"], "approve": False, "by": "anna", "note": ""}],
        )
        self.browser.sees("nothing of it is done", "main")
        self.assertEqual(self.browser.text("main").count("Reject all"), 0)
        self.browser.button("Approve all…")

    def test_that_have_changed_are_shown_anew_and_approved_by_the_new_hash(self):
        self.expected_refusals = 1
        hold = self.visit_hold()
        now = dict(hold, hash=sample_answers.digest("another"))
        now["removals"] = hold["removals"][1:] + [sample_answers.removal("5099", "Finance")]
        said = "not approved: people, policy or tenant have moved since"
        self.daemon.answers_to["/api/holds/decide"] = [
            (409, {"error": said, "hold": now}),
            (200, {"result": "decided", "hold": now}),
        ]
        self.decide("Approve all…", "Remove 20 assignments")
        self.browser.sees("The plan has changed; nothing was done.", "dialog")
        self.browser.sees("New in the plan: 1", "dialog")
        self.browser.sees("+ Finance of 5099", "dialog")
        self.browser.sees("− Staff of 5001", "dialog")
        self.browser.sees("20 assignments of 8 people will be removed", "dialog")
        self.assertEqual(len(self.daemon.asked("POST", "/api/holds/decide")), 1)
        self.click("Remove 20 assignments")
        until(
            lambda: len(self.daemon.asked("POST", "/api/holds/decide")) == 2, "the second decision"
        )
        self.assertEqual(self.daemon.asked("POST", "/api/holds/decide")[1]["hash"], now["hash"])
        self.dialog_closes()

    def test_are_followed_when_others_join_them_and_say_so(self):
        self.expected_refusals = 1
        hold = self.visit_hold()
        hold["hash"] = sample_answers.digest("grown")
        hold["removals"] = hold["removals"] + [sample_answers.removal("5099", "Finance")]
        self.browser.sees("The plan has changed since you began to read it.", "main [role=alert]")
        self.browser.sees("+ Finance of 5099", "main [role=alert]")
        self.browser.sees("21 assignments of 8 people", "main")
        self.click("I have seen it")
        until(lambda: self.browser.text("main [role=alert]") == "", "the note to go")
        self.decide("Approve all…", "Remove 21 assignments")
        self.assertEqual(self.posted("/api/holds/decide")[0]["hash"], hold["hash"])

    def test_decided_in_part_do_not_say_that_somebody_changed_them(self):
        self.expected_refusals = 1
        self.visit_hold()
        self.browser.click(self.browser.find("[aria-label='Select 5002']"))
        self.decide("Approve 1 selected person…", "Remove 3 assignments")
        self.browser.sees("17 assignments of 6 people", "main")
        self.assertEqual(self.browser.text("main [role=alert]"), "")

    def test_of_which_nothing_is_left_are_not_approved(self):
        self.expected_refusals = 1
        self.visit_hold()
        self.daemon.answers_to["/api/holds/decide"] = [
            (409, {"error": "not approved", "hold": None})
        ]
        self.decide("Approve all…", "Remove 20 assignments")
        self.browser.sees("Nothing is left to decide", "dialog")
        self.click("Close")
        self.dialog_closes()
        self.assertEqual(len(self.daemon.asked("POST", "/api/holds/decide")), 1)

    def test_stay_undecided_when_the_tenant_cannot_be_read(self):
        self.expected_refusals = 1
        self.visit_hold()
        self.daemon.answers_to["/api/holds/decide"] = [
            (503, {"error": "the tenant could not be read to see that nothing has moved: 503"})
        ]
        self.decide("Approve all…", "Remove 20 assignments", note="kept")
        self.browser.sees("Not done: the tenant could not be read", "dialog [role=alert]")
        self.assertEqual(
            self.browser.run("return document.querySelector('#ask-note').value"), "kept"
        )
        self.browser.button("Remove 20 assignments")

    def test_say_that_nobody_knows_when_no_answer_comes(self):
        self.expected_refusals = 1
        self.visit_hold()
        self.click("Approve all…")
        self.fill_in("#ask-by", "anna")
        self.daemon.reachable = False
        self.click("Remove 20 assignments")
        self.browser.sees("It may have been done, or not", "dialog [role=alert]")

    def test_can_be_approved_with_the_keyboard_alone(self):
        self.visit()
        self.browser.press("Tab")
        self.assertEqual(self.browser.focused(), "Skip to content")
        self.tab_to("Look and decide")
        self.browser.press("Enter")
        self.browser.sees("More people have left than may without approval", "h1")
        until(
            lambda: self.browser.run("return document.activeElement.nodeName") == "H1",
            "the heading",
        )
        self.tab_to("Approve all…")
        self.browser.press("Enter")
        until(self.dialog_is_open, "the dialog")
        self.assertEqual(self.browser.run("return document.activeElement.id"), "ask-by")
        self.browser.press(*"anna")
        self.tab_to("Remove 20 assignments")
        self.browser.press("Enter")
        self.assertEqual(len(self.posted("/api/holds/decide")), 1)
        self.dialog_closes()

    def test_keep_the_keyboard_in_the_dialog_until_escape_gives_it_back(self):
        self.visit_hold()
        self.browser.run(
            "[...document.querySelectorAll('button')].find((one) =>"
            " one.textContent === 'Reject all…').focus()"
        )
        self.browser.press("Enter")
        until(self.dialog_is_open, "the dialog")
        for _ in range(12):
            self.browser.press("Tab")
            self.assertTrue(
                self.browser.run(
                    "const one = document.activeElement;"
                    " return one === document.body || one.closest('dialog') !== null"
                )
            )
        self.browser.press("Escape")
        self.dialog_closes()
        self.assertEqual(self.browser.focused(), "Reject all…")

    def test_dialogs_can_be_read_and_fit(self):
        self.visit_hold()
        for scheme in ("light", "dark"):
            self.browser.prefer(scheme)
            for button in ("Approve all…", "Reject all…"):
                self.click(button)
                self.assertEqual(self.browser.run(UNREADABLE), [], scheme)
                self.browser.press("Escape")
                self.dialog_closes()
        self.browser.resize(360, 700)
        self.click("Approve all…")
        box = self.browser.run(
            "const one = document.querySelector('dialog');"
            " const box = one.getBoundingClientRect();"
            " return [box.left, box.right, one.scrollWidth - one.clientWidth]"
        )
        self.assertGreaterEqual(box[0], 0)
        self.assertLessEqual(box[1], 360)
        self.assertEqual(box[2], 0)

    def tab_to(self, text):
        for _ in range(40):
            self.browser.press("Tab")
            if self.browser.focused().startswith(text):
                self.assertNotEqual(
                    self.browser.run(
                        "return getComputedStyle(document.activeElement).outlineStyle"
                    ),
                    "none",
                )
                return
        self.fail("the Tab key does not lead to " + text)


class HeldLeavers(PageTest):
    def test_are_at_the_top_of_every_view_until_somebody_decides(self):
        for hash in ("#/", "#/files", "#/people/4711"):
            self.visit(hash, scene="fire")
            self.assertEqual(
                self.browser.text("#alarms h2"),
                "7 people have left and keep access until somebody decides",
            )
            self.assertIn("5004", self.browser.text("#alarms"))
        self.daemon.answers["status"]["held_leavers"] = []
        until(lambda: self.browser.text("#alarms") == "", "the alarm to end")

    def test_lead_to_the_hold_that_is_about_them(self):
        self.visit("#/files", scene="fire")
        self.click("Look and decide")
        self.browser.sees("More people have left than may without approval", "h1")
