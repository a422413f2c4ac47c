"""What assay has to be told of a world: its configuration and its vantages, as YAML."""

from pathlib import Path

import shutil

import yaml

from plan import PROXY_PORT, ROOT

ROOT = Path(__file__).resolve().parents[2]
AGENT = ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/119.0.0.0 Safari/537.36")


def vantages(plan, place):
    """One through each country's proxy, "jp", and one from an address of its own, "jp-direct"."""
    out = []
    for country, v in plan.vantages.items():
        about = {"country": country, "accept_language": v["language"], "user_agent": AGENT}
        address = place.address(v["address"])
        out.append({"name": country.lower(), **about,
                    "proxy": f"http://{address}:{place.port(PROXY_PORT)}"})
        out.append({"name": f"{country.lower()}-direct", **about, "local_address": address})
        out.append({"name": f"{country.lower()}-search", **about, "local_address": address,
                    "referer": v["search"]})
    return out


def write(plan, place, path, only=None, **more):
    """Write the configuration to path and vantages.yaml beside it. only: names of vantages;
    more: further keys of `collect`."""
    collect = {
        "resolvers": [f"{place.address(plan.resolver)}:{place.port(53)}"],
        "bootstrap": "https://data.iana.test/rdap/dns.json",
        "iana_whois": "whois.iana.test",
        "open": place.opened(),
        "tables": str(path.parent / "tables"),
        "host_delay_ms": 0,
        **more,
    }
    tables = path.parent / "tables"
    tables.mkdir(exist_ok=True)
    rows = ["kind\tmatch\toperator\tsource"]
    rows += ["\t".join((p["kind"], p["match"], p["operator"], "tests/world")) for p in plan.parking]
    for words in ("links.tsv", "hints.tsv"):
        (tables / words).write_bytes((ROOT / "policy" / "collect" / words).read_bytes())
    (tables / "parking.tsv").write_text("\n".join(rows) + "\n")
    platforms = [d["name"] for d in plan.domains.values() if d["site"].get("tenants")]
    path.write_text(yaml.safe_dump({"platforms": platforms, "collect": collect}, sort_keys=False))
    chosen = [v for v in vantages(plan, place) if only is None or v["name"] in only]
    path.with_name("vantages.yaml").write_text(
        yaml.safe_dump({"vantages": chosen}, sort_keys=False, allow_unicode=True))
