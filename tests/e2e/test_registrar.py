"""assay registrar: parties measured by what was observed. Every number here is worked out by hand."""

import json

import assay
import jsonschema
import pytest
from registered import DAY, HOUR, T0, Ledger, dns, network, record, registration, site, stamp

AT = stamp(T0 + 10 * DAY)
NAMES = [f"pills-{i:02d}.example" for i in range(27)]
ONE, TWO, THREE = NAMES[:21], NAMES[21:24], NAMES[24:]


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
    three = l.told("registrar:99003", THREE, T0, reference="N-00000000000000a3")
    hanabi = l.told("reseller:hanabi", ONE, T0, basis="voluntary", reference="N-00000000000000a4")
    l.reply(one, T0 + HOUR, "ticket", ticket="AB-1187", words="Your ticket is AB-1187.")
    l.reply(two, T0 + 60, "bounce", diagnostic="5.1.1 no such mailbox")
    l.reply(hanabi, T0 + DAY, "refusal", words="We act on the order of a court alone.")
    for name in TWO:
        l.outcome(two, name, "bounced", T0 + 60, by="mail")
    l.outcome(one, "pills-20.example", "moved", T0 + DAY, by="registrar", moved_to="registrar:99004")
    l.outcome(hanabi, "pills-20.example", "moved", T0 + DAY, by="reseller", moved_to="reseller:kaze")
    four = l.told("registrar:99004", ["pills-20.example"], T0 + DAY + HOUR, basis="mandate",
                  purpose="arrived", reference="N-00000000000000a5")
    for name in ONE[:20]:
        l.outcome(one, name, "acted", T0 + 2 * DAY, by="status")
        l.outcome(hanabi, name, "acted", T0 + 2 * DAY, by="status")
    for name in THREE:
        l.outcome(three, name, "silent", T0 + 7 * DAY)
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
    assert "never dropped" in text and "doc/format/scorecard.md" in text
    assert '"We act on the order of a court alone."' in text
