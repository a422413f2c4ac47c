"""Zones of root, registries and hosts, and the settings of what serves and resolves them.

Three knotd, because a server that has both a zone and the one above it would answer what it should
refer: one for the root, one for the registries' zones, one for whatever is hosted.
"""

from plan import REBINDER

SOA = "@ 300 IN SOA {ns}. hostmaster.{ns}. {serial} 3600 600 86400 60\n"


def absolute(name):
    return name.rstrip(".") + "."


def zone(origin, nameservers, serial, lines):
    head = f"$ORIGIN {absolute(origin)}\n$TTL 3600\n"
    head += SOA.format(ns=nameservers[0], serial=serial)
    head += "".join(f"@ IN NS {n}.\n" for n in nameservers)
    return head + "".join(f"{line}\n" for line in lines)


def root_zone(plan, place, serial):
    lines = [f"{plan.root['name']}. IN A {place.address(plan.root['address'])}"]
    for tld, registry in plan.registries.items():
        lines += [f"{tld}. IN NS a.nic.{tld}.", f"a.nic.{tld}. IN A {place.address(registry['address'])}"]
    return zone(".", [plan.root["name"]], serial, lines)


def registry_zone(plan, place, tld, serial):
    """A TLD: its own servers, and who is registered, delegated and not on hold, with glue."""
    registry = plan.registries[tld]
    here = place.address(registry["address"])
    lines = [f"{name}.nic IN A {here}" for name in ("a", "rdap", "whois")]
    delegated = {d["name"]: plan.nameservers(d) for d in plan.domains.values()
                 if plan.registry_of(d["name"]) == tld and plan.is_delegated(d)}
    services = plan.services()
    for name in services:
        parent = ".".join(name.split(".")[-2:])
        if parent.endswith("." + tld):
            delegated[parent] = own_servers(plan, parent)
    for name, servers in sorted(delegated.items()):
        for server in servers:
            lines.append(f"{name}. IN NS {server}.")
            address = glue(plan, name, server, services)
            if address:
                lines.append(f"{server}. IN A {place.address(address)}")
    return zone(tld, [f"a.nic.{tld}"], serial, sorted(set(lines), key=lines.index))


def own_servers(plan, parent):
    """Servers of an infrastructure name: a host serves itself, Tidewharf all the others."""
    for host in plan.hosts.values():
        if host["nameservers"][0].split(".", 1)[1] == parent:
            return host["nameservers"]
    return plan.hosts["tide"]["nameservers"]


def glue(plan, name, server, services):
    if server == f"ns.{name}" and plan.domains[name].get("rebinds"):
        return REBINDER
    if server == f"ns1.{name}" and name in plan.domains:
        return plan.hosts["kumo"]["address"][0]  # lame: that server has no such zone
    return services.get(server) if server.endswith("." + name) else None


def infrastructure_zones(plan, place, serial):
    """Of registrars, resellers, hosts and IANA: addresses, and where mail for the desk goes."""
    out = {}
    for name, address in plan.services().items():
        label, parent = name.split(".", 1)
        out.setdefault(parent, []).append(f"{label} IN A {place.address(address)}")
        if label == "mx":
            out[parent].append("@ IN MX 10 mx")
    return {n: zone(n, own_servers(plan, n), serial, lines) for n, lines in out.items()}


def hosted_zone(plan, place, domain, serial):
    web = place.address(domain["web"])
    mail = "@ IN MX 10 mail" if domain["group"] in ("innocent", "network") else "@ IN MX 0 ."
    lines = [f"@ IN A {web}", f"mail IN A {web}", "www IN CNAME @", mail,
             '@ IN TXT "v=spf1 mx -all"']
    if domain["group"] == "innocent":
        lines.append('@ IN CAA 0 issue "ca.world.test"')
    for tenant in domain["site"].get("tenants", []):
        lines.append(f"{absolute(tenant)} IN CNAME @")
    return zone(domain["name"], plan.nameservers(domain), serial, lines)


def write(plan, place, folder):
    """Zone files and settings. Returns the settings files, by daemon."""
    serial = plan.serial
    servers = {"root": {".": root_zone(plan, place, serial)},
               "tld": {t: registry_zone(plan, place, t, serial) for t in plan.registries},
               "hosting": infrastructure_zones(plan, place, serial)}
    for d in plan.domains.values():
        if not d.get("rebinds") and not d.get("lame") and not d.get("deleted"):
            servers["hosting"][d["name"]] = hosted_zone(plan, place, d, serial)
    listen = {"root": [plan.root["address"]],
              "tld": [r["address"] for r in plan.registries.values()],
              "hosting": [a for h in plan.hosts.values() for a in h["address"]]}
    settings = {}
    for server, zones in servers.items():
        at = folder / server
        (at / "zones").mkdir(parents=True, exist_ok=True)
        for name, text in zones.items():
            (at / "zones" / f"{name.strip('.') or 'root'}.zone").write_text(text)
        settings[server] = at / "knot.conf"
        settings[server].write_text(knot_conf(place, at, listen[server], zones))
    settings["resolver"] = folder / "unbound.conf"
    settings["resolver"].write_text(unbound_conf(plan, place, folder))
    (folder / "root.hints").write_text(
        f". 3600000 NS {plan.root['name']}.\n"
        f"{plan.root['name']}. 3600000 A {place.address(plan.root['address'])}\n")
    return settings


def knot_conf(place, at, listen, zones):
    lines = ["server:", f"    rundir: {at}", "    udp-workers: 1", "    tcp-workers: 1",
             "    background-workers: 1"]
    lines += [f"    listen: {place.address(a)}@{place.port(53)}" for a in listen]
    lines += ["database:", f"    storage: {at}", "    journal-db-max-size: 1M",
              "    kasp-db-max-size: 5M", "    timer-db-max-size: 1M",
              "log:", "  - target: stderr", "    any: warning",
              "template:", "  - id: default", f"    storage: {at}/zones",
              "    zonefile-sync: -1", "    journal-content: none", "    semantic-checks: off",
              "zone:"]
    for name in zones:
        lines += [f"  - domain: {absolute(name)}", f"    file: {name.strip('.') or 'root'}.zone"]
    return "\n".join(lines) + "\n"


def unbound_conf(plan, place, folder):
    here = place.address(plan.resolver)
    return f"""server:
    interface: {here}@{place.port(53)}
    outgoing-interface: {here}
    port: {place.port(53)}
    access-control: 0.0.0.0/0 allow
    do-ip6: no
    do-daemonize: no
    do-not-query-localhost: no
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    logfile: ""
    num-threads: 1
    module-config: "iterator"
    root-hints: "{folder}/root.hints"
    local-zone: "test." nodefault
    local-zone: "invalid." nodefault
    cache-max-negative-ttl: 60
    infra-host-ttl: 5
    serve-expired: no
    minimal-responses: yes
remote-control:
    control-enable: yes
    control-interface: "{folder}/unbound.ctl"
    control-use-cert: no
"""
