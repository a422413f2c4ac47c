"""Nobody on the list of innocents is condemned, by the machine or by anybody."""

import assay

INNOCENTS = assay.table(assay.EXAMPLES / "innocents.tsv")


def hits(answers):
    """What condemns an innocent, as (subject, what)."""
    kind = {row["subject"]: row["kind"] for row in INNOCENTS}
    for answer in answers:
        for cell in answer["cells"]:
            if not cell["current"]:
                continue
            said = f"{cell['class']} ({cell.get('ground', '')}) for {cell['destination']}"
            if cell["class"] == "rogue":
                yield answer["name"], said
            elif cell["class"] == "unapproved" and (
                    kind[answer["name"]] != "foreign_legal" or cell["ground"] != "foreign_legal"):
                yield answer["name"], said
            if cell["state"] == "listed":
                yield answer["name"], said + " and listed"


def answers(store):
    return assay.lookup(store, *[row["subject"] for row in INNOCENTS])


def test_no_innocent_is_condemned(shipped):
    found = list(hits(answers(shipped)))
    print(f"{len(found)} of {len(INNOCENTS)} innocents hit" + "".join(
        f"\n  {name}: {what}" for name, what in found))
    assert not found


def test_every_innocent_was_judged(shipped):
    unknown = [a["name"] for a in answers(shipped) if not a["known"]]
    assert not unknown


def test_a_condemned_innocent_would_be_seen(shipped):
    made = answers(shipped)
    for change in ({"class": "rogue"}, {"class": "unapproved", "ground": "other"},
                   {"state": "listed"}):
        cells = [dict(made[0]["cells"][0], **change)]
        assert list(hits([dict(made[0], cells=cells)])), change


def test_the_exit_code_of_every_innocent_says_not_listed(shipped):
    listed = [row["subject"] for row in INNOCENTS
              if assay.run("lookup", "--store", shipped, "--config", assay.CONFIG, row["subject"],
                           code={0, 1}).code == 0]
    assert not listed
