#!/usr/bin/env python3
"""What `cmake --install` puts into a prefix, and what systemd thinks of the units there.

install_test.py BUILD_FOLDER"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

def installed(prefix):
    subprocess.run(
        ["cmake", "--install", BUILD, "--prefix", prefix, "--strip"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def unit(path):
    """A unit as sections of lists: keys may come several times."""
    sections = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return sections


def seconds(span):
    number, unit_of_time = re.fullmatch(r"(\d+)(s|min|h)", span).groups()
    return int(number) * {"s": 1, "min": 60, "h": 3600}[unit_of_time]


def analyze(*arguments):
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )


FOLDER = tempfile.TemporaryDirectory(prefix="rosterd-install-")
PREFIX = pathlib.Path(FOLDER.name) / "prefix"
UNITS = PREFIX / "lib/systemd/system"


def setUpModule():
    installed(PREFIX)


def tearDownModule():
    FOLDER.cleanup()


class Installed(unittest.TestCase):
    def test_everything_is_below_the_prefix(self):
        there = {
            str(path.relative_to(PREFIX))
            for path in PREFIX.rglob("*")
            if path.is_file()
        }
        self.assertLessEqual(
            {
                "bin/rosterd",
                "etc/rosterd/policy.toml",
                "etc/rosterd/rosterd.toml",
                "lib/sysusers.d/rosterd.conf",
                "lib/tmpfiles.d/rosterd.conf",
                "libexec/rosterd/prepare-store",
                "share/bash-completion/completions/rosterd",
                "share/doc/rosterd/README.md",
                "share/doc/rosterd/examples/policy.toml",
                "share/doc/rosterd/examples/rosterd.toml",
                "share/fish/vendor_completions.d/rosterd.fish",
                "share/man/man1/rosterd.1.gz",
                "share/man/man5/rosterd-policy.toml.5.gz",
                "share/man/man5/rosterd.toml.5.gz",
                "share/rosterd/grafana/rosterd.json",
                "share/rosterd/prometheus/rosterd.rules.yml",
                "share/zsh/vendor-completions/_rosterd",
            },
            there,
        )

    def test_nothing_names_a_place_that_is_not_filled_in(self):
        for path in [*UNITS.iterdir(), PREFIX / "libexec/rosterd/prepare-store"]:
            self.assertEqual(re.findall(r"@\w+@", path.read_text(encoding="utf-8")), [], path.name)

    def test_a_configuration_that_is_there_stays(self):
        config = PREFIX / "etc/rosterd/rosterd.toml"
        config.write_text("# mine\n")
        installed(PREFIX)
        self.assertEqual(config.read_text(), "# mine\n")

    def test_the_program_runs_where_it_was_put(self):
        said = subprocess.run([PREFIX / "bin/rosterd", "version"], capture_output=True, check=True)
        self.assertIn(b"rosterd ", said.stdout)


@unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze")
class Units(unittest.TestCase):
    def test_systemd_finds_nothing_wrong(self):
        self.assertEqual(
            sorted(path.name for path in UNITS.iterdir()),
            ["rosterd-operator.socket", "rosterd.service", "rosterd.socket"],
        )
        checked = analyze("verify", "--man=no", *(str(path) for path in UNITS.iterdir()))
        mine = [line for line in checked.stderr.splitlines() if "rosterd" in line]
        self.assertEqual(mine, [])
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_both_sockets_are_handed_over_by_name(self):
        found = {}
        for path in UNITS.glob("*.socket"):
            socket = unit(path)["Socket"]
            found[socket["FileDescriptorName"][0]] = (socket["ListenStream"], socket["Service"])
        self.assertEqual(
            found,
            {
                "webhook": (["127.0.0.1:8085"], ["rosterd.service"]),
                "operator": (["/run/rosterd/operator.sock"], ["rosterd.service"]),
            },
        )

    def test_sockets_are_where_the_daemon_would_open_them_itself(self):
        example = (PREFIX / "share/doc/rosterd/examples/rosterd.toml").read_text()
        for path in UNITS.glob("*.socket"):
            address = unit(path)["Socket"]["ListenStream"][0]
            self.assertIn(f'= "{address}"', example)

    def test_wrong_usage_and_wrong_configuration_end_restarts(self):
        program = PREFIX / "bin/rosterd"
        usage = subprocess.run([program, "srve"], capture_output=True, check=False)
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
            config.write("polcy = 1\n")
            config.flush()
            wrong = subprocess.run(
                [program, "serve", "--config", config.name], capture_output=True, check=False
            )
        prevented = unit(UNITS / "rosterd.service")["Service"]["RestartPreventExitStatus"]
        self.assertEqual(prevented, [f"{usage.returncode} {wrong.returncode}"])

    def test_a_failure_that_lasts_is_not_given_up(self):
        found = unit(UNITS / "rosterd.service")
        burst = int(found["Unit"]["StartLimitBurst"][0])
        interval = seconds(found["Unit"]["StartLimitIntervalSec"][0])
        pause = seconds(found["Service"]["RestartSec"][0])
        self.assertEqual(found["Service"]["Restart"], ["on-failure"])
        self.assertGreater(interval, 0, "connections would start it without end")
        self.assertLess(2 * interval / pause, burst, "half of the starts are for people")

    def test_the_operators_socket_outlives_the_service(self):
        service = unit(UNITS / "rosterd.service")["Service"]
        self.assertEqual(service["RuntimeDirectoryPreserve"], ["yes"])

    def test_users_and_folders_are_made(self):
        with tempfile.TemporaryDirectory(prefix="rosterd-root-") as root:
            for tool, kind in [("systemd-sysusers", "sysusers.d"), ("systemd-tmpfiles", "tmpfiles.d")]:
                if not shutil.which(tool) or os.geteuid() != 0:
                    self.skipTest(f"no {tool}, or not root")
                target = pathlib.Path(root) / "usr/lib" / kind
                target.mkdir(parents=True)
                shutil.copy(PREFIX / "lib" / kind / "rosterd.conf", target)
            (pathlib.Path(root) / "etc").mkdir()
            subprocess.run(["systemd-sysusers", f"--root={root}"], check=True, capture_output=True)
            subprocess.run(
                ["systemd-tmpfiles", f"--root={root}", "--create"], check=True, capture_output=True
            )
            entry = [
                line.split(":")
                for line in (pathlib.Path(root) / "etc/passwd").read_text().splitlines()
                if line.startswith("rosterd:")
            ]
            self.assertEqual([one[5:] for one in entry], [["/var/lib/rosterd", "/usr/sbin/nologin"]])
            state = (pathlib.Path(root) / "var/lib/rosterd").stat()
            self.assertEqual((state.st_uid, oct(state.st_mode & 0o777)), (int(entry[0][2]), "0o700"))


if __name__ == "__main__":
    BUILD = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
