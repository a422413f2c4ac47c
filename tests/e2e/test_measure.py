"""tools/measure.py runs, and its generator gives the same names every time."""

import json
import subprocess
import sys

import assay

sys.path.insert(0, str(assay.ROOT / "tools"))

import measure  # noqa: E402


def test_the_generator_gives_the_same_distinct_names_every_time():
    names = list(measure.generated(5000))
    assert names == list(measure.generated(5000)) and len(set(names)) == 5000
    assert names[:100] == list(measure.generated(100))


def test_the_generated_names_are_measured_in_one_pass(tmp_path):
    figures = tmp_path / "figures.json"
    subprocess.run([sys.executable, assay.ROOT / "tools/measure.py", "--only", "million", "--names",
                    "20000", "--assay", assay.program(), "--json", figures], check=True,
                   capture_output=True)
    one = json.loads(figures.read_text())["million"]
    assert one["names"] == 20_000 and one["bad_lines"] == 0 and 0 < one["suspects"] < 4000
    assert one["peak_memory_kib"] < 2 * one["tenth"]["peak_memory_kib"]
