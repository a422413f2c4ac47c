"""Run the program as its users do: a command, its exit code, its two outputs."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
CONFIG = EXAMPLES / "assay.yaml"
AT = "2026-11-22T00:00:00Z"
LONG = bool(os.environ.get("ASSAY_TEST_LONG"))


def program():
    """The assay to test: of $ASSAY_BUILD, else of build-test, else of build."""
    builds = [os.environ.get("ASSAY_BUILD"), ROOT / "build-test", ROOT / "build"]
    found = [p for b in builds if b and (p := Path(b).resolve() / "assay").exists()]
    assert found, "no build of assay: build one, or name it in ASSAY_BUILD"
    return found[0]


class Ran:
    """What a finished command left behind."""

    def __init__(self, args, done):
        self.args, self.code = args, done.returncode
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.err = done.stderr.decode("utf-8", "surrogateescape")

    def __str__(self):
        return (f"assay {' '.join(map(str, self.args))}\nexit {self.code}\n"
                f"{self.out[:2000]}\n{self.err[:4000]}")

    def records(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def log(self):
        """The messages on standard error that are JSON objects."""
        return [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]


def run(*args, code=0, stdin=b"", before=(), **how):
    """assay ARGS; code: the wanted exit code, a set of them, or None for any."""
    done = subprocess.run([*before, str(program()), *map(str, args)], input=stdin,
                          capture_output=True, cwd=how.pop("cwd", ROOT), **how)
    ran = Ran(args, done)
    wanted = code if isinstance(code, (set, tuple)) else {code}
    assert code is None or ran.code in wanted, f"wanted exit {code}\n{ran}"
    assert "Sanitizer" not in ran.err and "runtime error" not in ran.err, ran
    return ran


def run_examples(store, *more, inputs=(EXAMPLES,), **how):
    return run("run", "--store", store, "--config", CONFIG, "--at", AT, *more, *inputs, **how)


def lookup(store, *names, code=None):
    """The answers of assay lookup, one object a name."""
    ran = run("lookup", "--store", store, "--config", CONFIG, "--format", "json", *names,
              code={0, 1} if code is None else code)
    return ran.records()


def table(path):
    """A tab-separated file with a head, as one dictionary a row."""
    lines = [l.split("\t") for l in Path(path).read_text(encoding="utf-8").splitlines() if l]
    return [dict(zip(lines[0], row, strict=True)) for row in lines[1:]]
