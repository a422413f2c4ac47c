"""assay collect against simple servers on loopback: resuming, kills, and what it refuses."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from assay import LONG, ROOT, program, run

NAMES = [f"shop-{i}.example" for i in range(6)]
KNOT = """
server:
    rundir: {dir}
    listen: 127.9.8.6@{port}
database:
    storage: {dir}
zone:
  - domain: example
    file: {dir}/example.zone
"""
NGINX = """
daemon off; master_process off; pid {dir}/nginx.pid; error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {dir}/temp; proxy_temp_path {dir}/temp; fastcgi_temp_path {dir}/temp;
    uwsgi_temp_path {dir}/temp; scgi_temp_path {dir}/temp;
    types {{ text/html html; }}
    server {{ listen 127.9.8.7:80; root {dir}/www; }}
}}
"""


def free_port():
    """A port that is free for UDP and for TCP, on an address that no other test listens on."""
    import socket
    for _ in range(50):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            udp.bind(("127.9.8.6", 0))
            try:
                tcp.bind(("127.9.8.6", udp.getsockname()[1]))
            except OSError:
                continue
            return udp.getsockname()[1]
    raise AssertionError("no port is free for both")


def wait_for(p, ready):
    end = time.monotonic() + 20
    while not ready():
        assert p.poll() is None and time.monotonic() < end, "a server does not start"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Name server and web server; the configuration that reaches them."""
    folder = tmp_path_factory.mktemp("servers")
    port = free_port()
    (folder / "www").mkdir()
    (folder / "temp").mkdir()  # nginx makes it its user's
    (folder / "www" / "index.html").write_text(
        "<title>A shop</title><p>Sildenafil 100 mg, $1.20 per pill. <a href=/contact.html>Contact</a>")
    (folder / "www" / "contact.html").write_text("<title>Contact</title><p>Write to us.")
    rows = ["$ORIGIN example.", "$TTL 60", "@ SOA ns.example. hm.example. 1 60 60 60 60", "@ NS ns",
            "ns A 127.0.0.1", *[f"{n.split('.')[0]} A 127.9.8.7" for n in NAMES],
            "inside A 10.0.0.1"]
    (folder / "example.zone").write_text("\n".join(rows) + "\n")
    (folder / "knot.conf").write_text(KNOT.format(dir=folder, port=port))
    (folder / "nginx.conf").write_text(NGINX.format(dir=folder))
    config = folder / "assay.yaml"
    config.write_text(json.dumps({"collect": {
        "resolvers": [f"127.9.8.6:{port}"], "open": ["127.0.0.0/8"], "host_delay_ms": 0,
        "bootstrap": str(folder / "dns.json"), "iana_whois": "ns.example:4343",
        "registration_ms": 0, "seconds": 5}}))
    (folder / "dns.json").write_text('{"version": "1.0", "services": []}')
    env = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
    log = open(folder / "log", "wb")
    running = [subprocess.Popen(args, env=env, stdout=log, stderr=log)
               for args in (["knotd", "-c", folder / "knot.conf"],
                            ["nginx", "-e", "stderr", "-c", folder / "nginx.conf"])]
    try:
        wait_for(running[0], lambda: subprocess.run(
            ["kdig", "+short", "+timeout=1", "+retry=0", f"@127.9.8.6#{port}", NAMES[0]],
            capture_output=True).stdout.strip() == b"127.9.8.7")
        wait_for(running[1], lambda: subprocess.run(
            ["curl", "-s", "http://127.9.8.7/"], capture_output=True).stdout.startswith(b"<title>"))
        yield config
    finally:
        for p in running:
            p.terminate()
        for p in running:
            p.wait(20)
        log.close()


def args_of(config, archive, *more):
    return ["collect", "--config", config, "--archive", archive, *more, "-"]


def verified(archive):
    """The counts that --verify ends with."""
    return run("collect", "--verify", archive, "--format", "json").records()[-1]


def names(of=NAMES):
    return "\n".join(of).encode() + b"\n"


def test_a_name_in_observations_out(servers, tmp_path):
    ran = run(*args_of(servers, tmp_path / "a"), stdin=names(NAMES[:1]))
    seen = {r["what"]: r for r in ran.records()}
    assert seen["dns"]["dns"]["a"] == ["127.9.8.7"]
    assert seen["absence"]["absence"]["of"] == "registration"
    pages = {r["url"] for r in ran.records() if r["what"] == "page"}
    assert pages == {f"http://{NAMES[0]}/", f"http://{NAMES[0]}/contact.html"}
    assert run("collect", "--replay", tmp_path / "a", "--config", servers).out == ran.out
    assert verified(tmp_path / "a")["findings"] == 0


def test_an_inner_address_is_not_connected_to(servers, tmp_path):
    ran = run(*args_of(servers, tmp_path / "a"), stdin=b"inside.example\n")
    how = {r["absence"]["how"] for r in ran.records() if r["what"] == "absence"
           and r["absence"]["of"] == "page"}
    assert how == {"special-address"}


@pytest.mark.parametrize("more, why", [
    (["--pages", "1001"], "--pages takes"),
    (["--replay", "/nowhere", "--again"], "nothing beside it"),
    (["--replay", "/nowhere"], "no such folder"),
    (["--vantages", "/nowhere.yaml"], "no such file"),
])
def test_what_is_wrong_is_said(servers, tmp_path, more, why):
    ran = run("collect", "--config", servers, *more, stdin=b"", code=2)
    assert why in ran.err


def test_an_interrupt_ends_what_is_in_flight_and_says_where_to_go_on(servers, tmp_path):
    config = tmp_path / "assay.yaml"
    about = json.loads(servers.read_text())
    about["collect"]["in_flight"] = 1  # one order at a time
    config.write_text(json.dumps(about))
    p = subprocess.Popen([str(a) for a in [program(), *args_of(config, tmp_path / "a")]],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         cwd=ROOT)
    p.stdin.write(names())
    p.stdin.close()
    one = p.stdout.readline()  # the first order is told
    p.send_signal(signal.SIGINT)
    out, err = one + p.stdout.read(), p.stderr.read().decode()
    p.stdout.close()
    p.stderr.close()
    assert p.wait() == 1, err
    assert "run the same command again to go on" in err
    done = {json.loads(line)["subject"]["key"] for line in out.splitlines()}
    assert 0 < len(done) < len(NAMES)
    records = run(*args_of(config, tmp_path / "a"), stdin=names()).records()
    assert {r["subject"]["key"] for r in records} == set(NAMES) - done
    assert run(*args_of(config, tmp_path / "a"), stdin=names()).out == ""


def test_assess_takes_what_collect_wrote(servers, tmp_path):
    ran = run(*args_of(servers, tmp_path / "a"), stdin=names(NAMES[:1]))
    (tmp_path / "seen.jsonl").write_text(ran.out)
    judged = run("assess", tmp_path / "a" / "warc", tmp_path / "seen.jsonl", "--facts", "--config",
                 ROOT / "examples" / "assay.yaml").records()
    quoted = {q["vantage"] for r in judged for q in r.get("quotations", [])}
    assert {r["subject"]["key"] for r in judged} == {NAMES[0]}
    assert any(r.get("what") == "drug" and r.get("substance") == "sildenafil" for r in judged)
    assert quoted == {"direct"}, quoted


TSA = """
[ tsa ]
default_tsa = one
[ one ]
serial = {dir}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ ext ]
extendedKeyUsage = critical,timeStamping
basicConstraints = critical,CA:true
[ req ]
distinguished_name = dn
[ dn ]
"""


@pytest.fixture
def authority(tmp_path):
    """An authority for timestamps: openssl behind a web server. Its address, and what it answered."""
    import http.server
    import threading
    folder = tmp_path / "tsa"
    folder.mkdir()
    (folder / "tsa.cnf").write_text(TSA.format(dir=folder))
    (folder / "serial").write_text("01\n")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem",
                    "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "30", "-config",
                    "tsa.cnf", "-extensions", "ext"], cwd=folder, check=True, capture_output=True)
    answers = []

    class Authority(http.server.BaseHTTPRequestHandler):
        refuses = False

        def do_POST(self):
            query = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            if Authority.refuses:
                return self.send_error(503)
            (folder / "query.tsq").write_bytes(query)
            subprocess.run(["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile",
                            "query.tsq", "-signer", "ca.pem", "-inkey", "key.pem", "-out",
                            "reply.tsr"], cwd=folder, check=True, capture_output=True)
            answers.append(1)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "reply.tsr").read_bytes())

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", Authority, answers, folder
    server.shutdown()
    thread.join()
    server.server_close()


def test_manifests_are_stamped_by_an_authority(servers, tmp_path, authority):
    url, server, answers, folder = authority
    archive = tmp_path / "a"
    server.refuses = True
    ran = run(*args_of(servers, archive, "--tsa", url), code=1, stdin=names(NAMES[:2]))
    assert "answers with status 503" in ran.err and verified(archive)["timestamps"] == 0
    # The same command asks again, and asks once.
    server.refuses = False
    run(*args_of(servers, archive, "--tsa", url), stdin=names(NAMES[:2]))
    run(*args_of(servers, archive, "--tsa", url), stdin=names(NAMES[:2]))
    assert len(answers) == 2
    assert verified(archive)["timestamps"] == 2 and verified(archive)["findings"] == 0
    # A stranger checks it with openssl alone.
    tokens = sorted(archive.glob("orders/*/*.tsr"))
    assert len(tokens) == 2
    for token in tokens:
        done = subprocess.run(["openssl", "ts", "-verify", "-data", token.with_suffix(".json"),
                               "-in", token, "-CAfile", folder / "ca.pem"], capture_output=True)
        assert b"Verification: OK" in done.stdout + done.stderr, done
    # One that is of another manifest is found.
    tokens[0].write_bytes(tokens[1].read_bytes())
    ran = run("collect", "--verify", archive, code=1)
    assert tokens[0].name in ran.out and "of something else" in ran.out


def test_without_a_resolver_it_says_what_to_set(tmp_path):
    ran = run("collect", "--archive", tmp_path / "a", "--config", ROOT / "examples/assay.yaml", "-",
              stdin=b"shop.example\n", code=2)
    assert "resolvers" in ran.err


def test_killed_at_any_moment_it_loses_and_doubles_nothing(servers, tmp_path):
    """Kills at random moments of one and the same work; the run after the last ends it."""
    seed = int(os.environ.get("ASSAY_TEST_SEED", random.randrange(1 << 30)))
    print("seed", seed)
    chance, archive, told, out = random.Random(seed), tmp_path / "a", {}, []
    whole = time.monotonic()
    run(*args_of(servers, tmp_path / "b"), stdin=names())
    whole = time.monotonic() - whole
    kills = 200 if LONG else 20
    for _ in range(kills):
        p = subprocess.Popen([str(a) for a in [program(), *args_of(servers, archive)]],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, cwd=ROOT)
        p.stdin.write(names())
        p.stdin.close()
        time.sleep(chance.uniform(0, whole))
        p.send_signal(signal.SIGKILL)
        out.append(p.stdout.read())
        p.wait()
        if len(list((archive / "orders").glob("*/*.json"))) == len(NAMES):
            check_whole(servers, archive, out, told)
            shutil.rmtree(archive)
            (tmp_path / "a.key").unlink(missing_ok=True)
            out.clear()
    check_whole(servers, archive, out, told)


def check_whole(config, archive, out, told):
    """End the work, and see that every order is there once and every line was told."""
    out.append(run(*args_of(config, archive), stdin=names()).out.encode())
    manifests = [json.loads(p.read_text()) for p in (archive / "orders").glob("*/*.json")]
    assert sorted(m["about"]["subject"]["key"] for m in manifests) == sorted(NAMES)
    # A line that was being written when it died is told again, whole.
    lines = [line for part in out for line in part.split(b"\n")]
    ids = {json.loads(line)["id"] for line in lines if line.endswith(b"}")}
    replayed = run("collect", "--replay", archive, "--config", config).records()
    assert {r["id"] for r in replayed} == ids
    assert len(replayed) == len(ids) == sum(m["observations"]["count"] for m in manifests)
    assert verified(archive)["findings"] == 0
