"""Kill -9 during assay run, at any moment: the next run ends where an undisturbed one ends."""

import collections
import os
import random
import shutil
import sqlite3
import subprocess
import time

import assay
import pytest

SEED = int(os.environ.get("ASSAY_SEED", random.randrange(1 << 32)))
KILLS = 50 if assay.LONG else 10
NAMES = 20_000


def generated(seed):
    """Names of a list: some drugs, more ordinary words, no two alike."""
    rng = random.Random(seed)
    drugs = ["viagra", "tramadol", "cialis", "modafinil", "kamagra", "pharmacy", "rx", "pills"]
    words = ["stone", "river", "bakery", "blue", "garden", "cheap", "online", "house", "buy", "tea"]
    for i in range(NAMES):
        part = [rng.choice(words), rng.choice(drugs if rng.random() < 0.1 else words), str(i)]
        yield "-".join(part) + ".test"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    path = tmp_path_factory.mktemp("names") / "names.txt"
    path.write_text("\n".join(generated(SEED)) + "\n")
    return [assay.EXAMPLES, path]


def summary(store):
    """What must not hang on how often the run was killed."""
    db = sqlite3.connect(store / "assay.db")
    rows = db.execute("SELECT r.type, hex(r.id), s.kind, s.key, r.body FROM record r "
                      "LEFT JOIN subject s ON s.id = r.subject").fetchall()
    entries = db.execute("SELECT count(*) FROM ledger_entry").fetchone()[0]
    listings = sorted(map(tuple, db.execute(
        "SELECT s.kind, s.key, l.destination, l.action FROM listing l "
        "JOIN subject s ON s.id = l.subject")))
    db.close()
    ids = [row[1] for row in rows]
    assert len(ids) == len(set(ids)), "an id is in the store twice"
    bodies = collections.Counter(row[4] for row in rows)
    assert max(bodies.values()) == 1, f"a record is in the store twice: {bodies.most_common(1)}"
    by_type = collections.defaultdict(list)
    for kind, rid, *_ in rows:
        # A ledger's key is made at random, once: only how many there are can be compared.
        by_type[kind].append(rid if kind != "key" else "")
    return {"ids": {k: sorted(v) for k, v in by_type.items()}, "entries": entries,
            "listings": listings, "blobs": sorted(
                str(p.relative_to(store / "blob")) for p in (store / "blob").rglob("*")
                if p.is_file())}


def whole(store):
    told = assay.run("ledger", "verify", "--store", store).records()[-1]
    assert told["problems"] == 0 and told["behind"] == 0, told
    assay.run("store", "check", "--store", store)
    return told


@pytest.fixture(scope="module")
def undisturbed(inputs, tmp_path_factory):
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    begun = time.monotonic()
    assay.run_examples(store, inputs=inputs)
    return summary(store), time.monotonic() - begun


def kill_after(store, inputs, delay):
    """Start a run and kill it; True when it was still running."""
    child = subprocess.Popen(
        [assay.program(), "run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT,
         *inputs], cwd=assay.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        child.wait(delay)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return True
    assert child.returncode == 0
    return False


def differences(got, want):
    for kind in sorted(got["ids"].keys() | want["ids"].keys()):
        a, b = set(got["ids"].get(kind, ())), set(want["ids"].get(kind, ()))
        if a != b or len(got["ids"].get(kind, ())) != len(want["ids"].get(kind, ())):
            yield f"{kind}: {len(a - b)} too many, {len(b - a)} missing"
    for part in ("entries", "listings", "blobs"):
        if got[part] != want[part]:
            yield f"{part} differ: {str(got[part])[:300]} and {str(want[part])[:300]}"


def finish_and_compare(store, inputs, want):
    assay.run_examples(store, inputs=inputs)
    got = summary(store)
    wrong = list(differences(got, want))
    assert not wrong, wrong
    told = whole(store)
    assert told["size"] == want["entries"]


def test_a_run_killed_at_random_moments_ends_the_same(inputs, undisturbed, tmp_path):
    """Each kill begins where the last one left the store; the run is finished after some of them."""
    want, length = undisturbed
    print(f"seed {SEED} (ASSAY_SEED), {KILLS} kills, an undisturbed run takes {length:.1f} s")
    rng = random.Random(SEED)
    store, killed = tmp_path / "store", 0
    for i in range(KILLS):
        # A new store for every other kill: a run over a full one has little left to break.
        if i % 2 == 0 and store.exists():
            finish_and_compare(store, inputs, want)
            shutil.rmtree(store)
        delay = rng.uniform(0, length)
        died = kill_after(store, inputs, delay)
        killed += died
        print(f"kill {i}: after {delay:.2f} s{'' if died else ', which was too late'}")
    finish_and_compare(store, inputs, want)
    assert killed >= KILLS // 2, "too few kills hit a running program"


def test_between_a_kill_and_the_next_run_readers_are_answered(inputs, undisturbed, tmp_path):
    _, length = undisturbed
    print(f"seed {SEED} (ASSAY_SEED)")
    rng = random.Random(f"{SEED} readers")
    store = tmp_path / "store"
    for _ in range(3):
        kill_after(store, inputs, rng.uniform(length / 3, length))
        if not (store / "assay.db").exists():
            continue
        assay.run("store", "check", "--store", store, code={0})
        assay.run("lookup", "--store", store, "himawari-kusuribin.example", code={0, 1})
        told = assay.run("ledger", "verify", "--store", store, code={0}).records()[-1]
        assert told["problems"] == 0, told


def test_the_comparison_sees_what_is_too_much_and_what_is_missing(undisturbed):
    want, _ = undisturbed
    got = dict(want, ids={**want["ids"], "verdict": want["ids"]["verdict"][1:] + ["00"]})
    assert list(differences(got, want)) == ["verdict: 1 too many, 1 missing"]
    assert list(differences(want, want)) == []
