"""The miniature Internet by itself: what its servers answer, to whom, and that they end."""

import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay import ROOT

WORLD = ROOT / "tests" / "world"
NETWORK = 27
RESERVED = {"example", "test", "invalid", "internal"}

SEND = """
import json, smtplib, sys
server, sender, to = sys.argv[1:]
codes = []
for _ in range(2):
    try:
        with smtplib.SMTP(server, 25, "notices.test", timeout=1) as s:
            s.starttls()
            refused = s.sendmail(sender, [to], "Subject: notice\\n\\nkotori-yakubin.example\\n")
            codes.append(250)
    except smtplib.SMTPRecipientsRefused as e:
        codes.append(e.recipients[to][0])
    except smtplib.SMTPServerDisconnected:
        codes.append(0)
print(json.dumps(codes))
"""


def kdig(world, *query):
    resolver = f"@{world.place.address(world.plan.resolver)}"
    done = world.run(["kdig", resolver, *query])
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def dig(world, *query):
    return [line.strip() for line in kdig(world, "+short", *query).splitlines()]


def rcode(world, name, rrtype="A"):
    return re.search(r"status: (\w+)", kdig(world, name, rrtype))[1]


def curl(world, url, *more, country=None, seconds=10):
    """(exit code, status, body), from a country's address or from none's."""
    where = ["--interface", world.plan.vantages[country]["address"]] if country else []
    done = world.run(["curl", "-s", "-m", seconds, "-w", "%{stderr}%{http_code}", *where, *more, url])
    return done.returncode, int(done.stderr.decode()[-3:] or 0), done.stdout


def title(body):
    found = re.search(rb"<title>([^<]*)", body, re.I)
    return found and found[1].decode("utf-8", "replace")


def titles(world, country, names):
    """The title of each name's home page, seen from a country, asked by one curl."""
    mark = "\nEND OF %{url}\n"
    address = world.plan.vantages[country]["address"]
    done = world.run(["curl", "-s", "--interface", address, "-w", mark,
                      *[f"https://{n}/" for n in names]])
    found = re.findall(rb"(.*?)\nEND OF https://(\S+)/\n", done.stdout, re.S)
    return {url.decode(): title(body) for body, url in found}


def rdap(world, server, name):
    code, status, body = curl(world, f"https://rdap.{server}/domain/{name}")
    assert code == 0, (server, name, code)
    return status, json.loads(body)


def whois(world, server, line):
    ask = ("import socket, sys; s = socket.create_connection((sys.argv[1], 43)); "
           "s.sendall(sys.argv[2].encode() + b'\\r\\n'); "
           "sys.stdout.write(s.makefile(encoding='utf-8', newline='').read())")
    done = world.run([sys.executable, "-c", ask, server, line], check=True)
    return done.stdout.decode()


def roles(entities):
    return {r: e for e in entities for r in e["roles"]}


# The description


def test_names_are_of_nobody_and_the_network_is_held_as_the_story_needs(world):
    plan = world.plan
    names = [*plan.domains, *plan.services(), plan.root["name"]]
    assert {n.rsplit(".", 1)[1] for n in names} <= RESERVED
    network = [plan.domains[n] for n in plan.groups["network"]]
    held = [d["registrar"] for d in network]
    assert (len(held), held.count("one"), held.count("two"), held.count("three")) == (NETWORK, 21, 3, 3)
    behaviours = {r: plan.registrars[r]["abuse"]["behaviour"] for r in plan.registrars}
    assert behaviours == {"one": "accept", "two": "bounce", "three": "silent", "four": "greylist"}
    assert {d["registrant"] for d in network} == {"bakery", "shell", "privacy"}
    assert plan.registrants["bakery"]["identity"] == "stolen"


# Names


@pytest.mark.parametrize("query, wanted", [
    (("himawari-kusuribin.example",), ["203.0.113.10"]),
    (("www.himawari-kusuribin.example",), ["himawari-kusuribin.example.", "203.0.113.10"]),
    (("himawari-kusuribin.example", "NS"),
     ["ns1.kumoyama-hosting.test.", "ns2.kumoyama-hosting.test."]),
    (("honey.shops.example",), ["shops.example.", "203.0.113.20"]),
    (("harborlight-pharmacy.example", "MX"), ["10 mail.harborlight-pharmacy.example."]),
    (("harborlight-pharmacy.example", "CAA"), ['0 issue "ca.world.test"']),
    (("harborlight-pharmacy.example", "TXT"), ['"v=spf1 mx -all"']),
    (("registrar-one.test", "MX"), ["10 mx.registrar-one.test."]),
    (("points-inside.invalid",), ["10.0.0.7"]),
])
def test_the_resolver_finds(world, query, wanted):
    assert sorted(dig(world, *query)) == sorted(wanted)


@pytest.mark.parametrize("name, wanted", [
    ("nobody-has-this.example", "NXDOMAIN"),
    ("held-before.test", "NXDOMAIN"),     # clientHold: not delegated
    ("lame-servers.test", "SERVFAIL"),    # delegated to a server that has no such zone
    ("example.com", "NXDOMAIN"),          # no other TLD is there
])
def test_the_resolver_does_not_find(world, name, wanted):
    assert rcode(world, name) == wanted


def test_one_name_is_bound_anew_with_each_question(world):
    answers = [dig(world, "rebind.invalid")[0] for _ in range(4)]
    assert sorted(answers) == ["127.0.0.1"] * 2 + ["203.0.113.133"] * 2
    assert answers[0] != answers[1]


# Sites


def test_the_network_is_under_construction_outside_japan(world):
    names = world.plan.groups["network"]
    inside, outside = titles(world, "JP", names), titles(world, "US", names)
    assert len(inside) == len(outside) == NETWORK
    assert set(outside.values()) == {"Under construction"}
    assert titles(world, "GB", names) == outside
    assert "Under construction" not in inside.values() and len(set(inside.values())) == NETWORK
    # From nowhere in particular, and at any other address of the shop, it is the same.
    assert title(curl(world, f"https://{names[1]}/faq.html")[2]) == "Under construction"
    assert title(curl(world, f"https://{names[1]}/faq.html", country="JP")[2]) != "Under construction"


@pytest.mark.parametrize("country", ["JP", "US", "GB"])
def test_a_proxy_stands_in_its_country(world, country):
    v = world.plan.vantages[country]
    proxy = ["-x", f"http://{v['address']}:3128"]
    for url in ("http://mikazuki-do.example/", "https://mikazuki-do.example/"):
        code, status, body = curl(world, url, *proxy)
        assert (code, status) == (0, 200)
        assert (title(body) != "Under construction") == (country == "JP")
    # A proxy that is given an address instead of a name carries that out too.
    code, status, _ = curl(world, "https://thistledown-pharmacy.example/", *proxy, "--connect-to",
                           "thistledown-pharmacy.example:443:203.0.113.20:443")
    assert (code, status) == (0, 200)


def test_baskets_lead_to_the_flagship(world):
    code, status, _ = curl(world, "https://kotori-yakubin.example/cart/", "-o", "/dev/null", "-w",
                           "%{stderr}%{redirect_url} %{http_code}", country="JP")
    assert (code, status) == (0, 302)
    body = curl(world, "https://kotori-yakubin.example/cart/", "-L", country="JP")[2]
    assert world.plan.flagship in title(body)
    assert title(curl(world, "https://kotori-yakubin.example/cart/", country="US")[2]) \
        == "Under construction"


def test_the_charity_shows_its_injected_links_to_search_engines_visitors(world):
    home = "https://riverbend-literacy.example/"
    plain, found = curl(world, home)[2], curl(world, home, "-e", "https://www.google.co.uk/")[2]
    assert b"viagra" not in plain and b'href="/shop/"' in found
    assert curl(world, home + "shop/")[1] == 200


def test_the_platform_has_one_bad_tenant(world):
    shops = {n: curl(world, f"https://{n}/")[2]
             for n in ("shops.example", "honey.shops.example", "pills4u.shops.example")}
    assert len({title(b) for b in shops.values()}) == 3
    drug = re.compile(rb"sildenafil|tramadol|viagra|xanax", re.I)
    assert [n for n, b in shops.items() if drug.search(b)] == ["pills4u.shops.example"]


def test_pictures_are_there(world):
    icons = {curl(world, f"https://{n}/favicon.ico", country="JP")[2]
             for n in ("mikazuki-do.example", "kotori-yakubin.example")}
    assert len(icons) == 1 and icons.pop().startswith(b"\x89PNG")
    seal = curl(world, "https://harborlight-pharmacy.example/static/board-seal.png")
    assert seal[1] == 200 and seal[2].startswith(b"\x89PNG")


@pytest.mark.parametrize("url, wanted", [
    ("https://harborlight-pharmacy.example/", 0),
    ("https://self-signed.example/", 60),  # curl: the certificate is not believed
    ("https://expired-cert.example/", 60),
    ("https://other-name.example/", 60),
    ("https://broken-tls.invalid/", 35),   # no session
    ("https://plain-http.example/", 7),    # refused
    ("http://plain-http.example/", 0),
    ("http://closed-port.invalid/", 7),
])
def test_certificates(world, url, wanted):
    assert curl(world, url)[0] == wanted


def test_what_sites_were_asked_is_logged(world):
    curl(world, "https://maplecrane-rx.example/logged", "-A", "a visitor", country="GB")
    row = [r for r in world.log("sites") if r["url"] == "/logged"][0]
    assert (row["from"], row["site"], row["status"], row["agent"]) == \
        (world.plan.vantages["GB"]["address"], "maplecrane-rx.example", 404, "a visitor")


# Sites that mean harm


def test_two_gigabytes_of_zeros_are_two_megabytes_on_the_wire(world):
    code, status, body = curl(world, "https://zeros.invalid/")
    assert (code, status) == (0, 200) and 1 << 20 < len(body) < 4 << 20
    assert int.from_bytes(body[-4:], "little") == 2 << 30
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as f:
        assert not any(f.read(1 << 20))


@pytest.mark.parametrize("name, code, least", [
    ("drip", 28, 5),                # curl: out of time, with something received
    ("torrent", 28, 1 << 20),
    ("mute", 28, 0),
    ("gibberish", 1, 0),            # not HTTP
    ("cut-short", 18, 20),          # less than was promised
    ("header-flood", 56, 0),        # over curl's own limit
    ("abyss", 0, 1000000),
])
def test_hostile_sites(world, name, code, least):
    got, _, body = curl(world, f"http://{name}.invalid/", seconds=0.6)
    assert got == code or (name, got) == ("header-flood", 100), got
    assert len(body) >= least


def test_redirects_without_end_and_to_within(world):
    assert curl(world, "http://carousel.invalid/", "-L")[0] == 47
    for name, target in (("to-loopback", "http://127.0.0.1/admin"),
                         ("to-inner", "https://10.0.0.7/latest/meta-data/")):
        done = world.run(["curl", "-s", "-w", "%{redirect_url}", f"http://{name}.invalid/"])
        assert done.stdout.decode() == target
    # What must not be reached is there to be reached, and tells of it.
    before = len(world.log("inner"))
    assert b"secret" in curl(world, "http://to-loopback.invalid/", "-L")[2]
    assert [r["to"] for r in world.log("inner")[before:]] == ["127.0.0.1"]


# Registrations


def test_rdap_is_found_from_the_bootstrap_to_the_registrar(world):
    listed = json.loads(curl(world, "https://data.iana.test/rdap/dns.json")[2])["services"]
    assert {tld for tlds, _ in listed for tld in tlds} == {"example", "test", "invalid"}
    status, registry = rdap(world, "nic.example", "kotori-yakubin.example")
    assert status == 200 and registry["status"] == ["client transfer prohibited"]
    assert registry["redacted"] and "asanuma" not in json.dumps(registry).lower()
    registrar = roles(registry["entities"])["registrar"]
    assert registrar["publicIds"][0]["identifier"] == "99001"
    related = [link["href"] for link in registry["links"] if link["rel"] == "related"]
    assert related == ["https://rdap.registrar-one.test/domain/kotori-yakubin.example"]
    status, own = rdap(world, "registrar-one.test", "kotori-yakubin.example")
    assert status == 200 and "reseller" in roles(own["entities"])
    abuse = roles(roles(own["entities"])["registrar"]["entities"])["abuse"]
    assert "abuse@registrar-one.test" in json.dumps(abuse)


@pytest.mark.parametrize("server, name, status", [
    ("nic.example", "nobody-has-this.example", 404),
    ("nic.test", "kogarashi-kusuri.test", 200),
    ("nic.test", "kotori-yakubin.example", 404),           # another registry's
    ("nic.invalid", "zeros.invalid", 200),
    ("registrar-one.test", "mikazuki-do.example", 404),    # another registrar's
    ("registrar-four.test", "thistledown-pharmacy.example", 200),
])
def test_each_rdap_server_answers_for_its_own(world, server, name, status):
    assert rdap(world, server, name)[0] == status


def test_a_thin_registry_names_no_holder(world):
    assert set(roles(rdap(world, "nic.test", "kogarashi-kusuri.test")[1]["entities"])) == {"registrar"}


def test_bursts_are_banned_and_a_wait_lifts_it(world):
    url = "https://rdap.registrar-two.test/domain/mikazuki-do.example"
    script = f"""
import http.client, json, ssl, time
context = ssl.create_default_context()
def ask():
    c = http.client.HTTPSConnection("rdap.registrar-two.test", timeout=5, context=context)
    try:
        c.request("GET", "/domain/mikazuki-do.example")
        r = c.getresponse()
        return r.status, r.headers.get("Retry-After")
    except ConnectionError:
        return 0, None
seen = [ask() for _ in range(7)]
time.sleep(float(seen[5][1]) + 0.1)
print(json.dumps(seen + [ask()]))
"""
    seen = json.loads(world.run([sys.executable, "-c", script], check=True).stdout)
    assert [s for s, _ in seen] == [200] * 5 + [429, 0, 200]
    assert seen[5][1] == "1"
    assert [r["status"] for r in world.log("rdap") if r["server"] in url] == [s for s, _ in seen]


def test_one_answer_is_far_too_long(world):
    code, status, body = curl(world, "https://rdap.nic.test/domain/huge-answer.test", "-o",
                              "/dev/null", "-w", "%{size_download}%{stderr}%{http_code}")
    assert (code, status) == (0, 200) and int(body) > 40 << 20


def test_whois_is_found_from_iana_to_the_registrar(world):
    assert "refer:        whois.nic.internal" in whois(world, "whois.iana.test", "internal")
    text = whois(world, "whois.nic.internal", "sumire-mailorder.internal")
    assert "Registrar WHOIS Server: whois.registrar-three.test" in text and "Registrant" not in text
    text = whois(world, "whois.registrar-three.test", "sumire-mailorder.internal")
    assert "Registrant Name: Midori Asanuma" in text
    assert "Registrar IANA ID: 99003" in text
    assert "No match" in whois(world, "whois.nic.internal", "nobody-has-this.internal")
    assert "refer" not in whois(world, "whois.iana.test", "test")


def test_a_registrar_refuses_whois_that_comes_too_fast(world):
    script = """
import socket
for _ in range(8):
    s = socket.create_connection(("whois.registrar-three.test", 43))
    s.sendall(b"sumire-mailorder.internal\\r\\n")
    print("limit" in s.makefile().read())
"""
    said = world.run([sys.executable, "-c", script], check=True).stdout.decode().split()
    assert said.count("True") >= 3 and said[-1] == "True"


# Mail


@pytest.mark.parametrize("desk, codes, kept", [
    ("abuse@registrar-one.test", [250, 250], 2),
    ("abuse@registrar-two.test", [550, 550], 0),
    ("abuse@registrar-three.test", [250, 250], 2),
    ("abuse@registrar-four.test", [451, 250], 1),
    ("desk@hanabi-reseller.test", [250, 250], 2),
    ("abuse@kumoyama-hosting.test", [250, 250], 2),
    ("abuse@tidewharf-hosting.test", [452, 452], 0),
    ("abuse@grimholt-hosting.test", [0, 0], 0),
    ("sales@registrar-one.test", [550, 550], 0),
])
def test_a_desk(world, desk, codes, kept):
    server = dig(world, desk.split("@")[1], "MX")[0].split()[1].rstrip(".")
    done = world.run([sys.executable, "-c", SEND, server, "reports@assay.test", desk], check=True)
    assert json.loads(done.stdout) == codes
    mail = world.mail(desk)
    assert len(mail) == kept
    for about, message in mail:
        assert about["to"] == [desk] and about["tls"] and b"kotori-yakubin.example" in message


# What happens


def test_steps_change_what_is_seen(world):
    moved = "kotori-yakubin.example"
    before = curl(world, "https://yamabiko-ed.example/", country="JP")[2]
    world.step("transfer", "suspend", "registry-hold", "delete", "seize", "move-host", "restock")

    assert roles(rdap(world, "nic.example", moved)[1]["entities"])["registrar"]["handle"] == "99004"
    assert rdap(world, "registrar-one.test", moved)[0] == 404
    gaining = rdap(world, "registrar-four.test", moved)[1]
    assert "reseller" not in roles(gaining["entities"])
    assert "transfer" in {e["eventAction"] for e in gaining["events"]}
    assert curl(world, f"https://{moved}/")[1] == 200

    assert rcode(world, "asagiri-medi.example") == "NXDOMAIN"
    assert "client hold" in rdap(world, "nic.example", "asagiri-medi.example")[1]["status"]
    assert rcode(world, "mozuku-meds.test") == "NXDOMAIN"
    assert "server hold" in rdap(world, "nic.test", "mozuku-meds.test")[1]["status"]
    assert rcode(world, "tablet-cabin.internal") == "NXDOMAIN"
    assert "No match" in whois(world, "whois.nic.internal", "tablet-cabin.internal")
    assert "ns1.seized-names.test." in dig(world, "momiji-pharmacy.test", "NS")

    assert dig(world, "suzuran-mart.example") == ["203.0.113.28"]
    assert "ns1.tidewharf-hosting.test." in dig(world, "suzuran-mart.example", "NS")
    assert curl(world, "https://suzuran-mart.example/", country="JP")[1] == 200
    after = curl(world, "https://yamabiko-ed.example/", country="JP")[2]
    assert before != after and title(before) == title(after)

    world.step("unsuspend")
    assert dig(world, "asagiri-medi.example") == ["203.0.113.11"]
    world.step("suspend-twenty")
    network = [world.plan.domains[n] for n in world.plan.groups["network"]]
    held = [d["name"] for d in network if "clientHold" in d["status"]]
    assert len(held) == 20 and moved not in held and world.plan.flagship in held
    assert {rcode(world, n) for n in held[::5]} == {"NXDOMAIN"} and rcode(world, moved) == "NOERROR"


# Beginning and end


def gone(running):
    end = time.monotonic() + 15
    while left := [p for p in running if os.path.exists(f"/proc/{p}")]:
        assert time.monotonic() < end, f"left: {left}"
        time.sleep(0.02)


def test_by_hand_beside_another_world(world):
    folder = Path(f"/tmp/world-test-{os.getpid()}")

    def command(*args, code=0):
        done = subprocess.run([sys.executable, WORLD / "world.py", "--at", folder, *args],
                              capture_output=True, text=True)
        assert done.returncode == code, done
        return done.stdout + done.stderr

    command("start")
    try:
        command("step", "suspend")
        assert "no such step" in command("step", "nonsense", code=1)
        look = "kdig +short asagiri-medi.example; curl -s https://harborlight-pharmacy.example/"
        seen = command("run", "sh", "-c", f"readlink /proc/self/ns/net; {look}").split("\n", 1)
        running = [p.name for p in Path("/proc").iterdir() if p.name.isdigit() and network(p) == seen[0]]
        assert len(running) > 10
        assert "Harborlight" in seen[1] and "203.0.113.11" not in seen[1]
    finally:
        command("stop")
    gone(running)
    assert not folder.exists() and "no world" in command("stop", code=1)
    assert dig(world, "harborlight-pharmacy.example") == ["203.0.113.21"]


def network(process):
    try:
        return os.readlink(process / "ns" / "net")
    except OSError:
        return None


def test_without_namespaces_and_with_a_holder_that_dies():
    """The same on addresses of 127.0.0.0/8; and who holds a world need not live to end it."""
    script = ("import sys, time; sys.path.insert(0, sys.argv[1]); from world import World; "
              "w = World(namespace=False); w.start(); w.step('suspend'); "
              "print(w.folder, w.place.second, *w.processes(), flush=True); time.sleep(600)")
    holder = subprocess.Popen([sys.executable, "-c", script, WORLD], stdout=subprocess.PIPE)
    try:
        folder, second, *running = holder.stdout.readline().decode().split()
        assert len(running) > 10
        resolver = f"@127.{second}.100.53"

        def look(name):
            return subprocess.run(["kdig", resolver, name], capture_output=True, text=True).stdout
        assert f"127.{second}.113.10" in look("himawari-kusuribin.example")
        assert f"127.{second}.7.7" in look("points-inside.invalid")
        assert "NXDOMAIN" in look("asagiri-medi.example")
        page = subprocess.run(
            ["curl", "-s", "--interface", f"127.{second}.2.81", "--cacert", f"{folder}/ca/ca.pem",
             "--connect-to", f"::127.{second}.113.11:", "https://kotori-yakubin.example/"],
            capture_output=True).stdout
        assert title(page).startswith("ことり")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    gone(running)
    shutil.rmtree(folder)
