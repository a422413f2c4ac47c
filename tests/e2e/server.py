"""assay serve, started for a test on a free loopback port and stopped by its pid."""

import http.client
import json
import subprocess
from urllib.parse import quote

from assay import CONFIG, ROOT, program


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode("utf-8")

    def lines(self):
        return [json.loads(line) for line in self.body.splitlines()]


class Server:
    """with Server(store) as s: s.get("/healthz").status"""

    def __init__(self, store, *more, config=CONFIG, log=None):
        self.args = [str(program()), "serve", "--store", str(store), "--config", str(config),
                     "--listen", "127.0.0.1:0", "--log", "debug", *map(str, more)]
        self.log_path = log

    def __enter__(self):
        self.log = open(self.log_path, "wb") if self.log_path else subprocess.DEVNULL
        self.process = subprocess.Popen(self.args, stdout=subprocess.PIPE, stderr=self.log,
                                        cwd=ROOT)
        line = self.process.stdout.readline()
        assert line, f"assay serve did not start: {self.process.wait()}"
        self.url = json.loads(line)["listening"]
        self.port = int(self.url.rstrip("/").rsplit(":", 1)[1])
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        if self.log_path:
            self.log.close()
        assert code == 0, f"assay serve ended with {code}"

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def lookup(self, name, destination=None, **more):
        more = {"name": name, **({"destination": destination} if destination else {}), **more}
        query = "&".join(f"{k}={quote(v, safe='')}" for k, v in more.items())
        return self.get(f"/v1/lookup?{query}")
