"""Quota and reserve: what comes in bulk stops with a clear word, people's acts go on."""

import assay
import pytest

SUBJECT = "kogarashi-kusuri.test"
SITE = assay.EXAMPLES / "sites" / SUBJECT
REGISTERS = assay.EXAMPLES / "registers.jsonl"


@pytest.fixture
def config(tmp_path):
    """A configuration like the example's, with more keys."""
    def write(more):
        path = tmp_path / "assay.yaml"
        path.write_text(assay.CONFIG.read_text() + more + "\n")
        return path
    return write


def usage(store, *options):
    record, = assay.run("store", "usage", "--store", store, *options).records()
    return record


def run(store, config, *inputs, code=0):
    return assay.run("run", "--store", store, "--config", config, "--at", assay.AT, *inputs,
                     code=code)


def decide(store, config, cls, at):
    return assay.run("review", "decide", SUBJECT, "--reviewer", "akari", "--destination", "JP",
                     "--class", cls, "--reason", "read", "--at", at, "--store", store, "--config",
                     config)


def test_a_quota_stops_a_run_and_no_decision(tmp_path, config):
    store = tmp_path / "store"
    run(store, config(""), SITE, REGISTERS)
    used = usage(store)["total"]
    tight = config(f"quota: {used + 1000}")
    ran = run(store, tight, assay.EXAMPLES, code=2)
    assert f"store {store}: " in ran.err and " of the quota of " in ran.err, ran
    assert "make room (assay store retain) or raise quota" in ran.err, ran
    decide(store, tight, "unapproved", "2026-11-22T01:00:00Z")
    decide(store, tight, "unverified", "2026-11-22T02:00:00Z")
    assay.run("ledger", "checkpoint", "--store", store, "--config", tight)
    assay.run("store", "check", "--store", store)
    assay.run("ledger", "verify", "--store", store)
    # What is known already takes no room, and a higher quota lets the same run through.
    run(store, config("quota: 1G"), assay.EXAMPLES)
    assert usage(store)["total"] > used


def test_a_reserve_stops_a_run_and_no_decision(tmp_path, config):
    store = tmp_path / "store"
    run(store, config("reserve: 0"), SITE, REGISTERS)
    none = config("reserve: 8000000T")
    ran = run(store, none, assay.EXAMPLES / "registrations.jsonl", code=2)
    assert "are kept for decisions and the ledger: make room" in ran.err, ran
    decide(store, none, "unapproved", "2026-11-22T01:00:00Z")
    decide(store, none, "unverified", "2026-11-22T02:00:00Z")
    assay.run("ledger", "verify", "--store", store)


def test_usage_is_what_lies_in_the_folder(shipped, config):
    told = usage(shipped, "--config", config("quota: 12G"))
    files = [p for p in shipped.rglob("*") if p.is_file()]

    def size(top):
        return sum(p.stat().st_size for p in files if p.relative_to(shipped).parts[0] == top)

    assert told["evidence"]["public"]["bytes"] == size("blob")
    assert told["evidence"]["public"]["pieces"] == sum("blob" in p.parts for p in files)
    assert told["ledger"] == size("ledger")
    assert told["database"] == size("assay.db")
    assert told["total"] == sum(p.stat().st_size for p in files
                                if p.name not in ("lock", "assay.db-shm"))
    assert told["quota"] == 12 << 30
    text = assay.run("store", "usage", "--store", shipped, "--format", "text").out
    assert "evidence, public" in text and "free on its disk" in text
