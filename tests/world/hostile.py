"""Sites that mean harm to whoever visits, and a name server whose answers change."""

import asyncio
import struct

from plan import REBINDER
from sites import zeros_gzip

TYPES = {"A": 1, "NS": 2, "SOA": 6}


async def start(world):
    domains = {d["site"]["hostile"]: d for d in world.plan.domains.values() if d["site"].get("hostile")}
    zeros = zeros_gzip()
    for kind, domain in domains.items():
        site = SITES[kind](world.place, zeros)
        name, address = domain["name"], domain["web"]
        await world.listen(address, 80, site)
        secure = SECURE.get(kind, site)
        await world.listen(address, 443, secure, None if kind == "broken-tls" else world.tls(name))
    await start_rebinder(world, domains["rebind"])


async def request(reader):
    """The target of a request; None where none comes."""
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError):
        return None
    parts = head.split(b" ", 2)
    return parts[1].decode("latin-1") if len(parts) == 3 else None


def head(status="200 OK", *fields):
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *fields, "", ""]).encode()


def whole(body, *fields):
    """Always the same answer."""
    async def site(reader, writer):
        if await request(reader) is not None:
            writer.write(head("200 OK", "Content-Type: text/html; charset=utf-8",
                              f"Content-Length: {len(body)}", *fields) + body)
            await writer.drain()
    return site


def zeros(place, packed):
    """2 MB on the wire, 2 GiB unpacked, said to be a page."""
    return whole(packed, "Content-Encoding: gzip")


def drip(place, _):
    """A page that never ends, a line every half second: no silence is long enough to be a timeout."""
    async def site(reader, writer):
        if await request(reader) is None:
            return
        writer.write(head("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked"))
        while True:
            writer.write(b"5\r\n<br>\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.5)
    return site


def torrent(place, _):
    """A page that never ends, at some 5 MB/s: the other sites of this process want their turn too."""
    line = b"<p>Tramadol 50 mg, no prescription needed.</p>\n" * 1000
    chunk = b"%x\r\n%s\r\n" % (len(line), line)

    async def site(reader, writer):
        if await request(reader) is None:
            return
        writer.write(head("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked"))
        while True:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0.01)
    return site


def redirects(*targets):
    """Each path /N leads to the N-th target; / to the first."""
    async def site(reader, writer):
        target = await request(reader)
        if target is None:
            return
        digits = target.strip("/")
        n = int(digits) if digits.isdigit() else 0
        writer.write(head("302 Found", f"Location: {targets[n % len(targets)]}", "Content-Length: 0"))
        await writer.drain()
    return site


def to_loopback(place, _):
    return redirects("http://127.0.0.1/admin")


def to_inner(place, _):
    return redirects(f"https://{place.address('10.0.0.7')}/latest/meta-data/")


def carousel(place, _):
    """Each page leads to the next, for ever."""
    async def site(reader, writer):
        target = await request(reader)
        if target is None:
            return
        digits = target.strip("/")
        n = int(digits) + 1 if digits.isdigit() else 1
        writer.write(head("302 Found", f"Location: /{n}", "Content-Length: 0"))
        await writer.drain()
    return site


def header_flood(place, _):
    """Header fields without end."""
    async def site(reader, writer):
        if await request(reader) is None:
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
        field = b"X-Flood: " + b"a" * 1000 + b"\r\n"
        while True:
            writer.write(field * 64)
            await writer.drain()
            await asyncio.sleep(0.01)
    return site


def gibberish(place, _):
    async def site(reader, writer):
        if await request(reader) is not None:
            writer.write(bytes(range(128, 256)) * 8)
            await writer.drain()
    return site


def cut_short(place, _):
    """Promises more than it sends."""
    async def site(reader, writer):
        if await request(reader) is not None:
            writer.write(head("200 OK", "Content-Type: text/html", "Content-Length: 100000")
                         + b"<title>cut short</title><p>Sildenafil 100 mg, and then")
            await writer.drain()
    return site


def mute(place, _):
    """Takes the request and says nothing."""
    async def site(reader, writer):
        if await request(reader) is not None:
            await reader.read()
    return site


def abyss(place, _):
    """Elements within elements, 200,000 deep."""
    return whole(b"<!DOCTYPE html><title>abyss</title>" + b"<div>" * 200000 + b"deep")


def rebind(place, _):
    return whole(b"<!DOCTYPE html><title>rebind</title><p>The next answer for this name is another."
                 b'<p><a href="/contact/">Contact</a> <a href="/about/">About</a>')


async def not_tls(reader, writer):
    """Answers a ClientHello with a record that is none."""
    await reader.read(1)
    writer.write(b"\x16\x03\x03\x00\x04\x02\x00\x00\x01" + b"\xff" * 64)
    await writer.drain()


SITES = {"zeros": zeros, "drip": drip, "torrent": torrent, "to-loopback": to_loopback,
         "to-inner": to_inner, "carousel": carousel, "header-flood": header_flood,
         "gibberish": gibberish, "cut-short": cut_short, "mute": mute, "abyss": abyss,
         "rebind": rebind, "broken-tls": lambda place, _: whole(b"<title>no TLS here</title>")}
SECURE = {"broken-tls": not_tls}


def certificates(plan):
    return {d["name"]: ([d["name"]], "good") for d in plan.domains.values()
            if d["site"].get("hostile") not in (None, "broken-tls")}


class Rebinder(asyncio.DatagramProtocol):
    """Authoritative for one name: its address is the site's, then one within, and so on, TTL 0."""

    def __init__(self, name, addresses, own):
        self.name, self.addresses, self.own, self.count = name, addresses, own, 0

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, peer):
        if len(data) > 16:
            self.transport.sendto(self.answer(data), peer)

    def answer(self, query):
        labels, at = [], 12
        while at < len(query) and query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += 1 + query[at]
        question = query[12:at + 5]
        rrtype = struct.unpack(">H", query[at + 1:at + 3])[0]
        name = ".".join(labels)
        records = b""
        if rrtype == TYPES["A"] and name == self.name:
            address = self.addresses[self.count % len(self.addresses)]
            self.count += 1
            records = self.record(TYPES["A"], bytes(map(int, address.split("."))))
        elif rrtype == TYPES["A"] and name == f"ns.{self.name}":
            records = self.record(TYPES["A"], bytes(map(int, self.own.split("."))))
        elif rrtype == TYPES["NS"] and name == self.name:
            records = self.record(TYPES["NS"], b"\x02ns\xc0\x0c")
        flags = 0x8400 | (query[2] & 1) << 8
        return query[:2] + struct.pack(">HHHHH", flags, 1, 1 if records else 0, 0, 0) + question + records

    @staticmethod
    def record(rrtype, data):
        return b"\xc0\x0c" + struct.pack(">HHIH", rrtype, 1, 0, len(data)) + data


async def start_rebinder(world, domain):
    place, port = world.place, world.place.port(53)
    own = place.address(REBINDER)
    addresses = [place.address(domain["web"]), domain["rebinds"]]
    await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Rebinder(domain["name"], addresses, own), local_addr=(own, port))
