#!/usr/bin/python3
"""Turn the manual pages into the text of `assay help`, so that both have one source.

    help.py OUTPUT.c PAGE.scd...

Reads scdoc(5) pages in the order given and writes one C file that defines help_pages[]
(declared in src/cmd/help.h). A page's text has its SYNOPSIS, the first paragraph of its
DESCRIPTION, and its COMMANDS, OPTIONS, EXIT STATUS and EXAMPLES where it has them: one
screen, at most 50 lines of 80 columns. What does not fit, or markup that is not
understood here, is an error that names the file, so the build stops.
"""

import re
import sys
import textwrap
from pathlib import Path

LINES, COLUMNS = 50, 80
LABEL = 24  # width of the left column of an option list
SECTIONS = ["SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "EXAMPLES"]


class PageError(Exception):
    pass


def plain(text):
    """A line of scdoc without its markup: *bold*, _underlined_, \\escaped."""
    out, i = [], 0
    while i < len(text):
        c = text[i]
        if c == "\\" and i + 1 < len(text):
            out.append(text[i + 1])
            i += 1
        elif c == "_":
            # scdoc(5): an underscore inside a word is an underscore
            inside = (i > 0 and text[i - 1].isalnum()
                      and i + 1 < len(text) and text[i + 1].isalnum())
            if inside:
                out.append(c)
        elif c != "*":
            out.append(c)
        i += 1
    return "".join(out)


def sections(source):
    """{name: [lines]} of the first-level sections, and the page's own name."""
    lines = source.splitlines()
    if not lines or not re.match(r"^[\w.-]+\([1-9]\)", lines[0]):
        raise PageError("the first line is not NAME(SECTION)")
    found, current = {}, None
    for line in lines[1:]:
        if line.startswith("# "):
            current = found.setdefault(line[2:].strip(), [])
        elif current is not None and not line.startswith(";"):
            current.append(line)
    return found


def blocks(lines):
    """Cut a section into ("text", [lines]), ("item", label, [lines]), ("literal", [lines])."""
    out, i = [], 0
    while i < len(lines):
        line = lines[i]
        if not line.strip():
            i += 1
        elif line == "```":
            end = lines.index("```", i + 1)
            out.append(("literal", lines[i + 1:end]))
            i = end + 1
        elif line.startswith("\t"):
            raise PageError(f"indented line without a label above it: {line.strip()!r}")
        elif line[0] in "|[]-." or line.startswith("##"):
            out.append(("skip",))  # tables, lists, sub-headings: for the manual only
            while i < len(lines) and lines[i].strip():
                i += 1
        elif i + 1 < len(lines) and lines[i + 1].startswith("\t"):
            body = []
            i += 1
            while i < len(lines) and lines[i].startswith("\t"):
                body.append(lines[i].strip())
                i += 1
            out.append(("item", line, body))
        else:
            body = []
            while i < len(lines) and lines[i].strip():
                body.append(lines[i])
                i += 1
            out.append(("text", body))
    return out


def wrap(text, indent):
    return textwrap.wrap(text, COLUMNS, initial_indent=" " * indent,
                         subsequent_indent=" " * indent,
                         break_long_words=False, break_on_hyphens=False)


def render_item(label, body):
    label = "  " + plain(label)
    text = wrap(" ".join(plain(line) for line in body), LABEL)
    if len(label) < LABEL - 1:
        text[0] = label.ljust(LABEL) + text[0].lstrip()
        return text
    return [label] + text


def render_section(name, lines):
    out = []
    for kind, *block in blocks(lines):
        if kind == "literal":
            out += ["  " + line for line in block[0]]
        elif kind == "item":
            out += render_item(*block)
        elif kind == "text" and name == "SYNOPSIS":
            # one usage per line; "++" at the end is scdoc's line break
            for line in block[0]:
                out.append("  " + plain(line.removesuffix("++").rstrip()))
        elif kind == "text":
            out += wrap(" ".join(plain(line) for line in block[0]), 2)
        if name == "DESCRIPTION" and out:
            break
    return out


def page(path):
    """(name, brief, text) of one page."""
    path = Path(path)
    parts = sections(path.read_text(encoding="ascii"))
    name = path.name.removesuffix(".scd")
    name = name[:-2]  # ".1", ".5"
    name = name.removeprefix("assay-")
    for needed in ("NAME", "SYNOPSIS", "DESCRIPTION"):
        if needed not in parts:
            raise PageError(f"no section {needed}")
    brief = plain(" ".join(line for line in parts["NAME"] if line.strip()))
    if " - " not in brief:
        raise PageError("NAME is not 'name - what it does'")
    brief = brief.split(" - ", 1)[1]

    text = []
    for section in SECTIONS:
        if section in parts:
            rendered = render_section(section, parts[section])
            if rendered:
                text += ([""] if text else []) + [section] + rendered
    if len(text) > LINES:
        raise PageError(f"{len(text)} lines of help; one screen is {LINES}")
    for line in text:
        if len(line) > COLUMNS:
            raise PageError(f"wider than {COLUMNS} columns: {line!r}")
    return name, brief, "\n".join(text) + "\n"


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def c_file(pages):
    out = ["/* Made from doc/man/ by tools/help.py: edit the manual pages instead. */",
           '#include "cmd/help.h"', "", "const struct help_page help_pages[] = {"]
    for name, brief, text in pages:
        out += ["\t{", f"\t\t{c_string(name)},", f"\t\t{c_string(brief)},"]
        out += [f"\t\t{c_string(line)}" for line in text.splitlines(keepends=True)]
        out[-1] += ","
        out.append("\t},")
    out += ["};", "", "const size_t help_pages_n = sizeof(help_pages) / sizeof(help_pages[0]);"]
    return "\n".join(out) + "\n"


def main(argv):
    if len(argv) < 3:
        print("usage: help.py OUTPUT.c PAGE.scd...", file=sys.stderr)
        return 2
    pages = []
    for path in argv[2:]:
        try:
            pages.append(page(path))
        except (PageError, ValueError, OSError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
    Path(argv[1]).write_text(c_file(pages), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
