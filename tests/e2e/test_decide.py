"""Decisions over time and over many: let be, recused, a network at once, expired and made anew."""

import json

import assay
import pytest
from test_review import PENDING, decide, listed, state, whole

SHOP = "himawari-kusuribin.example"  # rogue for JP, US and GB, decided by two in October
LATER = "2027-11-01T00:00:00Z"       # behind the review date of everything in the examples


def review(store, *args, code=0):
    return assay.run("review", *args, "--store", store, "--config", assay.CONFIG, code=code)


def records(store, kind, key):
    """Records of a type about a subject, oldest first."""
    lines = review(store, "timeline", key, "--format", "json").records()
    return [r for r in lines if r["type"] == kind]


def give(store, tmp_path, *objects):
    file = tmp_path / "given.jsonl"
    file.write_text("".join(json.dumps(o) + "\n" for o in objects))
    return assay.run_examples(store, inputs=[file])


def network(members, name="net-demo", at="2026-11-20T00:00:00Z"):
    return {"type": "network", "v": 1, "network": name, "at": at, "src": "link",
            "subject": {"kind": "registrable", "key": members[0]},
            "members": [{"kind": "registrable", "key": m} for m in members]}


# ---- one subject


def test_what_waits_can_be_let_be_by_one_reviewer(store):
    ran = decide(store, PENDING, "akari", "unverified", reason="a museum of packaging, no shop")
    assert "nothing is listed" in ran.out
    assert state(store, PENDING) == ("unverified", "dismissed") and not listed(store, PENDING)
    assert PENDING not in {r["name"] for r in review(store, "list").records()}
    assert not records(store, "listing", PENDING)
    decide(store, PENDING, "akari", "unverified", code=2)
    assay.run_examples(store)
    assert state(store, PENDING) == ("unverified", "dismissed"), "an assessment does not undo it"
    whole(store)


def test_a_proposal_does_not_outlive_that_it_was_let_be(store):
    """akari proposed; benedikt let it be; then one more voice makes no rogue."""
    decide(store, PENDING, "akari", "rogue")
    decide(store, PENDING, "benedikt", "unverified", at="2026-11-22T01:00:00Z")
    decide(store, PENDING, "benedikt", "rogue", at="2026-11-22T02:00:00Z")
    assert not listed(store, PENDING)


def test_who_is_recused_decides_nothing_here_and_the_others_do(store):
    review(store, "recuse", PENDING, "--reviewer", "akari", "--reason", "my sister works there",
           "--at", "2026-11-22T00:00:00Z")
    for cls in ("rogue", "unapproved", "unverified"):
        ran = decide(store, PENDING, "akari", cls, at="2026-11-22T01:00:00Z", code=2)
        assert "conflict of interest" in ran.err, ran
    decide(store, PENDING, "benedikt", "unapproved", at="2026-11-22T01:00:00Z")
    assert listed(store, PENDING)
    ran = decide(store, PENDING, "akari", "unverified", at="2026-11-22T02:00:00Z", code=2)
    assert "conflict of interest" in ran.err, "nor in its favour"
    kept = [r for r in records(store, "decision", PENDING) if r["state"] == "recused"]
    assert [r["reason"] for r in kept] == ["my sister works there"]
    whole(store)


def test_who_is_recused_from_a_name_is_recused_from_what_lies_under_it(store):
    review(store, "recuse", "riverbend-literacy.example", "--reviewer", "akari", "--reason",
           "on its board", "--at", "2026-11-22T00:00:00Z")
    ran = decide(store, "https://riverbend-literacy.example/shop/", "akari", "rogue",
                 destination="US", at="2026-11-22T01:00:00Z", code=2)
    assert "conflict of interest" in ran.err


def test_a_statement_of_reasons_has_what_article_17_asks_for(store):
    decide(store, PENDING, "akari", "rogue")
    decide(store, PENDING, "benedikt", "rogue", at="2026-11-22T01:00:00Z")
    decision = records(store, "decision", PENDING)[-1]
    statement = decision["statement"]
    assert {f["finding"] for f in statement["facts"]} <= set(statement["findings"])
    for fact in statement["facts"]:
        assert fact["rule"] and fact["pack"] == "jp" and fact["pack_version"] and fact["text"]
        assert all(e.startswith("sha256:") for e in fact["evidence"])
    assert any(f["evidence"] for f in statement["facts"])
    assert all(law["cite"] and law["says"] for law in statement["law"]) and statement["law"]
    assert statement["territory"] == "JP" and statement["detection"] == "automatic"
    assert statement["decision"] == "people" and statement["redress"]
    assert decision["actors"] == ["benedikt", "akari"] and decision["until"] > decision["from"]


def test_less_than_the_verdict_holds_nothing_graver_against_anybody(store):
    decide(store, PENDING, "akari", "unapproved")
    decision = records(store, "decision", PENDING)[-1]
    told = {f["rule"] for f in decision["statement"]["facts"]}
    graver = {f["rule"] for f in findings(store, PENDING) if f["severity"] == "rogue"}
    assert graver and not told & graver


def findings(store, key):
    answer, = assay.lookup(store, key)
    return [f for c in answer["cells"] for f in c.get("findings", [])]


def test_a_listing_carries_all_that_a_difference_needs(store):
    decide(store, PENDING, "akari", "unapproved", at="2026-11-22T01:00:00Z")
    decide(store, PENDING, "akari", "rogue", at="2026-11-22T02:00:00Z")
    decide(store, PENDING, "benedikt", "rogue", at="2026-11-22T03:00:00Z")
    decide(store, PENDING, "akari", "unverified", at="2026-11-22T04:00:00Z", reason="in error")
    rows = records(store, "listing", PENDING)
    assert [(r["action"], r.get("was"), r["cells"][0]["class"]) for r in rows] == [
        ("add", None, "unapproved"), ("change", "unapproved", "rogue"),
        ("remove", "rogue", "unverified")]
    for row in rows[:2]:
        assert row["rule"] and row["pack"] == "jp" and row["pack_version"] and row["expires"]
        assert row["verdict"] and row["automatic"] is False
    decisions = {r["id"] for t in ("decision", "correction") for r in records(store, t, PENDING)}
    assert {r["decision"] for r in rows} <= decisions


def test_a_correction_to_a_milder_class_stays_listed_under_it(store):
    decide(store, SHOP, "benedikt", "unapproved", at="2026-11-22T01:00:00Z", reason="no more")
    assert state(store, SHOP) == ("unapproved", "listed") and listed(store, SHOP)
    row = records(store, "listing", SHOP)[-1]
    assert (row["action"], row["was"], row["cells"][0]["class"]) == ("change", "rogue", "unapproved")
    decide(store, SHOP, "benedikt", "unverified", at="2026-11-22T02:00:00Z", reason="nor that")
    assert state(store, SHOP) == ("unverified", "corrected") and not listed(store, SHOP)
    whole(store)


def test_what_a_list_is_is_an_entry_and_a_changed_one_another(store, tmp_path):
    def definitions():
        count = 0
        size = assay.run("ledger", "checkpoint", "--store", store).out.splitlines()[1]
        for i in range(int(size)):
            proof = assay.run("ledger", "prove", str(i), "--store", store).out
            extra = [l for l in proof.splitlines() if l.startswith("extra ")]
            count += bool(extra) and "define" in decoded(extra[0])
        return count
    assert definitions() == 1
    assay.run_examples(store)
    assert definitions() == 1
    config = tmp_path / "assay.yaml"
    config.write_text(assay.CONFIG.read_text() + "appeal_address: appeal@desk.example\n")
    assay.run("review", "expire", "--store", store, "--config", config, "--at", assay.AT)
    assert definitions() == 2


def decoded(line):
    import base64
    return base64.b64decode(line.split(" ", 1)[1]).decode()


# ---- over time


def test_what_is_past_its_review_date_ends_and_waits_again(store):
    before = review(store, "due", "--within", "400", "--at", assay.AT).records()
    assert (SHOP, "JP") in {(r["name"], r["destination"]) for r in before}
    assert not review(store, "due", "--at", assay.AT).records()
    ran = review(store, "expire", "--at", LATER)
    assert not ran.out.startswith("0 ")
    assert state(store, SHOP) == ("rogue", "pending") and not listed(store, SHOP)
    row = records(store, "listing", SHOP)[-1]
    assert (row["action"], row["was"]) == ("remove", "rogue") and "review date" in row["reason"]
    assert review(store, "expire", "--at", LATER).out.startswith("0 ")
    decide(store, SHOP, "akari", "rogue", at="2027-11-02T00:00:00Z")
    decide(store, SHOP, "benedikt", "rogue", at="2027-11-03T00:00:00Z")
    assert listed(store, SHOP)
    whole(store)


def test_a_decision_is_made_anew_only_when_its_review_is_due(store):
    ran = decide(store, SHOP, "akari", "rogue", at="2027-01-01T00:00:00Z", code=2)
    assert "decided for JP already" in ran.err
    decide(store, SHOP, "akari", "rogue", at="2027-10-01T00:00:00Z")
    decide(store, SHOP, "benedikt", "rogue", at="2027-10-02T00:00:00Z")
    row = records(store, "listing", SHOP)[-1]
    assert (row["action"], row["was"]) == ("change", "rogue") and row["expires"] > "2028"
    review(store, "expire", "--at", LATER)
    assert listed(store, SHOP) and not listed(store, SHOP, "US")


def test_the_timeline_tells_years_in_order(store):
    decide(store, SHOP, "benedikt", "unverified", reason="shown a licence")
    text = review(store, "timeline", SHOP, "--format", "text").out
    lines = text.splitlines()
    assert lines == sorted(lines, key=lambda l: l[:20]) and len(lines) > 8
    for said in ("registration created 2025-11-06", "decision proposed rogue for JP by akari",
                 "listing add, list assay, rogue for JP", "correction unverified for JP by benedikt"):
        assert said in text, text
    assert review(store, "timeline", "never-seen.example", code=1).out == ""


# ---- a queue, and a network at once


def test_the_queue_puts_what_removes_most_harm_first(store, tmp_path):
    rows = review(store, "list").records()
    values = [r["rank"]["value"] for r in rows]
    assert values == sorted(values, reverse=True) and len(set(values)) > 1
    last = rows[-1]["name"]
    others = [r["name"] for r in rows if r["name"] != last][:3]
    give(store, tmp_path, network([last, *others]))
    row, = [r for r in review(store, "list").records() if r["name"] == last]
    assert row["rank"]["members"] == 4
    assert row["rank"]["value"] >= 3 * rows[-1]["rank"]["value"]
    assert len(review(store, "list", "--limit", "2").records()) == 2


MEMBERS = [PENDING, "komorebi-kusuri.example", "kawasemi-pills.example", "rindo-kenko.example",
           "harborlight-pharmacy.example"]


def seen(store, code=0):
    last = review(store, "show", "--network", "net-demo", "--destination", "JP",
                  code=code).records()[-1]
    return last["seen"]


def decide_network(store, reviewer, digest, code=0, at="2026-11-22T01:00:00Z"):
    return review(store, "decide", "--network", "net-demo", "--destination", "JP", "--reviewer",
                  reviewer, "--class", "rogue", "--reason", "each member opened", "--seen", digest,
                  "--at", at, code=code)


def test_a_network_is_decided_at_once_and_each_member_by_itself(store, tmp_path):
    give(store, tmp_path, network(MEMBERS))
    text = review(store, "show", "--network", "net-demo", "--destination", "JP", "--format",
                  "text").out
    for member in MEMBERS:
        assert f"{member} for JP" in text
    assert text.count("sha256:") > len(MEMBERS)
    first = {r["name"]: r["result"] for r in decide_network(store, "benedikt", seen(store)).records()}
    assert first.pop(PENDING) == "proposed"
    assert set(first.values()) == {"in_force"}, "akari had proposed these before"
    assert "harborlight-pharmacy.example" not in first
    assert decide_network(store, "akari", seen(store), at="2026-11-22T02:00:00Z").code == 0
    assert all(listed(store, m) for m in MEMBERS[:4])
    assert not listed(store, MEMBERS[4], "US") and not listed(store, MEMBERS[4])
    batches = {r["batch"] for m in MEMBERS[:4] for r in records(store, "decision", m)
               if "batch" in r}
    assert len(batches) == 2
    whole(store)


def test_a_network_that_changed_since_it_was_shown_is_shown_again(store, tmp_path):
    give(store, tmp_path, network(MEMBERS[:2]))
    digest = seen(store)
    give(store, tmp_path, network(MEMBERS[:3], at="2026-11-21T00:00:00Z"))
    ran = decide_network(store, "akari", digest, code=2)
    assert "show it again" in ran.err
    assert decide_network(store, "akari", "sha256:" + "0" * 64, code=2).err
    assert "--seen" in decide_network(store, "akari", "yes", code=2).err
    assert not any(r.get("batch") for r in records(store, "decision", PENDING))


@pytest.mark.parametrize("args, said", [
    (["show"], "one subject, or --network"),
    (["show", "a.example", "--network", "x"], "one subject, or --network"),
    (["show", "--network", "nowhere", "--destination", "JP"], "no network 'nowhere'"),
    (["list", "a.example"], "takes no subject"),
    (["timeline"], "takes one subject"),
    (["recuse", PENDING], "--reviewer and --reason"),
    (["list", "--limit", "-1"], "not negative"),
])
def test_bad_use_is_told(store, args, said):
    assert said in review(store, *args, code=2).err


# ---- how far a correction has reached


def publish(store, *args, code=0):
    return assay.run("publish", *args, "--store", store, "--config", assay.CONFIG, code=code)


def test_a_correction_has_its_receipt_when_the_published_form_follows_it(store):
    publish(store, "index")
    decide(store, SHOP, "benedikt", "unverified", at="2026-11-22T00:00:10Z", reason="in error")
    ran = publish(store, "receipts", "--format", "text", "--at", "2026-11-22T00:00:20Z", code=1)
    assert f"{SHOP} for JP: not followed: it follows an earlier entry" in ran.out
    assert not any(r.get("reached") for r in records(store, "correction", SHOP))
    publish(store, "index")
    told, = publish(store, "receipts", "--at", "2026-11-22T00:00:40Z").records()
    assert told["reached"] >= 1 and told["waiting"] == 0
    receipt = records(store, "correction", SHOP)[-1]
    correction = records(store, "correction", SHOP)[-2]
    assert receipt["state"] == "reached" and receipt["supersedes"] == correction["id"]
    reached, = receipt["reached"]
    assert (reached["form"], reached["at"]) == ("index", "2026-11-22T00:00:40Z")
    assert reached["position"] == told["position"] and reached["digest"].startswith("sha256:")
    again, = publish(store, "receipts", "--at", "2026-11-22T00:01:00Z").records()
    assert (again["reached"], again["known"]) == (0, told["reached"] + told["known"])
    assert state(store, SHOP) == ("unverified", "corrected"), "a receipt is no second correction"
    whole(store)


def test_a_copy_elsewhere_has_a_receipt_of_its_own(store, tmp_path):
    copy = tmp_path / "copy"
    publish(store, "index", "--out", copy)
    decide(store, SHOP, "benedikt", "unverified", at="2026-11-22T00:00:10Z", reason="in error")
    publish(store, "index")
    publish(store, "receipts", "--at", "2026-11-22T00:00:20Z")
    publish(store, "receipts", "--index", copy, "--form", "mirror", "--at", "2026-11-22T00:00:30Z",
            code=1)
    forms = [r["reached"][0]["form"] for r in records(store, "correction", SHOP) if "reached" in r]
    assert forms == ["index"]


def test_what_is_no_index_of_ours_gives_no_receipt(store, tmp_path):
    publish(store, "index")
    whole_file = (store / "published/index").read_bytes()
    other = tmp_path / "other"
    for damaged in (b"", b"no index", whole_file[:-1], whole_file[:2000] + b"x" + whole_file[2001:]):
        other.write_bytes(damaged)
        ran = publish(store, "receipts", "--index", other, code=2)
        assert "index" in ran.err
