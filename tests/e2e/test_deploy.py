"""doc/deploy/: nginx and Caddy, run with those very files, before a real assay serve.

Only names of folders, ports and the certificate are replaced, and each replacement must find what
it replaces. Everything is on loopback; every server is ended by its id."""

import http.client
import json
import os
import random
import re
import shutil
import socket
import ssl
import string
import subprocess
import threading
import time

import pytest
import web
from assay import EXAMPLES, ROOT, program, run_examples, table
from server import Server

DEPLOY = ROOT / "doc/deploy"
NAME = "assay.example"
LISTED = "tanpopo-import.example"
BODY_MAX = 1 << 20


def replaced(path, *pairs):
    text = (DEPLOY / path).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, f"{path} has no {old!r}: what the test replaces is gone"
        text = text.replace(old, str(new))
    return text


def need(tool):
    assert shutil.which(tool), f"{tool} is missing (tools/packages.sh)"


class Front:
    """A proxy with its folder. log: everything that it printed."""

    def __init__(self, kind, folder, assay):
        self.kind, self.folder, self.assay = kind, folder, assay
        self.port, self.plain = web.free_port(), web.free_port()
        self.cert, key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                        "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out", self.cert],
                       check=True, capture_output=True)
        words = getattr(self, kind)(key)
        self.log = open(folder / "output.log", "wb")
        self.process = web.Process(words, self.port, stdout=self.log, stderr=self.log, cwd=folder,
                                   env={"HOME": str(folder), "PATH": "/usr/sbin:/usr/bin",
                                        "XDG_DATA_HOME": str(folder / "data"),
                                        "XDG_CONFIG_HOME": str(folder / "config")})

    def nginx(self, key):
        need("nginx")
        for name in ("lib", "log"):
            (self.folder / name).mkdir()
        text = replaced(
            "nginx.conf", ("user www-data;", "user root;" if os.geteuid() == 0 else ""),
            ("/run/nginx.pid", self.folder / "nginx.pid"),
            ("/var/log/nginx", self.folder / "log"), ("/var/lib/nginx", self.folder / "lib"),
            ("\t\tlisten [::]:80;\n", ""), ("\t\tlisten [::]:443 ssl http2;\n", ""),
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("worker_processes auto;", "worker_processes 2;\ndaemon off;"),
            ("/etc/assay/tls/cert.pem", self.cert), ("/etc/assay/tls/key.pem", key),
            ("127.0.0.1:8080", f"127.0.0.1:{self.assay.port}"))
        (self.folder / "nginx.conf").write_text(text)
        return ["nginx", "-c", self.folder / "nginx.conf", "-e", self.folder / "log/start.log"]

    def caddy(self, key):
        need("caddy")
        text = replaced(
            "Caddyfile", ("http_port 80\n", f"http_port {self.plain}\n"),
            ("https_port 443", f"https_port {self.port}"),
            ("bind 0.0.0.0 [::]", "bind 127.0.0.1"),
            ("/etc/assay/tls/cert.pem", self.cert), ("/etc/assay/tls/key.pem", key),
            ("127.0.0.1:8080", f"127.0.0.1:{self.assay.port}"))
        (self.folder / "Caddyfile").write_text(text)
        return ["caddy", "run", "--config", self.folder / "Caddyfile", "--adapter", "caddyfile"]

    def socket(self):
        context = ssl.create_default_context(cafile=str(self.cert))
        context.set_alpn_protocols(["http/1.1"])
        return context.wrap_socket(web.connect(self.port), server_hostname=NAME)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(NAME, self.port, timeout=30)
        connection.sock = self.socket()
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            fields = {k.lower(): v for k, v in response.getheaders()}
            return response.status, fields, response.read()
        finally:
            connection.close()

    def raw(self, request):
        """The answers to bytes as they are."""
        with self.socket() as s:
            s.sendall(request)
            got, _ = web.read_all(s, 2)
        return [status for status, _, _ in web.split_answers(got)]

    def curl(self, path, *more):
        need("curl")
        return subprocess.run(
            ["curl", "-sS", "--max-time", "30", "--noproxy", "*", "--cacert", self.cert,
             "--resolve", f"{NAME}:{self.port}:127.0.0.1", *more, f"https://{NAME}:{self.port}{path}"],
            check=True, capture_output=True).stdout

    def stop(self):
        self.process.__exit__()
        self.log.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("deploy") / "var"
    run_examples(path)
    return path


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def front(request, store, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    with Server(store, log=folder / "serve.log") as assay:
        f = Front(request.param, folder, assay)
        yield f
        f.stop()


# ---- what goes through ----

@pytest.mark.parametrize("path, status", [
    ("/", 200), (f"/d/{LISTED}?for=JP", 200), ("/assets/assay.css", 200),
    (f"/v1/lookup?name={LISTED}", 200), ("/v1/lookup?name=unknown.example", 200),
    ("/v1/ledger/checkpoint", 200), ("/v1/ledger/key", 200), ("/v1/openapi.json", 200),
    ("/healthz", 200), (f"/search?q={LISTED}", 303),
    ("/v1/lookup", 400), ("/v1/lookup?name=a%20b", 400), ("/d/%zz", 400),
    ("/nowhere", 404), ("/v1/ledger/tile/0/999", 404), ("/d/" + "a" * 300, 400),
    ("/v1/ledger/tile/%2e%2e/key", 404),
])
def test_answers_are_assays_own(front, path, status):
    got, fields, body = front.ask("GET", path, headers={"Accept": "text/html"})
    direct = front.assay.get(path, Accept="text/html")
    if path == "/d/%zz" and got == 400 and body != direct.body:
        return  # nginx and Caddy refuse an escape that is none by themselves
    assert (got, body) == (direct.status, direct.body)
    assert got == status
    for field in ("content-type", "cache-control", "content-security-policy", "location", "etag",
                  "vary", "referrer-policy"):
        assert fields.get(field) == direct.headers.get(field), field


def test_addresses_within_addresses_go_through_as_they_are(front):
    for row in table(EXAMPLES / "expected.tsv"):
        if "/" in row["subject"]:
            path = "/d/" + row["subject"].replace("/", "%2F").replace(":", "%3A")
            assert front.ask("GET", path)[2] == front.assay.get(path).body
            return
    raise AssertionError("the examples have no address")


def test_every_tile_goes_through_twice(front, store):
    tiles = [p for p in (store / "ledger/tile").rglob("*") if p.is_file()]
    assert tiles
    for tile in tiles:
        path = f"/v1/ledger/{tile.relative_to(store / 'ledger')}"
        for _ in range(2):  # the second one from the cache, where there is one
            status, fields, body = front.ask("GET", path)
            assert (status, body) == (200, tile.read_bytes())
            assert "immutable" in fields["cache-control"]


def test_many_names_go_through(front):
    names = "\n".join([LISTED] + [f"n{i}.example" for i in range(5000)])
    status, _, body = front.ask("POST", "/v1/lookup?destination=JP", names,
                                {"Content-Type": "text/plain"})
    lines = [json.loads(line) for line in body.splitlines()]
    assert status == 200 and len(lines) == 5001
    assert [line["listed"] for line in lines] == [True] + [False] * 5000


def test_http_2_works(front):
    told = front.curl("/healthz", "--http2", "-w", "%{http_version} %{http_code}")
    assert told == b"ok\n2 200"
    lists = front.curl("/v1/lookup", "--http2", "-H", "Content-Type: text/plain", "--data-binary",
                       f"{LISTED}\nunknown.example", "-w", "%{http_version}")
    assert lists.splitlines()[-1] == b"2" and lists.count(b'"listed":true') == 1


def test_plain_http_is_sent_to_https(front):
    with web.connect(front.plain) as s:
        s.sendall(b"GET /d/x.example HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        got, _ = web.read_all(s, 2)
    [(status, fields, _)] = web.split_answers(got)
    assert (status, fields["location"]) == (308, f"https://{NAME}/d/x.example")


def test_what_is_for_those_who_run_it_stays_inside(front):
    for path in ("/metrics", "/%6detrics", "//metrics", "/./metrics", "/metrics?x"):
        status, _, body = front.ask("GET", path)
        assert b"assay_http" not in body and status in (301, 308, 404), path
    assert b"assay_http" in front.assay.get("/metrics").body


def test_no_field_is_added_that_says_what_serves(front):
    for path in ("/", "/metrics"):  # assay's answer, and the proxy's own
        _, fields, _ = front.ask("GET", path)
        assert fields.get("server", "nginx") == "nginx"  # without a version
        assert not {"via", "x-powered-by", "alt-svc", "x-cache"} & set(fields)
        assert path != "/" or fields["strict-transport-security"].startswith("max-age=")


# ---- what does not ----

HOST = f"Host: {NAME}\r\n".encode()
POST = b"POST /v1/lookup HTTP/1.1\r\n" + HOST + b"Content-Type: text/plain\r\n"


@pytest.mark.parametrize("request_", [
    POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
], ids=["length, chunked", "chunked, length", "two lengths", "another coding"])
def test_a_body_of_doubtful_length_does_not_get_through(front, request_):
    def taken():
        metrics = front.assay.get("/metrics").text()
        return re.findall(r'responses_total\{route="POST /v1/lookup".*', metrics)

    before = taken()
    statuses = front.raw(request_)
    assert statuses and 400 <= statuses[0] <= 501
    assert len(statuses) == 1 and taken() == before


def test_a_body_over_the_limit_is_refused(front):
    at_limit = "x.example\n" * (BODY_MAX // 10)
    assert front.ask("POST", "/v1/lookup", at_limit, {"Content-Type": "text/plain"})[0] == 200
    head = POST + b"Content-Length: %d\r\n\r\n" % (BODY_MAX + 1)
    assert front.raw(head) == [413]


def test_a_head_over_the_limit_is_refused(front):
    assert front.raw(b"GET /d/" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n")[0] == 414
    field = b"X-Long: " + b"a" * 40000 + b"\r\n"
    assert front.raw(b"GET / HTTP/1.1\r\n" + HOST + field + b"\r\n")[0] in (400, 431)


# ---- who asked for what ----

@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_nothing_of_who_asked_for_what_is_kept(kind, store, tmp_path):
    """Two hundred lookups, then failures of every kind; then every file and metric is read."""
    seed = random.randrange(1 << 30)
    print("seed", seed)
    rng = random.Random(seed)
    names = ["".join(rng.choices(string.ascii_lowercase, k=14)) + ".example" for _ in range(200)]
    headers = {"Referer": "https://referrer-marker.example/", "X-Forwarded-For": "203.0.113.77",
               "User-Agent": "agent-marker", "Cookie": "cookie-marker=1",
               "Authorization": "Basic authorization-marker"}
    (tmp_path / "front").mkdir()
    assay = Server(store, log=tmp_path / "serve.log")
    with assay:
        f = Front(kind, tmp_path / "front", assay)
        try:
            for i, name in enumerate(names):
                path = [f"/v1/lookup?name={name}", f"/d/{name}?for=JP", f"/search?q={name}",
                        f"/assets/none?{name}"][i % 4]
                assert f.ask("GET", path, headers=headers)[0] in (200, 303, 404)
            f.ask("POST", "/v1/lookup", "\n".join(names), {**headers, "Content-Type": "text/plain"})
            f.curl(f"/d/{names[0]}", "--http2", "-A", "agent-marker", "-e",
                   "https://marker.example/")
            f.raw(b"GET /d/" + names[0].encode() + b" HTTP/9.9\r\n" + HOST + b"\r\n")
            f.raw(b"GET /d/" + names[0].encode() + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n")
            f.raw(POST + b"X: marker\r\nContent-Length: 9999999\r\n\r\n")
            with f.socket() as s:  # goes away in the middle of its body
                s.sendall(POST + b"Content-Length: 9999\r\n\r\n" + names[0].encode())
            with web.connect(f.port) as s:  # and one that speaks no TLS
                s.sendall(b"GET /d/" + names[0].encode() + b" HTTP/1.0\r\n\r\n")
                web.read_all(s, 1)
            metrics = assay.get("/metrics").text()
            assay.process.send_signal(19)  # SIGSTOP: a client gives up on an answer
            try:
                with f.socket() as s:
                    s.sendall(b"GET /d/" + names[0].encode() + b" HTTP/1.1\r\n" + HOST +
                              b"Referer: https://marker.example/\r\n\r\n")
                    time.sleep(0.5)
            finally:
                assay.process.send_signal(18)
            assay.process.terminate()
            assay.process.wait(30)
            status, _, body = f.ask("GET", f"/d/{names[0]}", headers=headers)  # nobody behind it
            assert status == 502 and names[0].encode() not in body
        finally:
            f.stop()
    ours = [tmp_path / "front" / n for n in ("cert.pem", "key.pem", "nginx.conf", "Caddyfile")]
    files = [p for p in tmp_path.rglob("*") if p.is_file() and p not in ours]
    kept = {p.name: p.read_bytes().decode("utf-8", "replace") for p in files}
    kept["/metrics"] = metrics
    assert "serve.log" in kept and "output.log" in kept
    told = [(where, w) for where, text in kept.items()
            for w in [*names, "marker", "203.0.113.77", "remote_ip", "client: ", "Mozilla"]
            if w in text]
    assert told == []
    assert "admin endpoint started" not in kept["output.log"]  # Caddy's own metrics
    # Addresses: our own to listen on and to ask are told once, at the start; no client's port is.
    for where, text in kept.items():
        own = {str(p) for p in (f.port, f.plain, assay.port)}
        assert {p for p in re.findall(r"127\.0\.0\.1:(\d+)", text)} <= own, where


class Listener:
    """In assay's place: keeps the head that it is sent."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.heads = []
        self.thread = threading.Thread(target=self.answer)
        self.thread.start()

    def answer(self):
        self.socket.settimeout(30)
        while not self.heads:
            with self.socket.accept()[0] as s:
                got, _ = web.read_all(s, 0.5)
                if got:
                    self.heads.append(got.decode())
                    s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def stop(self):
        self.thread.join()
        self.socket.close()


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_assay_is_sent_nothing_that_names_the_client(kind, tmp_path):
    assay = Listener()
    try:
        front = Front(kind, tmp_path, assay)
        try:
            marks = {name: "marker" for name in (
                "Referer", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via",
                "User-Agent", "Cookie", "Authorization")}
            status, _, _ = front.ask("GET", "/d/x.example",
                                     headers={**marks, "Accept-Language": "ja"})
        finally:
            front.stop()
    finally:
        assay.stop()
    [head] = assay.heads
    lines = head.split("\r\n")
    assert (status, lines[0]) == (200, "GET /d/x.example HTTP/1.1")
    assert "marker" not in head and "127.0.0.1" not in head
    fields = {line.split(":")[0].lower() for line in lines[1:] if line}
    assert fields <= {"host", "accept", "accept-encoding", "accept-language", "connection"}
    assert "Accept-Language: ja" in lines


# ---- the unit ----

def unit(tmp_path):
    (tmp_path / "assay-serve.service").write_text(replaced(
        "assay-serve.service", ("/usr/bin/assay", program()),
        ("Documentation=man:assay-serve(1)\n", ""), ("/usr/share/assay", ROOT)))
    return tmp_path / "assay-serve.service"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_unit_is_one_and_is_hardened(tmp_path):
    path = unit(tmp_path)
    checked = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr.strip()) == (0, "")
    scored = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15",
                             path], capture_output=True, text=True)
    assert scored.returncode == 0, scored.stdout[-300:] + scored.stderr


def test_the_unit_starts_what_the_program_takes(store):
    """The command line of the unit, word for word but for its folders and its port."""
    [line] = re.findall(r"^ExecStart=(.*)$", (DEPLOY / "assay-serve.service").read_text(), re.M)
    words = [{"/usr/bin/assay": str(program()), "/var/lib/assay": str(store),
              "/etc/assay/assay.yaml": str(EXAMPLES / "assay.yaml"),
              "127.0.0.1:8080": "127.0.0.1:0"}.get(w, w) for w in line.split()]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        port = int(json.loads(process.stdout.readline())["listening"].rstrip("/").rsplit(":", 1)[1])
        assert socket.create_connection(("127.0.0.1", port), 5).close() is None
    finally:
        process.terminate()
        assert process.wait(30) == 0
        process.stdout.close()
