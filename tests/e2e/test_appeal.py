"""assay appeal: the operator's words are kept, and answered by somebody else than who decided."""

import contextlib
import json
import sqlite3

import assay
import pytest
from test_schema import check_records

LISTED = "himawari-kusuribin.example"   # akari and benedikt decided
WORDS = "私たちは薬局の許可を持っています。\r\n連絡は kenji@mail.example または 03-1234-5678 へ。\n"
LATER = "2026-11-23T00:00:00Z"


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "assay.yaml"
    path.write_text(assay.CONFIG.read_text().replace(
        "reviewers:\n", "reviewers:\n  - {name: carla, demonstration: true}\n"))
    return path


def appeal(store, config, *args, code=0, at=LATER):
    return assay.run("appeal", *args, "--store", store, "--config", config, "--at", at, code=code)


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_bytes(WORDS.encode())
    return path


def add(store, config, letter, *more, subject=LISTED, **how):
    return appeal(store, config, "add", subject, "--from", letter, *more, **how).records()[0]


def bodies(store, kind):
    with contextlib.closing(sqlite3.connect(store / "assay.db")) as db:
        return [b for b, in db.execute("SELECT body FROM record WHERE type = ?", (kind,))]


def whole(store):
    assay.run("ledger", "verify", "--store", store)
    assay.run("store", "check", "--store", store)


def test_an_appeal_goes_from_received_to_answered_with_its_times(store, config, letter):
    made = add(store, config, letter, "--received", "2026-11-22T08:00:00Z", "--lang", "ja")
    assert made["state"] == "received" and made["received"] == "2026-11-22T08:00:00Z"
    assert len(made["decisions"]) == 3 and made["lang"] == "ja"
    looked, = appeal(store, config, "review", made["record"], "--by", "carla").records()
    assert looked["state"] == "under_review"
    done, = appeal(store, config, "answer", made["record"], "--by", "carla", "--outcome", "upheld",
                   "--reason", "no licence was shown", at="2026-11-25T00:00:00Z").records()
    assert (done["state"], done["outcome"], done["answered"], done["by"], done["correction_due"]) \
        == ("answered", "upheld", "2026-11-25T00:00:00Z", "carla", False)
    assert appeal(store, config, "list").records() == [done]
    whole(store)


def test_who_decided_does_not_answer(store, config, letter):
    made = add(store, config, letter)
    for name in ("akari", "benedikt"):
        ran = appeal(store, config, "answer", made["record"], "--by", name, "--outcome", "upheld",
                     "--reason", "x", code=2)
        assert f"{name} acted on the decision" in ran.err
    assert appeal(store, config, "list").records()[0]["state"] == "received"
    whole(store)


@pytest.mark.parametrize("outcome", ["reversed", "partly"])
def test_an_answer_that_reverses_says_that_a_correction_must_follow(store, config, letter, outcome):
    made = add(store, config, letter)
    ran = appeal(store, config, "answer", made["record"][:12], "--by", "carla", "--outcome", outcome,
                 "--reason", "the licence was shown", "--format", "text")
    assert "a correction must follow" in ran.out
    assert appeal(store, config, "list").records()[0]["correction_due"] is True
    answer = json.loads(bodies(store, "appeal")[-1])
    assert answer["correction_due"] is True and answer["actors"] == ["carla"]
    cells = {cell["destination"]: cell["state"] for cell in assay.lookup(store, LISTED)[0]["cells"]}
    assert cells["JP"] == "listed", "by itself it lifts nothing"


def test_an_answer_can_grant_that_it_is_of_no_network(store, config, letter):
    made = add(store, config, letter)
    ran = appeal(store, config, "answer", made["record"], "--by", "carla", "--outcome", "upheld",
                 "--reason", "x", "--not-of", "net-0123456789abcdef", code=2)
    assert "reversed or partly" in ran.err
    appeal(store, config, "answer", made["record"], "--by", "carla", "--outcome", "partly",
           "--reason", "it was sold", "--not-of", "net-0123456789abcdef")
    assert json.loads(bodies(store, "appeal")[-1])["not_of"] == "net-0123456789abcdef"
    whole(store)


def test_contact_data_is_masked_in_the_record_and_kept_restricted(store, config, letter):
    made = add(store, config, letter, "--contact", "kenji@mail.example")
    assert made["words"] == "私たちは薬局の許可を持っています。\n連絡は [redacted] または [redacted] へ。"
    body, = bodies(store, "appeal")
    assert "kenji" not in body and "03-1234" not in body
    with contextlib.closing(sqlite3.connect(store / "assay.db")) as db:
        for address in json.loads(body)["evidence"]:
            row = db.execute("SELECT class FROM evidence WHERE sha256 = ?",
                             (bytes.fromhex(address.removeprefix("sha256:")),)).fetchone()
            assert row == ("restricted",)
    shown = appeal(store, config, "show", made["record"], "--format", "text").out
    assert "kenji@mail.example" in shown, "the desk can write back"
    whole(store)


def test_words_without_personal_data_are_public_evidence(store, config, tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("We hold licence 4711.")
    add(store, config, path)
    with contextlib.closing(sqlite3.connect(store / "assay.db")) as db:
        rows = db.execute("SELECT class FROM evidence WHERE origin = 'assay appeal'").fetchall()
    assert rows == [("public",)]


def test_a_reply_is_kept_and_not_answered(store, config, letter):
    made = add(store, config, letter, "--reply")
    assert made["type"] == "reply" and "state" not in made
    ran = appeal(store, config, "answer", made["record"], "--by", "carla", "--outcome", "upheld",
                 "--reason", "x", code=2)
    assert "shown, not answered" in ran.err
    assert len(bodies(store, "reply")) == 1 and bodies(store, "appeal") == []


def test_the_same_letter_twice_is_one_appeal_until_it_was_answered(store, config, letter):
    first = add(store, config, letter)
    assert add(store, config, letter, at="2026-11-24T00:00:00Z")["record"] == first["record"]
    appeal(store, config, "withdraw", first["record"], at="2026-11-25T00:00:00Z")
    ran = appeal(store, config, "review", first["record"], "--by", "carla", code=2)
    assert "withdrawn already" in ran.err
    again = add(store, config, letter, at="2026-11-26T00:00:00Z")
    assert again["record"] != first["record"]
    whole(store)


@pytest.mark.parametrize("content, said", [
    (b"", "empty"), (b" \n\t ", "empty"), (b"caf\xe9", "not UTF-8 at byte 4"),
    (b"a\x1b[2Jb", "control character"), ("a\u202eb".encode(), "control character"),
    (b"a\0b", "control character"), (b"x" * 20001, "20000"),
])
def test_a_letter_that_cannot_be_kept_is_refused(store, config, tmp_path, content, said):
    path = tmp_path / "letter"
    path.write_bytes(content)
    ran = appeal(store, config, "add", LISTED, "--from", path, code=2)
    assert said in ran.err, ran
    assert bodies(store, "appeal") == []


@pytest.mark.parametrize("args, said", [
    (["add", LISTED], "--from"),
    (["add", "never-seen.example", "--from", "LETTER"], "nothing is known"),
    (["add", LISTED, "--from", "LETTER", "--received", "2027-01-01T00:00:00Z"], "future"),
    (["add", LISTED, "--from", "LETTER", "--lang", "ja\nX"], "--lang"),
    (["answer", "ffffffff", "--by", "carla"], "no such appeal"),
    (["fly"], "try: assay appeal"),
])
def test_what_makes_no_sense_is_refused_with_the_reason(store, config, letter, args, said):
    args = [letter if a == "LETTER" else a for a in args]
    assert said in appeal(store, config, *args, code=2).err


@pytest.mark.parametrize("more, said", [
    (["--by", "mallory", "--outcome", "upheld", "--reason", "x"], "mallory"),
    (["--outcome", "upheld", "--reason", "x"], "is named"),
    (["--by", "carla", "--outcome", "maybe", "--reason", "x"], "--outcome"),
    (["--by", "carla", "--reason", "x"], "upheld, reversed or partly"),
    (["--by", "carla", "--outcome", "upheld"], "reason"),
])
def test_an_answer_lacks_nothing(store, config, letter, more, said):
    made = add(store, config, letter)
    assert said in appeal(store, config, "answer", made["record"], *more, code=2).err


def test_what_is_written_is_valid_under_its_schema(store, config, letter):
    made = add(store, config, letter, "--contact", "kenji@mail.example", "--lang", "ja",
               "--reference", "A-0123456789abcdef")
    add(store, config, letter, "--reply")
    appeal(store, config, "review", made["record"], "--by", "carla")
    appeal(store, config, "answer", made["record"], "--by", "carla", "--outcome", "partly",
           "--reason", "for one country")
    with contextlib.closing(sqlite3.connect(store / "assay.db")) as db:
        records = [{**json.loads(b), "id": i.hex()} for i, b in
                   db.execute("SELECT id, body FROM record WHERE type IN ('appeal', 'reply')")]
    assert [r.get("state") for r in records if r["type"] == "appeal"] \
        == ["received", "under_review", "answered"]
    assert check_records(records) == {"appeal", "reply"}
