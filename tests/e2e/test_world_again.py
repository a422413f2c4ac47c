"""assay collect --again in the miniature Internet: what happened since is told, and nothing else."""

import pytest

from collected import Collected

MOVED, HELD, REGISTRY_HELD = "kotori-yakubin.example", "asagiri-medi.example", "mozuku-meds.test"
SEIZED, REHOSTED, RESTOCKED = "momiji-pharmacy.test", "suzuran-mart.example", "yamabiko-ed.example"
QUIET = ["himawari-kusuribin.example", "harborlight-pharmacy.example", "maplecrane-rx.example"]
NAMES = [MOVED, HELD, REGISTRY_HELD, SEIZED, REHOSTED, RESTOCKED, *QUIET]


@pytest.fixture(scope="module")
def rounds(world, tmp_path_factory):
    """The first round, one after everything happened, one after a hold was lifted."""
    folder = tmp_path_factory.mktemp("again")
    world.config(folder / "assay.yaml", only=["jp"], registration_ms=100, seconds=20)
    seen = [Collected(world, folder, NAMES, "--pages", "1")]
    world.step("transfer", "suspend", "registry-hold", "seize", "move-host", "restock")
    seen.append(Collected(world, folder, NAMES, "--pages", "1", "--again"))
    world.step("unsuspend")
    seen.append(Collected(world, folder, NAMES, "--pages", "1", "--again"))
    return seen


def changes(of, name):
    """{(of, by): (before, after)}"""
    return {(r["change"]["of"], r["change"]["by"]): (r["change"]["before"], r["change"]["after"])
            for r in of.of(name, "change")}


def test_a_first_round_tells_no_change(rounds):
    assert not [r for r in rounds[0].records if r["what"] == "change"]


def test_a_transfer(world, rounds):
    """A reseller that is not named any more is no sign: it may only not have been told."""
    names = tuple(world.plan.registrars[r]["name"] for r in ("one", "four"))
    assert changes(rounds[1], MOVED) == {("transferred", "registrar"): names}


@pytest.mark.parametrize("name, hold", [(HELD, "clientHold"), (REGISTRY_HELD, "serverHold")])
def test_a_suspension(rounds, name, hold):
    said = changes(rounds[1], name)
    before, after = said["suspended", "status"]
    assert hold in after and hold not in before
    assert said["suspended", "dns"] == ("delegated", "nxdomain")


def test_a_seizure_a_move_and_new_pages(rounds):
    assert changes(rounds[1], SEIZED)["suspended", "dns"] == ("delegated", "sinkholed")
    moved = changes(rounds[1], REHOSTED)
    assert ("moved_host", "nameservers") in moved
    assert not {of for of, _ in moved} & {"transferred", "suspended"}
    assert not {of for of, _ in changes(rounds[1], RESTOCKED)} - {"content_changed"}


def test_a_change_cites_both_sides(rounds):
    for record in rounds[1].of(MOVED, "change"):
        addresses = {e["address"] for e in record["evidence"]}
        assert len(addresses) >= 2 and record["change"]["since"] < record["at"]


def test_nothing_is_told_of_who_did_not_change(rounds):
    for name in QUIET:
        assert changes(rounds[1], name) == {} == changes(rounds[2], name)


def test_back_online(rounds):
    said = changes(rounds[2], HELD)
    assert said["back_online", "dns"] == ("nxdomain", "delegated")
    assert "clientHold" in said["back_online", "status"][0]
    # What was told in the round before is not told again.
    assert changes(rounds[2], MOVED) == {} == changes(rounds[2], REGISTRY_HELD)
