#!/usr/bin/python3
"""Measure assay over real lists and pages, and over a generated list.

usage: tools/measure.py [--data DIR] [--assay FILE] [--names N] [--json FILE] [--short]
                        [--only PART]...

Parts:
  lists   `assay run` over each list of new, rogue and benign names: suspects per tier, the ten
          highest and the ten lowest, time, peak memory
  pages   `assay eval` over the labelled pages of --data, over those of tests/corpus, and over both:
          who was called what by site, how many of the rogue were caught and of the innocent hit;
          and how far a ranking model that was trained from them can be trusted
  million N names of a generator that gives the same names every time, in one pass

--data is the folder with new-registrations/, rogue-names/, benign-names/ and pages/; where it is
missing, only `million` and tests/corpus are measured. Text goes to standard output, the same as JSON to --json.
doc/performance.md holds figures made with it. Every store is made in a temporary folder.
--short prints of `pages` a table of a few lines, as ./test ends with. Exit 1 where an innocent site is
called rogue.
"""

import argparse
import collections
import json
import os
import platform
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AT = "2026-11-22T00:00:00Z"
LISTS = [
    ("new", "new-registrations/nrd-1m.txt"),
    ("new", "new-registrations/nrd-1w.txt"),
    ("new", "new-registrations/nrd-phishing-30day.txt"),
    ("rogue", "rogue-names/blocklistproject-drugs.txt"),
    ("rogue", "rogue-names/ut1-drogue-domains.txt"),
    ("rogue", "rogue-names/ut1-drogue-urls.txt"),
    ("rogue", "rogue-names/matomo-referrer-spammers.txt"),
    ("benign", "benign-names/top-50k-ranked.csv.zst"),
    ("benign", "benign-names/top-65535-ranked.csv.zst"),
    ("benign", "benign-names/pharmacy-like-in-ranked-lists.tsv"),
]


def find_data():
    return next((p / "shared/data" for p in ROOT.parents if (p / "shared/data").is_dir()), None)


def find_assay():
    builds = [os.environ.get("ASSAY_BUILD"), ROOT / "build", ROOT / "build-test"]
    return next((p for b in builds if b and (p := Path(b).resolve() / "assay").exists()), None)


def run(program, store, path):
    """assay run over a path: its summary, wall time, processor time and peak memory."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen([program, "run", "--store", store, "--at", AT, "--format", "text",
                                  path], stdout=out, stderr=err, cwd=ROOT)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - begun
        out.seek(0)
        err.seek(0)
        text = out.read().decode()
        if child.returncode:
            raise SystemExit(f"assay run {path}: exit {child.returncode}\n{err.read().decode()}")
    read = re.search(r"^read +(\d+) names \((\d+) suspect\), (\d+) pages, (\d+) records; "
                     r"(\d+) bad lines", text, re.M)
    names, suspects, pages, _, bad = map(int, read.groups())
    return {"names": names, "suspects": suspects, "pages": pages, "bad_lines": bad,
            "seconds": round(took, 2), "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
            "peak_memory_kib": used.ru_maxrss}


def suspects_of(store):
    db = sqlite3.connect(f"file:{store}/assay.db?mode=ro", uri=True)
    found = [json.loads(body) for body, in
             db.execute("SELECT body FROM record WHERE type = 'suspect'")]
    db.close()
    return sorted(found, key=lambda r: (-r["score"], r["name"]))


def brief(record):
    words = ", ".join(f"{r['class']} {r['word']}" for r in record["reasons"][:4] if "word" in r)
    return {"name": record["name"], "tier": record["tier"], "score": record["score"], "why": words}


def measure_lists(program, data, work):
    results = []
    for kind, name in LISTS:
        source = data / name
        if not source.exists():
            continue
        path = work / source.name
        if path.suffix == ".zst":
            path = path.with_suffix("")
            with open(path, "wb") as out:
                subprocess.run(["zstd", "-dc", source], stdout=out, check=True)
        else:
            path.write_bytes(source.read_bytes())
        store = work / f"store-{path.name}"
        one = {"kind": kind, "list": name, **run(program, store, path)}
        found = suspects_of(store)
        one["subjects_suspect"] = len({r["subject"]["key"] for r in found})
        one["tiers"] = dict(collections.Counter(r["tier"] for r in found).most_common())
        one["highest"] = [brief(r) for r in found[:10]]
        one["lowest"] = [brief(r) for r in found[-10:]]
        results.append(one)
    return results


def page_sets(data):
    """Files of labelled pages: real ones where they are at hand, our own, both."""
    sets = {"real pages": sorted((data / "pages").glob("*.jsonl")) if data else [],
            "synthetic pages": sorted((ROOT / "tests/corpus").glob("*.jsonl"))}
    sets = {name: files for name, files in sets.items() if files}
    if len(sets) > 1:
        sets["all pages"] = [f for files in sets.values() for f in files]
    return sets


def call(program, *args):
    """A command, and the seconds of processor time that it took."""
    begun = os.times()
    done = subprocess.run([program, *args], cwd=ROOT, capture_output=True)
    ended = os.times()
    used = (ended.children_user + ended.children_system -
            begun.children_user - begun.children_system)
    return done, round(used, 2)


def measure_ranking(program, files, work):
    """None where a kind has too few clusters for the folds."""
    done, used = call(program, "train", "--labels", *files, "--log", "error", "--folds", "5",
                      "--out", work / "rank.model")
    return {**json.loads(done.stdout), "cpu_seconds": used} if done.returncode == 0 else None


def measure_pages(program, data, work, short):
    results = []
    for name, files in page_sets(data).items():
        judged = ("eval", "--at", AT, "--log", "error", *files)
        done, used = call(program, *judged)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr.decode())
        one = {"set": name, "cpu_seconds": used, "report": json.loads(done.stdout)}
        if not short:
            one["ranking"] = measure_ranking(program, files, work)
            one["text"] = call(program, *judged, "--format", "text")[0].stdout.decode()
        results.append(one)
    return results


def generated(n):
    """n distinct names under reserved suffixes; about one in twenty speaks of medicine."""
    rng = random.Random(20261122)
    words = ("stone river bakery blue garden house tea cloud media shop studio travel green north "
             "music lab home data design auto food art sport kids photo print wood light sea").split()
    drugs = "viagra tramadol cialis modafinil kamagra pharmacy rx pills meds apotheke".split()
    syllables = "ba ko ri ten mo la su ve ni do ka pe tro mi zu fa len gor shi".split()
    for i in range(n):
        word = rng.choice(drugs) if rng.random() < 0.05 else rng.choice(words)
        made = "".join(rng.choices(syllables, k=rng.randrange(1, 5)))
        yield f"{made}{rng.choice(('-', ''))}{word}{i:x}.{rng.choice(('test', 'example'))}"


def measure_million(program, work, n):
    path = work / "names.txt"
    with open(path, "w", encoding="ascii") as out:
        out.writelines(name + "\n" for name in generated(n))
    one = run(program, work / "store-million", path)
    one["names_per_second"] = round(one["names"] / one["seconds"])
    one["store_bytes"] = sum(p.stat().st_size for p in (work / "store-million").rglob("*")
                             if p.is_file())
    ten = work / "tenth.txt"
    with open(ten, "w", encoding="ascii") as out:
        out.writelines(name + "\n" for name in generated(n // 10))
    one["tenth"] = run(program, work / "store-tenth", ten)
    return one


def hardware():
    def field(path, pattern):
        found = re.search(pattern, Path(path).read_text(), re.M)
        return found.group(1).strip() if found else "unknown"

    return {"processor": field("/proc/cpuinfo", r"^model name\s*:\s*(.*)$"),
            "processors": os.cpu_count(),
            "memory_mib": int(field("/proc/meminfo", r"^MemTotal:\s*(\d+)")) // 1024,
            "load_before": [round(x, 1) for x in os.getloadavg()],
            "system": f"{platform.system()} {platform.machine()}"}


# ---- for people ----

def put(*words):
    print(*words, flush=True)


def put_lists(results):
    put("\n## Lists of names\n")
    put("| list | kind | names | suspects | share | per tier | bad lines | s | s of CPU | MiB |")
    put("|---|---|---:|---:|---:|---|---:|---:|---:|---:|")
    for r in results:
        tiers = ", ".join(f"{k} {v}" for k, v in r["tiers"].items())
        put(f"| {Path(r['list']).name} | {r['kind']} | {r['names']} | {r['suspects']} "
            f"| {r['suspects'] / max(r['names'], 1):.2%} | {tiers} | {r['bad_lines']} "
            f"| {r['seconds']} | {r['cpu_seconds']} | {r['peak_memory_kib'] / 1024:.1f} |")
    for r in results:
        put(f"\n{r['list']}")
        for end in ("highest", "lowest"):
            put(f"  {end}")
            for s in r[end]:
                put(f"    {s['score'] / 1e6:.2f} {s['tier']:<9} {s['name']}  ({s['why']})")


def share(m):
    if not m:
        return "-"
    low, high = (x / 1e6 for x in m["clustered_ppm"])
    return f"{m['k']} of {m['n']} = {m['ppm'] / 1e6:.2f} ({low:.2f}-{high:.2f})"


def put_short(results):
    """In brackets 95 % intervals by site or engine; the worst class for any destination."""
    put("Labelled pages, by site: rogue pharmacies called rogue or unapproved, rogue alone, each "
        "language of a site by itself;")
    put("no answer (unverified, out of scope); innocent sites called rogue. In brackets 95 %, by "
        "cluster of sites.")
    put(f"{'':<16} {'caught':<28} {'rogue alone':<28} {'by language':<28} {'no answer':<28} innocent")
    for one in results:
        report = one["report"]
        any_ = report["views"][0]
        hit = report["innocent"]["rogue"]
        put(f"{one['set']:<16} {share(any_['caught']):<28} {share(any_['recall']['rogue']):<28} "
            f"{share(report['caught_by_language']):<28} {share(any_['abstained']):<28} "
            f"{len(hit)} of {report['innocent']['sites']}{': ' if hit else ''}{', '.join(hit)}")
    assumed = results[-1]["report"]["assumed"]
    put(f"{assumed['stated']} of {assumed['stated'] + assumed['any']} sites state a destination; all "
        f"count by their worst class for any of {', '.join(assumed['destinations'])}.")


def put_ranking(r):
    h = r["held_out"]
    put(f"\nranking model: {r['examples']} examples of {r['clusters']} clusters, {r['bytes']} bytes; "
        f"held out in {r['folds']} folds: Brier score {h['brier_ppm'] / 1e6:.3f} (of the share alone "
        f"{h['base_brier_ppm'] / 1e6:.3f}), ordered rightly {h['auc_ppm'] / 1e6:.3f}\n")
    put("| score | examples | mean score | to act on |\n|---|---:|---:|---:|")
    for b in h["bins"]:
        if b["n"]:
            put(f"| from {b['from_ppm'] / 1e6:.1f} | {b['n']} | {b['mean_ppm'] / 1e6:.2f} "
                f"| {b['positives'] / b['n']:.2f} |")


def put_pages(results):
    for one in results:
        put(f"\n## {one['set'].capitalize()}\n\n{one['cpu_seconds']} s of processor time\n")
        put(one["text"])
        if one["ranking"]:
            put_ranking(one["ranking"])
    put()
    put_short(results)


def put_million(r):
    t = r["tenth"]
    put(f"\n## Generated names\n\n{r['names']} names ({r['suspects']} suspects) in {r['seconds']} s, "
        f"{r['names_per_second']} names/s, {r['cpu_seconds']} s of processor time, peak "
        f"{r['peak_memory_kib'] / 1024:.1f} MiB, store {r['store_bytes'] / 1e6:.0f} MB")
    put(f"a tenth of them: {t['names']} names in {t['seconds']} s, peak "
        f"{t['peak_memory_kib'] / 1024:.1f} MiB")


def main():
    parts = ("lists", "pages", "million")
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--data", type=Path, default=find_data())
    asked.add_argument("--assay", type=Path, default=find_assay())
    asked.add_argument("--names", type=int, default=1_000_000)
    asked.add_argument("--json", type=Path)
    asked.add_argument("--short", action="store_true")
    asked.add_argument("--only", action="append", choices=parts)
    args = asked.parse_args()
    if not args.assay or not args.assay.exists():
        sys.exit("measure: no build of assay: build one, or name it with --assay")
    wanted = args.only or parts
    has_data = bool(args.data and args.data.is_dir())
    results = {"at": AT, "hardware": hardware()}
    if not args.short:
        put("# Measured:", json.dumps(results["hardware"]))
    with tempfile.TemporaryDirectory() as folder:
        work, program = Path(folder), args.assay.resolve()
        if "lists" in wanted and has_data:
            results["lists"] = measure_lists(program, args.data, work)
            put_lists(results["lists"])
        if "pages" in wanted:
            results["pages"] = measure_pages(program, args.data if has_data else None, work,
                                             args.short)
            if results["pages"]:
                (put_short if args.short else put_pages)(results["pages"])
        if "million" in wanted:
            results["million"] = measure_million(program, work, args.names)
            put_million(results["million"])
    if args.json:
        args.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    if any(one["report"]["innocent"]["rogue"] for one in results.get("pages", [])):
        sys.exit(1)


if __name__ == "__main__":
    main()
