"""The stages as commands in a pipe: what one writes, the next one keeps."""

import sqlite3

import assay

NAMES = b"cheap-v1agra-norx.example\nspecialist.example\nbuy-tramadol-online.example\n"


def suspects_of(store):
    db = sqlite3.connect(f"file:{store}/assay.db?mode=ro", uri=True)
    rows = db.execute("SELECT hex(id) FROM record WHERE type = 'suspect' ORDER BY 1").fetchall()
    db.close()
    return [row[0].lower() for row in rows]


def test_a_run_keeps_what_screening_found(tmp_path):
    screened = assay.run("screen", stdin=NAMES)
    found = sorted(record["id"] for record in screened.records())
    assert len(found) == 2, screened
    store = tmp_path / "store"
    for _ in range(2):  # a second time adds nothing
        assay.run("run", "--store", store, "--at", assay.AT, stdin=screened.out.encode())
        assert suspects_of(store) == found
