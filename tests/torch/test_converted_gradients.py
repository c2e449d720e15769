"""ONNX files through onnx2pytorch, and their gradients in place of those of the graph."""

import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import attrgetter, methodcaller
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec.errors import UnavailableError, UnreadableError

pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from rmqm_onnx import open_encoder
from rmqm_onnx.backend import ONNX
from rmqm_torch import ConvertedGradients, from_onnx

pytestmark = pytest.mark.torch

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"
INPUTS = np.random.default_rng(0).random((5, 1, 8, 8), dtype=np.float32)
COTANGENT = np.random.default_rng(3).normal(size=(5, 32)).astype(np.float32)


@pytest.fixture
def converter():
    """Skip where onnx2pytorch cannot be imported, as without a fitting torchvision."""
    try:
        import onnx2pytorch  # noqa: F401
    except Exception as error:
        pytest.skip(f"onnx2pytorch cannot be imported: {error}")


def test_without_the_converter_the_reason_is_named():
    try:
        import onnx2pytorch  # noqa: F401
    except Exception:
        with pytest.raises(UnavailableError, match="onnx2pytorch must be importable") as caught:
            from_onnx(MODEL)
        assert caught.value.code == "ENV007"
    else:
        pytest.skip("onnx2pytorch can be imported")


def test_an_onnx_file_through_onnx2pytorch(converter):
    encoder = from_onnx(MODEL)
    assert encoder.gradient_route == "torch (onnx2pytorch)"
    assert np.allclose(encoder.encode(INPUTS), open_encoder(MODEL).encode(INPUTS), atol=1e-5)
    _, pullback = encoder.vjp(INPUTS)
    assert np.isfinite(pullback(np.ones((5, 32), dtype=np.float32))).all()
    with pytest.raises(UnreadableError, match="output must be one of"):
        from_onnx(MODEL, output="nowhere")


@pytest.mark.parametrize("in_folder", [False, True])
def test_torch_stands_in_for_the_gradient_of_the_graph(converter, tmp_path, in_folder):
    path = shutil.copy(MODEL, tmp_path / "model.onnx")
    by_graph = open_encoder(path)
    by_torch = ONNX.with_gradient(by_graph, tmp_path if in_folder else path, "torch")
    assert by_torch.gradient_route == "torch (onnx2pytorch)"
    first, second = (encoder.vjp(INPUTS)[1](COTANGENT) for encoder in (by_graph, by_torch))
    assert np.allclose(first, second, rtol=1e-4, atol=1e-6)


def test_models_of_several_inputs_are_not_for_onnx2pytorch():
    gradients = ConvertedGradients(MODEL, "y")
    with pytest.raises(UnreadableError, match="must have one input; got a, b"):
        gradients.vjp({"a": INPUTS, "b": INPUTS}, "a")


def test_a_model_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="model must be readable; got") as caught:
        ConvertedGradients(tmp_path / "nowhere.onnx", "y")
    assert caught.value.code == "MOD002"


def test_a_model_that_has_changed_is_refused(tmp_path):
    path = Path(shutil.copy(MODEL, tmp_path))
    pickled = pickle.dumps(ConvertedGradients(path, "y"))
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(UnreadableError, match="must not change while it is in use") as caught:
        pickle.loads(pickled).vjp({"x": INPUTS}, "x")
    assert caught.value.code == "MOD002"


def test_another_process_takes_the_same_gradient(converter):
    encoder = open_encoder(MODEL)
    by_torch = ONNX.with_gradient(encoder, MODEL, "torch")
    by_torch.vjp(INPUTS)  # a module, which is not pickled, is there now
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        route = pool.submit(attrgetter("gradient_route"), by_torch).result(timeout=120)
        encodings = pool.submit(methodcaller("encode", INPUTS), by_torch).result(timeout=120)
        error = pool.submit(ONNX.gradient_error, by_torch, INPUTS[:1]).result(timeout=120)
    assert route == "torch (onnx2pytorch)"
    np.testing.assert_array_equal(encodings, encoder.encode(INPUTS))
    assert error < 1e-2
