"""Real names and pages: no innocent one is condemned. Skipped where the data is not at hand."""

import json
import re

import assay
import pytest

DATA = next((p / "shared/data" for p in assay.ROOT.parents if (p / "shared/data").is_dir()), None)
pytestmark = pytest.mark.skipif(not DATA, reason="there is no ../shared/data")

CONDEMNED = {"rogue", "unapproved"}
INNOCENT_LABELS = {"licensed_pharmacy", "drug_information", "news_or_research", "other_commerce"}
# Rows that call the report false, or the name's owner lawful.
INNOCENT = re.compile(r"licensed|legitimate|innocent|telemedicine|drugstore chain|business harm|"
                      r"only because the name|change of owner")


def disputes():
    return assay.table(DATA / "false-reports/blocklist-disputes.tsv")


def run(store, path):
    return assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT,
                     "--format", "text", path)


def condemned(answers):
    return [(a["name"], c["destination"], c["class"]) for a in answers for c in a["cells"]
            if c["class"] in CONDEMNED or c["state"] in ("pending", "listed")]


def test_no_name_in_dispute_is_condemned_for_its_name(tmp_path):
    """By its name alone nobody is: not the innocent, nor those that were truly reported."""
    rows = disputes()
    names = [r["domain"] for r in rows]
    innocent = {r["domain"] for r in rows if INNOCENT.search(r["outcome"] + " " + r["lesson"])}
    assert {"pharmacy2u.co.uk", "shop-apotheke.com", "coronacalc.org"} <= innocent
    assert "opioids.to" not in innocent
    path = tmp_path / "names.txt"
    path.write_text("\n".join(names) + "\n")
    store = tmp_path / "store"
    text = run(store, path).out
    assert f"{len(names)} names" in text
    found = condemned(assay.lookup(store, *names))
    print(f"{len([f for f in found if f[0] in innocent])} of {len(innocent)} innocent names hit")
    assert not found
    assert assay.run("review", "list", "--store", store).records() == []


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Every page that is text (a digest is a reader's note, not a page), grouped by its site."""
    folder = tmp_path_factory.mktemp("pages")
    labels = {}
    with open(folder / "pages.jsonl", "w", encoding="utf-8") as out:
        for path in sorted((DATA / "pages").glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                if row["text_kind"] == "digest":
                    continue
                labels.setdefault(row["site"], set()).add(row["label"])
                keep = ("url", "text", "site", "language")
                out.write(json.dumps({k: row[k] for k in keep if row.get(k)}) + "\n")
    ran = run(folder / "store", folder / "pages.jsonl")
    assert "0 bad lines, 0 bad files" in ran.out, ran
    keys = {site: re.sub(r"[^a-z0-9.]+|\.(?=.*/)", "-", site.lower()) + (
        "" if re.fullmatch(r"[a-z0-9-]+(\.[a-z]+)+", site) else ".invalid") for site in labels}
    answers = assay.lookup(folder / "store", *keys.values())
    return {site: (labels[site], answer)
            for site, answer in zip(keys, answers, strict=True)}


def test_every_site_was_judged(judged):
    assert len(judged) >= 9
    unknown = [site for site, (_, answer) in judged.items() if not answer["known"]]
    assert not unknown


def test_no_page_of_an_innocent_label_is_condemned(judged):
    innocent = {s: a for s, (labels, a) in judged.items() if labels & INNOCENT_LABELS}
    assert innocent
    found = condemned(innocent.values())
    print(f"{len(found)} cells of {len(innocent)} innocent sites hit")
    assert not found


def test_the_largest_engine_of_rogue_shops_is_seen_with_quotations(judged):
    """Otherwise nothing is condemned because nothing was understood."""
    _, answer = judged["truemeds-engine"]
    assert {c["destination"] for c in answer["cells"] if c["class"] == "rogue"} >= {"US", "GB"}
    for cell in answer["cells"]:
        if cell["class"] in CONDEMNED:
            assert cell["findings"] and all(f["quotations"] for f in cell["findings"])
            assert cell["state"] == "pending"
