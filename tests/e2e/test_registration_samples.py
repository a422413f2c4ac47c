"""Real answers of RDAP and WHOIS servers (../shared/data/whois-rdap, where it is at hand): each becomes
fields, or says what it is, or is honestly raw; and what becomes fields is what others read in them."""

import collections
import datetime
import json
import re
import subprocess

import pytest

import assay

DATA = next((p / "shared/data/whois-rdap" for p in assay.ROOT.parents
             if (p / "shared/data/whois-rdap").is_dir()), None)
pytestmark = pytest.mark.skipif(not DATA, reason="there is no ../shared/data")

WEPPOS, FLIPBIT, ICANN = "whois-responses-weppos", "whois-responses-flipbit", "rdap-responses-icann"
STATES = ["registered", "available", "reserved", "throttled", "invalid", "unavailable", "referral",
          "raw"]
# Zones whose names the expectations use.
ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "EAT": 3, "WAT": 1, "EET": 2, "EEST": 3}


def server_of(path):
    """Both sets keep a folder for each server, named by its host."""
    return next((part for part in path.parts if re.fullmatch(r"[\w-]+(\.[\w-]+)+", part) and
                 not part.endswith(".txt")), "")


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    """Path below its set -> reading, by set."""
    folder = tmp_path_factory.mktemp("samples")
    asked = []
    for name in (WEPPOS, FLIPBIT, ICANN):
        (folder / name).mkdir()
        subprocess.run(["tar", "--zstd", "-xf", DATA / f"{name}.tar.zst", "-C", folder / name],
                       check=True)
        for path in sorted((folder / name).rglob("*")):
            if path.suffix in (".txt", ".json") and not path.name.endswith(".expected.txt"):
                below = path.relative_to(folder / name)
                asked.append((name, str(below), "rdap" if name == ICANN else "whois",
                              server_of(below), path))
    asked.append((ICANN, "rdap-google-com.json", "rdap", "", DATA / "rdap-google-com.json"))
    asked.append(("iana", "dns.json", "rdap", "",
                  DATA.parent / "registrars/iana-rdap-bootstrap-dns.json"))
    program = assay.program().parent / "tests/readings_through"
    done = subprocess.run([program], capture_output=True, check=True,
                          input="".join(f"{kind}\t{server}\t{path}\n"
                                        for _, _, kind, server, path in asked).encode())
    assert b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr
    lines = done.stdout.decode().split("\n")[:-1]
    assert len(lines) == len(asked)
    out = collections.defaultdict(dict)
    for (name, below, *_), line in zip(asked, lines):
        out[name][below] = json.loads(line)
    return out


def test_every_whois_answer_is_read_or_raw(readings):
    table = collections.Counter()
    for name in (WEPPOS, FLIPBIT):
        for below, reading in readings[name].items():
            assert "error" not in reading, below
            assert reading["answer"] in STATES, below
            table[name, reading["answer"]] += 1
            fields = reading.get("registration", {})
            if reading["answer"] == "registered":
                assert fields.keys() & {"created", "expires", "updated", "registrar", "nameservers",
                                        "status", "registrant"} or reading["restricted"], below
            elif reading["answer"] != "reserved":
                assert not fields, below
    print()
    print(f"{'set':26}" + "".join(f"{s:>12}" for s in STATES) + f"{'all':>8}")
    for name in (WEPPOS, FLIPBIT):
        print(f"{name:26}" + "".join(f"{table[name, s]:12}" for s in STATES) +
              f"{len(readings[name]):8}")
    # Raw are the empty ones, and a few that say nothing.
    assert table[WEPPOS, "raw"] <= 8
    assert table[FLIPBIT, "raw"] <= 19


def test_every_rdap_answer_is_what_it_is(readings):
    table = collections.Counter()
    for below, reading in readings[ICANN].items():
        assert "error" not in reading, below
        table[reading["answer"]] += 1
        if reading["answer"] == "domain":
            assert reading["registration"]["domain"], below
    print()
    print("rdap:", ", ".join(f"{n} {kind}" for kind, n in sorted(table.items())))
    assert table["unknown"] == 0
    assert table["domain"] >= 8


def one(readings, ending):
    found = [r for below, r in readings[ICANN].items() if below.endswith(ending)]
    assert len(found) == 1
    return found[0]


def test_real_domains_have_their_fields(readings):
    google = one(readings, "rdap-google-com.json")
    fields = google["registration"]
    assert fields["domain"] == "google.com"
    assert fields["registrar"] == "MarkMonitor Inc." and fields["registrar_id"] == 292
    assert fields["abuse"] == {"mail": "abusecomplaints@markmonitor.com", "phone": "+1.2086851750"}
    assert fields["created"] == "1997-09-15T04:00:00Z"
    assert "clientTransferProhibited" in fields["status"]
    assert google["related"] == ["https://rdap.markmonitor.com/rdap/domain/GOOGLE.COM"]
    redacted = one(readings, "lookup_with_redaction.json")["registration"]
    assert {"field": "Registrant Name", "method": "emptyValue",
            "reason": "Server policy"} in redacted["redacted"]
    assert redacted["registrant"]["country"] == "Canada"
    moscow = one(readings, "home.moscow.json")["registration"]
    assert moscow["registrar_id"] == 1606 and "name" in moscow["registrant"]["withheld"]


def test_no_value_of_a_person_stands_in_what_leaves(readings):
    """But of organisations that act by trade, whom records name."""
    seen = 0
    for name in (WEPPOS, FLIPBIT, ICANN):
        for below, reading in readings[name].items():
            public = {k: v for k, v in reading.get("registration", {}).items()
                      if not k.startswith(("registrar", "reseller", "abuse")) or k == "registrant"}
            text = json.dumps(public, ensure_ascii=False).lower()
            for fields in reading.get("restricted", {}).values():
                for field in ("mail", "phone", "address"):
                    for value in fields.get(field, []):
                        assert value not in text, (below, field)
                        seen += 1
    assert seen > 1000


def test_the_list_of_servers_is_read_whole(readings):
    servers = readings["iana"]["dns.json"]["bootstrap"]
    listed = json.loads((DATA.parent / "registrars/iana-rdap-bootstrap-dns.json").read_text())
    assert set(servers) == {name for names, _ in listed["services"] for name in names}
    assert servers["com"] == "https://rdap.verisign.com/com/v1/"


def moment(text):
    """The time of an expectation, and whether its zone is one that the word alone does not tell."""
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?)?\s*(\S*)", text)
    if not found:
        return None, False
    numbers = [int(n or 0) for n in found.groups()[:6]]
    zone, at = found.group(7), datetime.datetime(*numbers)
    if re.fullmatch(r"[+-]\d\d:?\d\d", zone):
        sign = -1 if zone[0] == "+" else 1
        return at + sign * datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])), False
    if zone in ZONES:
        return at - datetime.timedelta(hours=ZONES[zone]), False
    return at, True


def told(fields, *keys):
    text = next((fields[k] for k in keys if k in fields), None)
    return text and datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def same_name(a, b):
    a, b = (re.sub(r"[^a-z0-9]", "", s.lower()) for s in (a, b))
    return a == b


def agrees(reading, what, check):
    """Whether a reading agrees with what the authors of a parser expect; None: not comparable."""
    fields, state = reading.get("registration", {}), reading["answer"]
    times = {"created_on": ("created",), "updated_on": ("updated",),
             "expires_on": ("expires", "registrar_expires")}
    if what in times:
        got = told(fields, *times[what])
        if check == "== nil":
            return got is None
        text = re.fullmatch(r"%TIME\{(.*)\}", check)
        want, loose = moment(text.group(1)) if text else (None, False)
        if not want:
            return None
        slack = datetime.timedelta(days=1 if loose or want.time() == datetime.time(0) else 0)
        return got is not None and abs(got - want) <= slack
    states = {"available?": "available", "registered?": "registered", "reserved?": "reserved",
              "invalid?": "invalid", "response_throttled?": "throttled"}
    if what in states:
        return (state == states[what]) == (check == "== true")
    if what == "status":
        named = {"== :registered": "registered", "== :available": "available",
                 "== :reserved": "reserved", "== :redemption": "registered",
                 "== :expired": "registered", "== :inactive": "registered",
                 "== :suspended": "registered"}
        return state == named[check] if check in named else None
    if what == "registrar":
        if check == "== nil":
            return "registrar" not in fields
        name = re.fullmatch(r'\.name +== "(.*)"', check)
        number = re.fullmatch(r'\.id +== "(\d+)"', check)
        if number:
            return fields.get("registrar_id") == int(number.group(1))
        return same_name(fields.get("registrar", ""), name.group(1)) if name else None
    if what == "nameservers":
        servers = fields.get("nameservers", [])
        name = re.fullmatch(r'\[\d+\]\.name +== "(.*)"', check)
        size = re.fullmatch(r"%SIZE\{(\d+)\}", check)
        if check == "== []":
            return not servers
        if size:
            return len(servers) == int(size.group(1))
        return name.group(1).lower().rstrip(".") in servers if name else None
    if what == "domain":
        name = re.fullmatch(r'== "(.*)"', check)
        return fields["domain"] == name.group(1).lower() if name and "domain" in fields else None
    if what == "referral_whois":
        return reading.get("referral") == json.loads(check[3:]) if check != "== nil" \
            else "referral" not in reading
    return None


def test_fields_are_what_others_read_in_them(readings):
    """Against the 16,353 checks of weppos/whois-parser, where they are about what we keep."""
    tsv = subprocess.run(["zstd", "-dc", DATA / "whois-expected-weppos.tsv.zst"], check=True,
                         capture_output=True).stdout.decode().split("\n")[1:-1]
    right, all_of, wrong = collections.Counter(), collections.Counter(), []
    for line in tsv:
        below, what, check = line.split("\t")
        reading = readings[WEPPOS].get(below)
        result = agrees(reading, what, check) if reading else None
        if result is None:
            continue
        all_of[what] += 1
        right[what] += result
        if not result:
            wrong.append(f"{below} {what} {check}")
    print()
    for what in sorted(all_of):
        print(f"{what:24}{right[what]:6} of {all_of[what]:6}")
    total, compared = sum(right.values()), sum(all_of.values())
    print(f"{'all':24}{total:6} of {compared:6}, of {len(tsv)} checks")
    assert compared >= 4500
    assert total / compared >= 0.985, "\n".join(wrong)
    for what in ("created_on", "expires_on", "updated_on", "nameservers"):
        assert right[what] / all_of[what] >= 0.985, (what, "\n".join(wrong))


def test_a_throttled_answer_is_never_taken_for_an_available_name(readings):
    """What would make a registered domain look gone."""
    seen = 0
    for name, marks in ((WEPPOS, "/response_throttled"), (FLIPBIT, "/throttled/")):
        for below, reading in readings[name].items():
            # One file of the second set is not an answer but its maker's notes.
            if marks in below and not below.endswith("dk/throttled/throttled.txt"):
                assert reading["answer"] in ("throttled", "unavailable"), below
                seen += 1
    assert seen >= 40
