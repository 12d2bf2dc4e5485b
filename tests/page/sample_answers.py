"""What a daemon might answer, in the shapes of its JSON API: a normal day, a new installation, a
bad day, and names that somebody chose to break the page."""

import datetime
import random

HOUR = 3600
DAY = 24 * HOUR


def ago(seconds):
    """An instant this many seconds before now."""
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(seed):
    return "%064x" % random.Random(seed).getrandbits(256)


EVENT_STATES = [
    "pending",
    "running",
    "scheduled",
    "waiting",
    "retrying",
    "held",
    "applied",
    "superseded",
    "ignored",
    "cancelled",
    "dead",
]


def event(number, **changes):
    row = {
        "id": number,
        "source": "hr",
        "external_id": "evt-%08d" % number,
        "type": "person.changed",
        "mode": "partial",
        "person": "4711",
        "state": "applied",
        "received_at": ago(HOUR),
        "occurred_at": ago(HOUR + 60),
        "effective_at": None,
        "sequence": None,
        "attempts": 0,
        "crashes": 0,
        "next_attempt_at": None,
        "finished_at": ago(HOUR - 4),
        "class": None,
        "reason": None,
        "replay_of": None,
    }
    return row | changes


def removal(person, entitlement, **changes):
    kind = "role" if "@" in entitlement else "group"
    row = {
        "person": person,
        "account": "auth0|%s" % person,
        "kind": kind,
        "entitlement": entitlement,
        "entitlement_id": digest(entitlement)[:24],
        "reason": "status left since 2026-03-31: a leaver keeps nothing",
        "leaver": True,
        "event": None,
    }
    return row | changes


def hold(number, removals, **changes):
    row = {
        "id": number,
        "hash": digest("hold %d" % number),
        "state": "open",
        "cause": "leavers",
        "why": "7 people have left within 24 h; 5 may without approval",
        "policy_version": "3f2a9b01",
        "opened_at": ago(5 * HOUR),
        "changed_at": ago(2 * HOUR),
        "decided_at": None,
        "decided_by": None,
        "note": None,
        "finished_at": None,
        "removals": removals,
    }
    return row | changes


def intake(number, **changes):
    row = {
        "id": number,
        "source": "hr",
        "file": "people-2026-04-%02d.csv" % number,
        "sha256": digest("file %d" % number),
        "state": "done",
        "taken_at": ago(number * DAY),
        "finished_at": ago(number * DAY - 9),
        "rows": 1843,
        "rows_failed": 0,
        "people": 1843,
        "quarantined": 0,
        "joined": 3,
        "changed": 12,
        "left": 1,
        "unchanged": 1827,
        "reason": None,
    }
    return row | changes


def drift(kind, person, entitlement, **changes):
    row = {
        "drift": kind,
        "person": person,
        "account": "auth0|%s" % (person or "service"),
        "kind": "role" if "@" in entitlement else "group",
        "entitlement": entitlement,
        "entitlement_id": digest(entitlement)[:24],
        "detail": "rule engineers gives it",
        "first_seen": ago(3 * DAY),
        "last_seen": ago(HOUR),
        "times": 1,
        "there": True,
        "contended": False,
    }
    return row | changes


def ledger(account, entitlement, rule):
    return {
        "account": account,
        "kind": "role" if "@" in entitlement else "group",
        "entitlement": entitlement,
        "entitlement_id": digest(entitlement)[:24],
        "rule": rule,
        "policy_version": "3f2a9b01",
        "event": 41,
        "since": ago(20 * DAY),
        "adopted": False,
    }


def person(number, called, **changes):
    given, _, family = called.partition(" ")
    account = "auth0|%s" % number
    row = {
        "id": number,
        "attributes": {
            "department": "Engineering",
            "email": "%s@example.com" % given.lower(),
            "family_name": family,
            "given_name": given,
            "status": "active",
        },
        "accounts": [account],
        "assignments": [
            ledger(account, "Staff", "everyone"),
            ledger(account, "Engineering", "engineers"),
        ],
        "stale": False,
        "first_seen": ago(90 * DAY),
        "changed_at": ago(2 * DAY),
        "next_due_at": None,
        "account_recheck_at": None,
    }
    return row | changes


def access(standing, because, entitlement, why, **changes):
    row = {
        "standing": standing,
        "because": because,
        "kind": "role" if "@" in entitlement else "group",
        "entitlement": entitlement,
        "account": "auth0|4711",
        "rules": [],
        "why": why,
        "event": None,
        "next_at": None,
        "hold": None,
        "ledger": None,
    }
    return row | changes


def attribute(name, value, **changes):
    row = {"name": name, "value": value, "event": 41, "source": "hr", "received_at": ago(20 * DAY)}
    return row | changes


def explanation(**changes):
    answer = {
        "id": "4711",
        "lifecycle": "active",
        "lifecycle_why": "status active, start_date 2024-05-01 has come",
        "lifecycle_changes_at": None,
        "entitled": True,
        "accounts": [
            {
                "account": "auth0|4711",
                "found": "by the e-mail address anna@example.com in connection "
                "Username-Password-Authentication",
            }
        ],
        "account_problem": None,
        "tenant_asked": True,
        "tenant_read": True,
        "tenant_problem": None,
        "access": [
            access(
                "agreed",
                "rule",
                "Engineering",
                "rule engineers gives it; granted 2026-03-01 "
                "09:00:04 by event 41 under policy 3f2a9b01",
                rules=["engineers"],
            ),
            access(
                "agreed",
                "rule",
                "Staff",
                "rule everyone gives it; granted 2026-03-01 09:00:04 "
                "by event 41 under policy 3f2a9b01",
                rules=["everyone"],
            ),
            access(
                "missing",
                "retrying",
                "Developer@a1b2c3",
                "rule engineers gives it, but attempt "
                "3 failed: the tenant answered 503; tried again 2026-04-02 14:10:00",
                event=902,
            ),
            access(
                "held",
                "in_hold",
                "Finance",
                "no rule gives it any more; waits for approval "
                "since 2026-04-02T09:00:00Z, because 14 assignments would go within 1 h; 10 may; "
                "hold %s" % digest("hold 2")[:12],
                hold=digest("hold 2"),
            ),
            access("foreign", "not_ours", "Chess Club", "no rule gives it, and rosterd did not"),
        ],
        "other_ways": [
            {
                "account": "auth0|4711",
                "kind": "role",
                "entitlement": "Wiki Reader@a1b2c3",
                "way": "role of group Engineering",
                "seen_at": None,
            }
        ],
        "rules_not_applying": [
            {
                "rule": "managers",
                "gives": ["Managers", "Approver@a1b2c3"],
                "because": "level is 3, and must be at least 5",
            }
        ],
        "events": [],
        "attributes": [
            attribute("department", "Engineering"),
            attribute("email", "anna@example.com"),
            attribute("family_name", "Álvarez"),
            attribute("given_name", "Anna"),
            attribute("level", 3),
            attribute("projects", ["atlas", "borealis"]),
            attribute("start_date", "2024-05-01", event=None, source=None, received_at=None),
            attribute("status", "active"),
        ],
    }
    return answer | changes


def status(**changes):
    answer = {
        "events": dict.fromkeys(EVENT_STATES, 0)
        | {
            "pending": 3,
            "running": 1,
            "scheduled": 7,
            "waiting": 2,
            "applied": 10482,
            "superseded": 121,
            "ignored": 12,
            "cancelled": 1,
        },
        "oldest_open_received_at": ago(94),
        "people": 1843,
        "people_by_status": {"active": 1802, "on_leave": 12, "prehire": 7, "left": 22},
        "links": 1836,
        "ledger": 6120,
        "policy_version": "3f2a9b01",
        "files": [intake(1), intake(2)],
        "database_bytes": 48_300_032,
        "schema_version": 2,
        "holds": [],
        "held_leavers": [],
        "leavers_given_up": [],
        "residual": 0,
        "drift": {"missing": 0, "unexpected": 0, "foreign": 4, "orphan_account": 2},
        "contended": 0,
        "reconciliation": reconciliation(),
        "storage": {"bytes": 212_992, "limit_bytes": 512_000, "percent": 41, "at": ago(1500)},
        "version": "0.1.0",
        "ready": True,
        "breaker": "closed",
        "pause": None,
        "calls_per_second": 2.0,
        "calls_last_minute": 14,
        "time_to_revoke": {"count": 31, "p50_seconds": 1.9, "p99_seconds": 11.4},
        "storage_limit_bytes": 512_000,
        "uptime_seconds": 6 * DAY + 4 * HOUR,
    }
    return answer | changes


def reconciliation(**changes):
    report = {
        "started_at": ago(HOUR + 20),
        "finished_at": ago(HOUR),
        "repairs": True,
        "people": 1843,
        "found": {"missing": 0, "unexpected": 0, "foreign": 4, "orphan_account": 2},
        "contended": 0,
        "people_to_repair": 0,
    }
    return report | changes


def history(load=1.0, gap=False):
    """A day of minutes: people come to work in the morning, and a file arrives at noon."""
    chance = random.Random(7)
    points = []
    backlog = 0
    for minute in range(24 * 60, 0, -1):
        hour = (24 * 60 - minute) / 60
        if gap and 5.0 < hour < 6.2:
            continue
        busy = 1.5 if 9 < hour < 18 else 0.2
        arrived = int(chance.random() * 3 * busy * load) + (160 if abs(hour - 12) < 0.02 else 0)
        done = min(backlog + arrived, int(8 / load) + 2)
        backlog += arrived - done
        granted = int(done * 0.8)
        removed = int(done * 0.3)
        points.append(
            {
                "at": ago(minute * 60),
                "open": backlog + 9,
                "dead": 2 if load > 1 and hour > 15 else 0,
                "oldest_pending_seconds": backlog * 7 + int(chance.random() * 4),
                "applied": done,
                "granted": granted,
                "removed": removed,
                "calls": granted + removed + 2,
                "lost_writes": 1 if load > 1 and chance.random() < 0.05 else 0,
                "held": 7 if load > 1 and hour > 17 else 0,
            }
        )
    return {"interval_seconds": 60, "points": points}


NAMES = [
    "Anna Álvarez",
    "Ben Okafor",
    "Chiara Rossi",
    "Dmitri Ivanov",
    "Emre Yıldız",
    "Fatima Zahra",
    "Grace Liu",
    "Hiroshi Tanaka",
    "Ines Duarte",
    "Jonas Weber",
]


def normal():
    rows = [event(950 - i, person=str(4711 + i), received_at=ago(120 * i + 30)) for i in range(50)]
    rows[0] |= {"state": "pending", "finished_at": None}
    rows[2] |= {
        "state": "waiting",
        "finished_at": None,
        "class": "no_account",
        "attempts": 4,
        "type": "person.joined",
        "next_attempt_at": ago(-900),
        "reason": "no user of the tenant has the address grace@example.com",
    }
    rows[5] |= {"state": "scheduled", "finished_at": None, "next_attempt_at": ago(-3 * DAY)}
    return {
        "status": status(),
        "history": history(),
        "events": rows,
        "people": [person(str(4711 + i), called) for i, called in enumerate(NAMES)],
        "explanation": explanation(),
        "holds": [],
        "files": [intake(i) for i in range(1, 6)],
        "drift": [
            drift(
                "foreign",
                "4712",
                "Chess Club",
                detail="no rule gives it, and rosterd did " "not grant it: it stays",
            ),
            drift("orphan_account", None, "Staff", detail="belongs to nobody: it stays"),
        ],
        "residual": [],
    }


def empty():
    nothing = status(
        events=dict.fromkeys(EVENT_STATES, 0),
        oldest_open_received_at=None,
        people=0,
        people_by_status={},
        links=0,
        ledger=0,
        policy_version=None,
        files=[],
        drift=dict.fromkeys(["missing", "unexpected", "foreign", "orphan_account"], 0),
        reconciliation=None,
        storage=None,
        calls_last_minute=0,
        uptime_seconds=12,
        time_to_revoke={"count": 0, "p50_seconds": None, "p99_seconds": None},
    )
    return {
        "status": nothing,
        "history": {"interval_seconds": 60, "points": []},
        "events": [],
        "people": [],
        "explanation": explanation(
            lifecycle=None,
            lifecycle_why=None,
            entitled=False,
            accounts=[],
            access=[],
            other_ways=[],
            account_problem="no account of the tenant belongs to this person yet",
            rules_not_applying=[],
            attributes=[],
        ),
        "holds": [],
        "files": [],
        "drift": [],
        "residual": [],
    }


def leavers_hold():
    groups = ["Staff", "Engineering", "Developer@a1b2c3", "VPN"]
    return hold(
        1,
        [
            removal(str(5001 + i), group, event=880 + i)
            for i in range(7)
            for group in groups[: 2 + i % 3]
        ],
    )


def movers_hold():
    moved = [
        removal(
            str(6001 + i),
            "Finance",
            leaver=False,
            reason="rule finance gave it, and does not any more",
        )
        for i in range(14)
    ]
    return hold(
        2,
        moved,
        cause="removals",
        why="14 assignments would go within 1 h; 10 may without approval",
    )


def fire():
    answers = normal()
    holds = [leavers_hold(), movers_hold()]
    answers["events"][1] |= {
        "state": "dead",
        "class": "ambiguous_account",
        "attempts": 16,
        "person": "5003",
        "type": "person.left",
        "reason": "3 users of the tenant have the address d.ivanov@example.com: auth0|1, auth0|2, "
        "waad|3",
    }
    answers["events"][4] |= {
        "state": "dead",
        "class": "permanent",
        "attempts": 1,
        "reason": "the tenant answered 400: Payload validation error: 'Object didn't pass validation "
        "for format user-id: auth0|'",
    }
    answers["events"][3] |= {
        "state": "retrying",
        "finished_at": None,
        "class": "transient",
        "attempts": 3,
        "next_attempt_at": ago(-240),
        "reason": "the tenant answered 503: Service Unavailable",
    }
    answers["events"][6] |= {
        "state": "held",
        "finished_at": None,
        "person": "5001",
        "type": "person.left",
        "reason": "waits for approval",
    }
    brief = [{key: value for key, value in one.items() if key != "removals"} for one in holds]
    answers["status"] = status(
        events=answers["status"]["events"] | {"held": 7, "dead": 2, "retrying": 41, "pending": 380},
        oldest_open_received_at=ago(7 * HOUR + 300),
        holds=brief,
        held_leavers=[str(5001 + i) for i in range(7)],
        leavers_given_up=["5003"],
        residual=3,
        drift={"missing": 12, "unexpected": 3, "foreign": 4, "orphan_account": 2},
        contended=2,
        reconciliation=reconciliation(
            found={"missing": 12, "unexpected": 3, "foreign": 4, "orphan_account": 2},
            people_to_repair=13,
            contended=2,
        ),
        storage={"bytes": 493_568, "limit_bytes": 512_000, "percent": 96, "at": ago(700)},
        ready=["no call to the tenant has worked since 2026-04-02T13:58:11Z"],
        breaker="open",
        pause={"reason": "the token endpoint answered 401: invalid_client", "until": ago(-45)},
        calls_last_minute=0,
        calls_per_second=0.5,
        files=[
            intake(
                1,
                state="rejected",
                reason="line 1: no column is called employee_id; the " "nearest is EmployeeID",
            ),
            intake(2),
        ],
    )
    answers["holds"] = holds
    answers["history"] = history(load=3.0, gap=True)
    answers["files"] = [
        intake(
            1,
            state="rejected",
            rows=0,
            people=0,
            joined=0,
            changed=0,
            left=0,
            unchanged=0,
            reason="line 1: no column is called employee_id; the nearest is EmployeeID",
        ),
        intake(
            2,
            state="held",
            joined=0,
            changed=0,
            left=0,
            unchanged=0,
            reason="214 of 1,843 people " "of the last file are missing; 92 may",
        ),
        intake(
            3,
            rows_failed=4,
            quarantined=1,
            reason="line 17: last_day is 31/31/2026, which is no " "date; line 90: no employee_id",
        ),
        intake(4, state="repeated"),
        intake(5),
    ]
    answers["drift"] += [
        drift(
            "missing",
            "4711",
            "Developer@a1b2c3",
            times=9,
            contended=True,
            detail="rule engineers gives it; was granted before",
        ),
        drift(
            "unexpected",
            "4715",
            "Finance",
            times=4,
            contended=True,
            detail="no rule gives it any more",
        ),
        drift("missing", "4716", "VPN"),
        drift("missing", "4719", "VPN", there=False),
    ]
    answers["residual"] = [
        {
            "person": "5010",
            "account": "auth0|5010",
            "kind": "group",
            "entitlement": "Staff",
            "way": "member of Interns, which is nested in Staff",
            "seen_at": ago(3000),
        },
        {
            "person": "5010",
            "account": "auth0|5010",
            "kind": "role",
            "entitlement": "Wiki Reader@a1b2c3",
            "way": "role of group Staff",
            "seen_at": ago(3000),
        },
        {
            "person": "5011",
            "account": "waad|5011",
            "kind": "group",
            "entitlement": "Everybody",
            "way": "a mapping of the connection's group",
            "seen_at": ago(3000),
        },
    ]
    return answers


MARKUP = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
LONG = "a" * 400
RIGHT_TO_LEFT = "\u202eمدير النظام\u202e evil.exe"
ODD_IDS = [
    MARKUP,
    LONG,
    RIGHT_TO_LEFT,
    "../../etc/passwd?x=1#/holds",
    "'; DROP TABLE person; --",
    "100%",
    "日本語の名前がここに入ります" * 5,
    "👩🏽‍💻" * 30,
    " ",
    "javascript:alert(1)",
]


def hostile():
    answers = fire()
    answers["events"] = [
        event(
            10**15 + i,
            person=odd,
            source=odd,
            type=odd,
            external_id=odd,
            reason=odd,
            state="dead",
            attempts=10**9,
            **{"class": "permanent"},
        )
        for i, odd in enumerate(ODD_IDS)
    ]
    answers["people"] = [
        person(
            odd,
            odd,
            attributes={"display_name": odd, "department": odd, "status": odd},
            accounts=[odd, odd],
        )
        for odd in ODD_IDS
    ]
    answers["explanation"] = explanation(
        id=MARKUP,
        lifecycle_why=LONG,
        account_problem=MARKUP,
        accounts=[{"account": odd, "found": odd} for odd in ODD_IDS],
        access=[access("missing", "retrying", odd, odd, account=odd) for odd in ODD_IDS],
        attributes=[attribute(odd, odd, source=odd) for odd in ODD_IDS],
        rules_not_applying=[{"rule": MARKUP, "gives": ODD_IDS, "because": LONG}],
        tenant_problem=MARKUP,
    )
    strange = hold(
        1,
        [removal(odd, odd, account=odd, reason=odd) for odd in ODD_IDS],
        why=MARKUP,
        note=LONG,
        decided_by=RIGHT_TO_LEFT,
        policy_version=LONG,
    )
    answers["holds"] = [strange]
    answers["status"] = answers["status"] | {
        "holds": [{key: value for key, value in strange.items() if key != "removals"}],
        "held_leavers": ODD_IDS,
        "policy_version": LONG,
        "ready": ODD_IDS,
        "version": MARKUP,
        "ledger": 10**15,
        "people": 10**15,
        "database_bytes": 10**15,
        "events": dict.fromkeys(EVENT_STATES, 10**15),
        "pause": {"reason": MARKUP, "until": ago(-60)},
    }
    answers["files"] = [
        intake(i + 1, file=odd, source=odd, reason=odd, rows=10**15, state="rejected")
        for i, odd in enumerate(ODD_IDS)
    ]
    answers["drift"] = [drift("missing", odd, odd, account=odd, detail=odd) for odd in ODD_IDS]
    answers["residual"] = [
        {
            "person": odd,
            "account": odd,
            "kind": "group",
            "entitlement": odd,
            "way": odd,
            "seen_at": ago(60),
        }
        for odd in ODD_IDS
    ]
    return answers


SCENES = {"normal": normal, "empty": empty, "fire": fire, "hostile": hostile}
