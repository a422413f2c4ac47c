"""assay ledger from outside: what it signs verifies, and no changed byte passes."""

import os
import random

import assay
import pytest

SEED = int(os.environ.get("ASSAY_SEED", random.randrange(1 << 32)))


def ledger(store, *args, code=0, **how):
    return assay.run("ledger", *args, "--store", store, "--config", assay.CONFIG, code=code, **how)


def verify(store, *more, code=0):
    return ledger(store, "verify", "--format", "text", *more, code=code)


def files(store):
    return sorted(p for p in (store / "ledger").rglob("*") if p.is_file())


def size(store):
    return int(ledger(store, "checkpoint").out.splitlines()[1])


def test_what_a_run_writes_verifies(shipped):
    text = verify(shipped).out
    assert "whole: tiles, entries, records and signature agree" in text
    told = ledger(shipped, "verify").records()
    assert told[-1]["problems"] == 0 and told[-1]["behind"] == 0 and told[-1]["size"] > 50


def test_checkpoint_is_a_signed_note_of_the_size_that_verify_counts(store):
    note = ledger(store, "checkpoint").out
    origin, count, root, blank, signature = note.splitlines()[:5]
    told = ledger(store, "verify").records()[-1]
    assert told["origin"] == origin and told["size"] == int(count)
    assert blank == "" and signature.startswith(f"\N{EM DASH} {origin} ")
    assert len(root) == 44


def test_a_kept_checkpoint_must_be_the_beginning_of_what_is_there(store, tmp_path):
    kept = tmp_path / "kept"
    kept.write_text(ledger(store, "checkpoint").out)
    verify(store, kept)
    assay.run("review", "decide", "harukaze-rx.example", "--reviewer", "akari", "--destination",
              "US", "--class", "rogue", "--reason", "both captures read", "--at", assay.AT,
              "--store", store, "--config", assay.CONFIG)
    verify(store, kept)
    assert size(store) > int(kept.read_text().splitlines()[1])


def test_every_entry_can_be_proved_and_checked_without_the_store(store, tmp_path):
    count = size(store)
    key = tmp_path / "key.pub"
    key.write_bytes((store / "ledger/key.pub").read_bytes())
    for index in sorted({0, 1, count // 2, count - 1}):
        proof = tmp_path / f"proof-{index}"
        proof.write_text(ledger(store, "prove", index).out)
        ran = assay.run("ledger", "verify", proof, "--key", key, "--format", "text",
                        "--store", tmp_path / "none")
        assert f"is entry {index} of {count}" in ran.out
        body = bytearray(proof.read_bytes())
        at = random.Random(f"{SEED} {index}").randrange(len(body))
        body[at] ^= 1
        proof.write_bytes(body)
        ran = assay.run("ledger", "verify", proof, "--key", key, "--store", tmp_path / "none",
                        code={0, 1, 2})
        # Not all of a proof is under the signature: base64 has bits that mean nothing, and a
        # signed note may carry other signatures. The entry that it proves must be the same.
        if ran.code == 0:
            print(f"seed {SEED}: bit of byte {at} of proof {index} carries nothing")
            assert ran.records()[-1]["index"] == index and ran.records()[-1]["size"] == count


def test_an_entry_that_is_not_there_cannot_be_proved(store):
    count = size(store)
    ran = ledger(store, "prove", count, code=1)
    assert str(count) in ran.err
    for bad in ("-1", "x", "1x", "9" * 30):
        ledger(store, "prove", bad, code=2)
    ledger(store, "prove", code=2)


def test_one_flipped_byte_in_any_file_is_seen_and_its_file_named(store):
    print(f"seed {SEED} (ASSAY_SEED)")
    rng = random.Random(SEED)
    seen = files(store)
    assert {"checkpoint", "key.pub"} <= {p.name for p in seen}
    assert any("tile" in p.parts for p in seen)
    for path in seen:
        if path.name == "key":  # the signer's: verify has no business with it
            continue
        whole = path.read_bytes()
        assert whole, f"{path} is empty"
        places = {0, len(whole) - 1, rng.randrange(len(whole))}
        for at in sorted(places):
            broken = bytearray(whole)
            broken[at] ^= 1
            path.write_bytes(broken)
            ran = verify(store, code={1, 2})
            name = str(path.relative_to(store / "ledger"))
            assert name in ran.out + ran.err, f"byte {at} of {name}: not named\n{ran}"
        path.write_bytes(whole)
    verify(store)


def test_a_broken_signing_key_is_told_by_what_signs(store):
    key = store / "ledger/key"
    whole = key.read_bytes()
    broken = bytearray(whole)
    broken[len(whole) // 2] ^= 1
    key.write_bytes(broken)
    ran = ledger(store, "checkpoint", code=2)
    assert "ledger/key" in ran.err, ran
    key.write_bytes(whole)
    ledger(store, "checkpoint")


def is_superseded(tile):
    """A partial tile with a longer one beside it may be deleted (C2SP tlog-tiles)."""
    return tile.parent.suffix == ".p" and int(tile.name) < max(
        int(p.name) for p in tile.parent.iterdir())


@pytest.mark.parametrize("damage", ["removed", "emptied", "shortened"])
def test_a_lost_or_shortened_file_is_seen_and_named(store, damage):
    for path in files(store):
        if path.name == "key":
            continue
        whole = path.read_bytes()
        if damage == "removed":
            path.unlink()
        else:
            path.write_bytes(b"" if damage == "emptied" else whole[:len(whole) // 2])
        name = str(path.relative_to(store / "ledger"))
        if damage == "removed" and is_superseded(path):
            verify(store)
        else:
            ran = verify(store, code={1, 2})
            assert name in ran.out + ran.err, f"{name} {damage}: not named\n{ran}"
        path.write_bytes(whole)
    verify(store)


def test_another_ledgers_checkpoint_is_refused(store, tmp_path):
    other = tmp_path / "other"
    assay.run("run", "--store", other, "--config", assay.CONFIG, "--at", assay.AT,
              stdin=b"bakery.example\n")
    ran = verify(store, other / "ledger/checkpoint", code={1, 2})
    assert "checkpoint" in ran.out + ran.err
    (store / "ledger/checkpoint").write_bytes((other / "ledger/checkpoint").read_bytes())
    verify(store, code={1, 2})


def test_verify_writes_nothing(store):
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in files(store)}
    verify(store)
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in files(store)} == before


def test_a_ledger_shorter_than_its_store_is_a_rollback(store, shipped):
    """Put back files of an earlier day: the entries behind them are missed."""
    assay.run("review", "decide", "harukaze-rx.example", "--reviewer", "akari", "--destination",
              "US", "--class", "rogue", "--reason", "both captures read", "--at", assay.AT,
              "--store", store, "--config", assay.CONFIG)
    later = ledger(store, "checkpoint").out
    (store / "ledger/checkpoint").write_bytes((shipped / "ledger/checkpoint").read_bytes())
    told = ledger(store, "verify", code=None).records()[-1]
    assert told["behind"] > 0 or told["problems"] > 0
    kept = store.parent / "kept"
    kept.write_text(later)
    ran = verify(store, kept, code={1, 2})
    assert "kept" in ran.out + ran.err
