"""assay review: people decide. One reviewer makes no rogue; what is listed can be taken back."""

import shutil

import assay
import pytest

PENDING = "wakaba-kojin-yunyu.example"      # rogue for JP, two captures, nobody has acted
PREFIX = "https://riverbend-literacy.example/shop/"
ONE_CAPTURE = "one-capture.example"


def decide(store, subject, reviewer, cls, *, destination="JP", code=0, at=assay.AT,
           reason="both captures read"):
    return assay.run("review", "decide", subject, "--reviewer", reviewer, "--destination",
                     destination, "--class", cls, "--reason", reason, "--at", at,
                     "--store", store, "--config", assay.CONFIG, code=code)


def state(store, subject, destination="JP"):
    answer, = assay.lookup(store, subject)
    cell, = [c for c in answer["cells"] if c["destination"] == destination and c["current"]]
    return cell["class"], cell["state"]


def listed(store, subject, destination="JP"):
    ran = assay.run("lookup", "--store", store, "--destination", destination, "--config",
                    assay.CONFIG, subject, code={0, 1})
    return ran.code == 0


def whole(store):
    assay.run("ledger", "verify", "--store", store)
    assay.run("store", "check", "--store", store)


def test_one_reviewer_alone_makes_no_rogue(store):
    ran = decide(store, PENDING, "akari", "rogue")
    assert "second reviewer" in ran.out
    assert state(store, PENDING) == ("rogue", "pending") and not listed(store, PENDING)
    whole(store)


def test_the_same_reviewer_twice_makes_no_rogue(store):
    decide(store, PENDING, "akari", "rogue")
    ran = decide(store, PENDING, "akari", "rogue", reason="read again", at="2026-11-22T01:00:00Z",
                 code=2)
    assert "akari has proposed this already" in ran.err, ran
    assert state(store, PENDING) == ("rogue", "pending") and not listed(store, PENDING)
    whole(store)


def test_two_different_reviewers_list_it_for_that_destination_alone(store):
    decide(store, PENDING, "akari", "rogue")
    ran = decide(store, PENDING, "benedikt", "rogue", at="2026-11-22T01:00:00Z")
    assert "in force" in ran.out
    assert state(store, PENDING) == ("rogue", "listed") and listed(store, PENDING)
    assert state(store, PENDING, "US")[1] == "none" and not listed(store, PENDING, "US")
    answer, = assay.lookup(store, PENDING)
    cell, = [c for c in answer["cells"] if c["destination"] == "JP"]
    assert sorted(cell["decision"]["actors"]) == ["akari", "benedikt"]
    assert cell["decision"]["automatic"] is False
    whole(store)


def test_one_reviewer_may_list_less_than_the_verdict(store):
    decide(store, PENDING, "akari", "unapproved")
    assert state(store, PENDING) == ("unapproved", "listed") and listed(store, PENDING)
    whole(store)


def test_a_prefix_can_be_listed_and_its_site_stays_free(store):
    decide(store, PREFIX, "akari", "rogue", destination="US")
    decide(store, PREFIX, "benedikt", "rogue", destination="US", at="2026-11-22T01:00:00Z")
    assert listed(store, PREFIX, "US") and listed(store, PREFIX + "cart.html", "US")
    for free in ("riverbend-literacy.example", "https://riverbend-literacy.example/about.html"):
        assert not listed(store, free, "US"), free


def test_a_tenant_can_be_listed_and_its_platform_stays_free(store):
    tenant = "pills4u.shops.example"
    decide(store, tenant, "akari", "rogue", destination="US")
    decide(store, tenant, "benedikt", "rogue", destination="US", at="2026-11-22T01:00:00Z")
    assert listed(store, tenant, "US") and listed(store, "www." + tenant, "US")
    for free in ("shops.example", "honey.shops.example", "new.shops.example"):
        assert not listed(store, free, "US"), free


def test_a_correction_takes_a_listing_back(store):
    name = "himawari-kusuribin.example"
    assert listed(store, name)
    ran = decide(store, name, "benedikt", "unverified", reason="listed in error")
    assert "corrected" in ran.out
    assert state(store, name) == ("unverified", "corrected") and not listed(store, name)
    assert listed(store, name, "US")
    text = assay.run("lookup", "--store", store, "--format", "text", "--destination", "JP", name,
                     code=1).out
    assert "corrected 2026-11-22" in text and "listed in error" in text
    whole(store)


def test_a_correction_is_not_undone_by_a_second_run(store):
    name = "himawari-kusuribin.example"
    decide(store, name, "benedikt", "unverified", reason="listed in error")
    assay.run_examples(store)
    assert state(store, name) == ("unverified", "corrected") and not listed(store, name)


REFUSED = [
    # subject, reviewer, class, destination, what the message says
    (PENDING, "mallory", "rogue", "JP", "mallory"),
    (PENDING, "Akari", "rogue", "JP", "Akari"),
    (PENDING, "akari", "rogue", "US", "out_of_scope"),
    ("harborlight-pharmacy.example", "akari", "rogue", "US", "legitimate"),
    ("harborlight-pharmacy.example", "akari", "unapproved", "US", "legitimate"),
    ("maplecrane-rx.example", "akari", "rogue", "US", "unapproved"),
    ("riverbend-literacy.example", "akari", "rogue", "US", "not_a_pharmacy"),
    ("shops.example", "akari", "unapproved", "US", "not_a_pharmacy"),
    ("never-seen.example", "akari", "rogue", "JP", "never-seen.example"),
    ("harborlight-pharmacy.example", "akari", "unverified", "US", "nothing waits for US"),
    (PENDING, "akari", "evil", "JP", "evil"),
    (PENDING, "akari", "rogue", "Japan", "destination"),
    ("not a name", "akari", "rogue", "JP", "0x20"),
]


@pytest.mark.parametrize("subject, reviewer, cls, destination, said", REFUSED)
def test_what_may_not_be_decided_is_refused_with_the_reason(store, subject, reviewer, cls,
                                                            destination, said):
    before = assay.run("ledger", "checkpoint", "--store", store).out.splitlines()[1]
    ran = decide(store, subject, reviewer, cls, destination=destination, code=2)
    assert said in ran.err, ran
    assert assay.run("ledger", "checkpoint", "--store", store).out.splitlines()[1] == before
    whole(store)


@pytest.mark.parametrize("missing", ["--reviewer", "--destination", "--class", "--reason"])
def test_an_act_lacks_nothing(store, missing):
    options = {"--reviewer": "akari", "--destination": "JP", "--class": "rogue", "--reason": "x"}
    del options[missing]
    ran = assay.run("review", "decide", PENDING, *[w for o in options.items() for w in o],
                    "--store", store, "--config", assay.CONFIG, code=2)
    assert missing in ran.err


def test_nothing_is_listed_on_a_single_capture(tmp_path):
    """The site of a listed shop, seen once."""
    source = assay.EXAMPLES / "sites/himawari-kusuribin.example"
    site = tmp_path / "in" / ONE_CAPTURE
    first = sorted(source.iterdir())[0]
    shutil.copytree(first, site / first.name)
    store = tmp_path / "store"
    assay.run("run", "--store", store, "--config", assay.CONFIG, "--at", assay.AT, tmp_path / "in")
    assert state(store, ONE_CAPTURE) == ("rogue", "pending")
    for reviewer in ("akari", "benedikt"):
        for cls in ("rogue", "unapproved"):
            ran = decide(store, ONE_CAPTURE, reviewer, cls, code=2)
            assert "capture" in ran.err, ran
    assert not listed(store, ONE_CAPTURE)
    answer, = assay.lookup(store, ONE_CAPTURE)
    missing = [c["missing"] for c in answer["cells"] if c["destination"] == "JP"]
    assert any("capture" in str(m) for m in missing), missing


def test_list_shows_what_waits_and_no_longer_what_was_decided(store):
    def waiting():
        return {r["name"] for r in assay.run("review", "list", "--store", store).records()}

    before = waiting()
    assert PENDING in before and "harborlight-pharmacy.example" not in before
    decide(store, PENDING, "akari", "rogue")
    assert PENDING in waiting(), "one of two reviewers: it still waits"
    decide(store, PENDING, "benedikt", "rogue", at="2026-11-22T01:00:00Z")
    assert waiting() == before - {PENDING}
    only = assay.run("review", "list", "--destination", "JP", "--store", store).records()
    assert {c["destination"] for r in only for c in r["cells"]} == {"JP"}


def test_show_tells_of_a_known_subject_and_says_so_of_an_unknown_one(store):
    text = assay.run("review", "show", PENDING, "--format", "text", "--store", store).out
    assert f"{PENDING} for JP: rogue, pending" in text and "sha256:" in text
    ran = assay.run("review", "show", "never-seen.example", "--format", "text", "--store", store,
                    code=1)
    assert "nothing is known" in ran.out


def test_acts_of_files_and_of_the_command_meet(store, tmp_path):
    """One reviewer acts by file, the other by command: still two reviewers."""
    acts = tmp_path / "acts.jsonl"
    line = ('{"type":"decision","v":1,"subject":{"kind":"registrable","key":"%s"},'
            '"at":"2026-11-21T00:00:00Z","src":"reviewer:%s","cells":[{"destination":"JP",'
            '"class":"rogue"}],"reason":"read"}\n')
    acts.write_text(line % (PENDING, "akari") + line % (PENDING, "mallory"))
    ran = assay.run_examples(store, inputs=[acts])
    assert any("mallory" in str(m) for m in ran.log()), ran
    assert state(store, PENDING) == ("rogue", "pending")
    decide(store, PENDING, "benedikt", "rogue")
    assert state(store, PENDING) == ("rogue", "listed")
    assay.run_examples(store, inputs=[acts])
    assert state(store, PENDING) == ("rogue", "listed")
    whole(store)
