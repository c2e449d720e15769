"""``--save-encodings`` of score, rank and probe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL = EXAMPLES / "digits_ntxent.onnx"
OTHER = EXAMPLES / "digits_cross_entropy.onnx"
RUN = (MODEL, "--n", 8, "--no-null", "--out", "out")


def test_a_score_saves_what_it_scored(rmqm, tmp_path):
    done = rmqm("score", *RUN, "--save-encodings", "e.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "encodings -> e.npz" in done.stderr
    saved, result = np.load(tmp_path / "e.npz"), np.load(tmp_path / "out/distances.npz")
    assert saved["encodings"].shape == (8, 32)
    assert saved["encodings"].dtype == np.float32
    assert saved["ids"].tolist() == result["ids"].tolist()
    assert saved["names"].tolist() == result["names"].tolist()
    # The result is there already: only the encodings are made, again the same bytes.
    again = rmqm("score", *RUN, "--save-encodings", "again.npy", cwd=tmp_path)
    assert "nothing has changed" in again.stderr
    table = np.load(tmp_path / "again.npy")
    assert table["encodings"].tobytes() == saved["encodings"].tobytes()
    assert table["ids"].tolist() == saved["ids"].tolist()
    assert rmqm("score", *RUN, "--save-encodings", "e.npz", cwd=tmp_path).returncode == 0


def test_the_number_does_not_depend_on_saving(rmqm, tmp_path):
    plain = rmqm("score", *RUN, "--json", cwd=tmp_path).document
    saving = ("--save-encodings", "e.npz", "--force", "--json")
    saved = rmqm("score", *RUN, *saving, cwd=tmp_path).document
    assert saved["result_sha256"] == plain["result_sha256"]
    assert saved["run_sha256"] == plain["run_sha256"]


def test_each_model_of_a_ranking_has_a_file(rmqm, tmp_path):
    run = ("--n", 8, "--no-null", "--save-encodings", "e.npz")
    done = rmqm("rank", MODEL, OTHER, *run, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in tmp_path.glob("*.npz"))
    assert names == ["e-digits_cross_entropy.npz", "e-digits_ntxent.npz"]


def test_probes_save_unit_vectors_with_labels(rmqm, tmp_path):
    images = np.random.default_rng(0).random((24, 8, 8), dtype=np.float32)
    np.savez(tmp_path / "data.npz", images=images, labels=np.arange(24) % 3)
    data = ("--data", "data.npz:images", "--labels", "data.npz:labels", "--C", "none")
    done = rmqm("probe", MODEL, *data, "--save-encodings", "p.npz", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    saved = dict(np.load(tmp_path / "p.npz"))
    assert np.allclose(np.linalg.norm(saved["unit_encodings"], axis=1), 1, atol=1e-12)
    position = [int(name.rpartition("[")[2].rstrip("]")) for name in saved["names"]]
    assert saved["labels"].tolist() == [str(k % 3) for k in position]
    # The nearest neighbour by these vectors is the answer of the probe.
    train, test = saved["parts"] == "train", saved["parts"] == "test"
    vectors = saved["unit_encodings"]
    nearest = (vectors[test] @ vectors[train].T).argmax(axis=1)
    right = saved["labels"][train][nearest] == saved["labels"][test]
    probe = done.document["models"][0]["probes"]["1-nn"]
    assert right.mean() == pytest.approx(probe["accuracy"])
    # The raw encodings of a score, divided by their norm, are the same vectors.
    score = ("--data", "data.npz:images", "--no-null", "--save-encodings", "s.npz")
    assert rmqm("score", MODEL, *score, cwd=tmp_path).returncode == 0
    raw = dict(np.load(tmp_path / "s.npz"))
    unit = raw["encodings"] / np.linalg.norm(raw["encodings"].astype("f8"), axis=1)[:, None]
    place = {identity: k for k, identity in enumerate(raw["ids"])}
    assert np.allclose(vectors, unit[[place[one] for one in saved["ids"]]], atol=1e-6)


@pytest.mark.parametrize(
    ("file", "code"),
    [("e.csv", "ARG001"), ("mine.npz", "ARG007"), ("mine.npy", "ARG007"), ("text/e.npz", "ARG005")],
)
def test_refusals_come_before_the_work(rmqm, tmp_path, file, code):
    np.savez(tmp_path / "mine.npz", encodings=np.ones(3))
    np.save(tmp_path / "mine.npy", np.ones(3))
    (tmp_path / "text").write_text("x", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for command in ("score", "rank"):
        done = rmqm(command, *RUN, "--save-encodings", file, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert code in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
