#!/usr/bin/env python3
"""The package that cpack makes: what is in it, what it asks for, and what its scripts do.

package_test.py BUILD_FOLDER; ends with 77 when cpack or dpkg is missing."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
FOLDER = tempfile.TemporaryDirectory(prefix="rosterd-package-")


def setUpModule():
    global PACKAGE
    subprocess.run(
        ["cpack", "-B", FOLDER.name], cwd=BUILD, check=True, stdout=subprocess.DEVNULL
    )
    (PACKAGE,) = pathlib.Path(FOLDER.name).glob("*.deb")


def tearDownModule():
    FOLDER.cleanup()


def dpkg_deb(*arguments):
    return subprocess.run(
        ["dpkg-deb", *arguments], capture_output=True, text=True, check=True
    ).stdout


def contents():
    """Path -> mode and owner."""
    rows = {}
    for line in dpkg_deb("--contents", PACKAGE).splitlines():
        mode, owner, _, _, _, path, *_ = line.split()
        rows[path.removeprefix(".")] = (mode, owner)
    return rows


class Package(unittest.TestCase):
    def test_has_what_belongs_to_it_and_where_debian_wants_it(self):
        self.assertLessEqual(
            {
                "/usr/bin/rosterd",
                "/etc/rosterd/rosterd.toml",
                "/etc/rosterd/policy.toml",
                "/usr/lib/systemd/system/rosterd.service",
                "/usr/lib/systemd/system/rosterd.socket",
                "/usr/lib/systemd/system/rosterd-operator.socket",
                "/usr/lib/sysusers.d/rosterd.conf",
                "/usr/lib/tmpfiles.d/rosterd.conf",
                "/usr/libexec/rosterd/prepare-store",
                "/usr/share/bash-completion/completions/rosterd",
                "/usr/share/doc/rosterd/README.Debian",
                "/usr/share/doc/rosterd/changelog.Debian.gz",
                "/usr/share/doc/rosterd/changelog.gz",
                "/usr/share/doc/rosterd/copyright",
                "/usr/share/man/man1/rosterd.1.gz",
                "/usr/share/man/man5/rosterd-policy.toml.5.gz",
                "/usr/share/man/man5/rosterd.toml.5.gz",
                "/usr/share/rosterd/grafana/rosterd.json",
                "/usr/share/rosterd/prometheus/rosterd.rules.yml",
            },
            set(contents()),
        )

    def test_is_roots_and_nobody_elses_to_write(self):
        for path, (mode, owner) in contents().items():
            self.assertEqual(owner, "root/root", path)
            self.assertNotIn("w", mode[5:], path)

    def test_files_in_etc_are_the_administrators(self):
        conffiles = dpkg_deb("--info", PACKAGE, "conffiles").split()
        in_etc = [
            path
            for path, (mode, _) in contents().items()
            if path.startswith("/etc/") and not mode.startswith("d")
        ]
        self.assertEqual(sorted(conffiles), sorted(in_etc))

    def test_asks_for_the_libraries_the_program_is_linked_with(self):
        depends = dpkg_deb("--field", PACKAGE, "Depends")
        for package in ["libc6 (>= ", "libsqlite3-0", "libssl3", "libsystemd0", "ca-certificates", "tzdata"]:
            self.assertIn(package, depends)

    def test_scripts_are_shell_and_enable_nothing(self):
        for name in ["postinst", "prerm", "postrm"]:
            script = dpkg_deb("--info", PACKAGE, name)
            checked = subprocess.run(["sh", "-n"], input=script, text=True, check=False)
            self.assertEqual(checked.returncode, 0, name)
            self.assertIsNone(re.search(r"\b(systemctl|deb-systemd-helper)\b.*\benable\b", script))

    def test_names_the_places_it_is_installed_to(self):
        with tempfile.TemporaryDirectory(prefix="rosterd-unpacked-") as root:
            dpkg_deb("--extract", PACKAGE, root)
            service = (pathlib.Path(root) / "usr/lib/systemd/system/rosterd.service").read_text()
            self.assertIn("\nExecStart=/usr/bin/rosterd serve --config /etc/rosterd/rosterd.toml\n", service)
            prepare = (pathlib.Path(root) / "usr/libexec/rosterd/prepare-store").read_text()
            self.assertIn('\nrosterd="/usr/bin/rosterd"\n', prepare)

    @unittest.skipUnless(shutil.which("lintian"), "there is no lintian")
    def test_lintian_finds_no_error(self):
        checked = subprocess.run(
            ["lintian", "--fail-on=error", "--tag-display-limit=0", PACKAGE],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


if __name__ == "__main__":
    for tool in ["cpack", "dpkg-deb", "dpkg-shlibdeps", "file"]:
        if not shutil.which(tool):
            print(f"there is no {tool}")
            sys.exit(SKIPPED)
    BUILD = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
