"""Innocent hosts of which one page, or what was planted on them, is all that was captured.

tests/golden/lone/innocents.jsonl is written for this: hacked sites whose planted page brings a whole
shop along, and pages of wholesalers, museums, forums, archives and licensed pharmacies. All is
synthetic. Nothing on such a page proves whose it is, so none of these hosts is condemned.
"""

import json

import assay

INNOCENTS = [json.loads(line) for line in (assay.ROOT / "tests/golden/lone/innocents.jsonl")
             .read_text(encoding="utf-8").splitlines()]
HOME = "a capture of the home page"


def verdicts_of(rows):
    pages = "".join(json.dumps({k: r[k] for k in ("url", "html", "text") if k in r}) + "\n"
                    for r in rows)
    records = assay.run("assess", "--at", assay.AT, "--log", "error", stdin=pages.encode()).records()
    return {r["subject"]["key"]: r for r in records
            if r["type"] == "verdict" and r["subject"]["kind"] != "url"}


def condemned(verdicts):
    return sorted({(key, c["class"], c["ground"]) for key, v in verdicts.items()
                   for c in v["cells"] if c["class"] in ("rogue", "unapproved")})


def test_none_of_them_is_condemned():
    verdicts = verdicts_of(INNOCENTS)
    assert len(verdicts) == len({r["site"] for r in INNOCENTS}) >= 30
    found = condemned(verdicts)
    print(f"{len(found)} of {len(verdicts)} hit", *found, sep="\n  ")
    assert not found


def test_a_planted_page_waits_for_the_home_page():
    """It is said what would tell, and findings are kept: nobody is cleared by it either."""
    planted = [r for r in INNOCENTS if r["label"] == "spam_on_unrelated_site"]
    waiting = {key for key, v in verdicts_of(planted).items() for c in v["cells"]
               if any(m.startswith(HOME) for m in c["missing"]) and c["findings"]}
    assert len(waiting) >= 20


def test_the_same_page_speaks_for_a_host_that_is_named_for_the_trade():
    """The one thing that nobody can plant is the host's name: the test above can fail."""
    row = next(r for r in INNOCENTS if r["site"] == "millbrook-parish.example")
    moved = dict(row, url="https://cheap-pharmacy-online.example/cheap-viagra.html")
    assert {k for k, _, _ in condemned(verdicts_of([moved]))} == {"cheap-pharmacy-online.example"}


def test_a_page_that_its_own_menu_leads_to_speaks_for_its_host():
    page = ("Stilles Paeckchen Meier\nAngebote  Ablauf  Kontakt\n"
            "Tilidin 100 mg, 50 St\u00fcck 149 \u20ac In den Warenkorb\n"
            "Zolpidem 10 mg, 50 St\u00fcck 79 \u20ac In den Warenkorb\n"
            "Kein Rezept n\u00f6tig. Wir versenden nach Deutschland.\n")
    own = {"url": "https://paeckchen-meier.example/angebote", "text": page}
    assert condemned(verdicts_of([own]))
    for other in ({"url": "https://paeckchen-meier.example/blog/77"},
                  {"url": "https://rowing-in-bremen.example/angebote"}):
        assert not condemned(verdicts_of([dict(own, **other)]))
