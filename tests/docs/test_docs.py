"""What the documents name is there, and the README's tour gives what it shows.

The program is taken from the build folder named by ASSAY_BUILD (./test sets it).
documents.py says how documents are read and what the tour's comparison overlooks.
"""

import difflib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import documents as d

BUILD = Path(os.environ.get("ASSAY_BUILD", d.ROOT / "build")).resolve()
ASSAY = BUILD / "assay"
DOCUMENTS = d.documents()
NAMES = [str(path.relative_to(d.ROOT)) for path in DOCUMENTS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_paths_named_are_there(document):
    prose, _ = d.split(document.read_text(encoding="utf-8"))
    absent = []
    for span in d.code_spans(prose):
        if (pattern := d.repository_path(span)) is not None:
            absent += [f"`{span}`: {path}" for path in d.missing(pattern)
                       if d.missing(path, document.parent)]
    assert not absent, "\n".join(absent)


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    broken = []
    for target in d.links(d.split(text)[0]):
        if re.match(r"[a-z]+:", target):
            continue  # elsewhere; the tests have no network
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists():
            broken.append(target)
        elif anchor and anchor not in d.anchors(file.read_text(encoding="utf-8")):
            broken.append(f"{target}: no such heading")
    assert not broken, "\n".join(broken)


def manual(command):
    path = d.ROOT / "doc/man" / f"assay-{command}.1.scd"
    return path.read_text(encoding="utf-8") if path.exists() else None


def sub_commands(page):
    match = re.search(r"^# COMMANDS$(.*?)^# ", page, re.M | re.S)
    return re.findall(r"^\*(\w+)\*", match[1], re.M) if match else []


def wrong_calls(text):
    wrong = []
    for command, rest in d.assay_calls(text):
        page = manual(command)
        if page is None:
            wrong.append(f"assay {command}: no such command")
            continue
        for option in re.findall(r"(?<!\S)--[a-z][\w-]*", rest):
            if f"*{option}*" not in page and option != "--help":
                wrong.append(f"assay {command} {option}: the manual page does not know it")
        known = sub_commands(page)
        words = re.match(r"\s+([a-z|]+)(?=\s|$)", rest)
        if known and words:
            wrong += [f"assay {command} {word}: no such sub-command"
                      for word in words[1].split("|") if word not in known]
    return wrong


@pytest.mark.parametrize("document", DOCUMENTS + [d.ROOT / "start"] +
                         sorted((d.ROOT / "doc/man").glob("*.scd")),
                         ids=lambda path: str(path.relative_to(d.ROOT)))
def test_commands_named_exist(document):
    text = document.read_text(encoding="utf-8")
    if document.suffix == ".md":
        prose, blocks = d.split(text)
        text = "\n".join(d.code_spans(prose) + [block for _, block in blocks])
    elif document.suffix == ".scd":
        text = "\n".join(re.findall(r"^```\n(.*?)^```", text, re.M | re.S))
    else:
        # ./start: what it runs, and what it says to try next
        text = "\n".join("assay " + call for call in
                         re.findall(r'^\s*(?:try ")?build/assay ([^"\n]*)', text, re.M))
        assert text
    wrong = wrong_calls(text)
    assert not wrong, "\n".join(wrong)


def test_a_wrong_call_is_seen():
    assert wrong_calls("assay frobnicate x") == ["assay frobnicate: no such command"]
    assert wrong_calls("assay ledger rewrite") == ["assay ledger rewrite: no such sub-command"]
    assert wrong_calls("assay lookup --colour x.example") == [
        "assay lookup --colour: the manual page does not know it"]
    assert wrong_calls("assay ledger verify --store x") == []


# The tour

def fresh_copy(target):
    """The tree as a clone would have it: nothing built, no store."""
    listed = subprocess.run(["git", "-C", d.ROOT, "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard"], capture_output=True) \
        if (d.ROOT / ".git").exists() and shutil.which("git") else None
    if listed is not None and listed.returncode == 0:
        for name in listed.stdout.decode().split("\0"):
            source = d.ROOT / name
            if name and source.exists():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target / name, follow_symlinks=False)
    else:
        shutil.copytree(d.ROOT, target, dirs_exist_ok=True, symlinks=True,
                        ignore=shutil.ignore_patterns("build*", "var", ".git", "__pycache__"))
    # ./start finds its build made: the one under test.
    (target / "build").symlink_to(BUILD)


def run_tour(steps, folder):
    """[(exit status, [output line])]: all steps in one shell, so that $? and cd carry over."""
    mark = "\x01tour"
    script = []
    for command, _ in steps:
        script += [command, f'tour=$?; printf "\\n{mark} %s\\n" "$tour"; (exit "$tour")']
    environment = {"PATH": f"{BUILD}:{os.environ['PATH']}", "HOME": str(folder),
                   "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    done = subprocess.run(["bash", "-c", "exec 2>&1\n" + "\n".join(script)], cwd=folder,
                          env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          timeout=600)
    results = []
    output = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if line.startswith(mark):
            if output and output[-1] == "":  # the line break put before the mark
                output.pop()
            results.append((int(line.split()[1]), output))
            output = []
        else:
            output.append(line)
    return results


def test_the_shell_of_the_tour_keeps_status_folder_and_output(tmp_path):
    steps = [("cd /", []), ("pwd", []), ("false", []), ("echo $?", []),
             ("printf 'no line end'", []), ("echo wrong >&2", [])]
    assert run_tour(steps, tmp_path) == [(0, []), (0, ["/"]), (1, []), (0, ["1"]),
                                         (0, ["no line end"]), (0, ["wrong"])]


def test_the_tour_of_the_readme_gives_what_it_shows(tmp_path):
    steps = d.console((d.ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(steps) >= 3, "README.md has no tour (blocks marked console)"
    fresh_copy(tmp_path)
    results = run_tour(steps, tmp_path)
    assert len(results) == len(steps), f"the tour stopped after {len(results)} commands"
    wrong = []
    for number, ((command, expected), (status, output)) in enumerate(zip(steps, results)):
        shown_next = number + 1 < len(steps) and "$?" in steps[number + 1][0]
        if status >= 2 and not shown_next:
            wrong += [f"$ {command}", f"  exit status {status}"] + output
        elif not d.matches(expected, output):
            wrong += [f"$ {command}"]
            wrong += difflib.unified_diff([d.normal(line) for line in expected],
                                          [d.normal(line) for line in output],
                                          "README.md", "what it gives", lineterm="")
    assert not wrong, "\n" + "\n".join(wrong)
