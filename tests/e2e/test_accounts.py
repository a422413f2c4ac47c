"""Accounts, tokens and sessions, as those who run a desk use them: at the console, over HTTP."""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from assay import program, run
from server import Server

PASSWORD = "correct horse battery staple"
AT = "2026-11-22T00:00:00Z"


def secret(path, text):
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def desk(tmp_path):
    """A store with ada, its administrator; run commands on it with desk("account", ...)."""
    store = tmp_path / "desk"

    def command(*args, **how):
        return run(*args, "--store", store, **how)

    command.store = store
    command.file = secret(tmp_path / "password", PASSWORD)
    command("account", "add", "ada", "--role", "administrator", "--password-file", command.file)
    return command


def trail(desk):
    return [(r["actor"], r["action"], r["object"], r["result"])
            for r in desk("account", "audit").records()]


def test_the_first_account_makes_its_store_and_the_trail_says_who(desk):
    desk("account", "add", "bob", "--role", "reviewer,reader")
    names = {a["name"]: a for a in desk("account", "list").records()}
    assert names["ada"]["password"] and not names["bob"]["password"]
    assert names["bob"]["roles"] == ["reader", "reviewer"]
    assert trail(desk) == [("console", "account.add", "ada", "done"),
                           ("console", "account.add", "bob", "done")]
    shown = desk("account", "show", "bob").records()[0]
    assert shown == names["bob"]
    desk("account", "show", "eve", code=1)
    assert "ada" in desk("account", "list", "--format", "text").out


def test_roles_are_given_and_taken(desk):
    ran = desk("account", "role", "ada", "+reviewer,reader", "-administrator")
    assert ran.records()[0]["roles"] == ["reader", "reviewer"]
    assert "'root' is no role" in desk("account", "role", "ada", "+root", code=2).err
    assert "disable it" in desk("account", "role", "ada", "-reader", "-reviewer", code=2).err
    assert "+ROLE or -ROLE" in desk("account", "role", "ada", "reader", code=2).err


@pytest.mark.parametrize("name", ["console", "a b", "Ada", "", "x" * 65, "é"])
def test_a_name_that_could_be_another_is_refused(desk, name):
    assert "can be no account" in desk("account", "add", name, "--role", "reader", code=2).err


def test_no_name_is_given_twice_and_no_account_is_deleted(desk):
    assert "already" in desk("account", "add", "ada", "--role", "reader", code=2).err
    assert "account takes" in desk("account", "delete", "ada", code=2).err


def test_a_password_comes_from_a_private_file_or_standard_input(desk, tmp_path):
    weak = secret(tmp_path / "weak", "short")
    assert "5 characters; 12 is the least" in \
        desk("account", "password", "ada", "--password-file", weak, code=2).err
    desk.file.chmod(0o644)
    assert "chmod 600" in desk("account", "password", "ada", "--password-file", desk.file,
                               code=2).err
    desk("account", "password", "ada", "--password-file", "-", stdin=b"a brand new sentence\n")
    assert [t[1] for t in trail(desk)] == ["account.add", "account.password"]


def test_no_secret_lies_in_the_store_as_it_is(desk):
    made = desk("token", "new", "ada", "--scope", "administrator", "--label", "ci",
                "--expires", "3").records()[0]
    files = [f for f in desk.store.rglob("*") if f.is_file()]
    assert (desk.store / "assay.db") in files
    for f in files:
        content = f.read_bytes()
        assert PASSWORD.encode() not in content and made["token"].encode() not in content
    assert b"$argon2id$v=19$m=65536,t=2,p=1$" in b"".join(f.read_bytes() for f in files)


def at_terminal(args, typed):
    """Run a command at a terminal of its own and type; what it showed, and its exit code."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(args[0], args)
    shown = b""
    try:
        while True:
            part = os.read(fd, 1000)
            shown += part
            if typed and part.rstrip().endswith(b":"):
                os.write(fd, typed.pop(0) + b"\n")
    except OSError:  # the terminal ends with the process
        pass
    os.close(fd)
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_password_that_is_typed_is_not_shown(desk):
    args = [str(program()), "account", "password", "ada", "--store", str(desk.store)]
    shown, code = at_terminal(args, [b"typed by a person", b"typed by a person"])
    assert code == 0 and "typed" not in shown and "Once more" in shown
    shown, code = at_terminal(args, [b"typed by a person", b"typed by another"])
    assert code == 2 and "differ" in shown and "typed" not in shown


def test_without_a_terminal_a_password_needs_a_file(desk):
    done = subprocess.run([str(program()), "account", "password", "ada", "--store",
                           str(desk.store)], stdin=subprocess.DEVNULL, capture_output=True,
                          start_new_session=True)
    assert done.returncode == 2 and b"--password-file" in done.stderr


def test_a_secret_of_codes_is_shown_once_and_can_go(desk):
    made = desk("account", "totp", "ada").records()[0]
    assert re.fullmatch(r"[A-Z2-7]{32}", made["secret"])
    assert made["otpauth"] == (f"otpauth://totp/assay:ada?secret={made['secret']}"
                               "&issuer=assay&algorithm=SHA1&digits=6&period=30")
    assert made["secret"] not in desk("account", "show", "ada").out
    assert desk("account", "show", "ada").records()[0]["totp"] is True
    desk("account", "totp", "ada", "--off")
    assert desk("account", "show", "ada").records()[0]["totp"] is False


def verifier(name, public=bytes(range(32))):
    """A verifier key as c2sp.org/signed-note writes it."""
    digest = hashlib.sha256(name.encode() + b"\n\x01" + public).hexdigest()[:8]
    return f"{name}+{digest}+{base64.b64encode(bytes([1]) + public).decode()}"


def test_a_verifier_key_bears_the_name_of_its_account(desk):
    shown = desk("account", "verifier", "ada", verifier("ada")).records()[0]
    assert shown["verifier"] == verifier("ada")
    assert "named as its account" in desk("account", "verifier", "ada", verifier("bob"), code=2).err
    desk("account", "verifier", "ada", verifier("ada")[:-4], code=2)
    assert desk("account", "show", "ada").records()[0]["verifier"] == verifier("ada")
    assert "verifier" not in desk("account", "verifier", "ada", "none").records()[0]


def test_a_token_is_listed_by_its_id_and_revoked(desk):
    made = desk("token", "new", "ada", "--scope", "administrator", "--label", "ci", "--expires",
                "30", "--at", AT).records()[0]
    assert re.fullmatch(r"assay_[\w-]{43}", made["token"])
    assert made["expires"] == "2026-12-22T00:00:00Z" and made["state"] == "valid"
    listed = desk("token", "list", "--at", AT).records()
    assert [(t["id"], t["label"]) for t in listed] == [(made["id"], "ci")]
    assert made["token"] not in desk("token", "list").out
    assert desk("token", "list", "ada", "--at", "2027-01-01T00:00:00Z").records()[0]["state"] \
        == "expired"
    assert "no token" in desk("token", "revoke", "0123456789", code=2).err
    assert "8 digits" in desk("token", "revoke", made["id"][:4], code=2).err
    assert desk("token", "revoke", made["id"][:10]).records()[0]["state"] == "revoked"
    assert [t[1] for t in trail(desk)] == ["account.add", "token.new", "token.revoke"]


@pytest.mark.parametrize("more, why", [
    (["--scope", "reviewer", "--label", "x", "--expires", "1"], "not all of these roles"),
    (["--scope", "administrator", "--label", "x", "--expires", "731"], "730 days"),
    (["--scope", "administrator", "--label", "x", "--expires", "0"], "takes --scope"),
    (["--scope", "administrator", "--expires", "1"], "takes --scope"),
])
def test_a_token_that_reaches_too_far_is_refused(desk, more, why):
    assert why in desk("token", "new", "ada", *more, code=2).err


def token_file(desk, tmp_path, *more, name="ada", scope="administrator"):
    made = desk("token", "new", name, "--scope", scope, "--label", "t", "--expires", "5",
                *more).records()[0]
    return secret(tmp_path / made["id"], made["token"]), made


def test_with_a_token_its_account_acts(desk, tmp_path):
    file, made = token_file(desk, tmp_path)
    desk("account", "add", "bob", "--role", "reader", "--token-file", file)
    assert trail(desk)[-1] == ("ada", "account.add", "bob", "done")
    file.chmod(0o640)
    assert "chmod 600" in desk("account", "list", "--token-file", file, code=2).err


def test_a_scope_is_narrower_than_its_account(desk, tmp_path):
    desk("account", "role", "ada", "+reader")
    file, _ = token_file(desk, tmp_path, scope="reader")
    assert "no role" in desk("account", "add", "bob", "--role", "reader", "--token-file", file,
                             code=2).err
    assert trail(desk)[-1] == ("ada", "accounts", "", "refused")
    desk("account", "show", "bob", code=1)


def test_a_role_that_the_account_lost_is_lost_to_its_tokens(desk, tmp_path):
    file, _ = token_file(desk, tmp_path)
    desk("account", "role", "ada", "+reader", "-administrator")
    assert "no role" in desk("account", "list", "--token-file", file, code=2).err


@pytest.mark.parametrize("end, why", [
    (lambda desk, made: desk("token", "revoke", made["id"]), "revoked"),
    (lambda desk, made: desk("account", "disable", "ada"), "disabled"),
    (lambda desk, made: None, "expired"),
])
def test_a_token_that_ended_opens_nothing(desk, tmp_path, end, why):
    file, made = token_file(desk, tmp_path, *(["--at", "2020-01-01T00:00:00Z"]
                                              if why == "expired" else []))
    end(desk, made)
    assert why in desk("account", "list", "--token-file", file, code=2).err
    assert trail(desk)[-1] == ("nobody", "token.use", made["id"], "refused")


def test_what_is_no_token_of_ours_is_refused(desk, tmp_path):
    unknown = secret(tmp_path / "unknown", "assay_" + "A" * 43)
    assert "unknown" in desk("account", "list", "--token-file", unknown, code=2).err
    junk = secret(tmp_path / "junk", "hello")
    assert "no token" in desk("account", "list", "--token-file", junk, code=2).err


def test_rows_of_the_trail_are_picked_by_time(desk):
    desk("account", "add", "old", "--role", "reader", "--at", "2020-01-01T00:00:00Z")
    rows = desk("account", "audit", "--since", "2021-01-01").records()
    assert [r["object"] for r in rows] == ["ada"]
    text = desk("account", "audit", "--format", "text").out
    assert "console account.add ada: administrator" in text


def test_an_account_is_made_while_another_program_writes(store):
    """assay run may hold the store for hours; a login and an account do not wait for it."""
    with open(store / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()} a long run\n")
        lock.flush()
        run("account", "add", "ada", "--role", "reader", "--store", store)
        assert "in use" in run("ledger", "checkpoint", "--store", store, code=2).err
    assert json.loads(run("account", "show", "ada", "--store", store).out)["name"] == "ada"


# ---- at the desk, over HTTP ----

def totp(secret, at):
    """The code of RFC 6238, as an authenticator computes it."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, int(at // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 1000000:06d}"


class Browser:
    """Keeps the cookie and the CSRF token of one who is logged in, and says where it comes from."""

    def __init__(self, server):
        self.server, self.cookie, self.csrf = server, None, None
        self.own = {"Origin": f"http://127.0.0.1:{server.port}", "Sec-Fetch-Site": "same-origin"}

    def ask(self, method, body=None, **fields):
        headers = dict(self.own)
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        for name, value in fields.items():
            name = name.replace("_", "-")
            headers.pop(name, None)
            if value is not None:
                headers[name] = value
        return self.server.ask(method, "/v1/session", body, headers)

    def login(self, name="vera", password=PASSWORD, code=None, **fields):
        answer = self.ask("POST", {"name": name, "password": password,
                                   **({"totp": code} if code else {})}, **fields)
        if answer.status == 200:
            self.cookie = answer.headers["set-cookie"].split(";")[0]
            self.csrf = answer.json()["csrf"]
        return answer


@pytest.fixture(scope="module")
def desk_store(shipped, tmp_path_factory):
    """The shipped store with vera, a reviewer and reader who has a password."""
    top = tmp_path_factory.mktemp("desk")
    where = Path(shutil.copytree(shipped, top / "store", symlinks=True))
    secret(top / "password", PASSWORD)
    run("account", "add", "vera", "--role", "reviewer,reader", "--password-file",
        top / "password", "--store", where)
    return where


@pytest.fixture
def served(desk_store, tmp_path):
    """assay serve --desk over a copy of that store: server.on("account", ...) acts on it."""
    where = Path(shutil.copytree(desk_store, tmp_path / "store", symlinks=True))
    with Server(where, "--desk", log=tmp_path / "log") as server:
        server.on = lambda *args, **how: run(*args, "--store", where, **how)
        server.where = where
        yield server
    log = (tmp_path / "log").read_text()
    assert PASSWORD not in log and "vera" not in log and "Sanitizer" not in log


def test_the_right_password_begins_a_session_that_ends(served):
    vera = Browser(served)
    assert vera.ask("GET").status == 401
    answer = vera.login()
    assert answer.status == 200
    who = answer.json()
    assert (who["name"], who["roles"], who["by"]) == ("vera", ["reader", "reviewer"], "session")
    assert vera.ask("GET").json() == who
    fields = answer.headers["set-cookie"].split("; ")
    assert fields[0].startswith("assay=") and len(fields[0]) == len("assay=") + 43
    assert set(fields[1:]) == {"Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=43200"}
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    ended = vera.ask("DELETE", X_CSRF_Token=vera.csrf)
    assert ended.status == 204 and "Max-Age=0" in ended.headers["set-cookie"]
    assert vera.ask("GET").status == 401
    trail = [(r["actor"], r["action"], r["result"])
             for r in served.on("account", "audit").records()]
    assert trail[1:] == [("vera", "login", "done"), ("vera", "logout", "done")]


def test_elsewhere_than_on_loopback_the_cookie_is_secure(served):
    for fields in ({"Host": "desk.example", "Origin": "https://desk.example"},
                   {"X_Forwarded_Proto": "https", "Origin": f"https://127.0.0.1:{served.port}"}):
        vera = Browser(served)
        answer = vera.login(**fields)
        assert answer.status == 200, answer.text()
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-assay=") and "; Secure" in cookie
        assert "; Path=/;" in cookie and "Domain" not in cookie
        assert vera.ask("GET", **fields).status == 200
        # The name that counts is the one of where the request comes in.
        assert vera.ask("GET").status == 401


@pytest.mark.parametrize("name, password", [("vera", "wrong " + PASSWORD), ("eve", PASSWORD),
                                            ("vera", ""), ("", PASSWORD), ("ve\u0000ra", PASSWORD),
                                            ("demo-1", PASSWORD), ("vera", "x" * 2000)])
def test_what_is_wrong_is_not_told(served, name, password):
    answer = Browser(served).login(name, password)
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == \
        "name, password or code is wrong, or the account takes no logins now"
    assert "set-cookie" not in answer.headers


def test_a_name_that_does_not_exist_takes_as_long(served):
    def took(name):
        times = []
        for _ in range(3):
            begin = time.monotonic()
            assert Browser(served).login(name, "wrong password here").status == 401
            times.append(time.monotonic() - begin)
        return min(times)
    assert took("eve") > took("vera") / 3


def test_five_wrong_logins_lock_the_account_for_a_while(served):
    for _ in range(5):
        assert Browser(served).login(password="wrong password").status == 401
    assert Browser(served).login().status == 401  # though it is the right one
    shown = served.on("account", "show", "vera").records()[0]
    assert shown["failures"] == 5 and "locked_until" in shown
    served.on("account", "enable", "vera")
    assert Browser(served).login().status == 200
    assert served.on("account", "show", "vera").records()[0]["failures"] == 0
    why = [r["detail"] for r in served.on("account", "audit").records() if r["action"] == "login"]
    assert why == ["the password is wrong"] * 5 + ["the account is locked", ""]


def test_guessing_is_slowed_by_name_and_by_address(served):
    for _ in range(10):
        assert Browser(served).login("nobody-here", "guessed guessed").status == 401
    answer = Browser(served).login("nobody-here", "guessed guessed")
    assert answer.status == 429 and 0 < int(answer.headers["retry-after"]) <= 300
    for i in range(20):
        answer = Browser(served).login(f"name-{i}", "guessed guessed",
                                       X_Forwarded_For="192.0.2.1, 198.51.100.7")
        assert answer.status == 401
    assert Browser(served).login("vera", X_Forwarded_For="198.51.100.7").status == 429
    assert Browser(served).login("vera", X_Forwarded_For="198.51.100.8").status == 200


def test_a_code_opens_once(served):
    made = served.on("account", "totp", "vera").records()[0]
    assert Browser(served).login().status == 401
    assert Browser(served).login(code="000000").status in (401,)
    now = time.time()
    code = totp(made["secret"], now)
    assert Browser(served).login(code=code).status == 200
    assert Browser(served).login(code=code).status == 401
    assert Browser(served).login(code=totp(made["secret"], now - 30)).status == 401
    assert Browser(served).login(code=totp(made["secret"], now + 30)).status == 200
    why = [r["detail"] for r in served.on("account", "audit").records() if r["action"] == "login"]
    assert why[:2] == ["the code is missing", "the code is wrong, or was used"]


def test_a_session_that_was_planted_is_not_taken_over(served):
    planted = "assay=" + "A" * 43
    vera = Browser(served)
    vera.cookie = planted
    assert vera.login().status == 200
    assert vera.cookie != planted
    first, csrf = vera.cookie, vera.csrf
    assert vera.login().status == 200  # again: the first session ends
    assert vera.cookie != first and vera.csrf != csrf
    old = Browser(served)
    old.cookie = first
    assert old.ask("GET").status == 401
    both = Browser(served)
    both.cookie = f"{planted}; {vera.cookie}"  # which of the two? neither
    assert both.ask("GET").status == 401


@pytest.mark.parametrize("fields", [
    {},  # no token
    {"X_CSRF_Token": "A" * 43},
    {"X_CSRF_Token": ""},
    {"X_CSRF_Token": True, "Origin": "https://evil.example"},
    {"X_CSRF_Token": True, "Origin": "null"},
    {"X_CSRF_Token": True, "Origin": "http://127.0.0.1:1"},
    {"X_CSRF_Token": True, "Sec_Fetch_Site": "cross-site"},
    {"X_CSRF_Token": True, "Sec_Fetch_Site": "same-site"},
    {"X_CSRF_Token": True, "Sec_Fetch_Site": "none"},
])
def test_a_change_that_others_could_have_sent_is_refused(served, fields):
    vera = Browser(served)
    vera.login()
    if fields.get("X_CSRF_Token") is True:
        fields = {**fields, "X_CSRF_Token": vera.csrf}
    answer = vera.ask("DELETE", **fields)
    assert answer.status == 403, answer.text()
    assert vera.ask("GET").status == 200
    assert vera.ask("DELETE", X_CSRF_Token=vera.csrf).status == 204


def test_the_token_of_another_session_is_wrong(served):
    one, two = Browser(served), Browser(served)
    one.login()
    two.login()
    assert one.ask("DELETE", X_CSRF_Token=two.csrf).status == 403


@pytest.mark.parametrize("fields, status", [
    ({"Origin": "https://evil.example"}, 403), ({"Sec_Fetch_Site": "cross-site"}, 403),
    ({"Content_Type": "text/plain"}, 415), ({"Content_Type": None}, 415),
    ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
])
def test_nobody_is_logged_in_from_elsewhere(served, fields, status):
    answer = Browser(served).login(**fields)
    assert answer.status == status and "set-cookie" not in answer.headers


@pytest.mark.parametrize("body, status", [
    ("{}", 400), ("[]", 400), ('{"name":"vera"}', 400), ('{"name":"vera","password":1}', 400),
    ("{", 400), ("", 400), ('{"name":"' + "x" * 5000 + '"}', 413)])
def test_a_body_that_is_no_login_is_refused(served, body, status):
    answer = served.ask("POST", "/v1/session", body, {"Content-Type": "application/json"})
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"


def bearer(served, token):
    return served.get("/v1/session", Authorization=f"Bearer {token}")


def test_a_token_needs_no_csrf_and_has_its_own_scope(served):
    made = served.on("token", "new", "vera", "--scope", "reader", "--label", "x", "--expires",
                     "1").records()[0]
    who = bearer(served, made["token"]).json()
    assert (who["name"], who["roles"], who["by"]) == ("vera", ["reader"], "token")
    assert "csrf" not in who
    ended = served.ask("DELETE", "/v1/session", headers={"Authorization":
                                                         f"Bearer {made['token']}"})
    assert ended.status == 400
    assert served.on("token", "list").records()[0]["used"]
    served.on("account", "role", "vera", "-reader")
    assert bearer(served, made["token"]).json()["roles"] == []


@pytest.mark.parametrize("end", ["expired", "revoked", "disabled", "unknown", "junk"])
def test_a_token_that_holds_no_longer_opens_nothing(served, end):
    made = served.on("token", "new", "vera", "--scope", "reader", "--label", "x", "--expires",
                     "1", *(["--at", "2020-01-01T00:00:00Z"] if end == "expired" else
                            [])).records()[0]
    token = {"unknown": "assay_" + "A" * 43, "junk": "assay"}.get(end, made["token"])
    if end == "revoked":
        served.on("token", "revoke", made["id"])
    if end == "disabled":
        served.on("account", "disable", "vera")
    answer = bearer(served, token)
    assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Bearer")


def test_a_disabled_account_loses_its_sessions_and_takes_no_login(served):
    vera = Browser(served)
    vera.login()
    served.on("account", "disable", "vera")
    assert vera.ask("GET").status == 401
    assert Browser(served).login().status == 401
    served.on("account", "enable", "vera")
    assert vera.ask("GET").status == 401  # the old one stays ended
    assert Browser(served).login().status == 200


def test_a_session_ends_when_it_is_not_used_and_after_its_time(served):
    vera = Browser(served)
    vera.login()
    with closing(sqlite3.connect(served.where / "assay.db")) as db, db:
        db.execute("UPDATE session SET used = used - 1801")
    assert vera.ask("GET").status == 401
    vera = Browser(served)
    vera.login()
    with closing(sqlite3.connect(served.where / "assay.db")) as db, db:
        db.execute("UPDATE session SET expires = used - 1")
    assert vera.ask("GET").status == 401


def test_roles_are_those_of_now(served):
    vera = Browser(served)
    vera.login()
    served.on("account", "role", "vera", "-reviewer")
    assert vera.ask("GET").json()["roles"] == ["reader"]


def test_a_login_does_not_wait_for_a_writer_of_the_store(served):
    with open(served.where / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()} a long run\n")
        lock.flush()
        assert Browser(served).login().status == 200


def test_without_a_desk_nobody_logs_in_and_nothing_is_written(desk_store):
    before = hashlib.sha256((desk_store / "assay.db").read_bytes()).hexdigest()
    with Server(desk_store) as server:
        answer = Browser(server).login()
        assert answer.status == 404 and "--desk" in answer.json()["detail"]
        assert Browser(server).ask("GET").status == 404
    assert hashlib.sha256((desk_store / "assay.db").read_bytes()).hexdigest() == before
