"""Accounts and tokens at the console, as those who run a desk use them."""

import base64
import hashlib
import json
import os
import pty
import re
import subprocess

import pytest
from assay import program, run

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
    import fcntl
    with open(store / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()} a long run\n")
        lock.flush()
        run("account", "add", "ada", "--role", "reader", "--store", store)
        assert "in use" in run("ledger", "checkpoint", "--store", store, code=2).err
    assert json.loads(run("account", "show", "ada", "--store", store).out)["name"] == "ada"
