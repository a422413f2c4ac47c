"""assay registrar: parties measured by what was observed. Every number here is worked out by hand."""

import hashlib
import json

import assay
import jsonschema
import pytest
from registered import DAY, HOUR, T0, Ledger, dns, network, record, registration, site, stamp

AT = stamp(T0 + 10 * DAY)
NAMES = [f"pills-{i:02d}.example" for i in range(27)]
ONE, TWO, THREE = NAMES[:21], NAMES[21:24], NAMES[24:]


PRIVATE = "From: Ms. Somebody <somebody@three.example>\n\nDelayed.\n"


def schema(name):
    path = assay.ROOT / f"doc/format/schema/output/{name}.schema.json"
    return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def story():
    """27 domains of one network, at three registrars; 21 of them sold by one reseller.

    At T0 all are told, at registrar one under the mandate. One hour later one's desk sends a ticket,
    at one minute two's mail bounces, hanabi refuses after a day. After one day pills-20 moves to
    four, which is told an hour later. After two days one has suspended its 20. Three is silent: after
    seven days its clock is over. Everything is looked at again after 9 days. Since the notice three
    domains of the network were registered: two at one, one of them parked, and one at three.
    """
    l = Ledger()
    new = ["fresh-1.example", "fresh-2.example", "fresh-3.example"]
    l.saw(network("net-27", NAMES + new, T0 + 3 * DAY))
    for name in NAMES:
        id = 99001 if name in ONE else 99002 if name in TWO else 99003
        l.saw(registration(name, T0 - DAY, id, reseller="Hanabi" if name in ONE else None),
              dns(name, T0 - DAY))
    one = l.told("registrar:99001", ONE, T0, basis="mandate", reference="N-00000000000000a1")
    two = l.told("registrar:99002", TWO, T0, reference="N-00000000000000a2")
    letter = l.kept("Dear desk, please suspend these.\n")
    annex = l.kept('{"annex":[]}\n', media_type="application/json")
    three = l.told("registrar:99003", THREE, T0, reference="N-00000000000000a3", letter=letter,
                   attachments=[{"address": annex, "media_type": "application/json",
                                 "name": "annex.json"}])
    hanabi = l.told("reseller:hanabi", ONE, T0, basis="voluntary", reference="N-00000000000000a4")
    l.reply(one, T0 + HOUR, "ticket", ticket="AB-1187", words="Your ticket is AB-1187.")
    l.reply(two, T0 + 60, "bounce", diagnostic="5.1.1 no such mailbox")
    l.reply(hanabi, T0 + DAY, "refusal", words="We act on the order of a court alone.")
    for name in TWO:
        l.outcome(two, name, "bounced", T0 + 60, by="mail")
    l.outcome(one, "pills-20.example", "moved", T0 + DAY, by="registrar", moved_to="registrar:99004")
    l.outcome(hanabi, "pills-20.example", "moved", T0 + DAY, by="reseller", moved_to="reseller:kaze")
    l.told("registrar:99004", ["pills-20.example"], T0 + DAY + HOUR, basis="mandate",
           mandate="mandate-demo-jp", purpose="arrived", reference="N-00000000000000a5")
    for name in ONE[:20]:
        l.outcome(one, name, "acted", T0 + 2 * DAY, by="status")
        l.outcome(hanabi, name, "acted", T0 + 2 * DAY, by="status")
    for name in THREE:
        l.outcome(three, name, "silent", T0 + 7 * DAY)
    mail = l.kept(PRIVATE, "restricted", "message/rfc822")
    l.reply(three, T0 + 60, "delay", evidence=[{"address": mail, "class": "restricted",
            "media_type": "message/rfc822", "length": len(PRIVATE)}])
    for name in NAMES:
        id = 99004 if name == "pills-20.example" else 99001 if name in ONE else \
            99002 if name in TWO else 99003
        held = ["clientHold"] if name in ONE[:20] else []
        l.saw(registration(name, T0 + 9 * DAY, id, status=held),
              dns(name, T0 + 9 * DAY, "nxdomain" if held else "delegated"))
    l.saw(registration(new[0], T0 + 9 * DAY, 99001, created=T0 + 4 * DAY, reseller="Hanabi"),
          registration(new[1], T0 + 9 * DAY, 99001, created=T0 + 5 * DAY),
          registration(new[2], T0 + 9 * DAY, 99003, created=T0 + 6 * DAY),
          dns(new[0], T0 + 9 * DAY, "parked"), dns(new[1], T0 + 9 * DAY), dns(new[2], T0 + 9 * DAY))
    l.add(type="commitment", at=stamp(T0 - 90 * DAY), src="reviewer:akari", adopter="registrar:99001",
          practice="answer-in-two-days", version="1", adopted="2026-05-01",
          text="Answers a notice within two working days.",
          source="https://registrar-one.example/practices")
    l.add(type="reply", at=stamp(T0 + 8 * DAY), src="reviewer:akari", party="registrar:99001",
          subject=site("registrar-one.example"), words="We answered within the hour.",
          source="mail of 2026-11-10")
    return l


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The store of that story. To be looked at only."""
    folder = tmp_path_factory.mktemp("registrar")
    story().put(folder / "store")
    (folder / "dum.tsv").write_text("registrar:99001\t6000000\t2026-06-30\tregistry reports\n")
    return folder


def scorecard(folder, *more, code=0, at=AT, **how):
    return assay.run("registrar", "scorecard", "--store", folder / "store", "--config", assay.CONFIG,
                     "--at", at, *more, code=code, **how)


def cards(folder, *more, **how):
    made = scorecard(folder, "--format", "json", *more, **how).records()
    for card in made:
        schema("scorecard").validate(card)
    return {card["party"]: card for card in made}


def outcomes(counts):
    return {k: n for k, n in counts.items() if n}


def test_the_story_in_numbers(told):
    got = cards(told, "--dum", told / "dum.tsv")
    assert list(got) == ["registrar:99001", "registrar:99002", "registrar:99003", "registrar:99004",
                         "reseller:hanabi", "reseller:kaze"]
    one = got["registrar:99001"]
    assert outcomes(one["domains"]) == {"told": 21, "acted": 20, "moved": 1}
    assert (one["notices"], one["uncertain"], one["undelivered"]) == (1, 0, 0)
    # The one that moved leaves after a day; two days on, all 20 that are watched are suspended.
    assert one["effect"]["curve"] == [
        {"s": 2 * DAY, "at_risk": 20, "effects": 20, "censored": 0, "still_ppm": 0, "low_ppm": 0,
         "high_ppm": 168433, "error_ppm": 0}]  # 1 - 0.025^(1/20)
    assert one["effect"]["censored_before"] == 1
    assert one["effect"]["median"]["s"] == one["effect"]["p90"]["s"] == 2 * DAY
    assert one["answer"]["median"]["s"] == HOUR and one["replies"]["ticket"] == 1
    assert outcomes(one["by_basis"]["mandate"]) == {"told": 21, "acted": 20, "moved": 1}
    assert one["repeat"] == {"here": 2, "anywhere": 3} and one["holding"] == 1
    assert one["escapes"] == {"out": 1, "in": 0}
    assert one["managed"] == {"domains": 6000000, "date": "2026-06-30", "source": "registry reports",
                              "told_per_million": 4}  # 3.5
    assert one["rank"] == {"best": 1, "worst": 1, "of": 1}
    assert one["statement"]["words"] == "We answered within the hour."
    assert [c["practice"] for c in one["commitments"]] == ["answer-in-two-days"]

    two, three, four = (got[f"registrar:9900{i}"] for i in (2, 3, 4))
    assert outcomes(two["domains"]) == {"told": 3, "bounced": 3} and two["replies"]["bounce"] == 1
    assert two["answer"]["effects"] == 0 and two["effect"]["watched_s"] == 9 * DAY
    assert "rank" not in two and "managed" not in two and two["effect"]["median"] == {}
    assert outcomes(three["domains"]) == {"told": 3, "silent": 3}
    assert three["repeat"] == {"here": 1, "anywhere": 3}
    assert outcomes(four["domains"]) == {"told": 1, "pending": 1}
    assert four["escapes"] == {"out": 0, "in": 1}
    assert four["effect"]["watched_s"] == 8 * DAY - HOUR

    hanabi = got["reseller:hanabi"]
    assert outcomes(hanabi["domains"]) == {"told": 21, "acted": 20, "moved": 1}
    assert hanabi["refusals"] == [{"reference": "N-00000000000000a4", "at": stamp(T0 + DAY),
                                   "reason": "We act on the order of a court alone."}]
    assert hanabi["answer"]["median"]["s"] == DAY
    assert got["reseller:kaze"]["escapes"] == {"out": 0, "in": 1}
    assert got["reseller:kaze"]["notices"] == 0


def test_a_card_of_an_earlier_day_knows_nothing_of_later_ones(told):
    one = cards(told, at=stamp(T0 + DAY + DAY // 2))["registrar:99001"]
    # Nothing was looked at again by then: the moved one is known, the others are open, unwatched.
    assert outcomes(one["domains"]) == {"told": 21, "moved": 1, "pending": 20}
    assert one["effect"]["watched_s"] == DAY and one["effect"]["effects"] == 0


def test_what_is_asked_for_is_shown(told):
    assert list(cards(told, "--kind", "reseller")) == ["reseller:hanabi", "reseller:kaze"]
    assert list(cards(told, "99002", "RESELLER:HANABI")) == ["registrar:99002", "reseller:hanabi"]
    assert list(cards(told, "Registrar Three (synthetic)")) == ["registrar:99003"]
    assert list(cards(told, "--since", stamp(T0 + HOUR))) == ["registrar:99004"]
    ranked = cards(told, "--minimum", "3", "--kind", "registrar")
    # All of 99002 and 99003 is open after nine days, which is surely later than one's two.
    assert {k: tuple(c["rank"][w] for w in ("best", "worst", "of"))
            for k, c in ranked.items() if "rank" in c} == {
        "registrar:99001": (1, 1, 3), "registrar:99002": (2, 3, 3), "registrar:99003": (2, 3, 3)}
    scorecard(told, "nobody.example", code=2)
    scorecard(told, "--kind", "payment", code=2)
    scorecard(told, "--since", "yesterday", code=2)


def test_cards_as_text_are_narrow_and_say_how_they_were_made(told):
    text = scorecard(told, "--format", "text", "--dum", told / "dum.tsv").out
    assert max(map(len, text.splitlines())) <= 100
    assert "20 acted, 1 moved" in text and "too few to rank" in text and "rank 1 of 1" in text
    assert "never dropped" in " ".join(text.split()) and "doc/format/scorecard.md" in text
    assert '"We act on the order of a court alone."' in text


# ---- audits

def sourced(name, at, registrar, *, own=True, abuse=True, url=None, **more):
    """A registration as the registry told it, and the registrar's own server or not."""
    sources = [{"source": "rdap-registry", "server": "rdap.registry.example"}]
    if own:
        sources.append({"source": "rdap-registrar", "server": f"rdap.{registrar}.example"})
    if abuse:
        more["abuse"] = {"mail": f"abuse@{registrar}.example"}
    if url:
        more["registrar_url"] = url
    return registration(name, at, registrar, sources=sources, **more)


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """One does what it must, two does not, three was only named.

    RDAP: one's server answered on T0 - 4 d to T0 - 1 d for two names each, 8 of 8; on T0 - 2 d nobody
    at all answered about a third. Two's answered on three of four days for one name, 3 of 4.
    """
    folder = tmp_path_factory.mktemp("audited")
    l = Ledger()
    for day in (4, 3, 2, 1):
        at = T0 - day * DAY
        l.saw(sourced("a.example", at, 99001, url="https://www.registrar-one.example/"),
              sourced("b.example", at, 99001),
              sourced("c.example", at, 99002, own=day != 2, abuse=day != 1,
                      url="registrar-two.example"))
    l.saw(sourced("registrar-one.example", T0 - DAY, 99001, expires=stamp(T0 + 300 * DAY)),
          sourced("registrar-two.example", T0 - DAY, 99002, status=["clientHold"]),
          record(type="observation", subject=site("a.example"), at=stamp(T0 - 2 * DAY + HOUR),
                 src="collect/1", what="absence", absence={"of": "registration", "how": "timeout"}),
          record(type="observation", subject=site("a.example"), at=stamp(T0 - 9 * DAY),
                 src="collect/1", what="absence", absence={"of": "registration", "how": "no-server"}),
          registration("d.example", T0 - DAY, 99003, sources=[{"source": "whois-registry",
                                                             "server": "whois.example"}]))
    quote = {"evidence": "sha256:" + "0" * 64, "text": "sha256:" + "1" * 64, "extractor": "html-text/1",
             "start": 0, "end": 10, "quote": "1 Some Str"}
    l.add(type="fact", subject=site("registrar-one.example"), at=stamp(T0 - DAY), src="assess",
          what="contact", arg="address", value="1 Some Street", quotations=[quote])
    one = l.told("registrar:99001", ["a.example"], T0 - 20 * DAY)
    l.reply(one, T0 - 20 * DAY + HOUR, "ticket", ticket="1")
    two = l.told("registrar:99002", ["c.example"], T0 - 20 * DAY)
    l.reply(two, T0 - 20 * DAY + 60, "bounce", diagnostic="5.2.2 mailbox full")
    l.told("registrar:99003", ["d.example"], T0 - 20 * DAY)
    l.put(folder / "store")
    return folder


def audit(folder, *more, code=0, at=stamp(T0)):
    return assay.run("registrar", "audit", "--store", folder / "store", "--config", assay.CONFIG,
                     "--at", at, *more, code=code)


def audits(folder, *more):
    made = audit(folder, "--format", "json", *more).records()
    for one in made:
        schema("audit").validate(one)
    return {one["party"]: {row["item"]: row for row in one["rows"]} for one in made}


def states(rows):
    return {item: row["state"] for item, row in rows.items()}


def test_an_audit_is_a_checklist_with_evidence(audited):
    got = audits(audited, "--all")
    assert states(got["registrar:99001"]) == {
        "abuse_contact": "met", "rdap": "met", "postal_address": "met", "own_data": "met",
        "abuse_mail": "met", "answers": "met"}
    assert states(got["registrar:99002"]) == {
        "abuse_contact": "not_met", "rdap": "not_met", "postal_address": "not_observed",
        "own_data": "not_met", "abuse_mail": "not_met", "answers": "not_observed"}
    # WHOIS alone tells nothing of RDAP; a notice of 20 days ago was answered by nobody.
    assert states(got["registrar:99003"]) == {
        "abuse_contact": "not_observed", "rdap": "not_observed", "postal_address": "not_observed",
        "own_data": "not_observed", "abuse_mail": "met", "answers": "not_met"}


def test_rdap_is_counted_by_day_and_silence_is_held_against_nobody(audited):
    got = audits(audited, "--all")
    day = [stamp(T0 - d * DAY)[:10] for d in (4, 3, 2, 1)]
    # On the last day its own name was asked about too.
    assert got["registrar:99001"]["rdap"]["days"] == [
        {"day": day[0], "asked": 2, "answered": 2, "nobody": 0},
        {"day": day[1], "asked": 2, "answered": 2, "nobody": 0},
        {"day": day[2], "asked": 2, "answered": 2, "nobody": 1},
        {"day": day[3], "asked": 3, "answered": 3, "nobody": 0}]
    two = got["registrar:99002"]["rdap"]
    assert (two["for"], two["against"]) == (4, 1) and len(two["records"]) == 1
    assert [d["answered"] for d in two["days"]] == [1, 1, 0, 2]


def test_what_speaks_against_a_registrar_names_its_records(audited):
    two = audits(audited, "99002")["registrar:99002"]
    assert two["abuse_mail"]["why"] == ["5.2.2 mailbox full"]
    assert two["own_data"]["why"] == ["it is on hold"]
    assert all(len(row["records"]) == 1 for row in two.values() if row["state"] == "not_met")
    assert "3.18.1" in two["abuse_contact"]["clause"]


def test_an_audit_as_text(audited):
    text = audit(audited, "Registrar Two (synthetic)", "--format", "text").out
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("NOT MET") == 4 and "speaks against nobody" in text
    audit(audited, "nobody.example", code=2)
    audit(audited, code=2)
    audit(audited, "--all", "99001", code=2)


# ---- portfolios

def portfolio(store, path, *more, code=0, at=AT):
    return assay.run("registrar", "portfolio", path, "--store", store, "--config", assay.CONFIG,
                     "--at", at, *more, code=code)


def test_a_portfolio_is_split_and_ranked(told, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("gardening.example\npills-00.example\nfresh-1.example\npills-21.example\n"
                     "cheap-viagra-shop.example\nno..name\nfresh-2.example\n")
    *rows, total = portfolio(told / "store", names).records()
    for row in rows:
        schema("portfolio").validate(row)
    schema("portfolio").validate(total)
    assert [(r["rank"], r["name"], r["standing"], r["state"]) for r in rows] == [
        (1, "fresh-2.example", "known", "active"), (2, "pills-21.example", "known", "active"),
        (3, "fresh-1.example", "known", "holding"), (4, "pills-00.example", "known", "past"),
        (5, "cheap-viagra-shop.example", "suspect", "unknown")]
    assert rows[3]["sign"] == "nxdomain" and rows[3]["network"] == "net-27"
    assert "Viagra" in rows[4]["reasons"] and rows[4]["score"] > 0
    assert total["unreadable"] == 1
    assert (total["names"], total["suspect"], total["known"], total["active"], total["holding"],
            total["past"]) == (6, 1, 4, 2, 1, 1)
    text = portfolio(told / "store", names, "--format", "text").out
    assert max(map(len, text.splitlines())) <= 100 and "6 names read" in text


def test_innocents_of_a_portfolio_are_no_suspects(shipped, tmp_path):
    """Every subject of the examples: what a register vouches for is cleared or not told at all."""
    rows = [r for r in assay.table(assay.EXAMPLES / "expected.tsv")]
    names = sorted({r["subject"] for r in rows if "/" not in r["subject"]})
    path = tmp_path / "names.txt"
    path.write_text("\n".join(names) + "\n")
    *told, total = portfolio(shipped, path, at=assay.AT).records()
    standing = {r["name"]: r["standing"] for r in told}
    legitimate = {r["subject"] for r in rows if r["class"] == "legitimate"}
    rogue = {r["subject"] for r in rows if r["class"] == "rogue" and r["state"] in ("pending", "listed")}
    assert legitimate and not {n for n in legitimate if standing.get(n) in ("suspect", "known")}
    assert not {n for n in legitimate - rogue if standing.get(n) == "judged"}
    assert {n for n in rogue if standing.get(n) in ("judged", "listed")} == {
        n for n in rogue if n in names}


# ---- complaints

def complain(folder, reference, out, *more, code=0, at=AT):
    return assay.run("notice", "complaint", reference, "--out", out, "--store", folder / "store",
                     "--config", assay.CONFIG, "--at", at, *more, code=code)


def test_a_complaint_about_the_one_that_is_silent(told, tmp_path):
    out = tmp_path / "pack"
    ran = complain(told, "N-00000000000000a3", out, "--format", "text")
    text = (out / "complaint.txt").read_text()
    assert ran.out == text
    for name in THREE:
        assert f"- {name}: rogue; silent since {stamp(T0 + 7 * DAY)}" in " ".join(text.split())
    assert "3.18.1" in text and "3.18.3" not in text and "Message-ID: " in text
    assert "The mail server that took it said: 250 2.0.0 Ok" in text and "Since it was told: 10 days" in text
    manifest = json.loads((out / "manifest.json").read_text())
    schema("complaint").validate(manifest)
    assert manifest["reference"] == "N-00000000000000a3"
    assert [e["state"] for e in manifest["ledger"]] == ["drafted", "approved", "sending", "sent"]
    for entry in manifest["ledger"]:
        assay.run("ledger", "verify", out / entry["proof"], "--key",
                  told / "store/ledger/key.pub")
    by_what = {f["what"]: f for f in manifest["files"] + manifest["withheld"]}
    assert sorted(by_what) == ["annex", "letter", "reply"]
    for f in manifest["files"]:
        kept = (out / f["path"]).read_bytes()
        assert f["address"] == "sha256:" + hashlib.sha256(kept).hexdigest()
        assert f["length"] == len(kept) and f["class"] == "public"
    assert by_what["reply"]["class"] == "restricted" and "path" not in by_what["reply"]
    assert not [p for p in out.rglob("*") if p.is_file() and b"Somebody" in p.read_bytes()]
    complain(told, "N-00000000000000a3", out, code=2)  # a folder with something in it


@pytest.mark.parametrize("reference, at, why", [
    ("N-00000000000000a1", AT, "the registrar acted"),
    ("N-00000000000000a2", AT, "the mail bounced"),
    ("N-00000000000000a4", AT, "binds registrars"),
    ("N-00000000000000a5", stamp(T0 + 5 * DAY), "has time until"),
])
def test_a_complaint_is_refused(told, tmp_path, reference, at, why):
    ran = complain(told, reference, tmp_path / "pack", at=at, code=2)
    assert why in ran.err and not (tmp_path / "pack").exists()


def test_under_a_mandate_a_complaint_says_its_clause(told, tmp_path):
    complain(told, "N-00000000000000a5", tmp_path / "pack", at=stamp(T0 + 9 * DAY))
    text = " ".join((tmp_path / "pack/complaint.txt").read_text().split())
    assert "3.18.3" in text and "mandate-demo-jp" in text and "24 hours" in text


# ---- what parties say of themselves

def said(store, *args, code=0):
    return assay.run("registrar", *args, "--store", store, "--config", assay.CONFIG, "--at", AT,
                     code=code)


def test_commitments_and_replies_stand_beside_what_is_measured(tmp_path):
    story().put(tmp_path / "store")
    store = tmp_path / "store"
    practice = ("commitment", "add", "registrar:99002", "act-in-a-week", "--version", "2", "--adopted",
                "2026-10-01", "--text", "Acts within a week.", "--source", "https://two.example/us")
    said(store, *practice, code=2)                       # nobody acts
    said(store, *practice, "--by", "nobody", code=2)     # no reviewer
    made, = said(store, *practice, "--by", "akari").records()
    assert made["practice"] == "act-in-a-week" and made["name"] == "Registrar Two (synthetic)"
    assert len(said(store, "commitment", "list").records()) == 2
    assert [c["practice"] for c in said(store, "commitment", "list", "99002").records()] == [
        "act-in-a-week"]
    said(store, "reply", "registrar:99002", "--site", "two.example", "--text",
         "Our mailbox is mended.", "--by", "akari")
    card = cards(tmp_path)["registrar:99002"]
    assert [c["practice"] for c in card["commitments"]] == ["act-in-a-week"]
    assert card["statement"]["words"] == "Our mailbox is mended."
    assert card["effect"]["effects"] == 0 and card["effect"]["n"] == 3
    assay.run("ledger", "verify", "--store", store)
