"""A miniature Internet for tests and developers: see README.md.

    with World() as w:
        done = w.run(["curl", "https://himawari-kusuribin.example/"])
        w.step("suspend")

    /usr/bin/python3 tests/world/world.py start|shell|run COMMAND...|step NAME|steps|stop
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import hostile  # noqa: E402
import post  # noqa: E402
import registration  # noqa: E402
import settings  # noqa: E402
import sites  # noqa: E402
import zones  # noqa: E402
from authority import Authority  # noqa: E402
from plan import HERE, PROXY_PORT, Place, Plan  # noqa: E402

class Unavailable(Exception):
    """This machine cannot hold a world; why."""


def namespaces():
    """The command that gives a process a network of its own, or None where that is forbidden."""
    how = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]
    for more in ([], ["--user", "--map-root-user"]):
        command = [how[0], *more, *how[1:]]
        if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return None


def loopback_place():
    """Addresses of 127.0.0.0/8 of which the world's own ports are free."""
    for second in range(64 + os.getpid() % 100, 240):
        try:
            for port in (53, 80):
                with socket.socket() as s:
                    s.bind((f"127.{second}.100.53", port))
            return Place(second)
        except PermissionError as e:
            raise Unavailable("neither a network namespace nor the ports 53, 80 and 443 of loopback "
                              "are allowed to this user") from e
        except OSError:
            continue  # another world has them
    raise Unavailable("no free addresses in 127.0.0.0/8")


class World:
    """start() to stop(); .inside is what stands before a command that shall run in it.

    namespace  False: on loopback addresses of this machine, as where namespaces are forbidden
    folder     to make it in; None: a new one. Short, since sockets lie in it
    keep       leave the folder behind
    mail       with the notice desk's mail server, and desks that answer; Unavailable where it cannot be
    """

    def __init__(self, namespace=True, folder=None, keep=False, mail=False):
        self.plan, self.folder = Plan(), folder
        self.keep, self.keeper, self.inside, self.network = keep, None, [], None
        self.session = None
        self.namespace = namespaces() if namespace else None
        self.has_mail = mail
        if mail and post.missing(self.namespace):
            raise Unavailable(post.missing(self.namespace))
        self.place = Place() if self.namespace else loopback_place()
        self.written = {}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()

    # Starting and stopping

    def start(self):
        if self.folder:
            self.folder.mkdir()
        else:
            self.folder = Path(tempfile.mkdtemp(prefix="world-"))
        try:
            self._write_all()
            self._keep()
        except BaseException:
            self.stop()
            raise

    def _write_all(self):
        f = self.folder
        (f / "log").mkdir()
        authority = Authority(f / "ca")
        served = ["data.iana.test"]
        served += [f"rdap.nic.{t}" for t, r in self.plan.registries.items() if r.get("rdap")]
        served += [f"rdap.{r['host']}" for r in self.plan.registrars.values() if r.get("rdap")]
        wanted = {n: ([n], "good") for n in served}
        wanted["mx"] = ([n for n in self.plan.services() if n.startswith("mx.")], "good")
        wanted |= sites.certificates(self.plan) | hostile.certificates(self.plan)
        authority.issue_all(wanted)
        self.authority = authority
        (f / "place.json").write_text(json.dumps(vars(self.place)))
        self.plan.save(f / "plan.json")
        self.config(f / "assay.yaml")
        confs = zones.write(self.plan, self.place, f / "dns")
        nginx = sites.write(self.plan, self.place, f / "sites", authority,
                            self.written)
        resolv = f / "resolv.conf"
        resolv.write_text(f"nameserver {self.place.address(self.plan.resolver)}\noptions timeout:2\n")
        (f / "keeper.json").write_text(json.dumps({
            "addresses": self.plan.addresses() if self.namespace else [],
            "resolv": str(resolv) if self.namespace else None,
            "daemons": self._daemons(confs, nginx)}))

    def _daemons(self, confs, nginx):
        place, plan, f = self.place, self.plan, self.folder
        out = []

        def daemon(name, args, listens=(), ready=None):
            out.append({"name": name, "args": [str(a) for a in args], "ready": ready and str(ready),
                        "listens": [[place.address(a), place.port(p)] for a, p in listens]})

        daemon("root", ["knotd", "-c", confs["root"]], [(plan.root["address"], 53)])
        daemon("tld", ["knotd", "-c", confs["tld"]],
               [(r["address"], 53) for r in plan.registries.values()])
        daemon("hosting", ["knotd", "-c", confs["hosting"]],
               [(a, 53) for h in plan.hosts.values() for a in h["address"]])
        daemon("resolver", ["unbound", "-c", confs["resolver"]], [(plan.resolver, 53)])
        daemon("nginx", ["nginx", "-e", "stderr", "-c", nginx], [("203.0.113.20", 443)])
        daemon("servers", [sys.executable, HERE / "servers.py", f], ready=f / "servers.ready")
        daemon("desks", [sys.executable, HERE / "desks.py", f, *(["answer"] if self.has_mail else [])],
               ready=f / "desks.ready")
        if self.has_mail:
            args, listens = post.write(plan, place, f / "post")
            daemon("post", args, listens)
        for country, v in plan.vantages.items():
            conf = f / f"proxy-{country}.conf"
            conf.write_text(f"Port {place.port(PROXY_PORT)}\nListen {place.address(v['address'])}\n"
                            f"Bind {place.address(v['address'])}\nTimeout 60\nMaxClients 200\n"
                            f"LogLevel Warning\nDisableViaHeader Yes\n")
            daemon(f"proxy-{country}", ["tinyproxy", "-d", "-c", conf], [(v["address"], PROXY_PORT)])
        return out

    def _keep(self):
        command = [*(self.namespace or []), sys.executable, HERE / "keeper.py", self.folder]
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1",
               "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}
        self.keeper = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, env=env, start_new_session=True)
        self.session = self.keeper.pid
        said = self._heard()
        if "error" in said:
            raise RuntimeError(f"the world did not start: {said['error']}")
        if self.namespace:
            user = ["--user", "--preserve-credentials"] if "--user" in self.namespace else []
            self.inside = ["nsenter", "--target", str(said["pid"]), *user, "--net", "--mount",
                           "--wd=."]
            self.network = os.readlink(f"/proc/{said['pid']}/ns/net")

    def _heard(self):
        line = self.keeper.stdout.readline()
        if not line:
            return {"error": f"the keeper ended with {self.keeper.wait()}"}
        return json.loads(line)

    def _ask(self, **words):
        self.keeper.stdin.write(json.dumps(words).encode() + b"\n")
        self.keeper.stdin.flush()
        return self._heard()

    def stop(self):
        """End every process, and say so: exit codes by daemon. Fails where one is left."""
        codes = {}
        if self.keeper:
            try:
                codes = self._ask(do="stop").get("stopped", {})
            except (BrokenPipeError, ValueError):
                pass  # it ended before; what is left is looked for below
            self.keeper.stdin.close()
            self.keeper.wait(30)
            self.keeper.stdout.close()
            self.keeper = None
            left = self.processes()
            assert not left, f"processes are left in the world: {left}"
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return codes

    def processes(self):
        """Numbers of all processes of the world: by its network, or by its keeper's session."""
        found = []
        for p in Path("/proc").iterdir():
            try:
                if not p.name.isdigit():
                    continue
                if self.network:
                    ours = os.readlink(p / "ns" / "net") == self.network
                else:
                    ours = int((p / "stat").read_text().rsplit(")", 1)[1].split()[3]) == self.session
                if ours:
                    found.append(int(p.name))
            except OSError:
                continue  # it ended meanwhile
        return found

    # What a test does with it

    def step(self, *names):
        """Let happen what world.yaml says under steps.NAME."""
        for name in names:
            self.plan.step(name, registration.timestamp())
        self.refresh()

    def refresh(self):
        """Bring all servers to what .plan says now; returns when they are there."""
        f = self.folder
        self.plan.serial += 1
        self.plan.save(f / "plan.json")
        zones.write(self.plan, self.place, f / "dns")
        sites.write(self.plan, self.place, f / "sites", self.authority, self.written)
        for server in ("servers", "desks", "nginx"):
            self._ask(do="signal", name=server, signal=signal.SIGHUP)
        for server in ("tld", "hosting"):
            self.run(["knotc", "-c", f / "dns" / server / "knot.conf", "-b", "zone-reload"], check=True)
        self._wait_for(lambda: (f / "servers.ready").read_text())
        self._wait_for(lambda: (f / "desks.ready").read_text())
        url = f"http://{self.place.address('203.0.113.20')}:{self.place.port(80)}/serial"
        self._wait_for(lambda: self.run(["curl", "-s", "-m", "5", url]).stdout.decode())
        self.run(["unbound-control", "-c", f / "dns" / "unbound.conf", "flush_zone", "."], check=True)

    def _wait_for(self, serial):
        end = time.monotonic() + 30
        while serial() != str(self.plan.serial):
            assert time.monotonic() < end, "a server does not take the new edition of the plan"
            time.sleep(0.01)

    def run(self, args, **how):
        """Run a command in the world; how: as of subprocess.run. Output is captured."""
        how.setdefault("env", self.environment())
        return subprocess.run([*self.inside, *map(str, args)], capture_output=True, **how)

    def environment(self):
        """Variables by which ordinary programs believe the world's certificates."""
        return {**os.environ, **self.changed_environment()}

    def changed_environment(self):
        ca = str(self.authority.certificate)
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        return {"PATH": path, "CURL_CA_BUNDLE": ca, "SSL_CERT_FILE": ca}

    def log(self, name):
        """Rows of log/NAME.jsonl: sites, rdap, whois, inner, smtp."""
        path = self.folder / "log" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def mail(self, desk):
        """Messages that a desk took: list of (about, bytes)."""
        box = self.folder / "mail" / desk
        return [(json.loads(p.with_suffix(".json").read_text()), p.read_bytes())
                for p in sorted(box.glob("*.eml"))]

    def mailbox(self):
        """The Maildir of the notice desk."""
        return self.folder / "post" / "mailbox"

    def received(self, n, seconds=30):
        """Wait until that many mails lie in it; answers them, as bytes, the oldest first."""
        end = time.monotonic() + seconds
        while len(found := sorted((self.mailbox() / "new").iterdir())) < n:
            assert time.monotonic() < end, f"{len(found)} mails of {n} came"
            time.sleep(0.05)
        return [p.read_bytes() for p in found]

    def config(self, path, only=None, **more):
        """Write an assay.yaml for this world at path, and vantages.yaml beside it: see settings.py."""
        settings.write(self.plan, self.place, Path(path), only, **more)


if __name__ == "__main__":
    from command import main
    sys.exit(main(sys.argv[1:]))
