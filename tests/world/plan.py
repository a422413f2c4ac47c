"""The description read, with its defaults filled in: what every other file here is made from."""

import copy
import ipaddress
import json
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SITES = ROOT / "examples" / "sites"
REGISTRATIONS = ROOT / "examples" / "registrations.jsonl"

# EPP statuses with which a registry leaves a name out of its zone (RFC 5731 2.3).
HOLDS = {"clientHold", "serverHold", "pendingDelete"}
# What a country's vantage listens on, and the inner servers that nobody must reach.
PROXY_PORT = 3128
INNER = ("127.0.0.1", "10.0.0.7")


class Place:
    """Where the world's addresses and ports are: the machine's own, or those of a namespace.

    second  None: a network namespace, in which every address is our own. Else the second octet of
            loopback addresses: 198.51.100.5 becomes 127.SECOND.100.5
    base    added to every port; 0 where a program may have port 53
    """

    def __init__(self, second=None, base=0):
        self.second, self.base = second, base

    def address(self, text):
        if self.second is None or text == "127.0.0.1":
            return text
        _, _, c, d = text.split(".")
        return f"127.{self.second}.{'7' if text in INNER else c}.{d}"

    def net(self, text):
        address, length = text.split("/")
        return f"{self.address(address)}/{length}"

    def port(self, number):
        return self.base + number

    def opened(self):
        """The prefixes that assay must be allowed to connect to."""
        nets = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
        return [self.net(n) for n in nets]


def registered():
    """When the sites of the examples were registered: the last time, by name."""
    rows = [json.loads(line) for line in REGISTRATIONS.read_text().splitlines()]
    return {r["subject"]["key"]: r["registration"]["created"] for r in rows}


def captures(name):
    """The folders of a site's saved pages, the oldest first."""
    folder = SITES / name
    return sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []


class Plan:
    """Everything by name: .domains[NAME] is what its registry, its host and its site say now."""

    def __init__(self, description=HERE / "world.yaml"):
        with open(description, encoding="utf-8") as f:
            d = yaml.safe_load(f)
        self.resolver, self.root, self.iana = d["resolver"], d["root"], d["iana"]
        self.vantages, self.registries = d["vantages"], d["registries"]
        self.registrars, self.resellers = d["registrars"], d["resellers"]
        self.hosts, self.registrants = d["hosts"], d["registrants"]
        self.parking, self.steps = d["parking"], d["steps"]
        self.mail, self.answers = d["mail"], d["answers"]
        self.groups, self.domains = {}, {}
        self.serial = 1  # of this edition; zones carry it too
        created = registered()
        for group, about in d["groups"].items():
            self.groups[group] = list(about["domains"])
            for name, own in about["domains"].items():
                domain = copy.deepcopy(d["defaults"])
                domain.update(capture=0, created=created.get(name, domain["created"]), events=[])
                domain.update(copy.deepcopy(about.get("all", {})))
                site = {**about.get("site", {}), **own.get("site", {})}
                domain.update(copy.deepcopy(own), name=name, group=group, site=site)
                # The file of its certificate: its own, or that of all at its first address.
                shared = site.get("certificate") == "shared"
                domain["papers"] = f"at-{domain['web']}" if shared else name
                self.domains[name] = domain
        self.flagship = d["groups"]["network"]["flagship"]

    def save(self, path):
        path.write_text(json.dumps(vars(self)), encoding="utf-8")

    @classmethod
    def load(cls, path):
        plan = cls.__new__(cls)
        vars(plan).update(json.loads(Path(path).read_text(encoding="utf-8")))
        return plan

    def step(self, name, at):
        """Let happen what steps.NAME says, at that time (RFC 3339)."""
        for change in self.steps[name]:
            change = dict(change)
            event = change.pop("event", None)
            for domain in self._meant(change):
                domain.update(copy.deepcopy(change))
                if event:
                    domain["events"].append([event, at])

    def _meant(self, change):
        if "domain" in change:
            return [self.domains[change.pop("domain")]]
        of, but = change.pop("of"), change.pop("but", [])
        wanted = change.pop("with", {})
        return [self.domains[n] for n in self.groups[of] if n not in but
                and all(self.domains[n].get(k) == v for k, v in wanted.items())]

    def registry_of(self, name):
        return name.rsplit(".", 1)[1]

    def is_delegated(self, domain):
        return not domain.get("deleted") and not HOLDS & set(domain["status"])

    def nameservers(self, domain):
        """Names of the domain's servers, as its registry has them."""
        if domain.get("rebinds"):
            return [f"ns.{domain['name']}"]
        if domain.get("lame"):
            return [f"ns1.{domain['name']}"]
        return self.hosts[domain["host"]]["nameservers"]

    def services(self):
        """Names of the infrastructure outside the registries' own, with their address."""
        out = {"data.iana.test": self.iana["address"], "whois.iana.test": self.iana["address"],
               f"mx.{self.mail['host']}": self.mail["address"]}
        for r in self.registrars.values():
            out[f"rdap.{r['host']}"] = out[f"whois.{r['host']}"] = r["address"]
            out[f"www.{r['host']}"] = out[f"mx.{r['host']}"] = r["address"]
        for r in self.resellers.values():
            out[f"www.{r['host']}"] = out[f"mx.{r['host']}"] = r["address"]
        for h in self.hosts.values():
            out |= dict(zip(h["nameservers"], h["address"]))
            out[f"mx.{h['nameservers'][0].split('.', 1)[1]}"] = h["address"][0]
        return out

    def desks(self):
        """Abuse desks: mail address -> (server's address, behaviour)."""
        out = {}
        for party in [*self.registrars.values(), *self.resellers.values()]:
            out[party["abuse"]["mail"]] = (party["address"], party["abuse"]["behaviour"])
        for h in self.hosts.values():
            out[h["abuse"]["mail"]] = (h["address"][0], h["abuse"]["behaviour"])
        return out

    def addresses(self):
        """Every address that something listens on or connects from."""
        found = {self.resolver, self.root["address"], self.iana["address"], self.mail["address"]}
        for many in (self.vantages, self.registries, self.registrars, self.resellers):
            found |= {x["address"] for x in many.values()}
        for h in self.hosts.values():
            found |= set(h["address"])
        found |= {d["web"] for d in self.domains.values()}
        found |= {c["web"] for step in self.steps.values() for c in step if "web" in c}
        return sorted(found | set(INNER) | {REBINDER}, key=ipaddress.ip_address)


# The name server whose answers change with each question.
REBINDER = "198.51.100.66"
