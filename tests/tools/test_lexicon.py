"""The lexicon keeps its form, and its checker finds what breaks it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def check(*args):
    return subprocess.run([sys.executable, ROOT / "tools/check-lexicon.py", *args],
                          capture_output=True, text=True, check=False)


def test_the_lexicon_has_no_fault():
    done = check("--quiet")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_break_of_the_lexicon_is_found():
    done = check("--self-test")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_folder_without_tables_is_an_error(tmp_path):
    done = check(str(tmp_path))
    assert done.returncode == 2
    assert "drugs.tsv" in done.stderr
