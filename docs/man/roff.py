"""Words of man(7) that both page makers use."""

import gzip
import pathlib


def text(line):
    """A line of prose, so that nothing in it is taken for a request or an escape."""
    line = line.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    line = line.replace("^", "\\(ha").replace("~", "\\(ti")
    return "\\&" + line if line.startswith((".", "\\(aq")) else line


def bold(words):
    return "\\fB" + text(words) + "\\fR"


def literal(lines):
    """Lines as they stand, indented."""
    return [".PP", ".RS 4", ".EX", *(text(line) if line else "\\&" for line in lines), ".EE", ".RE"]


def title(name, section, version, manual):
    return [
        ".\\\" Generated; the sources are in docs/man and config.",
        f'.TH {name.upper()} {section} "" "rosterd {version}" "{manual}"',
        ".ad l",
        ".nh",
    ]


def write(lines, target):
    """The page, and beside it compressed as packages want it, the same bytes each time."""
    page = "\n".join(lines) + "\n"
    pathlib.Path(target).write_text(page, encoding="utf-8")
    with open(f"{target}.gz", "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as out:
            out.write(page.encode())
