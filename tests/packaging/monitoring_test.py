#!/usr/bin/env python3
"""Alert rules and dashboard: promtool understands them, the metrics they name are told by the
program, and every alert has its place in the runbook.

monitoring_test.py; ends with 77 when there is no promtool."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "docs/prometheus/rosterd.rules.yml"
DASHBOARD = ROOT / "docs/grafana/rosterd.json"
RUNBOOK = ROOT / "docs/OPERATIONS.md"
SOURCES = ROOT / "src/adapters/prometheus"
METRIC = re.compile(r"\b(?:rosterd|process)_[a-z0-9_]+\b")
SKIPPED = 77


def promtool(*arguments, folder=ROOT):
    return subprocess.run(
        ["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def dashboard_expressions():
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    expressions = [one["expr"] for panel in board["panels"] for one in panel.get("targets", [])]
    expressions += [one["expr"] for one in board["annotations"]["list"]]
    return [
        expression.replace("$__rate_interval", "5m").replace("$instance", ".*")
        for expression in expressions
    ]


def rule_expressions():
    """The text of the rules without their labels and annotations."""
    text = RULES.read_text(encoding="utf-8")
    return re.findall(r"^ +expr: (.*?)(?=^ +(?:for|labels):)", text, re.MULTILINE | re.DOTALL)


def metrics_in(expressions):
    names = {name for expression in expressions for name in METRIC.findall(expression)}
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}


def told_metrics():
    told = set()
    for source in SOURCES.glob("*.cpp"):
        told |= set(re.findall(r'"((?:rosterd|process)_[a-z0-9_]+)"', source.read_text()))
    return told


class Monitoring(unittest.TestCase):
    def test_promtool_understands_the_rules(self):
        checked = promtool("check", "rules", str(RULES))
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_alerts_fire_when_they_should_and_not_else(self):
        tested = promtool("test", "rules", "alerts_test.yml", folder=ROOT / "tests/packaging")
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)

    def test_every_alert_is_tested(self):
        alerts = set(re.findall(r"- alert: (\w+)", RULES.read_text(encoding="utf-8")))
        tested = (ROOT / "tests/packaging/alerts_test.yml").read_text(encoding="utf-8")
        named = re.findall(r'exp_samples.*?(?=expr:|name:|\Z)|exp_labels', tested, re.DOTALL)
        fired = set(re.findall(r'alertname="(\w+)"', " ".join(named)))
        fired |= set(re.findall(r"alertname: (\w+)\n +exp_alerts:\n", tested))
        self.assertEqual(alerts - fired, set())

    def test_promtool_understands_the_dashboard(self):
        rules = [
            {"record": f"panel:{number}", "expr": expression}
            for number, expression in enumerate(dashboard_expressions())
        ]
        self.assertGreater(len(rules), 20)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "dashboard.yml"
            # JSON is YAML.
            file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
            checked = promtool("check", "rules", "--lint=none", str(file))
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_panels_do_not_overlap(self):
        taken = {}
        for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
            place = panel["gridPos"]
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    self.assertNotIn((x, y), taken, panel["title"])
                    self.assertLess(x, 24, panel["title"])
                    taken[x, y] = panel["title"]

    def test_what_is_asked_for_is_told_by_the_program(self):
        told = told_metrics()
        self.assertGreater(len(told), 20)
        asked = metrics_in(rule_expressions() + dashboard_expressions())
        self.assertEqual(asked - told, set())

    def test_every_alert_has_its_place_in_the_runbook(self):
        rules = RULES.read_text(encoding="utf-8")
        alerts = re.findall(r"- alert: (\w+)", rules)
        links = re.findall(r"runbook_url: (\S+)", rules)
        self.assertEqual(links, [f"docs/OPERATIONS.md#{alert.lower()}" for alert in alerts])
        headings = re.findall(r"^#+ (.*)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in headings}
        self.assertEqual({link.split("#")[1] for link in links} - anchors, set())


if __name__ == "__main__":
    if not shutil.which("promtool"):
        print("there is no promtool (Debian's package prometheus)")
        sys.exit(SKIPPED)
    unittest.main()
