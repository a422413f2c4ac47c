"""A private PostgreSQL server for a test, and a network to it that can be cut."""

import os
import socket
import subprocess
import threading
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "postgres.sh"


def installed():
    return Path("/usr/lib/postgresql/15/bin/initdb").exists()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    """On a socket and on 127.0.0.1; it ends with this process at the latest."""

    def __init__(self):
        self.port, self.schemas = free_port(), 0
        done = subprocess.run([SCRIPT, "start", str(os.getpid()), str(self.port)],
                              stdout=subprocess.PIPE, check=True, timeout=120)
        self.folder = done.stdout.decode().strip()

    def control(self, verb):
        subprocess.run([SCRIPT, verb, self.folder], check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def conninfo(self, host=None, port=None, user="assay", more="", settings=""):
        """To a schema that nobody has, unless `more` names one."""
        self.schemas += 1
        schema = more or f"search_path=e{self.schemas}"
        return (f"host={host or self.folder} port={port or self.port} user={user} "
                f"dbname=postgres options='{settings} -c {schema}'")

    def sql(self, statement, conninfo=None):
        done = subprocess.run(["psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-d",
                               conninfo or self.conninfo(), "-c", statement],
                              capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return [line.split("|") for line in done.stdout.decode().splitlines()]


class Network:
    """Forwards connections of 127.0.0.1 to another port, until it is cut: then it swallows what
    comes, and both ends think that the other is there."""

    def __init__(self, to):
        self.to, self.cut, self.passed = to, False, 0
        self.starting = 0  # so many connections are answered as by a server that starts up
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if self.starting:
                self.starting -= 1
                near.recv(65536)
                told = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
                near.sendall(b"E" + (len(told) + 4).to_bytes(4, "big") + told)
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.to))
            self.open += [near, far]
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(a, b), daemon=True).start()

    def _pass(self, a, b):
        try:
            while data := a.recv(65536):
                self.passed += len(data)
                if not self.cut:
                    b.sendall(data)
        except OSError:
            pass
        if not self.cut:
            for s in (a, b):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        for s in (self.listener, *self.open):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
