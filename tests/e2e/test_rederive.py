"""assay assess --rederive: a verdict is made again from stored evidence, byte for byte."""

import hashlib
import json
import re
import shutil

import assay
import jsonschema
import pytest

SITES = [assay.EXAMPLES / "sites" / s for s in
         ("maplecrane-rx.example", "riverbend-literacy.example", "tanpopo-import.example")]
# Two subjects come of the second: pages under one of its paths are judged apart.
INPUTS = [*SITES, assay.EXAMPLES / "registers.jsonl", assay.EXAMPLES / "registrations.jsonl"]
SCHEMA = json.loads((assay.ROOT / "doc/format/schema/output/rederived.schema.json")
                    .read_text(encoding="utf-8"))


class Case:
    """Verdicts, and the folder that they were made from."""

    def __init__(self, folder, inputs=INPUTS):
        self.folder = folder
        self.evidence = folder / "evidence"
        self.records = assay.run("assess", "--config", assay.CONFIG, "--at", assay.AT,
                                 "--export-evidence", self.evidence, *inputs).records()
        self.verdicts = [r for r in self.records if r["type"] == "verdict"]
        self.file = folder / "verdicts.jsonl"
        self.write(self.records)

    def write(self, records):
        self.file.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")

    def again(self, *more, code=0, evidence=None):
        ran = assay.run("assess", "--rederive", self.file, "--evidence",
                        evidence or self.evidence, "--format", "json", *more, code=code)
        answers = ran.records()
        for answer in answers:
            jsonschema.Draft202012Validator(SCHEMA).validate(answer)
        return {a["subject"]["key"]: a for a in answers}

    def blob(self, address):
        digits = address.removeprefix("sha256:")
        return self.evidence / "blob" / digits[:2] / digits[2:]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Case(tmp_path_factory.mktemp("rederive"))


@pytest.fixture
def case(made, tmp_path):
    copy = Case.__new__(Case)
    copy.__dict__.update(made.__dict__)
    copy.folder, copy.evidence = tmp_path, tmp_path / "evidence"
    copy.file = tmp_path / "verdicts.jsonl"
    shutil.copytree(made.evidence, copy.evidence)
    shutil.copy(made.file, copy.file)
    return copy


def results(answers):
    return {a["result"] for a in answers.values()}


def test_every_verdict_comes_out_the_same(case):
    """Also with a pack in the folder that no verdict names."""
    jp = (case.evidence / "packs/jp.yaml").read_text(encoding="utf-8")
    (case.evidence / "packs/zz.yaml").write_text(
        jp.replace("pack: jp", "pack: zz").replace("[JP]", "[ZZ]").replace("id: jp-", "id: zz-"),
        encoding="utf-8")
    answers = case.again()
    assert len(answers) == len(case.verdicts) >= 3
    assert results(answers) == {"same"}
    assert all(a["why"] == a["inputs"] == a["differences"] == [] for a in answers.values())


def test_the_folder_is_all_that_is_needed(case, tmp_path):
    """Nothing of this machine: no clock, no time zone, no language, no configuration."""
    ran = assay.run("assess", "--rederive", case.file, "--evidence", case.evidence, cwd=tmp_path,
                    env={"TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8", "HOME": str(tmp_path)})
    assert ran.out.splitlines()[-1] == (
        f"{len(case.verdicts)} verdicts made again: {len(case.verdicts)} the same, 0 differ, "
        "0 redacted, 0 unusable")


def test_one_verdict_as_a_person_would_write_it_down(case):
    case.file.write_text(json.dumps(case.verdicts[0], indent=2), encoding="utf-8")
    assert results(case.again()) == {"same"}


def renamed(verdict):
    """With the id that its content has."""
    body = {k: v for k, v in verdict.items() if k not in ("id", "at")}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return verdict | {"id": hashlib.sha256(text.encode()).hexdigest()}


def test_the_cell_and_the_field_that_differ_are_named(case):
    verdict = json.loads(json.dumps(next(v for v in case.verdicts
                                         if v["cells"][0]["class"] != "legitimate")))
    cell = verdict["cells"][0]
    was, cell["class"] = cell["class"], "legitimate"
    case.write([renamed(verdict)])
    answer = case.again(code=1)[verdict["subject"]["key"]]
    assert answer["result"] == "differs" and answer["inputs"] == []
    assert answer["differences"] == [
        {"path": f"cells.{cell['destination']}.class", "was": "legitimate", "now": was}]


def test_a_verdict_whose_id_is_not_its_own_is_refused(case):
    verdict = json.loads(json.dumps(case.verdicts[0]))
    verdict["captures"] += 1
    case.write([verdict])
    ran = assay.run("assess", "--rederive", case.file, "--evidence", case.evidence, code=2)
    assert "id" in ran.err and "verdicts.jsonl:1" in ran.err


def test_another_version_of_a_pack_is_named_with_both_digests(case):
    pack = case.evidence / "packs/us.yaml"
    old = hashlib.sha256(pack.read_bytes()).hexdigest()
    text = pack.read_text(encoding="utf-8")
    version = re.search(r"(?m)^version: (.*)$", text)[1]
    text = text.replace(f"version: {version}", "version: 2027-01-01")
    pack.write_text(text, encoding="utf-8")
    new = hashlib.sha256(pack.read_bytes()).hexdigest()
    for answer in case.again(code=1).values():
        assert answer["result"] == "differs"
        assert answer["inputs"] == [{"input": "pack us", "was": f"{version} sha256:{old}",
                                     "now": f"2027-01-01 sha256:{new}"}]
        # It goes on to compare: a version alone changes no class.
        assert all(".class" not in d["path"] for d in answer["differences"])


def test_a_pack_that_is_not_there_is_named_and_its_destinations_too(case):
    (case.evidence / "packs/jp.yaml").unlink()
    for answer in case.again(code=1).values():
        assert [(i["input"], "now" in i) for i in answer["inputs"]] == [("pack jp", False)]
        assert any(d["path"] == "cells.JP" and "now" not in d for d in answer["differences"])


def test_another_edition_of_any_list_is_named(case):
    for file, mark in (("lexicon/drugs.tsv", "#"), ("suffixes.dat", "//")):
        with open(case.evidence / file, "a", encoding="utf-8") as f:
            f.write(f"{mark} another edition\n")
    for answer in case.again(code=1).values():
        assert [i["input"] for i in answer["inputs"]] == ["lexicon", "suffixes"]
        assert all(i["was"] != i["now"] for i in answer["inputs"])
        assert answer["differences"] == []


def test_a_register_row_that_is_missing_is_named(case):
    file = case.evidence / "observations.jsonl"
    lines = [json.loads(l) for l in file.read_text(encoding="utf-8").splitlines()]
    row = next(l for l in lines if l.get("what") == "register")
    file.write_text("".join(json.dumps(l) + "\n" for l in lines if l != row), encoding="utf-8")
    for answer in case.again(code=1).values():
        assert "registers" in [i["input"] for i in answer["inputs"]]


def test_evidence_that_is_missing_or_altered_or_taken_out_is_named(case):
    """And one bad file does not take the others with it."""
    missing, altered, redacted = [v["inputs"]["evidence"][0] for v in case.verdicts[:3]]
    case.blob(missing).unlink()
    blob = case.blob(altered)
    blob.write_bytes(blob.read_bytes() + b" ")
    case.blob(redacted).unlink()
    with open(case.evidence / "redactions.jsonl", "w", encoding="utf-8") as f:
        f.write(json.dumps({"type": "redaction", "v": 1, "at": assay.AT, "src": "account",
                            "subject": case.verdicts[2]["subject"], "evidence": [redacted],
                            "reason": "a private address"}) + "\n")
    answers = list(case.again(code=2).values())
    assert [a["result"] for a in answers[:3]] == ["unusable", "unusable", "redacted"]
    assert answers[0]["why"] == [f"evidence {missing}: missing"]
    assert str(blob.relative_to(case.evidence)) in answers[1]["why"][0]
    assert answers[2]["why"] == [f"evidence {redacted}: redacted"]
    assert {a["result"] for a in answers[3:]} <= {"same"}


def test_a_page_that_the_verdict_does_not_know_is_named(case):
    verdict = next(v for v in case.verdicts if v["subject"]["key"] == "maplecrane-rx.example")
    page = case.evidence / "maplecrane-rx.example/2026-12-01/new.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>Something new.</p>", encoding="utf-8")
    address = "sha256:" + hashlib.sha256(page.read_bytes()).hexdigest()
    answer = case.again(code=1)["maplecrane-rx.example"]
    assert {"input": "evidence", "now": address} in answer["inputs"]
    assert "captures" in [d["path"] for d in answer["differences"]]
    assert verdict["captures"] >= 1


def test_no_observation_of_the_subject_says_so(case):
    (case.evidence / "observations.jsonl").unlink()
    shutil.copytree(SITES[0], case.evidence / SITES[0].name)
    answers = case.again(code={1, 2})
    assert {a["why"][0] for k, a in answers.items() if k != SITES[0].name} == {
        "no page of its subject was observed here"}


def test_what_came_later_into_a_store_changes_nothing(tmp_path):
    store = tmp_path / "store"
    first = assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT,
                      "--format", "json", *INPUTS).records()
    later = tmp_path / "maplecrane-rx.example/2026-12-01/index.html"
    later.parent.mkdir(parents=True)
    later.write_text("<h1>We moved.</h1>", encoding="utf-8")
    second = assay.run("run", "--store", store, "--config", assay.CONFIG,
                       "--at", "2026-12-02T00:00:00Z", "--format", "json", later.parents[1]).records()
    file = tmp_path / "verdicts.jsonl"
    verdicts = {r["id"]: r for r in first + second if r["type"] == "verdict"}.values()
    assert len([v for v in verdicts if v["subject"]["key"] == "maplecrane-rx.example"]) == 2
    file.write_text("".join(json.dumps(v) + "\n" for v in verdicts), encoding="utf-8")
    ran = assay.run("assess", "--config", assay.CONFIG, "--rederive", file, "--evidence", store,
                    "--format", "json")
    assert [a["result"] for a in ran.records()] == ["same"] * len(verdicts)


def test_a_stranger_gets_all_that_a_verdict_needs_out_of_a_store(tmp_path):
    store, handed = tmp_path / "store", tmp_path / "handed"
    made = assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT,
                     "--format", "json", *INPUTS).records()
    file = tmp_path / "verdicts.jsonl"
    wanted = [r for r in made if r["type"] == "verdict"][1:]
    file.write_text("".join(json.dumps(v) + "\n" for v in wanted), encoding="utf-8")
    assay.run("assess", "--config", assay.CONFIG, "--rederive", file, "--evidence", store,
              "--export-evidence", handed)
    shutil.rmtree(store)
    ran = assay.run("assess", "--rederive", file, "--evidence", handed, "--format", "json")
    assert [a["result"] for a in ran.records()] == ["same"] * len(wanted)
    blobs = sum(1 for p in (handed / "blob").glob("??/*"))
    assert blobs == len({e for v in wanted for e in v["inputs"]["evidence"]})
    ran = assay.run("assess", "--rederive", file, "--evidence", handed, "--export-evidence",
                    tmp_path / "more", code=2)
    assert "no store" in ran.err


@pytest.mark.parametrize("args, said", [
    (["--rederive", "x.jsonl"], "--evidence"),
    (["--evidence", "."], "--rederive"),
    (["--rederive", "/no/such.jsonl", "--evidence", SITES[0]], "/no/such.jsonl"),
    (["--rederive", "README.md", "--evidence", SITES[0]], "README.md"),
    (["--rederive", "README.md", "--evidence", "/no/such"], "/no/such"),
])
def test_what_cannot_be_used_is_told(args, said):
    assert said in assay.run("assess", *args, code=2).err


def test_a_folder_with_something_in_it_is_not_written_over(tmp_path):
    (tmp_path / "mine").write_text("x", encoding="utf-8")
    ran = assay.run("assess", "--config", assay.CONFIG, "--export-evidence", tmp_path, SITES[0],
                    code=2)
    assert "something is in it" in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]
