"""assay ledger redact: the bytes are gone from every file, the tree stays whole, and all that reads
the store copes."""

import json
import shutil
import sqlite3

import assay
import pytest

SECRET = "Jane-Confidential-4711"
REASON = "names a natural person"
NEW = "2026-11-23T00:00:00Z"


def ledger(store, *args, code=0):
    return assay.run("ledger", *args, "--store", store, "--config", assay.CONFIG, code=code)


def redact(store, *what, code=0, at=NEW):
    return ledger(store, "redact", *what, "--reason", REASON, "--reviewer", "akari", "--at", at,
                  code=code)


def rows(store, query, *args):
    with sqlite3.connect(store / "assay.db") as db:
        return db.execute(query, args).fetchall()


def holders(store, needle):
    """The files of a store that hold these bytes."""
    return [p for p in sorted(store.rglob("*")) if p.is_file() and needle in p.read_bytes()]


def check(store):
    return assay.run("store", "check", "--store", store, "--config", assay.CONFIG, "--format",
                     "text", code={0, 1})


@pytest.fixture
def decided(store):
    """A decision whose reason says what must not stay; returns the store and the decision's id."""
    for reviewer in ("akari", "benedikt"):
        assay.run("review", "decide", "harukaze-rx.example", "--reviewer", reviewer,
                  "--destination", "US", "--class", "rogue", "--reason", f"seen by {SECRET}",
                  "--at", assay.AT, "--store", store, "--config", assay.CONFIG)
    (found,) = [r[0].hex() for r in rows(
        store, "SELECT id FROM record WHERE type = 'decision' AND body LIKE ? AND body LIKE "
        "'%in_force%'", f"%{SECRET}%")]
    return store, found


def all_with_secret(store):
    return [r[0].hex() for r in rows(store, "SELECT id FROM record WHERE body LIKE ?",
                                     f"%{SECRET}%")]


def test_the_bytes_are_nowhere_and_the_ledger_is_whole(decided, tmp_path):
    store, decision = decided
    assert holders(store, SECRET.encode())
    before = assay.lookup(store, "harukaze-rx.example")
    salts = [r[0] for r in rows(store, "SELECT salt FROM ledger_entry e JOIN record r ON "
                                "r.id = e.record WHERE r.body LIKE ?", f"%{SECRET}%")]
    kept = tmp_path / "kept"
    kept.write_text(ledger(store, "checkpoint").out)
    ids = all_with_secret(store)
    assert decision in ids and len(ids) >= 3  # proposal, decision, listing
    told = redact(store, *ids).records()[-1]
    assert told["type"] == "redaction" and told["records"] == ids and told["reason"] == REASON
    assert told["src"] == "reviewer:akari" and told["subject"]["key"] == "harukaze-rx.example"

    assert holders(store, SECRET.encode()) == []
    for salt in salts:
        assert holders(store, salt) == [], "the salt would confirm a guess"
    assert "whole" in ledger(store, "verify", kept, "--format", "text").out
    assert "NOT" not in check(store).out and "redacted" in check(store).out
    assert "whole" in ledger(store, "audit", store, "--format", "text").out

    # Nobody's standing is another one: what lookups read stays.
    after = assay.lookup(store, "harukaze-rx.example")
    assert [(c["destination"], c["class"], c.get("state")) for c in after[0]["cells"]] == \
           [(c["destination"], c["class"], c.get("state")) for c in before[0]["cells"]]
    assert "redacted" in json.dumps(after)

    # Deriving the rows anew leaves those of redacted records.
    assay.run("store", "check", "--rebuild", "--store", store, "--config", assay.CONFIG)
    assert assay.lookup(store, "harukaze-rx.example") == after

    # All is read again, and the redacted bytes do not come back with it.
    assay.run_examples(store)
    for name in ("list", "show"):
        assay.run("review", name, *(["harukaze-rx.example"] if name == "show" else []), "--store",
                  store, "--config", assay.CONFIG)
    assay.run("publish", "index", "--out", tmp_path / "index", "--store", store, "--config",
              assay.CONFIG)
    assert holders(store, SECRET.encode()) == []
    assert "whole" in ledger(store, "verify", kept, "--format", "text").out


def test_the_proof_of_a_redacted_entry_is_the_proof_without_record_and_salt(decided, tmp_path):
    store, decision = decided
    redact(store, decision)
    (salt, body), = rows(store, "SELECT e.salt, r.body FROM ledger_entry e JOIN record r ON "
                         "r.id = e.record WHERE r.id = ?", bytes.fromhex(decision))
    assert salt == bytes(32) and body == '{"redacted":true}'
    proof = tmp_path / "proof"
    proof.write_text(ledger(store, "prove", decision).out)
    by = rows(store, "SELECT r.id FROM record r JOIN redaction d ON d.by_record = r.seq")[0][0]
    for how in ((), ("--key", store / "ledger/key.pub")):
        ran = ledger(store, "verify", proof, "--format", "text", *how)
        assert f"its record was redacted: see record {by.hex()}" in ran.out
    told = ledger(store, "verify", proof).records()[-1]
    assert told["redacted"] == by.hex() and told["problems"] == 0
    # The record that says why is proved as any other, with its words.
    proof.write_text(ledger(store, "prove", by.hex()).out)
    ledger(store, "verify", proof)


def test_a_backup_and_its_restoration_cope(decided, tmp_path):
    store, decision = decided
    redact(store, *all_with_secret(store))
    assay.run("store", "backup", tmp_path / "backup", "--store", store, "--config", assay.CONFIG)
    assay.run("store", "restore", tmp_path / "backup", "--store", tmp_path / "again", "--config",
              assay.CONFIG)
    assert holders(tmp_path / "backup", SECRET.encode()) == []
    assert "whole" in ledger(tmp_path / "again", "verify", "--format", "text").out
    assert "NOT" not in check(tmp_path / "again").out


def test_what_may_not_be_redacted_is_refused(decided):
    store, decision = decided
    count = rows(store, "SELECT count(*) FROM record")
    for kind in ("key", "pack"):
        (found,) = rows(store, "SELECT id FROM record WHERE type = ? LIMIT 1", kind)
        assert kind in redact(store, found[0].hex(), code=2).err
    assert "no such record" in redact(store, "00" * 32, code=2).err
    redact(store, "xyz", code=2)
    redact(store, code=2)
    redact(store, decision, "--why", "quarantine", code=2)
    redact(store, "--evidence", "sha256:" + "00" * 32, code=2)
    ledger(store, "redact", decision, "--reviewer", "akari", code=2)
    ledger(store, "redact", decision, "--reason", "x", "--reviewer", "nobody", code=2)
    assert rows(store, "SELECT count(*) FROM record") == count
    redact(store, decision)
    again = redact(store, decision, at="2026-11-24T00:00:00Z", code=2)
    assert "redacted already" in again.err
    by = rows(store, "SELECT id FROM record WHERE type = 'redaction'")[0][0].hex()
    assert "redaction" in redact(store, by, code=2).err
    assert "whole" in ledger(store, "verify", "--format", "text").out


def public_evidence(store):
    """A piece of evidence that a verdict rests on, with its site."""
    return rows(store, "SELECT e.sha256, s.key FROM evidence e JOIN citation c ON "
                "c.evidence = e.sha256 JOIN record r ON r.seq = c.record JOIN subject s ON "
                "s.id = r.subject ORDER BY s.key LIMIT 1")[0]


@pytest.mark.parametrize("why", ["redaction", "quarantine"])
def test_evidence_goes_and_does_not_come_back(store, why):
    digest, site = public_evidence(store)
    path = store / "blob" / digest.hex()[:2] / digest.hex()[2:]
    assert path.exists()
    before = assay.lookup(store, site)
    told = redact(store, "--evidence", f"sha256:{digest.hex()}", "--why", why).records()[-1]
    assert told["why"] == why and told["evidence"] == [f"sha256:{digest.hex()}"]
    assert not path.exists()
    assert "NOT" not in check(store).out
    assert "whole" in ledger(store, "verify", "--format", "text").out
    # Read again, it is not kept again; the verdict that needed it stays as it is, and it is said so.
    ran = assay.run_examples(store)
    assert not path.exists()
    said = [m for m in ran.log() if m.get("subject") == site and "redacted" in m["msg"]]
    assert said, ran.err
    assert assay.lookup(store, site) == before
    backup = store.parent / "backup"
    assay.run("store", "backup", backup, "--store", store, "--config", assay.CONFIG)
    assert not (backup / path.relative_to(store)).exists()
    # Somebody puts the file back: check names it.
    path.write_bytes(b"anything")
    assert str(path.relative_to(store.parent)) in check(store).out
    again = redact(store, "--evidence", f"sha256:{digest.hex()}", at="2026-11-25T00:00:00Z", code=2)
    assert "gone already" in again.err


def test_a_process_that_died_before_the_bytes_went_is_followed_up_by_the_next_writer(store):
    digest, _ = public_evidence(store)
    path = store / "blob" / digest.hex()[:2] / digest.hex()[2:]
    whole = path.read_bytes()
    redact(store, "--evidence", f"sha256:{digest.hex()}")
    # As it lies when the process is killed behind the commit.
    path.write_bytes(whole)
    with sqlite3.connect(store / "assay.db") as db:
        db.execute("UPDATE meta SET value = '1' WHERE key = 'redact.pending'")
    assert "NOT" not in check(store).out
    ledger(store, "checkpoint")
    assert not path.exists()


def test_bytes_gone_without_a_redaction_and_a_redaction_that_was_undone_are_named(decided):
    store, decision = decided
    copy = shutil.copytree(store, store.parent / "copy")
    redact(store, decision)

    def alter(where, *statements):
        with sqlite3.connect(where / "assay.db") as db:
            for (trigger,) in db.execute(
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                db.execute(*statement)

    (body,), = rows(copy, "SELECT body FROM record WHERE id = ?", bytes.fromhex(decision))
    alter(copy, ("UPDATE record SET body = '{\"redacted\":true}' WHERE id = ?",
                 (bytes.fromhex(decision),)))
    seq = rows(copy, "SELECT seq FROM record WHERE id = ?", bytes.fromhex(decision))[0][0]
    assert f"record {seq} (decision): its bytes are gone" in check(copy).out
    ran = ledger(copy, "verify", "--format", "text", code=1)
    assert "harukaze-rx.example" in ran.out and "no redaction says why" in ran.out
    alter(store, ("UPDATE record SET body = ? WHERE id = ?", (body, bytes.fromhex(decision))))
    assert f"record {seq} (decision): was redacted" in check(store).out
