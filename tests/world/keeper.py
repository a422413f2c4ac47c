"""The first process of a world: sets up its network, starts its servers, and ends them.

    keeper.py FOLDER     as world.py starts it, in namespaces of its own. Reads FOLDER/keeper.json:
                         addresses (to put on lo; none outside of a namespace), resolv (a file to
                         stand for /etc/resolv.conf, or null), daemons (name, args, wait, listens)

Standard input takes one request a line and standard output gives one answer a line, both JSON:
{"do": "signal", "name": N, "signal": S}, {"do": "pids"}, {"do": "stop"}. The end of standard input
is a stop too, so nothing outlives whoever holds the other end; and as it is the first process of its
namespace of processes, the kernel ends all others with it."""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
READY_S, STOP_S = 30, 5


def say(**words):
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def network(addresses, resolv):
    batch = "link set lo up\n" + "".join(f"addr add {a}/32 dev lo\n" for a in addresses)
    subprocess.run(["ip", "-batch", "-"], input=batch.encode(), check=True)
    if resolv:
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        subprocess.run(["mount", "--bind", resolv, os.path.realpath("/etc/resolv.conf")], check=True)


def listens(address, port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex((address, port)) == 0


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Keeper:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.settings = json.loads((self.folder / "keeper.json").read_text())
        self.running = {}

    def start(self):
        if self.settings["addresses"]:
            network(self.settings["addresses"], self.settings["resolv"])
        for daemon in self.settings["daemons"]:
            log = open(self.folder / "log" / f"{daemon['name']}.log", "ab")
            self.running[daemon["name"]] = subprocess.Popen(
                daemon["args"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent)
            log.close()
        end = time.monotonic() + READY_S
        for daemon in self.settings["daemons"]:
            self.wait(daemon, end)

    def wait(self, daemon, end):
        """Until the daemon has touched its file, and takes connections where it should."""
        process, name = self.running[daemon["name"]], daemon["name"]
        left = [tuple(x) for x in daemon["listens"]]
        ready = daemon.get("ready")
        while left or ready:
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}: {self.tail(name)}")
            if time.monotonic() > end:
                raise RuntimeError(f"{name} is not there: {ready or left}: {self.tail(name)}")
            if ready and os.path.exists(ready):
                ready = None
            left = [x for x in left if not listens(*x)]
            if left or ready:
                time.sleep(0.02)

    def tail(self, name):
        return (self.folder / "log" / f"{name}.log").read_text("utf-8", "replace")[-1500:]

    def serve(self):
        """Requests, one a line, until stop or the end of input."""
        buffered = b""
        while True:
            select.select([0], [], [])
            data = os.read(0, 65536)
            if not data:
                return
            *lines, buffered = (buffered + data).split(b"\n")
            for line in lines:
                asked = json.loads(line)
                if asked["do"] == "stop":
                    return
                if asked["do"] == "signal":
                    self.running[asked["name"]].send_signal(asked["signal"])
                say(ok=True, alive=[n for n, p in self.running.items() if p.poll() is None])

    def stop(self):
        """Ask each to end, then make it. Returns exit codes by name."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        end, codes = time.monotonic() + STOP_S, {}
        for name, process in self.running.items():
            try:
                codes[name] = process.wait(max(0.05, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        return codes


def main(folder):
    for s in (signal.SIGINT, signal.SIGHUP):
        signal.signal(s, signal.SIG_IGN)  # of the terminal: who started us says when to stop
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keeper = Keeper(folder)
    try:
        keeper.start()
    except Exception as e:
        keeper.stop()
        say(error=str(e))
        return 1
    try:
        # /proc is the outer one's, in which this process has the number that others can use.
        say(ready=True, pid=int(os.readlink("/proc/self")))
        keeper.serve()
    finally:
        codes = keeper.stop()
    try:
        say(stopped=codes)
    except BrokenPipeError:
        pass  # whoever started us is gone
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
