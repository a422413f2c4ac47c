"""Hostile clients: slow ones, large ones, many at once. The server stays small and answers the rest.

Deadlines are made short so that this takes seconds."""

import concurrent.futures
import errno
import os
import re
import resource
import select
import socket
import time

import pytest
import web

HEAD = b"GET / HTTP/1.1\r\nHost: a.example\r\n"


def counts(port):
    status, _, body = web.get(port, "/counts")
    assert status == 200
    return {k: int(v) for k, v in re.findall(r'"(\w+)":(\d+)', body.decode())}


def alive(port):
    status, _, body = web.get(port, "/")
    assert (status, body) == (200, b"hello\n")


def drip(port, first, drop, every, limit):
    """Send `first`, then `drop` again and again: (seconds until the end, bytes that came)."""
    begin = time.monotonic()
    got = b""
    with web.connect(port, limit) as s:
        s.sendall(first)
        s.settimeout(every)
        while time.monotonic() - begin < limit:
            try:
                part = s.recv(4096)
                if not part:
                    break
                got += part
            except TimeoutError:
                pass
            except ConnectionError:
                break
            try:
                if drop:
                    s.send(drop)
            except ConnectionError:
                break
    return time.monotonic() - begin, got


@pytest.mark.parametrize("first, drop, deadline", [
    (b"GET / HT", b"", "head"),
    (b"G", b"E", "head"),
    (HEAD, b"X", "head"),
    (HEAD, b"X: y\r\n", "head"),
    (b"", b"", "idle"),
    (b"", b"\r\n", "head"),
    (HEAD + b"\r\n", b"", "idle"),
    (HEAD + b"\r\n" + HEAD, b"X", "head"),
    (b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000\r\n\r\n", b"a", "body"),
    (b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n",
     b"1\r\na\r\n", "body"),
    (b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
     b"X: y\r\n", "body"),
    (b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n1;",
     b"x", "body"),
])
def test_slow_clients_are_cut_at_the_deadline(first, drop, deadline):
    limits = {"head": 2, "idle": 4, "body": 3}
    with web.ProbeServer(head_s=2, idle_s=4, body_s=3, send_s=5) as server:
        took, _ = drip(server.port, first, drop, 0.2, 9)
        assert limits[deadline] - 0.1 <= took <= limits[deadline] + 2.3, took
        alive(server.port)


def test_an_answer_that_is_not_taken_is_cut():
    with web.ProbeServer(send_s=2, idle_s=30) as server:
        with web.connect(server.port) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(b"GET /stream?100000 HTTP/1.1\r\nHost: a.example\r\n\r\n")
            begin = time.monotonic()
            while counts(server.port)["expired"] == 0:
                assert time.monotonic() - begin < 6
                s.recv(100)  # a little now and then does not help
                time.sleep(0.2)
        assert time.monotonic() - begin > 1.9
        alive(server.port)


def test_uploads_over_the_cap_stay_small():
    size = 100 << 20
    with web.ProbeServer(body=1 << 20) as server:
        before = server.rss_kib()
        head = b"POST /show HTTP/1.1\r\nHost: a.example\r\n"
        with web.connect(server.port) as s:  # declared: refused at once, before a byte of it
            s.sendall(head + b"Content-Length: %d\r\n\r\n" % size)
            got, how = web.read_all(s, 3)
            assert got.startswith(b"HTTP/1.1 413 ") and how == "closed"
        block = b"a" * (1 << 16)
        for fields, part in ((b"Content-Length: %d\r\n\r\n" % size, block),
                             (b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + block + b"\r\n"),
                             (b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % size, block)):
            with web.connect(server.port) as s:
                s.sendall(head + fields)
                sent = 0
                try:
                    while sent < size and not select.select([s], [], [], 0)[0]:
                        s.sendall(part)
                        sent += len(block)
                except ConnectionError:
                    pass
                got, _ = web.read_all(s, 3)
                assert got.startswith(b"HTTP/1.1 413 "), (fields, sent, got[:100])
                assert sent < size // 2  # it was told long before the end
        assert server.rss_kib() - before < 8 << 10
        alive(server.port)


def test_a_body_of_the_allowed_size_comes_whole():
    body = os.urandom(1 << 20)
    want = 0
    for byte in body:
        want = (want * 31 + byte) & 0xffffffff
    with web.ProbeServer(body=len(body)) as server:
        status, _, shown = web.get(server.port, "/show", "POST", body=body)
        assert status == 200 and f"body {len(body)} {want:08x}\n".encode() in shown
        with web.connect(server.port) as s:
            s.sendall(b"POST /show HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n")
            for at in range(0, len(body), 7777):
                part = body[at:at + 7777]
                s.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            s.sendall(b"0\r\n\r\n")
            got, _ = web.read_all(s, 1)
            assert f"body {len(body)} {want:08x}\n".encode() in got
        status, _, _ = web.get(server.port, "/show", "POST", body=body + b"x")
        assert status == 413


def test_targets_and_fields_come_raw():
    with web.ProbeServer() as server:
        for target in ("/show?a=%zz&b=%00", "/show?%ff%fe", "/show?a+b=%2B", "/show?\udcff\udcfe"):
            raw = target.encode("utf-8", "surrogateescape")
            with web.connect(server.port) as s:
                s.sendall(b"GET " + raw + b" HTTP/1.1\r\nHost: a.example\r\nX-PROBE:  \xff \r\n"
                          b"Connection: close\r\n\r\n")
                got, _ = web.read_all(s, 3)
            assert b"target " + raw + b"\n" in got
            assert b"query " + raw.partition(b"?")[2] + b"\n" in got
            assert b"probe \xff" in got
            assert b"x-answer: shown" in got.lower()


@pytest.mark.parametrize("size, status", [(7999, 404), (8000, 414), (20000, 414), (2000000, 414)])
def test_long_targets(size, status):
    with web.ProbeServer() as server:
        with web.connect(server.port) as s:
            try:
                s.sendall(b"GET /" + b"a" * size + b" HTTP/1.1\r\nHost: a.example\r\n\r\n")
            except ConnectionError:
                pass
            got, _ = web.read_all(s, 1)
        assert got.startswith(b"HTTP/1.1 %d " % status)
        alive(server.port)


def test_streams_come_whole_or_are_broken_off():
    with web.ProbeServer() as server:
        status, fields, body = web.get(server.port, "/stream?5000")
        assert status == 200 and fields["transfer-encoding"] == "chunked"
        assert body == b"s" * 5000 * 1024
        with web.connect(server.port) as s:
            s.sendall(b"GET /broken?300 HTTP/1.1\r\nHost: a.example\r\n\r\n")
            got, how = web.read_all(s, 3)
        assert how in ("closed", "reset") and not got.endswith(b"0\r\n\r\n")
        status, _, body = web.get(server.port, "/fixed")
        assert status == 200 and body == b"f" * (1 << 20)
        alive(server.port)


def hold(port, n):
    """n connections over several source addresses, so that ports do not run short."""
    def one(i):
        return web.connect(port, 20, f"127.0.0.{2 + i % 8}")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(n)))


def wait_for(port, **want):
    until = time.monotonic() + 30
    while any(counts(port)[k] != v for k, v in want.items()):
        assert time.monotonic() < until, counts(port)
        time.sleep(0.1)


def test_thousands_of_idle_connections():
    # Under AddressSanitizer freed memory is kept for a while, so fewer connections say as much.
    is_sanitized = b"__asan_init" in (web.BUILD / "tests" / "http_probe_server").read_bytes()
    n, most_kib = (2000, 64) if is_sanitized else (10000, 40)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = []
    try:
        with web.ProbeServer(connections=12000, idle_s=120) as server:
            alive(server.port)
            before = server.rss_kib()
            held = hold(server.port, n)
            wait_for(server.port, open=n + 1)
            fresh = server.rss_kib() - before
            begin = time.monotonic()
            alive(server.port)  # one more is served while they wait
            assert time.monotonic() - begin < 1
            for s in held:  # each has been used once
                s.sendall(HEAD + b"\r\n")
            for s in held:
                assert s.recv(4096).startswith(b"HTTP/1.1 200 ")
            used = server.rss_kib() - before
            print(f"{n} idle connections: {fresh / n:.1f} KiB each, "
                  f"{used / n:.1f} KiB once used")
            assert used / n < most_kib
            for s in held:
                s.close()
            held = []
            wait_for(server.port, open=1)
    except OSError as error:
        assert error.errno != errno.EMFILE, "the hard limit of open files is too low"
        raise
    finally:
        for s in held:
            s.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_connections_over_the_limit_are_closed_unread():
    with web.ProbeServer(connections=20) as server:
        held = hold(server.port, 20)
        try:
            time.sleep(0.3)
            for _ in range(5):
                with web.connect(server.port) as s:
                    got, how = web.read_all(s, 3)
                    assert got == b"" and how in ("closed", "reset")
        finally:
            for s in held:
                s.close()
        until = time.monotonic() + 5
        while True:  # room again
            try:
                alive(server.port)
                break
            except (AssertionError, OSError):
                assert time.monotonic() < until
                time.sleep(0.05)
        assert counts(server.port)["rejected"] >= 5


def test_what_is_under_way_at_the_stop_is_answered():
    server = web.ProbeServer(grace=5, threads=2)
    idle = web.connect(server.port)
    body = web.connect(server.port)
    body.sendall(b"POST /show HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\na")
    slow = web.connect(server.port)
    slow.sendall(b"GET /slow?700 HTTP/1.1\r\nHost: a.example\r\n\r\n")
    time.sleep(0.3)
    server.process.stdin.close()
    server.process.stdin = None
    begin = time.monotonic()
    got, how = web.read_all(idle, 3)
    assert (got, how) == (b"", "closed") and time.monotonic() - begin < 1
    time.sleep(0.2)
    with pytest.raises(OSError), web.connect(server.port, 1) as late:
        late.sendall(HEAD + b"\r\n")
        got, how = web.read_all(late, 0.3)
        assert got == b""
        raise OSError  # taken by the kernel, never answered
    body.sendall(b"bc")
    for s in (body, slow):
        got, how = web.read_all(s, 5)
        assert got.startswith(b"HTTP/1.1 200 ") and how == "closed"
        assert b"connection: close" in got.lower()
    server.stop()
    assert time.monotonic() - begin < 4
    idle.close(), body.close(), slow.close()


def test_grace_ends():
    server = web.ProbeServer(grace=1)
    with web.connect(server.port) as s:
        s.sendall(HEAD)
        time.sleep(0.2)
        begin = time.monotonic()
        server.stop()
        assert 0.8 < time.monotonic() - begin < 3


