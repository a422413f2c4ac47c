"""The miniature Internet by itself: what its servers answer, to whom, and that they end."""

import json
import os
import re
import smtplib
import subprocess
import time

import pytest


def dig(world, *query):
    done = world.run(["kdig", f"@{world.place.address(world.plan.resolver)}", "+short", *query])
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().split("\n")[:-1]


def rcode(world, name):
    done = world.run(["kdig", f"@{world.place.address(world.plan.resolver)}", name])
    return re.search(r"status: (\w+)", done.stdout.decode())[1]


def curl(world, url, *more, country=None):
    """(exit code, status, body), from a country's address or from none's."""
    where = ["--interface", world.plan.vantages[country]["address"]] if country else []
    done = world.run(["curl", "-s", "-m", "10", "-w", "%{stderr}%{http_code}", *where, *more, url])
    return done.returncode, int(done.stderr.decode()[-3:] or 0), done.stdout


def title(body):
    found = re.search(rb"<title>([^<]*)", body)
    return found and found[1].decode("utf-8", "replace")


def test_two_sites_are_found_and_shown(world):
    for name in ("harborlight-pharmacy.example", "thistledown-pharmacy.example"):
        assert dig(world, name) == [world.plan.domains[name]["web"]]
        assert curl(world, f"https://{name}/")[:2] == (0, 200)


def test_stop_leaves_nothing():
    from world import World
    with World() as w:
        folder, running = w.folder, w.processes()
        assert len(running) > 10
    assert not folder.exists()
    assert not [p for p in running if os.path.exists(f"/proc/{p}")]
