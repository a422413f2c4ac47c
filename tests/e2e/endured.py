"""What must be true of a store after any death: used by the tests that kill, cut and fill."""

import json
import re
import shutil
import sqlite3
import subprocess
from collections import Counter

import assay
import powercut

PER_BATCH = 3
ACT = re.compile(r"act (\d+) of batch (\d+)")


def put_acts(store, first, last, env=None, per_batch=PER_BATCH, size=0, **how):
    """The load (tests/cmd/put_acts.c), finished."""
    program = assay.program().parent / "tests" / "put_acts"
    return subprocess.run([program, store, str(first), str(last), str(per_batch), str(size)],
                          env=env, capture_output=True, text=True, **how)


class Owed:
    """What was acknowledged: it must be there, whatever happened since."""

    def __init__(self):
        self.batches, self.entries, self.notes = set(), 0, []

    def hear(self, text):
        for line in text.splitlines(keepends=True):
            if not line.endswith("\n"):
                continue  # cut off while it was said: nobody relies on it
            word, number, rest = line.rstrip("\n").split(" ", 2)
            if word == "batch":
                self.batches.add(int(number))
                self.entries = max(self.entries, int(rest))
            elif word == "checkpoint":
                self.entries = max(self.entries, int(number))
                self.notes.append(rest.replace("|", "\n"))
        return self

    def copy(self):
        new = Owed()
        new.batches, new.entries, new.notes = set(self.batches), self.entries, list(self.notes)
        return new


def whole_batches(store):
    """The batches in the store; none is there in part, no act twice, every one in the ledger once."""
    db = sqlite3.connect(f"file:{store}/assay.db?mode=ro", uri=True, isolation_level=None)
    db.execute("BEGIN")  # of one moment, whoever writes
    acts = Counter()
    for (body,) in db.execute("SELECT body FROM record WHERE type = 'decision'"):
        i, batch = map(int, ACT.match(json.loads(body)["reason"]).groups())
        acts[batch, i] += 1
    entries, records = db.execute(
        "SELECT count(*), count(DISTINCT record) FROM ledger_entry").fetchone()
    pages = db.execute("SELECT count(*) FROM record WHERE type = 'observation'").fetchone()[0]
    evidence = db.execute("SELECT count(*) FROM evidence").fetchone()[0]
    db.close()
    batches = {batch for batch, _ in acts}
    assert set(acts.values()) <= {1}, f"an act is there twice: {acts.most_common(2)}"
    assert len(acts) == PER_BATCH * len(batches), "a batch is there in part"
    assert pages == evidence == len([b for b in batches if b % 4 == 2]), (pages, evidence, batches)
    assert entries == records
    assert entries in (0, len(acts) + 1), (entries, len(acts))
    return batches, entries


def check(store, owed, folder, rng):
    """Nothing that is owed is missing, nothing is forked, and the store goes on without repair.
    Returns the batches that are there. Writes to the store: give it a copy."""
    begun = (store / "assay.db").exists() and (store / "assay.db").stat().st_size > 0
    looked = assay.run("store", "check", "--store", store, code={0, 1, 2})
    if looked.code == 2:
        # A store that died while it was being made is none yet, and the next writer makes it.
        assert not owed.batches and not owed.notes, f"the store is lost\n{looked}"
        assert not begun or "there is none" in looked.err or "did not finish" in looked.err, looked
        return set()
    assert looked.code == 0, f"not whole\n{looked}"
    batches, entries = whole_batches(store)
    missing = owed.batches - batches
    assert not missing, f"batches that were acknowledged are lost: {sorted(missing)[:9]}"
    assert entries >= owed.entries, f"{owed.entries} entries were acknowledged, {entries} are there"
    some = owed.notes[-1:] + ([rng.choice(owed.notes)] if owed.notes else [])
    kept = []
    for i, note in enumerate(some):
        kept.append(folder / f"kept-{i}")
        kept[-1].write_text(note)
    # First as it was left, then after the writer has caught up.
    for note in kept[:1]:
        told = assay.run("ledger", "verify", note, "--store", store, code={0, 1})
        assert told.code == 0, f"forked or damaged\n{told}"
    assay.run("ledger", "checkpoint", "--store", store)
    for note in kept[1:] or [None]:
        told = assay.run("ledger", "verify", *([note] if note else []), "--store", store,
                         code={0, 1})
        last = told.records()[-1]
        assert told.code == 0 and last["behind"] == 0 and last["size"] >= entries, told
    return batches


class Lives:
    """A folder in which a load runs, dies and goes on, a life after the other."""

    def __init__(self, tmp, rng):
        self.tmp, self.rng = tmp, rng
        self.root = tmp / "disk"
        self.before = tmp / "before"
        self.journal = tmp / "journal"
        self.next, self.owed, self.made = 0, Owed(), 0
        self.root.mkdir()

    @property
    def store(self):
        return self.root / "store"

    def fresh(self):
        self.made += 1
        return self.tmp / f"cut-{self.made}"

    def live(self, processes=2, batches=6, size=0, kill=0.4):
        """Some processes one after the other, watched; a part of them is killed. The journal's
        entries."""
        shutil.rmtree(self.before, ignore_errors=True)
        shutil.copytree(self.root, self.before)
        self.journal.unlink(missing_ok=True)
        for _ in range(processes):
            more = {}
            dies = self.rng.random() < kill
            if dies:
                more["kill_at"] = self.rng.randint(1, 60 * batches)
            env = powercut.environment(self.root, self.journal, **more)
            done = put_acts(self.store, self.next, self.next + batches, env, size=size)
            assert done.returncode in ((0, -9) if dies else (0,)), (done.returncode, done.stderr)
            told = Owed().hear(done.stdout).batches
            self.next = max(told) + 1 if told else self.next
        return powercut.read_journal(self.journal)

    def go_on_from(self, folder, batches, owed):
        shutil.rmtree(self.root)
        folder.rename(self.root)
        self.next = max(batches) + 1 if batches else 0
        self.owed = owed

    def again(self):
        """Another store, from nothing."""
        shutil.rmtree(self.root)
        self.root.mkdir()
        self.next, self.owed = 0, Owed()
