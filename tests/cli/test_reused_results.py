"""A result that is there already is found again, and computed again as soon as anything changed."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")
FOUND = "  nothing has changed since "


@pytest.fixture(scope="module")
def score(rmqm):
    return partial(rmqm, "score", MODEL, "--no-null")


def images(seed=0):
    return np.random.default_rng(seed).integers(0, 256, (12, 8, 8), dtype=np.uint8)


@pytest.fixture(scope="module")
def folder(score, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reused")
    np.save(folder / "data.npy", images())
    assert score("--data", "data.npy", "--out", "out", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def read(folder):
    return json.loads((folder / "out/result.json").read_text(encoding="utf-8"))


@pytest.fixture
def again(score, copy):
    """Score once more; returns whether the result was found, and what was printed."""

    def run(*arguments):
        done = score("--data", "data.npy", "--out", "out", *arguments, cwd=copy)
        assert done.returncode == 0, done.stderr
        return FOUND in done.stderr, done.stdout

    return run


def test_the_same_command_finds_the_result_and_says_so(again, copy):
    before = read(copy)
    found, printed = again()
    assert (found, read(copy)) == (True, before)
    assert printed.endswith(f"-> out/result.json (computed {before['created']})\n")


def test_the_printed_document_is_the_one_that_was_found(again, copy):
    before = read(copy)
    assert json.loads(again("--json")[1]) == {"ok": True, **before}


def test_force_computes_again(again, copy):
    before = read(copy)
    found, _ = again("--force")
    after = read(copy)
    assert (found, after["seconds"] != before["seconds"]) == (False, True)
    assert after["result_sha256"] == before["result_sha256"]


def _other_values(copy):
    np.save(copy / "data.npy", images(1))


def _other_order(copy):
    np.save(copy / "data.npy", images()[::-1])


def _other_result(copy):
    path = copy / "out/result.json"
    path.write_text(path.read_text().replace(read(copy)["run_sha256"], 64 * "0"))


@pytest.mark.parametrize(
    "change",
    [
        _other_values,
        _other_order,
        _other_result,
        lambda copy: (copy / "out/distances.npz").write_bytes(b"PK"),
        lambda copy: (copy / "out/distances.npz").unlink(),
        lambda copy: (copy / "out/result.json").write_text("{"),
    ],
)
def test_another_or_a_broken_result_is_not_taken(again, copy, change):
    change(copy)
    assert again()[0] is False


@pytest.mark.parametrize(
    "arguments", [["--seed", "1"], ["--precision", "9"], ["--n", "5"], ["--batch-size", "7"]]
)
def test_another_option_is_another_run(again, arguments):
    assert again(*arguments)[0] is False


def test_a_result_beside_another_is_found_too(again):
    assert again("--seed", "1")[0] is False
    found, printed = again("--seed", "1")
    assert (found, "copy/out-" in printed) == (True, True)


def test_a_number_that_was_edited_is_computed_again(again, copy):
    path = copy / "out/result.json"
    text = path.read_text(encoding="utf-8")
    rmqm = json.loads(text)["rmqm"]
    path.write_text(text.replace(f'"rmqm": {rmqm}', f'"rmqm": {rmqm + 1}', 1), encoding="utf-8")
    found, printed = again()
    assert (found, f"RMQM {rmqm:.3f}" in printed) == (False, True)


DAMAGE = {
    "cut": lambda folder: (folder / "result.json").write_text('{"schema": "rmqm-res'),
    "another kind": lambda folder: (folder / "result.json").write_text('{"schema": "mine"}'),
    "distances": lambda folder: (folder / "distances.npz").write_bytes(b"PK"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_result_is_called_damaged_and_the_remedy_replaces_it(score, copy, damage):
    DAMAGE[damage](copy / "out")
    words = ("--data", "data.npy", "--out", "out", "--n", "5")
    done = score(*words, cwd=copy)
    assert done.returncode == 0
    (warning,) = [line for line in done.stderr.splitlines() if "ARG004" in line]
    assert "out holds a result that is damaged or no result at all, and was left alone" in warning
    assert "another result" not in warning
    assert "Pass --force to replace the damaged result" in done.stderr
    forced = score(*words, "--force", cwd=copy)
    assert "ARG004" not in forced.stderr
    assert read(copy)["counts"]["used"] == 5
    assert "nothing has changed" in score(*words, cwd=copy).stderr


def test_a_whole_result_of_other_inputs_is_called_another(score, copy):
    done = score("--data", "data.npy", "--out", "out", "--n", "5", cwd=copy)
    assert "out holds another result: this one is in" in done.stderr


def test_the_advice_for_broken_distances_mends_them(rmqm, copy):
    (copy / "out/distances.npz").write_bytes(b"PK")
    done = rmqm("diff", "out", "out", cwd=copy)
    assert done.returncode == 3
    advice = "rmqm-spec score MODEL --force --out out"
    assert advice in done.stderr
    words = [MODEL if word == "MODEL" else word for word in advice.split()[1:]]
    done = rmqm(*words, "--data", "data.npy", "--no-null", cwd=copy)
    assert done.returncode == 0, done.stderr
    assert rmqm("diff", "out", "out", cwd=copy).returncode == 0
