"""The ledger's files, checked by code that is not ours: Go's sumdb/note and sumdb/tlog.

Needs the Debian packages golang-go and golang-golang-x-mod-dev; no network.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ASSAY_BUILD", ROOT / "build"))
GOPATH = Path("/usr/share/gocode")

pytestmark = pytest.mark.skipif(
    shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir(),
    reason="golang-go and golang-golang-x-mod-dev are not installed")


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    program = tmp_path_factory.mktemp("go") / "check_ledger"
    cache = BUILD / "go-cache"
    env = dict(os.environ, GO111MODULE="off", GOPATH=str(GOPATH), GOFLAGS="", CGO_ENABLED="0",
               GOCACHE=str(cache.resolve()), GOTOOLCHAIN="local")
    subprocess.run(["go", "build", "-o", str(program), "check_ledger.go"], check=True, env=env,
                   cwd=ROOT / "tests/account/go")
    return program


def check(checker, folder):
    return subprocess.run([str(checker), str(folder)], capture_output=True, text=True)


@pytest.fixture(scope="module", params=[
    [1], [2, 3], [255, 256], [256, 257], [5, 300, 700], [65535, 65537],
], ids=lambda sizes: str(sizes[-1]))
def ledger(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ledger")
    sizes = [str(n) for n in request.param]
    subprocess.run([str(BUILD / "tests/make_ledger"), str(folder), *sizes], check=True)
    return folder, request.param


def test_another_implementation_accepts_tiles_checkpoints_and_proofs(checker, ledger):
    folder, sizes = ledger
    result = check(checker, folder)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"ok - checkpoint of {sizes[-1]} entries opens" in result.stdout
    assert f"ok - {sizes[-1]} entries have their leaf hashes" in result.stdout
    assert f"ok - {len(sizes)} proofs of consistency hold" in result.stdout
    assert "ok - the cosignature verifies" in result.stdout
    assert result.stdout.count("ok - ") == 8


def test_the_other_implementation_does_refuse_what_is_altered(checker, ledger, tmp_path):
    folder, _ = ledger
    for name in ("ledger/checkpoint", "ledger/tile/0/000*", "ledger/tile/entries/000*", "since-*",
                 "cosigned-*"):
        copy = tmp_path / name.replace("/", "-").strip("*")
        shutil.copytree(folder, copy)
        path = next(copy.glob(name))
        if path.is_dir():
            path = sorted(path.iterdir(), key=lambda p: int(p.name))[-1]
        data = bytearray(path.read_bytes())
        data[5] ^= 1
        path.write_bytes(data)
        assert check(checker, copy).returncode == 1, path
