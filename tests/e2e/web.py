"""Servers to be probed, and a client that sends bytes as they are."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ASSAY_BUILD", ROOT / "build-test"))


class ProbeServer:
    """tests/sys/http_probe_server.c as a process; limits are its NAME=NUMBER arguments."""

    def __init__(self, **limits):
        words = [f"{name}={value}" for name, value in limits.items()]
        self.process = subprocess.Popen([BUILD / "tests" / "http_probe_server", *words],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self):
        """End it; fails when it says anything (a sanitizer, the library) or does not end well."""
        out, err = self.process.communicate(timeout=30)
        assert (out, err, self.process.returncode) == (b"stopped\n", b"", 0), (out, err)

    def rss_kib(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.stop()
        else:
            self.process.kill()
            self.process.wait()


class Process:
    """Another server, ended by its id; serves when its port answers."""

    def __init__(self, words, port, **kwargs):
        assert shutil.which(words[0]), f"{words[0]} is missing (tools/packages.sh)"
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, **kwargs)
        self.port = port
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, f"{words[0]} has ended"
                assert time.monotonic() < until, f"{words[0]} does not answer"
                time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connect(port, timeout=5, source=None):
    s = socket.create_connection(("127.0.0.1", port), timeout,
                                 source_address=(source, 0) if source else None)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def read_all(s, quiet):
    """(bytes, how): until the peer closes ("closed"), resets ("reset") or is quiet ("open")."""
    s.settimeout(quiet)
    got = b""
    try:
        while True:
            part = s.recv(1 << 16)
            if not part:
                return got, "closed"
            got += part
    except TimeoutError:
        return got, "open"
    except ConnectionError:
        return got, "reset"


def split_answers(got):
    """[(status, fields, body)] of the answers in a stream; a stray rest has the status None."""
    answers = []
    while got:
        head, found, rest = got.partition(b"\r\n\r\n")
        match = re.match(rb"HTTP/1\.[01] (\d{3})", head)
        if not found or not match:
            answers.append((None, {}, got))
            break
        lines = [line.split(b":", 1) for line in head.split(b"\r\n")[1:]]
        fields = {name.decode().lower(): value.strip().decode() for name, value in lines}
        status, body = int(match[1]), b""
        if fields.get("transfer-encoding") == "chunked":
            while rest:
                size, _, rest = rest.partition(b"\r\n")
                n = int(size, 16)
                body, rest = body + rest[:n], rest[n + 2:]
                if n == 0:
                    break
        elif "content-length" in fields:
            n = int(fields["content-length"])
            body, rest = rest[:n], rest[n:]
        elif status >= 200:
            body, rest = rest, b""
        answers.append((status, fields, body))
        got = rest
    return answers


def get(port, target, method="GET", fields=(), body=b"", timeout=5):
    """One request on its own connection: (status, fields, body)."""
    lines = [f"{method} {target} HTTP/1.1", "Host: a.example", "Connection: close", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    with connect(port, timeout) as s:
        s.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        got, _ = read_all(s, timeout)
    answers = [a for a in split_answers(got) if a[0] != 100]
    assert len(answers) == 1, got[:500]
    return answers[0]
