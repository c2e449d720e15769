"""``rank`` where inputs have labels: the command to type, and both numbers in one table."""

from __future__ import annotations

import csv
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ["digits_cross_entropy", "digits_ntxent"]
RUN = ("--n", 60, "--no-null")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels in $HOME; it's awkward")
    for name in NAMES:
        shutil.copy(EXAMPLES / f"{name}.onnx", folder / f"-{name}.onnx")
    images, labels = load_digits(return_X_y=True)
    images = images[:80].reshape(-1, 8, 8)
    np.savez(folder / "it's.npz", images=(images / 16).astype("f4"), labels=labels[:80])
    np.savez(folder / "bare.npz", images=(images / 16).astype("f4"))
    for k, (image, label) in enumerate(zip(images, labels, strict=False)):
        (folder / f"a photo/{label}").mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray((image * 15).astype("u1"))
        picture.save(folder / f"a photo/{label}/{k}.png")
    return folder


def models(folder):
    return [folder / f"-{name}.onnx" for name in NAMES]


def command_in(stdout):
    lines = [line for line in stdout.splitlines() if line.startswith("  rmqm-spec probe ")]
    return shlex.split(lines[0]) if lines else None


@pytest.mark.parametrize(
    ("data", "labels"),
    [("a photo", []), ("it's.npz:images", ["--labels", "it's.npz:labels"])],
)
def test_the_command_that_is_printed_works(rmqm, folder, data, labels):
    run = ("--scale", "-1", "--seed", 3, "--range", "-1,1") if labels else ("--scale", 1)
    done = rmqm("rank", *models(folder), "--data", data, *run, *RUN, cwd=folder)
    assert done.returncode == 0, done.stderr
    command = command_in(done.stdout)
    assert command[:2] == ["rmqm-spec", "probe"]
    assert command[2:4] == [str(path) for path in models(folder)]
    for option in ("--data", data), ("--n", "60"), labels:
        assert " ".join(option) in " ".join(command)
    if labels:
        assert {"--scale=-1.0", "--range=-1.0,1.0"} <= set(command)
    probed = rmqm(*command[1:], "--json", cwd=folder)
    assert probed.returncode == 0, probed.stderr
    assert [model["name"] for model in probed.document["models"]] == [f"-{name}" for name in NAMES]


def test_the_shell_reads_the_command_as_it_is_meant():
    from rmqm_spec.runs.flat import request_of
    from rmqm_spec.runs.probe_command import probe_command

    options = {
        "data": "my photos; $(x)",
        "size": "32x48",
        "mean": "0.5,0.25",
        "feed": ["mask=1", "k=2"],
    }
    command = probe_command(["-a b.onnx"], Path("m'.toml"), request_of("", options), "t.csv:y z")
    assert shlex.split(command) == [
        "rmqm-spec", "probe", "./-a b.onnx", "--models", "m'.toml", "--size", "32x48",
        "--feed", "mask=1", "--feed", "k=2", "--mean", "0.5,0.25", "--data", "my photos; $(x)",
        "--labels", "t.csv:y z",
    ]  # fmt: skip


def test_no_command_without_labels_data_or_a_shell(rmqm, folder):
    from rmqm_spec.runs.flat import request_of
    from rmqm_spec.runs.probe_command import probe_command

    done = rmqm("rank", *models(folder), "--data", "bare.npz:images", *RUN, cwd=folder)
    assert command_in(done.stdout) is None
    done = rmqm("rank", *models(folder), *RUN, cwd=folder)
    assert command_in(done.stdout) is None
    for data in (np.zeros((4, 8, 8)), "https://user:secret@example.org/a.npz"):
        assert probe_command(["a.onnx"], None, request_of("", {"data": data}), "") is None


def test_both_numbers_in_one_table(rmqm, folder):
    files = ("--out", "ranked", "--csv", "both.csv")
    run = ("--data", "a photo", "--probe", *files, *RUN)
    done = rmqm("rank", *models(folder), *run, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0].split()[:5] == ["#", "model", "RMQM", "95", "%"]
    assert done.stdout.index("95 % CI") < done.stdout.index("1-NN")
    assert command_in(done.stdout) is None
    again = rmqm("rank", *models(folder), *run, "--json", cwd=folder)
    alone = rmqm("probe", *models(folder), "--data", "a photo", "--n", 60, "--json", cwd=folder)
    expected = {
        model["name"]: {name: entry["accuracy"] for name, entry in model["probes"].items()}
        for model in alone.document["models"]
    }
    found = {
        model["name"]: {name: entry["accuracy"] for name, entry in model["probes"].items()}
        for model in again.document["probes"]["models"]
    }
    assert found == expected
    with (folder / "both.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    for row in table:
        assert float(row["1-nn"]) == expected[row["name"]]["1-nn"]
        assert float(row["linear_low"]) <= expected[row["name"]]["linear"]
    assert len(list((folder / "ranked/probes").glob("*/probe.json"))) == 2


@pytest.mark.parametrize(
    ("data", "code"), [(["--data", "bare.npz:images"], "PRB012"), ([], "ARG001")]
)
def test_labels_are_looked_for_before_the_scores(rmqm, folder, tmp_path, data, code):
    out = tmp_path / "out"
    done = rmqm("rank", *models(folder), *data, "--probe", "--out", out, *RUN, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert code in done.stderr
    assert list(tmp_path.rglob("result.json")) == []


def test_results_cannot_be_probed(rmqm, folder):
    run = ("score", models(folder)[0], "--data", "a photo", "--out", "scored", *RUN)
    assert rmqm(*run, cwd=folder).returncode == 0
    done = rmqm("rank", "scored", models(folder)[1], "--data", "a photo", "--probe", cwd=folder)
    assert done.returncode == 2
    assert "got the result scored" in done.stderr
    done = rmqm("rank", "scored", models(folder)[1], "--data", "a photo", *RUN, cwd=folder)
    assert command_in(done.stdout)[2] == str(models(folder)[1])


def test_probes_that_are_refused_leave_the_ranking_as_it_is(rmqm, folder):
    few = ("--data", "a photo", "--scale", 1, "--n", 6, "--no-null", "--levels", 3)
    done = rmqm("rank", *models(folder), *few, "--probe", "--csv", "few.csv", cwd=folder)
    assert done.returncode == 1
    assert "  There are no probes: PRB00" in done.stdout
    assert "--k" not in done.stdout  # rank has no such option
    command = command_in(done.stdout)
    assert "--n" not in command
    assert rmqm(*command[1:], cwd=folder).returncode == 0
    assert done.stdout.count("digits_ntxent") > 1
    assert "digits_ntxent" in (folder / "few.csv").read_text()
    document = rmqm("rank", *models(folder), *few, "--probe", "--json", cwd=folder).document
    assert not document["ok"]
    assert document["probes"]["error"]["code"].startswith("PRB")
    assert len(document["ranked"]) == 2


def test_the_command_leaves_out_what_failed_and_takes_enough_inputs(rmqm, folder):
    (folder / "broken.onnx").write_bytes(b"no model")
    few = ("--data", "a photo", "--scale", 1, "--n", 30, "--no-null", "--levels", 3)
    done = rmqm("rank", *models(folder), "broken.onnx", *few, cwd=folder)
    assert done.returncode == 1
    command = command_in(done.stdout)
    assert command[2:4] == [str(path) for path in models(folder)]
    assert not {"broken.onnx", "--n"} & set(command)
    assert rmqm(*command[1:], cwd=folder).returncode == 0


@pytest.mark.parametrize(("given", "more"), [("digits", ["--n", "60"]), ("pairs", [])])
def test_a_number_of_inputs_that_leaves_classes_alone_is_not_repeated(rmqm, folder, given, more):
    """Of 60 inputs out of 50 pairs, many have lost their partner; digits have not."""
    images, digits = load_digits(return_X_y=True)
    images = (images[:100] / 16).astype("f4").reshape(-1, 8, 8)
    labels = digits[:100] if given == "digits" else np.arange(100) // 2
    np.savez(folder / f"{given}.npz", images=images, labels=labels)
    run = ("--data", f"{given}.npz:images", "--scale", 1, "--n", 60, "--no-null", "--levels", 3)
    command = command_in(rmqm("rank", *models(folder), *run, cwd=folder).stdout)
    assert (command[command.index("--n") :][:2] if "--n" in command else []) == more
    assert rmqm(*command[1:], cwd=folder).returncode == 0


def test_few_inputs_are_probed_with_one_neighbour(rmqm, folder):
    images = (load_digits().images[:4] / 16).astype("f4")
    np.savez(folder / "four.npz", images=images, labels=[0, 0, 1, 1])
    run = ("--data", "four.npz:images", "--scale", 1, "--no-null", "--levels", 3)
    command = command_in(rmqm("rank", *models(folder), *run, cwd=folder).stdout)
    assert command[-4:] == ["--k", "1", "--C", "1"]
    assert rmqm(*command[1:], cwd=folder).returncode == 0
