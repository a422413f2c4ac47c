"""assay assess --explain: reasons that somebody can act on, in text and in JSON."""

import functools
import json
import re

import assay
import jsonschema
import pytest

SITES = assay.EXAMPLES / "sites"
ROGUE, INNOCENT, LICENSED = "tanpopo-import.example", "druginfo-atlas.example", \
    "harborlight-pharmacy.example"
SCHEMA = json.loads((assay.ROOT / "doc/format/schema/output/reasons.schema.json")
                    .read_text(encoding="utf-8"))


@functools.cache
def assess(*names, explain=True, form=None, config=assay.CONFIG, code=0):
    return assay.run("assess", "--config", config, "--at", assay.AT,
                     *(["--explain"] if explain else []), *(["--format", form] if form else []),
                     assay.EXAMPLES / "registers.jsonl", *(SITES / n for n in names), code=code)


@pytest.fixture(scope="module")
def everything():
    """Records of a third of the examples, with the reasons behind them."""
    return assess(*sorted(p.name for p in SITES.iterdir())[::3], ROGUE, INNOCENT, LICENSED,
                  form="json").records()


def of_type(records, name):
    return [r for r in records if r["type"] == name]


def test_each_cell_has_reasons_and_they_have_their_form(everything):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    reasons = of_type(everything, "reasons")
    for r in reasons:
        validator.validate(r)
    cells = [(v["id"], c["destination"], c["class"]) for v in of_type(everything, "verdict")
             for c in v["cells"]]
    assert cells == [(r["verdict"], r["territory"]["destination"], r["class"]) for r in reasons]
    assert {"rogue", "unverified", "legitimate", "not_a_pharmacy"} <= {c[2] for c in cells}


def test_a_fact_is_the_finding_and_says_what_would_clear_it(everything):
    findings = {f["id"]: f for f in of_type(everything, "finding")}
    facts = [f for r in of_type(everything, "reasons") for f in r["facts"]]
    assert facts
    for fact in facts:
        finding = findings[fact["finding"]]
        for field in ("text", "rule", "law"):
            assert fact[field] == finding[field]
        assert [without_means(q) for q in fact["quotations"]] == finding["quotations"]
        assert fact["proof"] and fact["may_be_asked"]
        assert fact["cleared_by"], fact["rule"]
        assert all(not s.endswith(".") and "  " not in s for s in fact["cleared_by"])
    # A rule that a licence defeats says so first.
    assert any("official register" in f["cleared_by"][0] for f in facts)


def without_means(quotation):
    """A quotation of the reasons as the finding has it."""
    if "matched" not in quotation:
        return quotation
    return dict(quotation, matched=[{k: v for k, v in m.items() if k != "means"}
                                    for m in quotation["matched"]])


def test_each_quotation_of_words_says_which_of_them_count_and_what_such_words_mean(everything):
    """For somebody who cannot read the site's language."""
    said = set()
    for r in of_type(everything, "reasons"):
        for fact in r["facts"]:
            for q in fact["quotations"]:
                quote = q["quote"].encode()
                assert q["matched"], (fact["rule"], q["quote"])
                for m in q["matched"]:
                    assert quote[m["start"] - q["start"]:m["end"] - q["start"]].decode() == m["words"]
                    said.add((m.get("language"), m["means"]))
                    if "supply" in m:
                        assert r["territory"]["name"] in m["means"]
    assert ("ja", "say that no prescription is needed") in said
    assert ("en", "say that no prescription is needed") in said
    assert any(m.startswith("name sildenafil, which the lexicon has as prescription-only in")
               for _, m in said)
    # What the words are stands in the record: the reasons only say it.
    assert not any("means" in m for f in of_type(everything, "finding")
                   for q in f["quotations"] for m in q["matched"])


def test_the_reasons_name_the_inputs_of_the_verdict(everything):
    verdicts = {v["id"]: v for v in of_type(everything, "verdict")}
    for r in of_type(everything, "reasons"):
        assert r["inputs"] == verdicts[r["verdict"]]["inputs"]


def test_without_explain_there_is_none_of_it():
    assert {r["type"] for r in assess(ROGUE, explain=False).records()} == {"finding", "verdict"}


def one_line(text):
    return re.sub(r"\s+", " ", text)


def unspaced(text):
    return re.sub(r"\s+", "", text)


def test_the_text_says_all_that_the_object_says():
    text = assess(ROGUE).out
    flat = one_line(text)
    reasons = of_type(assess(ROGUE, form="json").records(), "reasons")
    assert any(r["class"] == "rogue" for r in reasons)
    for r in reasons:
        assert r["subject"]["key"] in flat and r["verdict"] in flat
        assert r["class"] in flat and r["means"] in flat
        assert r["automation"]["says"] in flat and r["redress"]["address"] in flat
        for said in r["missing"] + r["favour"] + r["redress"]["steps"]:
            assert said in flat
        for f in r["facts"]:
            for said in [f["text"], f["rule"], f["proof"], f["pack_version"], *f["cleared_by"],
                         ", ".join(f["may_be_asked"])]:
                assert said in flat, said
            for law in f["law"]:
                assert f"{law['cite']}, in force since {law['from']}: {law['says']}" in flat
            for q in f["quotations"][:6]:
                assert q["url"] in flat and q["evidence"] in flat
                assert f"bytes {q['start']} to {q['end']}" in flat
                for m in q["matched"]:
                    assert f"these words {m['means']}" in flat
                    assert f"*{unspaced(m['words'])}*" in unspaced(text)
        for address in r["inputs"]["evidence"]:
            assert address in text


def test_the_harshest_is_said_first_and_what_is_alike_is_said_once():
    text = assess(ROGUE).out
    assert re.match(r"tanpopo-import\.example, for buyers in Japan \(JP\)[^:]*: rogue", one_line(text))
    quiet = one_line(assess(INNOCENT).out)
    assert quiet.count("Nothing is held against the site.") == 1
    assert re.match(r"druginfo-atlas\.example, for buyers in .*\(GB\), .*\(JP\), .*\(US\): "
                    r"not_a_pharmacy", quiet)
    assert "Why" not in quiet.split()


def test_a_licensed_pharmacy_sees_its_register():
    reasons = of_type(assess(LICENSED, form="json").records(), "reasons")
    licensed = [r for r in reasons if r["class"] == "legitimate"]
    assert licensed and all(r["register"]["number"] and r["favour"] for r in licensed)
    assert "names this site" in one_line(assess(LICENSED).out)


def test_a_licence_abroad_is_told_in_the_site_s_favour():
    """A pharmacy that is licensed at home is never left without that word."""
    reason, = [r for r in of_type(assess("maplecrane-rx.example", form="json").records(), "reasons")
               if r["class"] == "unapproved"]
    assert reason["ground"] == "foreign_legal"
    assert any("DEMO-CA-3001" in s and "does not cover" in s for s in reason["favour"])
    flat = one_line(assess("maplecrane-rx.example").out)
    assert "says nothing against the site anywhere else" in flat and reason["favour"][0] in flat


def test_a_country_without_a_capture_is_named():
    reasons = of_type(assess(ROGUE, form="json").records(), "reasons")
    vantages = {q["vantage"] for r in reasons for f in r["facts"] for q in f["quotations"]}
    for r in reasons:
        code = r["territory"]["destination"]
        missing = f"a capture from {code}: none was made from there"
        if not any(v.lower().split("-")[0] == code.lower() for v in vantages):
            assert missing in r["missing"]


def test_where_to_turn_to_is_the_list_s_own_address(tmp_path):
    config = tmp_path / "assay.yaml"
    config.write_text(assay.CONFIG.read_text(encoding="utf-8") +
                      "appeal_address: appeals@desk.example\n", encoding="utf-8")
    assert "To whom: appeals@desk.example" in assess(ROGUE, config=config).out
    assert "To whom: ask the operator of this list" in assess(ROGUE).out


def test_a_page_cannot_steer_the_reader_s_terminal(tmp_path):
    page = tmp_path / "evil-pills.example/2026-11-01/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<h1>Tadalafil 20 mg \u202e\u200b\x1b[31m</h1><p>$40.00 <a>Add to cart</a></p>"
                    "<p>No prescription \x1b]0;x\x07needed. We ship to the USA.</p>",
                    encoding="utf-8")
    out = assay.run("assess", "--config", assay.CONFIG, "--at", assay.AT, "--explain", page).out
    assert "evil-pills.example" in out
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b\u202e]", out)
