"""One case from verdict to receipts, on both engines, proved from tiles alone by code that is not ours."""

import base64
import hashlib
import json
import shutil
import sqlite3
import subprocess

import assay
import mail
import postgres
import pytest
from test_ledger_go import check, checker, pytestmark as needs_go  # noqa: F401 (checker: a fixture)

SHOP = "wakaba-kojin-yunyu.example"         # rogue for JP, nobody has acted
ANEW = "sunny-corner-place.example"         # its name was registered anew
INNOCENT = ["harborlight-pharmacy.example", "hoshizorazaka-yakuten.example",
            "thistledown-pharmacy.example", "riverbend-literacy.example", "shops.example"]
TOLD, WAITED = "2026-11-22T02:00:00Z", "2026-11-29T03:00:00Z"


@pytest.fixture(scope="module")
def cluster():
    if not postgres.installed():
        pytest.skip("PostgreSQL is not installed")
    made = postgres.Cluster()
    yield made
    made.control("stop")


class Desk:
    """A store of one engine, and the commands of the story on it."""

    def __init__(self, folder, conninfo, cluster, relay):
        self.store, self.conninfo, self.cluster = folder / "store", conninfo, cluster
        self.config = folder / "assay.yaml"
        shipped = assay.CONFIG.read_text().replace("disclosure_days: 0\n", "")
        self.config.write_text(shipped + "appeal_address: appeal@desk.example\n"
                               f"mail: {{relay: '{relay}', from: desk@desk.example}}\n")
        if conninfo:
            self("store", "migrate", "--database", conninfo)
        inputs = [assay.EXAMPLES / name for name in ("sites", "registers.jsonl",
                                                     "registrations.jsonl")]
        self("run", "--at", assay.AT, *inputs)

    def __call__(self, *args, code=0):
        return assay.run(*args, "--store", self.store, "--config", self.config, code=code)

    def decide(self, who, cls, at, *more, subject=SHOP, destination="JP", code=0):
        return self("review", "decide", subject, "--reviewer", who, "--destination", destination,
                    "--class", cls, "--reason", "both captures read", "--at", at, *more, code=code)

    def listed(self, subject=SHOP, destination="JP"):
        return self("lookup", "--destination", destination, subject, code={0, 1}).code == 0

    def timeline(self, kind, subject=SHOP):
        lines = self("review", "timeline", subject, "--format", "json").records()
        return [r for r in lines if r["type"] == kind]

    def count(self, words, record):
        """Rows of the record's table that hold the words."""
        query = f"SELECT count(*) FROM record WHERE body LIKE '%{words}%' AND id = "
        if self.conninfo:
            (n,), = self.cluster.sql(query + f"'\\x{record}'", self.conninfo)
            return int(n)
        with sqlite3.connect(self.store / "assay.db") as db:
            return db.execute(query + f"x'{record}'").fetchone()[0]

    def sql(self, statement):
        """As somebody who holds the database, whatever the triggers say."""
        if self.conninfo:
            self.cluster.sql(f"ALTER TABLE record DISABLE TRIGGER USER; {statement}; "
                             "ALTER TABLE record ENABLE TRIGGER USER", self.conninfo)
            return
        with sqlite3.connect(self.store / "assay.db") as db:
            for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {name}")
            assert db.execute(statement).rowcount > 0


@pytest.fixture(scope="module")
def relay():
    with mail.Relay(mail.Box()) as server:
        yield server


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def desk(request, tmp_path_factory, relay):
    cluster = request.getfixturevalue("cluster") if request.param == "postgres" else None
    conninfo = cluster.conninfo() if cluster else None
    return Desk(tmp_path_factory.mktemp(request.param), conninfo, cluster, relay.address)


@needs_go
def test_a_case_from_verdict_to_receipts(desk, checker, tmp_path, relay):  # noqa: F811
    # A machine's verdict waits, and one reviewer, however often, lists nothing.
    assert not desk.listed()
    assert "second reviewer" in desk.decide("akari", "rogue", "2026-11-22T01:00:00Z").out
    assert "proposed this already" in desk.decide("akari", "rogue", "2026-11-22T01:30:00Z",
                                                  code=2).err
    assert not desk.listed() and not desk.timeline("listing")
    # Nor do two, before the operator was told and had time to answer.
    assert "was not told" in desk.decide("benedikt", "rogue", TOLD, code=2).err
    desk("disclose", "prepare", SHOP, "--destination", "JP", "--by", "akari", "--at", TOLD)
    sent, = desk("disclose", "send", "--at", TOLD).records()
    assert sent["state"] == "sent" and len(relay.handler.messages) >= 1
    assert "has until 2026-11-29" in desk.decide("benedikt", "rogue", "2026-11-23T00:00:00Z",
                                                 code=2).err
    assert "in force" in desk.decide("benedikt", "rogue", WAITED).out
    assert desk.listed()
    decision = desk.timeline("decision")[-1]
    assert decision["actors"] == ["benedikt", "akari"]
    assert decision["statement"]["told"].startswith("told on 2026-11-22")
    # It is published, taken back, and the form is seen to follow.
    desk("publish", "index")
    assert desk("lookup", "--index", desk.store / "published/index", "--destination", "JP", SHOP)
    desk.decide("akari", "unverified", "2026-11-30T00:00:00Z")
    assert not desk.listed()
    assert desk("publish", "receipts", "--at", "2026-11-30T00:00:20Z", code=1).records()[0]["waiting"]
    desk("publish", "index")
    told, = desk("publish", "receipts", "--at", "2026-11-30T00:00:40Z").records()
    assert (told["reached"], told["waiting"]) == (1, 0)
    assert desk.timeline("correction")[-1]["reached"][0]["form"] == "index"
    shown = desk("lookup", "--format", "text", "--destination", "JP", SHOP, code=1).out
    assert "corrected" in shown, "the wrong entry stays visible as corrected"
    # All of it is in the tree: our own checks, and Go's on nothing but the files that are served.
    desk("ledger", "verify")
    desk("store", "check")
    mirror = tmp_path / "mirror"
    served = shutil.ignore_patterns("key", "root*")
    shutil.copytree(desk.store / "ledger", mirror / "ledger", ignore=served)
    proved = (decision, *desk.timeline("correction"), *desk.timeline("listing"))
    for i, record in enumerate(proved):
        proof = mirror / f"proof-{i}"
        proof.write_text(desk("ledger", "prove", record["id"]).out)
        ran = assay.run("ledger", "verify", proof, "--key", mirror / "ledger/key.pub", "--format",
                        "text")
        assert record["type"] in ran.out and SHOP in ran.out
    assert assay.run("ledger", "audit", mirror / "ledger", "--format", "text").code == 0
    done = check(checker, mirror)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"ok - {len(proved)} proofs of entries hold" in done.stdout
    for name in INNOCENT:
        for destination in ("JP", "US", "GB"):
            assert not desk.listed(name, destination), name


def test_a_name_that_is_registered_anew_is_freed(desk, tmp_path):
    harm = ("--imminent-harm", "opioids without prescription")
    desk.decide("akari", "rogue", "2026-11-22T04:00:00Z", subject="painfree-overnight.example",
                destination="US")
    desk.decide("benedikt", "rogue", "2026-11-22T05:00:00Z", *harm,
                subject="painfree-overnight.example", destination="US")
    assert desk.listed("painfree-overnight.example", "US")
    decision = desk.timeline("decision", "painfree-overnight.example")[-1]
    assert decision["imminent_harm"] == harm[1]
    assert "imminent harm" in decision["statement"]["told"]
    anew = tmp_path / "anew.jsonl"
    anew.write_text(json.dumps({
        "type": "observation", "v": 1, "what": "registration", "at": "2026-12-02T00:00:00Z",
        "subject": {"kind": "registrable", "key": "painfree-overnight.example"}, "src": "rdap:demo",
        "registration": {"created": "2026-12-01T00:00:00Z", "registrar": "Demo Registrar Two"}}) + "\n")
    desk("run", "--at", "2026-12-02T00:00:00Z", anew)
    assert not desk.listed("painfree-overnight.example", "US")
    row = desk.timeline("listing", "painfree-overnight.example")[-1]
    assert (row["action"], row["was"]) == ("remove", "rogue") and "registered anew" in row["reason"]
    text = desk("review", "timeline", "painfree-overnight.example", "--format", "text").out
    assert "registration created 2026-12-01 at Demo Registrar Two" in text
    desk("ledger", "verify")


def test_what_must_not_stay_is_taken_out_and_the_tree_stays_whole(desk):
    words = "both captures read"
    decision = desk.timeline("decision")[0]
    assert words in decision["reason"] and desk.count(words, decision["id"]) == 1
    desk("ledger", "redact", decision["id"], "--reviewer", "akari", "--reason",
         "names a natural person", "--at", "2026-12-03T00:00:00Z")
    assert desk.count(words, decision["id"]) == 0
    desk("ledger", "verify")
    desk("store", "check")
    proof = desk("ledger", "prove", decision["id"]).out
    extra = next(l for l in proof.splitlines() if l.startswith("extra "))
    assert "record" not in json.loads(base64.b64decode(extra[6:]))
    again = desk("ledger", "redact", decision["id"], "--reviewer", "akari", "--reason", "twice",
                 "--at", "2026-12-03T00:01:00Z", code=2)
    assert "already" in again.err


def test_an_account_decides_where_it_has_the_role_and_its_key_signs(desk, tmp_path):
    """A reviewer elsewhere: enrolled by key, decides by a signed file, and in no other way."""
    public, secret = signing_key("mika", tmp_path)
    desk("account", "add", "mika", "--role", "reader")
    act = {"type": "decision", "v": 1, "subject": {"kind": "registrable", "key": "rindo-kenko.example"},
           "at": "2026-12-04T00:00:00Z", "src": "reviewer:mika", "reason": "both captures read",
           "imminent_harm": "sedatives", "cells": [{"destination": "JP", "class": "unapproved"}]}
    file, signed = tmp_path / "act.json", tmp_path / "act.signed"
    file.write_text(json.dumps(act))
    desk("account", "verifier", "mika", public)
    signed.write_text(desk("review", "sign", file, "--key-file", secret).out)
    assert "mika" in desk("review", "take", signed, code=2).err, "a reader decides nothing"
    desk("account", "role", "mika", "+reviewer")
    told = desk("run", "--at", "2026-12-04T01:00:00Z", as_lines(file))
    assert any("enrolled with a key" in str(m) for m in told.log()), told
    damaged = tmp_path / "damaged"
    damaged.write_text(signed.read_text().replace("unapproved", "rogue"))
    desk("review", "take", damaged, code=2)
    assert not desk.listed("rindo-kenko.example")
    assert "in force" in desk("review", "take", signed).out
    assert desk.listed("rindo-kenko.example")
    assert "known already" in desk("review", "take", signed).out
    desk("ledger", "verify")


def as_lines(file):
    lines = file.with_suffix(".jsonl")
    lines.write_text(file.read_text() + "\n")
    return lines


def signing_key(name, folder):
    """A key pair as c2sp signed-note writes it, made by openssl: nothing of ours."""
    pem = folder / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", pem], check=True)
    seed = subprocess.run(["openssl", "pkey", "-in", pem, "-outform", "DER"], check=True,
                          capture_output=True).stdout[-32:]
    public = subprocess.run(["openssl", "pkey", "-in", pem, "-pubout", "-outform", "DER"], check=True,
                            capture_output=True).stdout[-32:]
    data = b"\x01" + public
    hint = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex()
    secret, text = folder / "key", base64.b64encode(b"\x01" + seed).decode()
    secret.write_text(f"PRIVATE+KEY+{name}+{hint}+{text}\n")
    secret.chmod(0o600)
    return f"{name}+{hint}+{base64.b64encode(data).decode()}", secret


def whole_copy(desk, tmp_path):
    """The ledger's folder put aside, so that it can be damaged and put back."""
    kept = tmp_path / "kept"
    shutil.copytree(desk.store / "ledger", kept)
    return kept


@pytest.mark.parametrize("what, name", [
    ("tile", "tile/0/000"), ("bundle", "tile/entries/000"), ("checkpoint", "checkpoint")])
def test_a_tampered_file_of_the_ledger_is_found_and_named(desk, tmp_path, what, name):
    kept = whole_copy(desk, tmp_path)
    path = desk.store / "ledger" / name
    if not path.exists():
        path = sorted((path.parent / (path.name + ".p")).iterdir(), key=lambda p: int(p.name))[-1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    ran = desk("ledger", "verify", code={1, 2})
    assert name.split("/0")[0] in ran.out + ran.err, ran
    shutil.rmtree(desk.store / "ledger")
    shutil.copytree(kept, desk.store / "ledger")
    (desk.store / "ledger").chmod(0o700)
    desk("ledger", "verify")


def test_a_tampered_row_is_found_and_named(desk):
    """Last, because it cannot be put back."""
    decision = desk.timeline("decision")[-1]
    blob = f"'\\x{decision['id']}'" if desk.conninfo else f"x'{decision['id']}'"
    desk.sql("UPDATE record SET body = replace(body, 'both captures read', 'no captures read!') "
             f"WHERE id = {blob}")
    ran = desk("store", "check", code=1)
    assert "record" in ran.out, ran
    ran = desk("ledger", "verify", code=1)
    assert "ledger entry" in ran.out and "store" in ran.out, ran
