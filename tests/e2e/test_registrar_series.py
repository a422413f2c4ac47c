"""Times to effect out of real series of observations, against a few lines of Python.

../shared/data/takedown-evidence holds checks of bad addresses over weeks: DNS and WHOIS, with the
registrar's number. An effect is that the name is gone (NXDOMAIN, or WHOIS inactive); a name that was
still there is censored at its last check. Nothing says that anybody was told: a measurement of the
estimate, and no scorecard. The first test needs no data.
"""

import datetime
import json
import math
import random
import subprocess
from fractions import Fraction

import assay
import pytest

DATA = next((p / "shared/data/takedown-evidence" for p in assay.ROOT.parents
             if (p / "shared/data/takedown-evidence").is_dir()), None)
Z = 1.959963984540054


def through(groups):
    """{group: [n, effects, median, low, high, p90, low, high]} by the program."""
    program = assay.program().parent / "tests/survival_through"
    text = "".join(f"{g} {s} {int(e)}\n" for g, cases in groups.items() for s, e in cases)
    done = subprocess.run([program], input=text.encode(), capture_output=True, check=True)
    rows = [line.split() for line in done.stdout.decode().splitlines()]
    return {r[0]: [None if w == "-" else int(w) for w in r[1:]] for r in rows}


def estimate(cases):
    """The same, with shares as exact fractions."""
    share, greenwood, steps = Fraction(1), Fraction(0), []
    for t in sorted({s for s, effect in cases if effect}):
        n = sum(s >= t for s, _ in cases)
        d = sum(s == t and effect for s, effect in cases)
        share *= Fraction(n - d, n)
        if n == d:
            low, high = 0, min(1 - 0.025 ** (1 / n), steps[-1][3] if steps else 1)
        else:
            greenwood += Fraction(d, n * (n - d))
            reach = Z * math.sqrt(greenwood) / math.log(share)
            low, high = float(share) ** math.exp(-reach), float(share) ** math.exp(reach)
        steps.append((t, float(share), low, high))
    told = [len(cases), sum(effect for _, effect in cases)]
    for rest in (0.5, 0.1):
        for column in (1, 2, 3):
            told.append(next((s[0] for s in steps if round(s[column] * 1e6) <= rest * 1e6), None))
    return told


def test_random_cases_agree_with_python():
    seed = 20261128
    r = random.Random(seed)
    groups = {f"g{i}": [(r.randrange(40), r.random() < 0.6) for _ in range(r.randrange(1, 80))]
              for i in range(300)}
    got = through(groups)
    for name, cases in groups.items():
        assert got[name] == estimate(cases), (seed, name, cases)


def at(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def series():
    """{registrar: [(seconds, effect)]}, each registered name once, from its first discovery on."""
    names = {}
    for path in sorted(DATA.glob("bda_export_uptime*.json.zst")):
        lines = subprocess.run(["zstdcat", path], capture_output=True, check=True).stdout
        for o in map(json.loads, lines.splitlines()):
            id = (o.get("whois_bd") or {}).get("iana_id")
            start = at(o["discovery_time"])
            known = names.setdefault(o["rd"], [start, id, {}])
            known[0] = min(known[0], start)
            known[1] = known[1] or id
            for u in o["uptime"]:
                state = u.get("dns_status") if u["type"] == "dns" else \
                    u.get("whois_status") if u["type"] == "whois" else None
                if state in ("NXDOMAIN", "NOERROR", "active", "inactive"):
                    known[2][at(u["dt"])] = state in ("NXDOMAIN", "inactive")
    groups = {}
    for start, id, seen in names.values():
        gone = [t for t, effect in seen.items() if effect]
        if seen:
            end = min(gone) if gone else max(seen)
            groups.setdefault(f"iana-{id or 'unknown'}", []).append((max(0, round(end - start)),
                                                                      bool(gone)))
    return groups


@pytest.mark.skipif(not DATA, reason="there is no ../shared/data/takedown-evidence")
def test_real_series_by_registrar():
    groups = series()
    groups = {"all": [c for cases in groups.values() for c in cases], **groups}
    got = through(groups)
    for name in sorted(groups, key=lambda g: -len(groups[g])):
        assert got[name] == estimate(groups[name]), name
        print(name, *got[name])
    assert got["all"][0] > 100 and 0 < got["all"][1] < got["all"][0]
