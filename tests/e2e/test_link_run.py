"""Networks that a run finds and keeps: told once, by names that stay, and reviewed as a whole."""

import contextlib
import json
import shutil
import sqlite3

import assay
from assay import CONFIG, run
from test_link import lines, network, observation, shop


def give(store, records, folder, at="2026-11-22T00:00:00Z"):
    file = folder / "given.jsonl"
    file.write_bytes(lines(records))
    return run("run", "--store", store, "--config", CONFIG, "--at", at, "--log", "debug", file)


def linked(ran):
    return [(m["networks"], m["new_records"]) for m in ran.log() if m["msg"] == "linked"][0]


def observed(*numbers):
    """What a store takes: facts are found there and not taken from others."""
    return [r for r in network(*numbers) if r["type"] == "observation"] + \
        [observation(r["subject"]["key"], "page", url=f"https://{r['subject']['key']}/",
                     evidence=[{"address": "sha256:" + "b2" * 32, "class": "public", "length": 1}],
                     marks={"analytics": ["google:G-77"]})
         for r in network(*numbers) if r["type"] == "observation" and r["what"] == "dns"]


def kept(store):
    """Networks in the store, each by its newest record."""
    with contextlib.closing(sqlite3.connect(store / "assay.db")) as db:
        rows = db.execute("SELECT body FROM record WHERE type = 'network' ORDER BY seq")
        return {r["network"]: r for r in (json.loads(body) for body, in rows)}


def shown(store, name):
    """How many members a reviewer of the network is shown."""
    ran = run("review", "show", "--network", name, "--destination", "JP", "--format", "json",
              "--store", store, "--config", CONFIG)
    return ran.records()[-1]["members"]


def test_a_run_keeps_networks_and_a_second_adds_nothing(tmp_path):
    store = tmp_path / "store"
    first = give(store, observed(), tmp_path)
    networks, new = linked(first)
    assert networks == 1 and new == 1 + 26  # the network, and a link for each member but one
    (name, record), = kept(store).items()
    assert record["flagship"] == shop(0) and shown(store, name) == 27
    assert linked(give(store, observed(), tmp_path, at="2026-11-23T00:00:00Z")) == (1, 0)
    assert linked(give(store, [], tmp_path, at="2026-11-24T00:00:00Z")) == (1, 0)
    assert list(kept(store)) == [name]
    run("store", "check", "--store", store)


def test_names_stay_as_it_grows_and_a_merge_is_told_once(tmp_path):
    store = tmp_path / "store"
    # The same operator, as long as it is not seen: other servers, other ids, another flagship.
    text = json.dumps([r for r in observed(range(10, 20)) if "lands_on" not in r])
    others = json.loads(text.replace("kusuri-dns", "other-dns").replace("G-77", "G-78"))
    assert linked(give(store, observed(range(0, 9)) + others, tmp_path))[0] == 2
    before = kept(store)
    ran = give(store, observed(), tmp_path, at="2026-11-23T00:00:00Z")
    assert linked(ran)[0] == 1
    changed = [r for n, r in kept(store).items() if r != before.get(n)]
    assert len(changed) == 1 and len(changed[0]["members"]) == 27
    gone, = set(before) - {changed[0]["network"]}
    assert changed[0]["events"] == [{"event": "merge", "with": gone, "at": "2026-11-23T00:00:00Z"}]
    assert gone in changed[0]["aliases"]
    assert linked(give(store, [], tmp_path, at="2026-11-24T00:00:00Z")) == (1, 0)


def test_a_network_that_is_no_more_is_told_to_be(tmp_path):
    store = tmp_path / "store"
    give(store, observed(range(3, 5)), tmp_path)
    (name, record), = kept(store).items()
    assert [m["key"] for m in record["members"]] == [shop(3), shop(4)]
    licence = observation(shop(4), "register", register={
        "authority": "demo", "country": "GB", "name": "Listed", "number": "1", "kind": "pharmacy",
        "domains": [shop(4)], "status": "active", "serves": ["GB"]})
    assert linked(give(store, [licence], tmp_path, at="2026-11-23T00:00:00Z")) == (0, 1)
    assert [m["key"] for m in kept(store)[name]["members"]] == [shop(3)]
    assert linked(give(store, [], tmp_path, at="2026-11-24T00:00:00Z")) == (0, 0)


def test_without_the_table_of_shared_services_nobody_is_linked(tmp_path):
    config = tmp_path / "assay.yaml"
    config.write_text(CONFIG.read_text() + f"packs: {tmp_path / 'policy' / 'packs'}\n")
    shutil.copytree(assay.ROOT / "policy" / "packs", tmp_path / "policy" / "packs")
    file = tmp_path / "given.jsonl"
    file.write_bytes(lines(observed()))
    ran = run("run", "--store", tmp_path / "store", "--config", config, "--log", "debug", file)
    assert linked(ran) == (0, 0)
