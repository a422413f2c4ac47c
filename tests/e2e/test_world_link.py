"""Collect, assess and link in the miniature Internet (tests/world/README.md): the network of 27 comes out
whole, alone and with its flagship, though innocents share its host, its addresses and its icon."""

import re

import pytest

from assay import run
from collected import Collected

# Neighbours on the network's own hosting, two at the address of half of it, one with its favicon; and
# who has nothing to do with it.
NEIGHBOURS = {
    "maplecrane-rx.example": {"host": "kumo", "web": "203.0.113.11"},
    "kakuu-nippo.example": {"host": "kumo", "web": "203.0.113.11"},
    "thistledown-pharmacy.example": {"host": "kumo", "web": "203.0.113.12"},
}
OTHERS = ["riverbend-literacy.example", "harborlight-pharmacy.example"]


@pytest.fixture(scope="module")
def found(world, tmp_path_factory):
    """What was observed, what was found in it, and the records of links, from one collection. From Japan
    alone: from elsewhere the shops are under construction."""
    folder = tmp_path_factory.mktemp("linked")
    for name, more in NEIGHBOURS.items():
        world.plan.domains[name].update(more)
    world.plan.domains["maplecrane-rx.example"]["site"] = {"favicon": "kusuri"}
    world.refresh()
    world.config(folder / "assay.yaml", only=["jp"], registration_ms=100, seconds=20)
    names = [*world.plan.groups["network"], *NEIGHBOURS, *OTHERS]
    seen = Collected(world, folder, names, "--pages", "4")
    facts = run("assess", "--facts", "--config", folder / "assay.yaml", folder / "evidence")
    (folder / "facts.jsonl").write_text(facts.out)
    inputs = ["--config", folder / "assay.yaml", folder / "out.jsonl", folder / "facts.jsonl"]
    return seen, inputs, run("link", *inputs)


def by_type(ran, kind):
    return [r for r in ran.records() if r["type"] == kind]


def test_the_network_is_whole_alone_and_has_its_flagship(world, found):
    _, _, ran = found
    networks = by_type(ran, "network")
    assert [{m["key"] for m in n["members"]} for n in networks] == [set(world.plan.groups["network"])]
    assert networks[0]["flagship"] == world.plan.flagship
    assert networks[0]["sizes"]["active"] == 27
    assert not [n for n in [*NEIGHBOURS, *OTHERS] if n in ran.out]


def test_neighbours_do_share_what_is_not_enough(world, found):
    """The test above can fail: they were seen, at the same host, with the same error page or icon."""
    seen, _, _ = found
    flagship = seen.one(world.plan.flagship, "dns")["dns"]
    for name in NEIGHBOURS:
        assert seen.one(name, "dns")["dns"]["ns"] == flagship["ns"]
    icons = {i["evidence"][0]["address"] for n in ("maplecrane-rx.example", "kotori-yakubin.example")
             for i in seen.of(n, "image", role="icon")}
    assert len(icons) == 1


def test_each_link_stands_on_two_independent_values(world, found):
    _, _, ran = found
    links = by_type(ran, "link")
    assert {l["subject"]["key"] for l in links} == \
        set(world.plan.groups["network"]) - {world.plan.flagship}
    for link in links:
        assert len(link["parts"]) >= 2 and not all(p["plantable"] for p in link["parts"])
        assert not [p for p in link["parts"] if p["value"].startswith("0:3eb51c0bba7073d6")]


def test_why_tells_the_steps_and_why_not(world, found):
    _, inputs, _ = found
    said = run("link", "--why", "kotori-yakubin.example", "yamabiko-ed.example", *inputs).out
    assert re.match(r"kotori-yakubin.example and yamabiko-ed.example hang together by \d links?:", said)
    assert "of 1000000 domains have it; an outsider cannot bring it about" in said
    for name in NEIGHBOURS:
        said = run("link", "--why", "kotori-yakubin.example", name, *inputs, code=1).out
        assert said.startswith("No links lead from") and "ns1.kumoyama-hosting.test" in said


def test_without_the_certificates_and_the_hosting_it_is_seen_what_is_left(world, found):
    """One name server struck out changes nothing, for the other says the same; the basket's redirect is
    no more than one of several ties either."""
    _, inputs, _ = found
    assert "Nothing falls apart" in run("link", "--without", "ns1.kumoyama-hosting.test", *inputs).out
    assert "Nothing falls apart" in run("link", "--without", f"redirect={world.plan.flagship}",
                                        *inputs).out


def test_choke_points_are_the_hosts_and_the_registrars(found):
    choke = by_type(found[2], "network")[0]["choke"]
    top = {c["sort"]: (c["name"], c["at_once"]) for c in reversed(choke)}
    assert top["registrar"] == ("Sakurabune Registrar KK (synthetic)", 21)
    assert top["reseller"] == ("Hanabi Web Services (synthetic)", 21)
    assert top["name_server"] == ("kumoyama-hosting.test", 27)
