"""Which packs judge: by a publisher's signature, or by an entry that everybody sees."""

import base64
import json
import re
import shutil
from pathlib import Path

import assay
import pytest

PACKS = assay.ROOT / "policy/packs"
NAMES = {file.stem for file in PACKS.glob("*.yaml")}
SITE = assay.EXAMPLES / "sites/maplecrane-rx.example"
JP_SITE = assay.EXAMPLES / "sites/tanpopo-import.example"


class Desk:
    """A site that runs assay: packs of its own folder, a configuration, a store."""

    def __init__(self, folder, **config):
        self.folder = Path(folder)
        self.packs = Path(shutil.copytree(PACKS, self.folder / "packs"))
        self.store = self.folder / "store"
        self.config = self.folder / "assay.yaml"
        self.configure(**config)

    def configure(self, **config):
        lines = assay.CONFIG.read_text(encoding="utf-8")
        lines += f"packs: {self.packs}\n"
        lines += "".join(f"{key}: {json.dumps(value)}\n" for key, value in config.items())
        self.config.write_text(lines, encoding="utf-8")

    def run(self, *args, **how):
        return assay.run(*args, "--store", self.store, "--config", self.config, **how)

    def judge(self, *inputs, at=assay.AT, **how):
        return self.run("run", "--at", at, *(inputs or (SITE, JP_SITE)), **how)

    def pack(self, *args, **how):
        return self.run("pack", *args, **how)

    def listed(self):
        return {p["pack"]: p for p in self.pack("list").records()}

    def enable(self, name, **how):
        return self.pack("enable", name, "--by", "chief", "--reason", "read and agreed", **how)

    def edit(self, name, old, new):
        file = self.packs / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def destinations(self):
        """Of the newest verdict of every subject."""
        found = {}
        for verdict in self.judge().records():
            found[verdict["subject"]["key"]] = {c["destination"]: c for c in verdict["cells"]}
        return found


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def version_of(pack):
    """As it is shipped."""
    text = (assay.ROOT / f"policy/packs/{pack}.yaml").read_text(encoding="utf-8")
    return re.search(r"(?m)^version: (.*)$", text)[1]


def off(ran):
    return {line["pack"]: line for line in ran.log() if "a pack is off" in line["msg"]}


def test_shipped_packs_are_on_and_are_entered_before_the_first_verdict(desk):
    assert {p["state"] for p in desk.listed().values()} == {"on"}
    assert {p["trust"] for p in desk.listed().values()} == {"published"}
    assert all("entry" not in p for p in desk.listed().values())
    assert off(desk.judge()) == {}
    listed = desk.listed()
    assert set(listed) == NAMES
    assert sorted(p["entry"] for p in listed.values()) == list(range(1, len(NAMES) + 1))
    assert {p["by"] for p in listed.values()} == {"assay"}
    desk.judge(at="2026-11-24T00:00:00Z")
    assert desk.listed() == listed
    assert desk.pack("check").code == 0


def test_an_edited_pack_is_off_until_it_is_switched_on_and_off_again_when_edited(desk):
    desk.edit("jp", f"version: {version_of('jp')}", "version: 2026-12-01")
    assert desk.pack("check", code=1).code == 1
    ran = desk.judge()
    assert off(ran)["jp"]["version"] == "2026-12-01"
    assert "other bytes" in off(ran)["jp"]["signature"]
    assert all("JP" not in {c["destination"] for c in v["cells"]} for v in ran.records())
    shown = desk.judge("--format", "text").out
    assert "pack off  jp 2026-12-01: nobody has switched it on" in shown
    assert "assay pack enable jp" in shown

    entry = desk.enable("jp").records()[0]
    assert (entry["type"], entry["state"], entry["trust"]) == ("pack", "on", "broken")
    assert (entry["src"], entry["reason"]) == ("administrator:chief", "read and agreed")
    assert "jp-unlicensed-sale" in entry["rules"]
    index = desk.listed()["jp"]["entry"]
    proof = desk.run("ledger", "prove", index).out
    told = assay.run("ledger", "verify", "--store", desk.store, "-", stdin=proof.encode())
    assert told.code == 0
    extra = json.loads(base64.b64decode(re.search(r"^extra (\S+)$", proof, re.M)[1]))
    assert extra["entry"]["record"] == "sha256:" + entry["id"]
    assert extra["entry"]["type"] == "pack"

    assert off(desk.judge()) == {}
    assert any("JP" in cells for cells in desk.destinations().values())
    assert "already" in desk.enable("jp", code=2).err

    desk.edit("jp", "title: Japan", "title: Nippon")
    assert off(desk.judge())["jp"]["why"] == "it was altered since it was switched on"
    assert desk.listed()["jp"]["state"] == "off"
    desk.edit("jp", "title: Nippon", "title: Japan")
    assert off(desk.judge()) == {}


def test_a_pack_without_a_signature_is_off(desk):
    (desk.packs / "jp.yaml.sig").unlink()
    assert off(desk.judge())["jp"]["signature"] == "it is not signed"
    assert desk.listed()["jp"]["trust"] == "unsigned"
    desk.enable("jp")
    assert off(desk.judge()) == {}


def test_a_foreign_signer_is_off_until_it_is_a_publisher(desk):
    key = desk.folder / "key"
    public = desk.pack("key", "elsewhere.example", "--key-file", key).out.strip()
    assert key.stat().st_mode & 0o777 == 0o600
    desk.edit("jp", f"version: {version_of('jp')}", "version: theirs")
    desk.pack("sign", desk.packs / "jp.yaml", "--key-file", key)
    told = off(desk.judge())["jp"]
    assert told["signature"] == "signed by a key that is no publisher here"
    assert desk.listed()["jp"]["signer"] == "+".join(public.split("+")[:2])

    ours = (desk.packs / "publisher.pub").read_text().strip()
    desk.configure(publishers=[ours, public])
    assert off(desk.judge()) == {}
    assert desk.listed()["jp"]["by"] == "assay"
    # A publisher that is trusted no more takes its packs along, entered or not.
    desk.configure(publishers=[ours])
    assert set(off(desk.judge())) == {"jp"}
    desk.configure(publishers=[])
    ran = desk.judge(code=2)
    assert set(off(ran)) == NAMES
    assert "no policy pack in it is on" in ran.err


def test_a_key_beside_the_packs_is_not_believed(desk):
    key = desk.folder / "key"
    public = desk.pack("key", "assay-packs", "--key-file", key).out
    (desk.packs / "publisher.pub").write_text(public)
    for name in NAMES:
        desk.pack("sign", desk.packs / f"{name}.yaml", "--key-file", key)
    assert set(off(desk.judge(code=2))) == NAMES


def test_switched_off_is_off_for_the_next_version_too(desk):
    desk.judge()
    desk.pack("disable", "gb", "--by", "chief", "--reason", "not for us")
    assert off(desk.judge())["gb"]["why"] == "it was switched off"
    key = desk.folder / "key"
    public = desk.pack("key", "ours.example", "--key-file", key).out.strip()
    desk.configure(publishers=[(desk.packs / "publisher.pub").read_text().strip(), public])
    desk.edit("gb", f"version: {version_of('gb')}", "version: 2026-12-01")
    desk.pack("sign", desk.packs / "gb.yaml", "--key-file", key)
    assert set(off(desk.judge())) == {"gb"}
    desk.enable("gb")
    assert off(desk.judge()) == {}


def test_two_packs_for_one_country_are_never_on_together(desk):
    text = (desk.packs / "jp.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^pack: jp$", "pack: jq", text, flags=re.M)
    (desk.packs / "jq.yaml").write_text(re.sub(r"id: jp-", "id: jq-", text), encoding="utf-8")
    assert set(off(desk.judge())) == {"jq"}
    assert "JP" in desk.enable("jq", code=2).err
    desk.pack("disable", "jp", "--by", "chief", "--reason", "we have our own")
    desk.enable("jq")
    assert set(off(desk.judge())) == {"jp"}


def test_who_and_why_are_asked_for(desk):
    for args in (["enable", "jp"], ["enable", "jp", "--by", "chief"],
                 ["enable", "jp", "--by", "The Chief", "--reason", "x"],
                 ["enable", "zz", "--by", "chief", "--reason", "x"], ["enable"], ["list", "x"],
                 ["sign", desk.packs / "jp.yaml"], ["shout"]):
        assert desk.pack(*args, code=2).err
    assert not desk.store.exists()
    key = desk.folder / "key"
    key.write_text("x\n")
    key.chmod(0o644)
    assert "others" in desk.pack("sign", desk.packs / "jp.yaml", "--key-file", key, code=2).err


def test_what_is_tried_without_a_store_says_so(desk):
    desk.edit("jp", f"version: {version_of('jp')}", "version: tried")
    ran = assay.run("assess", "--packs", desk.packs, "--at", assay.AT, JP_SITE)
    told = [line for line in ran.log() if "is tried" in line["msg"]]
    assert [(line["pack"], line["version"]) for line in told] == [("jp", "tried")]
    assert any(r["type"] == "verdict" and r["inputs"]["packs"]["jp"]["version"] == "tried"
               for r in ran.records())


# What no machine lists, and nobody alone

EVERY_RULE = re.compile(r"^(    recipients: .*)$", re.M)
SITES = ["amagumo-drugs.example", "asagiri-medi.example", "mikazuki-do.example",
         "tanpopo-import.example"]


@pytest.fixture
def by_rule(desk):
    """A desk whose pack for Japan lets the machine list what is unapproved."""
    file = desk.packs / "jp.yaml"
    text = file.read_text(encoding="utf-8").replace("severity: rogue", "severity: unapproved")
    file.write_text(EVERY_RULE.sub(r"\1\n    automatic: true", text), encoding="utf-8")
    desk.enable("jp")
    desk.configure(automatic_listing=True)
    return desk


def listed_names(desk):
    ran = desk.run("lookup", *SITES, "--format", "json", code={0, 1})
    return [a["name"] for a in ran.records()
            if any(c["state"] == "listed" for c in a["cells"])]


def stopped(ran):
    return {line["subject"]: line["why"] for line in ran.log() if "not listed by rule" in line["msg"]}


def judge_sites(desk, *options):
    return desk.judge(*[assay.EXAMPLES / "sites" / s for s in SITES], *options)


def test_a_rule_lists_up_to_the_share_of_a_day_and_then_waits_for_people(by_rule):
    assert stopped(judge_sites(by_rule)) == {}
    everybody = listed_names(by_rule)
    assert len(everybody) > 2, everybody

    by_rule.store.rename(by_rule.folder / "first")
    by_rule.enable("jp")
    by_rule.configure(automatic_listing=True, mass_floor=2, mass_change=0)
    ran = judge_sites(by_rule)
    assert len(listed_names(by_rule)) == 2
    assert len(stopped(ran)) == len(everybody) - 2
    assert all("a day lists at most 2 names without a person" in why
               for why in stopped(ran).values())
    # Run again within the day, it still waits; the rest stays pending for people.
    again = judge_sites(by_rule, "--format", "text")
    assert f"guarded   {len(everybody) - 2} not listed by rule" in again.out
    assert len(listed_names(by_rule)) == 2


def test_a_share_of_what_is_listed_may_follow_another_day(by_rule):
    by_rule.configure(automatic_listing=True, mass_floor=1, mass_change="100%")
    sites = [assay.EXAMPLES / "sites" / s for s in SITES]
    for day, count in ((22, 1), (22, 1), (24, 2), (26, 3)):
        by_rule.judge(*sites, at=f"2026-11-{day}T00:00:00Z")
        assert len(listed_names(by_rule)) == count, day


def test_a_popular_name_is_listed_by_no_rule(by_rule):
    assert stopped(judge_sites(by_rule)) == {}
    everybody = listed_names(by_rule)
    by_rule.store.rename(by_rule.folder / "first")
    by_rule.enable("jp")
    top = by_rule.folder / "top.csv"
    top.write_text(f"1,google.com\n2,{everybody[0]}\n")
    by_rule.configure(automatic_listing=True, popular=str(top))
    ran = judge_sites(by_rule)
    assert set(stopped(ran)) == {everybody[0]}
    assert "popular name: no machine lists it" in stopped(ran)[everybody[0]]
    assert listed_names(by_rule) == everybody[1:]
    by_rule.configure(automatic_listing=True, popular=str(by_rule.folder / "gone.csv"))
    assert "gone.csv" in by_rule.judge(code=2).err


# A new version of a pack

@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The examples with their decisions, judged by the shipped packs."""
    desk = Desk(tmp_path_factory.mktemp("judged"))
    desk.judge(assay.EXAMPLES)
    return desk


@pytest.fixture
def milder(judged, tmp_path):
    """The same, and a version of the pack for Japan whose first rule is milder, switched on."""
    desk = Desk(tmp_path)
    shutil.copytree(judged.store, desk.store, symlinks=True)
    desk.edit("jp", f"version: {version_of('jp')}", "version: 2026-12-01")
    file = desk.packs / "jp.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("severity: rogue", "severity: unapproved", 1), encoding="utf-8")
    desk.enable("jp")
    return desk


LATER = ("--at", "2026-12-02T00:00:00Z")


def differences(desk, *options, **how):
    return desk.run("reassess", "list", *LATER, *options, **how).records()


def cells_of(desk, subject="all"):
    """(subject, destination): how it stands, by the store."""
    names = [row["subject"] for row in assay.table(assay.EXAMPLES / "expected.tsv")]
    found = {}
    for answer in desk.run("lookup", *dict.fromkeys(names), "--format", "json",
                           code={0, 1}).records():
        for cell in answer["cells"]:
            found[answer["subject"]["key"], cell["destination"]] = cell
    return found


def listed_cells(cells):
    return {key for key, cell in cells.items() if cell["state"] == "listed"}


def test_under_the_same_packs_nothing_differs(judged):
    assert differences(judged) == []
    assert judged.run("reassess", "--format", "text", *LATER).out == (
        "0 to accept, 0 decisions to correct\n")


def test_a_new_version_lists_what_it_touches_and_nothing_else(judged, milder):
    touched = differences(milder)
    before = cells_of(judged)
    wanted = {key for key, cell in before.items() if key[1] == "JP" and cell["current"]
              and cell["state"] in ("pending", "listed")
              and cell.get("ground") == "jp-rx-without-prescription"}
    assert len(wanted) > 10
    found = {(d["subject"]["key"], c["destination"]) for d in touched for c in d["cells"]}
    assert wanted <= found
    # What lookup does not tell apart (a page on an innocent site) is all that is more.
    assert all(subject.startswith("https://") for subject, _ in found - wanted), found - wanted
    for d in touched:
        assert d["waits_for"] == "acceptance"
        assert [(p["pack"], p["before"]["version"], p["now"]["version"]) for p in d["packs"]] == [
            ("jp", version_of("jp"), "2026-12-01")]
        assert (d["lexicon"], d["other"]) == (False, False)
        for c in d["cells"]:
            assert (c["class_before"], c["class"]) == ("rogue", "unapproved")
            assert c.get("supported") is (False if c["state"] == "listed" else None)
    assert {c["state"] for d in touched for c in d["cells"]} == {"pending", "listed"}
    # The same inputs give the same bytes, and a pack or country that did not change gives none.
    assert differences(milder) == touched
    assert differences(milder, "--destination", "GB") == []
    assert differences(milder, "--pack", "us") == []
    assert differences(milder, "--pack", "jp", "--destination", "JP") == touched


def test_nothing_changes_by_itself_when_a_pack_does(judged, milder):
    before, waiting = cells_of(judged), differences(milder)
    ran = milder.judge(assay.EXAMPLES, "--format", "text", at=LATER[1])
    assert f"held      {len(waiting)} verdicts that changed packs would alter" in ran.out
    after = cells_of(milder)
    assert {k: (c["class"], c["state"]) for k, c in after.items()} == {
        k: (c["class"], c["state"]) for k, c in before.items()}
    assert differences(milder) == waiting


def test_what_is_accepted_is_entered_and_what_it_does_not_support_needs_a_correction(milder):
    listed = listed_cells(cells_of(milder))
    waiting = differences(milder)
    first = next(d for d in waiting if any(c["state"] == "listed" for c in d["cells"]))
    ran = milder.run("reassess", "accept", first["id"], "--by", "akari", "--reason", "agreed",
                     *LATER)
    record, = ran.records()
    assert record["type"] == "reassessment" and record["src"] == "reviewer:akari"
    assert (record["verdict"], record["before"]) == (first["id"], first["before"])
    assert record["cells"] == first["cells"]
    checkpoint = json.loads(milder.run("ledger", "verify").out)
    assert checkpoint["problems"] == 0
    proof = milder.run("ledger", "prove", checkpoint["size"] - 1).out
    extra = json.loads(base64.b64decode(re.search(r"^extra (\S+)$", proof, re.M)[1]))
    assert extra["entry"]["record"] == "sha256:" + record["id"]

    left = differences(milder)
    assert [d for d in left if d["waits_for"] == "acceptance"] == [
        d for d in waiting if d["id"] != first["id"]]
    correct, = [d for d in left if d["waits_for"] == "correction"]
    assert correct["subject"] == first["subject"]
    assert (correct["cells"][0]["decided"], correct["cells"][0]["class"]) == ("rogue", "unapproved")
    # Never lifted silently: it is listed as before, and says what it needs.
    assert listed_cells(cells_of(milder)) == listed
    cell = cells_of(milder)[first["subject"]["key"], "JP"]
    assert (cell["class"], cell["state"], cell["supported"]) == ("rogue", "listed", False)
    shown = milder.run("review", "show", first["subject"]["key"], "--format", "text").out
    assert "does not support this decision: it needs a correction" in shown

    milder.run("reassess", "accept", "--all", "--by", "akari", "--reason", "agreed", *LATER)
    left = differences(milder)
    assert left and all(d["waits_for"] == "correction" for d in left)
    assert listed_cells(cells_of(milder)) == listed
    again = milder.run("reassess", "accept", "--all", "--by", "akari", "--reason", "agreed", *LATER)
    assert again.out == ""
    milder.run("store", "check")


def test_a_pack_that_is_switched_off_alters_what_it_spoke_for(judged, tmp_path):
    desk = Desk(tmp_path)
    shutil.copytree(judged.store, desk.store, symlinks=True)
    desk.pack("disable", "jp", "--by", "chief", "--reason", "under review")
    waiting = differences(desk)
    assert waiting and all(c["destination"] == "JP" for d in waiting for c in d["cells"])
    assert {(c["class"], c["ground"]) for d in waiting for c in d["cells"]} == {
        ("unverified", "no_pack")}


def test_only_a_reviewer_accepts_and_only_what_waits(milder):
    some = differences(milder)[0]["id"]
    size = json.loads(milder.run("ledger", "verify").out)["size"]
    for args in (["accept", some], ["accept"], ["accept", some, "--by", "akari"],
                 ["accept", some, "--by", "nobody", "--reason", "x"],
                 ["accept", some, "f" * 64, "--by", "akari", "--reason", "x"],
                 ["accept", some, "--all", "--by", "akari", "--reason", "x"],
                 ["list", some], ["lift"]):
        assert milder.run("reassess", *args, *LATER, code=2).err
    assert json.loads(milder.run("ledger", "verify").out)["size"] == size


# What one person does not list alone

def decide(desk, subject, reviewer, *options, code=0, destination="JP", name="unapproved"):
    return desk.run("review", "decide", subject, "--reviewer", reviewer, "--destination",
                    destination, "--class", name, "--reason", "sells without a licence",
                    "--at", "2026-11-23T00:00:00Z", *options, code=code)


def pending(desk):
    return [s for s in SITES if any(
        c["destination"] == "JP" and c["state"] == "pending" and c["captures"] > 1
        for a in desk.run("lookup", s, "--format", "json", code={0, 1}).records()
        for c in a["cells"])]


def test_more_than_a_day_may_add_takes_a_reason_and_a_second_reviewer(desk):
    judge_sites(desk)
    first, second, *_ = pending(desk)
    desk.configure(mass_floor=1, mass_change=0)
    assert "in force" in decide(desk, first, "akari").out
    assert "a day lists at most 1 names, and this would make 2" in decide(
        desk, second, "akari", code=2).err
    assert "proposed: it takes a second reviewer" in decide(
        desk, second, "akari", "--mass", "one network").out
    assert listed_names(desk) == [first]
    assert "has proposed this already" in decide(
        desk, second, "akari", "--mass", "one network, again", code=2).err
    assert "--mass" in decide(desk, second, "benedikt", code=2).err
    assert "in force" in decide(desk, second, "benedikt", "--mass", "one network").out
    assert sorted(listed_names(desk)) == sorted([first, second])
    shown, = [c for a in desk.run("lookup", second, "--format", "json").records()
              for c in a["cells"] if c["destination"] == "JP"]
    assert set(shown["decision"]["actors"]) == {"akari", "benedikt"}


def test_a_popular_name_takes_a_reason_and_a_second_reviewer(desk):
    judge_sites(desk)
    first, second, *_ = pending(desk)
    top = desk.folder / "top.csv"
    top.write_text(f"1,google.com\n2,{first}\n")
    desk.configure(popular=str(top))
    assert "popular name: say with --popular why" in decide(desk, first, "akari", code=2).err
    assert "proposed" in decide(desk, first, "akari", "--popular", "seen by two of us").out
    assert listed_names(desk) == []
    assert "in force" in decide(desk, first, "benedikt", "--popular", "seen by two of us").out
    assert "in force" in decide(desk, second, "akari").out


def test_no_decision_rests_on_a_pack_that_was_switched_off_or_replaced(desk):
    judge_sites(desk)
    first, second, *_ = pending(desk)
    desk.pack("disable", "jp", "--by", "chief", "--reason", "under review")
    told = decide(desk, first, "akari", code=2).err
    named = f"pack jp {version_of('jp')}"
    assert f"no entry of the ledger says that {named} is on with these bytes" in told
    desk.enable("jp")
    assert "in force" in decide(desk, first, "akari").out
    desk.edit("jp", f"version: {version_of('jp')}", "version: 2026-12-01")
    desk.enable("jp")
    told = decide(desk, second, "akari", code=2).err
    assert "was replaced by version 2026-12-01" in told
    judge_sites(desk)
    assert "in force" in decide(desk, second, "akari").out


def test_an_account_that_is_no_administrator_switches_no_pack(desk):
    word = desk.folder / "word"
    word.write_text("correct horse battery staple\n")
    word.chmod(0o600)
    for name, role in (("ada", "administrator"), ("bob", "reviewer")):
        desk.run("account", "add", name, "--role", role, "--password-file", word)
    args = ("--reason", "read")
    assert "no administrator" in desk.pack("disable", "gb", "--by", "bob", *args, code=2).err
    assert "no account" in desk.pack("disable", "gb", "--by", "chief", *args, code=2).err
    desk.pack("disable", "gb", "--by", "ada", *args)
    assert desk.listed()["gb"]["by"] == "administrator:ada"
