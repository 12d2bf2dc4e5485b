"""The servers that are measured: how each is filled, started, watched and stopped.

Every store lies in a folder of its own and is used by one server at a time.
"""

import contextlib
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

START_SECONDS_MAX = 120
FILL_SECONDS_MAX = 600
STOP_SECONDS_MAX = 60
POSTGRES_PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
POSTGRES_SETTINGS = ("shared_buffers=512MB", "max_wal_size=4GB", "listen_addresses=")
REDIS_SETTINGS = {
    "port": "0",
    "appendonly": "yes",
    "appendfsync": "always",
    "auto-aof-rewrite-percentage": "0",  # it would fall into some windows and not into others
    "save": "",
}
ROSTERD_CONFIG = """
policy = "policy.toml"

[target]
base_url = "http://127.0.0.1:@TENANT@/api"
token_url = "http://127.0.0.1:@TENANT@/oauth/token"
client_id = "bench"
client_secret = { env = "BENCH_CLIENT_SECRET" }
read_time_max = "1h"

[store]
path = "rosterd.db"
open_events_max = 100000000

[reconcile]
every = "0s"

[webhook]
listen = "127.0.0.1:0"

[[webhook.source]]
name = "hr"
keys = [{ env = "WEBHOOK_KEY" }]

[operator]
socket = "operator.sock"
"""
ROSTERD_POLICY = """
[lifecycle]
time_zone = "UTC"

[accounts]
match = [{ email = "Username-Password-Authentication" }]

[[rule]]
name = "everyone"
groups = ["Staff"]
"""


class Failure(Exception):
    """What a person should read: no traceback."""


@dataclasses.dataclass
class Tools:
    build: pathlib.Path  # of cmake
    staged: pathlib.Path  # the programs for Node, with their packages
    sockets: pathlib.Path  # short, for names of sockets have a limit
    key: str  # that requests are signed with

    def program(self, name):
        return self.build / "bench" / name

    @property
    def slow_flush(self):
        return self.build / "bench" / "librosterd_slow_flush.so"


class Process:
    def __init__(self, command, log, environment, cwd=None):
        self.command = [str(word) for word in command]
        self.log = log
        self.begun_at = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self.child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                cwd=cwd,
                start_new_session=True,
            )

    def said(self):
        return self.log.read_bytes()[self.begun_at :].decode(errors="replace")

    def wait_for(self, what, condition):
        """The first value of `condition` that is true."""
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until:
            value = condition()
            if value:
                return value
            if self.child.poll() is not None:
                break
            time.sleep(0.02)
        raise Failure(f"{self.command[0]}: no {what}; it said:\n{self.said()[-2000:]}")

    def port_after(self, label):
        def found():
            match = re.search(re.escape(label) + r"(\d+)\b", self.said())
            return match and int(match.group(1))

        return self.wait_for("port", found)

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(STOP_SECONDS_MAX)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()


@dataclasses.dataclass
class Server:
    """Processes that together answer at a port."""

    port: int
    processes: list

    def cpu_seconds(self):
        """Of the processes and of all that they have started."""
        stats = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                stats[int(entry.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
        of_ours = {process.child.pid for process in self.processes}
        grown = True
        while grown:
            children = {pid for pid, (parent, _) in stats.items() if parent in of_ours}
            grown = not children <= of_ours
            of_ours |= children
        ticks = sum(stats[pid][1] for pid in of_ours if pid in stats)
        return ticks / os.sysconf("SC_CLK_TCK")


class Peer:
    """One receiver. `store` is the folder that everything it keeps is in."""

    name = ""
    keeps = True  # false: it only answers
    warns = ""

    def __init__(self, tools):
        self.tools = tools

    def start(self, store, slow):
        """The processes, in the order of their start; the last one says its port."""
        raise NotImplementedError

    def fill(self, store, count):
        raise NotImplementedError

    @contextlib.contextmanager
    def running(self, store, slow=False):
        store.mkdir(parents=True, exist_ok=True)
        environment = {"WEBHOOK_KEY": self.tools.key, "NODE_ENV": "production"}
        if slow:
            environment["LD_PRELOAD"] = str(self.tools.slow_flush)
        processes = []
        try:
            port = self.start(store, processes, environment)
            yield Server(port, processes)
        finally:
            for process in reversed(processes):
                process.stop()

    def run_to_end(self, command, store, environment=None):
        process = Process(command, store / "fill.log", environment or {}, self.tools.staged)
        try:
            if process.child.wait(FILL_SECONDS_MAX) != 0:
                raise Failure(f"{command[0]} failed:\n{process.said()[-2000:]}")
        finally:
            process.stop()


class Bare(Peer):
    name = "bare"
    keeps = False

    def start(self, store, processes, environment):
        program = self.tools.program("rosterd_peers_bare")
        processes.append(Process([program], store / "server.log", environment))
        return processes[-1].port_after("listening ")


class Rosterd(Peer):
    """Its worker waits for a tenant that never answers: nobody else works on what was kept, either."""

    name = "rosterd"

    def __init__(self, tools):
        super().__init__(tools)
        self.tenant = socket.create_server(("127.0.0.1", 0))

    def start(self, store, processes, environment):
        config = ROSTERD_CONFIG.replace("@TENANT@", str(self.tenant.getsockname()[1]))
        (store / "rosterd.toml").write_text(config)
        (store / "policy.toml").write_text(ROSTERD_POLICY)
        command = [self.tools.build / "rosterd", "serve", "--config", "rosterd.toml"]
        environment = {**environment, "BENCH_CLIENT_SECRET": "none"}
        processes.append(Process(command, store / "server.log", environment, store))
        return processes[-1].port_after(" ready webhook_port=")

    def fill(self, store, count):
        store.mkdir(parents=True)
        program = self.tools.program("rosterd_fill_store")
        self.run_to_end([program, store / "rosterd.db", count], store)


class Node(Peer):
    """A program for Node, with what keeps its events."""

    program = ""

    def keeper(self, store, processes, environment):
        """Starts what keeps the events, if that is another process; says where it is."""
        return store / "events.db"

    def start(self, store, processes, environment):
        place = self.keeper(store, processes, environment)
        command = ["node", self.program, place]
        processes.append(Process(command, store / "server.log", environment, self.tools.staged))
        return processes[-1].port_after("listening ")

    def fill(self, store, count):
        store.mkdir(parents=True)
        processes = []
        try:
            place = self.keeper(store, processes, {})
            self.hurry(place)
            command = ["node", self.program, place, "fill", count]
            self.run_to_end(command, store, {"WEBHOOK_KEY": self.tools.key})
            self.tidy(place)
        finally:
            for process in reversed(processes):
                process.stop()

    def hurry(self, place):
        """Before the fill, which need not be durable until it has ended."""

    def tidy(self, place):
        """After the fill, so that no window pays for it."""


class Sqlite(Node):
    name = "sqlite"
    program = "sqlite.js"


class Best(Node):
    name = "best"
    program = "best.js"


class Redis(Node):
    name = "redis"
    program = "redis.js"

    def keeper(self, store, processes, environment):
        place = self.tools.sockets / "redis"
        place.unlink(missing_ok=True)
        command = ["redis-server", "--unixsocket", place, "--dir", store]
        for name, value in REDIS_SETTINGS.items():
            command += [f"--{name}", value]
        process = Process(command, store / "redis.log", environment)
        processes.append(process)
        process.wait_for("answer", lambda: self.ask(place, "PING") == "PONG")
        return place

    def ask(self, place, *words):
        command = ["redis-cli", "-s", place, *words]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    def hurry(self, place):
        self.ask(place, "CONFIG", "SET", "appendfsync", "no")

    def tidy(self, place):
        """What is loaded at each start is read several times as fast when it was written anew."""
        self.ask(place, "BGREWRITEAOF")
        until = time.monotonic() + START_SECONDS_MAX
        while "aof_rewrite_in_progress:1" in self.ask(place, "INFO", "persistence"):
            if time.monotonic() > until:
                raise Failure("redis-server does not finish rewriting its file")
            time.sleep(0.1)


class Postgres(Node):
    name = "postgres"
    program = "postgres.js"

    def keeper(self, store, processes, environment):
        programs = POSTGRES_PROGRAMS[-1]
        cluster = store / "cluster"
        if not cluster.exists():
            self.make_cluster(cluster, programs)
        command = [*self.as_other_user(), programs / "postgres", "-D", cluster]
        command += ["-k", self.tools.sockets]
        for setting in POSTGRES_SETTINGS:
            command += ["-c", setting]
        process = Process(command, store / "postgres.log", environment, "/")
        processes.append(process)
        ready = [programs / "pg_isready", "--quiet", "-h", self.tools.sockets]
        process.wait_for("answer", lambda: subprocess.run(ready).returncode == 0)
        return self.tools.sockets

    def make_cluster(self, cluster, programs):
        cluster.mkdir()
        user = self.as_other_user()
        if user:
            shutil.chown(cluster, "postgres", "postgres")
        command = [*user, programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, cwd="/")
        if made.returncode != 0:
            raise Failure(f"initdb failed:\n{made.stdout}{made.stderr}")

    def as_other_user(self):
        """PostgreSQL does not run as root."""
        if os.getuid() != 0:
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


class PgBoss(Postgres):
    name = "pgboss"
    program = "pgboss.js"


PEERS = {peer.name: peer for peer in (Bare, Rosterd, Sqlite, Best, Redis, Postgres, PgBoss)}
