#!/usr/bin/env python3
"""Tells the story of rosterd's main job with the real program: what came in, what was done, why."""

import argparse
import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
WAIT_MAX_S = 60


def say(text=""):
    print(text, flush=True)


def chapter(number, title):
    say()
    say(f"── {number}. {title} " + "─" * max(3, 78 - len(title)))
    say()


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what, check):
    """Waits until check() gives something, and says what was waited for when it never does."""
    deadline = time.monotonic() + WAIT_MAX_S
    while time.monotonic() < deadline:
        result = check()
        if result:
            return result
        time.sleep(0.05)
    raise SystemExit(f"demo: gave up waiting for {what}")


class Demo:
    def __init__(self, program):
        self.program = pathlib.Path(program).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rosterd-demo-"))
        self.webhook_port = free_port()
        self.webhook_key = secrets.token_bytes(24)
        self.processes = []
        self.environment = dict(
            os.environ,
            DEMO_CLIENT_SECRET="demo",
            DEMO_WEBHOOK_KEY="whsec_" + base64.b64encode(self.webhook_key).decode(),
        )
        self.sandbox = ""

    def start(self, name, *arguments):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen(
            [self.program, *arguments], stdout=log, stderr=subprocess.STDOUT, env=self.environment
        )
        self.processes.append(process)
        return process

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def start_sandbox(self):
        process = self.start("sandbox", "sandbox", "--listen", "127.0.0.1:0", "--demo")

        def address():
            if process.poll() is not None:
                raise SystemExit("demo: the sandbox ended:\n" + self.log("sandbox"))
            return re.search(r"base_url\s+(http://\S+)/api", self.log("sandbox"))

        self.sandbox = eventually("the sandbox", address).group(1)

    def start_daemon(self):
        text = (ROOT / "config/demo/rosterd.toml").read_text()
        text = text.replace("@SANDBOX@", self.sandbox)
        text = text.replace("@WEBHOOK_PORT@", str(self.webhook_port))
        (self.folder / "rosterd.toml").write_text(text)
        shutil.copy(ROOT / "config/demo/policy.toml", self.folder / "policy.toml")
        process = self.start("daemon", "serve", "--config", self.folder / "rosterd.toml")

        def ready():
            if process.poll() is not None:
                raise SystemExit("demo: the daemon ended:\n" + self.log("daemon"))
            return " ready" in self.log("daemon")

        eventually("the daemon", ready)

    def rosterd(self, *arguments):
        command = [self.program, *arguments, "--config", self.folder / "rosterd.toml"]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )

    def show(self, *arguments):
        """Runs a command as an operator would, and prints what it says."""
        say("  $ rosterd " + " ".join(arguments))
        result = self.rosterd(*arguments)
        for line in (result.stdout + result.stderr).rstrip().splitlines():
            say("  " + line)
        say()

    def json(self, *arguments):
        result = self.rosterd(*arguments, "--json")
        if result.returncode != 0:
            raise SystemExit("demo: " + " ".join(arguments) + " failed:\n" + result.stderr)
        return json.loads(result.stdout)

    def drop(self, file):
        incoming = self.folder / "drop/incoming"
        hidden = incoming / f".{file.name}.tmp"
        shutil.copy(file, hidden)
        hidden.rename(incoming / file.name)

    def wait_for_file(self):
        def done():
            files = self.json("status")["files"]
            return [one for one in files if one["state"] != "reading"]

        return eventually("the roster to be read", done)[0]

    def wait_until_applied(self):
        def settled():
            events = self.json("status")["events"]
            busy = sum(events[state] for state in ("pending", "running", "retrying"))
            return busy == 0 and events["applied"] > 0

        eventually("the outbox to be empty", settled)

    def send(self, event, key=None):
        body = json.dumps(event).encode()
        stamp = str(int(time.time()))
        signed = f"{event['id']}.{stamp}.".encode() + body
        mac = hmac.new(key or self.webhook_key, signed, hashlib.sha256).digest()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.webhook_port}/v1/events/hr",
            data=body,
            headers={
                "content-type": "application/json",
                "webhook-id": event["id"],
                "webhook-timestamp": stamp,
                "webhook-signature": "v1," + base64.b64encode(mac).decode(),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode().strip()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode().strip()

    def tenant_token(self):
        body = json.dumps(
            {
                "grant_type": "client_credentials",
                "client_id": "demo",
                "client_secret": "demo",
                "audience": "urn:auth0-authz-api",
            }
        ).encode()
        request = urllib.request.Request(
            self.sandbox + "/oauth/token", data=body, headers={"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["access_token"]

    def tenant(self, path):
        request = urllib.request.Request(
            self.sandbox + path, headers={"authorization": "Bearer " + self.tenant_token()}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def members(self):
        """Who is in which group and who has which role, asked of the tenant itself."""
        rows = {}
        for group in self.tenant("/api/groups")["groups"]:
            rows["group " + group["name"]] = sorted(group.get("members", []))
        for role in self.tenant("/api/roles")["roles"]:
            name = role["name"] + "@" + role["applicationId"]
            rows["role " + name] = sorted(role.get("users", []))
        return rows

    def show_members(self, before=None):
        now = self.members()
        width = max(len(name) for name in now)
        for name, members in sorted(now.items()):
            words = [member.removeprefix("auth0|") for member in members]
            if before is not None:
                gone = sorted(set(before[name]) - set(members))
                new = set(members) - set(before[name])
                words = [
                    ("+" if member in new else "") + member.removeprefix("auth0|")
                    for member in members
                ]
                words += ["-" + member.removeprefix("auth0|") for member in gone]
            say(f"  {name:<{width}}  {' '.join(words) if words else '(nobody)'}")
        say()
        return now

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            process.wait(timeout=30)
        codes = [process.returncode for process in self.processes]
        shutil.rmtree(self.folder)
        if any(codes):
            raise SystemExit(f"demo: a process ended with {codes}")


def expect(truth, what):
    if not truth:
        raise SystemExit(f"demo: this is not so: {what}")


def tell_roster(demo):
    chapter(1, "HR drops its roster: ten people, one of them with a typo")
    demo.show("plan", "--file", str(ROOT / "config/demo/people.csv"))
    say("  That was a dry run. Now the file is dropped into the folder:")
    say()
    demo.drop(ROOT / "config/demo/people.csv")
    file = demo.wait_for_file()
    demo.wait_until_applied()
    say(
        f"  {file['rows']} rows, {file['joined']} people accepted, {file['rows_failed']} row failed."
        " The row with the 31st of February"
    )
    say("  is reported in people.csv.errors.csv; its person is neither added nor removed:")
    say()
    for report in sorted(demo.folder.glob("drop/*/*.errors.csv")):
        for line in report.read_text().splitlines():
            say("    " + line)
    say()
    say("  The tenant, asked itself:")
    say()
    members = demo.show_members()
    expect(members["group Staff"].count("auth0|ada") == 1, "Ada is in Staff")
    expect("auth0|katherine" not in members["group Staff"], "Katherine's row failed")
    expect("auth0|dennis" not in members["role Wiki Editor@wiki"], "contractors do not edit")
    return members


def tell_webhooks(demo, before):
    chapter(2, "Signed webhooks: Hedy joins, Ken moves to engineering, Edsger leaves")
    events = [
        {
            "id": "evt-joiner",
            "type": "person.joined",
            "occurred_at": utc_now(),
            "person": {
                "id": "1011",
                "attributes": {
                    "given_name": "Hedy",
                    "family_name": "Lamarr",
                    "email": "hedy.lamarr@example.com",
                    "department": "Engineering",
                    "job_title": "Engineer",
                    "employment_type": "Employee",
                    "status": "active",
                },
            },
        },
        {
            "id": "evt-mover",
            "type": "person.changed",
            "occurred_at": utc_now(),
            "person": {"id": "1010", "attributes": {"department": "Engineering"}},
        },
        {
            "id": "evt-leaver",
            "type": "person.left",
            "occurred_at": utc_now(),
            "person": {"id": "1005"},
        },
    ]
    for event in events:
        status, answer = demo.send(event)
        say(f"  {event['type']:<15} person {event['person']['id']}  →  {status} {answer}")
        expect(status == 202, "the webhook is accepted")
    status, answer = demo.send(events[2])
    say(f"  the last one again                →  {status} {answer}")
    expect('"duplicates": 1' in answer or '"duplicates":1' in answer, "it is a duplicate")
    status, answer = demo.send(dict(events[0], id="evt-forged"), key=b"somebody else's key")
    say(f"  one that somebody else signed     →  {status}")
    expect(status == 401, "a forged webhook is refused")
    say()
    demo.wait_until_applied()
    say("  The tenant, asked itself (+ new, - gone):")
    say()
    now = demo.show_members(before)
    expect("auth0|hedy" in now["group Engineering"], "Hedy is an engineer")
    expect("auth0|ken" not in now["group Sales"], "Ken is not in Sales any more")
    expect("auth0|ken" in now["role Wiki Editor@wiki"], "Ken edits the wiki")
    expect(all("auth0|edsger" not in who for who in now.values()), "Edsger has nothing left")


def tell_why(demo):
    chapter(3, "Why does Ken have what he has?")
    demo.show("people", "show", "1010")
    demo.show("events", "list", "--limit", "5")
    demo.show("access", "auth0|ken", "--application", "wiki")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", default=ROOT / "build/release/rosterd")
    arguments.add_argument("--keep", action="store_true", help="leave it running at the end")
    options = arguments.parse_args()

    demo = Demo(options.program)
    kept = False
    try:
        say("rosterd keeps a tenant's groups and roles in step with HR. This is a sandbox tenant and")
        say("the real daemon, both on this machine.")
        demo.start_sandbox()
        demo.start_daemon()
        before = tell_roster(demo)
        tell_webhooks(demo, before)
        tell_why(demo)
        if options.keep:
            kept = True
            say(f"It runs on: the tenant at {demo.sandbox}/api, the daemon in {demo.folder}.")
            say(f"  {demo.program} status --config {demo.folder}/rosterd.toml")
            say("  DEMO_CLIENT_SECRET and DEMO_WEBHOOK_KEY must be set; for this daemon they are:")
            say(f"  export DEMO_CLIENT_SECRET=demo DEMO_WEBHOOK_KEY={demo.environment['DEMO_WEBHOOK_KEY']}")
            say("Stop it with: kill " + " ".join(str(one.pid) for one in demo.processes))
    finally:
        if not kept:
            demo.stop()
    if not kept:
        say("That was the demo; everything was stopped cleanly. scripts/demo --keep leaves it running.")


if __name__ == "__main__":
    sys.exit(main())
