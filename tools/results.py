#!/usr/bin/python3
"""Add up the test results, case by case, and print the failures and one last line.

    results.py [--steps FILE] [--meson BUILD]... [--pytest FILE]

--steps   lines NAME TAB passed|failed TAB LOG, one per step of ./test
--meson   a build folder: meson-logs/testlog.json, one object per test program; a
          program that prints TAP counts case by case, another one as one case
--pytest  a JUnit XML file

A program that ends badly (a crash, a sanitizer report, fewer cases than planned)
without a failed case counts as one failed case, and so does a missing results
file: what did not run did not pass. Exit 0 when nothing failed, else 1.
"""

import argparse
import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

TAIL = 40  # lines shown of a failed step or program

PLAN = re.compile(r"^1\.\.(\d+)")
CASE = re.compile(r"^(not )?ok\b\s*(\d+)?\s*(?:-\s*)?([^#]*)(#\s*(SKIP|TODO)\b.*)?",
                  re.IGNORECASE)


class Results:
    def __init__(self):
        self.passed = self.skipped = 0
        self.failures = []  # (name, text)

    def fail(self, name, text=""):
        self.failures.append((name, text.rstrip()))


def tail(text):
    lines = text.rstrip().splitlines()
    if len(lines) > TAIL:
        lines = [f"... ({len(lines) - TAIL} lines before)"] + lines[-TAIL:]
    return "\n".join(lines)


def read_steps(path, results):
    for line in Path(path).read_text().splitlines():
        name, state, log = line.split("\t")
        if state == "passed":
            results.passed += 1
        else:
            results.fail(name, tail(Path(log).read_text(errors="replace")) + f"\n({log})")


def read_tap(test, results):
    """Count the cases of one TAP program; returns how many of them failed."""
    planned = seen = failed = 0
    for line in test["stdout"].splitlines():
        if plan := PLAN.match(line):
            planned += int(plan[1])
        elif case := CASE.match(line):
            seen += 1
            name = f'{test["name"]}: {case[3].strip() or case[2]}'
            if (case[5] or "").upper() == "SKIP":  # cmocka writes "not ok N # SKIP"
                results.skipped += 1
            elif case[1]:
                failed += 1
                results.fail(name)
            else:
                results.passed += 1
    if seen < planned:
        failed += 1
        results.fail(f'{test["name"]}: {planned} cases planned, {seen} run')
    return failed


def read_meson(build, results):
    log = Path(build) / "meson-logs" / "testlog.json"
    if not log.exists():
        results.fail(f"{log} is missing: the tests did not run",
                     tail(read_or_empty(Path(build) / "meson.log")))
        return
    for line in log.read_text().splitlines():
        test = json.loads(line)
        # meson leaves the fields out when a program printed nothing
        test["stdout"] = test.get("stdout") or ""
        output = test.get("stderr") or ""
        if PLAN.match(test["stdout"]) or re.search(r"^(not )?ok\b", test["stdout"], re.M):
            failed = read_tap(test, results)
            output += "\n" + "\n".join(line for line in test["stdout"].splitlines()
                                       if not re.match(r"ok\b|1\.\.", line))
        elif test["result"] in ("OK", "EXPECTEDFAIL"):
            results.passed += 1
            continue
        elif test["result"] == "SKIP":
            results.skipped += 1
            continue
        else:
            failed = 0
            output += "\n" + test["stdout"]
        if failed:
            name, text = results.failures[-1]
            results.failures[-1] = (name, f"{text}\n{tail(output)}".strip())
        elif test["returncode"] != 0 or test["result"] in ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT"):
            # cmocka ends with the number of failed cases, a skipped one included
            if not (test["result"] in ("FAIL", "ERROR") and only_skips(test)):
                results.fail(f'{test["name"]}: {test["result"].lower()}, '
                             f'exit status {test["returncode"]}', tail(output))


def only_skips(test):
    """meson calls a program bad for a "not ok # SKIP" line though it ended with 0."""
    return test["returncode"] == 0 and "# skip" in test["stdout"].lower()


def read_or_empty(path):
    return path.read_text(errors="replace") if path.exists() else ""


def read_pytest(path, results):
    try:
        cases = ET.parse(path).getroot().iter("testcase")
    except (OSError, ET.ParseError) as error:
        results.fail(f"{path}: the tests did not run ({error})",
                     tail(read_or_empty(Path(path).with_suffix(".log"))))
        return
    count = 0
    for case in cases:
        count += 1
        name = f'{case.get("classname")}: {case.get("name")}'
        bad = [child for child in case if child.tag in ("failure", "error")]
        if bad:
            results.fail(name, tail(bad[0].text or bad[0].get("message") or ""))
        elif case.find("skipped") is not None:
            results.skipped += 1
        else:
            results.passed += 1
    if not count:
        results.fail(f"{path}: pytest found no test")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps")
    parser.add_argument("--meson", action="append", default=[])
    parser.add_argument("--pytest")
    args = parser.parse_args()

    results = Results()
    if args.steps:
        read_steps(args.steps, results)
    for build in args.meson:
        read_meson(build, results)
    if args.pytest:
        read_pytest(args.pytest, results)

    for name, text in results.failures:
        print(f"\nFAILED {name}")
        for line in text.splitlines():
            print(f"    {line}")
    if results.failures:
        print()
    print(f"{results.passed} passed, {len(results.failures)} failed, {results.skipped} skipped")
    return 1 if results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
