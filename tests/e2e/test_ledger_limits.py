"""What the ledger does not take, and clocks that go wrong: a clear answer, and nothing half done."""

import json
import sqlite3

import assay

TEN_MB = 10_000_000


def ledger(store, *args, code=0):
    return assay.run("ledger", *args, "--store", store, "--config", assay.CONFIG, code=code)


def whole(store):
    assert "whole" in ledger(store, "verify", "--format", "text").out
    assert "whole" in ledger(store, "audit", store, "--format", "text").out


def count(store):
    with sqlite3.connect(store / "assay.db") as db:
        return db.execute("SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM "
                          "ledger_entry)").fetchone()


def act(reason, at="2026-11-23T00:00:00Z"):
    return {"type": "decision", "v": 1, "at": at, "src": "reviewer:akari", "reason": reason,
            "subject": {"kind": "registrable", "key": "harukaze-rx.example"}, "actors": ["akari"],
            "cells": [{"destination": "US", "class": "rogue"}]}


def run_lines(store, *lines, code=0):
    return assay.run("run", "--store", store, "--config", assay.CONFIG, "--at",
                     "2026-11-24T00:00:00Z", stdin=b"\n".join(lines) + b"\n", code=code)


def test_an_act_of_ten_megabytes_is_refused_and_nothing_of_it_is_kept(store):
    before = count(store)
    ran = run_lines(store, json.dumps(act("x" * TEN_MB)).encode(), code=2)
    assert "10000000 is the most" in ran.err, ran
    assert count(store) == before
    whole(store)
    # The largest that goes in, goes in: its body with all that a decision adds is below the limit.
    ran = run_lines(store, json.dumps(act("x" * (TEN_MB - 5000))).encode())
    assert count(store)[1] > before[1]
    whole(store)
    index = count(store)[1] - 1
    proof = store.parent / "proof"
    proof.write_text(ledger(store, "prove", index).out)
    ledger(store, "verify", proof)


def test_text_that_is_not_utf8_is_refused(store):
    before = count(store)
    line = json.dumps(act("seen")).encode().replace(b"seen", b"se\xff\xfen")
    ran = run_lines(store, line)
    assert any("UTF-8" in m.get("reason", "") + m.get("why", "") + m["msg"] or m.get("bad_lines")
               for m in ran.log()), ran.err
    assert count(store)[1] == before[1]
    ran = assay.run("review", "decide", "harukaze-rx.example", "--reviewer", "akari",
                    "--destination", "US", "--class", "rogue", "--reason", b"se\xff\xfen".decode(
                        "utf-8", "surrogateescape"), "--at", assay.AT, "--store", store, "--config",
                    assay.CONFIG, code=2)
    assert "UTF-8" in ran.err, ran
    ran = assay.run("ledger", "redact", "00" * 32, "--reviewer", "akari", "--reason",
                    b"\xff".decode("utf-8", "surrogateescape"), "--store", store, "--config",
                    assay.CONFIG, code=2)
    assert count(store) == before
    whole(store)


def test_a_clock_that_jumps_backwards_changes_no_order(store):
    """Entries are ordered by number; their times may go backwards, and the tree does not mind."""
    def decide(reviewer, at):
        assay.run("review", "decide", "harukaze-rx.example", "--reviewer", reviewer,
                  "--destination", "US", "--class", "rogue", "--reason", "read both", "--at", at,
                  "--store", store, "--config", assay.CONFIG)

    decide("akari", "2026-12-24T00:00:00Z")
    kept = store.parent / "kept"
    kept.write_text(ledger(store, "checkpoint").out)
    decide("benedikt", "2026-11-23T00:00:00Z")  # a month before the proposal that it completes
    with sqlite3.connect(store / "assay.db") as db:
        times = [json.loads(e)["at"] for (e,) in
                 db.execute("SELECT entry FROM ledger_entry ORDER BY seq")]
    assert times != sorted(times) and times[-1] < max(times)
    whole(store)
    ledger(store, "verify", kept)
    # The checkpoint has no time of its own, so an earlier clock signs the same.
    first = ledger(store, "checkpoint", "--at", "2026-12-31T00:00:00Z").out
    assert ledger(store, "checkpoint", "--at", "1999-01-01T00:00:00Z").out == first
