"""What pages say, written out: each fact a record with a quotation that is found again."""

import json

import assay

TEXT = """Sample Pharmacy
Superintendent pharmacist: Robin Specimen
GPhC premises number: 1099123
NPI: 1234567890
Tel. +44 20 7946 0110, mail info@shop.example
Trusted online pharmacy since 2004. A valid prescription is required.
"""


def facts_of(*arguments, text=TEXT):
    page = json.dumps({"url": "https://shop.example/", "text": text})
    return assay.run("assess", *arguments, "--at", assay.AT, stdin=page.encode())


def test_facts_come_before_the_verdict_and_only_when_asked_for():
    kinds = [record["type"] for record in facts_of("--facts").records()]
    assert kinds[-1] == "verdict" and kinds.count("fact") > 5
    assert kinds == sorted(kinds, key=["fact", "finding", "verdict"].index)
    assert "fact" not in [record["type"] for record in facts_of().records()]


def test_a_fact_is_quoted_from_its_page():
    records = [r for r in facts_of("--facts").records() if r["type"] == "fact"]
    text = "\n".join(TEXT.split("\n")).strip().encode()
    for record in records:
        (q,) = record["quotations"]
        assert text[q["start"] : q["end"]].decode() == q["quote"], record
    told = {(r["what"], r.get("arg"), r.get("value")): r for r in records}
    assert told["licence", "us-npi", "1234567890"]["check"] == "wrong"
    assert ("licence", "gphc-premises", "1099123") in told
    assert ("contact", "phone", "+442079460110") in told
    assert ("contact", "email", "info@shop.example") in told
    assert ("date", "since", "2004") in told
    assert ("stance", "required", None) in told


def test_a_fact_that_names_a_person_is_marked():
    records = [r for r in facts_of("--facts").records() if r["type"] == "fact"]
    named = [r for r in records if "Robin" in r.get("value", "")]
    assert named and all(r["restricted"] for r in named)
    assert all("restricted" in r["quotations"][0] for r in named)


def test_facts_are_a_line_each_for_people():
    lines = facts_of("--facts", "--format", "text").out.splitlines()
    assert 'licence gphc-premises 1099123: "GPhC premises number: 1099123"' in lines
