"""Every kind of notice as a mail, read by code of others: Python's MIME parser, the schemas of XARF v4, and
ours of the annex. Bad ones are refused with their reason."""

import base64
import email
import email.policy
import hashlib
import json
import os
import re
import subprocess
import unicodedata

import jsonschema
import pytest

import assay
from assay import ROOT

XARF = ROOT.parent / "shared/data/schemas/xarf-v4"
ANNEX = json.loads((ROOT / "doc/format/schema/output/notice_annex.schema.json").read_text())


class Notice:
    """A line of write_notice, and the mail that it names."""

    def __init__(self, line, folder):
        self.line = line
        self.raw = (folder / line["file"]).read_bytes()
        self.mail = email.message_from_bytes(self.raw, policy=email.policy.default)
        parts = list(self.mail.iter_parts())
        self.letter = parts[0].get_content()
        self.attached = {p.get_filename(): p for p in parts if p.get_filename()}

    def json(self, name):
        return json.loads(self.attached[name].get_content())

    def __repr__(self):
        return self.line["file"]


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notices")
    program = assay.program().parent / "tests/write_notice"
    done = subprocess.run([program, folder], capture_output=True, text=True,
                          env={**os.environ, "ASSAY_SOURCE": str(ROOT)})
    assert done.returncode == 0, done.stderr
    again = folder / "again"
    again.mkdir()
    subprocess.run([program, again], check=True, capture_output=True,
                   env={**os.environ, "ASSAY_SOURCE": str(ROOT)})
    return folder, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def good(lines):
    folder, rows = lines
    return [Notice(row, folder) for row in rows if row["what"] == "good"]


def test_each_kind_in_each_language_passes_check(good):
    kinds = {(n.line["purpose"], n.line["matter"], n.line["to"]) for n in good}
    assert len(kinds) == 58 and len(good) == 132
    assert {n.line["language"] for n in good} == {"en", "ja"}
    assert all(n.line["conditions"] == [] for n in good)
    assert {k[2] for k in kinds} == {"registrar", "reseller", "registry", "host", "search",
                                     "advertising", "payment", "platform", "authority", "owner",
                                     "rights"}


def test_the_same_notice_has_the_same_bytes(lines, good):
    folder, _ = lines
    for notice in good:
        assert (folder / "again" / notice.line["file"]).read_bytes() == notice.raw


def test_a_mime_parser_of_others_finds_no_defect(good):
    for notice in good:
        assert notice.raw.isascii() and b"\n" not in notice.raw.replace(b"\r\n", b"")
        assert max(map(len, notice.raw.split(b"\r\n"))) <= 78
        for part in notice.mail.walk():
            assert part.defects == [], (notice, part.defects)
        assert notice.mail["Message-ID"] == "<N-0123456789abcdef.1@assay.test>"
        assert "N-0123456789abcdef" in notice.mail["Subject"]
        assert notice.mail.get_content_type() == "multipart/mixed"
        assert notice.mail["Auto-Submitted"] == "auto-generated"
        assert not [h for h in notice.mail.keys() if h.lower().startswith(("list-", "x-"))]
        thread = notice.mail["In-Reply-To"]
        assert (thread is None) == (notice.line["purpose"] == "request")
        assert thread == notice.mail["References"]
        wanted = {"annex.json"} | ({"xarf.json"} if notice.line["xarf"] else set())
        assert set(notice.attached) == wanted


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_the_letter_says_it_in_ten_lines(good):
    for notice in good:
        head = [l for l in notice.letter.splitlines()][:10]
        first = " ".join(l.strip() for l in head[:head.index("")] if l) if "" in head else \
            " ".join(head)
        assert "pills-0.example" in first, notice
        if notice.line["purpose"] in ("request", "arrived"):
            for number in "12345":
                assert re.search(rf"(^| ){number}\. ", first), (notice, first)
            if notice.line["to"] == "registrar":
                assert "3.18.3" in first if notice.line["mandate"] else "RAA 2013" in first
                assert "99001" in first
            if notice.line["matter"] not in ("registration",):
                assert "pills-0.example/viagra/" in first and "JP" in first
                assert "Referer" in first and "98円" in first.replace(" ", "")
        assert all(columns(l) <= 72 for l in notice.letter.splitlines())
        assert "3.18.2" not in notice.letter
        assert not re.search(r"https?://pills", notice.letter), "an accused page as a link"
        assert "https://assay.test/ledger/" in notice.letter
        if notice.line["language"] == "ja":
            assert "不正利用窓口" in notice.letter or "御中" in notice.letter or "の方へ" in notice.letter
            assert "The same in English stands below" in notice.letter


def test_the_letter_says_who_writes(good):
    for notice in good:
        assert "Demo Desk (synthetic) writes, from desk@assay.test" in notice.letter
        assert "Who pays for this work: nobody." in notice.letter
        assert "appeal@assay.test" in notice.letter
        text = " ".join(notice.letter.split())
        if notice.line["mandate"]:
            assert "it is not itself an authority" in text
            asks = notice.line["purpose"] in ("request", "arrived")
            assert ("designated by the government of JP" in text) == asks
        else:
            assert "on nobody's behalf but its own" in text


def test_the_annex_meets_its_schema_and_is_canonical(good):
    validator = jsonschema.Draft202012Validator(ANNEX)
    for notice in good:
        raw = notice.attached["annex.json"].get_payload(decode=True)
        annex = json.loads(raw)
        errors = list(validator.iter_errors(annex))
        assert not errors, (notice, errors[0].message)
        # Keys here are ASCII, so their order by code points is that of RFC 8785.
        again = json.dumps(annex, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert raw.decode() == again + "\n"
        assert [s["subject"]["key"] for s in annex["annex"]] == \
            [f"pills-{i}.example" for i in range(3)]
        assert annex["recipient"]["kind"] == notice.line["to"]


def test_nothing_of_a_victim_is_shown(good):
    seen = 0
    for notice in good:
        if notice.line["matter"] != "registration":
            continue
        seen += 1
        for subject in notice.json("annex.json")["annex"]:
            assert subject["captures"] == [] and subject["addresses"] == []
            assert set(subject["registration"]) == {"created", "observed", "registrar",
                                                    "registrar_id", "reseller", "status"}
        assert b"registrant\"" not in notice.raw
    assert seen > 8


# ---- XARF ----


def formats():
    """Checkers for the formats of the schemas, which jsonschema leaves to others."""
    checker = jsonschema.FormatChecker(formats=())
    pattern = {"date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
               "email": r"[A-Za-z0-9.+_-]+@([a-z0-9-]+\.)+[a-z0-9-]+",
               "hostname": r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+",
               "uri": r"https?://[!-~]+",
               "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}
    for name, form in pattern.items():
        checker.checks(name)(lambda v, form=form: bool(re.fullmatch(form, v)))
    return checker


@pytest.fixture(scope="module")
def xarf():
    if not XARF.exists():
        pytest.skip("the schemas of XARF v4 are not there")
    store = {}
    for path in XARF.rglob("*.json"):
        schema = json.loads(path.read_text())
        if "$id" in schema:
            store[schema["$id"]] = schema
    master = store["https://xarf.org/schemas/v4/xarf-v4-master.json"]
    resolver = jsonschema.RefResolver(master["$id"], master, store=store)
    return jsonschema.Draft202012Validator(master, resolver=resolver, format_checker=formats())


def test_the_schemas_refuse_what_is_none(xarf):
    """So that passing them says something."""
    sample = json.loads((XARF / "samples/content-fraud.json").read_text())
    assert not list(xarf.iter_errors(sample))
    for spoilt in ({"type": "pharmacy"}, {"fraud_type": "pharmacy"}, {"report_id": "1"},
                   {"url": "pills.example"}, {"reporter": {"org": "x"}}, {"tags": ["Rogue"]}):
        assert list(xarf.iter_errors({**sample, **spoilt})), spoilt


def test_xarf_reports_pass_its_schemas(xarf, good):
    kinds = set()
    for notice in good:
        if not notice.line["xarf"]:
            continue
        bundle = notice.json("xarf.json")
        assert bundle["profile"] == "assay-pharmacy/1"
        assert bundle["bundle"] == "N-0123456789abcdef" and len(bundle["reports"]) == 3
        assert len({r["report_id"] for r in bundle["reports"]}) == 3
        for report in bundle["reports"]:
            errors = list(xarf.iter_errors(report))
            assert not errors, (notice, errors[0].message)
            kinds.add((notice.line["matter"], report["category"], report["type"]))
            for item in report.get("evidence", []):
                payload = base64.b64decode(item["payload"], validate=True)
                assert item["hash"] == "sha256:" + hashlib.sha256(payload).hexdigest()
                assert item["size"] == len(payload)
    assert kinds == {("rogue", "content", "fraud"), ("compromised", "content", "remote_compromise"),
                     ("registration", "content", "suspicious_registration")}


def test_only_rogue_is_fraud(good):
    for notice in good:
        fraud = "fraud" in notice.letter.lower() or (
            notice.line["xarf"] and '"fraud"' in notice.attached["xarf.json"].get_content().decode())
        assert not fraud or notice.line["matter"] == "rogue", notice
        if notice.line["matter"] in ("unapproved", "statement"):
            assert not notice.line["xarf"]


# ---- ARF ----


def test_arf_has_three_parts(lines):
    folder, rows = lines
    seen = set()
    for row in rows:
        if row["what"] != "arf":
            continue
        mail = email.message_from_bytes((folder / row["file"]).read_bytes(),
                                        policy=email.policy.default)
        assert mail.get_content_type() == "multipart/report"
        assert mail.get_param("report-type") == "feedback-report"
        assert not any(part.defects for part in mail.walk())
        text, report, headers = mail.iter_parts()
        assert [p.get_content_type() for p in (text, report, headers)] == \
            ["text/plain", "message/feedback-report", "text/rfc822-headers"]
        # Python takes message/* for a message: the fields are the headers of it.
        fields = report.get_payload(0) if report.is_multipart() else \
            email.message_from_string(report.get_content(), policy=email.policy.default)
        assert fields["Version"] == "1" and fields["User-Agent"]
        assert fields["Feedback-Type"] == ("fraud" if row["matter"] == "rogue" else "other")
        assert fields.get_all("Reported-Domain") == [f"pills-{i}.example" for i in range(3)]
        assert len(fields.get_all("Reported-URI")) == 6
        assert fields["Incidents"] == "3"
        assert fields["Arrival-Date"] == "Thu, 26 Nov 2026 00:00:00 +0000"
        page = email.message_from_string(headers.get_content(), policy=email.policy.default)
        assert page["Content-Location"].startswith("https://pills-0.example/")
        assert page["X-Assay-Evidence"].startswith("sha256:")
        seen.add(row["matter"])
    assert seen == {"rogue", "unapproved", "compromised"}


# ---- bad ones ----


def test_a_bad_notice_is_refused_with_its_reason(lines):
    _, rows = lines
    bad = [row for row in rows if "file" not in row]
    assert len(bad) == 25
    for row in bad:
        assert len(set(row["conditions"])) == 1, row
        assert all(len(why) > 15 for why in row["why"]) and all(row["todo"])
    # Form is asked of what was written, and a clause about DNS abuse is never chosen (unit tests).
    assert {row["conditions"][0] for row in bad} == {
        "ours", "reproducible", "two_captures", "fresh", "clause", "harm", "action", "contact",
        "decided", "reach", "foreign_legal", "innocent", "private", "victim", "collateral", "verified",
        "accountable", "mandate", "no_fraud", "eu_host"}


def test_one_destination_s_law_is_refused_whatever_the_mandate(lines):
    _, rows = lines
    bad = [row for row in rows if row["conditions"][:1] == ["reach"]]
    assert len(bad) == 4 and all(row["mandate"] for row in bad)
    assert all("rule 10" in why and "whatever the mandate" in why
               for row in bad for why in row["why"])


def test_the_format_page_names_every_condition():
    page = (ROOT / "doc/format/notice.md").read_text(encoding="utf-8")
    table = page.split("## Conditions")[1].split("\n| recipient |")[0]
    named = re.findall(r"^\| `([a-z_]+)`( \*)? \|", table, re.M)
    source = (ROOT / "src/act/check.c").read_text(encoding="utf-8")
    rows = re.findall(r'\[CHECK_[A-Z_]+\] = \{ "([a-z_]+)",.*?(true|false) \}', source, re.S)
    assert [(name, bool(star)) for name, star in named] == \
        [(name, always == "true") for name, always in rows]
    assert len(named) == 22
