"""A store whose tables are in PostgreSQL is the store that SQLite has, and outlives its server."""

import os
import random
import signal
import sqlite3
import subprocess
import time

import assay
import postgres
import pytest
import test_ledger
import test_review

pytestmark = pytest.mark.skipif(not postgres.installed(), reason="PostgreSQL 15 is not installed")

NAMES = sorted({row["subject"] for row in assay.table(assay.EXAMPLES / "expected.tsv")})


@pytest.fixture(scope="module")
def cluster():
    made = postgres.Cluster()
    yield made
    made.control("stop")


@pytest.fixture(scope="module")
def backup(shipped, tmp_path_factory):
    """Of the store of the examples, which SQLite has."""
    to = tmp_path_factory.mktemp("backup") / "copy"
    assay.run("store", "backup", to, "--store", shipped)
    return to


@pytest.fixture
def moved(cluster, backup, tmp_path):
    """That store in PostgreSQL, to be written to."""
    store = tmp_path / "moved"
    assay.run("store", "restore", backup, "--store", store, "--database", cluster.conninfo())
    return store


def make(store, conninfo):
    assay.run("store", "migrate", "--store", store, "--database", conninfo)
    return store


def rows(store, tmp_path):
    """Of a store of either engine, what does not hang on chance (as the ledger's key does)."""
    file = store / "assay.db"
    if not file.exists():
        copy = tmp_path / f"rows-{time.monotonic_ns()}"
        assay.run("store", "backup", copy, "--store", store)
        file = copy / "assay.db"
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    of = "JOIN record r ON r.seq = x.record JOIN subject s ON s.id = x.subject"
    found = {
        "order": "SELECT seq, id FROM record WHERE type <> 'key' ORDER BY seq",
        "record": "SELECT r.id, r.type, r.v, s.kind, s.key, r.period, r.at, r.src, r.body "
                  "FROM record r LEFT JOIN subject s ON s.id = r.subject WHERE r.type <> 'key' "
                  "ORDER BY 1",
        "cell": f"SELECT r.id, x.destination, s.key, x.class, x.ground, x.kind, x.period, x.at "
                f"FROM cell x {of} ORDER BY 1, 2",
        "listing": f"SELECT r.id, x.list, x.destination, s.key, x.action, x.at "
                   f"FROM listing x {of} ORDER BY 1, 2, 3",
        "citation": "SELECT r.id, x.evidence FROM citation x JOIN record r ON r.seq = x.record "
                    "ORDER BY 1, 2",
        "subject": "SELECT kind, key FROM subject ORDER BY 1, 2",
        "evidence": "SELECT * FROM evidence ORDER BY 1",
        "source": "SELECT * FROM source ORDER BY 1",
        "ledger": "SELECT e.record, e.at FROM ledger_entry e JOIN record r ON r.id = e.record "
                  "WHERE r.type <> 'key' ORDER BY 1",
        "gaps": "SELECT count(*) = max(seq) FROM record",
    }
    found = {name: db.execute(query).fetchall() for name, query in found.items()}
    db.close()
    return found


def same(store, shipped, tmp_path, order=True):
    """order: also in the order of arrival, which runs that were broken off change."""
    got, want = rows(store, tmp_path), rows(shipped, tmp_path)
    for name in want:
        if order or name != "order":
            assert len(got[name]) == len(want[name]), f"{name}: {len(got[name])}, {len(want[name])}"
            assert got[name] == want[name], name


def whole(store):
    told = assay.run("store", "check", "--store", store).records()[-1]
    assert told["findings"] == 0
    assay.run("ledger", "verify", "--store", store, "--config", assay.CONFIG)


def test_a_run_gives_what_it_gives_on_sqlite(cluster, shipped, tmp_path):
    store = make(tmp_path / "store", cluster.conninfo())
    assay.run_examples(store)
    assert not (store / "assay.db").exists()
    assert (store / "database").stat().st_mode & 0o777 == 0o600
    same(store, shipped, tmp_path)
    assert assay.lookup(store, *NAMES) == assay.lookup(shipped, *NAMES)
    whole(store)
    assay.run_examples(store)
    same(store, shipped, tmp_path)


def test_a_backup_moves_a_store_there_and_back(moved, shipped, tmp_path):
    same(moved, shipped, tmp_path)
    whole(moved)
    assay.run("store", "backup", tmp_path / "again", "--store", moved)
    back = tmp_path / "back"
    assay.run("store", "restore", tmp_path / "again", "--store", back)
    same(back, shipped, tmp_path)
    whole(back)
    assert assay.lookup(back, *NAMES) == assay.lookup(moved, *NAMES) == \
        assay.lookup(shipped, *NAMES)


@pytest.mark.parametrize("what", [
    test_review.test_two_different_reviewers_list_it_for_that_destination_alone,
    test_review.test_a_correction_takes_a_listing_back,
    test_ledger.test_checkpoint_is_a_signed_note_of_the_size_that_verify_counts,
    test_ledger.test_an_entry_that_is_not_there_cannot_be_proved,
], ids=lambda f: f.__name__)
def test_people_and_ledger_find_it_as_on_sqlite(moved, what):
    what(moved)
    whole(moved)


def test_a_server_restarted_under_load_loses_nothing_and_nothing_is_there_twice(cluster, shipped,
                                                                               tmp_path):
    seed = int(os.environ.get("ASSAY_TEST_SEED", time.monotonic_ns() % 1000000))
    print(f"seed {seed}")
    chance = random.Random(seed)
    store = make(tmp_path / "store", cluster.conninfo())
    failed, args = 0, ["run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT,
                       assay.EXAMPLES]
    for _ in range(10 if assay.LONG else 3):
        child = subprocess.Popen([str(assay.program()), *map(str, args)], cwd=assay.ROOT,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0.2, 2.5))
        before = cluster.sql("SELECT count(*) FROM record", (store / "database").read_text())
        cluster.control("restart")
        _, told = child.communicate(timeout=120)
        after = cluster.sql("SELECT count(*) FROM record", (store / "database").read_text())
        assert int(after[0][0]) >= int(before[0][0])
        assert child.returncode in (0, 2), told
        if child.returncode == 2:
            failed += 1
            assert b"PostgreSQL" in told or b"connection was lost" in told, told
    print(f"{failed} runs were broken off")
    assay.run_examples(store)
    same(store, shipped, tmp_path, order=False)
    whole(store)


def test_a_cut_network_is_a_wait_that_ends(cluster, shipped, tmp_path):
    net = postgres.Network(cluster.port)
    waits = "-c assay.answer_s=2 -c assay.lock_wait_s=2"
    schema = "search_path=cut"
    store = make(tmp_path / "store", cluster.conninfo("127.0.0.1", net.port, settings=waits,
                                                      more=schema) + " connect_timeout=2")
    child = subprocess.Popen([str(assay.program()), "run", "--store", str(store), "--config",
                              str(assay.CONFIG), "--at", assay.AT, str(assay.EXAMPLES)],
                             cwd=assay.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    start, enough = time.monotonic(), net.passed + 400000
    while net.passed < enough and child.poll() is None:
        assert time.monotonic() - start < 60
        time.sleep(0.005)
    net.cut, cut_at = True, time.monotonic()
    _, told = child.communicate(timeout=60)
    assert child.returncode == 2, told
    assert time.monotonic() - cut_at < 30
    assert b"no answer for 2 s" in told and b"run again" in told, told
    ran = assay.run("lookup", "--store", store, "--config", assay.CONFIG, NAMES[0], code=2)
    assert "cannot be reached" in ran.err
    net.close()
    (store / "database").unlink()
    make(store, cluster.conninfo(more=schema))
    assay.run_examples(store)
    same(store, shipped, tmp_path, order=False)
    whole(store)


def test_a_server_that_is_starting_up_is_waited_for(cluster, tmp_path):
    net = postgres.Network(cluster.port)
    more = " sslmode=disable gssencmode=disable"
    store = make(tmp_path / "store", cluster.conninfo("127.0.0.1", net.port) + more)
    net.starting = 8
    assay.run("store", "check", "--store", store)
    assert net.starting == 0
    net.close()
    ran = assay.run("store", "check", "--store", store, code=2)
    assert "cannot be reached" in ran.err and "Connection refused" in ran.err


def test_two_writers_at_once_follow_each_other(moved, shipped, tmp_path):
    args = [str(assay.program()), "run", "--store", str(moved), "--config", str(assay.CONFIG), "--at",
            assay.AT, str(assay.EXAMPLES)]
    both = [subprocess.Popen(args, cwd=assay.ROOT, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE) for _ in range(2)]
    for child in both:
        _, told = child.communicate(timeout=120)
        assert child.returncode == 0, told
    same(moved, shipped, tmp_path)
    whole(moved)


def test_a_writer_that_stays_is_named_to_the_one_who_waited(cluster, moved):
    line = (moved / "database").read_text().strip()
    (moved / "database").unlink()
    make(moved, line.replace("options='", "options='-c assay.lock_wait_s=1 "))
    child = subprocess.Popen([str(assay.program()), "run", "--store", str(moved), "--config",
                              str(assay.CONFIG), "--at", assay.AT, "-"], cwd=assay.ROOT,
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        start = time.monotonic()
        while not cluster.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"):
            assert time.monotonic() - start < 30 and child.poll() is None
            time.sleep(0.05)
        ran = assay.run("store", "migrate", "--store", moved, code=2)
        assert f"is in use by assay run, process {child.pid} of " in ran.err
        assay.lookup(moved, NAMES[0])  # who only reads waits for nobody
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assay.run("store", "migrate", "--store", moved)


def test_what_cannot_be_reached_is_told_without_the_password(cluster, tmp_path):
    cluster.sql("CREATE ROLE locked LOGIN PASSWORD 'right'; GRANT CREATE ON DATABASE postgres TO locked")
    port = postgres.free_port()
    for conninfo, told in (
            (f"host=127.0.0.1 port={port} user=a password=geheim", "Connection refused"),
            ("host=/nowhere dbname=x password=geheim", "No such file"),
            (cluster.conninfo("127.0.0.1", user="locked") + " password=geheim",
             "password authentication failed"),
            ("password=sehr geheim", "not a connection string"),
            (f"postgresql://geheim@127.0.0.1:{port}/a", "Connection refused")):
        ran = assay.run("store", "migrate", "--store", tmp_path / "none", "--database", conninfo,
                        "--format", "text", code=2)
        assert told in ran.err, ran
        assert "geheim" not in ran.err.replace('user "geheim"', ""), ran
        assert not (tmp_path / "none/database").exists()
    store = make(tmp_path / "store", cluster.conninfo("127.0.0.1", user="locked") + " password=right")
    assay.run("store", "check", "--store", store)
    (store / "database").chmod(0o644)
    ran = assay.run("store", "check", "--store", store, code=2)
    assert "holds a password and others can read it" in ran.err


def test_wrong_use_is_told(shipped, tmp_path):
    ran = assay.run("store", "migrate", "--store", shipped, "--database", "dbname=x", code=2)
    assert "has its tables in assay.db" in ran.err
    for act in (["check"], ["backup", tmp_path / "b"]):
        ran = assay.run("store", *act, "--store", shipped, "--database", "dbname=x", code=2)
        assert "--database belongs to" in ran.err
