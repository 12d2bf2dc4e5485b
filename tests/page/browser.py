"""Chromium, driven through chromedriver in the words of the WebDriver protocol; needs nothing but
Python and Debian's chromium and chromium-driver."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Shift": "\ue008",
    "Space": " ",
    "Left": "\ue012",
    "Right": "\ue014",
    "Home": "\ue011",
    "End": "\ue010",
}
PATIENCE_SECONDS = 20


def missing_programs():
    return [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


class BrowserError(Exception):
    pass


def until(condition, what):
    """Waits until `condition` gives something true, and gives that."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.02)


class Browser:
    """One headless window. Stop it with `quit`."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="rosterd-page-")
        environment = dict(
            os.environ,
            TZ="Europe/Berlin",
            HOME=self.folder.name,
            XDG_CONFIG_HOME=self.folder.name,
            XDG_CACHE_HOME=self.folder.name,
        )
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.session = None
        self.requests = []
        try:
            self.base = "http://127.0.0.1:%s" % self.port()
            answer = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": self.wishes()}})
        except BaseException:
            self.quit()
            raise
        self.session = "/session/" + answer["sessionId"]

    def port(self):
        said = ""
        for line in self.driver.stdout:
            said += line
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return found.group(1)
        raise BrowserError("chromedriver did not start: " + said)

    def wishes(self):
        arguments = [
            "--headless=new",
            "--window-size=1280,900",
            "--lang=en-GB",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-prefers-reduced-motion",
            # Whatever is not on this machine does not exist.
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--user-data-dir=" + os.path.join(self.folder.name, "profile"),
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # which root cannot have; it opens our own page alone
        return {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise BrowserError("%s: %s" % (value["error"], value["message"])) from None

    def command(self, path, body=None):
        return self.ask("POST", self.session + path, body or {})

    def quit(self):
        if self.session:
            try:
                self.ask("DELETE", self.session)
            except (BrowserError, OSError):
                pass
        self.driver.terminate()
        try:
            self.driver.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.driver.kill()
            self.driver.wait()
        self.driver.stdout.close()
        self.folder.cleanup()

    # What a person does

    def open(self, url):
        self.command("/url", {"url": url})

    def find(self, selector):
        """The first visible element, as soon as there is one."""
        return until(lambda: self.visible(selector), "an element " + selector)

    def visible(self, selector):
        return self.run(
            "return [...document.querySelectorAll(arguments[0])]"
            ".find((one) => one.checkVisibility())",
            selector,
        )

    def button(self, text):
        """The first visible button or link that is called so."""
        return until(
            lambda: self.run(
                "return [...(document.querySelector('dialog[open]') ?? document)"
                ".querySelectorAll('button, a')].find((one) => one.checkVisibility() && !one.disabled"
                " && one.textContent.trim().startsWith(arguments[0]))",
                text,
            ),
            "a button " + text,
        )

    def click(self, element):
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        self.command("/element/%s/click" % element[ELEMENT])

    def type(self, element, text):
        self.command("/element/%s/value" % element[ELEMENT], {"text": text})

    def press(self, *keys):
        """Presses keys one after the other; `Shift+Tab` holds the first."""
        actions = []
        for key in keys:
            held = [KEYS.get(one, one) for one in key.split("+")]
            actions += [{"type": "keyDown", "value": one} for one in held]
            actions += [{"type": "keyUp", "value": one} for one in reversed(held)]
        self.command("/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    # What a person sees

    def run(self, script, *values):
        return self.command("/execute/sync", {"script": script, "args": list(values)})

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def sees(self, text, selector="body"):
        """Waits until the text is there."""
        until(lambda: text in self.text(selector), repr(text) + " in:\n" + self.text(selector))

    def focused(self):
        return self.run(
            "const one = document.activeElement; return (one.getAttribute('aria-label') ??"
            " one.innerText ?? '').trim() || one.id || one.nodeName"
        )

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("GET", self.session + "/screenshot")))

    # What it runs on

    def devtools(self, command, **parameters):
        return self.command("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height=900):
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme):
        self.devtools(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    def log(self, kind):
        return self.command("/se/log", {"type": kind})

    def errors(self):
        """What the console complained about since the last time."""
        return [
            entry["message"]
            for entry in self.log("browser")
            if entry["level"] in ("SEVERE", "WARNING")
        ]

    def requested(self):
        """Addresses that were asked for since the last time."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
