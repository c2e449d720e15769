"""Files beside a model: pipes are refused at once, and preprocessing can be switched off."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

MODEL = Path(__file__).parents[2] / "examples/digits_ntxent.onnx"
NAMES = (
    "preprocessor_config.json",
    "processor_config.json",
    "open_clip_config.json",
    "config.json",
    "modules.json",
)
PROCESSOR = {"image_mean": [0.5], "image_std": [0.5], "image_processor_type": "ViTImageProcessor"}


@pytest.fixture
def model(tmp_path):
    proto = onnx.load(MODEL)
    del proto.metadata_props[:]  # its own preprocessing would stand before any file
    onnx.save(proto, tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("name", NAMES)
def test_a_pipe_beside_a_model_is_refused_by_name(rmqm, model, name):
    os.mkfifo(model.with_name(name))
    done = rmqm("score", model, "--n", "4", "--no-null", cwd=model.parent)
    assert done.returncode == 3, done.stderr
    assert "MOD012" in done.stderr
    assert f"{name} beside the model must be a regular file" in done.stderr
    # The remedy: move it away.
    model.with_name(name).unlink()
    assert rmqm("score", model, "--n", "4", "--no-null", cwd=model.parent).returncode == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_inspect_does_not_wait_for_a_pipe_either(rmqm, model):
    os.mkfifo(model.with_name("config.json"))
    done = rmqm("inspect", model, cwd=model.parent)
    assert "MOD012" in done.stdout + done.stderr


def test_folders_of_such_names_and_links_to_nothing_count_as_none(rmqm, model):
    model.with_name("config.json").mkdir()
    model.with_name("preprocessor_config.json").symlink_to("nowhere")
    assert rmqm("score", model, "--n", "4", "--no-null", cwd=model.parent).returncode == 0


def finding(document, code):
    return next(one for one in document["findings"] if one["code"] == code)


@pytest.mark.parametrize("content", [json.dumps(PROCESSOR), "{ broken"])
def test_preprocessing_beside_a_model_can_be_switched_off(rmqm, model, content):
    def score(*words):
        done = rmqm("score", model, "--n", "4", "--no-null", "--json", *words, cwd=model.parent)
        return json.loads(done.stdout)

    without = score()
    model.with_name("preprocessor_config.json").write_text(content)
    switched_off = score("--preprocess", "none")
    assert switched_off["rmqm"] == without["rmqm"]
    assert switched_off["preprocessing"]["source"] == "none, as --preprocess none asks"
    assert finding(switched_off, "PRE001")["message"] == (
        "no preprocessing, as --preprocess none asks: values go in as they are; "
        "not used: preprocessor_config.json"
    )


@pytest.mark.parametrize("command", ["check", "inspect", "rank", "preprocess show", "probe"])
def test_every_command_takes_none(rmqm, model, command):
    model.with_name("preprocessor_config.json").write_text("{ broken")
    words = [*command.split(), model, "--preprocess", "none"]
    if command == "probe":
        words += ["--data", "data.npz:x", "--labels", "data.npz:y"]
        import numpy as np

        labels = np.arange(40) % 2
        images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
        np.savez(model.with_name("data.npz"), x=images, y=labels)
    elif command != "inspect":
        words += ["--n", "4"]
    done = rmqm(*words, cwd=model.parent)
    assert done.returncode == 0, done.stderr
    assert "PRE004" not in done.stdout + done.stderr
    if command in {"check", "inspect", "preprocess show"}:
        assert "as --preprocess none asks" in done.stdout


def test_none_stands_in_files_of_options_too_and_in_the_command_of_a_report(rmqm, model):
    from rmqm_spec.reports.commands import command_of

    model.with_name("preprocessor_config.json").write_text("{ broken")
    table = '[a]\npath = "model.onnx"\npreprocess = "none"\n'
    model.with_name("models.toml").write_text(table)
    done = rmqm("rank", "--models", "models.toml", "--n", "4", "--no-null", cwd=model.parent)
    assert done.returncode == 0, done.stderr
    request = 'model = "model.onnx"\npreprocess = "none"\nn = 4\nnull = false\nout = "there"\n'
    model.with_name("run.toml").write_text(request)
    assert rmqm("score", "run.toml", cwd=model.parent).returncode == 0
    document = json.loads((model.parent / "there/result.json").read_text())
    assert "--preprocess none" in command_of(document)


def test_none_stands_alone(rmqm, model):
    done = rmqm("score", model, "--preprocess", "none", "--scale", "2", cwd=model.parent)
    assert done.returncode == 2
    assert "fix: Leave it out" in done.stderr
