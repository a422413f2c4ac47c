"""assay config check: what is in force and where it comes from; faults with file and line."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def check(*arguments, cwd=ROOT):
    builds = [os.environ.get("ASSAY_BUILD"), ROOT / "build-test", ROOT / "build"]
    program = next(p for b in builds if b and (p := Path(b) / "assay").exists())
    return subprocess.run([program.resolve(), "config", "check", *map(str, arguments)], cwd=cwd,
                          capture_output=True, encoding="utf-8")


def values(done):
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["key"]: (row["value"], row["origin"]) for row in rows}


def test_defaults_file_and_options_are_told_apart(tmp_path):
    file = tmp_path / "assay.yaml"
    file.write_text("store: kept\n\nlist_name: demo\ndestinations: [JP, NO]\n")
    plain = values(check(file, cwd=tmp_path))
    assert plain["store"] == ("kept", f"{file}:1")
    assert plain["list_name"] == ("demo", f"{file}:3")
    assert plain["destinations"] == (["JP", "NO"], f"{file}:4")
    assert plain["automatic_listing"] == (False, "default")
    over = values(check("--config", file, "--store", "other", "--log", "debug", cwd=tmp_path))
    assert over["store"] == ("other", "option")
    assert over["log_level"] == ("debug", "option")
    assert over["list_name"] == plain["list_name"]
    assert values(check(file, "--store", "other", cwd=tmp_path))["store"] == ("other", "option")


def test_the_shipped_example_is_in_order():
    config = values(check("examples/assay.yaml"))
    reviewers, _ = config["reviewers"]
    assert reviewers and all(r["demonstration"] for r in reviewers)
    done = check("examples/assay.yaml", "--format", "text")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(config)


@pytest.mark.parametrize("text, message", [
    ("store: x\nstor: y\n", "assay.yaml:2: unknown key 'stor' (did you mean 'store'?)"),
    ("log_level: loud\n", "assay.yaml:1: log_level is none of error, warning, info, debug"),
    ("reviewers:\n  - demonstration: true\n", "assay.yaml:2: name is missing"),
    ("a: [\n", "assay.yaml:2: flow sequence without a closing bracket"),
    ("packs: nowhere\n", "assay.yaml:1: packs: nowhere is not there"),
    ("suffixes: .\n", "assay.yaml:1: suffixes: . is not a file"),
    ("lexicon: assay.yaml\n", "assay.yaml:1: lexicon: assay.yaml is not a folder"),
])
def test_a_fault_is_named_with_file_and_line(tmp_path, text, message):
    (tmp_path / "assay.yaml").write_text(text)
    for arguments in (["assay.yaml"], ["--config", "assay.yaml"]):
        done = check(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert json.loads(done.stderr)["msg"] == message


def test_every_fault_of_the_file_system_is_named(tmp_path):
    (tmp_path / "assay.yaml").write_text("packs: nowhere\nlexicon: nor-here\n")
    done = check("assay.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert [json.loads(line)["msg"].split(": ")[1] for line in done.stderr.splitlines()] == [
        "packs", "lexicon"]


def test_a_signing_key_that_others_can_read_is_a_fault(tmp_path):
    key = tmp_path / "var/ledger/key"
    key.parent.mkdir(parents=True)
    key.write_text("secret\n")
    key.chmod(0o600)
    assert check(cwd=tmp_path).returncode == 0
    key.chmod(0o640)
    done = check(cwd=tmp_path)
    assert done.returncode == 2
    assert "others can read or write this secret" in done.stderr
    assert "secret\n" not in done.stdout


def test_it_says_how_to_ask():
    builds = [os.environ.get("ASSAY_BUILD"), ROOT / "build-test", ROOT / "build"]
    program = next(p for b in builds if b and (p := Path(b) / "assay").exists())
    for arguments in ([], ["show"], ["check", "a", "b"]):
        done = subprocess.run([program, "config", *arguments], capture_output=True, encoding="utf-8")
        assert done.returncode == 2
        assert "try: assay config check [FILE]" in done.stderr
