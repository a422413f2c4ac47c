"""World by hand: start, shell, run, step, steps, stop. A process in the background holds a started
world and hears of steps and of the end on a socket, FOLDER/control."""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from plan import Plan
from world import Unavailable, World

DEFAULT = Path(os.environ.get("TMPDIR", "/tmp")) / f"world-of-{os.getuid()}"


def ask(folder, **words):
    """One request to who holds the world, and the answer."""
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect(str(folder / "control"))
        except OSError as e:
            raise SystemExit(f"no world at {folder}: {e.strerror}; start one: world.py start")
        s.sendall(json.dumps(words).encode() + b"\n")
        answer = json.loads(s.makefile().readline() or '{"error": "it went away"}')
    if "error" in answer:
        raise SystemExit(answer["error"])
    return answer


def hold(world, listener):
    """Answer requests until one says stop, or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw") as f:
            asked = json.loads(f.readline() or "{}")
            answer = {"ok": True, "inside": world.inside, "environment": world.changed_environment()}
            if asked.get("do") == "stop":
                answer = {"stopped": world.stop()}
            elif asked.get("do") == "step":
                if asked["name"] in world.plan.steps:
                    world.step(asked["name"])
                else:
                    answer = {"error": f"no such step: {asked['name']}"}
            f.write(json.dumps(answer) + "\n")
        if "stopped" in answer:
            return


def start(folder):
    """Start a world at folder, held by a process in the background; returns when it is there."""
    if folder.exists():
        raise SystemExit(f"{folder} is there: a world may run in it (world.py stop), else remove it")
    out, into = os.pipe()
    if os.fork():
        os.close(into)
        with os.fdopen(out) as f:
            said = f.read()
        if said != "started":
            raise SystemExit(said or "the world did not start")
        return
    os.close(out)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)  # or whoever reads our output would wait for its end
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    world = World(folder=folder)
    said, code = "started", 0
    try:
        world.start()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "control"))
        listener.listen()
    except (Unavailable, RuntimeError, OSError) as e:
        said, code = str(e), 1
    os.write(into, said.encode())
    os.close(into)
    try:
        if code == 0:
            hold(world, listener)
    finally:
        world.stop()
        os._exit(code)


def enter(folder, command):
    """Run a command in the world, on this terminal; its exit code."""
    about = ask(folder, do="about")
    return subprocess.call([*about["inside"], *command], env={**os.environ, **about["environment"]})


def main(argv):
    p = argparse.ArgumentParser(prog="world.py", description="A miniature Internet (README.md).")
    p.add_argument("--at", type=Path, default=DEFAULT, metavar="FOLDER",
                   help="folder of the world (default %(default)s)")
    do = p.add_subparsers(dest="do", required=True)
    do.add_parser("start", help="start a world in the background")
    do.add_parser("shell", help="a shell in it")
    do.add_parser("run", help="a command in it").add_argument("command", nargs=argparse.REMAINDER)
    do.add_parser("step", help="let something happen").add_argument("name")
    do.add_parser("steps", help="what can happen")
    do.add_parser("stop", help="end it")
    a = p.parse_args(argv)
    if a.do == "start":
        start(a.at)
        print(f"a world at {a.at}: assay.yaml, vantages.yaml, log/, mail/, ca/ca.pem")
    elif a.do == "shell":
        return enter(a.at, [os.environ.get("SHELL", "/bin/sh")])
    elif a.do == "run":
        return enter(a.at, a.command)
    elif a.do == "step":
        ask(a.at, do="step", name=a.name)
    elif a.do == "steps":
        print("\n".join(Plan().steps))
    elif a.do == "stop":
        ask(a.at, do="stop")
    return 0
