#!/usr/bin/env python3
"""Measures rosterd and its peers, and writes what came of it to a file; see scripts/bench-peers."""

import argparse
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import servers

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS = 64
WRK_OPTIONS = ("--timeout", "30s")  # what is slow is counted as slow, not as broken
REQUEST_BYTES = 950  # at most, on the average
REQUESTS_A_SECOND_MAX = 90_000  # more than anybody who keeps them takes
REQUESTS_SECONDS_MAX = 180  # until they are signed anew: 300 seconds are allowed
WARM_UP_SECONDS = 1  # until what is compiled at run time is compiled


class Requests:
    """A file of signed requests. No store is sent the same one twice, but on purpose."""

    def __init__(self, tools, folder, seconds):
        self.tools = tools
        self.file = folder / "requests"
        # Sent to the store that is full: two warm-ups, two windows of 64 connections, one of one.
        windows = 2 * WARM_UP_SECONDS + 2 * seconds + seconds / 4
        self.count = int(windows * REQUESTS_A_SECOND_MAX)
        room = shutil.disk_usage(folder).free
        if room < self.count * REQUEST_BYTES * 1.1:
            raise servers.Failure(f"{folder} has too little room for {self.count} requests")
        self.runs = 0
        self.signed_at = 0.0

    def renew(self):
        """A new file, with ids that nobody has seen."""
        self.runs += 1
        self.signed_at = time.monotonic()
        program = self.tools.program("rosterd_peers_requests")
        subprocess.run([program, self.file, f"{self.runs}", f"{self.count}"], check=True)

    def renew_if_old(self):
        """When the signatures may not outlast the next peer."""
        if time.monotonic() - self.signed_at > REQUESTS_SECONDS_MAX:
            self.renew()

    def first(self):
        """The path, headers and body of the first one, and the place of the second."""
        with self.file.open("rb") as file:
            text = file.read(int(file.read(4)))
            place = file.tell()
        head, body = text.decode().split("\r\n\r\n", 1)
        line, *headers = head.split("\r\n")
        return line.split()[1], dict(header.split(": ", 1) for header in headers), body, place


class Load:
    """wrk, on one thread: there are two cores, and the other one is the server's."""

    def __init__(self, requests, port):
        self.requests = requests
        self.port = port
        self.at = 0

    def run(self, seconds, connections=CONNECTIONS, first=None, end=0, around=False):
        first = self.at if first is None else first
        words = ["-s", HERE / "load.lua", self.url(), "--", self.requests.file, first, end]
        result = self.wrk(seconds, connections, [*words, *(["around"] if around else [])])
        loaded = json.loads(result.splitlines()[-1])
        if loaded["spent"] or loaded["refused"] or loaded["broken"] or not loaded["requests"]:
            raise servers.Failure(f"the load went wrong: {loaded}")
        if not around:
            self.at = loaded["at"]
        return loaded

    def unscripted(self, seconds):
        """Requests a second when every request is the same: what wrk itself can send."""
        result = self.wrk(seconds, CONNECTIONS, [self.url()])
        line = next(line for line in result.splitlines() if line.startswith("Requests/sec:"))
        return float(line.split()[1])

    def url(self):
        return f"http://127.0.0.1:{self.port}/v1/events/hr"

    def wrk(self, seconds, connections, words):
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *WRK_OPTIONS, *words]
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=seconds + 90
        )
        if done.returncode != 0:
            raise servers.Failure(f"wrk failed:\n{done.stdout}{done.stderr}")
        return done.stdout


def check(peer, port, requests):
    """That the peer does what it is measured at. Uses up the first request."""
    path, headers, body, _ = requests.first()
    forged = {**headers, "webhook-signature": "v1," + "A" * 43 + "="}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    answers = []
    for sent in (headers, headers, forged):
        connection.request("POST", path, body, sent)
        response = connection.getresponse()
        answers.append((response.status, response.read()))
    connection.close()
    new, again, refused = answers
    right = new[0] == again[0] == 202 and refused[0] == 401
    if not right or b'"accepted":1' not in new[1] or b'"duplicates":1' not in again[1]:
        raise servers.Failure(f"{peer.name} does not answer as it should: {answers}")


class Run:
    def __init__(self, options, tools, folder, requests):
        self.options = options
        self.tools = tools
        self.folder = folder
        self.requests = requests
        self.windows = []
        self.failures = 0

    def fill(self, peer):
        begun = time.monotonic()
        peer.fill(self.stored(peer), self.options.stored)
        print(f"{peer.name}: {self.options.stored} stored in {time.monotonic() - begun:.0f} s", flush=True)

    def stored(self, peer):
        return self.folder / peer.name / "stored"

    def round(self, number, peers):
        """Each round begins with another peer. Who fails has no more windows in this round."""
        self.requests.renew()
        shift = number % len(peers)
        for peer in peers[shift:] + peers[:shift]:
            self.requests.renew_if_old()
            try:
                self.measure(number, peer)
            except servers.Failure as failure:
                self.failures += 1
                print(f"round {number + 1} {peer.name}: {failure}", file=sys.stderr, flush=True)

    def measure(self, number, peer):
        if not peer.keeps:
            self.measure_bare(number, peer)
            return
        place = self.measure_stored(number, peer)
        self.measure_slow(number, peer, place)
        self.measure_empty(number, peer)

    def measure_bare(self, number, peer):
        with self.loaded(peer, self.folder / peer.name) as (server, load):
            self.window(number, peer, "one", server, load, connections=1, around=True)
            self.window(number, peer, "many", server, load, around=True)
            rate = load.unscripted(self.options.seconds)
            print(f"wrk, always the same request: {rate:.0f}/s", flush=True)
            self.windows.append({"peer": "wrk", "measure": "same", "round": number, "rate": rate})

    def measure_stored(self, number, peer):
        with self.loaded(peer, self.stored(peer), checked=True) as (server, load):
            self.window(number, peer, "one", server, load, connections=1)
            first = load.at
            self.window(number, peer, "many", server, load)
            self.window(number, peer, "again", server, load, first=first, end=load.at, around=True)
            return load.at

    def measure_slow(self, number, peer, first_place):
        with self.loaded(peer, self.stored(peer), slow=True, at=first_place) as (server, load):
            self.window(number, peer, "slow", server, load)

    def measure_empty(self, number, peer):
        store = self.folder / peer.name / f"empty-{number}"
        with self.loaded(peer, store) as (server, load):
            self.window(number, peer, "empty", server, load)
        shutil.rmtree(store)

    @contextlib.contextmanager
    def loaded(self, peer, store, slow=False, at=0, checked=False):
        with peer.running(store, slow) as server:
            load = Load(self.requests, server.port)
            if checked:
                check(peer, server.port, self.requests)
                at = self.requests.first()[-1]
            load.at = at
            load.run(WARM_UP_SECONDS, around=not peer.keeps)
            yield server, load

    def window(self, number, peer, measure, server, load, **how):
        os.sync()  # what others have left to be written is not this window's
        before = server.cpu_seconds()
        loaded = load.run(self.options.seconds, **how)
        window = {
            "peer": peer.name,
            "measure": measure,
            "round": number,
            "cpu_seconds": server.cpu_seconds() - before,
            "load": loaded,
        }
        self.windows.append(window)
        rate = loaded["requests"] / loaded["seconds"]
        print(
            f"round {number + 1} {peer.name} {measure}: {rate:.0f}/s, "
            f"p50 {loaded['p50_us'] / 1e3:.2f} ms, p99 {loaded['p99_us'] / 1e3:.2f} ms, "
            f"{window['cpu_seconds'] / loaded['requests'] * 1e6:.0f} µs",
            flush=True,
        )


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE).stdout.strip()


def about(options, folder):
    packages = json.loads((HERE / "package.json").read_text())["dependencies"]
    commit = output_of("git", "rev-parse", "--short", "HEAD")
    if subprocess.run(["git", "diff", "--quiet", "HEAD", "--", "src", "include"], cwd=HERE).returncode:
        commit += ", with changes"
    cpu = next(
        line.partition(":")[2].strip()
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return {
        "date": str(datetime.datetime.now(datetime.timezone.utc).date()),
        "commit": commit,
        "cores": os.cpu_count(),
        "cpu": cpu,
        "filesystem": output_of("findmnt", "--noheadings", "--output", "FSTYPE", "--target", str(folder)),
        "load_before": os.getloadavg()[0],
        "rounds": options.rounds,
        "seconds": options.seconds,
        "stored": options.stored,
        "versions": {
            "Node": output_of("node", "--version").lstrip("v"),
            "PostgreSQL": output_of(str(servers.POSTGRES_PROGRAMS[-1] / "postgres"), "--version").split()[2],
            "Redis": output_of("redis-server", "--version").split("v=")[1].split()[0],
            **packages,
        },
    }


def parsed(arguments):
    parser = argparse.ArgumentParser(
        prog="scripts/bench-peers",
        description="Measures rosterd's durable webhook ingest beside other receivers, under wrk, and "
        "writes the table to docs/PERFORMANCE.md. Needs about 12 minutes at its defaults.",
        epilog="For example: scripts/bench-peers --rounds 1 --seconds 1 --stored 10000 "
        "--peers rosterd,sqlite --no-page",
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="the length of each window")
    parser.add_argument("--stored", type=int, default=1_000_000, help="events stored before")
    parser.add_argument(
        "--peers",
        default=",".join(servers.PEERS),
        help="some of " + ",".join(servers.PEERS) + ", which is the default",
    )
    parser.add_argument("--no-page", action="store_true", help="leave docs/PERFORMANCE.md as it is")
    parser.add_argument("--build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--only-read-options", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for name in ("rounds", "seconds", "stored"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be at least 1")
    options.peers = options.peers.split(",")
    for name in options.peers:
        if name not in servers.PEERS:
            parser.error(f"--peers: {name!r} is not one of {', '.join(servers.PEERS)}")
    return options


def measure(options, folder, in_memory, sockets):
    key = output_of(str(options.build / "bench" / "rosterd_peers_requests"), "--key")
    tools = servers.Tools(options.build, options.build / "peers", sockets, key)
    peers = [servers.PEERS[name](tools) for name in options.peers]
    described = about(options, folder)
    run = Run(options, tools, folder, Requests(tools, in_memory, options.seconds))
    for peer in peers:
        if peer.keeps:
            run.fill(peer)
    for number in range(options.rounds):
        run.round(number, peers)
    described["load_after"] = os.getloadavg()[0]
    return {"about": described, "failures": run.failures, "windows": run.windows}


def stopped(number, _):
    raise SystemExit(128 + number)


def main():
    options = parsed(sys.argv[1:])
    if options.only_read_options:
        return
    options.build = options.build.resolve()
    signal.signal(signal.SIGTERM, stopped)
    # Stores are on the disk that is measured; requests are not to be in their way.
    with contextlib.ExitStack() as stack:
        folders = []
        # PostgreSQL runs as another user, who may look into all and makes its socket in the last.
        for place, mode in ((options.build, 0o755), ("/dev/shm", 0o755), (None, 0o777)):
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="peers-", dir=place))
            folders.append(pathlib.Path(name))
            folders[-1].chmod(mode)
        result = measure(options, *folders)
    results = options.build / "results"
    results.mkdir(exist_ok=True)
    (results / "peers.json").write_text(json.dumps(result, indent=1) + "\n")
    if result["failures"]:
        raise servers.Failure(f"{result['failures']} failures, see above")


if __name__ == "__main__":
    try:
        main()
    except servers.Failure as failure:
        sys.exit(f"scripts/bench-peers: {failure}")
