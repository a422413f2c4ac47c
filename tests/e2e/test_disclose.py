"""assay disclose: the operator is told before a listing, once, at addresses that the site publishes."""

import contextlib
import email
import email.policy
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess

import assay
import mail
import pytest
from aiosmtpd.smtp import AuthResult
from test_schema import check_records

SHOP = "wakaba-kojin-yunyu.example"    # rogue for JP, publishes support@, in Japanese, pending
TWO = "harukaze-rx.example"            # publishes info@ and english@
FOREIGN = "klinik-lindenhain.example"  # licensed where it dispenses, not for US
LISTED = "tanpopo-import.example"
SUPPORT = f"support@{SHOP}"
LATER = "2026-11-22T01:00:00Z"


@pytest.fixture
def config(tmp_path):
    """Write an assay.yaml with a relay, or with none."""
    def write(relay=None, **more):
        shown = {"relay": relay, "from": "desk@desk.example", "timeout_s": 10, **more}
        keys = ", ".join(f"{k}: '{v}'" if isinstance(v, str) else f"{k}: {v}"
                         for k, v in shown.items() if v is not None)
        path = tmp_path / "assay.yaml"
        path.write_text(assay.CONFIG.read_text().replace("disclosure_days: 0\n", "")
                        + f"appeal_address: appeal@desk.example\nmail: {{{keys}}}\n")
        return path
    return write


def disclose(store, config, *args, code=0, at=LATER):
    return assay.run("disclose", *args, "--store", store, "--config", config, "--at", at, code=code)


def prepare(store, config, subject, *more, **how):
    return disclose(store, config, "prepare", subject, *more, **how).records()


def listed(store, config, **how):
    return disclose(store, config, "list", **how).records()


def contacts(store, config, subject=SHOP, **how):
    return [(c["contact"], c["state"]) for d in listed(store, config, **how)
            if d["subject"]["key"] == subject for c in d["contacts"]]


def read(message):
    return email.message_from_bytes(message, policy=email.policy.default)


def words(letter):
    return " ".join(letter.split())


def whole(store):
    assay.run("ledger", "verify", "--store", store)
    assay.run("store", "check", "--store", store)


def test_a_letter_arrives_and_a_second_run_sends_nothing(store, config):
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        made, = prepare(store, c, SHOP, "--destination", "JP", "--by", "akari")
        assert made["state"] == "prepared" and made["language"] == "ja"
        sent, = disclose(store, c, "send").records()
        assert sent == {"reference": made["reference"], "contact": SUPPORT, "state": "sent",
                        "answer": "250 2.0.0 Ok: queued as 4711"}
        assert disclose(store, c, "send").out == ""
        (sender, to, content, _, helo), = relay.handler.messages
    assert (sender, to, helo) == ("desk@desk.example", [SUPPORT], "desk.example")
    message = read(content)
    assert message["From"] == "assay <desk@desk.example>" and message["To"] == SUPPORT
    assert message["Reply-To"] == "appeal@desk.example"
    assert message["Message-ID"] == f"<{made['reference']}.1@desk.example>"
    assert message["Date"].datetime.isoformat() == "2026-11-22T01:00:00+00:00"
    assert message["Auto-Submitted"] == "auto-generated" and message["Content-Language"] == "ja"
    assert SHOP in message["Subject"] and made["reference"] in message["Subject"]
    assert message.get_content_type() == "text/plain" and not message.is_multipart()
    shown = disclose(store, c, "show", made["reference"]).records()[0]
    assert message.get_content().replace("\r\n", "\n") == shown["letter"]
    assert message["Subject"] == shown["subject_line"]
    assert contacts(store, c) == [(SUPPORT, "sent")]
    whole(store)


def test_the_letter_says_what_where_when_by_which_law_and_how_to_answer(store, config):
    c = config()
    made, = prepare(store, c, SHOP, "--destination", "JP")
    letter = disclose(store, c, "show", made["reference"]).records()[0]["letter"]
    local, english = letter.split("-" * 72)
    for part in (local, english):
        assert "処方箋不要" in part and "PMD Act" in part and "jp-rx-without-prescription" in part
        assert "appeal@desk.example" in part and made["reference"] in part
        assert "2026-11-29T01:00:00Z" in part, "not before: seven days"
    answer, = assay.run("review", "show", SHOP, "--store", store).records()
    quoted = {q["evidence"] for cell in answer["cells"] for f in cell.get("findings", [])
              for q in f["quotations"]}
    told = set(re.findall(r"sha256:[0-9a-f]{64}", letter))
    assert told and told <= quoted
    assert "://" not in letter and "\r" not in letter


def test_every_letter_of_the_examples(store, config):
    """All that wait: plain text, narrow, no name or address of anybody, in the language of the pages."""
    c = config()
    rows = assay.table(assay.EXAMPLES / "expected.tsv")
    pending = {r["subject"] for r in rows if r["state"] == "pending"}
    languages = {}
    for subject in sorted(pending):
        for made in prepare(store, c, subject):
            shown = disclose(store, c, "show", made["reference"]).records()[0]
            languages[subject] = made["language"]
            letter = shown["letter"]
            addresses = set(re.findall(r"[\w.+-]+@[\w-]+\.[\w.-]+\w", letter))
            assert addresses == {"appeal@desk.example"}, (subject, addresses)
            assert "rogue" in letter or "unapproved" in letter or "no accusation" in words(letter)
            assert "://" not in letter + shown["subject_line"], subject
            assert "<" not in letter and "\x1b" not in letter
    assert len(languages) == len(pending) > 15
    assert languages[SHOP] == "ja" and languages[FOREIGN] in ("de", "en")
    assert {"ja", "en", "de"} <= set(languages.values()), languages
    assert languages["farmacia-sin-receta.example"] == "es"
    assert languages["pharmacie-sans-visite.example"] == "fr"
    whole(store)


def test_the_innocent_get_no_letter(store, config):
    c = config()
    rows = assay.table(assay.EXAMPLES / "expected.tsv")
    faulty = {r["subject"] for r in rows if r["class"] in ("rogue", "unapproved")}
    innocent = sorted({r["subject"] for r in rows} - faulty)
    assert "harborlight-pharmacy.example" in innocent and len(innocent) > 20
    for subject in innocent:
        ran = disclose(store, c, "prepare", subject, code=2)
        assert "nothing to tell" in ran.err or "nothing is" in ran.err, ran
    for destination, said in (("US", "legitimate"), ("JP", "")):
        ran = disclose(store, c, "prepare", "harborlight-pharmacy.example", "--destination",
                       destination, code=2)
        assert said in ran.err
    ran = disclose(store, c, "prepare", "never-seen.example", code=2)
    assert "never-seen.example" in ran.err
    assert listed(store, c) == []


def test_a_licensed_pharmacy_is_told_without_an_accusation(store, config):
    c = config()
    made, = prepare(store, c, FOREIGN)
    letter = disclose(store, c, "show", made["reference"]).records()[0]["letter"]
    assert "This letter is no accusation" in words(letter) and "rogue" not in letter
    assert "Register: " in letter
    assert made["destinations"] == ["US"]


def test_no_published_contact_is_recorded_and_counts_as_tried(store, config):
    c = config()
    made, = prepare(store, c, FOREIGN)
    assert made["state"] == "unreachable" and made["contacts"] == []
    assert made["reason"] == "the pages publish no contact"
    assert disclose(store, c, "send").out == ""
    whole(store)


def test_preparing_twice_makes_one_letter(store, config):
    c = config()
    first, = prepare(store, c, SHOP, "--by", "akari")
    again, = prepare(store, c, SHOP, "--by", "benedikt", at="2026-11-23T00:00:00Z")
    assert again["reference"] == first["reference"] and len(listed(store, c)) == 1
    whole(store)


def test_the_time_to_answer_runs_from_when_it_was_taken(store, config):
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        prepare(store, c, SHOP)
        state = [d["state"] for d in listed(store, c, at="2026-12-24T00:00:00Z")]
        assert state == ["prepared"], "nobody was told yet"
        disclose(store, c, "send", at="2026-11-24T00:00:00Z")
    now, = listed(store, c, at="2026-11-30T23:59:59Z")
    assert (now["state"], now["until"]) == ("wait", "2026-12-01T00:00:00Z")
    now, = listed(store, c, at="2026-12-01T00:00:00Z")
    assert now["state"] == "waited"


def test_a_refused_address_is_final_and_a_deferred_one_tried_again(store, config):
    one, two = f"info@{TWO}", f"english@{TWO}"
    box = mail.Box({one: f"550 5.1.1 <{one}>: no such user", two: f"451 4.3.0 <{two.upper()}> later"})
    with mail.Relay(box) as relay:
        c = config(relay.address)
        prepare(store, c, TWO)
        ran = disclose(store, c, "send", code=1)
        assert [r["state"] for r in ran.records()] == ["refused", "deferred"]
        answers = [r["answer"] for r in ran.records()]
        assert answers[0] == f"550 5.1.1 <{one}>: no such user"
        assert answers[1] == f"451 4.3.0 <e...@{TWO}> later", "records do not show whose it is"
        later = [d["state"] for d in listed(store, c, at="2026-11-29T01:00:00Z")]
        assert later == ["unreachable"], "put off for as long as an answer may take"
        box.recipients = {}
        assert [r["state"] for r in disclose(store, c, "send", at="2026-11-22T02:00:00Z").records()] \
            == ["sent"]
        assert box.asked == [one, two, two]
        assert disclose(store, c, "send").out == ""
    assert contacts(store, c, TWO) == [(one, "refused"), (f"e...@{TWO}", "sent")]
    whole(store)


def test_refused_everywhere_counts_as_tried(store, config):
    with mail.Relay(mail.Box({SUPPORT: "550 no"})) as relay:
        c = config(relay.address)
        prepare(store, c, SHOP)
        disclose(store, c, "send", code=1)
    assert listed(store, c)[0]["state"] == "unreachable"


def test_a_message_refused_behind_data_is_refused(store, config):
    with mail.Relay(mail.Box(data="554 5.7.1 we take no such mail")) as relay:
        c = config(relay.address)
        prepare(store, c, SHOP)
        sent, = disclose(store, c, "send", code=1).records()
    assert (sent["state"], sent["answer"]) == ("refused", "554 5.7.1 we take no such mail")


@pytest.mark.parametrize("box, dying", [(mail.Box(die="behind the message"), False),
                                        (mail.Box(), True)])
def test_a_server_that_dies_leaves_it_unknown_and_nothing_is_sent_again(store, config, box, dying):
    with mail.Relay(box, dying=dying) as relay:
        c = config(relay.address)
        prepare(store, c, SHOP)
        sent, = disclose(store, c, "send", code=1).records()
        assert sent["state"] == "unknown", sent
        assert disclose(store, c, "send").out == ""
        assert listed(store, c)[0]["state"] == "prepared", "nobody knows that it was taken"
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        sent, = disclose(store, c, "send", "--again", at="2026-11-22T02:00:00Z").records()
        assert sent["state"] == "sent"
        assert len(relay.handler.messages) == 1
    whole(store)


def test_a_crash_while_sending_leaves_sending_and_nothing_is_sent_again(store, config):
    """A server that says nothing holds the program, which is killed."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        c = config(f"127.0.0.1:{silent.getsockname()[1]}")
        prepare(store, c, SHOP)
        running = subprocess.Popen([assay.program(), "disclose", "send", "--store", store, "--config", c],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=assay.ROOT)
        silent.settimeout(60)
        peer, _ = silent.accept()
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        peer.close()
    assert contacts(store, c) == [(SUPPORT, "sending")]
    text = disclose(store, c, "list", "--format", "text").out
    assert "nobody knows" in text
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        assert disclose(store, c, "send").out == "" and relay.handler.messages == []
        disclose(store, c, "send", "--again")
        assert len(relay.handler.messages) == 1
    assert contacts(store, c) == [(SUPPORT, "sent")]
    whole(store)


def test_a_relay_that_is_not_there_is_an_error_and_the_letter_waits(store, config):
    c = config("127.0.0.1:1")
    prepare(store, c, SHOP)
    ran = disclose(store, c, "send", code=2)
    assert "takes no mail of ours" in ran.err
    assert contacts(store, c) == [(SUPPORT, "deferred")]
    later, = listed(store, c, at="2027-11-22T00:00:00Z")
    assert later["state"] == "prepared", "nothing was tried"
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        disclose(store, c, "send", at="2026-11-22T02:00:00Z")
        assert len(relay.handler.messages) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_relay_that_wants_no_mail_of_ours_refuses_no_recipient(store, config):
    """530 before a recipient was named is about us: the operator of the site must not count as gone."""
    with mail.Relay(mail.Box(), require_starttls=True, tls_context=None, auth_required=True,
                    auth_require_tls=False) as relay:
        c = config(relay.address)
        prepare(store, c, SHOP)
        ran = disclose(store, c, "send", code=2)
        assert "takes no mail of ours" in ran.err and "530" in ran.err
    assert contacts(store, c) == [(SUPPORT, "deferred")]


def test_starttls_with_a_certificate_that_is_trusted(store, config, tmp_path):
    cert, context = mail.certificate(tmp_path)
    with mail.Relay(mail.Box(), tls_context=context, require_starttls=True) as relay:
        c = config(relay.address, tls="starttls", ca_file=str(cert))
        prepare(store, c, SHOP)
        disclose(store, c, "send")
        message, = relay.handler.messages
        assert message[3], "sent without TLS"


def test_a_certificate_that_is_not_trusted_gets_no_letter(store, config, tmp_path):
    _, context = mail.certificate(tmp_path)
    with mail.Relay(mail.Box(), tls_context=context) as relay:
        c = config(relay.address, tls="starttls")
        prepare(store, c, SHOP)
        ran = disclose(store, c, "send", code=2)
        assert "takes no mail of ours" in ran.err
        assert relay.handler.messages == [] and relay.handler.asked == []


def test_a_relay_without_starttls_gets_none_where_it_is_required(store, config):
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address, tls="starttls")
        prepare(store, c, SHOP)
        disclose(store, c, "send", code=2)
        assert relay.handler.messages == [] and relay.handler.asked == []


def test_no_mail_goes_out_in_the_clear_but_on_loopback(store, config):
    c = config("mail.desk.example:25", tls="none")
    prepare(store, c, SHOP)
    ran = disclose(store, c, "send", code=2)
    assert "no loopback address" in ran.err
    assert contacts(store, c) == [(SUPPORT, "ready")]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_login_is_read_from_a_file_that_only_its_owner_reads(store, config, tmp_path):
    seen = []

    def check(server, session, envelope, mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"geheim")

    secret = tmp_path / "password"
    secret.write_text("geheim\n")
    how = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    with mail.Relay(mail.Box(), **how) as relay:
        c = config(relay.address, user="desk", password_file=str(secret))
        prepare(store, c, SHOP)
        secret.chmod(0o644)
        assert "password" in disclose(store, c, "send", code=2).err
        assert contacts(store, c) == [(SUPPORT, "ready")] and seen == []
        secret.chmod(0o600)
        ran = disclose(store, c, "send")
        assert seen == [(b"desk", b"geheim")] and len(relay.handler.messages) == 1
    assert "geheim" not in ran.out + ran.err
    with database(store) as db:
        assert all("geheim" not in body for body, in db.execute("SELECT body FROM record"))


def database(store):
    return contextlib.closing(sqlite3.connect(store / "assay.db"))


def test_the_outbox_holds_what_would_be_sent(store, config, tmp_path):
    c = config()
    made, = prepare(store, c, SHOP)
    assert "no relay" in disclose(store, c, "send", code=2).err
    sent, = disclose(store, c, "send", "--outbox", tmp_path / "out").records()
    assert sent["state"] == "written"
    message = read((tmp_path / "out" / f"{made['reference']}.1.eml").read_bytes())
    assert message["To"] == SUPPORT
    assert disclose(store, c, "send", "--outbox", tmp_path / "out").out == ""
    assert listed(store, c)[0]["state"] == "wait"
    whole(store)


def test_a_dry_run_changes_nothing(store, config):
    c = config()
    prepare(store, c, SHOP)
    before = assay.run("ledger", "checkpoint", "--store", store).out
    shown, = disclose(store, c, "send", "--dry-run").records()
    assert read(shown["message"].encode())["To"] == SUPPORT
    assert assay.run("ledger", "checkpoint", "--store", store).out == before
    assert contacts(store, c) == [(SUPPORT, "ready")]


def test_a_site_that_is_listed_already_is_told_so(store, config):
    c = config()
    made, = prepare(store, c, LISTED)
    letter = disclose(store, c, "show", made["reference"]).records()[0]["letter"]
    assert "Nothing has been decided" not in letter and "The site is listed in assay" in letter


HOSTILE = """<!doctype html><html lang="en"><title>Evil</title><body>
<p>Buy Viagra 100 mg $1 each, no prescription needed. We ship to the United States.
<form action=/cart method=post><input name=quantity><button>Add to cart</button></form>
<a href="mailto:a@evil-mail.example%0D%0ABcc:victim@bank.example">x</a>
<a href="mailto:%22a%20b%22@evil-mail.example">x</a>
<a href="mailto:boss@evil-mail.example?bcc=victim@bank.example&amp;body=x">x</a>
<p>Sildenafil 100 mg $2 no prescription required &#13;&#10;.&#13;&#10;RCPT TO:&lt;victim@bank.example&gt;
<footer>sales@evil-mail.example&#13;&#10;victim2@bank.example</footer>
"""


def test_a_hostile_page_cannot_write_a_header_or_choose_a_stranger(tmp_path, config):
    site = tmp_path / "in" / "evil-mail.example"
    for capture in ("2026-09-14T010000Z@us-desktop", "2026-10-20T010000Z@us-desktop"):
        (site / capture).mkdir(parents=True)
        (site / capture / "index.html").write_text(HOSTILE)
    store = tmp_path / "store"
    with mail.Relay(mail.Box()) as relay:
        c = config(relay.address)
        assay.run("run", "--store", store, "--config", c, "--at", assay.AT, tmp_path / "in")
        prepare(store, c, "evil-mail.example")
        disclose(store, c, "send")
        to = sorted(t for _, tos, _, _, _ in relay.handler.messages for t in tos)
        assert to == ["boss@evil-mail.example", "sales@evil-mail.example"]
        assert set(relay.handler.asked) == set(to)
        for _, _, content, _, _ in relay.handler.messages:
            message = read(content)
            assert message["Bcc"] is None and message["Cc"] is None
            assert set(message.keys()) == {"Date", "From", "Reply-To", "Subject", "To", "Message-Id",
                                           "Auto-Submitted", "MIME-Version", "Content-Type",
                                           "Content-Transfer-Encoding", "Content-Language"}
            assert "victim" not in message.get_content()


def test_whole_addresses_lie_in_restricted_evidence_alone(store, config):
    c = config()
    prepare(store, c, TWO)
    whole_address = f"english@{TWO}"
    with database(store) as db:
        bodies = [b for b, in db.execute("SELECT body FROM record WHERE type = 'disclosure'")]
        assert bodies and not any(whole_address in b for b in bodies)
        envelope = json.loads(bodies[0])["envelope"].removeprefix("sha256:")
        cls, = db.execute("SELECT class FROM evidence WHERE sha256 = ?",
                          (bytes.fromhex(envelope),)).fetchone()
    assert cls == "restricted"


@pytest.mark.parametrize("args, said", [
    (["prepare"], "try: assay disclose"),
    (["prepare", SHOP, "--destination", "Japan"], "--destination"),
    (["prepare", SHOP, "--destination", "US"], "nothing to tell"),
    (["prepare", SHOP, "--by", "mallory"], "mallory"),
    (["prepare", "not a name"], "0x20"),
    (["send", "A-0000000000000000"], "no such disclosure"),
    (["fly"], "try: assay disclose"),
])
def test_what_makes_no_sense_is_refused_with_the_reason(store, config, args, said):
    assert said in disclose(store, config(), *args, code=2).err


def test_a_letter_needs_a_way_to_answer(store):
    ran = assay.run("disclose", "prepare", SHOP, "--store", store, "--config", assay.CONFIG, code=2)
    assert "appeal_address" in ran.err


def test_an_unknown_one_is_shown_as_such(store, config):
    ran = disclose(store, config(), "show", "A-0000000000000000", "--format", "text", code=1)
    assert "no such disclosure" in ran.out


def test_what_is_written_is_valid_under_its_schema(store, config, tmp_path):
    one, two = f"info@{TWO}", f"english@{TWO}"
    with mail.Relay(mail.Box({one: "550 no", two: "451 later"})) as relay:
        c = config(relay.address)
        for subject in (TWO, SHOP, FOREIGN, LISTED):
            prepare(store, c, subject, "--by", "akari", "--reason", "read twice")
        disclose(store, c, "send", code=1)
    c = config("127.0.0.1:1")
    disclose(store, c, "send", code=2, at="2026-11-22T02:00:00Z")
    disclose(store, c, "send", "--outbox", tmp_path / "out", at="2026-11-22T03:00:00Z")
    with database(store) as db:
        records = [{**json.loads(b), "id": i.hex()} for i, b in
                   db.execute("SELECT id, body FROM record WHERE type = 'disclosure'")]
    assert {r["state"] for r in records} == {"prepared", "no_contact", "sending", "sent", "refused",
                                             "deferred", "written"}
    assert check_records(records) == {"disclosure"}
