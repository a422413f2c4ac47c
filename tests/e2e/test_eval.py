"""assay eval on small labelled files: who was called what, and whether that was right."""

import json

import assay
import jsonschema
import pytest

SCHEMA = json.loads((assay.ROOT / "doc/format/schema/eval.schema.json").read_text())
SHOP = ("Buy Viagra 100mg $2.10 per pill. No prescription needed. Buy tramadol 50mg $1.20 per pill. "
        "Add to cart. We ship to USA, UK and Japan. Pay by Bitcoin. Checkout.")
ADVICE = ("The FDA warns consumers: beware of rogue online pharmacies that sell tramadol with no "
          "prescription required. Talk to your doctor or pharmacist before you take any medicine.")
TEA = "Our tea room serves cake on weekdays. Opening hours: ten to six. Directions and parking."


def row(site, label, text=None, **more):
    body = {} if "html" in more else {"text": text}
    return {"url": f"https://{site}/", "site": site, "label": label, **body, **more}


def labelled(folder, *rows):
    path = folder / "labelled.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path


def evaluated(path, *more, code=0):
    ran = assay.run("eval", "--at", assay.AT, *more, path, code=code)
    report = json.loads(ran.out)
    jsonschema.validate(report, SCHEMA)
    return report


def views(report):
    return {v["view"]: v for v in report["views"]}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    return labelled(tmp_path_factory.mktemp("eval"),
                    row("pills-a.example", "rogue_pharmacy", SHOP, language="en", cluster="engine"),
                    row("pills-b.example", "rogue_pharmacy", SHOP, language="en", cluster="engine",
                        destination="US"),
                    row("quiet.example", "rogue_pharmacy", TEA, language="en"),
                    row("news.example", "news_or_research", ADVICE, language="en"),
                    row("tea.example", "other_commerce", TEA, language="en"),
                    row("note.example", "licensed_pharmacy", "[digest] a chain", text_kind="digest"),
                    {"url": "https://odd.example/", "text": "x", "label": "odd"})


@pytest.fixture(scope="module")
def report(mixed):
    return evaluated(mixed)


def test_the_matrix_counts_sites_and_the_shares_have_intervals(report):
    assert report["input"] == {"rows": 6, "digests": {"licensed_pharmacy": 1}, "bad_rows": 1,
                               "sites": 5, "judged_sites": 5, "unread_sites": 0, "clusters": 4}
    any_ = views(report)["any"]
    assert any_["matrix"]["rogue_pharmacy"]["rogue"] == 2
    assert any_["matrix"]["rogue_pharmacy"]["not_a_pharmacy"] == 1
    assert any_["matrix"]["news_or_research"]["not_a_pharmacy"] == 1
    caught = any_["caught"]
    assert (caught["k"], caught["n"], caught["clusters"]) == (2, 3, 2)
    assert caught["wilson_ppm"][0] < caught["ppm"] < caught["wilson_ppm"][1]
    assert caught["clustered_ppm"] == [0, 1_000_000] and caught["clustered_by"] == "bootstrap"
    assert any_["precision"]["rogue"]["ppm"] == 1_000_000
    assert any_["precision"]["legitimate"] is None
    assert report["innocent"] == {"sites": 2, "rogue": [], "unapproved": []}
    assert report["assumed"]["stated"] == 1 and report["assumed"]["any"] == 4
    assert "US" in report["assumed"]["destinations"]


def test_a_miss_is_listed_with_the_gates_that_said_no(report):
    errors = report["errors"]
    assert [e["site"] for e in errors] == ["quiet.example"]
    assert errors[0]["outcome"] == "wrong" and not errors[0]["rules"]
    assert "0 of 1 pages take orders" in errors[0]["gates"]


def test_the_text_says_the_same(mixed):
    text = assay.run("eval", "--at", assay.AT, "--format", "text", mixed).out
    assert "left out: 1 digests, 1 bad rows" in text
    assert "0.666 (2 of 3; Wilson" in text
    assert "rogue: 0 of 2\n" in text
    assert "quiet.example (rogue_pharmacy, en): not_a_pharmacy" in text


def test_the_same_rows_in_several_files_give_the_same_report(mixed, report, tmp_path):
    lines = mixed.read_text().splitlines(keepends=True)
    for name, part in (("a", lines[:3]), ("b", lines[3:])):
        (tmp_path / name).write_text("".join(part))
    ran = assay.run("eval", "--at", assay.AT, tmp_path / "a", tmp_path / "b")
    assert json.loads(ran.out) == report


def test_an_innocent_site_that_is_called_rogue_is_named_and_the_exit_code_is_1(tmp_path):
    path = labelled(tmp_path, row("honest.example", "licensed_pharmacy", SHOP))
    report = evaluated(path, code=1)
    assert report["innocent"]["rogue"] == ["honest.example"]
    error, = report["errors"]
    assert error["outcome"] == "condemned" and "US" in error["destinations"]
    assert error["rules"]
    quoted = {q["quote"] for r in error["rules"] for q in r["quotations"]}
    assert "No prescription needed" in quoted and all(q in SHOP for q in quoted)
    text = assay.run("eval", "--at", assay.AT, "--format", "text", path, code=1).out
    assert "rogue: 1 of 1: honest.example" in text and "[condemned]" in text


def test_each_language_of_a_site_is_also_judged_by_itself(tmp_path):
    path = labelled(tmp_path,
                    row("shop.example", "rogue_pharmacy", SHOP, language="en"),
                    row("shop.example", "rogue_pharmacy", TEA, language="de",
                        url="https://shop.example/de"))
    report = evaluated(path)
    assert views(report)["any"]["caught"]["n"] == 1
    assert (report["caught_by_language"]["k"], report["caught_by_language"]["n"]) == (1, 2)
    assert [(l["language"], l["rogue_or_unapproved"]) for l in report["languages"]] == [
        ("de", 0), ("en", 1)]


def test_html_is_read_as_html(tmp_path):
    """Else the tags would stand in the quotation."""
    html = (f"<!doctype html><title>Shop</title><p>{SHOP.replace('No', 'N<b>o</b>')}</p>"
            "<form method=post action=/cart><button>Add to cart</button></form>")
    path = labelled(tmp_path, row("shop.example", "licensed_pharmacy", html=html))
    error, = evaluated(path, code=1)["errors"]
    assert "No prescription needed" in {q["quote"] for r in error["rules"] for q in r["quotations"]}


def test_rows_of_one_site_with_two_labels_are_bad(tmp_path):
    path = labelled(tmp_path, row("shop.example", "rogue_pharmacy", SHOP),
                    row("shop.example", "other_commerce", TEA))
    ran = assay.run("eval", "--at", assay.AT, path)
    assert json.loads(ran.out)["input"]["bad_rows"] == 1
    assert "other rows of shop.example say rogue_pharmacy" in ran.err


def test_a_register_row_counts(tmp_path):
    register = tmp_path / "register.jsonl"
    known = next(json.loads(l) for p in sorted((assay.EXAMPLES).rglob("*.jsonl"))
                 for l in p.read_text().splitlines()
                 if '"register"' in l and '"domains"' in l)
    domain = known["register"]["domains"][0]
    register.write_text(json.dumps(known) + "\n")
    path = labelled(tmp_path, row(domain, "licensed_pharmacy", TEA))
    without = views(evaluated(path))["any"]["matrix"]["licensed_pharmacy"]
    report = evaluated(path, "--registers", register)
    seen = {v["view"]: v["matrix"]["licensed_pharmacy"]["legitimate"] for v in report["views"]}
    assert without["legitimate"] == 0 and any(seen.values())


@pytest.mark.parametrize("lines, says", [
    ((), "takes files"), (("",), "no labelled row"), (('{"url": 1}\n',), "no labelled row")])
def test_without_a_row_there_is_no_figure(tmp_path, lines, says):
    paths = []
    for line in lines:
        paths.append(tmp_path / "in.jsonl")
        paths[-1].write_text(line)
    ran = assay.run("eval", *paths, code=2)
    assert says in ran.err and not ran.out
