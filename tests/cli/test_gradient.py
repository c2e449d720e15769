"""``rmqm-spec gradient``: the file that it writes, and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper, parser

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"


def opened(path):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def images(n):
    return np.random.default_rng(0).random((n, 1, 8, 8)).astype(np.float32)


@pytest.mark.parametrize("n", [1, 3, 7])
def test_the_file_alone_gives_the_pullback_at_every_batch_size(rmqm, tmp_path, n):
    done = rmqm("gradient", MODEL, "--out", "g.onnx", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = done.document
    assert (document["ok"], document["kind"]) == (True, "vjp")
    assert document["deviation"] < 1e-6
    assert document["error"] < 0.01
    session = opened(tmp_path / "g.onnx")
    x, ct = images(n), np.random.default_rng(1).normal(size=(n, 32)).astype(np.float32)
    y, gradient = session.run(None, {"input": x, "ct": ct})
    (wanted,) = opened(MODEL).run(None, {"input": x})
    np.testing.assert_allclose(y, wanted, atol=1e-6)
    step = np.random.default_rng(2).normal(size=x.shape).astype(np.float32)
    step *= np.float32(1e-3)
    there, back = (session.run(None, {"input": x + way * step, "ct": ct})[0] for way in (1, -1))
    assert ((there - back) * ct).sum() / 2 == pytest.approx((gradient * step).sum(), rel=0.1)


def test_pullback_and_derivative_in_a_direction_agree(rmqm, tmp_path):
    for kind in ("vjp", "jvp"):
        done = rmqm("gradient", MODEL, "--kind", kind, "--out", f"{kind}.onnx", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    rng = np.random.default_rng(1)
    x, ct = images(2), rng.normal(size=(2, 32)).astype(np.float32)
    v = rng.normal(size=x.shape).astype(np.float32)
    gradient = opened(tmp_path / "vjp.onnx").run(None, {"input": x, "ct": ct})[1]
    derivative = opened(tmp_path / "jvp.onnx").run(None, {"input": x, "tangent": v})[1]
    assert (gradient * v).sum() == pytest.approx((derivative * ct).sum(), rel=1e-4)


def test_displacement_gives_the_loss_of_pgd(rmqm, tmp_path):
    done = rmqm("gradient", MODEL, "--kind", "displacement", "--out", "g.onnx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    reference = np.eye(2, 32, dtype=np.float32)
    y, loss, _ = opened(tmp_path / "g.onnx").run(None, {"input": images(2), "reference": reference})
    unit = y / np.linalg.norm(y, axis=1, keepdims=True)
    np.testing.assert_allclose(loss, ((unit - reference) ** 2).sum(axis=1), rtol=1e-5)


def test_the_file_says_where_it_comes_from(rmqm, tmp_path):
    document = rmqm("gradient", MODEL, "--out", "g.onnx", "--json", cwd=tmp_path).document
    stored = {entry.key: entry.value for entry in onnx.load(tmp_path / "g.onnx").metadata_props}
    assert stored["rmqm.source_sha256"] == document["source_sha256"]
    assert (stored["rmqm.of"], stored["rmqm.with_respect_to"]) == ("embedding", "input")


def test_an_older_gradient_is_replaced_and_nothing_else(rmqm, tmp_path):
    model = shutil.copy(MODEL, tmp_path / "model.onnx")
    other = shutil.copy(MODEL, tmp_path / "other.onnx")
    before = other.read_bytes()
    for out, rule in (("model.onnx", "another file than the model"), ("other.onnx", "an older")):
        done = rmqm("gradient", model, "--out", out, cwd=tmp_path)
        assert done.returncode == 2
        assert "ARG007" in done.stderr
        assert rule in done.stderr
    assert other.read_bytes() == before
    assert rmqm("gradient", model, "--out", "other.onnx", "--force", cwd=tmp_path).returncode == 0
    assert rmqm("gradient", model, "--out", "other.onnx", cwd=tmp_path).returncode == 0
    done = rmqm("gradient", model, "--out", "model.onnx", "--force", cwd=tmp_path)
    assert done.returncode == 2  # not even if asked: the model would be lost


def test_no_file_of_a_model_that_is_a_folder_is_replaced(rmqm, tmp_path):
    (tmp_path / "encoder").mkdir()
    model = shutil.copy(MODEL, tmp_path / "encoder" / "model.onnx")
    before = model.read_bytes()
    done = rmqm("gradient", "encoder", "--out", model, "--force", cwd=tmp_path)
    assert (done.returncode, "ARG007" in done.stderr) == (2, True)
    assert model.read_bytes() == before


def test_a_folder_is_no_file(rmqm, tmp_path):
    done = rmqm("gradient", MODEL, "--out", tmp_path, cwd=tmp_path)
    assert (done.returncode, "ARG005" in done.stderr) == (2, True)


def test_an_operator_without_a_rule_is_named_and_nothing_is_written(rmqm, tmp_path):
    model = parser.parse_model(
        """<ir_version: 10, opset_import: ["": 20, "ai.onnx.ml": 3]>
        trees (float[N, 2] x) => (float[N, 3] y) {
            s = ai.onnx.ml.LinearRegressor <coefficients = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
                                            targets = 3> (x)
            y = Tanh(s)
        }"""
    )
    onnx.save(model, tmp_path / "model.onnx")
    done = rmqm("gradient", "model.onnx", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "GRA001" in done.stderr
    assert "LinearRegressor" in done.stderr
    assert not (tmp_path / "gradient.onnx").exists()


def test_preprocessing_outside_the_network_is_named(rmqm, tmp_path):
    options = ("--scale", 255, "--mean", 127, "--std", 51)
    done = rmqm("gradient", MODEL, *options, "--out", "g.onnx", cwd=tmp_path)
    assert done.returncode == 0
    assert "GRA024" in done.stderr
    # The fix: multiply by scale / std. The encoder's own gradient is the judge.
    from rmqm_onnx.opening import open_encoder
    from rmqm_spec.contracts.backend import OpenOptions
    from rmqm_spec.contracts.preprocessing import Preprocessing

    preprocessing = Preprocessing(scale=255, mean=(127,), std=(51,), source="flags")
    encoder = open_encoder(MODEL, OpenOptions(preprocessing=preprocessing))
    x, ct = images(2), np.ones((2, 32), dtype=np.float32)
    wanted = encoder.vjp(x)[1](ct)
    handed = ((255 * x - 127) / 51).astype(np.float32)
    found = opened(tmp_path / "g.onnx").run(None, {"input": handed, "ct": ct})[1] * (255 / 51)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-5)


def test_a_model_that_rounds_is_judged_by_a_step_of_one_grey_level(rmqm, tmp_path):
    weights = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("QuantizeLinear", ["f", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["d"]),
        helper.make_node("MatMul", ["d", "w"], ["y"]),
    ]
    stored = [
        numpy_helper.from_array(np.float32(1 / 255), "scale"),
        numpy_helper.from_array(np.uint8(0), "zero"),
        numpy_helper.from_array(weights, "w"),
    ]
    graph = helper.make_graph(
        nodes,
        "rounds",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 8])],
        stored,
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), tmp_path / "m.onnx")
    done = rmqm("gradient", "m.onnx", "--out", "g.onnx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "GRA023" in done.stderr
    assert "difference quotient" not in done.stdout
    done = rmqm("gradient", "m.onnx", "--kind", "jvp", "--json", "--out", "j.onnx", cwd=tmp_path)
    assert done.document["error"] is None


def test_encodings_that_are_not_finite_are_not_taken_for_equal(rmqm, tmp_path):
    model = parser.parse_model(
        """<ir_version: 10, opset_import: ["": 20]>
        broken (float[N, 1, 8, 8] x) => (float[N, 64] y) {
            f = Flatten(x)
            one = Constant <value = float {1.0}> ()
            two = Constant <value = float {2.0}> ()
            low = Sub(f, two)
            root = Sqrt(low)
            y = Add(root, one)
        }"""
    )
    onnx.save(model, tmp_path / "model.onnx")
    done = rmqm("gradient", "model.onnx", "--out", "g.onnx", "--json", cwd=tmp_path)
    assert done.returncode == 0
    (finding,) = (one for one in done.document["findings"] if one["code"] == "GRA025")
    assert "not finite" in finding["message"]
    assert done.document["deviation"] is None
    assert not done.document["ok"]
