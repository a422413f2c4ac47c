"""assay screen: lists in, suspect records out; what is bad is named and stops nothing."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILDS = [os.environ.get("ASSAY_BUILD"), ROOT / "build-test", ROOT / "build"]
ASSAY = next((p for b in BUILDS if b and (p := Path(b).resolve() / "assay").exists()), None)


def screen(*args, stdin=b"", cwd=ROOT, code=0):
    done = subprocess.run([ASSAY, "screen", *map(str, args)], input=stdin, cwd=cwd,
                          capture_output=True)
    assert done.returncode == code, done.stderr.decode(errors="replace")
    return done.stdout.decode(), done.stderr.decode()


def suspects(*args, **how):
    out, _ = screen(*args, **how)
    return [json.loads(line) for line in out.splitlines()]


LISTS = {
    "plain": b"buy-viagra.example\nbakery.example\n",
    "wildcard": b"*.buy-viagra.example\n",
    "url": b"https://buy-viagra.example/order?x=1\n",
    "hosts": b"# x\n127.0.0.1 localhost\n0.0.0.0 buy-viagra.example bakery.example\n",
    "adblock": b"[Adblock Plus 2.0]\n! x\n||buy-viagra.example^$third-party\n@@||viagra.example^\n",
    "rpz": b"$TTL 60\n@ SOA a b 1 2 3 4 5\nbuy-viagra.example CNAME .\n",
    "zone": b"$ORIGIN example.\nbuy-viagra 3600 IN NS ns1\n  IN NS ns2\nbuy-viagra NS ns3\n",
    "csv": b"rank,domain\n1,buy-viagra.example\n2,bakery.example\n",
    "ct": b'{"data":{"leaf_cert":{"all_domains":["*.buy-viagra.example","bakery.example"]}}}\n',
    "capitals": b"BUY-Viagra.Example.\r\n",
}


@pytest.mark.parametrize("form", LISTS)
def test_every_form_of_list_gives_the_same_suspect(form):
    found = suspects("--at", "2026-11-22", stdin=LISTS[form])
    assert [r["subject"] for r in found] == [{"kind": "registrable", "key": "buy-viagra.example"}]
    assert found[0]["type"] == "suspect" and found[0]["tier"] == "drug"
    assert found[0]["at"] == "2026-11-22T00:00:00Z"
    words = {(r["class"], r["word"]): r for r in found[0]["reasons"]}
    drug = words["drug", "Viagra"]
    assert found[0]["name"][drug["start"]:drug["end"]] == "viagra"
    assert ("commerce", "buy") in words


def test_a_bad_line_is_named_and_stops_nothing(tmp_path):
    bad = [b"a..example", b"xn--zzzzzzz-.example", b"x" * 254, b"a\0b.example", b"\xff.example",
           b"y" * (1 << 20), b"[{", b"a" * 64 + b".example"]
    (tmp_path / "list.txt").write_bytes(b"\n".join(bad) + b"\nviagra.example\n")
    out, err = screen("--lexicon", ROOT / "policy/lexicon", "list.txt", cwd=tmp_path)
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["viagra.example"]
    told = [json.loads(line) for line in err.splitlines()]
    assert [t["line"] for t in told if "line" in t] == list(range(1, len(bad) + 1))
    assert {t["file"] for t in told if "line" in t} == {"list.txt"}
    assert told[-1]["bad_lines"] == len(bad)


def test_only_the_first_ten_bad_lines_are_named():
    _, err = screen(stdin=b"a..b\n" * 25)
    told = [json.loads(line) for line in err.splitlines()]
    assert len([t for t in told if "line" in t]) == 10
    assert told[-1]["bad_lines"] == 25


def test_min_leaves_out_what_scores_less():
    names = b"viagra.example\nsmith-pharmacy.example\n"
    assert len(suspects(stdin=names)) == 2
    assert [r["name"] for r in suspects("--min", 500000, stdin=names)] == ["viagra.example"]


def test_the_same_name_gives_the_same_id_at_any_time():
    first, = suspects("--at", "2026-11-22", stdin=b"viagra.example\n")
    second, = suspects("--at", "2026-11-23", stdin=b"viagra.example\n")
    assert first["id"] == second["id"] and first["at"] != second["at"]


def test_text_is_for_people():
    out, _ = screen("--format", "text", stdin="vi\u00e1gra-shop.example\n".encode())
    assert "vi\u00e1gra-shop.example" in out and "drug Viagra (confusable)" in out


@pytest.mark.parametrize("args, message", [
    (["--min", "-1"], "--min"),
    (["--min", "1000001"], "--min"),
    (["--lexicon", "/nonexistent"], "nonexistent"),
    (["/nonexistent/list"], "nonexistent"),
    (["--colour"], "colour"),
])
def test_wrong_use_says_what_is_wrong(args, message):
    _, err = screen(*args, code=2)
    assert message in err


def test_a_full_disk_is_told():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([ASSAY, "screen"], input=b"viagra.example\n", stdout=full,
                              stderr=subprocess.PIPE, cwd=ROOT)
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
