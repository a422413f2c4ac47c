"""assay notice: drafted from the store, checked, approved by somebody else, sent once, taken back."""

import contextlib
import email
import email.policy
import functools
import json
import os
import random
import signal
import subprocess
import time

import assay
import mail
import pytest
from test_review import decide
from test_schema import check_records

SHOP = "himawari-kusuribin.example"   # rogue for JP, US and GB, decided by two
OTHER = "tsubame-kaigai-yaku.example"  # rogue for JP
NATIONAL = "sleepwell-uk-tablets.example"
FOREIGN = "klinik-lindenhain.example"  # licensed where it dispenses
LICENSED = "harborlight-pharmacy.example"
HACKED = "riverbend-literacy.example"
WAITS = "konpeito-rx.example"          # rogue, and nobody has decided
NOW = "2026-11-22T01:00:00Z"
# Where the captures of the examples were made, as they say.
VANTAGES = "vantages:\n" + "".join(
    f"  - {{name: {place}-{profile}, country: {place.upper()}, accept_language: '{lang},en;q=0.5'}}\n"
    for place, lang in (("jp", "ja"), ("us", "en-US"), ("gb", "en-GB"), ("de", "de"), ("fr", "fr"))
    for profile in ("desktop", "mobile"))
DESK = "abuse@registrar-one.test"


def registration(name, registrar="Sakurabune Registrar KK (synthetic)", number=99001, mail=DESK,
                 at="2026-11-21T00:00:00Z", **more):
    created = {"himawari-kusuribin.example": "2025-11-06T18:32:15Z",
               "tsubame-kaigai-yaku.example": "2026-01-19T20:24:42Z"}.get(name)
    told = {"registrar": registrar, "registrar_id": number, "abuse": {"mail": mail},
            "sources": [{"source": "rdap-registry", "server": "rdap.example"}], **more}
    if created:
        told["created"] = created
    return {"type": "observation", "v": 1, "what": "registration", "at": at, "src": "rdap:test",
            "subject": {"kind": "registrable", "key": name}, "registration": told}


def write_config(folder, relay=None, **more):
    """An assay.yaml of a desk that may write."""
    path = folder / "assay.yaml"
    notice = {"sender": "Demonstration Desk (synthetic)", "sponsor": "nobody",
              "verify": "https://desk.example/d/", "evidence_days": 400, **more}
    post = {"from": "desk@desk.example", "timeout_s": 10}
    if relay:
        post["relay"] = relay
    vantages = folder / "vantages.yaml"
    vantages.write_text(VANTAGES)
    path.write_text(assay.CONFIG.read_text() + "appeal_address: appeal@desk.example\n"
                    f"collect: {{vantages: {vantages}}}\n"
                    f"mail: {json.dumps(post)}\nnotice: {json.dumps(notice)}\n")
    return path


@pytest.fixture
def config(tmp_path):
    return functools.partial(write_config, tmp_path)


@pytest.fixture
def desk(store, tmp_path):
    """The shipped store, told who holds two of its shops."""
    give(store, tmp_path, registration(SHOP), registration(OTHER))
    return store


def give(store, tmp_path, *objects):
    file = tmp_path / f"given{time.monotonic_ns()}.jsonl"
    file.write_text("".join(json.dumps(o) + "\n" for o in objects))
    assay.run_examples(store, inputs=[file])


def notice(store, config, *args, code=0, at=NOW):
    return assay.run("notice", *args, "--store", store, "--config", config, "--at", at, code=code)


def draft(store, config, *domains, to="registrar", code=0, by="akari", **how):
    return notice(store, config, "draft", *domains, "--to", to, "--by", by, code=code,
                  **how).records()


def approve(store, config, reference, by="benedikt", **how):
    return notice(store, config, "approve", reference, "--by", by, **how)


def conditions(made):
    return {f["condition"] for f in made["failures"]}


def read(message):
    return email.message_from_bytes(message, policy=email.policy.default)


def sealed(store):
    assay.run("ledger", "verify", "--store", store)
    assay.run("store", "check", "--store", store)


# ---- the path


def test_a_notice_goes_from_draft_to_desk_once(desk, config):
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        made, = draft(desk, c, SHOP, OTHER, SHOP)  # one that is named twice is told of once
        assert made["passes"] and made["domains"] == [SHOP, OTHER], made
        assert made["party"] == "registrar:99001"
        reference = made["reference"]
        # Neither unapproved, nor approved by who wrote it, does it leave.
        assert notice(desk, c, "send").out == ""
        assert "waits for an approval" in notice(desk, c, "send", reference, code=2).err
        assert "somebody else approves" in approve(desk, c, reference, by="akari", code=2).err
        approve(desk, c, reference)
        sent, = notice(desk, c, "send").records()
        assert sent["state"] == "sent" and sent["answer"].startswith("250")
        assert notice(desk, c, "send").out == "" and len(relay.handler.messages) == 1
    sender, to, content, _, _ = relay.handler.messages[0]
    assert (sender, to) == ("desk@desk.example", [DESK])
    message = read(content)
    assert message["Message-ID"] == f"<{reference}@desk.example>"
    assert reference in message["Subject"]
    parts = {p.get_filename(): p for p in message.walk() if p.get_filename()}
    assert set(parts) == {"annex.json", "xarf.json"}
    annex = json.loads(parts["annex.json"].get_payload(decode=True))
    assert SHOP in json.dumps(annex) and OTHER in json.dumps(annex)
    text = message.get_body(("plain",)).get_content()
    head = "\n".join(text.splitlines()[:14])
    for word in (SHOP, "99001", "3.18.1"):
        assert word in text, (word, head)
    assert "nobody" in text and "appeal@desk.example" in text
    shown, = notice(desk, c, "show", reference).records()
    assert shown["state"] == "sent" and shown["approved_by"] == ["reviewer:benedikt"]
    assert [d["outcome"] for d in shown["domains"]] == ["pending", "pending"]
    sealed(desk)
    check_records([r for r in timeline(desk) if r["type"] == "notice"])


def timeline(store):
    """All records of acts, as the ledger's own export gives them."""
    import sqlite3
    with contextlib.closing(sqlite3.connect(store / "assay.db")) as db:
        rows = db.execute("SELECT id, body FROM record WHERE type IN ('notice','outcome')")
        return [{**json.loads(body), "id": id.hex()} for id, body in rows]


def test_said_again_it_is_a_comment_and_new_names_are_a_notice_of_their_own(desk, config, tmp_path):
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        first, = draft(desk, c, SHOP, "--case", "net-x")
        approve(desk, c, first["reference"])
        notice(desk, c, "send")
        again, = draft(desk, c, SHOP, "--case", "net-x", at="2026-11-24T01:00:00Z")
        assert again["open"] == first["reference"] and again["commented"] == 1
        assert again["domains"] == [] and "reference" not in again
        more, = draft(desk, c, SHOP, OTHER, "--case", "net-x", at="2026-11-24T02:00:00Z")
        assert more["domains"] == [OTHER] and more["commented"] == 1
        notice(desk, c, "send", at="2026-11-24T03:00:00Z")
        assert len(relay.handler.messages) == 1
        shown, = notice(desk, c, "show", first["reference"]).records()
        assert shown["comments"] == 2


def test_a_dry_run_shows_the_mail_and_changes_nothing(desk, config):
    c = config()
    before = (desk / "assay.db").stat().st_mtime_ns
    made, = draft(desk, c, SHOP, "--dry-run")
    assert made["passes"] and SHOP in made["letter"]
    assert notice(desk, c, "list", code=1).out == ""
    assert (desk / "assay.db").stat().st_mtime_ns == before


def test_without_a_relay_files_are_written(desk, config, tmp_path):
    c = config()
    made, = draft(desk, c, SHOP)
    approve(desk, c, made["reference"])
    assert "no relay" in notice(desk, c, "send", code=2).err
    out, = notice(desk, c, "send", "--outbox", tmp_path / "out").records()
    assert out["state"] == "written"
    assert read((tmp_path / "out" / f"{made['reference']}.eml").read_bytes())["To"] == DESK


# ---- what is refused


@pytest.mark.parametrize("domain", [FOREIGN, LICENSED, HACKED, WAITS])
def test_the_innocent_and_the_undecided_get_no_notice(desk, config, tmp_path, domain):
    give(desk, tmp_path, registration(domain))
    c = config()
    for made in draft(desk, c, domain, code=1):
        assert not made["passes"] and conditions(made) & {
            "reach", "foreign_legal", "innocent", "decided"}, made
    assert notice(desk, c, "list", code=1).out == ""


def test_one_destinations_law_is_no_ground_for_a_registrar(desk, config, tmp_path):
    """Whatever the action; the rule is cited."""
    give(desk, tmp_path, registration("lotuskind-pharmacy.example"))
    made, = draft(desk, config(), "lotuskind-pharmacy.example", code=1)
    assert "reach" in conditions(made) or "decided" in conditions(made)
    assert not made["passes"]


def test_what_changed_since_is_seen_when_it_leaves(desk, config, tmp_path):
    """It moved to another registrar between approval and sending."""
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        made, = draft(desk, c, SHOP)
        approve(desk, c, made["reference"])
        give(desk, tmp_path, registration(SHOP, "Fourwinds (synthetic)", 99004,
                                          "abuse@four.test", at="2026-11-21T12:00:00Z"))
        told, = notice(desk, c, "send", code=1).records()
        assert not told["passes"] and "ours" in conditions(told)
        assert relay.handler.messages == []


def test_old_evidence_and_old_contacts_are_refused(desk, config):
    made, = draft(desk, config(evidence_days=14), SHOP, code=1)
    assert "fresh" in conditions(made)
    made, = draft(desk, config(), SHOP, code=1, at="2027-01-22T01:00:00Z")
    assert conditions(made) & {"contact", "ours"}


def test_who_pays_and_how_to_verify_must_be_said(desk, config):
    for key in ("sender", "sponsor", "verify"):
        c = config()
        text = c.read_text().splitlines()
        settings = json.loads(text[-1].removeprefix("notice: "))
        del settings[key]
        c.write_text("\n".join(text[:-1]) + f"\nnotice: {json.dumps(settings)}\n")
        made, = draft(desk, c, SHOP, code=1)
        assert "accountable" in conditions(made), (key, made)


def test_used_wrongly_it_says_what_to_do(desk, config):
    c = config()
    for args, words in (
            (["draft", SHOP, "--by", "akari"], "--to"),
            (["draft", "--to", "registrar", "--by", "akari"], "name the domains"),
            (["draft", SHOP, "--to", "police", "--by", "akari"], "no kind of recipient"),
            (["draft", SHOP, "--to", "registrar"], "--by"),
            (["draft", SHOP, "--to", "registrar", "--by", "mallory"], "no reviewer"),
            (["draft", SHOP, "--to", "search", "--by", "akari"], "--party"),
            (["draft", SHOP, "--to", "registrar", "--by", "akari", "--matter", "fraud"], "--matter"),
            (["draft", SHOP, "--to", "registrar", "--by", "akari", "--mandate", "none-such"],
             "no mandate"),
            (["draft", "--network", "none-such", "--to", "registrar", "--by", "akari"],
             "no network"),
            (["show", "N-0000000000000000"], "no such notice"),
            (["approve", "N-0000000000000000", "--by", "akari"], "no such notice"),
            (["burn"], "try: assay notice")):
        assert words in notice(desk, c, *args, code=2).err, args


# ---- sending


def test_a_desk_that_puts_us_off_is_asked_again_and_one_that_refuses_is_not(desk, config):
    box = mail.Box(recipients={DESK: "451 4.7.1 greylisted"})
    with mail.Relay(box) as relay:
        c = config(relay.address)
        made, = draft(desk, c, SHOP)
        approve(desk, c, made["reference"])
        told, = notice(desk, c, "send", code=1).records()
        assert told["state"] == "deferred" and "greylisted" in told["answer"]
        box.recipients[DESK] = "550 5.1.1 no such mailbox"
        told, = notice(desk, c, "send", code=1).records()
        assert told["state"] == "refused"
        box.recipients.clear()
        assert notice(desk, c, "send").out == "" and box.messages == []


def test_what_is_uncertain_stays_so_until_somebody_sends_it_again(desk, config):
    """The relay goes away behind the message: it may have it. The Message-ID stays the same."""
    box = mail.Box(die="behind the message")
    with mail.Relay(box) as relay:
        c = config(relay.address)
        made, = draft(desk, c, SHOP)
        approve(desk, c, made["reference"])
        told, = notice(desk, c, "send", code=1).records()
        assert told["state"] == "unknown"
        shown, = notice(desk, c, "show", made["reference"]).records()
        assert shown["uncertain"]
        assert notice(desk, c, "send").out == ""
        box.die = None
        notice(desk, c, "send", "--again")
        assert read(box.messages[0][2])["Message-ID"] == f"<{shown['message_id']}>"


def test_no_more_leave_in_an_hour_than_the_desk_allows(desk, config):
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address, per_hour=1)
        for domain in (SHOP, OTHER):
            made, = draft(desk, c, domain)
            approve(desk, c, made["reference"])
        first, second = notice(desk, c, "send", code=1).records()
        assert first["state"] == "sent" and "per_hour" in second["answer"]
        assert notice(desk, c, "send", code=1, at="2026-11-22T01:30:00Z").records()[0]["state"] == "approved"
        assert notice(desk, c, "send", at="2026-11-22T02:01:00Z").records()[0]["state"] == "sent"
        assert len(relay.handler.messages) == 2


def test_one_that_has_not_left_is_withdrawn_and_one_that_has_is_not(desk, config):
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        one, two = (draft(desk, c, d)[0]["reference"] for d in (SHOP, OTHER))
        assert "--reason" in notice(desk, c, "withdraw", one, "--by", "akari", code=2).err
        notice(desk, c, "withdraw", one, "--by", "akari", "--reason", "a slip")
        assert "withdrawn already" in approve(desk, c, one, code=2).err
        approve(desk, c, two)
        notice(desk, c, "send")
        assert "retraction" in notice(desk, c, "withdraw", two, "--by", "akari", "--reason", "x",
                                      code=2).err


# ---- across kill -9


def killed(store, config, delay):
    """assay notice send, killed after a while; its exit code."""
    process = subprocess.Popen(
        [assay.program(), "notice", "send", "--store", store, "--config", config],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait(delay)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def test_killed_at_any_moment_nothing_is_sent_twice_and_nothing_is_lost(desk, config):
    """Counted at the server: every notice is there once, or is shown as uncertain."""
    runs, seed = (100, None) if assay.LONG else (6, 7)
    rng = random.Random(seed)
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address, per_hour=100000, contact_days=400)
        for i in range(runs):
            day = f"2026-11-22T{i // 60:02}:{i % 60:02}:30Z"
            made = draft(desk, c, SHOP, "--case", f"case-{i}", at=day)[0]
            approve(desk, c, made["reference"], at=day)
            killed(desk, c, rng.uniform(0.02, 0.5))
        while killed(desk, c, 60) not in (0, 1):
            pass
        came = [read(m[2])["Message-ID"] for m in relay.handler.messages]
        assert len(came) == len(set(came)), "twice"
        for n in notice(desk, c, "list").records():
            there = f"<{n['reference']}@desk.example>" in came
            assert n["uncertain"] or (n["state"] == "sent") == there, n
            assert there or n["uncertain"], n
    sealed(desk)


# ---- taken back


def test_a_correction_reaches_everybody_who_was_told_and_only_them(desk, config, tmp_path):
    """Registrar and reseller were told of two shops; one was listed in error. Each hears it once, as an
    answer to what it was told; the other shop stays asked for."""
    give(desk, tmp_path, *(registration(d, reseller="Hanabi Web Services (synthetic)",
                                        at="2026-11-21T06:00:00Z") for d in (SHOP, OTHER)))
    providers = tmp_path / "providers"
    providers.mkdir()
    (providers / "hanabi.yaml").write_text(
        "key: 'reseller:hanabi web services synthetic'\nkind: reseller\n"
        "name: Hanabi Web Services (synthetic)\nmail: abuse@hanabi-reseller.test\n"
        "checked: 2026-11-20\nsource: written for this test\n")
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address, providers=str(providers))
        told = draft(desk, c, SHOP, OTHER, "--case", "net-y", to="registrar,reseller")
        for made in told:
            approve(desk, c, made["reference"])
        notice(desk, c, "send")
        assert len(relay.handler.messages) == 2
        follow = lambda at: notice(desk, c, "follow", at=at)  # noqa: E731
        follow("2026-11-22T02:00:00Z")
        assert len(relay.handler.messages) == 2, "nothing was corrected yet"
        decide(desk, OTHER, "benedikt", "unverified", destination="JP",
               reason="the licence was overlooked", at="2026-11-22T03:00:00Z")
        follow("2026-11-22T04:00:00Z")
        follow("2026-11-22T05:00:00Z")
        came = [read(m[2]) for m in relay.handler.messages[2:]]
    assert sorted(m["To"] for m in came) == ["abuse@hanabi-reseller.test", DESK]
    for m in came:
        first = next(f for f in told if f"<{f['reference']}@desk.example>" == m["In-Reply-To"])
        text = m.get_body(("plain",)).get_content()
        assert OTHER in text and SHOP not in text, text
        assert "licence was overlooked" in text and first["reference"] in text
    listed = {n["reference"]: n for n in notice(desk, c, "list").records()}
    for made in told:
        outcome = {d["subject"]["key"]: d["outcome"] for d in listed[made["reference"]]["domains"]}
        assert outcome == {SHOP: "pending", OTHER: "withdrawn"}
    assert sum(n["purpose"] == "retraction" for n in listed.values()) == 2
    sealed(desk)
    check_records(timeline(desk))
