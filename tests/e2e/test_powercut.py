"""A power cut at any moment under load: what was acknowledged is there, the tree is not forked, and
the next program goes on without repair. 30 cuts, 1,000 with ./test --long."""

import os
import random
import shutil
import sqlite3
import subprocess

import assay
import endured
import powercut
import pytest
import test_crash

SEED = int(os.environ.get("ASSAY_SEED", random.randrange(1 << 32)))
CUTS = 1000 if assay.LONG else 30
PER_LIFE = 3
LOSS = (f"seed {SEED}.*\n(the store is lost|not whole|batches that were acknowledged are lost|"
        "[0-9]+ entries were acknowledged|forked or damaged|wanted exit 0)")


def cut_for_ever(tmp, rng, cuts, modes=None, ignore=()):
    """Cut after cut, each life going on from what the last one left. Yields how many are done."""
    lives, done = endured.Lives(tmp, rng), 0
    while done < cuts:
        if rng.random() < 0.2:
            lives.again()
        # Now and then so much that the engine writes its log back in the middle.
        ops = lives.live(processes=rng.randint(1, 3), batches=rng.choice([2, 6, 6]),
                         size=rng.choice([0, 0, 0, 4000]))
        places = powercut.moments(ops, min(PER_LIFE, cuts - done), rng)
        for place, mode, folder, told in powercut.cuts(
                lives.before, ops, places, rng, lives.fresh, modes, ignore, lives.root):
            owed = lives.owed.copy().hear(told)
            what = f"cut {done}: at {place} of {len(ops)} changes, {mode}"
            copy = lives.tmp / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            try:
                batches = endured.check(copy / "store", owed, lives.tmp, rng)
            except AssertionError as e:
                raise AssertionError(f"seed {SEED}, {what}\n{e}") from None
            done += 1
            last = (folder, batches, owed)
            if place != places[-1]:
                shutil.rmtree(folder)
        lives.go_on_from(*last)
        yield done


def test_what_was_acknowledged_survives_power_cuts(tmp_path):
    print(f"seed {SEED} (ASSAY_SEED), {CUTS} cuts")
    for _ in cut_for_ever(tmp_path, random.Random(SEED), CUTS):
        pass


@pytest.mark.parametrize("kind", ["file", "folder", "all"])
def test_a_disk_that_only_pretends_to_sync_is_found_out(kind, tmp_path):
    """The test above can fail: each kind of sync that is left out loses something."""
    print(f"seed {SEED} (ASSAY_SEED)")
    with pytest.raises(AssertionError, match=LOSS):
        for _ in cut_for_ever(tmp_path, random.Random(SEED), 60, ["strict"], [kind]):
            pass


def test_the_journal_tells_all_that_was_done(tmp_path):
    """What the journal makes of the folder is what lies there: nothing escaped the shim."""
    lives = endured.Lives(tmp_path, random.Random(SEED))
    for size in (0, 4000):
        ops = lives.live(processes=3, size=size, kill=0.5)
        for *_, folder, _ in powercut.cuts(lives.before, ops, [len(ops)], lives.rng, lives.fresh,
                                           ["all"], root=lives.root):
            assert powercut.same_tree(folder, lives.root) == []


def test_the_shim_stands_before_every_function_that_changes_files():
    known = {"open", "openat", "creat", "write", "pwrite", "writev", "pwritev", "ftruncate",
             "truncate", "fallocate", "posix_fallocate", "rename", "renameat", "renameat2", "link",
             "linkat", "symlink", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "fsync",
             "fdatasync", "syncfs", "sync", "sync_file_range", "msync", "fchmod", "chmod",
             "mkostemp", "mkstemp", "mkdtemp", "mkstemps", "mkostemps", "fopen", "fdopen",
             "freopen", "dup", "dup2", "dup3", "copy_file_range", "sendfile", "splice", "close"}
    known |= {name + "64" for name in known}

    def symbols(path, which):
        out = subprocess.run(["nm", "-D", which, path], capture_output=True, text=True,
                             check=True).stdout
        return {line.split()[-1].split("@")[0] for line in out.splitlines() if line}

    build = assay.program().parent
    linked = subprocess.run(["ldd", build / "assay"], capture_output=True, text=True,
                            check=True).stdout
    sqlite = next(line.split()[2] for line in linked.splitlines() if "libsqlite3" in line)
    shim = symbols(build / "tests" / "shim" / "powercut.so", "--defined-only")
    for path in (build / "assay", build / "tests" / "put_acts", sqlite):
        used = symbols(path, "--undefined-only") & known
        # The engine asks for the first by name and never for a store of ours; the second is of a
        # child's own descriptors, before it becomes the browser.
        assert used - shim <= {"fopen64", "dup2"}, (path, used - shim)


PENDING, OTHER = "kogarashi-kusuri.test", "momiji-pharmacy.test"
SITES = [assay.EXAMPLES / "sites" / name for name in (PENDING, OTHER, "himawari-kusuribin.example",
                                                      "harborlight-pharmacy.example")]
INPUTS = [*SITES, *(assay.EXAMPLES / f"{name}.jsonl" for name in ("registers", "registrations"))]
DECIDED = [("unapproved", PENDING, "akari", "2026-11-22T01:00:00Z"),
           ("rogue", OTHER, "akari", "2026-11-22T02:00:00Z"),
           ("rogue", OTHER, "benedikt", "2026-11-22T03:00:00Z"),
           ("unverified", PENDING, "benedikt", "2026-11-22T04:00:00Z")]


def run_and_decide(store, env=None, told=lambda word: None):
    """assay run, then four people's acts; what is told is acknowledged."""
    assay.run_examples(store, inputs=INPUTS, env=env)
    told("run")
    for cls, subject, reviewer, at in DECIDED:
        assay.run("review", "decide", subject, "--reviewer", reviewer, "--destination", "JP",
                  "--class", cls, "--reason", f"seen at {at}", "--store", store, "--at", at,
                  "--config", assay.CONFIG, env=env)
        told(at)


def test_a_run_and_its_decisions_survive_power_cuts(tmp_path):
    """With the program itself: whatever is cut off, the same commands end where they end undisturbed."""
    rng, n = random.Random(SEED), 40 if assay.LONG else 4
    print(f"seed {SEED} (ASSAY_SEED), {n} cuts")
    run_and_decide(tmp_path / "undisturbed")
    want = test_crash.summary(tmp_path / "undisturbed")
    run_and_decide(tmp_path / "undisturbed")  # and said again, all of it: nothing comes of it
    assert list(test_crash.differences(test_crash.summary(tmp_path / "undisturbed"), want)) == []
    disk, journal, kept = tmp_path / "disk", tmp_path / "journal", {}
    disk.mkdir()

    def told(word):
        kept[word] = tmp_path / f"kept-{len(kept)}"
        kept[word].write_bytes((disk / "store" / "ledger" / "checkpoint").read_bytes())
        powercut.acknowledge(journal, f"acknowledged {word}\n")

    (tmp_path / "before").mkdir()
    run_and_decide(disk / "store", powercut.environment(disk, journal), told)
    ops = powercut.read_journal(journal)
    made = iter(range(n))
    for place, mode, folder, said in powercut.cuts(
            tmp_path / "before", ops, powercut.moments(ops, n, rng), rng,
            lambda: tmp_path / f"cut-{next(made)}", root=disk):
        words = [line.split(" ", 1)[1] for line in said.splitlines()
                 if line.startswith("acknowledged ")]
        what = f"seed {SEED}, at {place} of {len(ops)} changes, {mode}, told {words}"
        store = folder / "store"
        if words:
            assay.run("store", "check", "--store", store)
            db = sqlite3.connect(f"file:{store}/assay.db?mode=ro", uri=True)
            entered = " ".join(row[0] for row in db.execute(
                "SELECT r.body FROM record r JOIN ledger_entry e ON e.record = r.id"))
            db.close()
            assert [w for w in words[1:] if f"seen at {w}" not in entered] == [], what
            assay.run("ledger", "verify", kept[words[-1]], "--store", store)
        run_and_decide(store)
        wrong = list(test_crash.differences(test_crash.summary(store), want))
        assert not wrong, (what, wrong)
        test_crash.whole(store)
        if words:
            assay.run("ledger", "verify", kept[words[-1]], "--store", store)
        shutil.rmtree(folder)


def test_a_backup_and_a_restored_store_are_whole_or_not_there(tmp_path):
    """Cut while they are made, and right behind the acknowledgement."""
    rng, n = random.Random(SEED), 60 if assay.LONG else 5
    print(f"seed {SEED} (ASSAY_SEED), {n} cuts")
    disk, journal, made = tmp_path / "disk", tmp_path / "journal", iter(range(n + 2))
    disk.mkdir()
    assert endured.put_acts(disk / "store", 0, 6).returncode == 0
    shutil.copytree(disk, tmp_path / "before")
    env = powercut.environment(disk, journal)
    for args in (["backup", disk / "backup"], ["restore", disk / "backup"]):
        to = disk / "restored" if args[0] == "restore" else disk / "store"
        assay.run("store", *args, "--store", to, env=env)
        powercut.acknowledge(journal, f"{args[0]}\n")
    ops = powercut.read_journal(journal)
    told = [i + 1 for i, op in enumerate(ops) if op.kind == "A"]
    places = sorted(powercut.moments(ops, n, rng) + told[-1:] * 2)
    for place, mode, folder, said in powercut.cuts(
            tmp_path / "before", ops, places, rng, lambda: tmp_path / f"cut-{next(made)}",
            root=disk):
        what = f"seed {SEED}, at {place} of {len(ops)} changes, {mode}"
        if "backup\n" in said or (folder / "backup").exists():
            ran = assay.run("store", "restore", folder / "backup", "--store", folder / "again",
                            code={0, 2})
            assert ran.code == 0, f"{what}\n{ran}"
            test_crash.whole(folder / "again")
        if "restore\n" in said or (folder / "restored").exists():
            ran = assay.run("store", "check", "--store", folder / "restored", code={0, 1, 2})
            assert ran.code == 0, f"{what}\n{ran}"
        shutil.rmtree(folder)
