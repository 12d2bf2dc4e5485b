"""What the parts of docs/PERFORMANCE.md are written with."""

import pathlib

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "PERFORMANCE.md"


def table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines])


def with_spaces(number):
    return f"{number:,.0f}".replace(",", " ")


def section_of(page, heading):
    """From the heading up to the next of its kind; "" when the page has none."""
    begin = page.find(heading + "\n")
    if begin < 0:
        return ""
    end = page.find("\n## ", begin)
    return page[begin:] if end < 0 else page[begin : end + 1]
