"""Kill -9, a full disk, two programs on one store, a clock that runs backwards: nothing that was
acknowledged is lost, nothing is there twice, the tree is not forked, and what cannot be done says so
and can be done later. 30 kills and 30 full disks, 1,000 of each with ./test --long."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import assay
import endured
import powercut
import pytest

SEED = int(os.environ.get("ASSAY_SEED", random.randrange(1 << 32)))
COUNT = 1000 if assay.LONG else 30
PUT_ACTS = assay.program().parent / "tests" / "put_acts"


@pytest.fixture
def rng():
    print(f"seed {SEED} (ASSAY_SEED)")
    return random.Random(SEED)


def copied(store, tmp):
    copy = tmp / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(store.parent, copy)
    return copy / "store"


# --- kill -9 ---

def killed_at(store, rng, first):
    """A load that is killed: at a change of the files (the shim knows), or after some time."""
    if rng.random() < 0.7:
        env = powercut.environment(store.parent, kill_at=rng.randint(1, 200))
        return endured.put_acts(store, first, first + 1000, env)
    child = subprocess.Popen([PUT_ACTS, store, str(first), str(first + 100000)], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(rng.uniform(0, 0.3))
    child.kill()
    out, err = child.communicate()
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)


def test_what_was_acknowledged_survives_kills_and_the_tree_goes_on(rng, tmp_path):
    store, owed, first = tmp_path / "disk" / "store", endured.Owed(), 0
    store.parent.mkdir()
    for kill in range(COUNT):
        if kill % 10 == 0:
            shutil.rmtree(store.parent)
            store.parent.mkdir()
            owed, first = endured.Owed(), 0
        died = killed_at(store, rng, first)
        assert died.returncode == -signal.SIGKILL, died.stderr
        owed.hear(died.stdout)
        try:
            batches = endured.check(copied(store, tmp_path), owed, tmp_path, rng)
        except AssertionError as e:
            raise AssertionError(f"seed {SEED}, kill {kill}\n{e}") from None
        first = max(batches) + 1 if batches else 0
    done = endured.put_acts(store, first, first + 2)
    assert done.returncode == 0, done.stderr


# --- a full disk ---

MAKE_ROOM = ("No space left on device", "make room", "check space, quota and disk")


def test_a_disk_that_fills_up_loses_nothing_and_takes_more_once_there_is_room(rng, tmp_path):
    store, owed, first = tmp_path / "disk" / "store", endured.Owed(), 0
    store.parent.mkdir()
    for turn in range(COUNT):
        if turn % 10 == 0:
            shutil.rmtree(store.parent)
            store.parent.mkdir()
            owed, first = endured.Owed(), 0
        # Sometimes so little that not even a store can be made or opened.
        room = rng.randint(0, rng.choice([5_000, 400_000, 2_000_000]))
        env = powercut.environment(store.parent, room=room)
        full = endured.put_acts(store, first, first + 1000, env)
        what = f"seed {SEED}, turn {turn}, room for {room} bytes: {full.stderr}"
        assert full.returncode == 2 and any(said in full.stderr for said in MAKE_ROOM), what
        owed.hear(full.stdout)
        try:
            batches = endured.check(copied(store, tmp_path), owed, tmp_path, rng)
        except AssertionError as e:
            raise AssertionError(f"{what}\n{e}") from None
        # Room again: on it goes, by running it again.
        again = endured.put_acts(store, max(batches) if batches else 0,
                                 max(batches) + 3 if batches else 2)
        assert again.returncode == 0, f"{what}\n{again.stderr}"
        owed.hear(again.stdout)
        first = max(owed.batches) + 1
    endured.check(store, owed, tmp_path, rng)


def test_the_program_itself_says_so_when_its_disk_is_full(rng, tmp_path):
    """assay run under the same: exit 2 and what to do; then, with room, the same run is whole."""
    inputs = [assay.EXAMPLES / "sites" / "kogarashi-kusuri.test", assay.EXAMPLES / "registers.jsonl"]
    store = tmp_path / "disk" / "store"
    store.parent.mkdir()
    for room in (rng.randint(0, 150_000), rng.randint(150_000, 400_000)):
        ran = assay.run_examples(store, inputs=inputs, code=2,
                                 env=powercut.environment(store.parent, room=room))
        assert any(said in ran.err for said in MAKE_ROOM), (room, ran)
    assay.run_examples(store, inputs=inputs)
    assay.run("store", "check", "--store", store)
    assay.run("ledger", "verify", "--store", store)


# --- two programs ---

def test_of_two_writers_one_is_told_who_writes_and_readers_see_whole_batches(rng, tmp_path):
    store = tmp_path / "store"
    assert endured.put_acts(store, 0, 2).returncode == 0
    writer = subprocess.Popen([PUT_ACTS, store, "2", "100000", "3", "2000"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    owed = endured.Owed()
    try:
        owed.hear(writer.stdout.readline())
        for args in (["review", "decide", "shop0.example", "--reviewer", "akari", "--destination",
                      "JP", "--class", "unverified", "--reason", "x"],
                     ["ledger", "checkpoint"], ["store", "check", "--rebuild"],
                     ["run", assay.EXAMPLES / "registers.jsonl"]):
            ran = assay.run(*args, "--store", store, "--config", assay.CONFIG, code=2)
            assert f"in use by process {writer.pid} (put_acts)" in ran.err, ran
            assert ran.log()[-1]["code"] == "ERR_BUSY", ran
        seen = [len(endured.whole_batches(store)[0]) for _ in range(40)]
        assert seen == sorted(seen), "a reader went back in time"
        assert seen[-1] > seen[0], "nothing was written meanwhile: the test says nothing"
        # Beside the writer, the checkpoint is behind the store and never ahead of it.
        told = assay.run("ledger", "verify", "--store", store).records()[-1]
        assert told["problems"] == 0, told
    finally:
        writer.kill()
        out, err = writer.communicate()
    owed.hear(out)
    endured.check(store, owed, tmp_path, rng)
    ran = assay.run("ledger", "checkpoint", "--store", store)
    assert ran.code == 0


# --- clocks ---

def test_a_clock_that_jumps_backwards_breaks_nothing_and_arrival_decides(store):
    """Decided in November, taken back by a program whose clock says June; then decided again in
    a year that has not come. The last to arrive holds, and the ledger says each time as it was told."""
    subject = "himawari-kusuribin.example"

    def decide(cls, at, reviewer="akari"):
        assay.run("review", "decide", subject, "--reviewer", reviewer, "--destination", "JP",
                  "--class", cls, "--reason", f"at {at}", "--at", at, "--store", store,
                  "--config", assay.CONFIG)

    def now(field="class"):
        answer, = assay.lookup(store, subject)
        cell, = [c for c in answer["cells"] if c["destination"] == "JP" and c["current"]]
        return cell[field]

    first = now()
    size = assay.run("ledger", "verify", "--store", store).records()[-1]["size"]
    other = "unverified" if first != "unverified" else "unapproved"
    times = []
    for cls, at in ((other, "2026-11-22T01:00:00Z"), ("unapproved", "2026-11-22T02:00:00Z"),
                    ("unverified", "2026-06-01T00:00:00Z"),
                    ("unapproved", "2031-01-01T00:00:00Z"),
                    ("unverified", "2026-11-22T03:00:00Z")):
        if cls == now():
            continue
        decide(cls, at)
        times.append(at)
        assert now() == cls, f"{cls} at {at} arrived last"
    assert "2026-06-01T00:00:00Z" in times
    told = assay.run("ledger", "verify", "--store", store).records()[-1]
    assert told["problems"] == 0 and told["behind"] == 0 and told["size"] > size
    assay.run("store", "check", "--store", store)
    # The same inputs, evaluated "before" all that: nothing is lost, nothing is there twice.
    assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", "2026-01-01T00:00:00Z",
              assay.EXAMPLES / "sites" / subject)
    db = sqlite3.connect(store / "assay.db")
    assert db.execute("SELECT count(*) - count(DISTINCT body) FROM record").fetchone() == (0,)
    db.close()
    assay.run("ledger", "verify", "--store", store)
