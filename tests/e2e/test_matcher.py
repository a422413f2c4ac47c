"""The image of the matcher: the program that was built maps it, and says the same without it."""

import json
import shutil
import subprocess
import time

import assay
import pytest

SITES = assay.ROOT / "tests/corpus/spam_on_unrelated_site.jsonl"


def maps(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
        return f.read()


@pytest.mark.parametrize("place", ["built", "installed"])
def test_the_program_maps_the_image_where_it_was_built_and_where_it_is_installed(place, tmp_path):
    program, image = assay.program(), assay.program().parent / "matcher.img"
    assert image.exists(), "the build made no image"
    if place == "installed":
        (tmp_path / "bin").mkdir()
        (tmp_path / "share/assay").mkdir(parents=True)
        program = shutil.copy2(program, tmp_path / "bin")
        image = shutil.copy2(image, tmp_path / "share/assay")
    # It reads its input only when all else is loaded.
    with subprocess.Popen([program, "assess"], stdin=subprocess.PIPE, cwd=assay.ROOT,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as program:
        try:
            deadline = time.monotonic() + 60
            while str(image) not in maps(program.pid):
                assert program.poll() is None and time.monotonic() < deadline, "it was not mapped"
                time.sleep(0.01)
        finally:
            program.stdin.close()
            errors = program.stderr.read().decode()
            assert program.wait() == 0, errors


def test_verdicts_are_the_same_without_the_image_and_with_one_that_does_not_fit(tmp_path):
    alone = tmp_path / "assay"
    shutil.copy2(assay.program(), alone)
    args = ["assess", "--config", assay.CONFIG, "--at", assay.AT, SITES]

    def records():
        return subprocess.run([alone, *args], cwd=assay.ROOT, capture_output=True, check=True).stdout

    want = assay.run(*args).out.encode()
    assert want.count(b"\n") > 5
    assert records() == want, "without an image"
    image = bytearray((assay.program().parent / "matcher.img").read_bytes())
    image[len(image) // 2] ^= 1
    (tmp_path / "matcher.img").write_bytes(image)
    assert records() == want, "with a damaged one"


def test_an_edited_lexicon_is_used_at_once(tmp_path):
    lexicon = tmp_path / "lexicon"
    shutil.copytree(assay.ROOT / "policy/lexicon", lexicon)
    config = tmp_path / "assay.yaml"
    config.write_text(f"lexicon: {lexicon}\n")
    page = {"url": "https://shop.example/", "text": "Viagra 100 mg. We zorblatt frimbly. Buy."}

    def facts():
        return assay.run("assess", "--at", assay.AT, "--facts", "--config", config,
                         stdin=json.dumps(page).encode()).out

    assert "zorblatt frimbly" not in facts()
    with open(lexicon / "phrases.tsv", "a", encoding="utf-8") as f:
        f.write("norx\ten\tzorblatt frimbly\t\n")
    assert "zorblatt frimbly" in facts()
