"""assay collect, run in a miniature Internet (tests/world/README.md)."""

import json
import os
import subprocess
import time

from assay import ROOT, program


class Collected:
    """One run: its records by subject, and what it cost."""

    def __init__(self, world, folder, names, *more):
        self.names = folder / "names.txt"
        out, err = folder / "out.jsonl", folder / "err.txt"
        self.names.write_text("".join(f"{n}\n" for n in names))
        args = ["collect", "--archive", folder / "evidence", "--config", folder / "assay.yaml",
                "--vantages", folder / "vantages.yaml", *more, self.names]
        begun = time.monotonic()
        with open(out, "wb") as o, open(err, "wb") as e:
            process = subprocess.Popen([*world.inside, str(program()), *map(str, args)], cwd=ROOT,
                                       stdout=o, stderr=e)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.took, self.memory = time.monotonic() - begun, usage.ru_maxrss
        self.out = out.read_text("utf-8")
        self.err = err.read_text("utf-8", "replace")
        assert "Sanitizer" not in self.err and "runtime error" not in self.err, self.err[-4000:]
        assert self.code == 0, self.err[-4000:]
        self.records = [json.loads(line) for line in self.out.splitlines()]

    def of(self, name, what, **wanted):
        """Observations of a subject of one kind, with these values."""
        return [r for r in self.records if r["subject"]["key"] == name and r["what"] == what
                and all(r.get(k) == v for k, v in wanted.items())]

    def one(self, name, what, **wanted):
        found = self.of(name, what, **wanted)
        assert len(found) == 1, (name, what, wanted, self.of(name, what))
        return found[0]
