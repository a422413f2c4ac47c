"""tests/corpus: every page is synthetic, says so, and has the keys its README promises."""

import json
import re
from urllib.parse import urlsplit

import pytest

from documents import ROOT, code_spans

CORPUS = ROOT / "tests" / "corpus"
FILES = sorted(CORPUS.glob("*.jsonl"))
KEYS = {"url", "site", "label", "language", "destination", "genre", "synthetic"}
RESERVED = re.compile(r"(^|\.)[a-z0-9-]+\.(example|test)$")


def rows(path):
    with path.open(encoding="utf-8") as lines:
        return [(f"{path.name}:{at}", json.loads(line)) for at, line in enumerate(lines, 1)]


def readme():
    return (CORPUS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_rows_have_the_promised_keys(path):
    for where, row in rows(path):
        kinds = set(row) - KEYS
        assert KEYS <= set(row) and kinds in ({"html"}, {"text"}), where
        assert row["synthetic"] is True, where
        assert row["label"] == path.stem, where
        assert row[kinds.pop()].strip(), where
        assert re.fullmatch(r"[A-Z]{2}", row["destination"]), where


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_sites_are_under_reserved_names(path):
    for where, row in rows(path):
        host = urlsplit(row["url"]).hostname
        assert host == row["site"] and RESERVED.search(host), where


def test_a_site_has_one_label_and_a_url_one_row():
    everything = [pair for path in FILES for pair in rows(path)]
    labels, urls = {}, set()
    for where, row in everything:
        assert labels.setdefault(row["site"], row["label"]) == row["label"], where
        assert row["url"] not in urls, where
        urls.add(row["url"])


def test_readme_names_every_label_and_language():
    spans = set(code_spans(readme()))
    languages = re.search(r"BCP 47 tag of the page: ([^|]+)\|", readme())[1].split()
    assert {path.stem for path in FILES} <= spans
    assert {row["language"] for path in FILES for _, row in rows(path)} <= set(languages)
