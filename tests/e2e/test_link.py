"""Networks from records: who belongs together, why, and who must not."""

import json
import os
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest
from assay import ROOT, run

SHOPS = 27
DATA = Path(os.environ.get("ASSAY_DATA", ROOT.parent / "shared" / "data"))


def observation(key, what, at="2026-10-01T00:00:00Z", **fields):
    return {"type": "observation", "v": 1, "what": what, "at": at, "src": "vantage:test",
            "vantage": "test", "subject": {"kind": "registrable", "key": key}, **fields}


def fact(key, what, arg, value, **fields):
    said = {k: v for k, v in (("arg", arg), ("value", value)) if v is not None}
    return {"type": "fact", "v": 1, "what": what, **said,
            "at": "2026-10-01T00:00:00Z", "src": "assess/1", "quotations": [],
            "subject": {"kind": "registrable", "key": key}, **fields}


def shop(i):
    return f"shop-{i:02d}.test"


def network(numbers=range(SHOPS)):
    """Shops on two name servers of their own; most show one telephone number, the others one number
    of an affiliate; some send their buyers to the first."""
    for i in numbers:
        key = shop(i)
        yield observation(key, "dns", at=f"2026-10-{1 + i % 28:02d}T00:00:00Z",
                          dns={"ns": ["ns1.kusuri-dns.test", "ns2.kusuri-dns.test"],
                               "a": [f"198.51.100.{10 + i % 3}"], "state": "delegated"})
        yield observation(key, "registration", at="2026-11-01T00:00:00Z", registration={
            "created": f"2026-0{1 + i % 9}-01T00:00:00Z",
            "registrar": "Registrar Alpha" if i < 20 else "Registrar Beta",
            "status": ["clientHold"] if i == 26 else ["active"]})
        if i % 4:
            yield fact(key, "contact", "phone", "+81355501234")
        else:
            yield fact(key, "affiliate", "parameter", "pay.test?aff=77")
        if 0 < i < 9 or i in (15, 16, 17, 20):
            yield observation(key, "page", url=f"https://{key}/", evidence=[
                {"address": "sha256:" + f"{i:064x}", "class": "public", "length": 1}],
                lands_on=f"https://{shop(0)}/")


def innocents():
    """A pharmacy in a register that shares all of it, a copy of the page, neighbours of a CDN, an
    agency's customers."""
    for key in ("listed-pharmacy.test",):
        yield observation(key, "dns", dns={"ns": ["ns1.kusuri-dns.test"], "a": ["198.51.100.10"]})
        yield fact(key, "contact", "phone", "+81355501234")
        yield observation(key, "register", register={
            "authority": "demo", "country": "GB", "name": "Listed", "number": "1",
            "kind": "pharmacy", "domains": [key], "status": "active", "serves": ["GB"]})
    yield observation("copycat-news.test", "dns", dns={"ns": ["a.other-dns.test"]})
    yield fact("copycat-news.test", "contact", "phone", "+81355501234")
    yield fact("copycat-news.test", "affiliate", "parameter", "pay.test?aff=77")
    for i in range(6):
        key = f"cdn-neighbour-{i}.test"
        yield observation(key, "dns", dns={"ns": ["ada.ns.cloudflare.com"], "a": ["104.16.1.1"]})
        yield fact(key, "contact", "phone", "+15550100")
        yield fact(key, "identity", "company", "Theme Demo Ltd")
    for i in range(6):
        key = f"agency-customer-{i}.test"
        yield observation(key, "dns", dns={"ns": ["ns.small-agency.test"], "a": ["203.0.113.7"]})
        yield observation(key, "image", url=f"https://{key}/favicon.ico", role="icon", evidence=[
            {"address": "sha256:" + "7" * 64, "class": "public", "length": 1}])


def lines(records):
    return "".join(json.dumps(r) + "\n" for r in records).encode()


def by_type(ran, kind):
    return [r for r in ran.records() if r["type"] == kind]


def schema_errors(objects):
    """What the schemas of STIX 2.1 say against them."""
    from jsonschema import Draft202012Validator, RefResolver
    store, found = {}, []
    for path in (DATA / "schemas" / "stix-2.1").rglob("*.json"):
        schema = json.loads(path.read_text())
        store[schema.get("$id", path.name)] = store[path.name] = schema
    for o in objects:
        schema = store[o["type"] + ".json"]
        resolver = RefResolver(base_uri=schema.get("$id", ""), referrer=schema, store=store)
        errors = Draft202012Validator(schema, resolver=resolver).iter_errors(o)
        found += [(o, e.message) for e in errors]
    return found


def test_a_network_comes_out_whole_alone_and_with_its_flagship():
    ran = run("link", stdin=lines([*network(), *innocents()]))
    found = by_type(ran, "network")
    assert len(found) == 1, [n["members"] for n in found]
    assert {m["key"] for m in found[0]["members"]} == {shop(i) for i in range(SHOPS)}
    assert found[0]["flagship"] == shop(0)
    assert found[0]["sizes"] == {"active": 26, "suspended": 1, "holding": 0, "unknown": 0}
    # Nobody else's names stand in any record.
    assert not any(word in ran.out for word in ("listed-pharmacy", "copycat", "neighbour", "agency"))
    # Each member but the flagship is told by one link, which stands on parts of its own.
    links = by_type(ran, "link")
    assert {l["subject"]["key"] for l in links} == {shop(i) for i in range(1, SHOPS)}
    for link in links:
        assert any(not p["plantable"] for p in link["parts"]) and len(link["parts"]) >= 2
        assert all(p["rarity"] >= 2 for p in link["parts"])


def test_the_order_of_the_input_is_nothing():
    records = [*network(), *innocents()]
    assert run("link", stdin=lines(records)).out == run("link", stdin=lines(records[::-1])).out


def test_choke_points_are_ranked_over_what_is_up():
    choke = by_type(run("link", stdin=lines(network())), "network")[0]["choke"]
    registrars = [(c["name"], c["domains"], c["at_once"]) for c in choke if c["sort"] == "registrar"]
    assert registrars == [("Registrar Alpha", 20, 20), ("Registrar Beta", 6, 6)]  # one is held
    assert choke[0]["at_once"] == 26 and choke[0]["sort"] in ("name_server", "host")


def test_why_says_the_parts_and_their_counts():
    ran = run("link", "--why", shop(1), shop(2), stdin=lines([*network(), *innocents()]))
    assert "by 1 link:" in ran.out
    assert "the telephone number +81355501234" in ran.out and "an outsider can copy it" in ran.out
    assert "the name server ns1.kusuri-dns.test" in ran.out
    assert "of 1000000 domains have it" in ran.out


@pytest.mark.parametrize("other, says", [
    ("copycat-news.test", "an outsider can copy it"),
    ("listed-pharmacy.test", "is named by a licence register"),
    ("agency-customer-1.test", "nothing in common"),
])
def test_why_not(other, says):
    ran = run("link", "--why", shop(1), other, code=1, stdin=lines([*network(), *innocents()]))
    assert "No links lead" in ran.out and says in ran.out


def test_a_shared_service_is_named_as_such():
    ran = run("link", "--why", "cdn-neighbour-0.test", "cdn-neighbour-1.test", code=1,
              stdin=lines(innocents()))
    assert "Cloudflare" in ran.out and "weighs nothing" in ran.out


def test_without_shows_what_falls_apart():
    records = lines([*network(), *innocents()])
    ran = run("link", "--without", "telephone=+81355501234", stdin=records)
    assert "27 domains fall apart" in ran.out
    assert "Nothing falls apart" in run("link", "--without", "ns2.kusuri-dns.test",
                                        stdin=records).out
    ran = run("link", "--without", "no-such-value", code=2, stdin=records)
    assert "no domain of the input has the value" in ran.err


def test_names_stay_and_splits_and_merges_are_told(tmp_path):
    small, whole = lines(network(range(0, 9))), lines(network())
    before = tmp_path / "before.jsonl"
    before.write_text(run("link", stdin=small).out)
    name = by_type(run("link", stdin=small), "network")[0]["network"]
    grown = by_type(run("link", "--previous", before, stdin=whole), "network")
    assert [n["network"] for n in grown] == [name] and "events" not in grown[0]
    # Two earlier networks that turn out to be one.
    other = tmp_path / "two.jsonl"
    two = run("link", stdin=lines(network(range(10, 20)))).out
    other.write_text(before.read_text() + two)
    merged = by_type(run("link", "--previous", other, stdin=whole), "network")[0]
    assert [e["event"] for e in merged["events"]] == ["merge"]
    # And one that falls in two: half of it moves to another operator.
    moved = [r for r in network() if int(r["subject"]["key"][5:7]) < 14]
    for r in network(range(14, SHOPS)):
        moved.append(json.loads(json.dumps(r).replace("kusuri-dns", "new-dns")
                                .replace("+81355501234", "+15550199").replace("aff=77", "aff=8")
                                .replace(shop(0), shop(14))))
    after = tmp_path / "after.jsonl"
    after.write_text(run("link", stdin=whole).out)
    split = by_type(run("link", "--previous", after, stdin=lines(moved)), "network")
    assert len(split) == 2
    assert sorted(len(n.get("events", [])) for n in split) == [0, 1]
    assert [e["event"] for n in split for e in n.get("events", [])] == ["split"]


@pytest.mark.parametrize("record, out", [
    ({"type": "correction", "reason": "sold", "cells": [{"class": "unverified", "destination": "JP"}]}, True),
    ({"type": "appeal", "state": "answered", "outcome": "reversed"}, True),
    ({"type": "appeal", "state": "answered", "outcome": "partly"}, True),
    ({"type": "appeal", "state": "answered", "outcome": "upheld"}, False),
    ({"type": "appeal", "state": "received"}, False),
    ({"type": "reply", "words": "We are none of them."}, False),
])
def test_what_was_granted_on_appeal_is_counter_evidence(record, out):
    granted = {"v": 1, "at": "2026-11-01T00:00:00Z", "src": "reviewer:akari", "not_of": "net-1",
               "subject": {"kind": "registrable", "key": shop(5)}, **record}
    records = lines([*network(), granted])
    members = {m["key"] for m in by_type(run("link", stdin=records), "network")[0]["members"]}
    assert (shop(5) not in members) == out and len(members) == 27 - out
    without = {**granted}
    del without["not_of"]
    assert run("link", stdin=lines([*network(), without])).out == run("link", stdin=lines(network())).out
    if out:
        said = run("link", "--why", shop(5), shop(1), stdin=records, code=1).out
        assert f"{shop(5)} is of no network, as was granted on appeal" in said


def test_former_names_and_flagships_are_aliases(tmp_path):
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    one, two = run("link", stdin=lines(network(range(0, 9)))), run("link", stdin=lines(network(range(10, 20))))
    before.write_text(one.out + two.out)
    names = [by_type(r, "network")[0]["network"] for r in (one, two)]
    # Both turn out to be one, whose buyers now go to another flagship.
    moved = json.loads(json.dumps([*network()]).replace(f'https://{shop(0)}/"', f'https://{shop(1)}/"'))
    ran = run("link", "--previous", before, stdin=lines(moved))
    merged = by_type(ran, "network")[0]
    assert merged["flagship"] == shop(1) and merged["network"] in names
    former, = set(names) - {merged["network"]}
    assert {former, shop(0)} <= set(merged["aliases"])
    assert merged["network"] not in merged["aliases"] and shop(1) not in merged["aliases"]
    text = run("link", "--previous", before, "--format", "text", stdin=lines(moved)).out
    assert f"  formerly {former}\n" in text
    # A run on the same input tells the same, with the event at the time when it was.
    after.write_text(before.read_text() + ran.out)
    again = run("link", "--previous", after, "--at", "2027-01-01T00:00:00Z", stdin=lines(moved))
    assert by_type(again, "network")[0]["id"] == merged["id"]


def test_an_epoch_freezes_what_is_rare(tmp_path):
    epoch = tmp_path / "epoch.tsv"
    run("link", "--freeze", epoch, stdin=lines(network()))
    text = epoch.read_text()
    assert text.startswith("#population\t1000000\nkind\tvalue\tdomains\n")
    assert "name_server\tns1.kusuri-dns.test\t27\n" in text
    same = run("link", stdin=lines(network())).out
    assert run("link", "--epoch", epoch, stdin=lines(network())).out == same
    # Where half of all domains have the number, it is no tie.
    epoch.write_text(text.replace("+81355501234\t20", "+81355501234\t500000"))
    assert run("link", "--epoch", epoch, stdin=lines(network())).out != same
    epoch.write_text("kind\tvalue\tdomains\ncolour\tred\t2\n")
    ran = run("link", "--epoch", epoch, code=2, stdin=lines(network()))
    assert "epoch.tsv:2:" in ran.err


def test_graphs_are_what_they_say():
    records = lines([*network(), *innocents()])
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    tree = xml.fromstring(run("link", "--graph", "graphml", stdin=records).out)
    sorts = [d.text for d in tree.findall(".//g:node/g:data[@key='sort']", space)]
    assert (sorts.count("storefront"), sorts.count("affiliate"), len(sorts)) == (SHOPS, 1, SHOPS + 1)
    # Each member but the flagship hangs on a link; one in four carries the affiliate's id.
    weights = [int(d.text) for d in tree.findall(".//g:edge/g:data[@key='weight']", space)]
    assert (len([w for w in weights if w]), weights.count(0)) == (SHOPS - 1, 7)
    svg = xml.fromstring(run("link", "--graph", "svg", stdin=records).out)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    dot = run("link", "--graph", "dot", stdin=records).out
    assert dot.startswith("graph networks {") and dot.count(" -- ") == SHOPS - 1 + 7
    ran = run("link", "--graph", "png", code=2, stdin=records)
    assert "graphml, dot, svg or stix" in ran.err


def test_stix_passes_the_schemas():
    bundle = json.loads(run("link", "--graph", "stix", "--at", "2026-11-28T00:00:00Z",
                            stdin=lines(network())).out)
    kinds = [o["type"] for o in bundle["objects"]]
    assert kinds.count("domain-name") == SHOPS and kinds.count("grouping") == 1
    known = {o["id"] for o in bundle["objects"]}
    for o in bundle["objects"]:
        assert set(o.get("object_refs", [])) <= known
        assert o.get("source_ref", o["id"]) in known and o.get("target_ref", o["id"]) in known
    schemas = DATA / "schemas" / "stix-2.1"
    if not schemas.exists():
        pytest.skip("the schemas of STIX 2.1 are not there")
    assert not schema_errors(bundle["objects"])


def test_nothing_to_link():
    assert run("link", stdin=b"").out == ""
    ran = run("link", "--why", "a.test", "b.test", code=2, stdin=b"")
    assert "tells nothing of a.test" in ran.err
    assert "takes two domains" in run("link", "--why", "a.test", code=2, stdin=b"").err
