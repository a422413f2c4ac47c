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


def test_an_innocent_site_that_is_called_rogue_is_a_failure(tmp_path):
    """It is what ./test ends with, and what keeps it from passing."""
    (tmp_path / "pages").mkdir()
    rows = [("shop.example", "licensed_pharmacy", "Buy tramadol 50mg $1.20 per pill. No prescription "
             "needed. Add to cart. We ship to USA. Pay by Bitcoin. Checkout."),
            ("tea.example", "rogue_pharmacy", "Our tea room serves cake on weekdays.")]
    (tmp_path / "pages/x.jsonl").write_text("".join(
        json.dumps({"url": f"https://{site}/", "label": label, "text": text}) + "\n"
        for site, label, text in rows))
    done = subprocess.run([sys.executable, assay.ROOT / "tools/measure.py", "--only", "pages",
                           "--short", "--data", tmp_path, "--assay", assay.program()],
                          capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    line = next(l for l in done.stdout.splitlines() if l.startswith("real pages"))
    assert "0 of 1 = 0.00 (0.00-0.97)" in line and line.endswith("1 of 1: shop.example")
