"""The mail servers of the abuse desks: one process, one address a party.

    desks.py FOLDER [answer]   what came lies in FOLDER/mail/DESK/NNNN.eml, with NNNN.json beside it: from,
                         to, when, over TLS or not, by which client; every try is in log/smtp.jsonl

A desk behaves as FOLDER/plan.json says; SIGHUP reads that again. With "answer" it answers as well: the
texts of answers.py that world.yaml names, to the sender, by the mail server of the sender's domain."""

import asyncio
import json
import signal
import ssl
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP

import answers
from plan import Place, Plan

# What a desk says to RCPT before it takes anything.
REFUSALS = {"bounce": "550 5.1.1 no such mailbox here", "full": "452 4.2.2 mailbox is full"}


class Desk:
    def __init__(self, folder, mail, behaviour, reply=None):
        self.mail, self.behaviour, self.seen = mail, behaviour, set()
        self.reply = reply
        self.log = open(folder / "log" / "smtp.jsonl", "a", buffering=1, encoding="utf-8")
        self.box = folder / "mail" / mail
        self.box.mkdir(parents=True, exist_ok=True)

    def put(self, verb, session, envelope, answer):
        self.log.write(json.dumps({"at": time.time(), "desk": self.mail, "verb": verb,
                                   "peer": session.peer[0], "from": envelope.mail_from,
                                   "answer": answer}) + "\n")
        return answer

    def refusal(self, session, envelope, address):
        """A greylisting server knows a triple: client, sender and recipient."""
        if address.lower() != self.mail:
            return "550 5.1.1 no such mailbox here"
        if self.behaviour == "greylist":
            triple = (session.peer[0], envelope.mail_from, address.lower())
            if triple not in self.seen:
                self.seen.add(triple)
                return "451 4.7.1 greylisted, come again"
        return REFUSALS.get(self.behaviour)

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.refusal(session, envelope, address)
        if refusal:
            return self.put("RCPT", session, envelope, refusal)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        number = len(list(self.box.glob("*.eml"))) + 1
        about = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "at": time.time(),
                 "peer": session.peer[0], "tls": session.ssl is not None, "helo": session.host_name}
        (self.box / f"{number:04d}.json").write_text(json.dumps(about))
        part = self.box / f"{number:04d}.part"
        part.write_bytes(envelope.content)
        part.rename(part.with_suffix(".eml"))
        if self.reply and envelope.mail_from:
            asyncio.get_running_loop().run_in_executor(
                None, self.reply, self.mail, envelope.mail_from, envelope.content, number)
        return self.put("DATA", session, envelope, f"250 2.0.0 Ok: queued as {number:04d}")


class Mute(asyncio.Protocol):
    """Takes a connection and says nothing."""


async def main(folder, answering=False):
    folder = Path(folder)
    settings = json.loads((folder / "place.json").read_text())
    place = Place(settings["second"], settings["base"])
    plan = Plan.load(folder / "plan.json")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca" / "mx.pem", folder / "ca" / "mx.key")
    loop, done, desks = asyncio.get_running_loop(), asyncio.Event(), {}
    reply = answers.Answering(plan, place) if answering else None
    for mail, (address, behaviour) in plan.desks().items():
        desk = desks[mail] = Desk(folder, mail, behaviour, reply)

        def factory(desk=desk):
            if desk.behaviour == "hang":
                return Mute()
            return SMTP(desk, hostname=f"mx.{desk.mail.split('@')[1]}", tls_context=context, loop=loop)
        await loop.create_server(factory, place.address(address), place.port(25))

    def say_ready(plan):
        (folder / "desks.part").write_text(str(plan.serial))
        (folder / "desks.part").rename(folder / "desks.ready")

    def reload():
        plan = Plan.load(folder / "plan.json")
        for mail, (_, behaviour) in plan.desks().items():
            desks[mail].behaviour = behaviour
        say_ready(plan)
    loop.add_signal_handler(signal.SIGHUP, reload)
    loop.add_signal_handler(signal.SIGTERM, done.set)
    say_ready(plan)
    await done.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], "answer" in sys.argv[2:]))
