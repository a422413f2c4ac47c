"""assay collect in the miniature Internet (tests/world/README.md): names, registrations, pages, sites
that mean harm, and what is kept of them."""

import gzip

import pytest

from assay import run
from collected import Collected

SECONDS = 60  # no run below takes as long, on a machine under load and with sanitizers
MEMORY = 2 << 20  # KiB of the largest process, with sanitizers

REGISTRATIONS = ["sumire-mailorder.internal", "tablet-cabin.internal", "held-before.test",
                 "lame-servers.test", "parked-pills.test", "seized-pills.test", "huge-answer.test",
                 "nobody-has-this.example", "nobody-has-this.internal"]


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("collected")
    key = folder / "registration.key"
    key.write_text(f"world-1 {bytes(range(32)).hex()}\n")
    key.chmod(0o600)
    # Ten a second: registrar two bans after five, so what is learned is learned in spite of that.
    world.config(folder / "assay.yaml", only=["jp", "us-direct"], registration_ms=100, seconds=20,
                 registration_key=str(key))
    return folder


@pytest.fixture(scope="module")
def first(world, folder):
    """Everybody but the sites that mean harm, from Japan and the United States."""
    names = [n for g in ("network", "innocent", "unusual") for n in world.plan.groups[g]] + REGISTRATIONS
    return Collected(world, folder, names, "--pages", "6")


# Names


@pytest.mark.parametrize("name, state", [
    ("himawari-kusuribin.example", "delegated"),
    ("riverbend-literacy.example", "delegated"),
    ("parked-pills.test", "parked"),
    ("seized-pills.test", "sinkholed"),
    ("held-before.test", "nxdomain"),
    ("lame-servers.test", "unresolved"),
    ("nobody-has-this.example", "nxdomain"),
])
def test_what_a_name_is_delegated_to(first, name, state):
    assert first.one(name, "dns")["dns"]["state"] == state
    absent = [r["absence"]["how"] for r in first.of(name, "absence") if r["absence"]["of"] == "dns"]
    assert bool(absent) == (state not in ("delegated", "parked", "sinkholed"))


def test_records_of_a_name(world, first):
    dns = first.one("harborlight-pharmacy.example", "dns")["dns"]
    assert dns["a"] == ["203.0.113.21"]
    assert sorted(dns["ns"]) == world.plan.hosts["tide"]["nameservers"]


# Registrations


def test_registrars_of_the_network(world, first):
    for name in world.plan.groups["network"]:
        domain = world.plan.domains[name]
        registrar = world.plan.registrars[domain["registrar"]]
        said = first.one(name, "registration")["registration"]
        assert (said["registrar"], said["registrar_id"]) == (registrar["name"], registrar["iana_id"])
        assert said["created"] == domain["created"] and "clientTransferProhibited" in said["status"]
        assert said["abuse"]["mail"] == registrar["abuse"]["mail"]
        reseller = domain["reseller"] and world.plan.resellers[domain["reseller"]]["name"]
        assert said.get("reseller") == reseller


def test_a_ban_is_waited_for(world, first):
    """Who asks on while banned is not answered at all: nobody did."""
    rows = [r for r in world.log("rdap") if r["server"] == "rdap.registrar-two.test"]
    statuses = [r["status"] for r in rows]
    assert 429 in statuses and 0 not in statuses
    answered = {r["path"].rsplit("/", 1)[1] for r in rows if r["status"] == 200}
    held = {n for n, d in world.plan.domains.items() if d["registrar"] == "two"}
    assert answered == held & {r["subject"]["key"] for r in first.records}


def test_a_registry_without_rdap_is_asked_by_whois(world, first):
    said = first.one("sumire-mailorder.internal", "registration")["registration"]
    assert said["registrar"] == world.plan.registrars["three"]["name"]
    assert [t["server"] for t in said["sources"]] == ["whois.nic.internal", "whois.registrar-three.test"]
    missing = first.one("nobody-has-this.internal", "absence", absence={
        "of": "registration", "how": "not-registered"})
    assert missing["evidence"]


def test_an_answer_without_end_is_cut(first):
    """48 MB of notices from the registry."""
    absent = [r["absence"] for r in first.of("huge-answer.test", "absence")]
    assert absent, first.of("huge-answer.test", "registration")


def test_personal_data_is_sealed(world, folder, first):
    """The baker's name came by WHOIS. It is in no record and in no public file."""
    baker = world.plan.registrants["bakery"]
    secrets = [baker[k].encode() for k in ("name", "street", "mail", "phone")]
    public = [gzip.decompress(p.read_bytes()) for p in (folder / "evidence" / "warc").iterdir()]
    public += [p.read_bytes() for p in (folder / "evidence").rglob("*") if p.is_file()]
    assert public and not [s for s in secrets for text in public + [first.out.encode()] if s in text]
    said = first.one("sumire-mailorder.internal", "registration")
    assert {e["class"] for e in said["evidence"]} == {"restricted"}
    assert said["registration"]["hashes"]


# Pages


def homes(first, name):
    """Home pages by vantage."""
    return {r["vantage"]: r for r in first.of(name, "page", role="home")}


def test_the_network_hides_from_all_but_japan(world, first):
    outside = set()
    for name in world.plan.groups["network"]:
        seen = homes(first, name)
        assert {v: p["status"] for v, p in seen.items()} == {"jp": 200, "us-direct": 200}, name
        assert seen["us-direct"]["title"] == "Under construction" != seen["jp"]["title"]
        assert "under_construction" in seen["us-direct"]["hints"]
        assert "under_construction" not in seen["jp"].get("hints", [])
        assert seen["jp"]["drugs"] and not seen["us-direct"].get("drugs")
        outside.add(seen["us-direct"]["evidence"][0]["address"])
        pair = first.one(name, "difference", vantage="us-direct")["difference"]
        assert pair["against"] == "jp"
        assert pair["title"] == [seen["jp"]["title"], "Under construction"]
        assert pair["under_construction"] == "us-direct"
        assert pair["likeness"] < 100000
    assert len(outside) == 1  # every shop shows others the same bytes: kept once


def test_baskets_lead_to_the_flagship(world, first):
    """At least one page of a shop that was asked for from Japan ends at the flagship's basket."""
    landed = {r["subject"]["key"] for r in first.records if r["what"] == "page"
              and r.get("lands_on") == world.plan.flagship}
    shops = set(world.plan.groups["network"]) - {world.plan.flagship}
    assert landed and landed <= shops
    for name in landed:
        for page in first.of(name, "page", lands_on=world.plan.flagship):
            assert page["vantage"] == "jp" and page["redirects"][-1]["status"] == 302


def test_innocents_are_seen_alike_and_without_a_fault(world, first):
    for name in world.plan.groups["innocent"]:
        seen = homes(first, name)
        assert {v: p["status"] for v, p in seen.items()} == {"jp": 200, "us-direct": 200}, name
        assert len({p["evidence"][0]["address"] for p in seen.values()}) == 1
        pages = first.of(name, "page")
        assert not [p for p in pages if "fault" in p or "truncated" in p or "stopped" in p]
        assert not first.of(name, "difference", vantage="us-direct")
        assert not [r for r in first.of(name, "absence") if r["absence"]["of"] == "dns"]


def test_a_hacked_path_is_not_seen_by_who_comes_directly(first):
    urls = {r["url"] for r in first.of("riverbend-literacy.example", "page")}
    assert urls and not [u for u in urls if "/shop/" in u]


def test_vantages_of_an_order_start_together(world, first):
    """By the sites' own log: the first request of each vantage, where both reached the site."""
    begun = {}
    for row in world.log("sites"):
        begun.setdefault(row["site"], {}).setdefault(row["from"], row["at"])
    jp, us = (world.plan.vantages[c]["address"] for c in ("JP", "US"))
    apart = [abs(t[jp] - t[us]) for n, t in begun.items() if jp in t and us in t]
    assert len(apart) > 30 and sorted(apart)[len(apart) // 2] < 1


@pytest.mark.parametrize("name, verify", [
    ("harborlight-pharmacy.example", None),  # of the world's authority, which the system knows not
    ("self-signed.example", "self"),
    ("expired-cert.example", None),
    ("other-name.example", None),
])
def test_certificates_are_recorded_not_required(first, name, verify):
    assert homes(first, name)["jp"]["status"] == 200
    tls = first.of(name, "tls", vantage="jp")[0]["tls"]
    assert tls["host"] == name and tls["verify"] != "trusted" and tls["sha256"]
    assert verify is None or verify in tls["verify"]


def test_redirects_by_meta_and_script_are_followed(first):
    for name, how in (("meta-refresh.example", "meta"), ("script-redirect.example", "script")):
        page = homes(first, name)["jp"]
        assert page["url"] == f"https://{name}/arrived/"
        assert [hop["how"] for hop in page["redirects"]] == [how]


def test_a_site_without_tls_is_reached_by_http(first):
    page = homes(first, "plain-http.example")["us-direct"]
    assert page["url"] == "http://plain-http.example/" and page["status"] == 200
    assert page["tried"][0]["url"] == "https://plain-http.example/"


def test_a_site_of_script_alone_is_said_to_be_empty(first):
    assert "empty_without_script" in homes(first, "script-only.example")["jp"]["hints"]


def test_icons_and_seals(first):
    images = first.of("harborlight-pharmacy.example", "image", vantage="us-direct")
    assert {i["url"].rsplit("/", 1)[1]: i["role"] for i in images} == \
        {"favicon.ico": "icon", "board-seal.png": "seal"}
    icons = {i["evidence"][0]["address"] for n in ("kotori-yakubin.example", "yamabiko-ed.example")
             for i in first.of(n, "image", vantage="jp", role="icon")}
    assert len(icons) == 1  # shared by the shops of the network


# Sites that mean harm


@pytest.fixture(scope="module")
def hostile(world, folder, first):
    """All of them at once, with short limits."""
    settings = folder / "hostile"
    settings.mkdir()
    world.config(settings / "assay.yaml", only=["jp-direct", "us"], registration_ms=100, seconds=10,
                 body="2M")
    return Collected(world, settings, world.plan.groups["hostile"], "--pages", "2")


def test_hostile_sites_cost_little(hostile):
    assert hostile.took < SECONDS and hostile.memory < MEMORY


@pytest.mark.parametrize("name, wanted", [
    ("to-loopback.invalid", "special-address"),
    ("to-inner.invalid", "special-address"),
    ("points-inside.invalid", "special-address"),
    ("mute.invalid", "timeout"),
    ])
def test_what_cannot_be_seen_is_said_to_be_absent(hostile, name, wanted):
    for vantage in ("jp-direct", "us"):
        said = {r["absence"]["how"] for r in hostile.of(name, "absence", vantage=vantage)}
        assert wanted in said, said


def test_a_closed_port_is_told_from_a_proxy_that_fails(hostile):
    said = hostile.one("closed-port.invalid", "absence", vantage="jp-direct")
    assert said["absence"]["how"] == "connect" and said["url"].startswith("http:")
    assert [t["url"] for t in said["tried"]] == ["https://closed-port.invalid/"]


def test_what_is_not_http_is_kept(hostile):
    for vantage in ("jp-direct", "us"):
        page = hostile.one("gibberish.invalid", "page", vantage=vantage)
        assert page["fault"] == "protocol" and page["evidence"][0]["length"] == 1024


@pytest.mark.parametrize("name, cut", [
    ("torrent.invalid", "length"), ("drip.invalid", "time"), ("cut-short.invalid", "disconnect")])
def test_what_is_cut_is_kept_and_marked(hostile, name, cut):
    for vantage in ("jp-direct", "us"):
        page = hostile.of(name, "page", vantage=vantage)[0]
        assert page["truncated"] == cut and page["evidence"][0]["length"] > 0


def test_zeros_are_unpacked_to_a_limit(hostile):
    page = hostile.of("zeros.invalid", "page", vantage="us")[0]
    assert page["decoded_limit"] or page["unread"]


def test_redirects_end(hostile):
    page = hostile.of("carousel.invalid", "page", vantage="us")[0]
    assert page["stopped"] == "limit" and len(page["redirects"]) == 10


# What is kept


@pytest.mark.parametrize("which", ["first", "hostile"])
def test_everything_can_be_checked_and_made_again_offline(folder, request, which):
    seen = request.getfixturevalue(which)
    at = folder / ("hostile" if which == "hostile" else "")
    run("collect", "--verify", at / "evidence", "--config", at / "assay.yaml")
    again = run("collect", "--replay", at / "evidence", "--config", at / "assay.yaml")
    assert sorted(again.out.splitlines()) == sorted(seen.out.splitlines())


def test_what_is_there_is_not_collected_again(world, folder, first):
    asked = len(world.log("rdap"))
    rerun = Collected(world, folder, first.names.read_text().split(), "--pages", "6")
    assert rerun.out == "" and len(world.log("rdap")) == asked


def test_nothing_inner_was_reached(world, first, hostile):
    assert world.log("inner") == []
