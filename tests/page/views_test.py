"""What must be true of every view, whatever the daemon says."""

import re
import unittest

from fake_daemon import PAGE
from page_case import PageTest
from take_screenshots import VIEWS, address


class Sight:
    """What a view looked like, once."""

    def __init__(self, browser, scene, scheme, view):
        self.what = "%s of scene %s, %s" % (view, scene, scheme)
        self.text = browser.text()
        self.unreadable = browser.run(UNREADABLE)
        self.levels = browser.run(
            "return [...document.querySelectorAll('main :is(h1,h2,h3,h4)')]"
            ".map((one) => Number(one.nodeName[1]))"
        )
        self.bad_tables = browser.run(
            "return [...document.querySelectorAll('table')].filter((one) => !one.ariaLabel ||"
            " [...one.querySelectorAll('th')].some((th) => !th.scope)).length"
        )
        self.turned = browser.run(TURNED)
        tree = browser.devtools("Accessibility.getFullAXTree")["nodes"]
        self.operable = [
            (node["role"]["value"], node.get("name", {}).get("value", "").strip())
            for node in tree
            if not node["ignored"] and node["role"]["value"] in OPERABLE
        ]
        browser.resize(360, 800)
        self.width = browser.run("return document.documentElement.scrollWidth")
        self.widest = browser.run(WIDEST)
        browser.resize(1280, 900)


class EveryView(PageTest):
    """Each view of each scene is looked at once; the tests are about all of them."""

    sights = []

    def setUp(self):
        super().setUp()
        if not self.sights:
            self.browser.devtools("Accessibility.enable")
            for scene, scheme in [
                ("normal", "light"),
                ("empty", "light"),
                ("fire", "light"),
                ("fire", "dark"),
                ("hostile", "dark"),
            ]:
                self.look_at(scene, scheme)
            self.browser.devtools("Accessibility.disable")
            self.browser.prefer("light")

    def look_at(self, scene, scheme):
        self.daemon.play(scene)
        self.browser.prefer(scheme)
        answers = self.daemon.answers
        for view in VIEWS:
            if view == "hold" and not answers["holds"] or view == "event" and not answers["events"]:
                continue
            self.visit(address(view, answers))
            self.sights.append(Sight(self.browser, scene, scheme, view))

    def test_shows_sentences_and_never_the_absence_of_a_value(self):
        absent = re.compile(r".*\b(?:undefined|NaN|null|Invalid Date|\[object \w+\])")
        self.assertEqual(
            {one.what: found for one in self.sights if (found := absent.findall(one.text))}, {}
        )

    def test_fits_into_360_pixels(self):
        self.assertEqual({one.what: one.widest for one in self.sights if one.width > 360}, {})

    def test_has_text_that_can_be_read_on_its_ground(self):
        self.assertEqual({one.what: one.unreadable for one in self.sights if one.unreadable}, {})

    def test_names_whatever_can_be_operated(self):
        for one in self.sights:
            self.assertGreater(len(one.operable), 9, one.what)
            self.assertEqual([role for role, name in one.operable if name == ""], [], one.what)

    def test_has_one_first_heading_and_skips_no_level(self):
        for one in self.sights:
            self.assertEqual(one.levels[0], 1, one.what)
            self.assertEqual(one.levels.count(1), 1, one.what)
            steps = [after - before for before, after in zip(one.levels, one.levels[1:])]
            self.assertLessEqual(max(steps, default=0), 1, one.what)

    def test_has_tables_with_a_name_and_scoped_headers(self):
        self.assertEqual([one.what for one in self.sights if one.bad_tables], [])

    def test_lets_no_name_turn_the_words_around_it(self):
        self.assertEqual({one.what: one.turned for one in self.sights if one.turned}, {})


# What holds a text that turns the direction of writing, and does not isolate it.
TURNED = """
  return [...document.querySelectorAll('body *')].filter((one) => [...one.childNodes].some((node) =>
    node.nodeType === Node.TEXT_NODE && node.data.includes('\\u202e')) &&
    !one.closest('bdi, option, title')).map((one) => one.outerHTML.slice(0, 200))"""

OPERABLE = ["button", "link", "textbox", "searchbox", "checkbox", "combobox", "slider"]

WIDEST = """
  return [...document.querySelectorAll('body *')].filter((one) =>
    one.getBoundingClientRect().right > 360.5).map((one) => one.outerHTML.slice(0, 120)).slice(0, 3)
    .join('; ')"""

# Text whose contrast with what is behind it is below 4.5, as WCAG 2 computes it.
UNREADABLE = """
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const linear = (value) => value / 255 <= 0.04045 ? value / 255 / 12.92
    : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) =>
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((one, i) => one * a + below[i] * (1 - a));
  const groundOf = (one) => {
    if (one === null) return channels(getComputedStyle(document.body).backgroundColor);
    const own = channels(getComputedStyle(one).backgroundColor);
    return (own[3] ?? 1) === 1 ? own.slice(0, 3) : over(own, groundOf(one.parentElement));
  };
  const opacityOf = (one) => one === null ? 1
    : Number(getComputedStyle(one).opacity) * opacityOf(one.parentElement);
  const found = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const one = words.currentNode.parentElement;
    const text = words.currentNode.data.trim();
    if (text === '' || !one.checkVisibility()) continue;
    if (one.closest('.unseen, noscript, [aria-hidden=true]')) continue;
    const style = getComputedStyle(one);
    const ground = groundOf(one);
    const ink = channels(one instanceof SVGElement ? style.fill : style.color);
    ink[3] = (ink[3] ?? 1) * opacityOf(one);
    const [light, dark] = [luminance(over(ink, ground)), luminance(ground)].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) found.push(`${text.slice(0, 40)}: ${contrast.toFixed(2)}`);
  }
  return [...new Set(found)];"""


class HostileNames(PageTest):
    def test_are_text_and_nothing_else(self):
        self.daemon.play("hostile")
        for view in VIEWS:
            with self.subTest(view=view):
                self.visit(address(view, self.daemon.answers))
                found = self.browser.run(
                    "return [document.title.includes('broken'),"
                    " document.querySelectorAll('img').length,"
                    " document.querySelectorAll('script').length, [...document.links].map((one) =>"
                    " one.href).filter((href) => !href.startsWith(location.origin + '/#'))]"
                )
                self.assertEqual(found, [False, 1, 1, []])


class Files(unittest.TestCase):
    def test_of_the_page_ask_for_nothing_outside_and_make_no_markup_of_text(self):
        for path in sorted(PAGE.iterdir()):
            text = path.read_text(encoding="utf-8")
            with self.subTest(file=path.name):
                outside = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[\w./]*", text))
                self.assertLessEqual(outside, {"http://www.w3.org/2000/svg"})
                self.assertNotRegex(
                    text, r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\("
                )
                self.assertNotRegex(text, r"<[^>]*\s(?:style|on\w+)=")
        self.assertLess(sum(path.stat().st_size for path in PAGE.iterdir()), 150_000)
