"""An export is compared with what its framework gives, and the part that differs is named."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import helper, numpy_helper, save

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UnreadableError
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.models import backend_of, open_model
from rmqm_spec.runs.reference import read_reference, reference_findings

pytest.importorskip("onnxruntime")

RNG = np.random.default_rng(0)
WEIGHTS = 0.05 * RNG.normal(size=(192, 6)).astype(np.float32)
IMAGES = RNG.integers(0, 256, (7, 8, 8, 3), dtype=np.uint8)
NETWORK_INPUTS = ((IMAGES / 255 - 0.5) / 0.25).transpose(0, 3, 1, 2).astype(np.float32)


def framework(values, activation=np.tanh):
    return activation(values.reshape(len(values), -1) @ WEIGHTS)


@pytest.fixture
def model(tmp_path):
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["m"]),
        helper.make_node("Tanh", ["m"], ["y"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "tiny",
        [value("x", 1, ["N", 3, 8, 8])],
        [value("y", 1, ["N", 6])],
        [numpy_helper.from_array(WEIGHTS, "w")],
    )
    path = tmp_path / "network.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture
def compare(model, tmp_path):
    """Compare the model with arrays of a reference; returns the level of each code."""

    def findings(arrays, mean=0.5, std=0.25, **options):
        path = tmp_path / "ref.npz"
        np.savez(path, **arrays)
        request = request_of(model, {"mean": mean, "std": std, **options})
        backend = backend_of(request)
        encoder = open_model(request, backend)
        made = reference_findings(read_reference(path), request.inputs, backend, encoder)
        return {finding.code: finding for finding in made}

    return findings


def levels(findings):
    return {code: finding.level for code, finding in findings.items()}


WHOLE = {
    "inputs": IMAGES,
    "network_inputs": NETWORK_INPUTS,
    "encodings": framework(NETWORK_INPUTS),
}


def test_a_faithful_export_agrees_in_all_three(compare):
    found = compare(WHOLE)
    assert levels(found) == {"REF002": "ok", "REF003": "ok", "REF004": "ok"}
    assert "by up to" in found["REF002"].message


@pytest.mark.parametrize(
    ("left", "codes"),
    [(["network_inputs"], {"REF004"}), (["inputs"], {"REF002"})],
)
def test_each_kind_of_input_is_enough(compare, left, codes):
    arrays = {name: array for name, array in WHOLE.items() if name not in left}
    assert levels(compare(arrays)) == dict.fromkeys(codes, "ok")


def test_a_swapped_activation_is_another_network(compare):
    swapped = framework(NETWORK_INPUTS, lambda x: np.maximum(x, 0))
    found = compare({**WHOLE, "encodings": swapped})
    assert levels(found) == {"REF002": "fail", "REF003": "ok", "REF004": "fail"}
    assert "export it again" in found["REF002"].fix


def test_other_statistics_are_another_preprocessing(compare):
    found = compare(WHOLE, mean=0.45)
    assert levels(found) == {"REF002": "ok", "REF003": "fail", "REF004": "fail"}
    assert "--mean" in found["REF003"].fix


def test_rows_are_paired_whatever_their_order(compare):
    order = np.random.default_rng(3).permutation(len(IMAGES))
    shuffled = {name: array[order] for name, array in WHOLE.items()}
    assert set(levels(compare(shuffled)).values()) == {"ok"}


def test_encodings_of_another_width_are_another_tensor(compare):
    found = compare({**WHOLE, "encodings": WHOLE["encodings"][:, :4]})
    assert (found["REF002"].level, "--output" in found["REF002"].fix) == ("fail", True)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"encodings": np.ones((3, 2))}, "and inputs or network_inputs"),
        ({"inputs": IMAGES}, "must hold encodings"),
        ({"inputs": IMAGES, "encodings": np.ones((3, 2))}, "as many rows"),
        ({"inputs": IMAGES, "encodings": np.array(["a"] * 7)}, "finite numbers"),
    ],
)
def test_a_reference_that_is_none_is_refused(tmp_path, arrays, words):
    np.savez(tmp_path / "ref.npz", **arrays)
    with pytest.raises(UnreadableError, match=words) as caught:
        read_reference(tmp_path / "ref.npz")
    assert (caught.value.code, "numpy.savez" in caught.value.fix) == ("REF001", True)


@pytest.mark.parametrize("name", ["inputs", "network_inputs", "encodings"])
def test_values_that_are_not_finite_are_counted_and_the_advice_is_to_look_there(tmp_path, name):
    arrays = {key: np.array(array, np.float64, order="C") for key, array in WHOLE.items()}
    arrays[name].ravel()[:2] = np.nan, np.inf
    np.savez(tmp_path / "ref.npz", **arrays)
    with pytest.raises(UnreadableError, match=f"{name} in .*; got 2 of") as caught:
        read_reference(tmp_path / "ref.npz")
    assert caught.value.code == "REF001"
    assert "eave those inputs out" in caught.value.fix
    rows = {key: array[1:] for key, array in arrays.items()}
    np.savez(tmp_path / "ref.npz", **rows)
    read_reference(tmp_path / "ref.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "ref.npz").write_bytes(content)
    with pytest.raises(UnreadableError, match=r"must be an \.npz file"):
        read_reference(tmp_path / "ref.npz")


def test_check_compares_with_a_reference(model, tmp_path):
    np.savez(tmp_path / "ref.npz", **WHOLE)
    options = {"reference": tmp_path / "ref.npz", "n": 2, "std": 0.25, "listener": Listener()}
    sound = rmqm_spec.check(model, mean=0.5, **options)
    wrong = rmqm_spec.check(model, mean=0.4, **options)
    codes = ("REF002", "REF003", "REF004")
    assert [finding.level for finding in sound.findings if finding.code in codes] == ["ok"] * 3
    assert (sound.exit_code, wrong.exit_code) == (0, 1)
    missing = rmqm_spec.check(model, **{**options, "reference": tmp_path / "none.npz"})
    assert (missing.exit_code, missing.error.code) == (3, "REF001")
