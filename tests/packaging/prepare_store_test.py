#!/usr/bin/env python3
"""prepare-store: the store is copied before a new version changes its schema, and only then.

prepare_store_test.py BUILD_FOLDER"""

import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
APPLICATION_ID = 0x72737464
CONFIG = """
policy = "policy.toml"
[target]
base_url = "http://127.0.0.1:9/api"
token_url = "http://127.0.0.1:9/oauth/token"
client_id = "nobody"
client_secret = { env = "NO_SECRET" }
[store]
path = "rosterd.db"
"""
INSTALLED = tempfile.TemporaryDirectory(prefix="rosterd-prepare-")


def setUpModule():
    subprocess.run(
        ["cmake", "--install", BUILD, "--prefix", INSTALLED.name, "--strip"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def tearDownModule():
    INSTALLED.cleanup()


def checksum(text):
    """As the program has it: FNV-1a."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return f"{value:016x}"


def make_first_schema(path):
    """The store as the first version of the program left it."""
    text = (ROOT / "migrations/0001_initial.sql").read_text(encoding="utf-8")
    store = sqlite3.connect(path)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    store.execute(
        "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
    )
    store.executescript(text)
    store.execute(
        "INSERT INTO schema_migrations VALUES (1, '0001_initial.sql', ?, 0)", (checksum(text),)
    )
    store.execute(
        "INSERT INTO person VALUES ('ada', 'active', NULL, 0, NULL, NULL, 0, 0, 0, "
        """'{"status":"active"}', '{"newest":["",null,1]}')"""
    )
    store.commit()
    store.close()


def ask(path, question):
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return store.execute(question).fetchone()[0]
    finally:
        store.close()


class PrepareStore(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rosterd-state-")
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name)
        self.store = self.state / "rosterd.db"
        self.config = self.state / "rosterd.toml"
        self.config.write_text(CONFIG)
        self.newest = len(list((ROOT / "migrations").glob("*.sql")))
        self.assertGreater(self.newest, 1)

    def prepare(self):
        return subprocess.run(
            [f"{INSTALLED.name}/libexec/rosterd/prepare-store", self.config],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "STATE_DIRECTORY": str(self.state)},
        )

    def schema(self, path):
        return ask(path, "SELECT max(version) FROM schema_migrations")

    def copies(self):
        return sorted((self.state / "backups").glob("*"))

    def test_an_older_store_is_copied_and_then_brought_to_the_new_schema(self):
        make_first_schema(self.store)

        done = self.prepare()

        self.assertEqual(done.returncode, 0, done.stderr)
        (copy,) = self.copies()
        self.assertEqual((self.schema(copy), self.schema(self.store)), (1, self.newest))
        self.assertEqual(ask(copy, "SELECT group_concat(id) FROM person"), "ada")
        self.assertEqual(ask(copy, "PRAGMA integrity_check"), "ok")
        self.assertEqual(copy.stat().st_mode & 0o777, 0o600)

    def occupy(self, table):
        """A migration that makes this table fails from now on."""
        store = sqlite3.connect(self.store)
        store.execute(f"CREATE TABLE {table} (taken INTEGER)")
        store.commit()
        store.close()

    def test_a_migration_that_fails_again_and_again_leaves_no_copies(self):
        make_first_schema(self.store)
        self.occupy("hold")

        codes = {self.prepare().returncode for _ in range(2)}

        self.assertEqual((codes, self.schema(self.store), self.copies()), ({1}, 1, []))

    def test_of_a_store_that_was_changed_in_part_the_copy_from_before_stays(self):
        make_first_schema(self.store)
        self.occupy("roster_key")

        codes = {self.prepare().returncode for _ in range(5)}

        self.assertEqual(codes, {1})
        self.assertGreater(self.schema(self.store), 1)
        self.assertEqual([self.schema(copy) for copy in self.copies()], [1])

    def test_the_copy_can_be_put_back_and_prepared_again(self):
        make_first_schema(self.store)
        self.prepare()
        (copy,) = self.copies()
        shutil.copy(copy, self.store)

        done = self.prepare()

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.schema(self.store), self.newest)

    def test_the_last_three_copies_are_kept_and_other_files_left(self):
        make_first_schema(self.store)
        backups = self.state / "backups"
        backups.mkdir()
        for day in range(1, 6):
            (backups / f"before-upgrade-2020010{day}T000000.000Z.db").write_text("old")
        (backups / "mine.db").write_text("mine")

        done = self.prepare()

        self.assertEqual(done.returncode, 0, done.stderr)
        *old, new, mine = [path.name for path in self.copies()]
        self.assertEqual(
            old, ["before-upgrade-20200104T000000.000Z.db", "before-upgrade-20200105T000000.000Z.db"]
        )
        self.assertRegex(new, r"before-upgrade-20[2-9]\d{5}T\d{6}\.\d{3}Z\.db")
        self.assertEqual(mine, "mine.db")

    def test_without_a_copy_nothing_is_changed(self):
        make_first_schema(self.store)
        (self.state / "backups").write_text("no folder")

        done = self.prepare()

        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.schema(self.store), 1)

    def test_a_store_of_this_version_is_not_copied(self):
        make_first_schema(self.store)
        self.prepare()
        before = self.copies()

        done = self.prepare()

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.copies(), before)

    def test_where_there_is_no_store_nothing_is_made(self):
        done = self.prepare()

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([path.name for path in self.state.iterdir()], ["rosterd.toml"])

    def test_a_wrong_configuration_is_left_for_the_daemon_to_tell(self):
        self.config.write_text("polcy = 1\n")

        self.assertEqual(self.prepare().returncode, 0)

    def test_a_broken_store_stops_the_start(self):
        self.store.write_bytes(b"no database" * 1000)

        done = self.prepare()

        self.assertEqual(done.returncode, 1)
        self.assertIn("is not a rosterd store", done.stderr)


if __name__ == "__main__":
    BUILD = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
