"""Sites that nginx serves: their folders, made of the saved pages of the examples and of pages/, and
its settings. Whoever asks is told from which country by the address the question comes from."""

import shutil
import struct
import zlib

from plan import HERE, captures

PAGES = HERE / "pages"
# CRC-32 and length (modulo 2^32) of 2 GiB of zeros, the trailer of their gzip form (RFC 1952 2.3.1).
ZEROS = 2 << 30
ZEROS_CRC = 0x4DBDF21C


def picture(word, side=16):
    """A PNG of one colour, made from a word: the same word, the same bytes."""
    colour = zlib.crc32(word.encode()).to_bytes(4, "big")[:3]
    rows = b"".join(b"\0" + colour * side for _ in range(side))

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b""))


def copy_pages(name, number, to):
    """Saved pages number (modulo how many there are) of a site of the examples, or none."""
    found = captures(name)
    if found:
        shutil.copytree(found[number % len(found)], to, dirs_exist_ok=True)
    return bool(found)


def fill(page, to, **words):
    """A page of ours with its {{WORDS}} filled in."""
    text = (PAGES / f"{page}.html").read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace("{{%s}}" % word.upper(), value)
    to.mkdir(parents=True, exist_ok=True)
    (to / "index.html").write_text(text, encoding="utf-8")


def write_site(plan, domain, folder):
    """The site's folder: main/ for everybody, shut/ for those it hides from, search/ for those who
    come from a search engine."""
    site, name = domain["site"], domain["name"]
    if folder.exists():
        shutil.rmtree(folder)
    main = folder / "main"
    main.mkdir(parents=True)
    if site.get("page"):
        fill(site["page"], main, name=name, flagship=plan.flagship)
    elif not copy_pages(name, domain["capture"], main):
        fill("plain", main, name=name)
    if site.get("page") in ("script-redirect", "meta-refresh"):
        fill("plain", main / "arrived", name=name)
    if site.get("cloak"):
        fill("construction", folder / "shut", name=name)
    if site.get("basket") == name:
        fill("basket", main / "cart", name=name)
    if site.get("favicon"):
        (main / "favicon.ico").write_bytes(picture("favicon of " + site["favicon"]))
    if site.get("seal"):
        path = main / site["seal"].lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture("seal of the demonstration board", 48))
    if site.get("hacked"):
        inject(main / "index.html", folder / "search", site["hacked"])
    for tenant in site.get("tenants", []):
        copy_pages(tenant, domain["capture"], folder / tenant)


def inject(home, to, path):
    """The home page as a search engine's visitor gets it: links to the pharmacy pages, out of sight."""
    hidden = (f'<div style="position:absolute;left:-9999px"><a href="{path}">generic viagra online '
              f'pharmacy</a> <a href="{path}buy-generic-viagra-online.html">buy generic viagra '
              'online without prescription</a></div>\n</body>')
    to.mkdir(parents=True, exist_ok=True)
    (to / "index.html").write_text(home.read_text("utf-8").replace("</body>", hidden), "utf-8")


def certificates(plan):
    """What the authority has to issue for sites: file -> (names, kind)."""
    wanted = {}
    for d in plan.domains.values():
        kind = d["site"].get("certificate", "good")
        if kind == "none" or d["site"].get("hostile") or not is_served(d):
            continue
        names = [d["name"], f"www.{d['name']}", *d["site"].get("tenants", [])]
        wanted.setdefault(d["papers"], ([], "good" if kind == "shared" else kind))[0].extend(names)
    return wanted


def is_served(domain):
    """False: nothing listens there."""
    return domain["web"].startswith("203.0.113.") and domain["web"] != "203.0.113.250"


def write(plan, place, folder, authority, written):
    """Folders of those sites that are not as `written` (by name) says, and nginx.conf: its path."""
    served = [d for d in plan.domains.values() if is_served(d) and not d["site"].get("hostile")]
    (folder / "temp").mkdir(parents=True, exist_ok=True)
    blocks = []
    for d in served:
        if written.get(d["name"]) != (d["site"], d["capture"]):
            write_site(plan, d, folder / d["name"])
            written[d["name"]] = (d["site"], d["capture"])
        blocks.append(server_block(plan, place, d, folder / d["name"], authority))
        for tenant in d["site"].get("tenants", []):
            blocks.append(block(place, d, [tenant], authority,
                                f"root {folder / d['name'] / tenant};"))
    addresses = sorted({d["web"] for d in served})
    nobody = [f"listen {place.address(a)}:{place.port(80)} default_server;" for a in addresses]
    geo = "\n".join(f"        {place.net(v['net'])} {c};" for c, v in plan.vantages.items())
    conf = folder / "nginx.conf"
    conf.write_text(f"""user root;
worker_processes 1;
worker_shutdown_timeout 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    types {{
        text/html html;
        image/png png ico;
        image/jpeg jpg;
        text/css css;
    }}
    default_type application/octet-stream;
    server_names_hash_bucket_size 128;
    variables_hash_max_size 4096;
    variables_hash_bucket_size 128;
    client_body_temp_path {folder}/temp;
    proxy_temp_path {folder}/temp;
    fastcgi_temp_path {folder}/temp;
    uwsgi_temp_path {folder}/temp;
    scgi_temp_path {folder}/temp;
    log_format seen escape=json '{{"at":$msec,"from":"$remote_addr","site":"$host","scheme":'
        '"$scheme","url":"$request_uri","status":$status,"method":"$request_method",'
        '"referer":"$http_referer","agent":"$http_user_agent"}}';
    access_log {folder.parent}/log/sites.jsonl seen;
    ssl_session_cache shared:tls:1m;
    geo $country {{
        default ZZ;
{geo}
    }}
    map $http_referer $arrival {{
        default direct;
        ~^https://www\\.google\\. search;
    }}
    server {{
        {' '.join(nobody)}
        location = /serial {{ access_log off; return 200 {plan.serial}; }}
        location / {{ return 404; }}
    }}
{''.join(blocks)}}}
""")
    return conf


def server_block(plan, place, domain, folder, authority):
    site = domain["site"]
    names = [domain["name"], f"www.{domain['name']}"]
    lines = []
    root = folder / "main"
    if site.get("cloak"):
        lines += [f"set $root {folder}/shut;",
                  f'if ($country = {site["cloak"]}) {{ set $root {folder}/main; }}', "root $root;"]
        # Outside, every address of the shop shows the same page.
        lines.append(f'error_page 404 = @else; location @else {{ if ($country != {site["cloak"]}) '
                     '{ rewrite ^ /index.html break; } return 404; }')
    elif site.get("hacked"):
        lines += [f"root {root};", f"set $home {root};",
                  f"if ($arrival = search) {{ set $home {folder}/search; }}",
                  "location = / { rewrite ^ /index.html last; }",
                  "location = /index.html { root $home; }"]
    else:
        lines.append(f"root {root};")
    basket = site.get("basket")
    if basket:
        target = f"https://{basket}/cart/?from={domain['name']}"
        here = f'if ($country = {site["cloak"]}) {{ return 302 {target}; }}'
        if basket != domain["name"]:
            lines.append(f"location = /cart/ {{ {here} }}")
        lines.append(f"location = /go.php {{ {here} return 404; }}")
    return block(place, domain, names, authority, "\n        ".join(lines))


def block(place, domain, names, authority, inner):
    address = place.address(domain["web"])
    listen = f"listen {address}:{place.port(80)};"
    if domain["site"].get("certificate") != "none":
        certificate, key = authority.paths(domain["papers"])
        listen += (f" listen {address}:{place.port(443)} ssl; ssl_certificate {certificate}; "
                   f"ssl_certificate_key {key};")
    return f"""    server {{
        server_name {' '.join(names)};
        {listen}
        {inner}
    }}
"""


def zeros_gzip():
    """2 GiB of zeros as gzip, in 2 MB: one block of deflate, flushed to a byte, over and over."""
    chunk = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(bytes(chunk)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return (head + first * (ZEROS // chunk) + last
            + struct.pack("<II", ZEROS_CRC, ZEROS & 0xFFFFFFFF))
