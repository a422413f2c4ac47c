"""The world's certificate authority, made at start: one run of openssl for each certificate."""

import subprocess
from concurrent.futures import ThreadPoolExecutor


def _openssl(*args):
    done = subprocess.run(["openssl", *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.key, self.certificate = folder / "ca.key", folder / "ca.pem"
        _openssl("req", "-x509", *NEW_KEY, "-keyout", self.key, "-out", self.certificate, "-days", 30,
                 "-subj", "/O=A made-up Internet/CN=Authority of a made-up Internet",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def paths(self, name):
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def issue(self, file, names, kind="good"):
        """One certificate for the names, the first of which is its subject. kind: good, self-signed,
        expired, or another-name (good, of a name that is not its site's)."""
        path, key = self.paths(file)
        shown = ["someone-else.example"] if kind == "another-name" else names
        how = ["req", "-x509", *NEW_KEY, "-keyout", key, "-out", path, "-subj", f"/CN={shown[0]}",
               "-addext", "subjectAltName=" + ",".join(f"DNS:{n}" for n in shown),
               "-addext", "basicConstraints=critical,CA:FALSE"]
        if kind != "self-signed":
            how += ["-CA", self.certificate, "-CAkey", self.key]
        if kind == "expired":
            self._expired(names[0], path, key)
        else:
            _openssl(*how, "-days", 20)

    def _expired(self, name, path, key):
        """`req` cannot say when validity begins; `x509 -req` ends it yesterday, by negative days."""
        request = path.with_suffix(".csr")
        _openssl("req", "-new", *NEW_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                 "-out", path, "-days", "-1", "-CAcreateserial")

    def issue_all(self, wanted):
        """wanted: file -> (names, kind)."""
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda file: self.issue(file, *wanted[file]), wanted))
