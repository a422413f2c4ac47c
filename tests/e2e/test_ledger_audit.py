"""assay ledger audit: a mirror of tiles and a key say whether a ledger is whole, and what is not.
And witnesses: what one of them has seen cannot be taken back."""

import re
import shutil
import sqlite3
import subprocess

import assay
import pytest

NAME = "witness.example/w1"


def ledger(store, *args, code=0, **how):
    return assay.run("ledger", *args, "--store", store, "--config", assay.CONFIG, code=code, **how)


def audit(folder, *more, code=0):
    """Without a store: --store names none."""
    return assay.run("ledger", "audit", folder, "--format", "text", "--store", "/nonexistent",
                     *more, code=code)


def decide(store, reason, reviewer="akari", at="2026-11-23T00:00:00Z"):
    return assay.run("review", "decide", "harukaze-rx.example", "--reviewer", reviewer,
                     "--destination", "US", "--class", "rogue", "--reason", reason, "--at", at,
                     "--store", store, "--config", assay.CONFIG, code=None)


def size(note):
    return int(note.splitlines()[1])


@pytest.fixture
def mirror(shipped, tmp_path):
    """What an HTTP cache has: checkpoint and tiles; the key is kept elsewhere."""
    folder = tmp_path / "mirror"
    shutil.copytree(shipped / "ledger", folder, ignore=shutil.ignore_patterns("key*"))
    key = tmp_path / "log.pub"
    shutil.copy(shipped / "ledger/key.pub", key)
    return folder, key


@pytest.fixture
def witness(tmp_path):
    """A witness: its key file, its verifier key, its state."""
    folder = tmp_path / "witness"
    folder.mkdir()
    key = assay.run("ledger", "witness", "new", NAME, "--key-file", folder / "key").out.strip()
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(re.escape(NAME) + r"\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}", key)
    return folder, key


def cosign(witness, request, log_key, code=0, at="2026-11-23T00:00:00Z"):
    folder, _ = witness
    return assay.run("ledger", "witness", "cosign", request, "--key-file", folder / "key",
                     "--state", folder / "state", "--key", log_key, "--at", at, code=code)


# ---- audit ----

def test_a_mirror_and_a_key_are_all_that_an_audit_needs(mirror, shipped):
    folder, key = mirror
    assert "whole: tiles, entries and signature agree" in audit(folder, "--key", key).out
    assert "no key.pub" in audit(folder, code=2).err
    assert "whole" in audit(shipped).out and "whole" in audit(shipped / "ledger").out
    (shipped / "assay.db").rename(shipped / "away.db")
    try:
        assert "whole" in audit(shipped).out
    finally:
        (shipped / "away.db").rename(shipped / "assay.db")
    told = assay.run("ledger", "audit", folder, "--key", key).records()
    assert told[-1]["problems"] == 0 and told[-1]["size"] > 50


def entries_of(bundle):
    data, out, at = bundle.read_bytes(), [], 0
    while at < len(data):
        n = int.from_bytes(data[at:at + 2], "big")
        out.append((at + 2, data[at + 2:at + 2 + n]))
        at += 2 + n
    return out


def test_an_altered_file_is_named_with_the_entry_and_its_subject(mirror):
    folder, key = mirror
    count = size((folder / "checkpoint").read_text())
    bundle, tile = folder / f"tile/entries/000.p/{count}", folder / f"tile/0/000.p/{count}"
    index, (at, entry) = next((i, e) for i, e in enumerate(entries_of(bundle))
                              if b'"key":"harukaze-rx.example"' in e[1])
    whole = {p: p.read_bytes() for p in (bundle, tile, folder / "checkpoint")}

    def flip(path, byte):
        data = bytearray(whole[path])
        data[byte] ^= 1
        path.write_bytes(data)
        ran = audit(folder, "--key", key, code=1)
        path.write_bytes(whole[path])
        return ran.out

    name = bundle.relative_to(folder)
    told = flip(bundle, at + entry.index(b'"record":"sha256:') + 20)
    assert f"{name}: entry {index} is not the one that was signed (about harukaze-rx.example)" in told
    told = flip(bundle, at)  # not even an entry: its subject is still said
    assert f"{name}: entry {index} is not the one that was signed (about harukaze-rx.example)" in told
    assert "NOT whole: 1 problem\n" in told
    told = flip(tile, 32 * index + 5)
    assert f"{tile.relative_to(folder)}: hash {index} is not that of the entry that was signed " \
           "(about harukaze-rx.example)" in told
    note = whole[folder / "checkpoint"]
    for at in (3, note.index(b"\n") + 1):  # the origin; the size
        assert "checkpoint: " in flip(folder / "checkpoint", at)
    at = len(note) - 20
    (folder / "checkpoint").write_bytes(note[:at] + (b"B" if note[at:at + 1] == b"A" else b"A") +
                                        note[at + 1:])
    assert "checkpoint: the signature of" in audit(folder, "--key", key, code=1).out
    (folder / "checkpoint").write_bytes(note)
    tile.unlink()
    assert f"{tile.relative_to(folder)}: missing" in audit(folder, "--key", key, code=1).out


def test_an_entry_that_is_signed_and_not_canonical_is_named(tmp_path):
    """make_ledger signs what is no entry of ours: the tree is whole, its leaves are not."""
    build = assay.program().parent
    subprocess.run([build / "tests/make_ledger", tmp_path, "3"], check=True)
    told = audit(tmp_path / "ledger", code=1).out
    for i in range(3):
        assert f"tile/entries/000.p/3: entry {i}: ledger entry: not in canonical form" in told


def test_an_audit_takes_the_same_memory_whatever_the_size(tmp_path):
    """Only the entries of one bundle and the right edge of the tree are held."""
    build = assay.program().parent
    peaks = []
    for n in (2000, 60000):
        subprocess.run([build / "tests/make_ledger", tmp_path / str(n), str(n)], check=True)
        script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], "
                  "stdout=subprocess.DEVNULL); "
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        key = tmp_path / str(n) / "ledger/key.pub"
        done = subprocess.run(["/usr/bin/python3", "-c", script, str(assay.program()), "ledger",
                               "audit", str(tmp_path / str(n) / "ledger"), "--key", str(key)],
                              capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] + 16 * 1024, f"KiB: {peaks}"


def test_an_audit_compares_what_was_kept(mirror, store, tmp_path):
    folder, key = mirror
    old = folder / "checkpoint"
    decide(store, "seen")
    (tmp_path / "later").write_text(ledger(store, "checkpoint").out)
    assert "whole" in audit(store, "--since", old).out
    told = audit(folder, "--key", key, "--since", tmp_path / "later", code=1).out
    assert "rolled back" in told


# ---- proofs of consistency ----

def test_a_proof_of_consistency_is_checked_with_the_key_and_the_old_checkpoint(store, tmp_path):
    key = tmp_path / "key.pub"
    shutil.copy(store / "ledger/key.pub", key)
    old, new = tmp_path / "old", tmp_path / "proof"
    old.write_text(ledger(store, "checkpoint").out)
    decide(store, "seen")
    for since in (old, size(old.read_text())):
        new.write_text(ledger(store, "prove", "--since", since).out)
        assert new.read_text().startswith(f"old {size(old.read_text())}\n")
        told = assay.run("ledger", "verify", new, "--since", old, "--key", key, "--store",
                         "/nonexistent").records()[-1]
        assert told["since"] == size(old.read_text()) and told["size"] > told["since"]
    assay.run("ledger", "verify", new, "--key", key, "--store", "/nonexistent", code=2)
    ledger(store, "prove", "--since", 10**6, code=1)
    ledger(store, "prove", "--since", tmp_path / "none", code=2)
    lines = new.read_text().splitlines(keepends=True)
    for broken in ([lines[0], *lines[2:]], ["old 5\n", *lines[1:]], lines[:3]):
        new.write_text("".join(broken))
        assay.run("ledger", "verify", new, "--since", old, "--key", key, "--store", "/nonexistent",
                  code=1)


# ---- witnesses ----

def test_a_cosignature_is_taken_kept_and_published(store, witness, tmp_path):
    _, vkey = witness
    log_key = store / "ledger/key.pub"
    ledger(store, "witness", "add", vkey, "--at", "2026-11-23T00:00:00Z")
    assert vkey in ledger(store, "witness", "list", "--format", "text").out
    assert "known already" in ledger(store, "witness", "add", vkey, code=2).err
    with sqlite3.connect(store / "assay.db") as db:
        (body,), = db.execute("SELECT body FROM record r JOIN ledger_entry e ON e.record = r.id "
                              "WHERE type = 'key' AND body LIKE '%witness%'").fetchall()
    assert vkey in body and '"action":"new"' in body

    request, signed = tmp_path / "request", tmp_path / "signed"
    request.write_text(ledger(store, "checkpoint").out)
    note = cosign(witness, request, log_key).out
    signed.write_text(note)
    assert note.startswith(request.read_text()) and f"\N{EM DASH} {NAME} " in note
    told = ledger(store, "witness", "take", signed, "--at", "2026-11-23T00:01:00Z").records()[-1]
    assert told == {"cosignatures": 1, "published": True, "size": size(note)}
    assert (store / "ledger/checkpoint").read_text() == note
    assert "cosigned" in ledger(store, "witness", "list", "--format", "text").out
    keys = tmp_path / "witnesses"
    keys.write_text(vkey + "\n")
    assert f"cosigned by {NAME} at 2026-11-23T00:00:00Z" in audit(store, "--witness", keys).out
    ledger(store, "checkpoint")  # nothing new: the cosignature stays
    assert (store / "ledger/checkpoint").read_text() == note

    # The ledger grows, the witness is asked with a proof, and its answer alone is enough.
    decide(store, "seen")
    assert NAME not in (store / "ledger/checkpoint").read_text()
    assert "not cosigned" in audit(store, "--witness", keys, code=1).out
    request.write_text(ledger(store, "checkpoint").out)
    assert "a proof from" in cosign(witness, request, log_key, code=2).err
    request.write_text(ledger(store, "prove", "--since", size(note)).out)
    answer = cosign(witness, request, log_key).out.splitlines(keepends=True)[-1]
    signed.write_text(answer)
    assert ledger(store, "witness", "take", signed, "--at", "2026-11-23T00:01:00Z").records()[-1]["published"]
    assert "whole" in audit(store, "--witness", keys).out
    assert "whole" in ledger(store, "verify", "--format", "text").out

    backup = tmp_path / "backup"
    assay.run("store", "backup", backup, "--store", store, "--config", assay.CONFIG)
    assert list((backup / "ledger/witnessed").iterdir()) and (backup / "ledger/witnesses").exists()

    ledger(store, "witness", "remove", vkey)
    assert ledger(store, "witness", "list").out == ""
    signed.write_text(note)
    assert "no witness that is known" in ledger(store, "witness", "take", signed, code=2).err
    ledger(store, "witness", "remove", vkey, code=2)


def test_a_witness_refuses_a_rollback_and_a_fork_and_remembers(store, witness, tmp_path):
    log_key = store / "ledger/key.pub"
    old = shutil.copytree(store, tmp_path / "old")
    first, later, forked = (tmp_path / n for n in ("first", "later", "forked"))
    first.write_text(ledger(store, "checkpoint").out)
    decide(store, "seen")
    later.write_text(ledger(store, "checkpoint").out)
    cosign(witness, later, log_key)
    state = (witness[0] / "state").read_text()
    assert state == later.read_text()
    assert "rollback" in cosign(witness, first, log_key, code=2).err
    # The same key signs another history of the same length.
    decide(old, "seen otherwise")
    forked.write_text(ledger(old, "checkpoint").out)
    assert size(forked.read_text()) == size(later.read_text())
    assert "fork" in cosign(witness, forked, log_key, code=2).err
    decide(old, "and more", reviewer="benedikt")
    forked.write_text(ledger(old, "prove", "--since", size(later.read_text())).out)
    assert "does not show" in cosign(witness, forked, log_key, code=2).err
    assert (witness[0] / "state").read_text() == state
    # Of another log, or with a state that is damaged, nothing is signed.
    cosign(witness, later, tmp_path / "none", code=2)
    (witness[0] / "state").write_text(state[:-30])
    assert "cosigned before" in cosign(witness, later, log_key, code=2).err


def witnessed(store, witness, tmp_path):
    ledger(store, "witness", "add", witness[1])
    decide(store, "seen")
    request = tmp_path / "request"
    request.write_text(ledger(store, "checkpoint").out)
    signed = tmp_path / "signed"
    signed.write_text(cosign(witness, request, store / "ledger/key.pub").out)
    ledger(store, "witness", "take", signed, "--at", "2026-11-23T00:01:00Z")
    return request


def every_refusal(store, *says):
    """All who write refuse, all who look say so."""
    for ran in (ledger(store, "checkpoint", code=2), decide(store, "more", "benedikt"),
                assay.run_examples(store, code=2)):
        assert ran.code == 2 and all(s in ran.err for s in says), ran
    for ran in (ledger(store, "verify", "--format", "text", code={1, 2}), audit(store, code=1)):
        assert "witnessed/" in ran.out + ran.err, ran


def test_a_ledger_put_back_to_before_what_was_witnessed_is_refused(store, witness, tmp_path):
    backup = tmp_path / "backup"
    assay.run("store", "backup", backup, "--store", store, "--config", assay.CONFIG)
    request = witnessed(store, witness, tmp_path)
    shutil.copytree(store / "ledger/witnessed", tmp_path / "witnessed")
    # Database and ledger of the day before, and what the witness has seen.
    shutil.rmtree(store)
    assay.run("store", "restore", backup, "--store", store, "--config", assay.CONFIG)
    was = size((store / "ledger/checkpoint").read_text())
    # Without it nothing can be known here; the kept checkpoint and the witness still know.
    assert "rolled back" in ledger(store, "checkpoint", "--since", request, code=2).err
    ran = ledger(store, "verify", request, "--format", "text", code=1)
    assert "rolled back" in ran.out
    assert "rollback" in cosign(witness, store / "ledger/checkpoint", store / "ledger/key.pub",
                                code=2).err
    shutil.copytree(tmp_path / "witnessed", store / "ledger/witnessed")
    every_refusal(store, f"cosigned {size(request.read_text())} entries", f"the ledger of {was} was "
                  "rolled back", "restore the newest backup")


def test_a_ledger_that_was_rewritten_to_the_same_length_is_refused(store, witness, tmp_path):
    old = shutil.copytree(store, tmp_path / "old")
    witnessed(store, witness, tmp_path)
    # Another history by the holder of the key: longer than what the witness saw.
    for reviewer, reason in (("akari", "otherwise"), ("benedikt", "otherwise still")):
        decide(old, reason, reviewer)
    ledger(old, "checkpoint")
    shutil.copytree(store / "ledger/witnessed", old / "ledger/witnessed")
    every_refusal(old, "a witness cosigned", "is another one (fork)")


def test_a_ledger_folder_that_was_taken_away_is_not_begun_anew(store, witness, tmp_path):
    witnessed(store, witness, tmp_path)
    shutil.rmtree(store / "ledger/tile")
    (store / "ledger/checkpoint").unlink()
    every_refusal(store, "there is no checkpoint")
