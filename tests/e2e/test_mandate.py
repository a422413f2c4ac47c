"""Mandates: signed by an issuer, pinned by the operator, kept, used up, revoked, and shown."""

import base64
import hashlib
import json
import sqlite3

import assay
import pytest

AT = "2026-06-01T00:00:00Z"
MINISTRY = "Demonstration Ministry (synthetic)"


def mandate(**changes):
    whole = {
        "mandate": "jp-1", "issuer": MINISTRY, "country": "JP", "holder": "Desk (synthetic)",
        "designated": True, "private_delegate": True, "clauses": ["RAA 3.18.3"],
        "scope": [{"destinations": ["JP"], "matters": ["rogue"],
                   "recipients": ["registrar", "reseller"]}],
        "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
        "feed": "https://ministry.example/feed",
    }
    whole.update(changes)
    return {k: v for k, v in whole.items() if v is not None}


class Desk:
    """An operator, and beside it an issuer who gives nobody the secret half of a key."""

    def __init__(self, folder):
        self.folder = folder
        self.store = folder / "store"
        self.config = folder / "assay.yaml"
        self.key = folder / "ministry.key"
        self.pin = assay.run("mandate", "key", "ministry.example", "--key-file",
                             self.key).out.strip()
        self.configure()

    def configure(self, pins=None):
        pins = [{"key": self.pin, "issuer": MINISTRY, "country": "JP"}] if pins is None else pins
        self.config.write_text(f"mandates: {json.dumps(pins)}\n", encoding="utf-8")

    def signed(self, name="mandate.note", key=None, **changes):
        plain, note = self.folder / (name + ".json"), self.folder / name
        plain.write_text(json.dumps(mandate(**changes), indent=2), encoding="utf-8")
        note.write_text(assay.run("mandate", "sign", plain, "--key-file", key or self.key).out,
                        encoding="utf-8")
        return note

    def run(self, *args, at=AT, **how):
        return assay.run("mandate", *args, "--store", self.store, "--config", self.config, "--at",
                         at, **how)

    def add(self, file, *args, **how):
        return self.run("add", file, "--by", "akari", *args, **how)

    def states(self, **how):
        return {m["mandate"]: m["state"] for m in self.run("list", **how).records()}

    def refused(self, file, *args, why, **how):
        ran = self.add(file, *args, code=2, **how)
        assert why in ran.err, ran


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_mandate_is_signed_added_shown_and_revoked(desk):
    note = desk.signed()
    [added] = desk.add(note).records()
    assert added["state"] == "in_force" and added["issuer"] == MINISTRY
    assert added["key"] == desk.pin and added["offices"] == ["JP"]
    assert desk.run("show", "jp-1").records() == [added]
    text = desk.run("list", "--format", "text").out
    assert "in_force  jp-1  by Demonstration Ministry (synthetic) (JP)" in text
    assert "for registrar, reseller; about rogue; buyers in JP" in text
    assert desk.run("feed", "jp-1").out == ""
    for at, state in (("2025-12-31T00:00:00Z", "to_come"), ("2027-01-01T00:00:00Z", "ended")):
        assert desk.states(at=at) == {"jp-1": state}
    later = "2026-07-01T00:00:00Z"
    [revoked] = desk.run("revoke", "jp-1", "--by", "akari", "--reason", "withdrawn by letter",
                         at=later).records()
    assert revoked["state"] == "revoked" and revoked["revoked"] == later
    assert "was revoked" in desk.run("revoke", "jp-1", "--by", "akari", "--reason", "again",
                                     code=2).err
    # The name is gone for good, and what was done stands in the ledger.
    desk.refused(note, why="there is a mandate jp-1 already")
    assay.run("ledger", "verify", "--store", desk.store, "--config", desk.config)
    kinds = [r["state"] for r in records(desk, "mandate")]
    assert kinds == ["added", "revoked"]


def records(desk, kind):
    """Bodies in the store, as sqlite3 shows them."""
    with sqlite3.connect(desk.store / "assay.db") as db:
        return [json.loads(body) for body, in
                db.execute("SELECT body FROM record WHERE type = ? ORDER BY seq", (kind,))]


def test_what_is_changed_or_signed_by_somebody_else_is_refused(desk):
    note = desk.signed()
    changed = desk.folder / "changed.note"
    changed.write_text(note.read_text(encoding="utf-8").replace("2027-01", "2037-01"),
                       encoding="utf-8")
    desk.refused(changed, why="the signature of ministry.example does not hold")
    other = desk.folder / "other.key"
    pin = assay.run("mandate", "key", "ministry.example", "--key-file", other).out.strip()
    desk.refused(desk.signed("other.note", key=other), why="does not pin")
    # A key that is pinned for another issuer signs nothing in the ministry's name.
    desk.configure([{"key": desk.pin, "issuer": MINISTRY}, {"key": pin, "issuer": "Brand"}])
    desk.refused(desk.signed("other.note", key=other), why="its key is Brand's")
    desk.refused(desk.signed("old.note", until="2026-05-01T00:00:00Z"), why="ended at")
    assert desk.states() == {}
    assert records(desk, "mandate") == []


def test_a_mandate_whose_key_is_pinned_no_longer_covers_nothing(desk):
    desk.add(desk.signed())
    desk.configure([])
    [m] = desk.run("list").records()
    assert m["state"] == "refused" and "does not pin" in m["why"]
    desk.configure()
    assert desk.states() == {"jp-1": "in_force"}


def test_an_imported_record_gives_no_authority(desk):
    desk.add(desk.signed())
    [kept] = records(desk, "mandate")
    forged = {k: v for k, v in kept.items() if k not in ("signature", "key")}
    forged.update(mandate="jp-2", document="sha256:" + "00" * 32)
    with sqlite3.connect(desk.store / "assay.db") as db:
        columns = [c[1] for c in db.execute("PRAGMA table_info(record)") if c[1] != "seq"]
        row = dict(zip(columns, db.execute(
            f"SELECT {','.join(columns)} FROM record WHERE type = 'mandate'").fetchone()))
        row["id"] = b"\1" * 32
        row["body"] = json.dumps(forged, sort_keys=True, separators=(",", ":"))
        db.execute(f"INSERT INTO record ({','.join(columns)}) VALUES "
                   f"({','.join('?' * len(columns))})", list(row.values()))
    assert desk.states() == {"jp-1": "in_force"}


def test_a_mandate_without_a_signature_rests_on_a_document(desk):
    letter, plain = desk.folder / "letter.pdf", desk.folder / "plain.json"
    letter.write_bytes(b"%PDF the ministry writes\n")
    digest = hashlib.sha256(letter.read_bytes()).hexdigest()
    plain.write_text(json.dumps(mandate()), encoding="utf-8")
    desk.refused(plain, why="neither a signature nor a document")
    plain.write_text(json.dumps(mandate(document="sha256:" + digest)), encoding="utf-8")
    desk.refused(plain, why="names a document: give it too")
    desk.refused(plain, "--document", plain, why="is not the one that mandate jp-1 names")
    [m] = desk.add(plain, "--document", letter).records()
    assert m["state"] == "in_force" and "key" not in m


def test_only_who_may_enters_a_mandate(desk):
    note = desk.signed()
    assert "say who acts" in desk.run("add", note, code=2).err  # and the store is made
    for name, role in (("mina", "mandate_holder"), ("rei", "reviewer")):
        assay.run("account", "add", name, "--role", role, "--store", desk.store, "--config",
                  desk.config)
    assert "has no role that may do that (mandate)" in desk.run("add", note, "--by", "rei",
                                                                code=2).err
    assert "there is no account 'akari'" in desk.add(note, code=2).err
    desk.run("add", note, "--by", "mina")
    assert records(desk, "mandate")[0]["src"] == "mandate_holder:mina"


def test_an_issuer_is_told_what_is_wrong_before_anything_is_signed(desk):
    plain = desk.folder / "plain.json"
    for change, why in (({"scope": None}, "scope is no list"),
                        ({"clauses": ["RAA 3.18.2"]}, "which is about DNS abuse"),
                        ({"designated": False}, "for designated authorities"),
                        ({"limits": 5}, "unknown member 'limits'")):
        plain.write_text(json.dumps(mandate(**change)), encoding="utf-8")
        ran = assay.run("mandate", "sign", plain, "--key-file", desk.key, code=2)
        assert why in ran.err and ran.out == ""


def test_another_implementation_verifies_what_is_signed(desk):
    """Ed25519 of python3-cryptography where it is there; the note's form by hand."""
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    text, signature = desk.signed().read_text(encoding="utf-8").split("\n\n")
    first, line = text.split("\n")
    assert first == "assay-mandate/1"
    assert line == json.dumps(mandate(), sort_keys=True, separators=(",", ":"))
    dash, name, blob = signature.strip().split(" ")
    assert (dash, name) == ("\N{EM DASH}", "ministry.example")
    raw, public = base64.b64decode(blob), base64.b64decode(desk.pin.split("+", 2)[2])
    ed25519.Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], (text + "\n").encode())
