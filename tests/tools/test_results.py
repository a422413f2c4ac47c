"""tools/results.py: what ./test counts, one row per kind of outcome."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def results(*arguments):
    return subprocess.run(["/usr/bin/python3", ROOT / "tools/results.py", *arguments],
                          capture_output=True, text=True)


def last(run):
    return run.stdout.splitlines()[-1]


@pytest.mark.parametrize("stdout, stderr, result, status, line, shown", [
    ("1..2\nok 1 - a\nok 2 - b\n", "", "OK", 0, "2 passed, 0 failed, 0 skipped", ""),
    ("1..2\nok 1 - a\nnot ok 2 - b\n", "input x, got 1, wanted 2", "ERROR", 1,
     "1 passed, 1 failed, 0 skipped", "input x, got 1, wanted 2"),
    # cmocka's way to write a skipped case
    ("1..2\nok 1 - a\nnot ok 2 # SKIP b\n", "", "FAIL", 0, "1 passed, 0 failed, 1 skipped", ""),
    ("1..2\nok 1 - a\nok 2 - b # SKIP why\n", "", "OK", 0, "1 passed, 0 failed, 1 skipped", ""),
    # two groups in one program
    ("1..1\nok 1 - a\n1..1\nok 1 - b\n", "", "OK", 0, "2 passed, 0 failed, 0 skipped", ""),
    # died in the middle
    ("1..3\nok 1 - a\n", "AddressSanitizer: heap-use-after-free", "ERROR", 1,
     "1 passed, 1 failed, 0 skipped", "heap-use-after-free"),
    # all cases passed, but leaked
    ("1..1\nok 1 - a\n", "LeakSanitizer: detected memory leaks", "ERROR", 1,
     "1 passed, 1 failed, 0 skipped", "detected memory leaks"),
    # a program without TAP is one case
    ("", "", "OK", 0, "1 passed, 0 failed, 0 skipped", ""),
    ("what went wrong", "", "FAIL", 1, "0 passed, 1 failed, 0 skipped", "what went wrong"),
    ("", "", "TIMEOUT", -15, "0 passed, 1 failed, 0 skipped", "timeout"),
    ("", "", "SKIP", 77, "0 passed, 0 failed, 1 skipped", ""),
])
def test_a_test_program(tmp_path, stdout, stderr, result, status, line, shown):
    log = tmp_path / "meson-logs" / "testlog.json"
    log.parent.mkdir()
    log.write_text(json.dumps({"name": "unit / x", "stdout": stdout, "stderr": stderr,
                               "result": result, "returncode": status}) + "\n")
    run = results("--meson", tmp_path)
    assert last(run) == line
    assert shown in run.stdout
    assert run.returncode == (0 if ", 0 failed" in line else 1)


@pytest.mark.parametrize("case, line", [
    ('<testcase classname="t" name="a"/>', "1 passed, 0 failed, 0 skipped"),
    ('<testcase classname="t" name="a"><failure>got 1</failure></testcase>',
     "0 passed, 1 failed, 0 skipped"),
    ('<testcase classname="t" name="a"><error message="import"/></testcase>',
     "0 passed, 1 failed, 0 skipped"),
    ('<testcase classname="t" name="a"><skipped/></testcase>', "0 passed, 0 failed, 1 skipped"),
    ("", "0 passed, 1 failed, 0 skipped"),
])
def test_a_pytest_case(tmp_path, case, line):
    xml = tmp_path / "pytest.xml"
    xml.write_text(f"<testsuites><testsuite>{case}</testsuite></testsuites>")
    run = results("--pytest", xml)
    assert last(run) == line
    assert run.returncode == (0 if ", 0 failed" in line else 1)


def test_a_failed_step_shows_the_end_of_its_log(tmp_path):
    log = tmp_path / "build.log"
    log.write_text("first line\n" * 100 + "undefined reference\n")
    steps = tmp_path / "steps.tsv"
    steps.write_text(f"build\tfailed\t{log}\nother\tpassed\t{log}\n")
    run = results("--steps", steps)
    assert "undefined reference" in run.stdout
    assert last(run) == "1 passed, 1 failed, 0 skipped"
    assert run.returncode == 1


def test_what_did_not_run_did_not_pass(tmp_path):
    run = results("--meson", tmp_path, "--pytest", tmp_path / "pytest.xml")
    assert last(run) == "0 passed, 2 failed, 0 skipped"
    assert run.returncode == 1
