"""A mail server for tests: aiosmtpd on a free loopback port, with answers that the test chooses."""

import socket
import ssl
import subprocess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Box:
    """What came, and what is answered: codes by address, else 250."""

    def __init__(self, recipients=None, data="250 2.0.0 Ok: queued as 4711", die=None):
        self.messages, self.recipients, self.asked = [], recipients or {}, []
        self.data, self.die = data, die

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        answer = self.recipients.get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        if self.die == "behind the message":
            server.transport.abort()
            return "250 never said"
        if self.data.startswith("2"):
            self.messages.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content,
                                  session.ssl is not None, session.host_name))
        return self.data


class Dying(SMTP):
    """Goes away when a message begins."""

    async def smtp_DATA(self, arg):
        await self.push("354 go on")
        self.transport.abort()


class Relay(Controller):
    """with Relay(box) as r: r.address is HOST:PORT"""

    def __init__(self, box, dying=False, **how):
        self.dying = dying
        super().__init__(box, hostname="127.0.0.1", port=0, **how)

    def factory(self):
        if self.dying:
            return Dying(self.handler, **self.SMTP_kwargs)
        return super().factory()

    def _trigger_server(self):
        """The first connection, which start() waits for: to the port that was given for 0."""
        self.number = self.server.sockets[0].getsockname()[1]
        with socket.create_connection(("127.0.0.1", self.number), timeout=10) as s:
            s.recv(100)

    def __enter__(self):
        self.start()
        self.address = f"127.0.0.1:{self.number}"
        return self

    def __exit__(self, *exc):
        self.stop()


def certificate(folder, name="127.0.0.1"):
    """A self-made certificate for an address: (certificate file, server context)."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=test", "-addext", f"subjectAltName=IP:{name}",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context
