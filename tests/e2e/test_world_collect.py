"""assay collect in the miniature Internet (tests/world/README.md): names, and what is kept of them."""

import json
import os
import subprocess
import time

import pytest

from assay import ROOT, program, run

REGISTRATIONS = ["sumire-mailorder.internal", "tablet-cabin.internal", "held-before.test",
                 "lame-servers.test", "parked-pills.test", "seized-pills.test", "huge-answer.test",
                 "nobody-has-this.example", "nobody-has-this.internal"]


class Collected:
    """One run: its records by subject, and what it cost."""

    def __init__(self, world, folder, names, *more):
        self.names = folder / "names.txt"
        self.names.write_text("".join(f"{n}\n" for n in names))
        args = ["collect", "--archive", folder / "evidence", "--config", folder / "assay.yaml",
                "--vantages", folder / "vantages.yaml", *more, self.names]
        begun = time.monotonic()
        process = subprocess.Popen([*world.inside, str(program()), *map(str, args)], cwd=ROOT,
                                   stdout=open(folder / "out.jsonl", "wb"),
                                   stderr=open(folder / "err.txt", "wb"))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.took, self.memory = time.monotonic() - begun, usage.ru_maxrss
        self.out = (folder / "out.jsonl").read_text("utf-8")
        self.err = (folder / "err.txt").read_text("utf-8", "replace")
        assert "Sanitizer" not in self.err and "runtime error" not in self.err, self.err[-4000:]
        assert self.code == 0, self.err[-4000:]
        self.records = [json.loads(line) for line in self.out.splitlines()]

    def of(self, name, what, **wanted):
        """Observations of a subject of one kind, with these values."""
        return [r for r in self.records if r["subject"]["key"] == name and r["what"] == what
                and all(r.get(k) == v for k, v in wanted.items())]

    def one(self, name, what, **wanted):
        found = self.of(name, what, **wanted)
        assert len(found) == 1, (name, what, wanted, self.of(name, what))
        return found[0]


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("collected")
    key = folder / "registration.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    # Ten a second: registrar two bans after five, so what is learned is learned in spite of that.
    world.config(folder / "assay.yaml", only=["jp", "us"], registration_ms=100, seconds=20,
                 registration_key=str(key))
    return folder


@pytest.fixture(scope="module")
def first(world, folder):
    """Everybody but the sites that mean harm, from Japan and the United States."""
    names = [n for g in ("network", "innocent") for n in world.plan.groups[g]] + REGISTRATIONS
    return Collected(world, folder, names, "--pages", "2")


# Names


@pytest.mark.parametrize("name, state", [
    ("himawari-kusuribin.example", "delegated"),
    ("riverbend-literacy.example", "delegated"),
    ("parked-pills.test", "parked"),
    ("seized-pills.test", "sinkholed"),
    ("held-before.test", "nxdomain"),
    ("lame-servers.test", "unresolved"),
    ("nobody-has-this.example", "nxdomain"),
])
def test_what_a_name_is_delegated_to(first, name, state):
    assert first.one(name, "dns")["dns"]["state"] == state
    absent = [r["absence"]["how"] for r in first.of(name, "absence") if r["absence"]["of"] == "dns"]
    assert bool(absent) == (state not in ("delegated", "parked", "sinkholed"))


def test_records_of_a_name(world, first):
    dns = first.one("harborlight-pharmacy.example", "dns")["dns"]
    assert dns["a"] == ["203.0.113.21"]
    assert sorted(dns["ns"]) == world.plan.hosts["tide"]["nameservers"]


# What is kept


def test_everything_can_be_checked_and_made_again_offline(folder, first):
    run("collect", "--verify", folder / "evidence", "--config", folder / "assay.yaml")
    again = run("collect", "--replay", folder / "evidence", "--config", folder / "assay.yaml")
    assert sorted(again.out.splitlines()) == sorted(first.out.splitlines())


def test_what_is_there_is_not_collected_again(world, folder, first):
    asked = len(world.log("rdap"))
    rerun = Collected(world, folder, first.names.read_text().split(), "--pages", "2")
    assert rerun.out == "" and len(world.log("rdap")) == asked


def test_nothing_inner_was_reached(world, first):
    assert world.log("inner") == []
