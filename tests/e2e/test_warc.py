"""The archive's WARC files, read by code of others: warcio.js, and digests computed in Node."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import assay
from assay import ROOT

READER = ROOT / "tests/e2e/warc_digests.mjs"
WARCIO = ROOT / "web/node_modules/warcio/dist/cli.js"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive of every kind of exchange (tests/store/exchanges.h), two orders."""
    folder = tmp_path_factory.mktemp("archive") / "a"
    subprocess.run([assay.program().parent / "tests/make_archive", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def records(archive):
    done = subprocess.run(["node", READER, *sorted(archive.glob("warc/*"))], check=True,
                          capture_output=True, text=True)
    assert done.stderr == ""  # warcio says there what it does not like
    return [json.loads(line) for line in done.stdout.splitlines()]


def manifests(archive):
    return [json.loads(path.read_text()) for path in sorted(archive.glob("orders/*/*.json"))]


def test_every_digest_is_that_of_the_bytes(records):
    assert len(records) == 61
    for record in records:
        assert record["content_length"] == record["length"], record
        assert record["block"] == record["block_is"], record
        if record["type"] != "revisit" and record["payload"]:
            assert record["payload"] == record["payload_is"], record
    with_payload = {r["type"] for r in records if r["payload"]}
    assert with_payload == {"response", "resource", "revisit", "metadata"}
    assert all(r["payload"] for r in records if r["type"] in ("response", "revisit"))


def test_ids_are_unique_and_references_lead_somewhere(records):
    by_id = {record["id"]: record for record in records}
    assert len(by_id) == len(records)
    sealed = 0
    for record in records:
        if to := record["concurrent_to"]:
            # Certificates are public also where the answer is not: it then lies in another file.
            sealed += to not in by_id
            assert to not in by_id or by_id[to]["uri"].endswith(record["uri"].split(":", 2)[-1]), record
        if record["type"] != "revisit":
            continue
        original = by_id[record["refers_to"]]
        assert original["type"] != "revisit"
        assert record["refers_to_uri"] == original["uri"]
        assert record["refers_to_date"] == original["date"]
        assert record["payload"] == original["payload_is"]
        assert record["profile"].endswith("/revisit/identical-payload-digest")
    assert sealed == 1
    assert [r["type"] for r in records].count("revisit") == 15
    assert records[0]["type"] == "warcinfo"


def test_fields_say_what_happened(records):
    def of(uri, kind):
        return next(r for r in records if r["uri"] == uri and r["type"] == kind)
    page = of("https://h.example/", "response")
    assert page["ip"] == "2001:db8::1" and page["status"] == 200
    assert page["date"] == "2026-09-14T01:02:03.457Z"
    assert of("https://h.example/cut", "response")["truncated"] == "disconnect"
    assert of("https://h.example/chunk", "response")["truncated"] == "length"
    assert of("https://h.example/head", "response")["truncated"] == "time"
    assert of("dns:h.example?type=A", "resource")["content_type"] == "application/dns-message"
    assert of("urn:view:https://h.example/", "resource")["content_type"] == "image/png"
    assert of("urn:dom:https://h.example/", "resource")["content_type"] == "text/html"
    # Restricted answers are in no WARC file.
    assert not [r for r in records if "whois://whois.example/" in (r["uri"] or "")]
    assert {r["type"] for r in records if "rdap.example" in (r["uri"] or "")} == {"metadata"}


def test_manifests_name_each_record_where_warcio_finds_it(archive, records):
    found = {(f"warc/{Path(r['file']).name}", r["offset"]): r for r in records}
    named = {}
    for manifest in manifests(archive):
        parts = [manifest["warcinfo"]] if "warcinfo" in manifest else []
        for exchange in manifest["exchanges"]:
            parts += [exchange[p] for p in ("response", "request", "picture", "chain") if p in exchange]
        for part in parts:
            if part.get("file", "").startswith("warc/"):
                named[part["file"], part["at"]] = part
    assert named.keys() == found.keys()
    for place, part in named.items():
        assert part.get("address") == found[place]["payload"]


def test_the_index_is_what_warcio_makes(archive):
    """But for what is a matter of taste: types in lower case, no entries of metadata, digests with their
    algorithm, the folder in the file's name."""
    theirs = subprocess.run(["node", WARCIO, "cdx-index", *sorted(archive.glob("warc/*"))], check=True,
                            capture_output=True, text=True).stdout.splitlines()
    ours = (archive / "index.cdxj").read_text().splitlines()
    assert ours == sorted(ours)

    def parsed(line, mine):
        key, time, fields = line.split(" ", 2)
        fields = json.loads(fields)
        fields["mime"] = (fields.get("mime") or "unk").lower()
        if mine:
            fields["digest"] = fields["digest"].removeprefix("sha256:")
            fields["filename"] = fields["filename"].removeprefix("warc/")
        return fields["offset"], key, time, fields

    records = {l[0]: l for l in (parsed(line, False) for line in theirs)}
    mine = [parsed(line, True) for line in ours]
    assert len(mine) == 31
    for line in mine:
        assert line == records.pop(line[0])
    # What is left are records that stand for nothing at an address.
    assert {l[3]["mime"] for l in records.values()} <= {
        "application/dns-message", "text/plain", "application/pem-certificate-chain", "unk"}


def test_restricted_bytes_are_nowhere_in_the_clear(archive):
    for path in archive.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert b"Jo Doe" not in raw and b"ldhName" not in raw, path
    assert os.stat(f"{archive}.key").st_mode & 0o777 == 0o600
