#!/usr/bin/python3
"""Measure assay over real lists and pages, and over a generated list.

usage: tools/measure.py [--data DIR] [--assay FILE] [--names N] [--json FILE] [--only PART]...

Parts:
  lists   `assay run` over each list of new, rogue and benign names: suspects per tier, the ten
          highest and the ten lowest, time, peak memory
  pages   the labelled pages that hold text (not digests of them), grouped by site: a verdict table
          per label and per site, and the rogue sites caught
  million N names of a generator that gives the same names every time, in one pass

--data is the folder with new-registrations/, rogue-names/, benign-names/ and pages/; where it is
missing, only `million` is measured. Text goes to standard output, the same as JSON to --json.
doc/performance.md holds figures made with it. Every store is made in a temporary folder.
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
DESTINATIONS = ("US", "JP", "GB")
CONDEMNED = ("rogue", "unapproved")
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


def page_rows(data):
    for path in sorted((data / "pages").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["text_kind"] != "digest":
                yield row


def key_of(site):
    """The subject that assay gives a `site` that is no name (doc: src/cmd/intake.h)."""
    if re.fullmatch(r"[a-z0-9.-]+\.[a-z]+", site):
        return site
    return re.sub(r"[^a-z0-9]+", "-", site.lower()).strip("-") + ".invalid"


def judge(program, work, name, rows):
    path = work / f"{name}.jsonl"
    keep = ("url", "text", "site", "language")
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps({k: row[k] for k in keep if row.get(k)}) + "\n")
    store = work / f"store-{name}"
    used = run(program, store, path)
    sites = sorted({row["site"] for row in rows})
    done = subprocess.run([program, "lookup", "--store", store, *map(key_of, sites)], cwd=ROOT,
                          capture_output=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return used, {site: {c["destination"]: c["class"] for c in answer["cells"] if c["current"]}
                  for site, answer in zip(sites, answers, strict=True)}


def caught(verdicts):
    return any(c in CONDEMNED for c in verdicts.values())


def measure_pages(program, data, work):
    rows = list(page_rows(data))
    used, verdict = judge(program, work, "pages", rows)
    label = {r["site"]: r["label"] for r in rows}
    cluster = {r["site"]: r["cluster"] for r in rows}
    table = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    for site, per in verdict.items():
        for destination in DESTINATIONS:
            table[label[site]][destination][per.get(destination, "none")] += 1
    rogue = [s for s in verdict if label[s] == "rogue_pharmacy"]
    hit = [s for s in rogue if caught(verdict[s])]
    clusters = {cluster[s] for s in rogue}
    # One engine serves many shops, each in its language: as if each were a site of its own.
    parts = [dict(r, site=f"{r['site']} {r.get('language') or 'und'}") for r in rows
             if r["label"] == "rogue_pharmacy"]
    _, by_language = judge(program, work, "languages", parts)
    return {
        **used, "sites": len(verdict),
        "pages_per_label": dict(collections.Counter(r["label"] for r in rows)),
        "per_label": {k: {d: dict(c) for d, c in v.items()} for k, v in table.items()},
        "per_site": {s: {"label": label[s], **verdict[s]} for s in sorted(verdict)},
        "rogue_sites": len(rogue), "rogue_sites_caught": len(hit),
        "rogue_clusters": len(clusters),
        "rogue_clusters_caught": len({cluster[s] for s in hit}),
        "rogue_site_languages": len(by_language),
        "rogue_site_languages_caught": sum(map(caught, by_language.values())),
        "per_site_language": by_language,
        "innocent_sites_condemned": sorted(
            s for s in verdict if label[s] != "rogue_pharmacy" and caught(verdict[s])),
    }


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


def put_pages(r):
    put("\n## Pages\n")
    put(f"{r['pages']} pages of {r['sites']} sites, {r['seconds']} s, "
        f"{r['peak_memory_kib'] / 1024:.1f} MiB\n")
    put("| label | sites | pages | for | verdicts |\n|---|---:|---:|---|---|")
    for label, per in r["per_label"].items():
        for destination in DESTINATIONS:
            counts = per[destination]
            said = ", ".join(f"{k} {v}" for k, v in sorted(counts.items()))
            put(f"| {label} | {sum(counts.values())} | {r['pages_per_label'][label]} "
                f"| {destination} | {said} |")
    put("\n| site | label | US | JP | GB |\n|---|---|---|---|---|")
    for site, v in r["per_site"].items():
        put(f"| {site} | {v['label']} | " + " | ".join(v.get(d, "-") for d in DESTINATIONS) + " |")
    put(f"\nrogue sites caught: {r['rogue_sites_caught']} of {r['rogue_sites']}; "
        f"clusters: {r['rogue_clusters_caught']} of {r['rogue_clusters']}; "
        f"each language by itself: {r['rogue_site_languages_caught']} of "
        f"{r['rogue_site_languages']}")
    missed = [s for s, v in r["per_site_language"].items() if not caught(v)]
    put(f"not caught by themselves: {', '.join(missed) or 'none'}")
    put(f"others condemned: {', '.join(r['innocent_sites_condemned']) or 'none'}")


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
    asked.add_argument("--only", action="append", choices=parts)
    args = asked.parse_args()
    if not args.assay or not args.assay.exists():
        sys.exit("measure: no build of assay: build one, or name it with --assay")
    wanted = args.only or parts
    has_data = bool(args.data and args.data.is_dir())
    results = {"at": AT, "hardware": hardware()}
    put("# Measured:", json.dumps(results["hardware"]))
    with tempfile.TemporaryDirectory() as folder:
        work, program = Path(folder), args.assay.resolve()
        if "lists" in wanted and has_data:
            results["lists"] = measure_lists(program, args.data, work)
            put_lists(results["lists"])
        if "pages" in wanted and has_data:
            results["pages"] = measure_pages(program, args.data, work)
            put_pages(results["pages"])
        if "million" in wanted:
            results["million"] = measure_million(program, work, args.names)
            put_million(results["million"])
    if args.json:
        args.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
