"""assay lookup: the name itself, its parent, its host; never a neighbour. Exit codes as promised."""

import os
import pty
import select
import shutil
import subprocess

import assay
import pytest

LISTED = "himawari-kusuribin.example"       # for US, JP and GB; ships to the whole world
JAPAN_ONLY = "tsubame-kaigai-yaku.example"  # listed for JP
PENDING = "wakaba-kojin-yunyu.example"
ENDED = "sunny-corner-place.example"        # listed in an earlier registration
HACKED = "riverbend-literacy.example"
CORRECTED = "lotuskind-pharmacy.example"


def answer(store, name, *more, code=None):
    ran = assay.run("lookup", "--store", store, "--config", assay.CONFIG, *more, name,
                    code={0, 1} if code is None else code)
    one, = ran.records()
    return one


def classes(one):
    return {c["destination"]: c["class"] for c in one["cells"] if c["current"]}


@pytest.mark.parametrize("name", [
    LISTED, LISTED.upper(), LISTED + ".", "www." + LISTED, "a.b.c." + LISTED,
    f"https://{LISTED}/", f"https://www.{LISTED}/order?x=1", f"http://{LISTED}/pages/qa.html"])
def test_a_listed_name_answers_for_itself_its_hosts_and_its_pages(shipped, name):
    one = answer(shipped, name, code=0)
    assert one["subject"] == {"kind": "registrable", "key": LISTED} and one["known"]
    assert set(classes(one).values()) == {"rogue"}
    assert {c["destination"] for c in one["cells"] if c["state"] == "listed"} == {"US", "JP", "GB"}


@pytest.mark.parametrize("name", [
    "xhimawari-kusuribin.example", "himawari-kusuribin.test", "kusuribin.example", "example",
    LISTED + ".bakery.example", f"https://bakery.example/{LISTED}", "192.0.2.1", "[2001:db8::1]"])
def test_a_name_that_only_resembles_a_listed_one_is_unknown(shipped, name):
    one = answer(shipped, name, code=1)
    assert one["known"] is False and one["cells"] == []


def test_an_unknown_name_says_so(shipped):
    ran = assay.run("lookup", "--store", shipped, "--format", "text", "nobody-asked.example", code=1)
    assert ran.out == "nobody-asked.example: not reviewed; nothing is known of it here\n"


def test_neither_the_platform_nor_a_neighbour_answers_for_a_tenant(shipped):
    assert classes(answer(shipped, "pills4u.shops.example"))["US"] == "rogue"
    for name in ("honey.shops.example", "www.honey.shops.example", "shops.example"):
        assert set(classes(answer(shipped, name, code=1)).values()) == {"not_a_pharmacy"}, name
    assert answer(shipped, "unheard-of.shops.example", code=1)["known"] is False


def test_a_prefix_answers_for_what_lies_below_it_and_for_nothing_else(shipped):
    prefix = {"kind": "url", "key": f"https://{HACKED}/shop/"}
    for path in ("shop/", "shop/x/y.html", "shop/?a=1"):
        one = answer(shipped, f"https://{HACKED}/{path}")
        assert one["subject"] == prefix and classes(one)["US"] == "rogue", path
    for name in (HACKED, f"https://{HACKED}/", f"https://{HACKED}/shopping/",
                 f"https://{HACKED}/about.html"):
        one = answer(shipped, name, code=1)
        assert one["subject"] == {"kind": "registrable", "key": HACKED}, name
        assert set(classes(one).values()) == {"not_a_pharmacy"}


EXITS = [
    # names, --destination, exit
    ([LISTED], None, 0), ([LISTED], "US", 0), ([LISTED], "FR", 1), ([LISTED], "SE", 1),
    ([JAPAN_ONLY], None, 0), ([JAPAN_ONLY], "JP", 0), ([JAPAN_ONLY], "US", 1),
    ([PENDING], None, 1), ([PENDING], "JP", 1), ([ENDED], None, 1), ([ENDED], "US", 1),
    ([CORRECTED], "GB", 1), (["nobody-asked.example"], None, 1),
    (["nobody-asked.example", LISTED], None, 0), ([JAPAN_ONLY, PENDING], "US", 1),
    ([LISTED], "us", 2), ([LISTED], "Japan", 2), ([], None, 2),
    (["a..example"], None, 2), (["not a name"], None, 2), (["x" * 300 + ".example"], None, 2),
    (["a\x1b[31mb.example"], None, 2), (["xn--zzzzzzz-.example"], None, 2), ([""], None, 2)]


@pytest.mark.parametrize("names, destination, code", EXITS,
                         ids=[f"{' '.join(n)[:40]!a}-{d}-{c}" for n, d, c in EXITS])
def test_the_exit_code_says_whether_a_decision_is_in_force(shipped, names, destination, code):
    more = ["--destination", destination] if destination else []
    ran = assay.run("lookup", "--store", shipped, "--config", assay.CONFIG, *more, *names, code=code)
    assert (code == 2) == bool(ran.err), ran


def test_one_destination_shows_no_other(shipped):
    one = answer(shipped, LISTED, "--destination", "JP", code=0)
    assert [c["destination"] for c in one["cells"]] == ["JP"]
    one = answer(shipped, LISTED, "--destination", "SE", code=1)
    assert one["cells"] == [] and one["known"] is True
    ran = assay.run("lookup", "--store", shipped, "--format", "text", "--destination", "SE", LISTED,
                    code=1)
    assert ran.out == f"{LISTED}: not judged for SE\n"


def test_a_store_that_is_not_there_is_told_and_not_made(tmp_path):
    ran = assay.run("lookup", "--store", tmp_path / "none", LISTED, code=2)
    assert str(tmp_path / "none") in ran.err
    assert list(tmp_path.iterdir()) == []


def test_text_shows_what_was_seen_decided_and_when(shipped):
    text = assay.run("lookup", "--store", shipped, "--format", "text", "--destination", "JP",
                     LISTED, code=0).out
    for part in (f"{LISTED} for JP: rogue, listed", "rule jp-", "law ", "sha256:",
                 f"https://{LISTED}/", "decided 2026-10-", "akari", "benedikt"):
        assert part in text, part


# What a page may say to the terminal of whoever reads about it.
HOSTILE = ("\x1b[2J\x1b]0;owned\x07", "\x9b31m", "\u202egnp.exe", "\u2066\u200f", "\x7f\x08\x08")


def test_no_control_character_of_a_page_reaches_the_text(tmp_path):
    """A shop whose every line carries terminal and bidirectional controls beside its words."""
    source = assay.EXAMPLES / "sites" / LISTED
    site = tmp_path / "in" / LISTED
    shutil.copytree(source, site)
    for n, page in enumerate(sorted(site.rglob("*.html"))):
        # As character references and as themselves: both are what a browser is sent.
        bad = HOSTILE[n % len(HOSTILE)]
        refs = "".join(f"&#{ord(c)};" for c in bad)
        page.write_text(page.read_text("utf-8").replace("錠", f"錠{bad}{refs}"), "utf-8")
    store = tmp_path / "store"
    runs = [assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT,
                      "--format", "text", tmp_path / "in")]
    runs.append(assay.run("lookup", "--store", store, "--format", "text", LISTED, code=1))
    runs.append(assay.run("review", "--store", store, "show", "--format", "text", LISTED))
    assert "rogue, pending" in runs[1].out and "錠" in runs[1].out
    for ran in runs:
        bad = {c for c in ran.out + ran.err if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160
               or c in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
        assert not bad, f"{bad!a}\n{ran}"


def test_a_refused_name_is_told_without_its_control_characters(shipped):
    ran = assay.run("lookup", "--store", shipped, "evil\x1b[2J\u202e.example", code=2)
    assert "\x1b" not in ran.err and "evil" in ran.err
    # On a terminal the message is plain text: no escape of JSON stands between.
    controller, terminal = pty.openpty()
    child = subprocess.Popen([assay.program(), "lookup", "--store", shipped, "evil\x1b[2J.example"],
                             cwd=assay.ROOT, stderr=terminal, stdout=subprocess.DEVNULL)
    assert child.wait(60) == 2
    seen = b""
    while select.select([controller], [], [], 0.2)[0]:
        seen += os.read(controller, 4096)
    os.close(terminal)
    os.close(controller)
    assert b"\x1b[2J" not in seen and b"evil" in seen, seen
