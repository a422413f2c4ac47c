"""The whole story in the miniature Internet (tests/world/README.md): one notice on 27 domains, on a
mandate, by a real mail server to desks that answer, are silent, bounce and greylist; what comes back;
who acted, and what escaped.

    21  registrar one    by reseller hanabi; says that it acted; suspends 20, kotori moves to four
     3  registrar two    its desk bounces
     3  registrar three  never answers
     1  registrar four   gains kotori: told by itself, greylists, then gives a number

The clock of the story is its own: what is collected is put down to the day that it stands for. Pages
and decisions are those of examples/, registrations, names and mails are the world's."""

import json
import shutil
from collections import Counter

import assay
import pytest
from collected import Collected
from test_notice import VANTAGES

ESCAPED = "kotori-yakubin.example"
# Of these the examples have one capture.
SEEN_ONCE = ["lakeside-quilting-club.example", "amagumo-drugs.example",
             "xn--p8jrb4byi8era6005d.example"]
MINISTRY = "Demonstration Ministry (synthetic)"
ONE, TWO, THREE, FOUR = (f"registrar:9900{n}" for n in (1, 2, 3, 4))
HANABI = "reseller:hanabi web services synthetic"
SEEN, DECIDED = "2026-11-21T12:00:00Z", "2026-11-22T00:30:00Z"
SENT, ANSWERED = "2026-11-22T01:00:00Z", "2026-11-22T05:00:00Z"
AGAIN, FOLLOWED, LATER = "2026-11-24T00:00:00Z", "2026-11-24T01:00:00Z", "2026-11-24T02:00:00Z"
TWO_WEEKS = "2026-12-07T00:00:00Z"
PARTIES = {ONE: 21, TWO: 3, THREE: 3, HANABI: 21}


@pytest.fixture(scope="module")
def post():
    """A world with a mail server of the desk's own."""
    from world import Unavailable, World
    try:
        world = World(mail=True)
    except Unavailable as e:
        pytest.skip(str(e))
    with world:
        yield world


class Desk:
    def __init__(self, world, folder, shipped):
        self.world, self.folder = world, folder
        self.store, self.config = folder / "store", folder / "desk.yaml"
        shutil.copytree(shipped, self.store)
        self.names = world.plan.groups["network"]
        world.config(folder / "assay.yaml", only=["jp-direct"], registration_ms=30, seconds=20)
        self._directory()
        self._configure()
        self.heard = 0

    def __call__(self, *args, at, code=0):
        return assay.run(*args, "--store", self.store, "--config", self.config, "--at", at,
                         code=code, before=self.world.inside)

    def _directory(self):
        """Where registrars have offices, and how the reseller is reached: no registry says so."""
        folder = self.folder / "providers"
        folder.mkdir()
        plan = self.world.plan
        for key, country in (("one", "JP"), ("two", "GB"), ("three", "US"), ("four", "US")):
            r = plan.registrars[key]
            (folder / f"{key}.yaml").write_text(
                f"key: registrar:{r['iana_id']}\nkind: registrar\nname: {r['name']}\n"
                f"iana_id: {r['iana_id']}\ncountry: [{country}]\nmail: {r['abuse']['mail']}\n"
                f"checked: 2026-11-20\nsource: tests/world\n")
        r = plan.resellers["hanabi"]
        (folder / "hanabi.yaml").write_text(
            f"key: {HANABI}\nkind: reseller\nname: {r['name']}\ncountry: [JP]\n"
            f"mail: {r['abuse']['mail']}\nchecked: 2026-11-20\nsource: tests/world\n")

    def _configure(self):
        key = self.folder / "ministry.key"
        pin = assay.run("mandate", "key", "ministry.example", "--key-file", key).out.strip()
        vantages = self.folder / "desk-vantages.yaml"
        vantages.write_text(VANTAGES)
        self.config.write_text(
            assay.CONFIG.read_text() + "appeal_address: appeal@notice-desk.test\n" + "".join(
                f"{name}: {json.dumps(value)}\n" for name, value in {
                    "collect": {"vantages": str(vantages)},
                    "mail": {"relay": "127.0.0.25:25", "from": "notices@notice-desk.test"},
                    "mandates": [{"key": pin, "issuer": MINISTRY, "country": "JP"}],
                    "notice": {"sender": "Demonstration Desk (synthetic)", "sponsor": "nobody",
                               "on_behalf": MINISTRY, "verify": "https://desk.example/d/",
                               "evidence_days": 400, "mailbox": str(self.world.mailbox()),
                               "providers": str(self.folder / "providers")}}.items()))
        plain, note = self.folder / "mandate.json", self.folder / "mandate.note"
        plain.write_text(json.dumps({
            "mandate": "jp-1", "issuer": MINISTRY, "country": "JP",
            "holder": "Demonstration Desk (synthetic)", "designated": True,
            "private_delegate": True, "clauses": ["RAA 3.18.3"],
            "scope": [{"destinations": ["JP"], "matters": ["rogue"],
                       "recipients": ["registrar", "reseller"]}],
            "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
            "feed": "https://ministry.example/feed"}))
        note.write_text(assay.run("mandate", "sign", plain, "--key-file", key).out)
        self("mandate", "add", note, "--by", "akari", at=SEEN)

    def collect(self, at, *more):
        """A round, put down to a time of the story: registrations, names, what changed of them."""
        round_ = Collected(self.world, self.folder, self.names, "--pages", "0", *more)
        file = self.folder / f"seen-{at[:10]}.jsonl"
        with open(file, "w", encoding="utf-8") as out:
            for record in round_.records:
                if record["what"] not in ("registration", "dns", "change"):
                    continue
                record.pop("id", None)
                record["at"] = at
                if "change" in record:
                    record["change"]["since"] = SEEN
                out.write(json.dumps(record) + "\n")
        self("run", file, at=at)
        return round_

    def look_again(self, names):
        """Nothing is listed on one capture: make another from Japan, as it is shown there."""
        proxy = self.world.plan.vantages["JP"]["address"]
        for name in names:
            page = self.world.run(["curl", "-sfg", "-x", f"http://{proxy}:3128",
                                   f"https://{name}/"], check=True).stdout
            saved = self.folder / "sites" / name / "2026-11-21T110000Z@jp-mobile"
            saved.mkdir(parents=True)
            (saved / "index.html").write_bytes(page)
        self("run", self.folder / "sites", at=SEEN)

    def decide(self):
        """All 27 are rogue by the grounds of the examples; two people decide those that wait."""
        self.look_again(SEEN_ONCE)
        acts = [{"type": "decision", "v": 1, "at": at,
                 "subject": {"kind": "registrable", "key": name},
                 "src": f"reviewer:{who}", "cells": [{"destination": "JP", "class": "rogue"}],
                 "reason": "both captures read", "mass": "all 27 are one network"}
                for name in self.undecided()
                for who, at in (("akari", SEEN), ("benedikt", DECIDED))]
        file = self.folder / "decisions.jsonl"
        file.write_text("".join(json.dumps(a) + "\n" for a in acts))
        self("run", file, at=DECIDED)
        assert self.undecided() == []

    def undecided(self):
        """Those that no decision in force calls rogue for Japan."""
        asked = self("lookup", "--destination", "JP", "--format", "json", *self.names, at=DECIDED,
                     code={0, 1}).records()
        assert len(asked) == len(self.names)
        return [a["name"] for a in asked if not any(c["state"] == "listed" for c in a["cells"])]

    def notices(self, at=TWO_WEEKS):
        return {(n["recipient"]["key"], n["purpose"]): n for n in
                self("notice", "list", at=at).records()}

    def outcomes(self, party, purpose="request"):
        n, = self("notice", "show", self.notices()[party, purpose]["reference"],
                  at=TWO_WEEKS).records()
        return Counter(d["outcome"] for d in n["domains"])

    def follow(self, at, mails):
        """Wait until so many mails came back, and follow."""
        self.world.received(mails)
        return self("notice", "follow", at=at, code={0, 1}).records()


@pytest.fixture(scope="module")
def desk(post, shipped, tmp_path_factory):
    return Desk(post, tmp_path_factory.mktemp("notices"), shipped)


def test_from_one_notice_on_27_domains_to_what_came_of_it(post, desk):
    desk.collect(SEEN)
    desk.decide()
    # One notice each: registrars and the reseller.
    made = desk("notice", "draft", *desk.names, "--to", "registrar,reseller", "--case",
                "net-himawari", "--mandate", "jp-1", "--by", "akari", at=SENT).records()
    assert {m["party"]: len(m["domains"]) for m in made} == PARTIES, made
    assert all(m["passes"] for m in made)
    for m in made:
        desk("notice", "approve", m["reference"], "--by", "benedikt", at=SENT)
    sent = desk("notice", "send", at=SENT).records()
    assert [s["state"] for s in sent] == ["sent"] * 4, "the desk's mail server queues them all"

    # A number and a claim from one, a question from the reseller, a bounce of two; three is silent.
    said = desk.follow(ANSWERED, mails=4)
    mails = Counter((m["class"], m["matched"]) for m in said if "mail" in m)
    assert mails == {("ticket", "answer"): 1, ("claim", "answer"): 1, ("request", "answer"): 1,
                     ("bounce", "answer"): 1}
    assert not any(m.get("stranger") for m in said if "mail" in m)
    # A claim is no outcome.
    assert desk.outcomes(ONE) == {"acknowledged": 21} == desk.outcomes(HANABI)
    assert desk.outcomes(TWO) == {"bounced": 3} and desk.outcomes(THREE) == {"pending": 3}

    # One suspends 20 of its 21, the other one escapes: the re-check finds each.
    post.step("suspend-twenty", "transfer")
    desk.collect(AGAIN, "--again")
    said = desk.follow(FOLLOWED, mails=4)
    moved = {(r["domain"], r["moved_to"]) for r in said if r.get("outcome") == "moved"}
    assert moved == {(ESCAPED, FOUR)}
    assert desk.outcomes(ONE) == {"acted": 20, "moved": 1} == desk.outcomes(HANABI)
    # Who gained it is told by itself, with the history, and who lost it that it is asked no more.
    follow_ups = {(r["party"], r["purpose"]): r["domains"] for r in said if "purpose" in r}
    assert follow_ups == {(FOUR, "arrived"): 1, (ONE, "departed"): 1, (HANABI, "departed"): 1}
    desk_of_four = post.plan.registrars["four"]["abuse"]["mail"]
    # Its desk greylists; the mail server comes again; and a number comes back. The others answer to
    # that it is asked of them no more as they do to anything.
    said = desk.follow(LATER, mails=8)
    (_, letter), = post.mail(desk_of_four)
    assert ESCAPED.encode() in letter
    assert desk.notices()[ONE, "request"]["reference"].encode() in letter
    told = desk.notices()[FOUR, "arrived"]["reference"]
    assert [(m["class"], m["ticket"]) for m in said if "mail" in m and m["reference"] == told] == [
        ("ticket", "FW-00001")]
    assert desk.outcomes(FOUR, "arrived") == {"acknowledged": 1}
    first = [r for r in post.log("smtp") if r["desk"] == desk_of_four and r["verb"] == "RCPT"]
    assert first and first[0]["answer"].startswith("451")

    # Silence is an outcome when its time has come, and of nobody who answered.
    said = desk.follow(TWO_WEEKS, mails=8)
    assert Counter(r["outcome"] for r in said if "outcome" in r) == {"silent": 3}
    assert desk.outcomes(THREE) == {"silent": 3} and desk.outcomes(TWO) == {"bounced": 3}
    # By hand: 27 told on 22 November; 20 acted upon and one moved on the 24th, two days less an
    # hour later; six still up on 7 December, after 15 days less an hour.
    rows = {r["days"]: r for s in said if "survival" in s for r in s["survival"]}
    assert rows[1] == {"days": 1, "told": 27, "acted": 0, "moved": 0, "up": 27, "open": 0}
    assert rows[14] == {"days": 14, "told": 27, "acted": 20, "moved": 1, "up": 6, "open": 0}
    assert rows[30] == {"days": 30, "told": 27, "acted": 20, "moved": 1, "up": 0, "open": 6}
    # Nobody got anything twice.
    assert {d: len(post.mail(d)) for d in post.plan.desks() if post.mail(d)} == {
        "abuse@registrar-one.test": 2, "abuse@registrar-three.test": 1,
        "desk@hanabi-reseller.test": 2, desk_of_four: 1}
    the_scorecards_are_those_worked_out_by_hand(desk)
    a_complaint_is_made_of_who_was_told_and_did_nothing(desk)
    # All of it is in the ledger.
    assay.run("ledger", "verify", "--store", desk.store)
    assay.run("store", "check", "--store", desk.store)


def the_scorecards_are_those_worked_out_by_hand(desk):
    """Told at 01:00 on the 22nd; the holds were seen at 00:00 on the 24th: 47 hours, 169,200 s. Of the
    21 at risk then 20 fell: 1 in 21 is still up, 47,619 ppm, and what moved away ends its watch there."""
    cards = {c["party"]: c for c in desk("registrar", "scorecard", at=TWO_WEEKS).records()}
    assert set(cards) == {ONE, TWO, THREE, FOUR, HANABI}
    told = {p: {k: n for k, n in c["domains"].items() if n} for p, c in cards.items()}
    assert told == {ONE: {"told": 21, "acted": 20, "moved": 1}, TWO: {"told": 3, "bounced": 3},
                    THREE: {"told": 3, "silent": 3}, FOUR: {"told": 1, "acknowledged": 1},
                    HANABI: {"told": 21, "acted": 20, "moved": 1}}
    for party in (ONE, HANABI):
        effect = cards[party]["effect"]
        assert effect["median"]["s"] == 169200 and effect["effects"] == 20, effect
        assert [(p["s"], p["at_risk"], p["effects"], p["still_ppm"]) for p in effect["curve"]] == [
            (169200, 21, 20, 47619)]
    assert {p: (c["escapes"]["out"], c["escapes"]["in"]) for p, c in cards.items()} == {
        ONE: (1, 0), TWO: (0, 0), THREE: (0, 0), FOUR: (0, 1), HANABI: (1, 0)}
    # Nobody with fewer than ten domains is ranked.
    assert {p for p, c in cards.items() if "rank" in c} == {ONE, HANABI}
    # On the mandate where the registrar has an office in its country, and nowhere else.
    by_basis = {p: {b: n["acted"] for b, n in c["by_basis"].items() if n["told"]}
                for p, c in cards.items()}
    assert by_basis == {ONE: {"mandate": 20}, TWO: {"contract": 0}, THREE: {"contract": 0},
                        FOUR: {"contract": 0}, HANABI: {"voluntary": 20}}
    said = {p: {k for k, n in c["replies"].items() if n} for p, c in cards.items()}
    assert said == {ONE: {"ticket", "claim"}, TWO: {"bounce"}, THREE: set(), FOUR: {"ticket"},
                    HANABI: {"request"}}


def a_complaint_is_made_of_who_was_told_and_did_nothing(desk):
    def complain(party, code=0):
        folder = desk.folder / party.replace(":", "-")
        reference = desk.notices()[party, "request"]["reference"]
        ran = desk("notice", "complaint", reference, "--out", folder, at=TWO_WEEKS, code=code)
        return ran, folder

    assert "the registrar acted" in complain(ONE, code=2)[0].err
    assert "was not told" in complain(TWO, code=2)[0].err
    _, pack = complain(THREE)
    text = (pack / "complaint.txt").read_text()
    held = [d["name"] for d in desk.world.plan.domains.values()
            if d["group"] == "network" and d["registrar"] == "three"]
    assert len(held) == 3 and all(name in text for name in held) and ESCAPED not in text
    for words in ("3.18.1", "99003", "Sent: 2026-11-22T01:00:00Z",
                  "An answer was expected until: 2026-11-24T01:00:00Z",
                  "An effect was expected until: 2026-11-29T01:00:00Z",
                  "Since it was told: 14 days"):
        assert words in text, words
    # Its office is not in the mandate's country.
    assert "3.18.3" not in text
    for proof in (pack / "proof").iterdir():
        assay.run("ledger", "verify", proof, "--key", desk.store / "ledger/key.pub")
