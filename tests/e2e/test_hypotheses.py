"""A guess is for the analyst who asks: it is in no output but that one, and nothing comes of it."""

import json
import subprocess

import assay
import pytest
from assay import EXAMPLES, run
from server import Server
from test_link import by_type, fact, innocents, lines, network, shop
from test_programs import link, page, quoted, storefronts, strangers
from test_review import PENDING, decide, listed

SAID = "The person who advertises it on a social network is probably its operator: J. Guess-Me-Not."
UNSEEN = "never-assessed.example"


def hypothesis(key, claim=SAID, **more):
    return {"type": "hypothesis", "v": 1, "at": "2026-10-02T00:00:00Z", "src": "analyst:akari",
            "subject": {"kind": "registrable", "key": key}, "claim": claim, "restricted": True, **more}


# ---- when it is written


@pytest.fixture(scope="module")
def everything():
    return [*network(), *innocents(), *storefronts(), *strangers(), hypothesis(shop(5))]


def test_none_is_written_unless_asked_for(everything):
    ran = link(records=everything)
    assert not by_type(ran, "hypothesis") and "Guess-Me-Not" not in ran.out
    assert ran.out == link(records=[r for r in everything if r["type"] != "hypothesis"]).out
    text = link("--format", "text", records=everything).out
    assert "Guess-Me-Not" not in text and "news.test" not in text


def test_asked_for_all_are_written_and_marked(everything):
    asked, plain = link("--hypotheses", records=everything), link(records=everything)
    assert asked.out.startswith(plain.out)  # nothing else changes
    told = {r["subject"]["key"]: r for r in by_type(asked, "hypothesis")}
    # Who only quotes the brand, and who is led to it; not whom a register names.
    assert set(told) == {shop(5), "news.test", "charity.test"}
    assert all(r["restricted"] is True for r in told.values())
    assert told[shop(5)]["src"] == "analyst:akari" and told["news.test"]["src"] == "link/1"
    assert told["news.test"]["claim"] == "may be a storefront of Hinode (synthetic)"
    assert [m["kind"] for m in told["charity.test"]["marks"]] == ["redirect"]
    text = link("--hypotheses", "--format", "text", records=everything).out
    assert "hypotheses: guesses, no evidence, not for publication" in text
    assert f"  {shop(5)}: {SAID} (analyst:akari)" in text


@pytest.mark.parametrize("how", [["--graph", "stix"], ["--graph", "dot"], ["--graph", "graphml"],
                                 ["--graph", "svg"]])
def test_no_graph_carries_one(everything, how):
    assert "for analysts" in link("--hypotheses", *how, records=everything, code=2).err
    out = link(*how, records=everything).out
    assert "Guess-Me-Not" not in out and "news.test" not in out and "charity.test" not in out


def test_it_links_nobody(everything):
    """Whatever stands in it: fields that would link, were they a fact's."""
    sly = [hypothesis(k, what="contact", arg="phone", value="+1555", network="net-1",
                      marks=[], programme="hinode", other={"kind": "registrable", "key": shop(1)})
           for k in (shop(6), "innocent.test")]
    assert link(records=everything + sly).out == link(records=everything).out


# ---- what does not come of it


def test_it_changes_no_verdict_and_makes_no_finding(tmp_path):
    site = EXAMPLES / "sites" / "harborlight-pharmacy.example"
    said = tmp_path / "said.jsonl"
    said.write_bytes(lines([hypothesis("harborlight-pharmacy.example"), hypothesis(UNSEEN)]))
    arguments = ["assess", "--facts", "--at", assay.AT, "--config", assay.CONFIG, site]
    assert run(*arguments, said).out == run(*arguments).out


@pytest.fixture(scope="module")
def guessed(shipped, tmp_path_factory):
    """A copy of the shipped store that holds hypotheses."""
    folder = tmp_path_factory.mktemp("guessed")
    subprocess.run(["cp", "-a", shipped, folder / "store"], check=True)
    said = folder / "said.jsonl"
    said.write_bytes(lines([hypothesis(PENDING), hypothesis(UNSEEN)]))
    assay.run_examples(folder / "store", inputs=[said])
    return folder / "store"


def test_reviewers_see_it(guessed):
    seen = run("review", "timeline", PENDING, "--format", "json", "--store", guessed,
               "--config", assay.CONFIG).records()
    assert [r["claim"] for r in seen if r["type"] == "hypothesis"] == [SAID]
    text = run("review", "timeline", PENDING, "--format", "text", "--store", guessed,
               "--config", assay.CONFIG).out
    assert "hypothesis, a guess and no evidence: The person who advertises" in text


def test_nothing_is_decided_on_it_alone(guessed, tmp_path):
    store = tmp_path / "store"
    subprocess.run(["cp", "-a", guessed, store], check=True)
    assert "never" in decide(store, UNSEEN, "akari", "rogue", code={1, 2}).err
    # Nor by a record that cites it as its verdict and its finding.
    seen = run("review", "timeline", UNSEEN, "--format", "json", "--store", store,
               "--config", assay.CONFIG, code={0, 1}).records()
    guess = next(r["id"] for r in seen if r["type"] == "hypothesis")
    acts = tmp_path / "acts.jsonl"
    acts.write_text("".join(json.dumps(
        {"type": "decision", "v": 1, "subject": {"kind": "registrable", "key": UNSEEN},
         "at": "2026-11-21T00:00:00Z", "src": f"reviewer:{who}", "basis": guess,
         "statement": {"findings": [guess]}, "reason": "guessed",
         "cells": [{"destination": "JP", "class": "rogue"}]}) + "\n" for who in ("akari", "benedikt")))
    assay.run_examples(store, inputs=[acts])
    assert not listed(store, UNSEEN)


def test_nothing_published_carries_it(guessed, tmp_path):
    """The index, the answers, the pages, what is told to the operator."""
    run("publish", "index", "--store", guessed, "--config", assay.CONFIG, "--out", tmp_path / "index")
    published = {"index": (tmp_path / "index").read_bytes()}
    for form in ("text", "json"):
        published[f"lookup {form}"] = run("lookup", "--store", guessed, "--config", assay.CONFIG,
                                          "--format", form, PENDING, UNSEEN, code={0, 1}).out.encode()
    desk = tmp_path / "assay.yaml"
    desk.write_text(assay.CONFIG.read_text().replace("disclosure_days: 0\n", "")
                    + "appeal_address: appeal@desk.example\nmail: {from: desk@desk.example}\n")
    for what in (["prepare", PENDING, "--destination", "JP", "--by", "akari"],
                 ["send", "--outbox", tmp_path / "outbox"]):
        published[what[0]] = run("disclose", *what, "--store", guessed, "--config", desk, "--at",
                                 "2026-11-22T01:00:00Z").out.encode()
    published["letter"] = b"".join(f.read_bytes() for f in (tmp_path / "outbox").iterdir())
    with Server(guessed) as server:
        for name in (PENDING, UNSEEN):
            for path in (f"/d/{name}?for=JP", f"/d/{name}?for=JP&lang=ja"):
                published[path] = server.get(path).body
            published[f"api {name}"] = server.lookup(name, "JP").body
    assert all(published.values()), {k: len(v) for k, v in published.items()}
    assert not [k for k, v in published.items() if b"Guess-Me-Not" in v or b"analyst:" in v]
