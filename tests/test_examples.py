"""The example encoders are small, sound and good; the script that trained them still works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from sklearn.datasets import load_digits

EXAMPLES = Path(__file__).parents[1] / "examples"
# Measured: 0.963 and 0.964. The untrained network has 0.884, the pixels 0.958, chance 0.1.
ACCURACY_AT_LEAST = {"digits_cross_entropy.onnx": 0.95, "digits_ntxent.onnx": 0.95}
FILES = sorted(ACCURACY_AT_LEAST)
AUTOENCODER = EXAMPLES / "digits_autoencoder.onnx"


def encode(path, images):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (embeddings,) = session.run(["embedding"], {"input": images})
    return embeddings


def digits():
    images, labels = load_digits(return_X_y=True)
    return (images / 16).astype(np.float32).reshape(-1, 1, 8, 8), labels


def nearest_neighbour_accuracy(embeddings, labels):
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    half = len(labels) // 2
    nearest = (unit[half:] @ unit[:half].T).argmax(axis=1)
    return np.mean(labels[:half][nearest] == labels[half:])


def test_the_two_files_are_small():
    assert sum((EXAMPLES / name).stat().st_size for name in FILES) < 200_000


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_a_valid_self_contained_model(name):
    model = onnx.load(EXAMPLES / name, load_external_data=False)
    onnx.checker.check_model(model, full_check=True)
    assert not any(tensor.external_data for tensor in model.graph.initializer)
    assert [entry.name for entry in model.graph.input] == ["input"]
    assert [entry.name for entry in model.graph.output] == ["embedding"]


@pytest.mark.parametrize("name", FILES)
def test_the_metadata_says_that_pixels_go_in_as_they_are(name):
    model = onnx.load(EXAMPLES / name)
    properties = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(properties["rmqm.preprocess"]) == {"scale": 1.0}


@pytest.mark.parametrize("name", FILES)
def test_nothing_in_the_file_names_the_machine_it_was_made_on(name):
    content = (EXAMPLES / name).read_bytes()
    assert not [
        word for word in (b"/tmp/", b"/home/", b"/root/", b"site-packages") if word in content
    ]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("batch", [1, 5])
def test_any_batch_size_gives_the_same_embeddings(name, batch):
    images, _ = digits()
    embeddings = encode(EXAMPLES / name, images[:batch])
    assert embeddings.shape == (batch, 32)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(embeddings, encode(EXAMPLES / name, images[:7])[:batch], rtol=1e-4)


@pytest.mark.parametrize("name", FILES)
def test_the_nearest_neighbour_is_the_same_digit(name):
    images, labels = digits()
    accuracy = nearest_neighbour_accuracy(encode(EXAMPLES / name, images), labels)
    assert accuracy >= ACCURACY_AT_LEAST[name]


def reconstructed(images):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(AUTOENCODER, providers=["CPUExecutionProvider"])
    return session.run(["reconstruction", "latent"], {"input": images})


def test_the_autoencoder_is_small_valid_and_names_no_machine():
    content = AUTOENCODER.read_bytes()
    assert len(content) < 100_000
    for word in (b"/tmp/", b"/home/", b"/root/", b"site-packages"):
        assert word not in content
    model = onnx.load(AUTOENCODER, load_external_data=False)
    onnx.checker.check_model(model, full_check=True)
    assert [entry.name for entry in model.graph.output] == ["reconstruction", "latent"]


def test_the_autoencoder_has_the_errors_that_its_page_says():
    images, _ = digits()
    reconstructions, latents = reconstructed(images)
    assert latents.shape == (len(images), 6)
    errors = ((reconstructions - images) ** 2).mean(axis=(1, 2, 3))
    half = len(images) // 2
    assert round(float(errors[:half].mean()), 4) == 0.0127
    assert round(float(errors[half:].mean()), 4) == 0.0220
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert "0.0127 on the first half and 0.0220" in page


@pytest.mark.torch
def test_the_script_trains_and_exports_the_autoencoder(tmp_path):
    pytest.importorskip("torch", reason="training needs the extra 'examples'")
    pytest.importorskip("onnxscript", reason="export needs the extra 'examples'")
    path = tmp_path / "autoencoder.onnx"
    command = [sys.executable, EXAMPLES / "train_autoencoder.py", "--epochs", "1", "--out", path]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stderr
    assert "mean squared error: 0." in run.stdout
    names = [entry.name for entry in onnx.load(path).graph.output]
    assert names == ["reconstruction", "latent"]


def test_the_two_encoders_are_different():
    images, _ = digits()
    first, second = (encode(EXAMPLES / name, images[:10]) for name in FILES)
    assert not np.allclose(first, second, atol=0.1)


@pytest.mark.torch
@pytest.mark.parametrize("method", ["cross-entropy", "nt-xent"])
def test_the_script_trains_and_exports(tmp_path, method):
    pytest.importorskip("torch", reason="training needs the extra 'examples'")
    pytest.importorskip("onnxscript", reason="export needs the extra 'examples'")
    path = tmp_path / "encoder.onnx"
    command = [sys.executable, EXAMPLES / "train_digits.py", "--method", method]
    command += ["--epochs", "1", "--seed", "3", "--out", path]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["encoder.onnx"]
    assert "held-out half, trained: 0." in run.stdout
    embeddings = encode(path, digits()[0][:5])
    assert embeddings.shape == (5, 32)
    assert np.isfinite(embeddings).all()
