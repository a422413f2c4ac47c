"""Keys of the ledger: a root kept elsewhere, certificates, rotation, revocation."""

import base64
import json
import re

import pytest
from assay import run


@pytest.fixture
def desk(tmp_path):
    """A new store with its key: desk("key", ...) acts on it."""
    store = tmp_path / "store"

    def command(*args, **how):
        return run(*args, "--store", store, **how)

    command.store = store
    command.root = tmp_path / "root.key"
    command("key", "new")
    return command


def export(desk):
    return desk("key", "export").records()[0]


def signers(desk):
    """How many have signed the last checkpoint."""
    note = (desk.store / "ledger/checkpoint").read_text()
    return len(re.findall(r"^\u2014 ", note, re.M))


def events(desk):
    """(action, purpose) of the ledger's entries, from the proof of each."""
    found = []
    size = int((desk.store / "ledger/checkpoint").read_text().splitlines()[1])
    for i in range(size):
        proof = desk("ledger", "prove", str(i), "--format", "json").records()[0]["proof"]
        extra = next(line for line in proof.splitlines() if line.startswith("extra "))
        record = json.loads(base64.b64decode(extra.split()[1]))["record"]
        assert record["type"] == "key"
        found.append((record["action"], record.get("purpose")))
    return found


def test_a_ledger_gets_its_key_and_a_root_that_certifies_it(desk):
    before = export(desk)
    assert "root" not in before and [k["state"] for k in before["keys"]] == ["signs"]
    made = desk("key", "new", "--root", desk.root).records()[0]
    assert made["root"].startswith(made["origin"] + "/root+")
    assert desk.root.stat().st_mode & 0o777 == 0o600
    assert desk.root.read_text().startswith(f"PRIVATE+KEY+{made['origin']}/root+")
    [key] = made["keys"]
    text = key["certificate"].split("\n\n")[0].splitlines()
    assert text[:4] == ["assay-key-certificate/1", f"name {made['origin']}", f"key {key['key']}",
                        "purpose ledger"]
    assert events(desk) == [("new", None), ("new", "root"), ("certified", "ledger")]
    again = desk("key", "new", "--root", desk.root).records()[0]
    assert again == made and len(events(desk)) == 3  # run again it does nothing
    assert export(desk) == made


def test_the_root_never_lies_in_the_store(desk, tmp_path):
    for inside in (desk.store / "root.key", desk.store / "ledger" / "root.key"):
        assert "lies in the store" in desk("key", "new", "--root", inside, code=2).err
        assert not inside.exists()
    link = tmp_path / "elsewhere"
    link.symlink_to(desk.store)
    assert "lies in the store" in desk("key", "new", "--root", link / "root.key", code=2).err
    desk("key", "new", "--root", desk.root)
    private = desk.root.read_text().strip().split("+")[-1]
    for file in desk.store.rglob("*"):
        assert not file.is_file() or private.encode() not in file.read_bytes()


def test_a_root_that_others_can_read_or_that_is_another_is_refused(desk, tmp_path):
    desk("key", "new", "--root", desk.root)
    other = tmp_path / "other"
    run("key", "new", "--store", other, "--root", tmp_path / "other.key")
    assert "is not the root that the ledger names" in \
        desk("key", "rotate", "--root", tmp_path / "other.key", code=2).err
    assert "no such file" in desk("key", "rotate", "--root", tmp_path / "none.key", code=2).err
    assert not (tmp_path / "none.key").exists()
    desk.root.chmod(0o644)
    assert "chmod 600" in desk("key", "rotate", "--root", desk.root, code=2).err
    assert len(events(desk)) == 3


def test_a_key_is_replaced_with_both_signing_meanwhile(desk, tmp_path):
    desk("key", "new", "--root", desk.root)
    old = export(desk)["keys"][0]
    kept = tmp_path / "kept"
    kept.write_text((desk.store / "ledger/checkpoint").read_text())
    assert "--root" in desk("key", "rotate", code=2).err
    both = desk("key", "rotate", "--root", desk.root).records()[0]
    assert [k["state"] for k in both["keys"]] == ["goes", "comes"]
    assert all("certificate" in k for k in both["keys"]) and signers(desk) == 2
    new = both["keys"][1]
    assert "already" in desk("key", "rotate", "--root", desk.root, code=2).err
    assert "being brought in" in desk("key", "revoke", new["id"], "--reason", "x", code=2).err
    # Who knows either key can check, and what was kept before is the beginning of what is here.
    for key in both["keys"]:
        (tmp_path / key["id"]).write_text(key["key"] + "\n")
        desk("ledger", "verify", "--key", tmp_path / key["id"])
    desk("ledger", "verify", kept)
    after = desk("key", "revoke", old["id"], "--reason", "rotated each year").records()[0]
    assert [k["state"] for k in after["keys"]] == ["revoked", "signs"] and signers(desk) == 1
    desk("ledger", "verify", kept)
    desk("ledger", "verify", "--key", tmp_path / new["id"])
    desk("ledger", "verify", "--key", tmp_path / old["id"], code=1)
    assert (desk.store / "ledger/key.pub").read_text().strip() == new["key"]
    assert events(desk)[3:] == [("rotated", "ledger"), ("revoked", "ledger")]
    # And once more, from the new one.
    desk("key", "rotate", "--root", desk.root)
    third = desk("key", "revoke", new["id"], "--reason", "stolen").records()[0]
    assert [k["state"] for k in third["keys"]] == ["revoked", "revoked", "signs"]
    desk("ledger", "verify")


def test_without_a_root_a_key_is_replaced_too(desk):
    both = desk("key", "rotate").records()[0]
    assert [k["state"] for k in both["keys"]] == ["goes", "comes"]
    assert not any("certificate" in k for k in both["keys"])
    made = desk("key", "new", "--root", desk.root).records()[0]  # a root may come later
    assert all("certificate" in k for k in made["keys"])


def test_the_only_key_and_an_unknown_one_are_not_revoked(desk):
    [key] = export(desk)["keys"]
    assert "only key" in desk("key", "revoke", key["id"], "--reason", "x", code=2).err
    assert "no key" in desk("key", "revoke", "00000000", "--reason", "x", code=2).err
    assert "--reason" in desk("key", "revoke", key["id"], code=2).err
    assert [k["state"] for k in export(desk)["keys"]] == ["signs"]


def test_an_act_is_signed_by_both_keys_and_then_by_the_new_one(store, tmp_path):
    run("key", "rotate", "--store", store)
    checkpoint = (store / "ledger/checkpoint").read_text()
    assert len(re.findall(r"^\u2014 ", checkpoint, re.M)) == 2
    old = json.loads(run("key", "export", "--store", store).out)["keys"][0]
    run("key", "revoke", old["id"], "--reason", "test", "--store", store)
    run("ledger", "verify", "--store", store)
    run("store", "check", "--store", store)


def test_the_trail_says_who_and_a_reader_may_not(desk, tmp_path):
    desk("account", "add", "ada", "--role", "administrator,reader")
    for scope, code in (("reader", 2), ("administrator", 0)):
        made = desk("token", "new", "ada", "--scope", scope, "--label", "t", "--expires",
                    "1").records()[0]
        file = tmp_path / scope
        file.write_text(made["token"])
        file.chmod(0o600)
        ran = desk("key", "rotate", "--token-file", file, code=code)
        assert code == 0 or "no role" in ran.err
    rows = [(r["actor"], r["action"], r["result"]) for r in desk("account", "audit").records()]
    assert rows[-3:] == [("ada", "keys", "refused"), ("console", "token.new", "done"),
                         ("ada", "key.rotated", "done")]
    assert len(desk("key", "export", "--format", "text").out.splitlines()) == 2
