"""Notices under a mandate: within its scope, in the form that its offices allow, and in its feed."""

import json
import shutil
from pathlib import Path

import assay
import pytest
from test_mandate import mandate
from test_notice import NOW, SHOP, VANTAGES, approve, conditions, draft, give, notice, registration

ISSUER = "Demonstration Ministry (synthetic)"


def provider(country):
    return (f"key: registrar:99001\nkind: registrar\nname: Sakurabune\niana_id: 99001\n"
            f"country: [{country}]\nmail: abuse@registrar-one.test\nchecked: 2026-11-20\n"
            "source: synthetic\n")


class Mandated:
    def __init__(self, store, folder):
        self.store, self.folder = store, folder
        self.key = folder / "ministry.key"
        self.pin = assay.run("mandate", "key", "ministry.example", "--key-file",
                             self.key).out.strip()
        self.providers = folder / "providers"
        self.providers.mkdir()
        vantages = folder / "vantages.yaml"
        vantages.write_text(VANTAGES, encoding="utf-8")
        told = {"sender": "Demonstration Desk (synthetic)", "sponsor": "nobody",
                "on_behalf": ISSUER, "verify": "https://desk.example/d/", "evidence_days": 400,
                "providers": str(self.providers)}
        self.config = folder / "assay.yaml"
        self.config.write_text(
            assay.CONFIG.read_text(encoding="utf-8") + "appeal_address: appeal@desk.example\n"
            f"collect: {{vantages: {vantages}}}\nmail: {{from: desk@desk.example}}\n"
            f"notice: {json.dumps(told)}\n"
            f"mandates: [{{key: {json.dumps(self.pin)}, issuer: {json.dumps(ISSUER)}}}]\n",
            encoding="utf-8")

    def office(self, country):
        (self.providers / "one.yaml").write_text(provider(country), encoding="utf-8")

    def add(self, name, **changes):
        plain, note = self.folder / f"{name}.json", self.folder / f"{name}.note"
        plain.write_text(json.dumps(mandate(mandate=name, **changes)), encoding="utf-8")
        note.write_text(assay.run("mandate", "sign", plain, "--key-file", self.key).out,
                        encoding="utf-8")
        self.run("add", note, "--by", "akari")

    def run(self, *args, at="2026-11-21T12:00:00Z", **how):
        return assay.run("mandate", *args, "--store", self.store, "--config", self.config, "--at",
                         at, **how)

    def draft(self, name, *args, **how):
        made, = draft(self.store, self.config, SHOP, "--mandate", name, *args, **how)
        return made


@pytest.fixture(scope="module")
def told(shipped, tmp_path_factory):
    folder = tmp_path_factory.mktemp("told")
    store = Path(shutil.copytree(shipped, folder / "store", symlinks=True))
    give(store, folder, registration(SHOP))
    return store


@pytest.fixture
def desk(told, tmp_path):
    return Mandated(Path(shutil.copytree(told, tmp_path / "store", symlinks=True)), tmp_path)


def test_the_form_for_authorities_goes_where_the_registrar_has_an_office(desk):
    desk.add("jp-1", scope=[{"destinations": ["JP"], "recipients": ["registrar"]}])
    for country, has in (("JP", True), ("US", False)):
        desk.office(country)
        made = desk.draft("jp-1", "--language", "en", "--dry-run")
        assert made["passes"], made
        words = " ".join(made["letter"].split())
        # The clause that is asked by, and that it is not where it is not.
        clause = words[words.index("3. Clause:"):words.index("4. Harm:")]
        assert ("3.18.3" in clause) == has and ("3.18.1" in clause) == (not has)
        assert ("3.18.3 is not invoked" in words) == (not has)
        # The holder is a private body, and the letter says so.
        assert ISSUER in words and "it is not itself an authority" in words


def test_what_a_mandate_does_not_cover_is_refused(desk):
    desk.office("JP")
    rows = {"other-country": [{"destinations": ["KR"]}], "other-drug": [{"groups": ["nothing"]}],
            "other-party": [{"recipients": ["host"]}], "other-matter": [{"matters": ["unapproved"]}]}
    for name, scope in rows.items():
        desk.add(name, scope=scope)
        made = desk.draft(name, "--dry-run", code=1)
        assert "mandate" in conditions(made), (name, made)
    desk.add("good", scope=[{"destinations": ["JP"]}])
    assert desk.draft("good", "--dry-run")["passes"]
    desk.run("revoke", "good", "--by", "akari", "--reason", "withdrawn")
    made = desk.draft("good", "--dry-run", code=1)
    assert "was revoked" in json.dumps(made["failures"])
    desk.add("old", until="2026-11-21T13:00:00Z")
    made = desk.draft("old", "--dry-run", code=1)
    assert "ended at" in json.dumps(made["failures"])


def test_the_feed_shows_what_left_under_it(desk):
    desk.office("JP")
    desk.add("jp-1")
    made = desk.draft("jp-1")
    assert desk.run("feed", "jp-1").out == ""  # it waits
    approve(desk.store, desk.config, made["reference"])
    notice(desk.store, desk.config, "send", "--outbox", desk.folder / "out")
    line, = desk.run("feed", "jp-1").records()
    assert line == {
        "mandate": "jp-1", "reference": made["reference"], "case": line["case"],
        "purpose": "request", "matter": "rogue", "action": "suspend_and_lock",
        "state": "written", "sent": NOW, "law": line["law"],
        "recipient": {"kind": "registrar", "name": line["recipient"]["name"]},
        "subjects": {"count": 1, "keys": [SHOP]}, "outcomes": {"pending": 1}}
    assert any("3.18.3" in cite for cite in line["law"])
    assert "@" not in json.dumps(line)
