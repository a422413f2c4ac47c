"""Further kinds of case: a stolen identity, a misused site, a rights holder's word."""

import json
import shutil
import sqlite3
from pathlib import Path

import assay
import pytest
import yaml
from test_notice import (HACKED, LICENSED, OTHER, SHOP, conditions, config, draft, give, notice,
                         registration)
from test_schema import check_records

__all__ = ["config"]  # a fixture

BAKER = yaml.safe_load(Path(__file__).parents[1].joinpath("world/world.yaml").read_text(
    encoding="utf-8"))["registrants"]["bakery"]
SECRETS = [BAKER[k] for k in ("name", "organization", "street", "phone", "mail")]


@pytest.fixture(scope="module")
def told(shipped, tmp_path_factory):
    """The shipped store, told who holds three of its sites."""
    folder = tmp_path_factory.mktemp("told")
    store = Path(shutil.copytree(shipped, folder / "store", symlinks=True))
    give(store, folder, registration(SHOP), registration(OTHER), registration(HACKED))
    return store


@pytest.fixture
def desk(told, tmp_path):
    return Path(shutil.copytree(told, tmp_path / "store", symlinks=True))


@pytest.fixture
def request_of_victim(tmp_path):
    """What a victim hands in: it names the victim, and leaves the desk in no form."""
    file = tmp_path / "request.txt"
    file.write_text("I never registered this name.\n" + "\n".join(SECRETS) + "\n", encoding="utf-8")
    return file


def report(store, config, *args, code=0, by="akari", at="2026-11-21T12:00:00Z"):
    return assay.run("report", *args, "--store", store, "--config", config, "--at", at,
                     *(["--by", by] if by and args[0] == "add" else []), code=code)


def shown_of_victim(*texts):
    return [s for s in SECRETS for text in texts if s in text]


def records(store, *kinds):
    with sqlite3.connect(store / "assay.db") as db:
        return [{**json.loads(body), "id": id.hex()} for id, body in db.execute(
            f"SELECT id, body FROM record WHERE type IN ({','.join('?' * len(kinds))})", kinds)]


def test_a_stolen_registration_is_told_to_the_registrar_without_its_victim(desk, config,
                                                                          request_of_victim):
    c = config()
    args = (OTHER, "--matter", "registration")
    made, = draft(desk, c, *args, "--dry-run", code=1)
    assert "victim" in conditions(made), made
    report(desk, c, "add", OTHER, "--about", "registration", "--from", "victim", "--document",
           request_of_victim)
    said, = report(desk, c, "list", OTHER).records()
    assert (said["from"], said["reviewed"]) == ("victim", "akari")
    made, = draft(desk, c, *args)
    assert made["passes"], made
    # Whatever left, or may be read by others, is without the victim.
    kept = records(desk, "notice", "report")
    assert {r["type"] for r in kept} == {"notice", "report"}
    check_records([r for r in kept if r["type"] == "report"])
    bodies = [json.dumps(r, ensure_ascii=False) for r in kept]
    with sqlite3.connect(desk / "assay.db") as db:
        classes = {digest.hex(): cls for digest, cls in db.execute(
            "SELECT sha256, class FROM evidence")}
    blobs = {p: p.read_bytes() for p in (desk / "blob").rglob("*") if p.is_file()}
    public = [b.decode("utf-8", "replace") for p, b in blobs.items()
              if classes.get(p.name, classes.get(p.parent.name + p.name)) != "restricted"]
    assert len(public) < len(blobs)
    assert not shown_of_victim(*bodies, *public)
    shown = notice(desk, c, "show", made["reference"], "--letter").out
    assert OTHER in shown and not shown_of_victim(shown)
    assert "victim" not in report(desk, c, "list", SHOP).out


def test_one_report_of_another_is_not_enough_and_two_are(desk, config, tmp_path):
    c = config()
    for n, want in ((1, 1), (2, 0)):
        paper = tmp_path / f"paper{n}"
        paper.write_text(f"paper {n}\n")
        report(desk, c, "add", SHOP, "--about", "registration", "--from", "other", "--reporter",
               f"reporter-{n}", "--document", paper)
        made, = draft(desk, c, SHOP, "--matter", "registration", "--dry-run", code=want)
        assert made["passes"] == (want == 0), made
    text = report(desk, c, "list", SHOP, "--format", "text").out
    assert text.endswith("ground of a notice of matter registration\n")


def test_a_report_of_an_earlier_registration_is_no_ground(desk, config, request_of_victim):
    c = config()
    report(desk, c, "add", SHOP, "--about", "registration", "--from", "victim", "--document",
           request_of_victim, at="2025-11-01T00:00:00Z")  # it was registered on the 6th
    made, = draft(desk, c, SHOP, "--matter", "registration", "--dry-run", code=1)
    assert "victim" in conditions(made)


def test_a_misused_site_is_told_to_its_owner_and_nobody_else(desk, config):
    c = config()
    made, = draft(desk, c, HACKED, "--matter", "compromised", "--address",
                  "office@riverbend-literacy.example", "--dry-run", to="owner", code={0, 1})
    letter = made["letter"]
    assert not conditions(made) & {"innocent", "action", "victim", "reach"}, made
    planted = next(r["abused"] for r in records(desk, "verdict")
                   if r["subject"]["key"] == HACKED and r.get("abused"))
    path = planted.split(HACKED, 1)[1]
    assert path.rstrip("/") in letter, letter
    for word in ("rogue", "unlawful", "criminal"):
        assert word not in letter.lower(), letter
    made, = draft(desk, c, HACKED, "--matter", "compromised", "--dry-run", code=1)
    assert "innocent" in conditions(made)
    # Who is not misused gets no such letter.
    for domain in (SHOP, LICENSED):
        made, = draft(desk, c, domain, "--matter", "compromised", "--address",
                      "office@shop.example", "--dry-run", to="owner", code=1)
        assert "innocent" in conditions(made)


def test_what_a_rights_holder_says_is_attached_and_says_one_thing(desk, config, tmp_path):
    c = config()
    paper = tmp_path / "letter.eml"
    paper.write_text("Their pills are poison, says Jane Roe, jane.roe@maker.example\n")
    report(desk, c, "add", SHOP, "--about", "authorisation", "--from", "rights_holder",
           "--reporter", "Maker (synthetic)", "--document", paper)
    made, = draft(desk, c, SHOP, "--dry-run")
    assert made["passes"], made
    # The letter breaks its lines.
    words = " ".join(made["letter"].replace("|", " ").split())
    assert "Maker (synthetic):" in words and "is not authorised by us" in words
    assert "poison" not in words and "Jane" not in words
    # To the rights holder it is asked for, and nobody's word stands in it.
    made, = draft(desk, c, SHOP, "--matter", "statement", "--address", "legal@maker.example",
                  "--dry-run", to="rights", code={0, 1})
    assert "Maker (synthetic):" not in made["letter"]


def test_what_is_no_ground_is_refused(desk, config, tmp_path):
    c, paper = config(), tmp_path / "paper"
    paper.write_text("x\n")
    about = ("--about", "registration")
    for args, why in (
            ((*about, "--from", "victim", "--reporter", "Midori", "--document", paper),
             "no name is kept"),
            ((*about, "--from", "rights_holder", "--reporter", "Maker", "--document", paper),
             "a rights holder reports about authorisation"),
            ((*about, "--from", "other", "--document", paper), "say who reports"),
            ((*about, "--from", "other", "--reporter", "a@b.example", "--document", paper),
             "no mail address"),
            ((*about, "--from", "victim"), "takes --document"),
            (("--about", "site", "--from", "other", "--document", paper), "--about is"),
            ((*about, "--from", "friend", "--document", paper), "--from is")):
        assert why in report(desk, c, "add", SHOP, *args, code=2).err
    assert "say who has read" in report(desk, c, "add", SHOP, *about, "--from", "victim",
                                        "--document", paper, by=None, code=2).err
    ran = report(desk, c, "add", SHOP, *about, "--from", "victim", "--document", paper, by="eve",
                 code=2)
    assert "eve" in ran.err
    assert report(desk, c, "list", SHOP).out == ""
