"""The shipped examples come out as a careful person said before any program was run on them."""

import sqlite3

import assay

EXPECTED = assay.table(assay.EXAMPLES / "expected.tsv")


def standing(store):
    """Every cell that assay lookup reports for the store's judged subjects."""
    db = sqlite3.connect(f"file:{store}/assay.db?mode=ro", uri=True)
    subjects = {key for key, in db.execute(
        "SELECT DISTINCT s.key FROM record r JOIN subject s ON s.id = r.subject WHERE r.type IN ('verdict', 'decision', 'correction')")}
    db.close()
    subjects |= {row["subject"] for row in EXPECTED}
    found = {}
    for answer in assay.lookup(store, *sorted(subjects)):
        for cell in answer["cells"]:
            place = (answer["name"], cell["destination"], cell["state"] == "ended")
            assert place not in found, f"{place} is reported twice"
            assert cell["current"] != (cell["state"] == "ended"), f"{place} is current and ended"
            found[place] = (cell["class"], cell.get("ground", ""), cell["state"])
    return found


def differences(found):
    wanted = {(r["subject"], r["destination"], r["state"] == "ended"):
              (r["class"], r["ground"], r["state"]) for r in EXPECTED}
    assert len(wanted) == len(EXPECTED), "expected.tsv says something twice"
    for place in sorted(wanted.keys() | found.keys()):
        want, got = wanted.get(place), found.get(place)
        if want and got and want[1] == "*":
            want = (want[0], got[1], want[2])
        if want != got:
            yield f"{place[0]} for {place[1]}: wanted {want}, got {got}"


def test_every_example_comes_out_as_expected_and_nothing_else_is_judged(shipped):
    wrong = list(differences(standing(shipped)))
    assert not wrong, f"{len(wrong)} of {len(EXPECTED)} cells differ\n" + "\n".join(wrong)


def test_the_comparison_sees_a_wrong_a_missing_and_an_additional_cell(shipped):
    found = standing(shipped)
    first, second = sorted(found)[:2]
    found[first] = ("rogue", "made-up", "listed")
    del found[second]
    found["more.example", "US", False] = ("rogue", "made-up", "pending")
    told = list(differences(found))
    assert any(first[0] in t for t in told)
    assert any("got None" in t for t in told)
    assert any(t.startswith("more.example for US: wanted None") for t in told)


def test_a_second_run_changes_nothing(store):
    before = standing(store)
    counts = "SELECT type, count(*) FROM record GROUP BY type ORDER BY type"
    db = sqlite3.connect(store / "assay.db")
    records = db.execute(counts).fetchall()
    ran = assay.run_examples(store, "--format", "text")
    assert standing(store) == before
    assert db.execute(counts).fetchall() == records
    assert " 0 of them new;" in ran.out, ran
    db.close()


def test_no_quotation_is_cut_from_other_bytes_than_it_names(shipped):
    """Each finding's quotation lies in the evidence text that it names (counted, not re-extracted)."""
    quoted = 0
    for row in EXPECTED:
        if row["state"] not in ("listed", "pending"):
            continue
        answer, = assay.lookup(shipped, row["subject"])
        for cell in answer["cells"]:
            if cell["destination"] != row["destination"] or not cell["current"]:
                continue
            assert cell["findings"], f"{row['subject']}: condemned without a finding"
            for finding in cell["findings"]:
                for q in finding["quotations"]:
                    assert q["end"] - q["start"] >= len(q["quote"].encode()) > 0
                    digest = q["evidence"].removeprefix("sha256:")
                    assert list(shipped.glob(f"blob/{digest[:2]}/*{digest[2:]}*")), q
                    quoted += 1
    assert quoted > 50
