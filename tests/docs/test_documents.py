"""The rules by which the documents are read, one row each."""

import pytest

import documents as d


@pytest.mark.parametrize("span, pattern", [
    ("src/base/err.h", "src/base/err.h"),
    ("./start", "start"),
    ("start", "start"),
    ("base/err.h", "src/base/err.h"),
    ('"base/err.h"', "src/base/err.h"),
    ("src/base/err.h:12", "src/base/err.h"),
    ("tests/<layer>/test_<noun>.c", "tests/*/test_*.c"),
    ("doc/decision/NNNN-*.md", "doc/decision/*-*.md"),
    ("fuzz/fuzz_X.c", "fuzz/fuzz_X.c"),
    ("build/start.log", None),
    ("build-test/", None),
    ("./var", None),
    ("https://c2sp.org/tlog-tiles", None),
    ("and/or", None),
    ("text/html", None),
    ("assay run --store DIR", None),
    ("/etc/assay/assay.yaml", None),
])
def test_a_code_span_names_a_path_or_not(span, pattern):
    assert d.repository_path(span) == pattern


def test_braces_name_several_paths():
    assert d.expand("a/{b,c}.{h,x}") == ["a/b.h", "a/b.x", "a/c.h", "a/c.x"]


def test_a_path_that_is_not_there_is_missing():
    assert d.missing("src/base/{err,no_such_file}.h") == ["src/base/no_such_file.h"]


@pytest.mark.parametrize("text, calls", [
    ("assay lookup x.example", [("lookup", " x.example")]),
    ("build/assay ledger verify", [("ledger", " verify")]),
    ("zcat a | assay screen | assay run", [("screen", " "), ("run", "")]),
    ("assay run --format text|json x", [("run", " --format text|json x")]),
    ("essay run", []),
    ("assay --version", []),
])
def test_a_call_of_assay_is_found(text, calls):
    assert d.assay_calls(text) == calls


@pytest.mark.parametrize("line, normalised", [
    ("at 2026-11-22T04:05:06Z.", "at <time>."),
    ("id 0123abcd9 end", "id <hex> end"),
    ("deadbeef", "deadbeef"),  # a word, since it has no digit
    ("1234567 names", "1234567 names"),
    ("took 0.42 s", "took <duration>"),
    ("xh4AbC/9+dEfGhIjKlMnOpQrStUvWxYz0123456789ab=", "<base64>"),
    ("trailing   ", "trailing"),
])
def test_what_differs_from_run_to_run_is_normalised(line, normalised):
    assert d.normal(line) == normalised


@pytest.mark.parametrize("expected, actual, same", [
    (["a", "b"], ["a", "b"], True),
    (["a", "b"], ["a", "c"], False),
    (["a"], ["a", "b"], False),
    (["a", "b"], ["a"], False),
    (["a", "..."], ["a"], True),
    (["a", "..."], ["a", "b", "c"], True),
    (["...", "c"], ["a", "b", "c"], True),
    (["a", "...", "b", "..."], ["a", "x", "b", "b", "y"], True),
    (["a", "...", "d"], ["a", "b", "c"], False),
    (["...", "a"], ["b"], False),
    ([], ["a"], False),
    (["..."], [], True),
    (["a"], ["a", "", ""], True),
])
def test_dots_stand_for_any_lines(expected, actual, same):
    assert d.matches(expected, actual) is same


def test_a_console_block_is_commands_with_their_output():
    text = "\n".join(["# Tour", "```console", "$ one \\", "  more", "out 1", "", "$ two",
                      "```", "```sh", "$ not this", "```", "```console", "$ three", "out 3",
                      "```"])
    assert d.console(text) == [("one \\\n  more", ["out 1"]), ("two", []), ("three", ["out 3"])]
