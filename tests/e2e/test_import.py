"""assay import: registers by their mappings, and licence documents that a person has read."""

import json

import assay
import pytest

HEAD = "number,name,trading,domains,address,from,until,status,kind\n"
MAPPING = """register: demo
title: A demonstration register
authority: Demonstration Board (synthetic)
source: our own
country: GB
serves: [GB]
scheme: gphc
kind: pharmacy
whole: true
format: {format}
columns: {{number: {number}, name: name, trading: trading, domains: domains, until: until}}
status: {{column: status, active: [open], lapsed: [closed], revoked: [struck off]}}
{more}
"""


@pytest.fixture
def demo(tmp_path):
    """Import a text by a mapping: the summary, and what was said."""
    def do(text, *options, format="csv", more="", code=0, date="2026-11-20", number="number"):
        mapping = tmp_path / "demo.yaml"
        mapping.write_text(MAPPING.format(format=format, more=more, number=number))
        file = tmp_path / f"register.{format}"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        given = ("--date", date) if date else ()
        ran = assay.run("import", "register", file, "--as", mapping, "--store", tmp_path / "store",
                        "--at", assay.AT, *given, *options, code=code)
        return ran.records()[0] if code == 0 else None, ran
    return do


def counts(summary):
    return {k: summary[k] for k in ("rows", "new", "changed", "unchanged", "ended")}


ROWS = ("number,name,trading,domains,until,status\n"
        "101,Mill Ltd,Mill Chemist,https://mill.example/shop,2027-12-31,open\n"
        "102,Quay Ltd,,,,open\n"
        "103,Hill Ltd,,hill.example,,struck off\n")


def test_the_same_file_twice_is_nothing_new(demo):
    summary, ran = demo(ROWS)
    assert counts(summary) == {"rows": 3, "new": 3, "changed": 0, "unchanged": 0, "ended": 0}, ran
    assert (summary["active"], summary["naming_a_site"], summary["date"]) == (2, 2, "2026-11-20")
    for date in ("2026-11-20", "2026-11-21"):
        summary, ran = demo(ROWS, date=date)
        assert counts(summary) == {"rows": 3, "new": 0, "changed": 0, "unchanged": 3, "ended": 0}, ran


def test_a_later_edition_changes_and_ends_rows_and_an_older_one_does_nothing(demo, tmp_path):
    demo(ROWS)
    later = ROWS.replace("Mill Chemist", "Old Mill").replace("102,Quay Ltd,,,,open\n", "")
    summary, ran = demo(later, date="2026-11-21")
    assert counts(summary) == {"rows": 2, "new": 0, "changed": 1, "unchanged": 1, "ended": 1}, ran
    summary, ran = demo(ROWS, date="2026-11-20")
    assert counts(summary) == {"rows": 3, "new": 0, "changed": 0, "unchanged": 1, "ended": 0}, ran
    assert summary["left_out"]["older"] == 2, ran
    # A correction on the same day stands behind what it corrects.
    summary, ran = demo(ROWS, date="2026-11-21")
    assert counts(summary)["changed"] == 2, ran
    summary, ran = demo(ROWS, date="2026-11-21")
    assert counts(summary)["unchanged"] == 3, ran
    assay.run("store", "check", "--store", tmp_path / "store")


def test_bad_rows_are_told_with_their_line_and_the_rest_is_read(demo):
    bad = (ROWS + "101,Second,,,,open\n,None,,,,open\n104,Odd,,no site,31/12/27,asleep\n105,x\n"
           ).encode() + b"106,Caf\xe9,,,,open\n107,Last,,,,open\n"
    summary, ran = demo(bad)
    assert summary["left_out"] == {"duplicate": 1, "no_number": 1, "not_kept": 0, "older": 0,
                                   "unreadable": 2}, ran
    assert summary["kept_but_told"] == {"unknown_status": 1, "no_site_name": 1, "no_date": 1}, ran
    assert counts(summary)["new"] == 5 and summary["active"] == 3, ran
    told = {(line["line"], line["msg"]) for line in ran.log() if "line" in line}
    assert (5, "this number was on an earlier line, which is kept") in told, ran
    assert (6, "a row has no number") in told, ran
    assert (7, "a status that the mapping does not know: not active") in told, ran
    assert {8, 9} == {line for line, msg in told if msg == "a row cannot be read"}, ran
    # Where a row could not be read it is not known who is gone.
    summary, ran = demo(ROWS.replace("102,Quay Ltd,,,,open\n", "102,Quay\n"), date="2026-11-21")
    assert counts(summary)["ended"] == 0 and "none was ended" in ran.err, ran


def test_a_register_that_lost_more_than_half_is_not_believed_at_once(demo):
    rows = "".join(f"{n},Shop {n},,,,open\n" for n in range(200, 240))
    demo(ROWS + rows)
    _, ran = demo(ROWS, date="2026-11-21", code=2)
    assert "40 of 42 active rows are in the file no more" in ran.err, ran
    summary, ran = demo(ROWS, "--shrunk", date="2026-11-21")
    assert counts(summary)["ended"] == 40, ran


@pytest.mark.parametrize("format, text, number", [
    ("json", json.dumps([{"number": 101, "name": "Mill", "domains": ["a.example"],
                          "status": "open"}]), "number"),
    ("xml", '<r><p id="101"><name>Mill</name><domains>a.example</domains><status>Open</status></p>'
            "</r>", '"@id"'),
])
def test_json_and_xml_give_the_rows_that_csv_gives(demo, format, text, number):
    more = "rows: r/p" if format == "xml" else ""
    summary, ran = demo(text, format=format, more=more, number=number)
    assert counts(summary)["new"] == 1 and summary["naming_a_site"] == 1, ran
    summary, ran = demo("number,name,domains,status\n101,Mill,a.example,open\n")
    assert counts(summary)["unchanged"] == 1, ran


@pytest.mark.parametrize("format, text, said", [
    ("csv", ROWS + '104,"Open', "line 5: a quote is opened here and never closed"),
    ("csv", "name,status\nx,open\n", "demo.yaml:11: the file has no column 'number'"),
    ("csv", "", "the file has no header row"),
    ("json", '[{"number":"1","status":"open"},{"nu', "the file breaks off"),
    ("xml", "<r><p><number>1</number><status>open</status></p><p>", "line 1: "),
    ("xml", '<!DOCTYPE r [<!ENTITY a "x">]><r><p/></r>', "a document type declaration is refused"),
])
def test_a_damaged_file_is_an_error_and_ends_nothing(demo, format, text, said):
    demo(ROWS)
    _, ran = demo(text, format=format, more="rows: r/p" if format == "xml" else "", code=2,
                  date="2026-11-21")
    assert said in ran.err, ran
    summary, ran = demo(ROWS, date="2026-11-22")
    assert counts(summary)["ended"] == 0 or format != "csv", ran


def test_the_date_of_a_register_is_known_or_asked_for(demo, tmp_path):
    _, ran = demo(ROWS, date=None, code=2)
    assert "of which date is the register?" in ran.err, ran
    _, ran = demo(ROWS, date="2027-01-01", code=2)
    assert "of tomorrow" in ran.err, ran
    summary, ran = demo("number,status,asof\n1,open,2026-10-01\n", date=None,
                        more="date: {column: asof}")
    assert summary["date"] == "2026-10-01", ran
    npi = tmp_path / "npidata_pfile_20050523-20261108.csv"
    columns = ["NPI", "Entity Type Code", "Provider Organization Name (Legal Business Name)",
               *(f"Healthcare Provider Taxonomy Code_{n}" for n in range(1, 6))]
    npi.write_text("\n".join([",".join(f'"{c}"' for c in columns),
                              '"1234567893","2","MILL PHARMACY INC","3336C0003X","","","",""',
                              '"1234567901","1","","207Q00000X","","","",""']))
    summary, = assay.run("import", "register", npi, "--as", "us-nppes", "--store",
                         tmp_path / "npi", "--at", assay.AT).records()
    assert (summary["date"], summary["new"], summary["left_out"]["not_kept"]) == ("2026-11-08", 1, 1)


def test_an_unknown_register_is_told_with_those_that_there_are(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text(ROWS)
    ran = assay.run("import", "register", file, "--as", "nowhere", "--store", tmp_path / "s", code=2)
    assert "no mapping 'nowhere' in it (there are: au-premises, " in ran.err, ran
    ran = assay.run("import", "register", file, "--store", tmp_path / "s", code=2)
    assert "--as ID" in ran.err, ran


# ---- what comes of it ----

SHOP = """<html><head><title>Sunny Pharmacy India</title></head><body><h1>Sunny Pharmacy</h1>
<p>Sildenafil 100 mg, 30 tablets, INR 900.00</p><button>Add to cart</button>
<p>We ship to India.</p></body></html>"""


def cells(ran):
    verdict, = [r for r in ran.records() if r["type"] == "verdict"]
    return {c["destination"]: c for c in verdict["cells"]}


def test_a_row_of_a_register_vouches_for_its_site_until_it_ends(tmp_path, demo):
    store = tmp_path / "store"
    site = tmp_path / "sites" / "mill.example" / "2026-11-21" / "index.html"
    site.parent.mkdir(parents=True)
    site.write_text(SHOP.replace("India", "Great Britain").replace("INR", "GBP"))
    demo(ROWS)

    def run(at):
        return cells(assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", at,
                               tmp_path / "sites"))["GB"]
    cell = run(assay.AT)
    assert cell["class"] == "legitimate" and cell["register"]["number"] == "101", cell
    # Its last day is 2027-12-31.
    assert run("2027-12-31T23:00:00Z")["class"] == "legitimate"
    assert run("2028-01-01T00:00:00Z")["class"] != "legitimate"


def test_assess_reads_a_register_without_a_store(tmp_path):
    site = tmp_path / "mill.example" / "2026-11-21" / "index.html"
    site.parent.mkdir(parents=True)
    site.write_text(SHOP.replace("India", "Great Britain").replace("INR", "GBP"))
    list_ = tmp_path / "list.csv"
    list_.write_text("Website,Name\nmill.example,Mill\n")

    def assess(*options):
        return assay.run("assess", "--at", assay.AT, *options, tmp_path / "mill.example")
    assert cells(assess())["US"]["class"] != "legitimate"
    cell = cells(assess("--registers", f"nabp={list_}"))["US"]
    assert cell["class"] == "legitimate" and cell["register"]["number"] == "mill.example", cell
    one, two = (assess("--registers", f"nabp={list_}").out for _ in range(2))
    assert one == two
    ran = assay.run("assess", "--registers", str(list_), tmp_path / "mill.example", code=2)
    assert "--registers takes ID=FILE" in ran.err, ran


def document(tmp_path, *options, code=0, site="sunny.example", reviewer="akari", **more):
    scan = tmp_path / "licence.pdf"
    scan.write_bytes(b"%PDF-1.4 a synthetic licence")
    values = {"number": "20B-17", "authority": "State Licensing Authority (synthetic)",
              "country": "IN", "serves": "IN", "reason": "seal and number read on the original"}
    values |= more
    given = [x for key, value in values.items() for x in (f"--{key}", value)]
    return assay.run("import", "licence", scan, "--subject", site, "--reviewer", reviewer,
                     "--config", assay.CONFIG, "--store", tmp_path / "store", "--at", assay.AT,
                     *given, *options, code=code)


def test_a_licence_document_is_kept_restricted_and_counts_as_a_row(tmp_path):
    first, = document(tmp_path).records()
    again, = document(tmp_path).records()
    assert (first["new"], again["new"]) == (True, False)
    assert first["record"] == again["record"]
    assay.run("store", "check", "--store", tmp_path / "store")
    site = tmp_path / "sites" / "sunny.example" / "2026-11-21" / "index.html"
    site.parent.mkdir(parents=True)
    site.write_text(SHOP)
    ran = assay.run("run", "--store", tmp_path / "store", "--config", assay.CONFIG, "--at",
                    assay.AT, tmp_path / "sites")
    # No shipped pack speaks for India here; what the row says is asked for by others.
    assert all(c["class"] in ("out_of_scope", "unverified", "legitimate", "unapproved")
               for c in cells(ran).values()), ran


@pytest.mark.parametrize("change, said", [
    ({"reviewer": "nobody"}, "'nobody' is no reviewer"),
    ({"reason": " "}, "takes --reason"),
    ({"country": "India"}, "--country takes an ISO 3166-1 code"),
    ({"serves": "IN,Nepal"}, "--serves takes ISO 3166-1 codes, not 'Nepal'"),
    ({"until": "2020-01-01"}, "the licence has ended on 2020-01-01"),
    ({"site": "com"}, "--subject"),
])
def test_a_licence_document_that_says_too_little_is_refused(tmp_path, change, said):
    ran = document(tmp_path, code=2, **change)
    assert said in ran.err, ran
