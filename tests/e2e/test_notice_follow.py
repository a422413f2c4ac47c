"""assay notice follow: answers are read once, outcomes are observed, escapes are followed."""

import email.message
import json
import os
import random
import shutil
import signal
import subprocess
import time

import assay
import mail
import pytest
from test_notice import (DESK, OTHER, SHOP, approve, draft, give, notice, registration, sealed,
                         timeline, write_config)
from test_schema import check_records

SENT = "2026-11-22T01:00:00Z"
BOUNCES = "fuzz/seeds/dsn"


def change(name, of, by, before, after, at):
    return {"type": "observation", "v": 1, "what": "change", "at": at, "src": "collect/1",
            "subject": {"kind": "registrable", "key": name},
            "change": {"of": of, "by": by, "before": before, "after": after, "since": SENT}}


def hold(name, at):
    return change(name, "suspended", "status", "active", "clientHold", at)


class Box:
    """A Maildir, and mails put into it."""

    def __init__(self, folder):
        self.folder, self.n = folder, 0
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True)

    def put(self, text, where="new", sender=DESK, subject="Re: notice", answers=None, **headers):
        m = email.message.EmailMessage()
        m["From"], m["To"], m["Subject"] = sender, "desk@desk.example", subject
        if answers:
            m["In-Reply-To"] = f"<{answers}@desk.example>"
        for name, value in headers.items():
            m[name.replace("_", "-")] = value
        m.set_content(text)
        return self.raw(m.as_bytes(), where)

    def raw(self, content, where="new"):
        self.n += 1
        path = self.folder / where / f"{self.n:04d}.desk"
        path.write_bytes(content)
        return path


@pytest.fixture
def box(tmp_path):
    return Box(tmp_path / "box")


@pytest.fixture(scope="module")
def sent(shipped, tmp_path_factory):
    """A store with a notice on two shops that left, and its reference. To be looked at only."""
    folder = tmp_path_factory.mktemp("sent")
    store = shutil.copytree(shipped, folder / "store")
    give(store, folder, registration(SHOP), registration(OTHER))
    with mail.Relay(mail.Box()) as relay:
        c = write_config(folder, relay.address)
        made, = draft(store, c, SHOP, OTHER)
        approve(store, c, made["reference"])
        notice(store, c, "send")
    return store, made["reference"]


@pytest.fixture
def told(sent, tmp_path, box):
    """A copy of it: store, configuration, box, reference."""
    store, reference = sent
    copy = shutil.copytree(store, tmp_path / "store")
    return copy, write_config(tmp_path, mailbox=str(box.folder)), box, reference


def follow(store, c, at, code=0):
    return notice(store, c, "follow", at=at, code=code).records()


def outcomes(store, c, reference):
    shown, = notice(store, c, "show", reference).records()
    return {d["subject"]["key"]: d["outcome"] for d in shown["domains"]}


def test_answers_are_read_once_and_a_claim_is_no_outcome(told, tmp_path):
    store, c, box, reference = told
    box.put("Thank you for your report. Your ticket number is AB-1187.", answers=reference)
    box.put("The domains have been suspended.\n\n> please provide more",
            subject=f"Re: [{reference}]")
    box.put("being delivered still", where="tmp", answers=reference)
    said = follow(store, c, "2026-11-22T05:00:00Z")
    mails = [r for r in said if "mail" in r]
    assert [(m["class"], m["matched"], m.get("ticket")) for m in mails] == [
        ("ticket", "answer", "AB-1187"), ("claim", "reference", None)]
    assert not any(m.get("stranger") for m in mails)
    assert [(r["domain"], r["outcome"], r["by"]) for r in said if "outcome" in r] == [
        (SHOP, "acknowledged", "mail"), (OTHER, "acknowledged", "mail")]
    # The same again, moved to cur/ or not, is nothing new.
    os.rename(box.folder / "new" / "0001.desk", box.folder / "cur" / "0001.desk:2,S")
    give(store, tmp_path, hold(SHOP, "2026-11-23T01:00:00Z"))
    said = follow(store, c, "2026-11-23T02:00:00Z")
    assert not [r for r in said if "mail" in r]
    assert [(r["domain"], r["outcome"], r["by"]) for r in said if "outcome" in r] == [
        (SHOP, "acted", "status")]
    assert outcomes(store, c, reference) == {SHOP: "acted", OTHER: "acknowledged"}
    still = said[-1]["survival"][0]
    assert still == {"days": 1, "told": 2, "acted": 1, "moved": 0, "up": 1, "open": 0}
    give(store, tmp_path, change(SHOP, "back_online", "status", "clientHold", "active",
                                 "2026-11-25T01:00:00Z"))
    follow(store, c, "2026-11-25T02:00:00Z")
    assert outcomes(store, c, reference)[SHOP] == "pending"
    records = timeline(store)
    check_records([r for r in records if r["type"] in ("notice", "outcome")])
    assert [r["state"] for r in records if r["type"] == "outcome"
            and r["subject"]["key"] == SHOP] == ["acknowledged", "acted", "pending"]
    sealed(store)


def test_what_nobody_can_match_or_read_is_kept(told):
    store, c, box, reference = told
    box.put("Buy our lists", sender="someone@elsewhere.example", subject="offer")
    box.put("We refuse: the content is not a violation.", sender="someone@elsewhere.example",
            subject=f"about {reference}")
    box.raw(b"no mail at all")
    said = [r for r in follow(store, c, "2026-11-22T05:00:00Z") if "mail" in r]
    assert [(m["matched"], m["class"], m.get("stranger", False)) for m in said] == [
        ("none", "other", False), ("reference", "refusal", True), ("none", "other", False)]
    assert "no header" in said[2]["fault"]
    # Whoever writes from elsewhere refuses nothing in the party's name.
    assert outcomes(store, c, reference) == {SHOP: "acknowledged", OTHER: "acknowledged"}
    records = timeline(store)
    assert len([r for r in records if r.get("state") == "unmatched"]) == 2
    check_records([r for r in records if r["type"] == "notice"])
    assert not [r for r in follow(store, c, "2026-11-22T06:00:00Z") if "mail" in r]


def test_a_bounce_is_an_outcome_where_it_names_whom_we_wrote_to(told):
    store, c, box, reference = told
    text = (assay.ROOT / BOUNCES / "postfix.eml").read_text()
    text = text.replace("<N-0123456789abcdef@assay.example>", f"<{reference}@desk.example>")
    box.raw(text.encode())  # of another address
    box.raw(text.replace("abuse@registrar-two.example", DESK).encode())
    said = follow(store, c, "2026-11-22T05:00:00Z")
    assert [(r["class"], r["matched"]) for r in said if "mail" in r] == [
        ("other", "bounce"), ("bounce", "bounce")]
    assert "5.1.1" in [r for r in said if "mail" in r][1]["diagnostic"]
    assert outcomes(store, c, reference) == {SHOP: "bounced", OTHER: "bounced"}


def test_silence_is_an_outcome_when_its_time_has_come(told):
    store, c, _, reference = told
    assert not [r for r in follow(store, c, "2026-12-06T00:59:59Z") if "outcome" in r]
    said = [r for r in follow(store, c, "2026-12-20T00:00:00Z") if "outcome" in r]
    assert {(r["outcome"], r["by"], r["at"]) for r in said} == {
        ("silent", "clock", "2026-12-06T01:00:00Z")}
    assert outcomes(store, c, reference) == {SHOP: "silent", OTHER: "silent"}


def test_an_escape_is_followed_by_itself(told, tmp_path):
    store, _, box, reference = told
    with mail.Relay(mail.Box()) as relay:
        c = write_config(tmp_path, relay.address, mailbox=str(box.folder))
        name, four = "Fourwinds (synthetic)", "abuse@four.test"
        give(store, tmp_path, registration(SHOP, name, 99004, four, at="2026-11-23T00:00:00Z"),
             change(SHOP, "transferred", "registrar", "Sakurabune Registrar KK (synthetic)", name,
                    "2026-11-23T00:00:00Z"))
        said = follow(store, c, "2026-11-23T01:00:00Z")
        assert [(r["domain"], r["outcome"], r["moved_to"]) for r in said if "outcome" in r] == [
            (SHOP, "moved", "registrar:99004")]
        assert {(r["purpose"], r["party"], r["passes"]) for r in said if "purpose" in r} == {
            ("arrived", "registrar:99004", True), ("departed", "registrar:99001", True)}, said
        assert [r["state"] for r in said if "state" in r] == ["sent", "sent"]
        assert [to for _, to, *_ in relay.handler.messages] == [[four], [DESK]]
        assert reference in relay.handler.messages[0][2].decode()
        # Once is enough.
        said = follow(store, c, "2026-11-23T02:00:00Z")
        assert not [r for r in said if "survival" not in r] and len(relay.handler.messages) == 2
        assert outcomes(store, c, reference) == {SHOP: "moved", OTHER: "pending"}
    sealed(store)


def test_killed_at_any_moment_nothing_is_read_twice_or_lost(told):
    store, c, box, reference = told
    for i in range(20):
        box.put(f"Your ticket number is AB-{1000 + i}.", answers=reference)
    chance = random.Random(8)
    for _ in range(100 if assay.LONG else 4):
        process = subprocess.Popen(
            [str(assay.program()), "notice", "follow", "--store", str(store), "--config", str(c),
             "--at", "2026-11-22T05:00:00Z"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=assay.ROOT)
        time.sleep(chance.uniform(0.1, 0.9))
        process.send_signal(signal.SIGKILL)
        process.wait()
    follow(store, c, "2026-11-22T05:00:00Z")
    got = [r["ticket"] for r in timeline(store) if r.get("state") == "received"]
    assert sorted(got) == [f"AB-{1000 + i}" for i in range(20)]
    sealed(store)


def test_no_folder_is_said(told, tmp_path):
    store, c, _, _ = told
    absent = tmp_path / "none"
    assert "no such folder" in notice(store, c, "follow", "--mailbox", absent, code=2).err


def test_what_a_cloaked_site_shows_to_others_is_no_removal(store, box, tmp_path):
    """A host is asked to remove pages. From where the shop is under construction something else is
    shown now; where the shop itself was seen, it stands until it is gone there."""
    providers = tmp_path / "providers"
    providers.mkdir()
    (providers / "host.yaml").write_text(
        "key: 'host:kumo'\nkind: host\nname: Kumoyama Hosting (synthetic)\ncountry: [JP]\n"
        "prefix: [203.0.113.0/24]\nmail: abuse@kumoyama-hosting.test\n"
        "checked: 2026-11-20\nsource: written for this test\n")
    give(store, tmp_path, registration(OTHER), {
        "type": "observation", "v": 1, "what": "dns", "at": "2026-11-21T08:00:00Z",
        "src": "vantage:jp-desktop", "vantage": "jp-desktop",
        "subject": {"kind": "registrable", "key": OTHER}, "dns": {"a": ["203.0.113.11"]}})
    with mail.Relay(mail.Box()) as relay:
        c = write_config(tmp_path, relay.address, providers=str(providers),
                         mailbox=str(box.folder))
        made, = draft(store, c, OTHER, to="host")
        approve(store, c, made["reference"])
        notice(store, c, "send", at=SENT)
        gone = change(OTHER, "content_changed", "status", "200", "404", "2026-11-23T01:00:00Z")
        give(store, tmp_path, {**gone, "vantage": "us-desktop"})
        follow(store, c, "2026-11-23T02:00:00Z")
        assert outcomes(store, c, made["reference"])[OTHER] == "pending"
        give(store, tmp_path, {**gone, "vantage": "jp-desktop", "at": "2026-11-24T01:00:00Z"})
        follow(store, c, "2026-11-24T02:00:00Z")
        assert outcomes(store, c, made["reference"])[OTHER] == "acted"
