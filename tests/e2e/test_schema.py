"""Records against their schemas, and against a second implementation of RFC 8785.

The example records of tests/golden/records are valid under doc/format/schema, changed ones are
not, and what the program writes for random records is what a few lines of Python write.
"""

import contextlib
import copy
import hashlib
import json
import os
import random
import re
import sqlite3
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = {p.name: json.loads(p.read_text(encoding="utf-8"))
           for p in sorted((ROOT / "doc/format/schema").glob("*.schema.json"))}
GOLDEN = {p.stem: p.read_text(encoding="utf-8").split("\n")[:-1]
          for p in sorted((ROOT / "tests/golden/records").glob("*.jsonl"))}
PURE = {"suspect", "fact", "finding", "verdict", "link", "network", "attribution",
        "hypothesis"}


def validator(kind):
    schema = SCHEMAS[kind + ".schema.json"]
    store = {s["$id"]: s for s in SCHEMAS.values()}
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=store)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def canonical(value):
    """RFC 8785 for what records carry: no floating point."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(n) + ":" + canonical(value[n]) for n in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    # Python's own escapes are those of RFC 8785 section 3.2.2.2, but for DEL, which it leaves too.
    return json.dumps(value, ensure_ascii=False)


def record_id(record):
    skip = {"id", "at"} if record["type"] in PURE else {"id"}
    body = canonical({k: v for k, v in record.items() if k not in skip})
    return hashlib.sha256(body.encode()).hexdigest()


def through(lines):
    """What the program makes of each line."""
    lines = list(lines)
    builds = [os.environ.get("ASSAY_BUILD"), ROOT / "build-test", ROOT / "build"]
    program = next(p for b in builds if b and (p := Path(b) / "tests/records_through").exists())
    done = subprocess.run([program], input="".join(l + "\n" for l in lines), encoding="utf-8",
                          stdout=subprocess.PIPE, check=True)
    out = done.stdout.split("\n")[:-1]
    assert len(out) == len(lines)
    return out


def test_every_schema_is_one_and_refers_to_what_is_there():
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    # A report of assay eval is no record: tests/e2e/test_eval.py holds it against its schema.
    others = {"envelope", "eval"}
    assert {n.removesuffix(".schema.json") for n in SCHEMAS} == set(GOLDEN) | others


@pytest.mark.parametrize("kind", GOLDEN)
def test_golden_records_are_valid_canonical_and_named_by_their_content(kind):
    assert GOLDEN[kind]
    for line in GOLDEN[kind]:
        record = json.loads(line)
        validator(kind).validate(record)
        assert record["type"] == kind
        assert canonical(record) == line
        assert record_id(record) == record["id"]


def test_a_record_without_a_required_field_is_refused_by_both():
    rows = []
    for kind, lines in GOLDEN.items():
        record = json.loads(lines[0])
        required = set(SCHEMAS[kind + ".schema.json"]["required"]) | {"type", "v", "at", "src"}
        rows += [(kind, field, {k: v for k, v in record.items() if k not in (field, "id")})
                 for field in sorted(required)]
    answers = through([canonical(changed) for _, _, changed in rows])
    for (kind, field, changed), answer in zip(rows, answers):
        assert not validator(kind).is_valid(changed), (kind, field)
        assert answer.startswith("error: record: ") and f"{field} is missing" in answer, kind


def test_an_unknown_field_is_valid_and_kept():
    records = []
    for kind, lines in GOLDEN.items():
        record = json.loads(lines[0])
        record["x-later"] = {"more": [1, None, "x"]}
        record["id"] = record_id(record)
        validator(kind).validate(record)
        records.append(record)
    assert through(map(json.dumps, records)) == [canonical(r) for r in records]


def test_an_observation_needs_what_its_kind_needs():
    records = [json.loads(line) for line in GOLDEN["observation"]]
    for record in records:
        del record["url" if record["what"] == "page" else record["what"]]
        del record["id"]
        assert not validator("observation").is_valid(record), record
    for answer in through(map(canonical, records)):
        assert answer.startswith("error: record: observation: ")


WRONG = [
    (["cells", 0, "class"], "guilty"),
    (["cells", 0, "destination"], "Japan"),
    (["cells"], []),
    (["at"], "2026-10-21"),
    (["period"], "2024-03-01"),
    (["subject", "kind"], "domain"),
    (["id"], "ABCD"),
    (["v"], 0),
    (["reason"], ""),
]


def test_a_wrong_value_is_refused_by_both():
    records = []
    for path, value in WRONG:
        record = json.loads(GOLDEN["decision"][0])
        del record["id"]
        at = record
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        assert not validator("decision").is_valid(record), path
        records.append(record)
    for (path, _), answer in zip(WRONG, through(map(canonical, records))):
        assert answer.startswith("error: record: decision: "), path


EDGES = ["\0", "\x01", "\b", "\t", "\n", "\f", "\r", "\x1f", " ", '"', "\\", "/", "<", "\x7f",
         "\x80", "\u07ff", "\u0800", "\u2028", "\ud7ff", "\ue000", "\ufb33", "\uffff",
         "\U00010000", "\U0001f600", "\U0010ffff", "é", "処"]


def random_text(rnd, least=0):
    return "".join(rnd.choice(EDGES) if rnd.random() < 0.6 else chr(rnd.randrange(0x20, 0x7f))
                   for _ in range(rnd.randrange(least, 7)))


def random_value(rnd, depth=0):
    pick = rnd.randrange(7 if depth < 4 else 5)
    if pick == 0:
        return rnd.choice([None, True, False])
    if pick < 3:
        return rnd.choice([0, -1, 2**53 - 1, 1 - 2**53, rnd.randrange(-10**6, 10**6)])
    if pick < 5:
        return random_text(rnd)
    if pick == 5:
        return [random_value(rnd, depth + 1) for _ in range(rnd.randrange(5))]
    return {random_text(rnd).replace("\0", ""): random_value(rnd, depth + 1)
            for _ in range(rnd.randrange(6))}


def test_random_records_are_written_as_python_writes_them():
    seed = int(os.environ.get("ASSAY_TEST_SEED", time.time_ns()))
    print("seed", seed)
    rnd = random.Random(seed)
    records = []
    for _ in range(20000 if os.environ.get("ASSAY_TEST_LONG") else 500):
        record = copy.deepcopy(json.loads(rnd.choice(GOLDEN[rnd.choice(sorted(GOLDEN))])))
        del record["id"]
        for _ in range(rnd.randrange(4)):
            record["x" + random_text(rnd).replace("\0", "")] = random_value(rnd)
        records.append(record)
    # Spelled at random: order, white space and escapes must not matter.
    lines = []
    for record in records:
        names = list(record)
        rnd.shuffle(names)
        lines.append(json.dumps({n: record[n] for n in names}, ensure_ascii=rnd.random() < 0.5,
                                separators=rnd.choice([(",", ":"), (" , ", " : ")])))
        assert "\n" not in lines[-1]
    for record, line, answer in zip(records, lines, through(lines)):
        assert answer == canonical({**record, "id": record_id(record)}), (seed, line)


def test_the_shipped_example_records_are_valid():
    records = []
    for path in sorted((ROOT / "examples").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if "type" in record:
                validator(record["type"]).validate(record)
                records.append(record)
    assert len(records) > 100
    for record, answer in zip(records, through(map(json.dumps, records))):
        assert answer == canonical({**record, "id": record_id(record)})


def test_the_format_page_shows_the_golden_records():
    page = (ROOT / "doc/format/record.md").read_text(encoding="utf-8")
    shown = [json.loads(part.split("```")[0]) for part in page.split("```json\n")[1:]]
    # One after the other of a type are examples of it.
    types = [r["type"] for i, r in enumerate(shown) if i == 0 or shown[i - 1]["type"] != r["type"]]
    assert types == re.findall(r"^### (?!id$|subject$)(\w+)$", page, re.M)
    assert {r["type"] for r in shown} == set(GOLDEN)
    for record in shown:
        assert canonical(record) in GOLDEN[record["type"]]


def test_the_format_page_marks_what_the_schemas_require():
    page = (ROOT / "doc/format/record.md").read_text(encoding="utf-8")
    for section in re.split(r"^### ", page, flags=re.M)[1:]:
        kind = section.split("\n")[0]
        if kind not in GOLDEN or kind == "observation":
            continue
        bold = set(re.findall(r"\*\*`(\w+)`\*\*", section))
        schema = SCHEMAS[kind + ".schema.json"]
        assert bold == set(schema["required"]) - {"subject"}, kind
        plain = set(re.findall(r"`(\w+)`", section.split("```json")[0]))
        assert set(schema["properties"]) - {"type", "v"} <= plain, kind


def assay(*arguments):
    builds = [os.environ.get("ASSAY_BUILD"), ROOT / "build-test", ROOT / "build"]
    program = next(p for b in builds if b and (p := Path(b) / "assay").exists())
    done = subprocess.run([program, *map(str, arguments)], cwd=ROOT, encoding="utf-8",
                          capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_records(records):
    kinds = {}
    for record in records:
        kind = record["type"]
        if kind not in kinds:
            kinds[kind] = validator(kind)
        kinds[kind].validate(record)
        assert record["id"] == record_id(record)
    return set(kinds)


def test_what_screening_prints_is_valid():
    lines = assay("screen", "examples/names.txt").splitlines()
    assert len(lines) > 50
    assert check_records(map(json.loads, lines)) == {"suspect"}


def test_what_a_run_leaves_in_its_store_is_valid(tmp_path):
    assay("run", "--store", tmp_path / "store", "--config", "examples/assay.yaml", "examples")
    kinds = set()
    with contextlib.closing(sqlite3.connect(tmp_path / "store/assay.db")) as db:
        for ident, body in db.execute("SELECT id, body FROM record"):
            record = json.loads(body)
            assert canonical(record) == body
            kinds |= check_records([{**record, "id": ident.hex()}])
    # Of each stage at least one.
    assert {"suspect", "observation", "finding", "verdict", "decision", "listing", "correction",
            "pack", "key"} <= kinds
