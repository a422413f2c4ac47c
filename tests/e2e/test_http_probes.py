"""Malformed and doubtful requests, sent to nginx and to our server: both answer alike.

A row is bytes. Compared are the classes of the answers (one for each answered request, so a request
smuggled behind another one counts) and whether the connection stays open. Where the two differ, the
row says how and why; a difference that is gone fails too. The table with both columns is printed
and kept as http-probes.tsv in the build folder."""

import concurrent.futures
import subprocess
from typing import NamedTuple

import web

H = b"Host: a.example\r\n"
SECOND = b"GET /second HTTP/1.1\r\nHost: a.example\r\n\r\n"  # 404 when it is answered
QUIET = 1.0  # s without an octet: the connection stays open


def get(fields=H, target=b"/", version=b"HTTP/1.1", method=b"GET"):
    return method + b" " + target + b" " + version + b"\r\n" + fields + b"\r\n"


def post(fields, body=b"", target=b"/"):
    return get(H + fields, target, method=b"POST") + body


def chunked(body):
    return post(b"Transfer-Encoding: chunked\r\n", body) + SECOND


def value(text):
    return get(H + b"X-Probe: " + text + b"\r\n")


OURS_RAW = "targets are handed on raw; the handler decides"
LIBRARY = "libmicrohttpd's own answer, before code of ours is asked"
DOUBLE = ("4?", "closed", "libmicrohttpd 0.9.75 refuses this itself, and writes its head twice")
WAITS = ("", "open", "the library keeps sizes to itself: refused at the first octet over the cap")
STRICTER = "stricter: two readers could differ on it"

# name, bytes, what else: ours = ("answers", "open"|"closed") where it differs from nginx, and why
TABLE = [
    ("a plain GET", get()),
    ("HEAD", get(method=b"HEAD")),
    ("nothing found", SECOND),
    ("empty lines first", b"\r\n\r\n" + get()),
    ("bare LF", b"GET / HTTP/1.1\nHost: a.example\nX-Probe: a\n\n"),
    ("bare LF at the end", b"GET / HTTP/1.1\r\nHost: a.example\r\n\n"),
    ("Connection: close", get(H + b"Connection: close\r\n") + SECOND),
    ("pipelined", get() + get() + SECOND + get()),
    ("200 pipelined", get() * 200),
    ("pipelined behind HEAD", get(method=b"HEAD") + SECOND),
    ("pipelined behind POST", post(b"Content-Length: 3\r\n", b"abc") + SECOND),
    ("POST", post(b"Content-Length: 3\r\n", b"abc")),
    ("POST without a length", post(b"") + SECOND),
    ("POST, length 0", post(b"Content-Length: 0\r\n") + SECOND),
    ("POST over the cap", post(b"Content-Length: 2000000\r\n", b"abc") + SECOND),
    ("POST over the cap, all sent", post(b"Content-Length: 1100000\r\n", b"a" * 1100000) + SECOND),
    ("chunked over the cap", post(b"Transfer-Encoding: chunked\r\n", b"10c8e0\r\n" +
                                  b"a" * 1100000 + b"\r\n0\r\n\r\n", b"/show") + SECOND),
    ("chunked, read by nginx", post(b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n0\r\n\r\n",
                                    b"/show") + SECOND),
    ("GET with a body", get(H + b"Content-Length: 3\r\n") + b"abc" + SECOND),
    ("GET with a chunked body", get(H + b"Transfer-Encoding: chunked\r\n") +
     b"3\r\nabc\r\n0\r\n\r\n" + SECOND),
    ("PUT", get(method=b"PUT")),
    ("DELETE", get(method=b"DELETE")),
    ("OPTIONS", get(method=b"OPTIONS")),
    # which length?
    ("both lengths", post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                          b"0\r\n\r\n" + SECOND)),
    ("both lengths, turned", post(b"Transfer-Encoding: chunked\r\nContent-Length: 50\r\n",
                                  b"0\r\n\r\n" + SECOND)),
    ("both lengths, GET", get(H + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") +
     b"0\r\n\r\n" + SECOND),
    ("two lengths, alike", post(b"Content-Length: 3\r\nContent-Length: 3\r\n", b"abc" + SECOND)),
    ("two lengths", post(b"Content-Length: 0\r\nContent-Length: 44\r\n", SECOND)),
    ("list of lengths", post(b"Content-Length: 3, 3\r\n", b"abc" + SECOND), DOUBLE),
    ("length +3", post(b"Content-Length: +3\r\n", b"abc" + SECOND), DOUBLE),
    ("length -1", post(b"Content-Length: -1\r\n", SECOND), DOUBLE),
    ("length 0x3", post(b"Content-Length: 0x3\r\n", b"abc" + SECOND), DOUBLE),
    ("length 3a", post(b"Content-Length: 3a\r\n", b"abc" + SECOND), DOUBLE),
    ("length empty", post(b"Content-Length:\r\n", SECOND), DOUBLE),
    ("length 003", post(b"Content-Length: 003\r\n", b"abc" + SECOND)),
    ("length 3 and blanks", post(b"Content-Length: 3  \r\n", b"abc" + SECOND),
     DOUBLE),
    ("length of 20 digits", post(b"Content-Length: 99999999999999999999\r\n", SECOND), DOUBLE),
    ("length of 2^63", post(b"Content-Length: 9223372036854775808\r\n", SECOND)),
    ("length, bare CR", post(b"Content-Length: 3\rX: 1\r\n", b"abc" + SECOND), DOUBLE),
    ("Transfer-Encoding: gzip", post(b"Transfer-Encoding: gzip\r\n", b"0\r\n\r\n" + SECOND)),
    ("identity", post(b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n" + SECOND)),
    ("gzip, chunked", post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n" + SECOND)),
    ("chunked, identity", post(b"Transfer-Encoding: chunked, identity\r\n",
                               b"0\r\n\r\n" + SECOND)),
    ("chunked, chunked", post(b"Transfer-Encoding: chunked, chunked\r\n",
                              b"0\r\n\r\n" + SECOND)),
    ("chunked twice", post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                           b"0\r\n\r\n" + SECOND)),
    ("chunked and gzip, two lines", post(b"Transfer-Encoding: chunked\r\n"
                                         b"Transfer-Encoding: gzip\r\n", b"0\r\n\r\n" + SECOND)),
    ("xchunked", post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + SECOND)),
    ("CHUNKED", post(b"Transfer-Encoding: CHUNKED\r\n", b"0\r\n\r\n") + SECOND),
    ("chunked, then a tab", post(b"Transfer-Encoding: chunked\t\r\n", b"0\r\n\r\n" + SECOND)),
    ("chunked, then a blank", post(b"Transfer-Encoding: chunked \r\n", b"0\r\n\r\n") + SECOND,
     ("5", "closed", LIBRARY + ": it would not take this for chunked")),
    ("vertical tab, chunked", post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + SECOND)),
    ("blank before the colon", post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + SECOND)),
    ("length, blank before the colon", post(b"Content-Length : 3\r\n", b"abc" + SECOND)),
    ("tab before the colon", post(b"Content-Length\t: 3\r\n", b"abc" + SECOND)),
    ("folded encoding", post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n" + SECOND)),
    ("chunked in HTTP/1.0", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"0\r\n\r\n" + SECOND),
    # chunks
    ("chunks", chunked(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")),
    ("chunk extension", chunked(b"3;a=b\r\nabc\r\n0;c\r\n\r\n")),
    ("quoted extension", chunked(b"3;a=\"b c\"\r\nabc\r\n0\r\n\r\n")),
    ("trailer", chunked(b"3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")),
    ("size g", chunked(b"g\r\nabc\r\n0\r\n\r\n")),
    ("size 0x3", chunked(b"0x3\r\nabc\r\n0\r\n\r\n")),
    ("size -1", chunked(b"-1\r\nabc\r\n0\r\n\r\n")),
    ("size empty", chunked(b"\r\nabc\r\n0\r\n\r\n")),
    ("size, blank before", chunked(b" 3\r\nabc\r\n0\r\n\r\n")),
    ("size, blank behind", chunked(b"3 \r\nabc\r\n0\r\n\r\n"), ("4", "closed", LIBRARY)),
    ("size of 17 digits", chunked(b"10000000000000003\r\nabc\r\n0\r\n\r\n")),
    ("size 2^63", chunked(b"8000000000000000\r\nabc\r\n0\r\n\r\n"), WAITS),
    ("size 2^64-1", chunked(b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n"), WAITS),
    ("leading zeros", chunked(b"0003\r\nabc\r\n000\r\n\r\n")),
    ("chunk longer than its size", chunked(b"3\r\nabcde\r\n0\r\n\r\n")),
    ("bare LF in chunks", chunked(b"3\nabc\n0\n\n")),
    ("bare CR in chunks", chunked(b"3\rabc\r0\r\r")),
    # names and values
    ("NUL in a value", value(b"a\0b")),
    ("NUL at the end of a value", value(b"a\0")),
    ("NUL and a colon", value(b"a\0b: c")),
    ("NUL in a name", get(H + b"X-\0Probe: a\r\n")),
    ("bare CR in a value", value(b"a\rb")),
    ("bare CR and a field", value(b"a\rContent-Length: 44") + SECOND),
    ("CR at the end of a value", value(b"a\r"),
     ("4", "closed", STRICTER + " (CR CR LF)")),
    ("control character in a value", value(b"a\x01b")),
    ("DEL in a value", value(b"a\x7fb")),
    ("UTF-8 in a value", value("é".encode())),
    ("broken UTF-8 in a value", value(b"\xff\xfe")),
    ("control character in a name", get(H + b"X\x01: a\r\n")),
    ("blank in a name", get(H + b"X Probe: a\r\n")),
    ("no name", get(H + b": a\r\n")),
    ("no colon", get(H + b"X-Probe\r\n"), ("4", "closed", LIBRARY)),
    ("name with @", get(H + b"X@Probe: a\r\n")),
    ("name with _", get(H + b"X_Probe: a\r\n")),
    ("folded value", value(b"a\r\n b")),
    ("folded by a tab", value(b"a\r\n\tb")),
    ("folded first field", b"GET / HTTP/1.1\r\n Host: a.example\r\n\r\n"),
    ("field before a fold, smuggling", value(b"a\r\n Content-Length: 44") + SECOND),
    ("100 fields", get(H + b"X-Probe: a\r\n" * 90)),
    # Host
    ("no Host", get(b"")),
    ("no Host, HTTP/1.0", get(b"", version=b"HTTP/1.0")),
    ("empty Host", get(b"Host:\r\n")),
    ("two Hosts", get(H + b"Host: b.example\r\n")),
    ("two Hosts alike", get(H + H)),
    ("Host with a slash", get(b"Host: a.example/x\r\n")),
    ("Host with a blank", get(b"Host: a.example b.example\r\n")),
    ("Host with a control", get(b"Host: a\x01.example\r\n")),
    ("Host with two dots", get(b"Host: a..example\r\n")),
    ("Host with a port", get(b"Host: a.example:80\r\n")),
    ("Host, IPv6", get(b"Host: [::1]:80\r\n")),
    ("Host: port alone", get(b"Host: :80\r\n")),
    # targets
    ("absolute form", get(target=b"http://a.example/")),
    ("absolute form, no path", get(target=b"http://a.example")),
    ("absolute form, query", get(target=b"http://a.example?x=1")),
    ("absolute form, other Host", get(b"Host: b.example\r\n", target=b"http://a.example/")),
    ("absolute form, no Host", get(b"", target=b"http://a.example/")),
    ("absolute form, empty", get(target=b"http:///")),
    ("OPTIONS *", get(method=b"OPTIONS", target=b"*")),
    ("GET *", get(target=b"*")),
    ("CONNECT", get(method=b"CONNECT", target=b"a.example:443")),
    ("CONNECT /", get(method=b"CONNECT")),
    ("TRACE", get(method=b"TRACE")),
    ("no slash", get(target=b"x")),
    ("blank in the target", get(target=b"/a b")),
    ("two blanks", b"GET  / HTTP/1.1\r\n" + H + b"\r\n"),
    ("two blanks behind", b"GET /  HTTP/1.1\r\n" + H + b"\r\n"),
    ("blank behind the version", get(version=b"HTTP/1.1 "), ("4", "closed", LIBRARY)),
    ("tab for a blank", b"GET\t/\tHTTP/1.1\r\n" + H + b"\r\n"),
    ("NUL in the target", get(target=b"/a\0b")),
    ("control in the target", get(target=b"/a\x01b")),
    ("DEL in the target", get(target=b"/a\x7fb")),
    ("bare CR in the target", get(target=b"/a\rb")),
    ("raw UTF-8 in the target", get(target="/é".encode())),
    ("broken UTF-8 in the target", get(target=b"/\xff\xfe")),
    ("bad escape", get(target=b"/%zz"), ("4", "open", OURS_RAW)),
    ("escaped NUL", get(target=b"/%00"), ("4", "open", OURS_RAW)),
    ("escaped broken UTF-8", get(target=b"/%ff%fe")),
    ("bad escape in the query", get(target=b"/?a=%zz")),
    ("above the root", get(target=b"/../../etc/passwd"), ("4", "open", OURS_RAW)),
    ("fragment", get(target=b"/#x"), ("4", "open", OURS_RAW)),
    ("dot segment", get(target=b"/./"), ("4", "open", OURS_RAW)),
    ("long target", get(target=b"/" + b"a" * 9000)),
    ("very long target", get(target=b"/" + b"a" * 100000)),
    ("long head", get(H + b"X-Probe: " + b"a" * 20000 + b"\r\n")),
    ("very long head", get(H + b"X-Probe: " + b"a" * 200000 + b"\r\n")),
    ("5,000 fields", get(H + b"A: b\r\n" * 5000)),
    # request lines
    ("HTTP/0.9", b"GET /\r\n", ("4", "closed", LIBRARY + "; HTTP/0.9 has no head to guard")),
    ("HTTP/0.9 and more", b"GET /\r\n" + SECOND,
     ("4", "closed", LIBRARY + "; HTTP/0.9 has no head to guard")),
    ("HTTP/1.0", get(version=b"HTTP/1.0") + SECOND),
    ("HTTP/1.0, keep-alive", get(H + b"Connection: keep-alive\r\n", version=b"HTTP/1.0") + SECOND),
    ("HTTP/1.2", get(version=b"HTTP/1.2")),
    ("HTTP/2.0", get(version=b"HTTP/2.0")),
    ("HTTP/0.5", get(version=b"HTTP/0.5"), ("5", "closed", LIBRARY + ": 505")),
    ("HTTP/1", get(version=b"HTTP/1")),
    ("http/1.1", get(version=b"http/1.1")),
    ("HTTP/1.11", get(version=b"HTTP/1.11"), ("4", "closed", LIBRARY)),
    ("HTTP/01.1", get(version=b"HTTP/01.1")),
    ("XTTP/1.1", get(version=b"XTTP/1.1")),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
     ("5", "closed", LIBRARY + ": 505, before the target is looked at")),
    ("TLS hello", bytes.fromhex("1603010200010001fc0303") + b"\x07" * 60 + b"\r\n\r\n"),
    ("no blank", b"GARBAGE\r\n\r\n"),
    ("blanks only", b"   \r\n\r\n"),
    ("method get", get(method=b"get")),
    ("method G@T", get(method=b"G@T")),
    ("method FOO", get(method=b"FOO")),
    ("method empty", get(method=b"")),
    ("a body for a request", get() + b"abc\r\n\r\n" + SECOND,
     ("2", "closed", LIBRARY + ": closed without a word")),
    # Expect
    ("Expect: 100-continue", post(b"Content-Length: 3\r\nExpect: 100-continue\r\n", b"abc")),
    ("Expect, over the cap", post(b"Content-Length: 2000000\r\nExpect: 100-continue\r\n")),
    ("Expect: tea", get(H + b"Expect: tea\r\n")),
    ("Expect in HTTP/1.0", b"POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
     b"abc"),
    ("upgrade to h2c", get(H + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                           b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n")),
]

NGINX = """
daemon off; master_process off; worker_processes 1;
pid {dir}/nginx.pid; error_log {dir}/error.log crit;
events {{ worker_connections 512; }}
http {{
	access_log off; client_max_body_size 1m; large_client_header_buffers 2 8k;
	client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy;
	fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
	server {{
		listen 127.0.0.1:{port};
		location = / {{ return 200 "hello\\n"; }}
		# nginx reads a body, and holds a chunked one to the cap, only when it hands it on.
		location = /show {{ proxy_pass http://127.0.0.1:{port}/; }}
		location / {{ return 404; }}
	}}
}}
"""


class Seen(NamedTuple):
    answers: str  # a digit for each; "?" for bytes that are no answer
    ending: str
    statuses: str

    def what(self):
        return self.answers, self.ending


def seen(port, probe):
    with web.connect(port) as s:
        try:
            s.sendall(probe)
        except ConnectionError:
            pass  # refused while it was sent: the answer is there all the same
        got, ending = web.read_all(s, QUIET)
    answers = web.split_answers(got.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b""))
    if b"100 Continue" in got:
        answers.insert(0, (100, {}, b""))
    statuses = [status for status, _, _ in answers]
    # A reset ends it too, and so does saying so: nginx then waits 5 s for the client's end.
    if ending == "reset" or (answers and answers[-1][1].get("connection") == "close"):
        ending = "closed"
    return Seen("".join(str(s)[0] if s else "?" for s in statuses), ending,
                " ".join(str(s) for s in statuses[:4]))


def nginx(tmp_path):
    port = web.free_port()
    (tmp_path / "nginx.conf").write_text(NGINX.format(dir=tmp_path, port=port))
    return web.Process(["nginx", "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"],
                       port, stdout=subprocess.DEVNULL)


def test_probes_are_answered_as_nginx_answers_them(tmp_path):
    rows, wrong = [], []
    with nginx(tmp_path) as theirs, web.ProbeServer(body=1 << 20, threads=2) as ours:
        def both(row):
            a = seen(theirs.port, row[1])
            b = seen(ours.port, row[1])
            return a, b

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            for row, (a, b) in zip(TABLE, pool.map(both, TABLE)):
                name, other = row[0], row[2] if len(row) > 2 else None
                want = other[:2] if other else a.what()
                rows.append((name, a.statuses or "none", a.ending, b.statuses or "none", b.ending,
                             other[2] if other else ""))
                if b.what() != want or (other and a.what() == b.what()):
                    wrong.append(rows[-1])
        status, _, body = web.get(ours.port, "/")
        assert (status, body) == (200, b"hello\n")
    head = ("probe", "nginx", "", "assay", "", "why they differ")
    table = "\n".join("\t".join(row) for row in [head, *rows])
    (web.BUILD / "http-probes.tsv").write_text(table + "\n")
    print(table)
    assert not wrong, "\n" + "\n".join("\t".join(row) for row in wrong)


def test_differences_are_few():
    assert sum(len(row) > 2 for row in TABLE) <= 30


def test_names_of_probes_are_their_own():
    names = [row[0] for row in TABLE]
    assert len(set(names)) == len(names)
