"""The miniature Internet, collected: one command, two places, and what the observations show."""

import json
import resource
import signal
import subprocess
from collections import defaultdict

import pytest

from assay import LONG, ROOT, program, run

HOSTILE_S = 4  # longest exchange: what never ends shall end soon
RSS_KIB = 1 << 20  # of the program under ASan, which takes a third more than without


def write_config(world, folder, **more):
    folder.mkdir(exist_ok=True)
    world.config(folder / "assay.yaml", only=["jp", "us"], seconds=HOSTILE_S, registration_ms=20,
                 **more)
    return folder


def inside(world):
    """What stands before a command: nsenter would else begin at the root of the world."""
    return [*world.inside, f"--wd={ROOT}"] if world.inside else []


def collect(world, folder, names, *more, archive="evidence", code=0):
    """Observations of names from both vantages, and what was logged."""
    args = ["collect", "--config", folder / "assay.yaml", "--vantages", folder / "vantages.yaml",
            "--archive", folder / archive, *more, "-"]
    ran = run(*args, stdin="\n".join(names).encode() + b"\n", before=inside(world), code=code,
              env=world.environment(), cwd=ROOT)
    return ran.records(), ran


def by_subject(records):
    found = defaultdict(list)
    for r in records:
        found[r["subject"]["key"]].append(r)
    return found


def home(records, vantage):
    return next(r for r in records if r["what"] == "page" and r["vantage"] == vantage
                and r.get("role") in ("home", "landing"))


@pytest.fixture(scope="module")
def desk(world, tmp_path_factory):
    return write_config(world, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def first(world, desk):
    """The first round: the network and the innocent beside it."""
    names = [n for g in world.plan.groups if g != "hostile" for n in world.plan.groups[g]]
    records, ran = collect(world, desk, names)
    return names, records, ran


def test_one_command_shows_the_cloak_of_the_network(world, first):
    seen = by_subject(first[1])
    network = world.plan.groups["network"]
    assert len(network) == 27
    for name in network:
        of = seen[name]
        jp, us = home(of, "jp"), home(of, "us")
        assert "under_construction" in us.get("hints", ()), name
        assert "under_construction" not in jp.get("hints", ()), name
        assert jp["evidence"][0]["address"] != us["evidence"][0]["address"], name
        difference = next(r["difference"] for r in of if r["what"] == "difference" and
                          r["vantage"] == "us" and "differ" not in r["difference"])
        assert difference["drugs_there"] or difference["under_construction"] == "us", name
        assert next(r for r in of if r["what"] == "dns")["dns"]["state"] == "delegated", name


def test_vantages_of_an_order_start_together(first, desk):
    starts = defaultdict(dict)
    for path in (desk / "evidence" / "orders").glob("*/*.json"):
        m = json.loads(path.read_text())
        for x in m["exchanges"]:
            if x.get("purpose") == "page" and x["vantage"] not in starts[m["order"]]:
                starts[m["order"]][x["vantage"]] = x["at"]
    assert starts
    for times in starts.values():
        assert len(times) == 2
        parts = [t.split(":")[0:2] + [float(t.split(":")[2].rstrip("Z"))] for t in times.values()]
        a, b = [int(p[1]) * 60 + p[2] for p in parts]
        assert min(abs(a - b), 3600 - abs(a - b)) < 1


def test_what_was_kept_is_whole_and_makes_the_same_bytes(world, first, desk):
    run("collect", "--verify", desk / "evidence")
    ran = run("collect", "--replay", desk / "evidence", "--config", desk / "assay.yaml")
    assert ran.out == first[2].out


def test_the_same_command_again_collects_nothing(world, first, desk):
    before = sorted(p.name for p in (desk / "evidence" / "orders").glob("*/*.json"))
    records, ran = collect(world, desk, first[0])
    assert records == []
    assert ran.log()[-1]["had"] == len(set(first[0])), ran
    assert sorted(p.name for p in (desk / "evidence" / "orders").glob("*/*.json")) == before


def test_assess_takes_what_collect_wrote(first, desk):
    lines = desk / "observations.jsonl"
    lines.write_text(first[2].out)
    ran = run("assess", desk / "evidence" / "warc", lines, "--config", ROOT / "examples/assay.yaml")
    verdicts = {r["subject"]["key"]: r for r in ran.records() if r["type"] == "verdict"}
    assert verdicts


def test_a_transfer_a_suspension_and_a_seizure_are_seen_again(world, first, desk):
    for step in ("transfer", "suspend", "seize", "move-host"):
        world.step(step)
    names = first[0]
    records, ran = collect(world, desk, names, "--again")
    changes = [(r["subject"]["key"], r["change"]["of"], r["change"]["by"])
               for r in records if r["what"] == "change"]
    kinds = {c[1:] for c in changes}
    assert {("transferred", "registrar"), ("suspended", "status"), ("suspended", "dns"),
            ("moved_host", "nameservers")} <= kinds, changes
    assert len({c[0] for c in changes}) < 8, "only what changed is told"
    for r in records:
        if r["what"] == "change":
            assert r["evidence"] and r["change"]["before"] != r["change"]["after"]
    replayed = run("collect", "--replay", desk / "evidence", "--config", desk / "assay.yaml")
    assert replayed.out == first[2].out + ran.out


def test_hostile_sites_end_in_a_clear_record_in_bounded_memory(world, tmp_path_factory):
    desk = write_config(world, tmp_path_factory.mktemp("hostile"))
    names = list(world.plan.groups["hostile"])
    if not LONG:
        names = [n for n in names if n.endswith(".invalid")]
    records, ran = collect(world, desk, names)
    seen = by_subject(records)
    assert set(seen) >= set(names)
    for name in names:
        told = {r["vantage"] for r in seen[name] if r["what"] in ("page", "absence")}
        assert {"jp", "us"} <= told, name
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak < RSS_KIB, peak
    run("collect", "--verify", desk / "evidence")
    assert run("collect", "--replay", desk / "evidence", "--config", desk / "assay.yaml").out == ran.out


def test_an_interrupt_ends_what_is_in_flight_and_says_where_to_go_on(world, tmp_path_factory):
    desk = write_config(world, tmp_path_factory.mktemp("interrupt"), in_flight=10)
    names = world.plan.groups["network"]
    args = [*inside(world), str(program()), "collect", "--config", str(desk / "assay.yaml"),
            "--vantages", str(desk / "vantages.yaml"), "--archive", str(desk / "evidence"), "-"]
    p = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env=world.environment(), cwd=ROOT)
    p.stdin.write("\n".join(names).encode() + b"\n")
    p.stdin.close()
    one = p.stdout.readline()  # the first order is told
    p.send_signal(signal.SIGINT)
    out, err = one + p.stdout.read(), p.stderr.read().decode()
    assert p.wait() == 1, err
    assert "run the same command again to go on" in err
    done = {json.loads(line)["subject"]["key"] for line in out.splitlines()}
    assert 0 < len(done) < len(names)
    records, _ = collect(world, desk, names)
    assert {r["subject"]["key"] for r in records} == set(names) - done
