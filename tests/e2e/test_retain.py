"""assay store retain: what is past its retention goes, and nothing that a decision rests on."""

import hashlib
import json
import os
import random
import re
import shutil
import sqlite3

import assay
import powercut
import pytest

SEED = int(os.environ.get("ASSAY_SEED", random.randrange(1 << 32)))
LATER = "2028-03-01T00:00:00Z"  # nothing of the examples was seen in the year before
CORRECTED = "lotuskind-pharmacy.example"  # its listing was taken back on 2026-11-03
DIGEST = re.compile("sha256:([0-9a-f]{64})")


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "retention.yaml"
    path.write_text(assay.CONFIG.read_text() + "retention:\n  public: 365\n  restricted: 30\n")
    return path


def retain(store, config, at, *more, **how):
    return {r["class"]: r for r in assay.run("store", "retain", "--store", store, "--config", config,
                                             "--at", at, *more, **how).records()}


def table(store, query, *values):
    db = sqlite3.connect(f"file:{store}/assay.db?mode=ro", uri=True)
    rows = db.execute(query, values).fetchall()
    db.close()
    return rows


def there(store):
    """Digests of the blobs that lie in the folder."""
    return {p.parent.name + p.name for p in (store / "blob").rglob("*") if p.is_file()}


def records(store, kind):
    return [(rid.hex(), json.loads(body)) for rid, body in table(
        store, "SELECT id, body FROM record WHERE type = ? ORDER BY seq", kind)]


def rests_on(store, decision):
    """The evidence behind a decision, worked out as a person would: by its statement and basis."""
    findings = dict(records(store, "finding"))
    basis = dict(records(store, "verdict")).get(decision.get("basis"), {"cells": []})
    named = set(decision.get("statement", {}).get("findings", []))
    for cell in basis["cells"]:
        named.update(cell.get("findings", []))
    digests = set(basis.get("inputs", {}).get("evidence", []))
    for rid in named:
        finding = findings[rid]
        digests.update(q["evidence"] for q in finding["quotations"])
        digests.update(w["quotation"]["evidence"] for w in finding.get("weighed", [])
                       if "quotation" in w)
    kept = {row[0].hex() for row in table(store, "SELECT sha256 FROM evidence")}
    return {d.removeprefix("sha256:") for d in digests} & kept


def in_force(store):
    """Decisions that nothing has ended."""
    ended = {body.get("supersedes") for kind in ("decision", "correction")
             for _, body in records(store, kind)}
    ended |= {body.get("decision") for _, body in records(store, "listing")
              if body["action"] == "remove"}
    return [body for rid, body in records(store, "decision")
            if body.get("state") != "proposed" and rid not in ended]


def whole(store):
    told, = assay.run("store", "check", "--store", store).records()
    assert told["findings"] == 0
    told = assay.run("ledger", "verify", "--store", store).records()[-1]
    assert told["problems"] == 0 and told["behind"] == 0
    return told


def test_without_a_retention_and_before_its_time_nothing_goes(store, config):
    before = there(store)
    assert retain(store, assay.CONFIG, LATER) == {}
    told = retain(store, config, "2025-06-01T00:00:00Z")
    assert told["public"]["old"] == told["public"]["taken"] == told["restricted"]["taken"] == 0
    assert there(store) == before
    assert records(store, "redaction") == []


def test_a_dry_run_tells_what_then_goes(store, config):
    before, size = there(store), whole(store)["size"]
    dry = retain(store, config, LATER, "--dry-run")["public"]
    assert there(store) == before and whole(store)["size"] == size
    wet = retain(store, config, LATER)["public"]
    assert dry["would_go"] == wet["taken"] > 0 and dry["taken"] == wet["would_go"] == 0
    assert (dry["kept"], dry["bytes"], dry["old"]) == (wet["kept"], wet["bytes"], wet["old"])
    assert len(before - there(store)) == wet["taken"]
    assert retain(store, config, LATER)["public"]["taken"] == 0


def test_what_went_is_listed_in_the_ledger_and_stays_away(store, config):
    before, entries = there(store), whole(store)["size"]
    taken = retain(store, config, LATER)["public"]["taken"]
    gone = before - there(store)
    redactions = records(store, "redaction")
    listed = [d for _, body in redactions for d in body["evidence"]]
    assert sorted(listed) == sorted("sha256:" + d for d in gone)
    assert all(len(body["evidence"]) <= 256 for _, body in redactions)
    assert whole(store)["size"] == entries + len(redactions)
    rows = table(store, "SELECT g.sha256, g.why, r.type FROM evidence_gone g "
                        "JOIN record r ON r.seq = g.by_record")
    assert {(r[0].hex(), *r[1:]) for r in rows} == {(d, "retention", "redaction") for d in gone}
    told, = assay.run("store", "usage", "--store", store).records()
    assert told["gone"] == taken
    assert told["evidence"]["public"]["pieces"] == len(before) - taken
    # The pages are in examples/ still: reading them again brings nothing back.
    assay.run_examples(store)
    assert there(store) & gone == set()
    for row in assay.table(assay.EXAMPLES / "innocents.tsv"):
        answer, = assay.lookup(store, row["subject"])
        assert not [c for c in answer["cells"] if c["class"] == "rogue" and c["current"]], row
    whole(store)


def test_what_a_decision_rests_on_stays_for_every_rogue_and_no_innocent_is_condemned(store, config):
    before = there(store)
    held = {}
    for body in in_force(store):
        held.setdefault(body["subject"]["key"], set()).update(rests_on(store, body))
    rogues = {r["subject"] for r in assay.table(assay.EXAMPLES / "expected.tsv")
              if r["class"] == "rogue" and r["state"] == "listed"}
    assert rogues and rogues <= held.keys()
    said = {name: [c["class"] for c in assay.lookup(store, name)[0]["cells"]] for name in rogues}
    taken = retain(store, config, LATER)["public"]["taken"]
    assert 0 < taken < len(before)
    left = there(store)
    for name, digests in sorted(held.items()):
        assert digests, f"{name}: the test knows of no evidence"
        assert digests <= left, f"{name}: evidence of a decision in force was taken out"
    for name in sorted(rogues):
        assert [c["class"] for c in assay.lookup(store, name)[0]["cells"]] == said[name], name
    for row in assay.table(assay.EXAMPLES / "innocents.tsv"):
        answer, = assay.lookup(store, row["subject"])
        assert not [c for c in answer["cells"] if c["class"] == "rogue" and c["current"]], row
    whole(store)


def test_a_correction_keeps_its_evidence_for_the_time_to_complain(store, config):
    wrong = [body for _, body in records(store, "decision")
             if body["subject"]["key"] == CORRECTED and body.get("state") != "proposed"]
    digests = set().union(*(rests_on(store, body) for body in wrong))
    others = set().union(*(rests_on(store, body) for body in in_force(store)))
    only = digests - others
    assert only
    tight = config.parent / "tight.yaml"
    tight.write_text(config.read_text().replace("public: 365", "public: 1"))
    # Corrected on 2026-11-03; 184 days later is 2027-05-06.
    retain(store, tight, "2027-05-05T00:00:00Z")
    assert only <= there(store)
    retain(store, tight, "2027-05-07T00:00:00Z")
    assert not only & there(store)
    whole(store)


def put(store, body):
    """A record, as the program would put it, by hand; and its subject."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    db = sqlite3.connect(store / "assay.db")
    key = body["subject"]["kind"], body["subject"]["key"]
    subject, = db.execute("SELECT id FROM subject WHERE kind = ? AND key = ?", key).fetchone()
    db.execute("INSERT INTO record (id, type, v, subject, period, at, src, body) "
               "VALUES (?, ?, 1, ?, NULL, strftime('%s', ?), ?, ?)",
               (hashlib.sha256(text.encode()).digest(), body["type"], subject, body["at"],
                body["src"], text))
    db.commit()
    db.close()


def test_an_open_appeal_keeps_what_it_is_about(store, config):
    wrong = [body for _, body in records(store, "decision")
             if body["subject"]["key"] == CORRECTED and body.get("state") != "proposed"]
    digests = set().union(*(rests_on(store, body) for body in wrong))
    appeal = {"type": "appeal", "v": 1, "subject": wrong[0]["subject"], "at": "2026-12-01T00:00:00Z",
              "src": "operator:" + CORRECTED, "state": "open", "words": "Why was it listed at all?"}
    put(store, appeal)
    retain(store, config, LATER)
    assert digests <= there(store)
    put(store, dict(appeal, at="2028-01-01T00:00:00Z", state="withdrawn"))
    retain(store, config, LATER)
    assert not digests <= there(store)


def test_a_page_that_is_seen_again_is_young_again(store, config):
    """The same bytes, another observation: the row keeps its first time."""
    gone = set(there(store))
    copy = store.parent / "copy"
    shutil.copytree(store, copy)
    retain(copy, config, LATER)
    gone -= there(copy)
    seen = next(body for _, body in records(store, "observation") if body["what"] == "page"
                and body["evidence"][0]["address"].removeprefix("sha256:") in gone)
    put(store, dict(seen, at="2028-02-01T00:00:00Z"))
    retain(store, config, LATER)
    kept = seen["evidence"][0]["address"].removeprefix("sha256:")
    assert kept in there(store) and there(store) - there(copy) == {kept}


def test_a_retention_that_is_killed_is_run_again(store, config, tmp_path):
    print(f"seed {SEED} (ASSAY_SEED)")
    rng = random.Random(SEED)
    straight = tmp_path / "straight"
    shutil.copytree(store, straight)
    retain(straight, config, LATER)
    kills = 0
    for _ in range(30 if assay.LONG else 6):
        ran = assay.run("store", "retain", "--store", store, "--config", config, "--at", LATER,
                        code=None, env=powercut.environment(store, kill_at=rng.randint(1, 400)))
        assert ran.code in (0, -9), ran
        kills += ran.code == -9
        assay.run("store", "check", "--store", store)
        assay.run("ledger", "verify", "--store", store)
    assert kills
    retain(store, config, LATER)
    assert there(store) == there(straight)
    assert sorted(table(store, "SELECT sha256 FROM evidence_gone")) == sorted(
        table(straight, "SELECT sha256 FROM evidence_gone"))
    whole(store)


def test_a_power_cut_leaves_no_row_without_its_bytes(store, config, tmp_path):
    """The bytes go behind the row that says so: never is a piece missing that the store has."""
    n = 60 if assay.LONG else 5
    print(f"seed {SEED} (ASSAY_SEED), {n} cuts")
    rng = random.Random(SEED)
    disk, journal, made = tmp_path / "disk", tmp_path / "journal", iter(range(n))
    disk.mkdir()
    store.rename(disk / "store")
    shutil.copytree(disk, tmp_path / "before")
    retain(disk / "store", config, LATER, env=powercut.environment(disk, journal))
    want = there(disk / "store")
    ops = powercut.read_journal(journal)
    for place, mode, folder, _ in powercut.cuts(
            tmp_path / "before", ops, powercut.moments(ops, n, rng), rng,
            lambda: tmp_path / f"cut-{next(made)}", root=disk):
        cut = folder / "store"
        ran = assay.run("store", "check", "--store", cut, code={0, 1})
        assert ran.code == 0, f"seed {SEED}, at {place} of {len(ops)} changes, {mode}\n{ran}"
        assay.run("ledger", "verify", "--store", cut)
        retain(cut, config, LATER)
        assert there(cut) == want
        whole(cut)
        shutil.rmtree(folder)
