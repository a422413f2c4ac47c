"""Affiliate programmes: whose storefronts are named, with what, and what is never said."""

import json
import shutil
import xml.etree.ElementTree as xml

import pytest
from assay import ROOT, run
from test_link import (DATA, by_type, fact, innocents, lines, network, observation, schema_errors,
                       shop)

PROGRAMS = ROOT / "tests/golden/programs"
PAGE = "sha256:" + "a1" * 32


def page(key, **fields):
    return observation(key, "page", url=f"https://{key}/", evidence=[
        {"address": PAGE, "class": "public", "length": 1}], **fields)


def quoted(key, words, url=None):
    return fact(key, "claim", None, None, phrase="shop_pharmacy", quotations=[
        {"evidence": PAGE, "text": PAGE, "extractor": "html-text/1", "start": 0,
         "end": len(words.encode()), "quote": words, "url": url or f"https://{key}/"}])


def storefronts(numbers=(1, 2, 3)):
    """Shops of the network that send buyers to the programme and carry its brand."""
    for i in numbers:
        yield page(shop(i), lands_on="www.hinode-pay.test")
        yield quoted(shop(i), "ひのでくすり 通販")


def strangers():
    """Who must not be named: a newspaper that quotes the brand, a charity from whose site visitors are led
    to the programme's page, a pharmacy that a register names, a shop that two programmes would have."""
    yield page("news.test", title="Police warn of Shop of the Rising Sun")
    yield page("charity.test", title="Shop of the Rising Sun", lands_on="hinode-pay.test")
    yield quoted("charity.test", "Shop of the Rising Sun", "https://hinode-pay.test/")
    yield from (dict(r, subject={"kind": "registrable", "key": "listed-pharmacy.test"})
                for r in storefronts([1]) if r["type"] == "observation")
    yield quoted("listed-pharmacy.test", "ひのでくすり")


def link(*args, records, **how):
    return run("link", "--programs", PROGRAMS, *args, stdin=lines(records), **how)


@pytest.fixture(scope="module")
def everything():
    return [*network(), *innocents(), *storefronts(), *strangers()]


def test_storefronts_are_named_with_what_they_show(everything):
    ran = link(records=everything)
    made = {r["subject"]["key"]: r for r in by_type(ran, "attribution")}
    assert set(made) == {shop(i) for i in (1, 2, 3)}
    told = made[shop(1)]
    assert told["programme"] == "hinode" and told["network"] == by_type(ran, "network")[0]["network"]
    assert [(m["kind"], m["value"], m["plantable"]) for m in told["marks"]] == [
        ("redirect", "hinode-pay.test", False), ("phrase", "ひのでくすり", True)]
    assert all(m["evidence"] == PAGE and m["source"] for m in told["marks"])
    assert told["marks"][1]["quote"] == "ひのでくすり"
    assert told["suppliers"] == [{"name": "Minato Trading (synthetic)",
                                  "source": "made up for this example"}]
    whole = by_type(ran, "network")[0]
    assert whole["programme"] == "hinode"
    assert whole["programmes"] == [{"members": 3, "programme": "hinode",
                                    "title": "Hinode (synthetic)"}]
    assert {"sort": "program", "name": "hinode"}.items() <= [
        c for c in whole["choke"] if c["sort"] == "program"][0].items()


def test_an_affiliate_is_not_the_programme():
    records = [*network(), page(shop(4), lands_on="hinode-pay.test"),
               fact(shop(4), "affiliate", "parameter", "www.hinode-pay.test?aff=1187")]
    told = by_type(link(records=records), "attribution")
    assert [m["kind"] for m in told[0]["marks"]] == ["redirect", "affiliate"]
    assert told[0]["affiliates"] == ["pay.test?aff=77", "www.hinode-pay.test?aff=1187"]


def test_a_mark_makes_nobody_a_member(everything):
    """Members and links are those that there are without programmes."""
    def bare(ran):
        return [(r["network"], r["members"]) for r in by_type(ran, "network")]
    alone = [page("alone.test", lands_on="hinode-pay.test"), quoted("alone.test", "ひのでくすり")]
    ran = link(records=everything + alone)
    without = run("link", stdin=lines(everything + alone))
    assert bare(ran) == bare(without) and by_type(ran, "link") == by_type(without, "link")
    told = [r for r in by_type(ran, "attribution") if r["subject"]["key"] == "alone.test"]
    assert len(told) == 1 and "network" not in told[0]
    assert not by_type(ran, "finding") and not by_type(ran, "verdict")


def test_the_order_of_the_input_is_nothing(everything):
    assert link(records=everything).out == link(records=everything[::-1]).out


def test_who_two_programmes_would_have_is_neithers(tmp_path, everything):
    shutil.copytree(PROGRAMS, tmp_path / "both")
    (tmp_path / "both" / "other.yaml").write_text(
        "program: other\ntitle: Other (synthetic)\nsources: {s: made up}\nmarks:\n"
        "  - {kind: payment, value: other trading, source: s}\n"
        "  - {kind: phrase, value: The other shop, source: s}\n")
    contested = [fact(shop(2), "payment", "descriptor", "Other Trading"),
                 quoted(shop(2), "The other shop")]
    ran = run("link", "--programs", tmp_path / "both", stdin=lines(everything + contested))
    assert {r["subject"]["key"] for r in by_type(ran, "attribution")} == {shop(1), shop(3)}


def test_in_words(everything):
    alone = [page("alone.test", lands_on="hinode-pay.test"), quoted("alone.test", "ひのでくすり")]
    text = link("--format", "text", records=everything + alone).out
    assert "programme Hinode (synthetic) (hinode): storefronts are 3 of 27 members" in text
    assert f"{shop(1)}: redirect 'hinode-pay.test' in sha256:" in text
    assert "phrase 'ひのでくすり' (can be copied) in sha256:" in text
    assert "in no network\n  programme Hinode" in text and "    alone.test: redirect" in text


def test_what_everybody_shares_is_no_mark(tmp_path):
    (tmp_path / "x.yaml").write_text(
        "program: x\ntitle: X\nsources: {s: made up}\nmarks:\n"
        "  - {kind: redirect, value: facebook.com, source: s}\n")
    ran = run("link", "--programs", tmp_path, code=2)
    assert "x.yaml:5: 'facebook.com' is no mark: anybody's page there" in ran.err
    assert run("link", "--programs", tmp_path / "none", code=2).err


def test_storefront_affiliate_programme_and_supplier_are_different_nodes(everything):
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    tree = xml.fromstring(link("--graph", "graphml", records=everything).out)
    sorts = {}
    for node in tree.findall(".//g:node", space):
        data = {d.get("key"): d.text for d in node.findall("g:data", space)}
        sorts.setdefault(data["sort"], set()).add(data["name"])
    assert len(sorts["storefront"]) == 27
    assert sorts["affiliate"] == {"pay.test?aff=77"}
    assert sorts["programme"] == {"Hinode (synthetic)"}
    assert sorts["supplier"] == {"Minato Trading (synthetic)"}
    dot = link("--graph", "dot", records=everything).out
    assert f'"{shop(1)}" -- "programme: Hinode (synthetic)" [tooltip="redirect hinode-pay.test' in dot
    assert '"programme: Hinode (synthetic)" -- "supplier: Minato Trading (synthetic)"' in dot
    xml.fromstring(link("--graph", "svg", records=everything).out)


def test_stix_has_them_and_passes_the_schemas(everything):
    bundle = json.loads(link("--graph", "stix", "--at", "2026-11-28T00:00:00Z",
                             records=everything).out)
    named = {(o["type"], o.get("name") or o.get("account_login")) for o in bundle["objects"]}
    assert {("identity", "Hinode (synthetic)"), ("identity", "Minato Trading (synthetic)"),
            ("user-account", "pay.test?aff=77")} <= named
    known = {o["id"] for o in bundle["objects"]}
    assert len(known) == len(bundle["objects"])
    for o in bundle["objects"]:
        assert o.get("source_ref", o["id"]) in known and o.get("target_ref", o["id"]) in known
    if not (DATA / "schemas" / "stix-2.1").exists():
        pytest.skip("the schemas of STIX 2.1 are not there")
    assert not schema_errors(bundle["objects"])


def test_the_shipped_programmes_are_read():
    assert len(list((ROOT / "policy/programs").glob("*.yaml"))) >= 33
    shops = [page("jp-shop.test", lands_on="www.bestkenko.com"),
             quoted("jp-shop.test", "ベストケンコーの正規品")]
    told = by_type(run("link", stdin=lines(shops)), "attribution")
    assert [r["programme"] for r in told] == ["bestkenko"]
