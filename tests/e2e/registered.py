"""A store of synthetic notices: what was asked of whom, what came back, what was observed.

Records are made here and put into a store and its ledger by the program put_ledger of tests/cmd.
"""

import datetime
import hashlib
import json
import subprocess

import assay
from test_schema import record_id

DAY, HOUR = 86400, 3600
T0 = 1793620800  # 2026-11-02T12:00:00Z


def stamp(at):
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(**fields):
    made = {"v": 1, "src": "assay", **fields}
    return {**made, "id": record_id(made)}


def site(name):
    return {"kind": "registrable", "key": name}


PARTIES = {
    99001: "Registrar One (synthetic)", 99002: "Registrar Two (synthetic)",
    99003: "Registrar Three (synthetic)", 99004: "Registrar Four (synthetic)",
}


def recipient(key, address="abuse@desk.example"):
    kind, _, name = key.partition(":")
    named = {"kind": kind, "key": key, "address": address}
    if kind == "registrar":
        return {**named, "name": PARTIES[int(name)], "registrar_id": int(name)}
    return {**named, "name": name.title()}


class Ledger:
    """Acts in the order in which they were done."""

    def __init__(self):
        self.records = []

    def add(self, **fields):
        made = record(**fields)
        self.records.append(made)
        return made["id"]

    def notice(self, key, names, at, basis="contract", purpose="request", action="suspend", reference=None,
               case="net-27", **more):
        reference = reference or f"N-{len(self.records):016x}"
        law = {"contract": "RAA 2013 (as amended 5 April 2024), 3.18.1",
               "mandate": "RAA 2013 (as amended 5 April 2024), 3.18.3"}.get(basis, "none")
        return self.add(
            type="notice", at=stamp(at), state="drafted", reference=reference, case=case,
            purpose=purpose, matter="rogue", action=action, recipient=recipient(key),
            law=[{"basis": basis, "cite": law, "says": "review it"}], language="en",
            annex=[{"subject": site(n), "class": "rogue", "period": stamp(T0 - 30 * DAY),
                    "registration": {"registrar": PARTIES[99001], "registrar_id": 99001}}
                   for n in names], **more)

    def state(self, notice, state, at, **more):
        return self.add(type="notice", at=stamp(at), notice=notice, state=state, **more)

    def send(self, notice, at):
        self.state(notice, "approved", at - HOUR, src="reviewer:benedikt")
        mid = f"{notice[:16]}@desk.example"
        self.state(notice, "sending", at, attempt=1, message_id=mid)
        self.state(notice, "sent", at + 2, attempt=1, message_id=mid,
                   answer="250 2.0.0 Ok: queued as 0001")

    def told(self, key, names, at, **more):
        notice = self.notice(key, names, at - 2 * HOUR, **more)
        self.send(notice, at)
        return notice

    def reply(self, notice, at, kind, **more):
        return self.state(notice, "received", at, **{"class": kind}, src="mail", **more)

    def outcome(self, notice, name, state, at, by="clock", **more):
        return self.add(type="outcome", at=stamp(at), subject=site(name), src="outcome",
                        period=stamp(T0 - 30 * DAY), notice=notice, state=state, by=by, **more)

    def kept(self, text, kind="public", media_type="text/plain"):
        """Evidence; its address."""
        self.records.append({"put": "evidence", "class": kind, "media_type": media_type, "text": text})
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def saw(self, *records):
        self.records.extend(records)

    def put(self, store):
        program = assay.program().parent / "tests/put_ledger"
        text = "".join(json.dumps(r) + "\n" for r in self.records)
        done = subprocess.run([program, store], input=text.encode(), capture_output=True)
        assert done.returncode == 0, done.stderr.decode()


def dns(name, at, state="delegated", a=("192.0.2.1",)):
    return record(type="observation", subject=site(name), at=stamp(at), src="collect/1", what="dns",
                  vantage="direct", dns={"name": name, "state": state, "a": list(a)})


def registration(name, at, registrar, created=T0 - 30 * DAY, status=(), reseller=None, **more):
    said = {"domain": name, "created": stamp(created), "registrar": PARTIES.get(registrar, "Other"),
            "registrar_id": registrar, "status": list(status),
            "sources": [{"source": "rdap-registry", "server": "rdap.registry.example"},
                        {"source": "rdap-registrar", "server": "rdap.registrar.example"}], **more}
    if reseller:
        said["reseller"] = reseller
    return record(type="observation", subject=site(name), at=stamp(at), src="rdap:rdap.registry.example",
                  period=stamp(created), what="registration", registration=said)


def missing(name, at, how, of="registration"):
    return record(type="observation", subject=site(name), at=stamp(at), src="collect/1",
                  what="absence", absence={"of": of, "how": how})


def network(name, members, at):
    return record(type="network", subject=site(members[0]), at=stamp(at), src="link", network=name,
                  members=[site(m) for m in members])
