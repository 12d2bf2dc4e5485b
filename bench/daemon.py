#!/usr/bin/env python3
"""Measures the whole daemon against the sandbox, both as processes of their own, over loopback.

  bench/daemon.py BUILD_FOLDER --results FILE [--only NAME …]

Every measure starts a daemon with an empty store of its own, in a folder under TMPDIR:

  latency   from sending a signed event to its assignment read back from the tenant, daemon idle
  joiners   10 000 people who join 20 groups: calls to the extension, and how long it takes
  leaver    somebody leaves while 10 000 grants wait, at the default pace
  start     until the daemon is ready with 1 000 000 finished and 100 000 open events
  memory    resident memory of the daemon: idle, and with a roster of people in its store
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

KEY = b"a key that signs what is measured"
WAIT_MAX_S = 900
GROUPS = 20

CONFIG = """
policy = "policy.toml"

[target]
base_url = "{sandbox}/api"
token_url = "{sandbox}/oauth/token"
client_id = "bench"
client_secret = {{ env = "BENCH_CLIENT_SECRET" }}
storage_bytes_max = 0
{pace}

[store]
path = "rosterd.db"
free_bytes_min = 0

[guard]
enabled = false

[reconcile]
every = "0s"

[webhook]
listen = "127.0.0.1:0"

[[webhook.source]]
name = "hr"
profile = "standard-webhooks"
keys = [{{ env = "BENCH_WEBHOOK_KEY" }}]

[[drop]]
name = "people"
folder = "drop"
kind = "roster"
key = "id"
settle = "100ms"
rescan = "1s"

[drop.columns]
user_id = "user_id"
department = "department"
title = "job_title"
name = "name"
status = "status"

[operator]
socket = "operator.sock"
"""
FAST = "calls_per_second = 100000.0\nburst = 100000.0"


def policy():
    rules = ['[accounts]\nmatch = [{ attribute = "user_id" }]\n']
    for number in range(GROUPS):
        rules.append(
            f'[[rule]]\nname = "{number}"\nwhen = {{ department = "Department {number}" }}\n'
            f'groups = ["Group {number}"]\n'
        )
    return "\n".join(rules)


def person(number):
    return {
        "user_id": f"auth0|{number:024x}",
        "department": f"Department {number % GROUPS}",
        "status": "active",
    }


def joining(number):
    return {
        "id": f"join-{number}",
        "type": "person.joined",
        "person": {"id": f"p{number}", "attributes": person(number)},
    }


def leaving(number):
    return {"id": f"leave-{number}", "type": "person.left", "person": {"id": f"p{number}"}}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.unix_path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.unix_path)


def asked(connection, method, path, body=None, headers=None):
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"daemon.py: {method} {path}: {answer.status} {text[:200]}")
    return text


def eventually(what, check, pause_s=0.02):
    deadline = time.monotonic() + WAIT_MAX_S
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(pause_s)
    raise SystemExit(f"daemon.py: gave up waiting for {what}")


class Bench:
    """A sandbox and a daemon in a folder of their own, stopped and removed at the end."""

    def __init__(self, program, pace=FAST, latency_ms=0, lossy=True):
        self.program = program
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rosterd-bench-"))
        self.pace = pace
        self.latency_ms = latency_ms
        self.lossy = lossy
        self.processes = []
        self.environment = dict(
            os.environ,
            BENCH_CLIENT_SECRET="bench",
            BENCH_WEBHOOK_KEY="whsec_" + base64.b64encode(KEY).decode(),
        )

    def __enter__(self):
        self.start_sandbox()
        config = CONFIG.format(sandbox=self.sandbox, pace=self.pace)
        (self.folder / "rosterd.toml").write_text(config)
        (self.folder / "policy.toml").write_text(policy())
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            process.wait(timeout=120)
        shutil.rmtree(self.folder)

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
        self.start(
            "sandbox", "sandbox", "--listen", "127.0.0.1:0", "--latency", str(self.latency_ms),
            "--lossy" if self.lossy else "--no-lossy",
        )
        found = eventually("the sandbox", lambda: re.search(r"(http://[\d.:]+)/api", self.log("sandbox")))
        self.sandbox = found.group(1)
        self.tenant = http.client.HTTPConnection(self.sandbox.removeprefix("http://"))
        asking = {
            "grant_type": "client_credentials",
            "client_id": "bench",
            "client_secret": "bench",
            "audience": "urn:auth0-authz-api",
        }
        json_type = {"content-type": "application/json"}
        answer = asked(self.tenant, "POST", "/oauth/token", json.dumps(asking), json_type)
        headers = {"authorization": "Bearer " + json.loads(answer)["access_token"], **json_type}
        for number in range(GROUPS):
            group = {"name": f"Group {number}", "description": f"Department {number}"}
            asked(self.tenant, "POST", "/api/groups", json.dumps(group), headers)

    def start_daemon(self):
        """Gives the seconds until it was ready."""
        begun = time.monotonic()
        self.daemon = self.start("daemon", "serve", "--config", self.folder / "rosterd.toml")

        def ready():
            if self.daemon.poll() is not None:
                raise SystemExit("daemon.py: the daemon ended:\n" + self.log("daemon"))
            return re.search(r" ready webhook_port=(\d+)", self.log("daemon"))

        found = eventually("the daemon", ready, 0.001)
        took = time.monotonic() - begun
        self.webhooks = http.client.HTTPConnection("127.0.0.1", int(found.group(1)))
        self.operator = UnixConnection(self.folder / "operator.sock")
        return took

    def has_users(self, count):
        for begin in range(0, count, 2000):
            users = [
                {"user_id": person(number)["user_id"], "email": f"p{number}@example.com"}
                for number in range(begin, min(count, begin + 2000))
            ]
            asked(
                self.tenant, "POST", "/sandbox/users", json.dumps(users),
                {"content-type": "application/json"},
            )

    def send(self, event_id, body):
        stamp = str(int(time.time()))
        mac = hmac.new(KEY, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(mac).decode(),
        }
        asked(self.webhooks, "POST", "/v1/events/hr", body, headers)

    def send_event(self, event):
        self.send(event["id"], json.dumps(event).encode())

    def send_many(self, events, a_body=500):
        for begin in range(0, len(events), a_body):
            self.send(f"batch-{begin}", json.dumps(events[begin : begin + a_body]).encode())

    def counts(self):
        return json.loads(asked(self.operator, "GET", "/api/status"))["events"]

    def calls(self):
        return json.loads(asked(self.tenant, "GET", "/sandbox/stats"))["calls"]

    def forget_calls(self):
        asked(self.tenant, "POST", "/sandbox/reset?only=stats")

    def drop(self, name, lines):
        incoming = self.folder / "drop/incoming"
        with open(incoming / f".{name}.tmp", "w") as out:
            out.write("id,user_id,department,title,name,status\n")
            out.writelines(lines)
        (incoming / f".{name}.tmp").rename(incoming / name)

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def peak_mib(self):
        status = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


def to_extension(calls):
    """Calls that count against a tenant's limits; the others are the sandbox's own."""
    return sum(number for route, number in calls.items() if "/api/" in route and "/sandbox/" not in route)


def latency(options):
    """Without --no-lossy the sandbox takes 2 ms for a change, in which it can be lost."""
    count = options.events
    with Bench(options.program, lossy=False) as bench:
        bench.has_users(count)
        bench.start_daemon()
        bench.send_event(joining(0))
        eventually("the first event", lambda: bench.counts().get("applied", 0) == 1)
        times = []
        # The daemon tells what it has read back; asking it instead would keep it busy.
        with open(bench.folder / "daemon.log") as log:
            for number in range(1, count):
                body = json.dumps(joining(number)).encode()
                granted = f"granted person=p{number} "
                log.read()
                begun = time.perf_counter()
                bench.send(f"join-{number}", body)
                text = ""
                while granted not in text:
                    time.sleep(0.0001)
                    text += log.read()
                times.append((time.perf_counter() - begun) * 1000)
                eventually("the round's end", lambda: bench.counts().get("applied", 0) > number)
        times.sort()
        return {
            "events": len(times),
            "p50_ms": statistics.median(times),
            "p99_ms": times[len(times) * 99 // 100],
            "max_ms": times[-1],
        }


def roster_lines(people, department):
    for number in range(people):
        yield (
            f"p{number},{person(number)['user_id']},{department(number)},"
            f"Engineer of kind {number % 97},Given Family {number},active\n"
        )


def joiners_by(options, way):
    with Bench(options.program, latency_ms=20) as bench:
        bench.has_users(options.people)
        bench.start_daemon()
        time.sleep(1)
        bench.forget_calls()
        begun = time.monotonic()
        if way == "file":
            bench.drop("people.csv", roster_lines(options.people, lambda n: f"Department {n % GROUPS}"))
        else:
            bench.send_many([joining(number) for number in range(options.people)])
        eventually("everybody", lambda: bench.counts().get("applied", 0) == options.people)
        took = time.monotonic() - begun
        calls = bench.calls()
        return {
            "people": options.people,
            "way": way,
            "calls": to_extension(calls),
            "by_route": calls,
            "seconds": took,
        }


def joiners(options):
    return [joiners_by(options, way) for way in ("file", "webhooks")]


def leaver(options):
    with Bench(options.program, pace="") as bench:
        bench.has_users(options.people)
        bench.start_daemon()
        bench.send_event(joining(0))
        eventually("the first event", lambda: bench.counts().get("applied", 0) == 1)
        bench.send_many([joining(number) for number in range(1, options.people)])
        calls_before = to_extension(bench.calls())
        begun = time.monotonic()
        bench.send_event(leaving(0))

        def is_gone():
            return " removed person=p0 " in bench.log("daemon")

        eventually("the leaver", is_gone, 0.005)
        return {
            "grants_waiting": options.people - 1,
            "seconds": time.monotonic() - begun,
            "calls": to_extension(bench.calls()) - calls_before,
        }


def start(options):
    with Bench(options.program) as bench:
        fill = options.build / "bench/rosterd_fill_store"
        subprocess.run([fill, bench.folder / "rosterd.db", "1000000", "100000"], check=True)
        bench.processes.pop(0).terminate()  # nothing is applied while it starts
        times = []
        for _ in range(5):
            times.append(bench.start_daemon())
            resident = bench.resident_mib()
            bench.daemon.kill()
            bench.daemon.wait()
            bench.processes.remove(bench.daemon)
        return {
            "finished": 1_000_000,
            "open": 100_000,
            "seconds": statistics.median(times),
            "resident_mib": resident,
        }


def memory_of(options, people):
    with Bench(options.program) as bench:
        bench.start_daemon()
        time.sleep(1)
        idle = bench.resident_mib()
        if people == 0:
            return {"people": 0, "resident_mib": idle, "peak_mib": bench.peak_mib()}
        bench.drop("people.csv", roster_lines(people, lambda n: "Elsewhere"))

        def waits():
            counts = bench.counts()
            return counts.get("waiting", 0) + counts.get("applied", 0) >= people

        eventually("the roster", waits, 0.5)
        peak = bench.peak_mib()
        time.sleep(10)
        return {
            "people": people,
            "resident_mib": bench.resident_mib(),
            "peak_mib": peak,
        }


def memory(options):
    return [memory_of(options, people) for people in options.rosters]


MEASURES = {
    "latency": latency,
    "joiners": joiners,
    "leaver": leaver,
    "start": start,
    "memory": memory,
}


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--results", type=pathlib.Path, required=True)
    arguments.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    arguments.add_argument("--events", type=int, default=500, help="of the latency")
    arguments.add_argument("--people", type=int, default=10_000, help="who join")
    arguments.add_argument("--rosters", type=int, nargs="+", default=[0, 100_000, 1_000_000])
    options = arguments.parse_args()
    options.program = options.build / "rosterd"
    results = {}
    for name in options.only:
        results[name] = MEASURES[name](options)
        print(name, json.dumps(results[name]), flush=True)
    options.results.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
