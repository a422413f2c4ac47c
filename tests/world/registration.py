"""What registries and registrars say of a domain: RDAP (RFC 9083, RFC 9537) and WHOIS text."""

import datetime

RDAP_STATUS = {
    "clientHold": "client hold", "serverHold": "server hold",
    "clientTransferProhibited": "client transfer prohibited",
    "serverTransferProhibited": "server transfer prohibited", "pendingDelete": "pending delete",
}
REDACTED = "REDACTED FOR PRIVACY"


def expiration(created, now):
    """The next anniversary of the creation."""
    year = int(now[:4]) + (1 if created[4:] <= now[4:] else 0)
    return f"{year}{created[4:]}"


def bootstrap(plan):
    """IANA's list of RDAP servers (RFC 9224)."""
    services = [[[tld], [f"https://rdap.nic.{tld}/"]]
                for tld, r in plan.registries.items() if r.get("rdap")]
    return {"version": "1.0", "publication": "2026-11-01T00:00:00Z",
            "description": "RDAP bootstrap file of a made-up Internet", "services": services}


def card(*items):
    return ["vcard", [["version", {}, "text", "4.0"], *items]]


def events(domain, now):
    out = [{"eventAction": "registration", "eventDate": domain["created"]},
           {"eventAction": "expiration", "eventDate": expiration(domain["created"], now)}]
    out += [{"eventAction": what, "eventDate": at} for what, at in domain["events"]]
    if not domain["events"]:
        out.append({"eventAction": "last changed", "eventDate": domain["created"]})
    return out + [{"eventAction": "last update of RDAP database", "eventDate": now}]


def abuse_entity(party):
    return {"objectClassName": "entity", "roles": ["abuse"], "vcardArray": card(
        ["fn", {}, "text", "Abuse desk"],
        ["tel", {"type": "voice"}, "uri", f"tel:{party['abuse'].get('phone', '')}"],
        ["email", {}, "text", party["abuse"]["mail"]])}


def registrar_entity(registrar):
    return {"objectClassName": "entity", "handle": str(registrar["iana_id"]), "roles": ["registrar"],
            "publicIds": [{"type": "IANA Registrar ID", "identifier": str(registrar["iana_id"])}],
            "vcardArray": card(["fn", {}, "text", registrar["name"]]),
            "entities": [abuse_entity(registrar)]}


def registrant_entity(who, shown):
    """The holder: everything, or the country alone, as registrars do by default."""
    if shown:
        return {"objectClassName": "entity", "handle": "H-1", "roles": ["registrant"],
                "vcardArray": card(
                    ["fn", {}, "text", who["name"]], ["org", {}, "text", who["organization"]],
                    ["adr", {"cc": who["country"]}, "text",
                     ["", "", who["street"], who["city"], "", who["postal"], ""]],
                    ["tel", {"type": "voice"}, "uri", f"tel:{who['phone']}"],
                    ["email", {}, "text", who["mail"]])}
    return {"objectClassName": "entity", "handle": "", "roles": ["registrant"],
            "vcardArray": card(["fn", {}, "text", ""], ["adr", {"cc": who["country"]}, "text",
                               ["", "", "", "", "", "", ""]])}


def redactions():
    """RFC 9537 4.2: what was left out of the registrant, and how."""
    path = "$.entities[?(@.roles[0]=='registrant')]"
    paths = [("Registrant Name", f"{path}.vcardArray[1][?(@[0]=='fn')][3]", "emptyValue"),
             ("Registrant Street", f"{path}.vcardArray[1][?(@[0]=='adr')][3][2]", "emptyValue"),
             ("Registrant Phone", f"{path}.vcardArray[1][?(@[0]=='tel')]", "removal"),
             ("Registrant Email", f"{path}.vcardArray[1][?(@[0]=='email')]", "removal")]
    return [{"name": {"description": name}, "method": method, "reason": {"description": "Server policy"},
             **({"prePath": p} if method == "removal" else {"postPath": p})}
            for name, p, method in paths]


def rdap(plan, domain, now, server):
    """The answer of a registry (server None) or of a registrar (its key)."""
    registry = plan.registries[plan.registry_of(domain["name"])]
    registrar = plan.registrars[domain["registrar"]]
    base = (f"https://rdap.nic.{plan.registry_of(domain['name'])}/" if server is None
            else f"https://rdap.{registrar['host']}/")
    own = f"{base}domain/{domain['name']}"
    shown = domain["registrant"] == "privacy"  # a proxy service hides nothing of its own
    out = {
        "rdapConformance": ["rdap_level_0", "icann_rdap_response_profile_1", "redacted"],
        "objectClassName": "domain", "handle": f"D-{sum(domain['name'].encode()):06d}",
        "ldhName": domain["name"],
        "status": [RDAP_STATUS[s] for s in domain["status"]] or ["active"],
        "events": events(domain, now),
        "nameservers": [{"objectClassName": "nameserver", "ldhName": n}
                        for n in plan.nameservers(domain)],
        "secureDNS": {"delegationSigned": False},
        "entities": [registrar_entity(registrar)],
        "links": [{"rel": "self", "href": own, "value": own, "type": "application/rdap+json"}],
        "notices": [{"title": "Terms of Use", "description": ["Synthetic: " + registry["name"]]}],
    }
    if domain["name"].startswith("xn--"):
        out["unicodeName"] = domain["name"].encode().decode("idna")
    if server is None and registrar.get("rdap"):
        related = f"https://rdap.{registrar['host']}/domain/{domain['name']}"
        out["links"].append({"rel": "related", "href": related, "value": own,
                             "type": "application/rdap+json"})
    if server is None and registry.get("thin"):
        return out
    out["entities"].append(registrant_entity(plan.registrants[domain["registrant"]], shown))
    if not shown:
        out["redacted"] = redactions()
    if server is not None and domain.get("reseller"):
        reseller = plan.resellers[domain["reseller"]]
        out["entities"].append({"objectClassName": "entity", "roles": ["reseller"],
                                "vcardArray": card(["fn", {}, "text", reseller["name"]]),
                                "entities": [abuse_entity(reseller)]})
    return out


def rdap_missing():
    return {"rdapConformance": ["rdap_level_0"], "errorCode": 404, "title": "Not Found",
            "description": ["No such domain here."]}


def whois_iana(plan, query):
    """IANA's referral of a TLD, or of a name by its TLD."""
    tld = query.rsplit(".", 1)[-1]
    if tld not in plan.registries:
        return "% IANA WHOIS server (synthetic)\n% This query returned 0 objects.\n"
    registry = plan.registries[tld]
    refer = f"whois.nic.{tld}"
    text = "% IANA WHOIS server (synthetic)\n% for more information, see nowhere\n\n"
    if registry.get("whois"):
        text += f"refer:        {refer}\n\n"
    text += f"domain:       {tld.upper()}\n\norganisation: {registry['name']}\n\n"
    if registry.get("whois"):
        text += f"whois:        {refer}\n\n"
    return text + "status:       ACTIVE\nsource:       IANA\n"


def whois(plan, domain, now, registry=False):
    """In the shape that ICANN's contracts ask of registrars; of a registry without the holder."""
    registrar = plan.registrars[domain["registrar"]]
    who = plan.registrants[domain["registrant"]]
    hidden = domain["registrant"] != "privacy" and not registrar_shows(registrar)
    changed = domain["events"][-1][1] if domain["events"] else domain["created"]
    rows = [("Domain Name", domain["name"].upper() if registry else domain["name"]),
            ("Registry Domain ID", f"D-{sum(domain['name'].encode()):06d}"),
            ("Registrar WHOIS Server", f"whois.{registrar['host']}" if registrar.get("whois") else ""),
            ("Registrar URL", f"https://www.{registrar['host']}/"),
            ("Updated Date", changed), ("Creation Date", domain["created"]),
            ("Registry Expiry Date" if registry else "Registrar Registration Expiration Date",
             expiration(domain["created"], now)),
            ("Registrar", registrar["name"]), ("Registrar IANA ID", registrar["iana_id"]),
            ("Registrar Abuse Contact Email", registrar["abuse"]["mail"]),
            ("Registrar Abuse Contact Phone", registrar["abuse"]["phone"])]
    if domain.get("reseller"):
        rows.append(("Reseller", plan.resellers[domain["reseller"]]["name"]))
    rows += [("Domain Status", f"{s} https://icann.org/epp#{s}") for s in domain["status"] or ["ok"]]
    if not registry:
        for field, key in (("Name", "name"), ("Organization", "organization"), ("Street", "street"),
                           ("City", "city"), ("Postal Code", "postal"), ("Country", "country"),
                           ("Phone", "phone"), ("Email", "mail")):
            value = REDACTED if hidden and key != "country" else who[key]
            rows.append((f"Registrant {field}", value))
    rows += [("Name Server", n.upper() if registry else n) for n in plan.nameservers(domain)]
    rows.append(("DNSSEC", "unsigned"))
    text = "".join(f"{k}: {v}\r\n" for k, v in rows)
    return text + f">>> Last update of WHOIS database: {now} <<<\r\n\r\nTERMS OF USE: synthetic.\r\n"


def registrar_shows(registrar):
    """Registrar three, of the old post, redacts nothing."""
    return not registrar.get("rdap")


def timestamp():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
