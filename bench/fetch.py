#!/usr/bin/python3
"""Pages fetched a second: bench_fetch beside wget --warc-file and curl --parallel.

usage: bench/fetch.py BENCH_FETCH [HOSTS [PAGES [ROUNDS]]]        default: 1000 5 5

  site    nginx with one worker on loopback, an address of 127.1.0.0/16 for each host, on each
          PAGES different pages of 10 KB; a folder under /tmp holds them and all that is written
  ours    asks for hN.example, which it resolves by Knot DNS; without an archive and, where the
          program has one, with it (gzip members, digests, index and manifests)
  wget    asks for addresses, which it need not resolve; as many processes as gave its best figure
          in a round before, each with a WARC file of its own and connections kept
  curl    the same addresses, one process, as many transfers at once as gave its best figure,
          bare bodies into one file each

All are run in turns; printed are medians over the rounds, and the median of the rounds' ratios, by
the clock and by the processor time of the fetching processes. The second tells more where other
work runs.
"""

import os
import random
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = 10 * 1024
WORDS = """pharmacy order tablet price shipping doctor prescription licence contact cart secure
payment customer service generic brand dose package insert delivery country return policy""".split()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def address(host):
    return f"127.1.{host // 250}.{host % 250 + 1}"


def wait_for(host, port):
    for _ in range(200):
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"fetch.py: nothing answers at {host}:{port}")


def make_pages(www, hosts, pages):
    draw = random.Random(6)
    for host in range(hosts):
        folder = www / address(host)
        folder.mkdir(parents=True)
        for page in range(pages):
            text = f"<!doctype html><title>{host}/{page}</title><p>"
            while len(text) < PAGE:
                text += " ".join(draw.choices(WORDS, k=20)) + f" {draw.random()}<p>"
            (folder / f"p{page}.html").write_text(text[:PAGE])


def start_nginx(base, hosts, port):
    listens = "\n".join(f"listen {address(h)}:{port};" for h in range(hosts))
    (base / "nginx.conf").write_text(f"""
worker_processes 1; worker_rlimit_nofile 20000; pid {base}/nginx.pid; error_log {base}/nginx.log;
daemon off; user root;
events {{ worker_connections 10000; }}
http {{ access_log off; types {{ text/html html; }} sendfile on; tcp_nopush on;
keepalive_requests 100000;
client_body_temp_path {base}/t1; proxy_temp_path {base}/t2; fastcgi_temp_path {base}/t3;
uwsgi_temp_path {base}/t4; scgi_temp_path {base}/t5;
server {{ {listens} root {base}/www/$server_addr; }} }}
""")
    process = subprocess.Popen(["nginx", "-c", base / "nginx.conf", "-p", base],
                               stderr=subprocess.DEVNULL)
    wait_for(address(0), port)
    return process


def start_knot(base, hosts, port):
    names = "\n".join(f"h{h} 300 A {address(h)}" for h in range(hosts))
    (base / "example.zone").write_text(f"@ 300 SOA ns.example. x.example. 1 1 1 1 300\n"
                                       f"@ 300 NS ns.example.\nns 300 A 127.0.0.1\n{names}\n")
    (base / "knot.conf").write_text(f"""
server:
    rundir: "{base}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{base}"
log:
  - target: stderr
    any: error
zone:
  - domain: example
    file: "{base}/example.zone"
""")
    process = subprocess.Popen(["knotd", "-c", base / "knot.conf"], stdout=subprocess.DEVNULL)
    wait_for("127.0.0.1", port)
    return process


def timed(commands, **more):
    begun = time.perf_counter()
    processes = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
                 for c in commands]
    for p in processes:
        _, text = p.communicate()
        if p.returncode != 0:
            sys.exit(f"fetch.py: {p.args[0]} failed: {text.decode()[-500:]}")
    return time.perf_counter() - begun


class Stage:
    def __init__(self, base, program, hosts, pages):
        self.base, self.program, self.hosts, self.pages = base, program, hosts, pages
        self.port, self.dns = free_port(), free_port()
        self.folders = 0
        make_pages(base / "www", hosts, pages)
        (base / "names").write_text("".join(
            f"http://h{h}.example:{self.port}/p{p}.html\n"
            for h in range(hosts) for p in range(pages)))

    def fresh(self, name):
        """A new one each time, taken away at the end: ext4 looks for inodes at length where many
        files were removed in the seconds before, which would be held against the next."""
        self.folders += 1
        folder = self.base / f"{name}{self.folders}"
        folder.mkdir()
        return folder

    def urls(self, hosts):
        return [f"http://{address(h)}:{self.port}/p{p}.html"
                for h in hosts for p in range(self.pages)]

    def ours(self, in_flight, archive=False):
        args = [str(self.program), "pages", f"127.0.0.1:{self.dns}", str(self.base / "names"),
                str(in_flight)]
        if archive:
            args.append(str(self.fresh("archive") / "a"))
        begun = time.perf_counter()
        done = subprocess.run(args, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
        want = f"{self.hosts * self.pages} pages 0 faults"
        if done.returncode != 0 or not done.stdout.startswith(want):
            sys.exit(f"fetch.py: {done.stdout}{done.stderr}")
        return seconds

    def has_archive(self):
        args = [str(self.program), "pages", f"127.0.0.1:{self.dns}", str(self.base / "names"), "9",
                str(self.fresh("archive") / "a")]
        done = subprocess.run(args, capture_output=True, text=True)
        return "without the archive" not in done.stderr

    def wget(self, processes):
        folder = self.fresh("wget")
        commands = []
        for n in range(processes):
            urls = folder / f"urls{n}"
            urls.write_text("\n".join(self.urls(range(n, self.hosts, processes))) + "\n")
            commands.append(["wget", "-q", "--no-config", "--no-proxy", "-O", "/dev/null",
                             "-i", urls, f"--warc-file={folder}/w{n}"])
        return timed(commands, cwd=folder)

    def curl(self, at_once):
        folder = self.fresh("curl")
        config = folder / "config"
        config.write_text("".join(f'url = "{u}"\noutput = "{folder}/{i}"\n'
                                  for i, u in enumerate(self.urls(range(self.hosts)))))
        return timed([["curl", "-q", "-sS", "--noproxy", "*", "--parallel", "--parallel-immediate",
                       "--parallel-max", str(at_once), "-K", config]])


def best(run, choices):
    return min((run(n), n) for n in choices)[1]


def processor():
    """Seconds of the children that were waited for: the servers are not among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped also then
    program = Path(sys.argv[1]).resolve()
    hosts, pages, rounds = (list(map(int, sys.argv[2:])) + [1000, 5, 5][len(sys.argv) - 2:])[:3]
    base = Path(tempfile.mkdtemp(prefix="assay-bench-"))
    servers = []
    try:
        stage = Stage(base, program, hosts, pages)
        servers = [start_nginx(base, hosts, stage.port), start_knot(base, hosts, stage.dns)]
        processes = best(stage.wget, [1, 2, 4, 8])
        at_once = best(stage.curl, [10, 50, 150])
        in_flight = best(stage.ours, [100, 300, 1000])
        runs = {"ours": lambda: stage.ours(in_flight),
                f"wget x {processes}": lambda: stage.wget(processes),
                f"curl, {at_once} at once": lambda: stage.curl(at_once)}
        if stage.has_archive():
            runs["ours, archive"] = lambda: stage.ours(in_flight, True)
        clock, cpu = {name: [] for name in runs}, {name: [] for name in runs}
        for _ in range(rounds):
            for name, run in runs.items():
                before = processor()
                clock[name].append(run())
                cpu[name].append(processor() - before)
        total = hosts * pages
        print(f"{total} pages of {hosts} hosts, {rounds} rounds, {in_flight} in flight, "
              f"load {os.getloadavg()[0]:.1f}")
        for name in runs:
            line = (f"{name:20} {total / statistics.median(clock[name]):7.0f} pages/s "
                    f"{statistics.median(cpu[name]) / total * 1e6:6.0f} us of processor a page")
            for mine in ("ours", "ours, archive"):
                if mine in runs and not name.startswith("ours"):
                    ratio = [statistics.median(b / a for a, b in zip(s[mine], s[name]))
                             for s in (clock, cpu)]
                    line += f"; {mine}: {ratio[0]:.2f} times, by processor {ratio[1]:.2f}"
            print(line)
    finally:
        for p in servers:
            p.send_signal(signal.SIGTERM)
            p.wait()
        shutil.rmtree(base)


main()
