#!/usr/bin/env python3
"""Serves page/ and canned answers of the operator's API on loopback, for the tests of the page and
for working on it: fake_daemon.py [SCENE] [--port 8080]."""

import argparse
import copy
import http.server
import json
import pathlib
import threading
import urllib.parse

import sample_answers

PAGE = pathlib.Path(__file__).resolve().parents[2] / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Stricter than the page has to bear: whatever makes markup of text throws.
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


class FakeDaemon:
    """A daemon whose answers are those of a scene. `requests` has what was asked, as (method, path
    with query, body); `answers_to` overrides the answer to a path: a list of (status, body), used
    up from the front; the last one stays."""

    def __init__(self, scene="normal", port=0, refresh_seconds=None):
        self.refresh_seconds = refresh_seconds
        self.requests = []
        self.token = None
        self.answers_to = {}
        self.reachable = True
        self.lock = threading.Lock()
        self.play(scene)
        handler = type("Handler", (Handler,), {"daemon": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d/" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def play(self, scene):
        self.answers = sample_answers.SCENES[scene]()
        self.requests.clear()
        self.answers_to = {}
        self.token = None
        self.reachable = True

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def asked(self, method, path):
        """Bodies of what was asked of this path, in order."""
        with self.lock:
            return [
                body
                for asked_method, asked_path, body in self.requests
                if asked_method == method and asked_path.split("?")[0] == path
            ]

    def paths(self):
        with self.lock:
            return [path for _, path, _ in self.requests]

    def answer(self, method, target, body):
        """Gives (status, JSON)."""
        path, _, query = target.partition("?")
        given = self.answers_to.get(path)
        if given:
            return given.pop(0) if len(given) > 1 else given[0]
        asked = dict(urllib.parse.parse_qsl(query))
        parts = [urllib.parse.unquote(part) for part in path.removeprefix("/api/").split("/")]
        if method == "GET":
            found = self.read(parts, asked)
        else:
            found = self.write("/".join(parts), body)
        return (200, found) if found is not None else (404, {"error": "there is nothing here"})

    def read(self, parts, asked):
        known = self.answers
        match parts:
            case ["status" | "history" as what]:
                return known[what]
            case ["drift" | "residual" | "holds" as what]:
                return {what: known[what]}
            case ["events"]:
                return {"events": self.events(asked)}
            case ["events", number]:
                row = next((one for one in known["events"] if str(one["id"]) == number), None)
                return row and row | EVENT_DETAILS
            case ["people"]:
                return {"people": self.people(asked)}
            case ["people", _, "explanation"]:
                return known["explanation"]
            case ["holds", digest]:
                return next((one for one in known["holds"] if one["hash"] == digest), None)
            case ["files"]:
                return {"files": known["files"][: int(asked.get("limit", 100))]}
        return None

    def events(self, asked):
        rows = self.answers["events"]
        for key in ("state", "person", "class", "source"):
            if key in asked:
                rows = [row for row in rows if row[key] == asked[key]]
        if "before" in asked:
            rows = [row for row in rows if row["id"] < int(asked["before"])]
        return rows[: int(asked.get("limit", 100))]

    def people(self, asked):
        wanted = asked.get("search", "").lower()
        rows = [
            row
            for row in self.answers["people"]
            if wanted in json.dumps(row, ensure_ascii=False).lower()
        ]
        return rows[: int(asked.get("limit", 100))]

    def write(self, what, body):
        if what == "events/replay":
            return {"ids": [identity + 1000 for identity in body["ids"]]}
        if what == "reconcile":
            return sample_answers.reconciliation(repairs=body["repair"], people_to_repair=13)
        if what == "holds/decide":
            return self.decide(body)
        return None

    def decide(self, body):
        one = next((one for one in self.answers["holds"] if one["hash"] == body["hash"]), None)
        if one is None:
            return None
        state = "approved" if body["approve"] else "rejected"
        people = body.get("people")
        decided = copy.deepcopy(one) | {"state": state, "decided_by": body["by"]}
        if people is None:
            one.update(decided)
        else:  # the others wait on, in a hold with another hash
            decided["removals"] = [row for row in one["removals"] if row["person"] in people]
            one["removals"] = [row for row in one["removals"] if row["person"] not in people]
            one["hash"] = sample_answers.digest("rest of " + one["hash"])
        return {"result": "decided", "hold": decided}


EVENT_DETAILS = {
    "attributes": {
        "department": "Engineering",
        "level": 3,
        "projects": ["atlas", "borealis"],
        "manager": None,
    },
    "attempt_log": [
        {
            "number": 1,
            "at": sample_answers.ago(400),
            "class": "transient",
            "reason": "the tenant answered 503: Service Unavailable",
        },
        {
            "number": 2,
            "at": sample_answers.ago(390),
            "class": "transient",
            "reason": "the connection was refused",
        },
    ],
    "operations": [
        {
            "operation": "add_members",
            "kind": "group",
            "entitlement": "Engineering",
            "entitlement_id": "0af1",
            "account": "auth0|4711",
            "person": "4711",
            "event": 902,
            "reason": "rule engineers",
            "policy_version": "3f2a9b01",
            "sent_at": sample_answers.ago(380),
            "status": 204,
            "verified_at": sample_answers.ago(379),
            "lost": 1,
        }
    ],
}


class Handler(http.server.BaseHTTPRequestHandler):
    daemon = None
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/api/"):
            self.api(None)
        else:
            self.file()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type") != "application/json":
            self.send(415, "application/json", b'{"error": "say application/json"}')
            return
        self.api(json.loads(body))

    def api(self, body):
        daemon = self.daemon
        if not daemon.reachable:
            self.close_connection = True
            return
        with daemon.lock:
            daemon.requests.append((self.command, self.path, body))
        if daemon.token and self.headers.get("Authorization") != "Bearer " + daemon.token:
            status, answer = 401, {"error": "a token is needed"}
        else:
            with daemon.lock:
                status, answer = daemon.answer(self.command, self.path, body)
        self.send(status, "application/json", json.dumps(answer).encode())

    def file(self):
        name = self.path.split("?")[0].lstrip("/") or "index.html"
        path = PAGE / name
        if path.parent != PAGE or not path.is_file():
            self.send(404, "text/plain", b"there is nothing here\n")
            return
        content = path.read_bytes()
        if name == "index.html" and self.daemon.refresh_seconds:
            content = content.replace(
                b'refresh-seconds" content="5"',
                b'refresh-seconds" content="%g"' % self.daemon.refresh_seconds,
            )
        self.send(200, TYPES[path.suffix], content)

    def send(self, status, kind, content):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", nargs="?", default="normal", choices=sample_answers.SCENES)
    parser.add_argument("--port", type=int, default=8080)
    options = parser.parse_args()
    daemon = FakeDaemon(options.scene, options.port)
    print(daemon.url)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        daemon.stop()


if __name__ == "__main__":
    main()
