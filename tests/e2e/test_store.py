"""assay store: made, checked, backed up, restored; what is wrong is said with exit code 1 or 2."""

import fcntl
import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from assay import CONFIG, EXAMPLES, run

OBSERVATION = {
    "type": "observation", "v": 1, "what": "registration", "at": "2026-10-01T00:00:00Z",
    "subject": {"kind": "registrable", "key": "x.example"}, "src": "rdap:demo",
    "registration": {"created": "2024-03-01T00:00:00Z", "registrar": "Demo Registrar (synthetic)",
                     "status": ["active"]},
}
PAGE = {"url": "https://x.example/", "at": "2026-10-01T00:00:00Z",
        "text": "Synthetic page of an online pharmacy that sells without a prescription."}


def assay(*arguments, stdin=""):
    return run(*arguments, code=None, stdin=stdin.encode())


def rows(done):
    assert done.code == 0, done
    return done.records()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with an observation, a page with its evidence, and what a run made of them."""
    folder = tmp_path_factory.mktemp("made") / "store"
    lines = "".join(json.dumps(row) + "\n" for row in (OBSERVATION, PAGE))
    done = assay("run", "--store", folder, "--at", "2026-11-01T00:00:00Z", stdin=lines)
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def store(made, tmp_path):
    """A copy of it, for one test to harm."""
    return Path(shutil.copytree(made, tmp_path / "store"))


def test_migrate_makes_a_store_once(tmp_path):
    made, again = (rows(assay("store", "migrate", "--store", tmp_path / "new"))[0]
                   for _ in range(2))
    assert (made["from"], made["to"]) == (0, 3)
    assert (again["from"], again["to"]) == (3, 3)


def test_what_a_run_wrote_checks_out(store):
    [sum_up] = rows(assay("store", "check", "--store", store))
    assert sum_up["findings"] == 0
    assert sum_up["records"] >= 3 and sum_up["evidence"] == 1 and sum_up["entries"] >= 1
    text = assay("store", "check", "--store", store, "--format", "text")
    assert text.code == 0 and text.out.splitlines()[-1] == "whole"


def damage(store, *statements):
    with sqlite3.connect(store / "assay.db") as db:
        for statement in statements:
            assert db.execute(statement).rowcount != 0


@pytest.mark.parametrize("statement, finding", [
    ("UPDATE record SET body = replace(body, 'Demo', 'DEMO') WHERE body LIKE '%Demo Reg%'",
     "its bytes are not those of its id"),
    ("UPDATE record SET at = at + 1 WHERE type = 'observation'",
     "its row's time is not what its bytes say"),
    ("UPDATE record SET src = 'x' WHERE body LIKE '%Demo Reg%'",
     "its row's src is not what its bytes say"),
    ("UPDATE record SET body = 'x' WHERE body LIKE '%Demo Reg%'", "(observation): json: invalid"),
])
def test_an_altered_record_is_named(store, statement, finding):
    damage(store, "DROP TRIGGER record_keep_u", statement)
    done = assay("store", "check", "--store", store)
    assert done.code == 1, done.err
    found = [json.loads(line).get("finding", "") for line in done.out.splitlines()]
    assert any(finding in line for line in found), found
    done = assay("store", "check", "--store", store, "--format", "text")
    assert done.code == 1 and "NOT whole" in done.out and finding in done.out


def test_rebuilding_derives_the_cells_again(store):
    with sqlite3.connect(store / "assay.db") as db:
        before = db.execute("SELECT * FROM cell ORDER BY record, destination").fetchall()
    assert before
    damage(store, "UPDATE cell SET class = 'legitimate', ground = 'x'")
    assert assay("store", "check", "--store", store).code == 1
    assert rows(assay("store", "check", "--rebuild", "--store", store))[-1]["findings"] == 0
    with sqlite3.connect(store / "assay.db") as db:
        assert db.execute("SELECT * FROM cell ORDER BY record, destination").fetchall() == before


def test_a_backup_restores_to_the_same_answers(store, tmp_path):
    made = rows(assay("store", "backup", tmp_path / "backup", "--store", store))[0]
    back = rows(assay("store", "restore", tmp_path / "backup", "--store", tmp_path / "back"))[0]
    assert back["manifest"] == made["manifest"] and back["files"] == made["files"] > 3
    assert rows(assay("store", "check", "--store", tmp_path / "back"))[0]["findings"] == 0
    assert assay("ledger", "verify", "--store", tmp_path / "back").code == 0
    looked = [assay("lookup", "x.example", "--store", s) for s in (store, tmp_path / "back")]
    assert looked[0].out and looked[0].out == looked[1].out
    assert looked[0].code == looked[1].code


def test_restore_refuses_what_is_there_and_what_was_altered(store, tmp_path):
    rows(assay("store", "backup", tmp_path / "backup", "--store", store))
    done = assay("store", "restore", tmp_path / "backup", "--store", store)
    assert done.code == 2 and "is not empty" in done.err
    blob = next(p for p in (tmp_path / "backup" / "blob").rglob("*") if p.is_file())
    blob.write_bytes(blob.read_bytes()[:-1] + b"\0")
    done = assay("store", "restore", tmp_path / "backup", "--store", tmp_path / "back")
    assert done.code == 2 and blob.name in done.err
    assert not (tmp_path / "back").exists()
    done = assay("store", "restore", tmp_path / "nowhere", "--store", tmp_path / "back")
    assert done.code == 2 and "is no backup" in done.err


def test_a_store_in_use_is_not_written_and_can_be_read(store):
    with open(store / "lock", "r+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()} assay run\n")
        lock.flush()
        done = assay("store", "check", "--rebuild", "--store", store)
        assert done.code == 2
        assert f"is in use by process {os.getpid()} (assay run)" in done.err
        assert assay("store", "check", "--store", store).code == 0


def test_a_newer_store_is_refused(store):
    damage(store, "INSERT INTO migration VALUES (4, 0, zeroblob(32))")
    for command in (["store", "check"], ["store", "migrate"], ["lookup", "x.example"], ["run"]):
        done = assay(*command, "--store", store, stdin="")
        assert done.code == 2
        assert "store is of schema 4, this program knows up to 3: upgrade assay" in done.err


def citations(store):
    with sqlite3.connect(store / "assay.db") as db:
        return db.execute("SELECT hex(evidence), record FROM citation ORDER BY 1, 2").fetchall()


def make_schema_1(store):
    """Take out what later schemas brought: the store is then as an older program left it."""
    with sqlite3.connect(store / "assay.db") as db:
        db.executescript("DROP TRIGGER migration_keep_d; DELETE FROM migration WHERE version > 1;"
                         "CREATE TRIGGER migration_keep_d BEFORE DELETE ON migration "
                         "BEGIN SELECT RAISE(ABORT, 'migration is append-only'); END;"
                         "DROP TABLE citation;"
                         "DROP TABLE session; DROP TABLE token; DROP TRIGGER account_keep_d;"
                         "DROP TABLE account; DROP TRIGGER audit_keep_d; DROP TABLE audit;"
                         "DROP TRIGGER IF EXISTS record_keep_u; DROP TRIGGER ledger_keep_u;"
                         "DROP TABLE redaction; DROP TABLE evidence_gone;"
                         "CREATE TRIGGER record_keep_u BEFORE UPDATE ON record "
                         "BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;"
                         "CREATE TRIGGER ledger_keep_u BEFORE UPDATE ON ledger_entry "
                         "BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;")


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """A store of the shipped examples: with findings."""
    folder = tmp_path_factory.mktemp("examples") / "store"
    done = assay("run", "--config", CONFIG, "--store", folder, EXAMPLES)
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def judged(examples, tmp_path):
    return Path(shutil.copytree(examples, tmp_path / "judged"))


def test_every_finding_is_cited_and_nothing_else(judged):
    store = judged
    with sqlite3.connect(store / "assay.db") as db:
        findings = db.execute("SELECT seq, body FROM record WHERE type = 'finding'").fetchall()
    wanted = set()
    for seq, body in findings:
        finding = json.loads(body)
        quotations = finding["quotations"] + [w["quotation"] for w in finding["weighed"]]
        wanted |= {(q["evidence"].removeprefix("sha256:").upper(), seq) for q in quotations}
    assert len(wanted) > 50
    assert citations(store) == sorted(wanted)
    make_schema_1(store)
    assert assay("store", "migrate", "--store", store).code == 0
    assert citations(store) == sorted(wanted)
    assert rows(assay("store", "check", "--store", store))[-1]["findings"] == 0


def test_an_older_store_is_refused_until_migrated(judged, tmp_path):
    store = judged
    cited = citations(store)
    assert cited
    make_schema_1(store)
    for command in (["run"], ["lookup", "x.example"], ["store", "check"], ["review", "list"],
                    ["store", "check", "--rebuild"], ["ledger", "checkpoint"]):
        done = assay(*command, "--store", store)
        assert done.code == 2
        assert "store is of schema 1, this program " in done.err
        assert "run assay store migrate (after assay store backup)" in done.err
    rows(assay("store", "backup", tmp_path / "backup", "--store", store))
    moved = rows(assay("store", "migrate", "--store", store))[0]
    assert (moved["from"], moved["to"]) == (1, 3)
    assert citations(store) == cited
    assert rows(assay("store", "check", "--store", store))[-1]["findings"] == 0
    rows(assay("store", "restore", tmp_path / "backup", "--store", tmp_path / "back"))
    assert assay("lookup", "x.example", "--store", tmp_path / "back").code == 2
    assert assay("store", "migrate", "--store", tmp_path / "back").code == 0
    assert citations(tmp_path / "back") == cited


def test_a_finding_that_cannot_be_read_stops_the_migration(judged):
    store = judged
    damage(store, "DROP TRIGGER record_keep_u",
           "UPDATE record SET body = '{' WHERE type = 'finding'")
    make_schema_1(store)
    done = assay("store", "migrate", "--store", store)
    assert done.code == 2 and "schema 2: record " in done.err
    assert "store is of schema 1" in assay("lookup", "x.example", "--store", store).err


@pytest.mark.parametrize("arguments, message", [
    ([], "store takes migrate"),
    (["mend"], "store takes migrate"),
    (["backup"], "store backup takes one folder"),
    (["restore", "a", "b"], "store restore takes one folder"),
    (["check", "x"], "takes no argument, not 'x'"),
    (["migrate", "--rebuild"], "--rebuild belongs to store check"),
    (["check"], "there is none"),
    (["backup", "there"], "there is none"),
])
def test_wrong_use_is_told(tmp_path, arguments, message):
    done = assay("store", *arguments, "--store", tmp_path / "none")
    assert done.code == 2 and message in done.err
    assert not (tmp_path / "none").exists() and not (tmp_path / "there").exists()
