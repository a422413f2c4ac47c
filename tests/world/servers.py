"""Registries, registrars, IANA, sites that mean harm, and what must never be reached: one process.

    servers.py FOLDER    serves the plan in FOLDER/plan.json; SIGHUP reads it again

What was asked is in FOLDER/log/rdap.jsonl, whois.jsonl and inner.jsonl."""

import asyncio
import json
import signal
import ssl
import sys
import time
from pathlib import Path

import hostile
import registration
from plan import INNER, Place, Plan

HUGE = 48 << 20  # bytes of the RDAP answer that is far too long


class Log:
    def __init__(self, path):
        self.file = open(path, "a", buffering=1, encoding="utf-8")

    def put(self, **row):
        self.file.write(json.dumps({"at": time.time(), **row}) + "\n")


class Pace:
    """How often each address asked in the last second, and until when it is banned."""

    def __init__(self, requests, ban_s=0):
        self.requests, self.ban_s = requests, ban_s
        self.asked, self.banned = {}, {}

    def verdict(self, peer):
        """"ok", "busy" (the first too many) or "drop" (asked during the ban)."""
        now = time.monotonic()
        if now < self.banned.get(peer, 0):
            return "drop"
        recent = [t for t in self.asked.get(peer, []) if now - t < 1]
        self.asked[peer] = recent + [now]
        if len(recent) < self.requests:
            return "ok"
        if self.ban_s:
            self.banned[peer] = now + self.ban_s
        return "busy"


async def read_head(reader):
    """The request line and fields of one request, or None."""
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError):
        return None
    lines = head.decode("latin-1").split("\r\n")
    fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:] if line)}
    parts = lines[0].split(" ")
    return (parts[0], parts[1], fields) if len(parts) == 3 else None


async def close(writer):
    try:
        writer.close()
        await writer.wait_closed()
    except (OSError, ssl.SSLError):
        pass  # the other side was faster


class World:
    def __init__(self, folder):
        self.folder = Path(folder)
        settings = json.loads((self.folder / "place.json").read_text())
        self.place = Place(settings["second"], settings["base"])
        self.plan = Plan.load(self.folder / "plan.json")
        self.rdap_log = Log(self.folder / "log" / "rdap.jsonl")
        self.whois_log = Log(self.folder / "log" / "whois.jsonl")
        self.inner_log = Log(self.folder / "log" / "inner.jsonl")
        self.servers, self.tasks = [], set()

    def reload(self):
        self.plan = Plan.load(self.folder / "plan.json")
        self.say_ready()

    def say_ready(self):
        """Which edition of the plan is served."""
        part = self.folder / "servers.part"
        part.write_text(str(self.plan.serial))
        part.rename(self.folder / "servers.ready")

    async def listen(self, address, port, handler, context=None):
        async def guarded(reader, writer):
            task = asyncio.current_task()
            self.tasks.add(task)
            try:
                await handler(reader, writer)
            except (ConnectionError, ssl.SSLError, asyncio.CancelledError):
                pass  # visitors go away as they like
            finally:
                self.tasks.discard(task)
                await close(writer)

        self.servers.append(await asyncio.start_server(
            guarded, self.place.address(address), self.place.port(port), ssl=context))

    def tls(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "ca" / f"{name}.pem", self.folder / "ca" / f"{name}.key")
        return context

    async def start(self):
        plan = self.plan
        await self.listen(plan.iana["address"], 443, self.bootstrap, self.tls("data.iana.test"))
        await self.listen(plan.iana["address"], 43, self.whois("iana", None, None))
        for tld, r in plan.registries.items():
            if r.get("rdap"):
                await self.listen(r["address"], 443, self.rdap(f"rdap.nic.{tld}", None, tld, None),
                                  self.tls(f"rdap.nic.{tld}"))
            if r.get("whois"):
                pace = Pace(r["restricts"]) if "restricts" in r else None
                await self.listen(r["address"], 43, self.whois("registry", tld, pace))
        for key, r in plan.registrars.items():
            if r.get("rdap"):
                burst = r.get("burst")
                pace = Pace(burst["requests"], burst["retry_after_s"]) if burst else None
                await self.listen(r["address"], 443, self.rdap(f"rdap.{r['host']}", key, None, pace),
                                  self.tls(f"rdap.{r['host']}"))
            if r.get("whois"):
                pace = Pace(r["restricts"]) if "restricts" in r else None
                await self.listen(r["address"], 43, self.whois("registrar", key, pace))
        # Of a machine's own loopback only what nobody else uses: 127.0.0.1 is not the world's there.
        for address in INNER if self.place.second is None else INNER[1:]:
            for port in (80, 443):
                await self.listen(address, port, self.inner)
        await hostile.start(self)

    async def answer(self, writer, status, body, fields=()):
        if not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        reason = {200: "OK", 404: "Not Found", 429: "Too Many Requests"}[status]
        head = [f"HTTP/1.1 {status} {reason}", "Content-Type: application/rdap+json",
                f"Content-Length: {len(body)}", "Connection: close", *fields]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    async def bootstrap(self, reader, writer):
        asked = await read_head(reader)
        if not asked:
            return
        self.rdap_log.put(server="data.iana.test", peer=writer.get_extra_info("peername")[0],
                          path=asked[1], status=200)
        if asked[1] == "/rdap/dns.json":
            await self.answer(writer, 200, registration.bootstrap(self.plan))
        else:
            await self.answer(writer, 404, registration.rdap_missing())

    def rdap(self, server, registrar, tld, pace):
        async def handler(reader, writer):
            asked = await read_head(reader)
            if not asked:
                return
            peer = writer.get_extra_info("peername")[0]
            verdict = pace.verdict(peer) if pace else "ok"
            domain = self.wanted(asked[1], "/domain/", registrar, tld)
            status = {"ok": 200 if domain else 404, "busy": 429, "drop": 0}[verdict]
            self.rdap_log.put(server=server, peer=peer, path=asked[1], status=status)
            if verdict == "drop":
                return
            if verdict == "busy":
                await self.answer(writer, 429, {"errorCode": 429, "title": "Too many requests"},
                                  [f"Retry-After: {pace.ban_s}"])
            elif not domain:
                await self.answer(writer, 404, registration.rdap_missing())
            elif domain.get("rdap") == "huge" and registrar is None:
                await self.huge(writer, domain)
            else:
                await self.answer(writer, 200, registration.rdap(
                    self.plan, domain, registration.timestamp(), registrar))
        return handler

    def wanted(self, path, prefix, registrar, tld):
        """The domain that is asked for, where this server has it."""
        name = path[len(prefix):].split("?")[0].lower() if path.startswith(prefix) else ""
        domain = self.plan.domains.get(name)
        if not domain or domain.get("deleted"):
            return None
        ours = domain["registrar"] == registrar if registrar else name.endswith("." + tld)
        return domain if ours else None

    async def huge(self, writer, domain):
        """A true answer behind notices without end."""
        body = registration.rdap(self.plan, domain, registration.timestamp(), None)
        line = json.dumps("Terms, conditions and advice. " * 2000)
        start = b'{"notices":[{"title":"Terms","description":[' + line.encode()
        end = b"]}]," + json.dumps({k: v for k, v in body.items() if k != "notices"}).encode()[1:]
        n = HUGE // len(line)
        length = len(start) + n * (len(line) + 1) + len(end)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\nContent-Length: "
                     + str(length).encode() + b"\r\nConnection: close\r\n\r\n" + start)
        for _ in range(n):
            writer.write(b"," + line.encode())
            await writer.drain()
        writer.write(end)
        await writer.drain()

    def whois(self, kind, key, pace):
        async def handler(reader, writer):
            line = (await asyncio.wait_for(reader.readline(), 30)).decode("utf-8", "replace").strip()
            peer = writer.get_extra_info("peername")[0]
            busy = pace is not None and pace.verdict(peer) != "ok"
            self.whois_log.put(server=f"{kind}:{key}" if key else kind, peer=peer, line=line, busy=busy)
            if busy:
                text = "% Query rate limit exceeded. Try again later.\r\n"
            else:
                text = self.whois_text(kind, key, line)
            writer.write(text.encode("utf-8"))
            await writer.drain()
        return handler

    def whois_text(self, kind, key, line):
        now = registration.timestamp()
        name = line.split()[-1].lower() if line else ""
        if kind == "iana":
            return registration.whois_iana(self.plan, name)
        domain = self.wanted(name, "", key if kind == "registrar" else None, key)
        if not domain:
            return f'No match for "{name.upper()}".\r\n'
        return registration.whois(self.plan, domain, now, registry=kind == "registry")

    async def inner(self, reader, writer):
        """Nobody may come here: a router, a database, a metadata service."""
        peer, own = writer.get_extra_info("peername"), writer.get_extra_info("sockname")
        self.inner_log.put(peer=peer[0], to=own[0], port=own[1])
        if await read_head(reader):
            await self.answer(writer, 200, {"secret": "inner service"})


async def main(folder):
    world = World(folder)
    await world.start()
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, world.reload)
    loop.add_signal_handler(signal.SIGTERM, done.set)
    world.say_ready()
    await done.wait()
    for server in world.servers:
        server.close()
    for task in list(world.tasks):
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
