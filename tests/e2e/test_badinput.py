"""Bad input and bad stores: told clearly, nothing half-written, and the next run works."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import assay
import pytest

SEED = int(os.environ.get("ASSAY_SEED", random.randrange(1 << 32)))
ROOT_USER = os.geteuid() == 0
NOBODY = 65534
LISTED = "himawari-kusuribin.example"


def run(store, *inputs, code=0, stdin=b"", **how):
    return assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT, *inputs,
                     code=code, stdin=stdin, **how)


def whole(store):
    assay.run("store", "check", "--store", store)
    assay.run("ledger", "verify", "--store", store)


def one_error(ran, *parts):
    """Exit 2 with one message, an error, that says what and where."""
    assert ran.code == 2, ran
    errors = [m for m in ran.log() if m["level"] == "error"]
    assert len(errors) == 1, ran
    for part in parts:
        assert str(part) in errors[0]["msg"], f"'{part}' is not in: {errors[0]['msg']}"
    return errors[0]["msg"]


# ---- lines of a stream: counted, the first ten named, the rest read ----

GOOD = b"good-viagra.example"
BAD_LINES = {
    "a 1 MB line": b"y" * (1 << 20),
    "a 1 MB line of many labels": b"y." * (1 << 19),
    "NUL bytes": b"a\0b.example",
    "invalid UTF-8": b"\xff\xfe.example",
    "a cut UTF-8 character": b"caf\xc3",
    "an overlong UTF-8 character": b"a\xc0\xaf.example",
    "a surrogate in UTF-8": b"a\xed\xa0\x80.example",
    "invalid punycode": b"xn--zzzzzzz-.example",
    "punycode of a plain name": b"xn--bakery-.example",
    "punycode of nothing": b"xn--.example",
    "a name of 254 octets": b".".join([b"a" * 49] * 5) + b".abcd",
    "a name of 300 octets": b".".join([b"a" * 49] * 6),
    "a label of 64 octets": b"a" * 64 + b".example",
    "an empty label": b"a..example",
    "control characters": b"a\x1b[2J.example",
    "a half object": b'{"url":"https://a.example/","text":"x"',
    "an object that is nothing": b'{"x":1}',
    "a row with a number for an address": b'{"url":1,"text":"x"}',
    "a row whose address is no web address": b'{"url":"javascript:alert(1)","text":"x"}',
    "a row with half a surrogate": b'{"url":"https://a.example/","text":"\\ud800"}',
    "a row with a NUL": b'{"url":"https://a.example/\\u0000","text":"x"}',
    "a row with bad UTF-8": b'{"url":"https://a.example/","text":"\xff"}',
    "a very deep object": b'{"url":' + b'[' * 100_000 + b']' * 100_000 + b'}',
    "a record of no known version": b'{"type":"observation","v":99}',
    "a record without its fields": b'{"type":"observation","v":1}',
    "a record with an altered id": json.dumps({
        "type": "observation", "v": 1, "id": "0" * 64, "what": "registration", "src": "rdap:x",
        "subject": {"kind": "registrable", "key": "x.example"}, "at": "2026-01-01T00:00:00Z",
        "registration": {"created": "2024-03-01T00:00:00Z"}}).encode(),
    "a record with a floating-point number": b'{"type":"observation","v":1,"x":0.5}',
    "a record about a name in capitals": b'{"type":"observation","v":1,"what":"registration",'
        b'"subject":{"kind":"registrable","key":"X.example"},"at":"2026-01-01T00:00:00Z",'
        b'"src":"rdap:x","registration":{"created":"2024-03-01T00:00:00Z"}}',
}


def test_a_name_of_253_octets_is_one(tmp_path):
    name = b".".join([b"a" * 49] * 5) + b".abc"
    assert len(name) == 253
    text = run(tmp_path / "store", "--format", "text", stdin=name + b"\n").out
    assert "1 names" in text and "0 bad lines" in text


@pytest.mark.parametrize("what", BAD_LINES)
def test_a_bad_line_is_named_and_the_rest_is_read(what, tmp_path):
    (tmp_path / "list.txt").write_bytes(GOOD + b"\n" + BAD_LINES[what] + b"\n" + GOOD + b"\n")
    ran = run(tmp_path / "store", "--format", "text", tmp_path / "list.txt")
    told = [m for m in ran.log() if "line" in m]
    assert [(m["file"], m["line"]) for m in told] == [("list.txt", 2)], ran
    assert len(told[0]["msg"]) > 10 and len(ran.err) < 2000
    assert "2 names (2 suspect), 0 pages, 0 records; 1 bad lines, 0 bad files" in ran.out, ran
    whole(tmp_path / "store")


def test_all_of_them_together_in_a_stream(tmp_path):
    lines = [l for bad in BAD_LINES.values() for l in (bad, GOOD)]
    ran = run(tmp_path / "store", "--format", "text", stdin=b"\n".join(lines))
    named = [m for m in ran.log() if "line" in m]
    assert len(named) == 10 and {m["file"] for m in named} == {"standard input"}
    assert f"{len(BAD_LINES)} bad lines" in ran.out, ran
    assert f"{len(BAD_LINES)} names ({len(BAD_LINES)} suspect)" in ran.out


# ---- files of no use ----

def bad_files():
    rng = random.Random(SEED)
    noise = bytes(rng.randrange(256) for _ in range(5000))
    return {
        "empty.txt": b"", "empty.html": b"", "empty.jsonl": b"", "empty.warc": b"",
        "program": b"\x7fELF" + noise, "picture.dat": b"\x89PNG\r\n\x1a\n" + noise,
        "archive.zip.dat": b"PK\x03\x04" + noise, "noise.warc.gz": noise,
        "cut.warc.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + noise[:200],
        "noise.warc": noise, "lone.html": b"<html><body>no address</body></html>",
        "wide.txt": "good.example\n".encode("utf-16"),
        "database.db": b"SQLite format 3\0" + noise,
    }


@pytest.mark.parametrize("name", bad_files())
def test_a_file_of_no_use_is_named_and_the_others_are_read(name, tmp_path):
    print(f"seed {SEED} (ASSAY_SEED)")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(bad_files()[name])
    (tmp_path / "in/zz-names.txt").write_bytes(GOOD + b"\n")
    ran = run(tmp_path / "store", "--format", "text", tmp_path / "in")
    assert any(m.get("file") == name for m in ran.log()), ran
    assert "(1 suspect), 0 pages" in ran.out, ran
    assert "0 bad lines, 0 bad files" not in ran.out
    whole(tmp_path / "store")


def test_bad_pages_in_a_saved_site_do_not_stop_the_good_one(tmp_path):
    site = tmp_path / "in/bakery.example/2026-10-01"
    site.mkdir(parents=True)
    rng = random.Random(SEED)
    print(f"seed {SEED} (ASSAY_SEED)")
    (site / "index.html").write_text("<p>We bake bread every day and sell it in our shop.</p>")
    (site / "noise.html").write_bytes(bytes(rng.randrange(256) for _ in range(20_000)))
    (site / "empty.html").write_bytes(b"")
    (site / "deep.html").write_bytes(b"<div>" * 200_000)
    (site / "nul.html").write_bytes(b"<p>a\0b</p>" * 1000)
    (site / "long.html").write_bytes(b"<p>" + b"x" * (2 << 20))
    (site / "tags.html").write_bytes(b"<" * 300_000)
    (site / "attributes.html").write_bytes(b"<p " + b"a=b " * 200_000 + b">x</p>")
    begun = time.monotonic()
    run(tmp_path / "store", tmp_path / "in", timeout=300)
    print(f"{time.monotonic() - begun:.1f} s")
    answer, = assay.lookup(tmp_path / "store", "bakery.example")
    assert {c["class"] for c in answer["cells"]} <= {"not_a_pharmacy", "unverified"}
    whole(tmp_path / "store")


def test_a_path_that_is_not_there_is_told_before_anything_is_read(tmp_path):
    (tmp_path / "names.txt").write_bytes(GOOD)
    ran = run(tmp_path / "store", tmp_path / "names.txt", tmp_path / "nowhere", code=2)
    one_error(ran, tmp_path / "nowhere")
    ran = assay.run("lookup", "--store", tmp_path / "store", GOOD.decode(), code={1, 2})
    assert "viagra" not in ran.out or '"known":false' in ran.out
    run(tmp_path / "store", tmp_path / "names.txt")
    whole(tmp_path / "store")


def test_a_folder_in_a_circle_ends(tmp_path):
    (tmp_path / "in/a").mkdir(parents=True)
    (tmp_path / "in/a/names.txt").write_bytes(GOOD)
    (tmp_path / "in/a/again").symlink_to("../a")
    (tmp_path / "in/gone").symlink_to("nowhere")
    ran = run(tmp_path / "store", "--format", "text", tmp_path / "in", timeout=60)
    assert "1 names" in ran.out


def test_a_fifo_and_a_device_in_a_folder_are_left_alone(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/names.txt").write_bytes(GOOD)
    os.mkfifo(tmp_path / "in/fifo")
    (tmp_path / "in/zero").symlink_to("/dev/zero")
    ran = run(tmp_path / "store", "--format", "text", tmp_path / "in", timeout=60)
    assert "1 names" in ran.out


def test_a_bad_configuration_is_told_with_its_line(tmp_path):
    (tmp_path / "assay.yaml").write_text("reviewers:\n  - name: akari\nreviwers: x\n")
    ran = assay.run("run", "--store", tmp_path / "store", "--config", tmp_path / "assay.yaml",
                    stdin=GOOD, code=2)
    message = one_error(ran, "assay.yaml", "reviwers")
    assert "3" in message
    assert not (tmp_path / "store").exists()


# ---- the store ----

@contextlib.contextmanager
def small_disk(path, size):
    path.mkdir()
    if not ROOT_USER:
        pytest.skip("a small file system can be mounted by root only")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path],
                          capture_output=True)
    if done.returncode:
        pytest.skip(f"mount: {done.stderr.decode().strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)


@pytest.mark.parametrize("size", ["64k", "400k", "1200k", "2m"])
def test_a_full_disk_is_told_and_the_run_can_be_finished_later(shipped, tmp_path, size):
    with small_disk(tmp_path / "disk", size) as disk:
        ran = assay.run_examples(disk / "store", code=2)
        message = one_error(ran)
        assert "space" in message or "full" in message, message
        assert str(disk / "store") in message, f"does not say where: {message}"
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        assay.run_examples(disk / "store")
        whole(disk / "store")
        names = [row["subject"] for row in assay.table(assay.EXAMPLES / "expected.tsv")]
        assert ([standing(a) for a in assay.lookup(disk / "store", *names)]
                == [standing(a) for a in assay.lookup(shipped, *names)])


def standing(answer):
    return answer["name"], [(c["destination"], c["class"], c["state"]) for c in answer["cells"]]


def test_a_full_standard_output_is_told(shipped):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([assay.program(), "lookup", "--store", shipped, LISTED],
                              stdout=full, stderr=subprocess.PIPE, cwd=assay.ROOT)
    assert done.returncode == 2 and b"standard output" in done.stderr


def as_nobody(path):
    """Let another user come as far as path, and a prefix that makes a command theirs."""
    if not ROOT_USER:
        pytest.skip("only root can become another user")
    if not shutil.which("setpriv"):
        pytest.skip("no setpriv")
    for folder in [path, *path.parents]:
        if folder.stat().st_uid == os.getuid() and folder != folder.parent:
            with contextlib.suppress(PermissionError):
                folder.chmod(folder.stat().st_mode | 0o055)
    prefix = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--"]
    for command in ([assay.program(), "--version"], ["cat", assay.CONFIG]):
        done = subprocess.run([*prefix, *command], capture_output=True)
        if done.returncode:
            pytest.skip(f"another user cannot come here: {done.stderr.decode().strip()}")
    return prefix


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() if p.is_file() else None
            for p in folder.rglob("*") if not p.name.endswith(("-shm", "-wal"))}


def test_a_store_that_may_not_be_written_is_refused_and_left_as_it_is(store):
    before = tree(store)
    prefix = as_nobody(store)
    ran = run(store, code=2, stdin=GOOD, before=prefix)
    message = one_error(ran, store)
    assert "permission" in message.lower() or "read-only" in message.lower(), message
    assert tree(store) == before
    ran = assay.run("lookup", "--store", store, LISTED, before=prefix)
    assert "rogue" in ran.out
    run(store, stdin=GOOD)
    whole(store)


def test_a_place_where_no_store_can_be_made_is_told(tmp_path):
    prefix = as_nobody(tmp_path)
    ran = run(tmp_path / "store", code=2, stdin=GOOD, before=prefix)
    one_error(ran, tmp_path / "store")
    assert not (tmp_path / "store").exists()
    (tmp_path / "file").write_text("x")
    one_error(run(tmp_path / "file", code=2, stdin=GOOD), tmp_path / "file")
    assert (tmp_path / "file").read_text() == "x"


def test_a_store_on_a_read_only_file_system_is_told_and_can_be_read(store, tmp_path):
    with small_disk(tmp_path / "disk", "64m") as disk:
        shutil.copytree(store, disk / "store")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        message = one_error(run(disk / "store", code=2, stdin=GOOD), disk / "store")
        assert "read-only" in message.lower(), message
        assert assay.run("lookup", "--store", disk / "store", LISTED).code == 0
        assay.run("ledger", "verify", "--store", disk / "store")


def test_a_store_in_use_is_refused_with_who_has_it(store):
    """A run that waits for its standard input holds the store."""
    child = subprocess.Popen([assay.program(), "run", "--store", store, "--config", assay.CONFIG,
                              "--at", assay.AT], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, cwd=assay.ROOT)
    try:
        until = time.monotonic() + 60
        while not (store / "lock").stat().st_size and time.monotonic() < until:
            time.sleep(0.05)
        writers = [
            ["run"], ["store", "migrate"], ["ledger", "checkpoint"],
            ["review", "decide", LISTED, "--reviewer", "akari", "--destination", "JP", "--class",
             "rogue", "--reason", "x"]]
        for args in writers:
            ran = assay.run(*args, "--store", store, "--config", assay.CONFIG, code=2, timeout=120)
            message = one_error(ran, store, "in use")
            assert str(child.pid) in message and "assay run" in message, message
        assert assay.run("lookup", "--store", store, LISTED).code == 0
        assay.run("ledger", "verify", "--store", store)
        child.stdin.write(GOOD + b"\n")
        child.stdin.close()
        assert child.wait(120) == 0, child.stderr.read()
    finally:
        child.kill()
        child.wait()
    run(store, stdin=GOOD)
    whole(store)


def test_a_killed_holder_leaves_no_lock_behind(store):
    child = subprocess.Popen([assay.program(), "run", "--store", store], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=assay.ROOT)
    until = time.monotonic() + 60
    while not (store / "lock").stat().st_size and time.monotonic() < until:
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    run(store, stdin=GOOD)
    whole(store)


def test_a_newer_store_is_refused_by_every_command_and_left_as_it_is(store):
    db = sqlite3.connect(store / "assay.db")
    db.execute("INSERT INTO migration (version, at, sha256) VALUES (999, 0, ?)", (b"\0" * 32,))
    db.execute("PRAGMA user_version = 999")
    db.commit()
    db.close()
    before = tree(store)
    for args in (["run"], ["lookup", LISTED], ["review", "list"], ["store", "check"],
                 ["store", "migrate"], ["ledger", "verify"], ["ledger", "checkpoint"],
                 ["store", "backup", store.parent / "copy"]):
        ran = assay.run(*args, "--store", store, "--config", assay.CONFIG, code=2)
        one_error(ran, store, "newer")
    assert tree(store) == before
    assert not (store.parent / "copy").exists()


def damage_database(store, how):
    path = store / "assay.db"
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    body = bytearray(path.read_bytes())
    if how == "removed":
        path.unlink()
        return
    if how == "emptied":
        body = b""
    elif how == "cut in half":
        body = body[:len(body) // 2]
    elif how == "cut inside its header":
        body = body[:50]
    elif how == "of another kind":
        body = b"this is a letter, not a database\n" * 500
    else:
        for page in range(1, len(body) // 4096):
            body[page * 4096:page * 4096 + 2048] = b"\xa5" * 2048
    path.write_bytes(body)


@pytest.mark.parametrize("how", ["removed", "emptied", "cut in half", "cut inside its header",
                                 "of another kind", "overwritten inside"])
def test_a_damaged_database_is_told_by_every_command(store, how):
    damage_database(store, how)
    before = tree(store)
    for args in (["lookup", LISTED], ["review", "list"], ["ledger", "verify"], ["run"]):
        ran = assay.run(*args, "--store", store, "--config", assay.CONFIG, code=2)
        one_error(ran, store)
    ran = assay.run("store", "check", "--store", store, code={1, 2})
    assert "assay.db" in ran.out + ran.err or str(store) in ran.out + ran.err, ran
    assert tree(store).keys() == before.keys()


def test_an_altered_record_is_found_by_check_and_by_verify(store):
    db = sqlite3.connect(store / "assay.db")
    guards = db.execute("SELECT name, sql FROM sqlite_schema "
                        "WHERE type = 'trigger' AND tbl_name = 'record'").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("UPDATE record SET body = '{}'")
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    changed = db.execute("UPDATE record SET body = replace(body, 'rogue', 'ROGUE') "
                         "WHERE type = 'decision'").rowcount
    for _, sql in guards:
        db.execute(sql)
    db.commit()
    db.close()
    assert changed > 0
    ran = assay.run("store", "check", "--store", store, code=1)
    assert "record" in ran.out
    ran = assay.run("ledger", "verify", "--store", store, "--format", "text", code=1)
    assert "entry" in ran.out and "NOT whole" in ran.out


def blobs(store):
    return sorted(p for p in (store / "blob").rglob("*") if p.is_file())


@pytest.mark.parametrize("how", ["removed", "emptied", "cut", "altered"])
def test_damaged_evidence_is_found_and_named(store, how):
    path = blobs(store)[7]
    whole_bytes = path.read_bytes()
    body = bytearray(whole_bytes)
    if how == "removed":
        path.unlink()
    else:
        body[len(body) // 2] ^= 1
        path.chmod(0o600)
        path.write_bytes({"emptied": b"", "cut": whole_bytes[:-1], "altered": bytes(body)}[how])
    ran = assay.run("store", "check", "--store", store, code=1)
    assert path.parent.name + path.name in (ran.out + ran.err).replace("/", ""), ran
    # The pages are at hand: a run puts back what was lost, and never calls altered bytes evidence.
    again = assay.run_examples(store, code={0, 2})
    if again.code == 2:
        assert path.name[:16] in again.err or "blob" in again.err, again
    else:
        answers = assay.lookup(store, LISTED)
        assert answers[0]["cells"]


def ledger_files(store):
    return [p for p in sorted((store / "ledger").rglob("*"))
            if p.is_file() and p.name not in ("key", "key.pub")]


@pytest.mark.parametrize("how", ["emptied", "cut", "altered"])
def test_nothing_is_built_on_a_damaged_ledger(store, how):
    """A run over a ledger whose newest tiles or checkpoint are damaged refuses, naming the file."""
    newest = {}
    for p in ledger_files(store):
        key = p.parent if p.parent.suffix == ".p" else p
        if key not in newest or int(p.name) > int(newest[key].name):
            newest[key] = p
    for destination, path in zip(["US", "GB", "JP"], newest.values(), strict=True):
        good = path.read_bytes()
        bad = bytearray(good)
        bad[len(bad) // 3] ^= 1
        path.write_bytes({"emptied": b"", "cut": good[:len(good) // 2], "altered": bytes(bad)}[how])
        before = tree(store / "ledger")
        name = path.relative_to(store / "ledger")
        assay.run("ledger", "verify", "--store", store, code={1, 2})
        subject = "wakaba-kojin-yunyu.example" if destination == "JP" else "harukaze-rx.example"
        ran = assay.run("review", "decide", subject, "--reviewer", "akari",
                        "--destination", destination, "--class", "rogue", "--reason", f"beside {name}",
                        "--at", assay.AT, "--store", store, "--config", assay.CONFIG, code=None)
        if ran.code == 0:
            # Sealed tiles that an addition does not read stay for verify to find.
            assert ran.code == 0 and "entries" in str(name), f"signed over a damaged {name}\n{ran}"
            ran = assay.run("ledger", "verify", "--store", store, "--format", "text", code={1, 2})
            assert str(name.parent) in ran.out + ran.err, ran
        else:
            message = one_error(ran)
            assert str(name) in message or "assay ledger verify" in message, message
            assert str(store) in message, message
            assert tree(store / "ledger") == before
        path.write_bytes(good)


def test_a_store_from_another_ledger_is_refused(store, tmp_path):
    other = tmp_path / "other"
    run(other, stdin=GOOD)
    shutil.rmtree(store / "ledger")
    shutil.copytree(other / "ledger", store / "ledger")
    ran = run(store, stdin=GOOD, code=2)
    one_error(ran, "ledger")
    assay.run("ledger", "verify", "--store", store, code={1, 2})


def test_words_that_are_no_command_and_no_option_are_told():
    for args in (["rum"], ["run", "--stroe", "x"], ["run", "--at", "yesterday"],
                 ["run", "--format", "xml"], ["store", "burn"], ["review", "shred"],
                 ["ledger"], ["run", "--store"]):
        ran = assay.run(*args, code=2)
        assert ran.err and ran.out == "", ran
    assert "--store" in assay.run("run", "--stroe", "x", code=2).err


def test_a_reader_that_goes_away_is_no_crash(shipped):
    child = subprocess.Popen([assay.program(), "review", "list", "--store", shipped],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=assay.ROOT)
    child.stdout.close()
    code = child.wait(60)
    message = child.stderr.read()
    assert code == 2 and b"standard output" in message, (code, message)
