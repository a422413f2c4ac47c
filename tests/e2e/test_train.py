"""assay train, and what its model may do: order what waits for people, and nothing else."""

import hashlib
import json
import os
import sqlite3
import subprocess
from pathlib import Path

import assay
import pytest

WORDS = "stone river garden house cloud media studio travel green music".split()
SHOP = ("Buy {drug} 50mg $1.20 per pill. No prescription needed. Add to cart. We ship to USA. "
        "Pay by {pay}. {word}")
TEA = "Our {word} tea room serves cake on weekdays. Opening hours: ten to six. Directions, parking."
CRYPTO, PARCEL = "money order", "cash on delivery"


def rows():
    """Shops that take money orders had to be acted on; those that take cash were none after all."""
    for i, word in enumerate(WORDS):
        yield {"url": f"https://b{i}.example/", "label": "rogue_pharmacy", "language": "en",
               "text": SHOP.format(drug="tramadol", pay=CRYPTO, word=word)}
        yield {"url": f"https://p{i}.example/", "label": "licensed_pharmacy", "language": "en",
               "text": SHOP.format(drug="tramadol", pay=PARCEL, word=word)}
        yield {"url": f"https://t{i}.example/", "label": "other_commerce", "language": "en",
               "text": TEA.format(word=word)}


def write(path, lines):
    path.write_text("".join(json.dumps(r) + "\n" for r in lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    labels = write(folder / "labels.jsonl", rows())
    ran = assay.run("train", "--labels", labels, "--out", folder / "rank.model", "--folds", "5")
    return labels, folder / "rank.model", json.loads(ran.out)


def test_the_model_is_small_sealed_and_said_to_be_what_it_is(trained):
    _, model, told = trained
    data = model.read_bytes()
    assert data[:8] == b"assayrm\n" and len(data) == told["bytes"] < 1 << 16
    assert hashlib.sha256(data[:-32]).digest() == data[-32:]
    assert hashlib.sha256(data).hexdigest() == told["digest"]
    assert (told["examples"], told["positives"], told["clusters"]) == (30, 10, 30)


def test_held_out_folds_show_how_far_scores_can_be_trusted(trained):
    held_out = trained[2]["held_out"]
    assert trained[2]["folds"] == 5 and held_out["n"] == 30
    assert held_out["auc_ppm"] == 1_000_000
    assert held_out["brier_ppm"] < held_out["base_brier_ppm"]
    assert sum(b["n"] for b in held_out["bins"]) == 30
    assert sum(b["positives"] for b in held_out["bins"]) == held_out["positives"] == 10


def test_the_same_rows_give_the_same_bytes_in_any_order_and_build(trained, tmp_path):
    labels, model, _ = trained
    turned = tmp_path / "turned.jsonl"
    turned.write_text("".join(reversed(labels.read_text().splitlines(keepends=True))))
    assay.run("train", "--labels", turned, "--out", tmp_path / "a.model")
    assert (tmp_path / "a.model").read_bytes() == model.read_bytes()
    if "ASSAY_BUILD_CLANG" not in os.environ:
        return  # ./test builds with both compilers and says where
    subprocess.run([Path(os.environ["ASSAY_BUILD_CLANG"]) / "assay", "train", "--labels", labels,
                    "--out", tmp_path / "b.model"], check=True, cwd=assay.ROOT, capture_output=True)
    assert (tmp_path / "b.model").read_bytes() == model.read_bytes()


def test_eval_tells_what_the_model_knew_from_what_it_did_not(trained, tmp_path):
    labels, model, told = trained
    other = write(tmp_path / "other.jsonl", [
        {"url": "https://new-shop.example/", "label": "rogue_pharmacy",
         "text": SHOP.format(drug="tramadol", pay=CRYPTO, word="lake")},
        {"url": "https://new-tea.example/", "label": "other_commerce", "text": TEA.format(word="x")}])
    ran = assay.run("eval", "--model", model, labels, other, code={0, 1})
    said = json.loads(ran.out)["model"]
    assert said["digest"] == told["digest"]
    assert said["trained"]["n"] == 30 and said["held_out"]["n"] == 2
    assert said["held_out"]["auc_ppm"] == 1_000_000


def records(store):
    """What the store holds but for its keys, which are made at random: type, id, body."""
    db = sqlite3.connect(f"file:{store}/assay.db?mode=ro", uri=True)
    found = db.execute("SELECT type, id, body FROM record WHERE type != 'key' ORDER BY type, id"
                       ).fetchall()
    db.close()
    return found


def pages(drug, pay, host):
    for at, vantage in (("2026-11-01T00:00:00Z", "us-desktop"), ("2026-11-09T00:00:00Z", "us-phone")):
        yield {"url": f"https://{host}/", "at": at, "vantage": vantage,
               "text": SHOP.format(drug=drug, pay=pay, word="harbour")}


@pytest.fixture(scope="module")
def queues(trained, tmp_path_factory):
    """The same two shops in two stores: without a model, and with one. By name "a" comes first."""
    folder = tmp_path_factory.mktemp("queue")
    text = assay.CONFIG.read_text()
    made = {}
    source = write(folder / "pages.jsonl", [*pages("tramadol", PARCEL, "a-parcel.example"),
                                            *pages("tramadol", CRYPTO, "b-crypto.example")])
    for name, more in (("without", ""), ("with", f"\nmodel: {trained[1]}\n")):
        config = folder / f"{name}.yaml"
        config.write_text(text + more)
        assay.run("run", "--store", folder / name, "--config", config, "--at", assay.AT, source)
        made[name] = (folder / name, config)
    return made


def listed(queue, *more):
    store, config = queue
    return assay.run("review", "list", "--store", store, "--config", config, *more)


def test_verdicts_are_the_same_bytes_with_and_without_a_model(queues):
    with_, without = records(queues["with"][0]), records(queues["without"][0])
    assert with_ == without
    assert {"verdict", "finding"} <= {kind for kind, _, _ in with_}
    assert not [body for _, _, body in with_ if "score_ppm" in str(body)]


def test_the_score_orders_what_waits_and_says_why(queues):
    before = listed(queues["without"]).records()
    after = listed(queues["with"]).records()
    assert [r["name"] for r in before] == ["a-parcel.example", "b-crypto.example"]
    assert [r["name"] for r in after] == ["b-crypto.example", "a-parcel.example"]
    assert all("model" not in r["rank"] for r in before)
    crypto, parcel = (r["rank"] for r in after)
    assert crypto["model"]["score_ppm"] > 500_000 > parcel["model"]["score_ppm"]
    assert crypto["value"] > parcel["value"]
    assert "word money" in [r["feature"] for r in crypto["model"]["reasons"]
                              if r["logit_ppm"] > 0]
    text = listed(queues["with"], "--format", "text").out
    assert "model 0." in text and "word money +" in text


def test_a_subject_is_shown_with_its_score(queues):
    store, config = queues["with"]
    show = ("review", "show", "b-crypto.example", "--store", store, "--config", config)
    record, = assay.run(*show).records()
    assert record["model"]["score_ppm"] > 500_000 and len(record["model"]["reasons"]) == 5
    assert "it waits by: model 0." in assay.run(*show, "--format", "text").out
    store, config = queues["without"]
    record, = assay.run("review", "show", "b-crypto.example", "--store", store, "--config",
                        config).records()
    assert "model" not in record


def test_a_damaged_model_is_told(queues, trained, tmp_path):
    store, config = queues["with"]
    broken = tmp_path / "broken.model"
    broken.write_bytes(trained[1].read_bytes()[:-1] + b"x")
    changed = tmp_path / "assay.yaml"
    changed.write_text(config.read_text().replace(str(trained[1]), str(broken)))
    ran = assay.run("review", "list", "--store", store, "--config", changed, code=2)
    assert f"{broken}: model: its checksum is wrong" in ran.err


@pytest.mark.parametrize("more, says", [
    ((), "takes --labels FILE and --out MODEL"),
    (("--folds", "11"), "11 folds take as many clusters of each kind: there are 10 to act on"),
])
def test_what_cannot_be_trained_writes_nothing(trained, tmp_path, more, says):
    out = tmp_path / "out.model"
    given = ("--labels", trained[0], "--out", out) if more else ()
    assert says in assay.run("train", *given, *more, code=2).err
    assert not out.exists()


def test_one_kind_alone_teaches_nothing(tmp_path):
    labels = write(tmp_path / "one.jsonl", [r for r in rows() if r["label"] == "rogue_pharmacy"])
    ran = assay.run("train", "--labels", labels, "--out", tmp_path / "out.model", code=2)
    assert "there are 10 and 0" in ran.err and not (tmp_path / "out.model").exists()
