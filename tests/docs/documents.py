"""Reading our own documents: code spans, links, fenced blocks, the console tour.

The tour is every fenced block of README.md that is marked ```console. A line that begins
with "$ " is a command (a trailing backslash continues it); the lines up to the next
command are its output, standard error included. A line "..." in the expected output
stands for any lines, or none.

Before the comparison both sides are normalised, so that what differs from run to run
does not count:

    a time           2026-11-22T04:05:06Z       <time>
    hexadecimal      8 digits or more           <hex>
    base64           40 characters or more      <base64>
    a duration       0.42 s, 17 ms              <duration>
    spaces at the end of a line                 removed
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FENCE = re.compile(r"^(```+|~~~+)\s*(\S*)\s*$")


def documents():
    """Our documents: those at the top, and everything under doc/ but the manual pages."""
    found = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    return found + sorted((ROOT / "doc").rglob("*.md"))


def split(text):
    """(prose, [(language, block)]): a document with its fenced blocks taken out."""
    prose, blocks, fence = [], [], None
    for line in text.splitlines():
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
            blocks.append((mark[2], []))
        elif fence is not None and line.strip() == fence:
            fence = None
        elif fence is not None:
            blocks[-1][1].append(line)
        else:
            prose.append(line)
    return "\n".join(prose), [(language, "\n".join(lines)) for language, lines in blocks]


def code_spans(prose):
    return [span.strip() for span in re.findall(r"`([^`\n]+)`", prose)]


def links(prose):
    """Targets of [text](target), code spans taken out first."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose))


def anchors(text):
    """The anchors that the headings of a document make."""
    prose, _ = split(text)
    found = set()
    for heading in re.findall(r"^#+\s+(.*)$", prose, re.M):
        word = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(word.strip().replace(" ", "-"))
    return found


def expand(path):
    """src/{a,b}.c -> src/a.c src/b.c"""
    match = re.search(r"\{([^{}]*,[^{}]*)\}", path)
    if not match:
        return [path]
    return [whole for part in match[1].split(",")
            for whole in expand(path[:match.start()] + part.strip() + path[match.end():])]


def repository_path(span):
    """The pattern of a path of this repository that a code span names, or None.

    A span is one when it is one word, has a slash or is a file at the top, and begins
    with a folder of ours (or of src/, as in includes). What the build or a run makes is
    none. Placeholders become wildcards: <layer>, NAME, NNNN, X.
    """
    span = re.sub(r":\d+$", "", span.strip('"'))  # file:line, or written as an include
    if re.search(r"[\s$=()|;,]|://", re.sub(r"\{[^{}]*\}", "", span)):
        return None
    if span.startswith("./"):
        span = span[2:]
    if not re.match(r"[\w.]", span):
        return None
    first = span.split("/")[0]
    if re.match(r"(build(-\w+)?|var)$", first):
        return None
    top = {"src", "include", "policy", "tests", "test", "fuzz", "bench", "doc", "tools",
           "examples", "web", ".ci"}
    files = {"start", "test", "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md",
             "LICENSE", "meson.build", "meson_options.txt", ".clang-format", ".gitignore"}
    if "/" not in span:
        if span not in files:
            return None
    elif first not in top:
        if not (ROOT / "src" / first).is_dir():
            return None
        span = "src/" + span
    span = re.sub(r"<[^<>]*>", "*", span)
    return re.sub(r"\b[A-Z][A-Z_]*\b(?!\.md)", "*", span) if "/" in span else span


def missing(pattern, folder=ROOT):
    """The expansions of a pattern that match nothing."""
    return [path for path in expand(pattern)
            if not any(True for _ in folder.glob(path.rstrip("/")))]


def assay_calls(text):
    """(subcommand, rest of the line) of each call of assay in a code span or block."""
    return re.findall(r"(?:^|[\s|/(])assay[ \t]+([a-z][\w-]*)((?:[^\n|#;&]|\|(?=\w))*)", text)


def console(text):
    """[(command, [expected line])] of all console blocks of a document, in order."""
    steps = []
    for language, block in split(text)[1]:
        if language != "console":
            continue
        open_command = False
        for line in block.splitlines():
            if open_command:
                steps[-1] = (steps[-1][0] + "\n" + line.removeprefix("> "), [])
            elif line.startswith("$ "):
                steps.append((line[2:], []))
            elif steps:
                steps[-1][1].append(line)
            open_command = (open_command or line.startswith("$ ")) and line.endswith("\\")
    return [(command, trimmed(lines)) for command, lines in steps]


def trimmed(lines):
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def normal(line):
    line = re.sub(r"\d{4}-\d\d-\d\dT\d\d:?\d\d:?\d\d(\.\d+)?Z", "<time>", line)
    line = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", "<hex>", line)
    line = re.sub(r"(?<![\w+/])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/=])", "<base64>", line)
    line = re.sub(r"\b\d+(\.\d+)? (s|ms)\b", "<duration>", line)
    return line.rstrip()


def matches(expected, actual):
    """Whether the output is what the document says; "..." stands for any lines."""
    expected = [normal(line) for line in expected]
    actual = [normal(line) for line in trimmed(actual)]
    # reach[j]: the expected lines so far can match the first j actual lines
    reach = [True] + [False] * len(actual)
    for line in expected:
        if line == "...":
            first = reach.index(True) if True in reach else len(reach)
            reach = [j >= first for j in range(len(reach))]
        else:
            reach = [False] + [reach[j] and actual[j] == line for j in range(len(actual))]
    return reach[-1]
