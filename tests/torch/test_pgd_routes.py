"""PGD scores do not depend on who takes the gradient: the graph, PyTorch or differences."""

import warnings

import numpy as np
import pytest

from rmqm_spec import evaluate
from rmqm_spec.alterations import PGD

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from rmqm_torch import TorchEncoder  # noqa: E402

pytestmark = pytest.mark.torch

INPUTS = np.random.default_rng(0).random((12, 1, 8, 8), dtype=np.float32)


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 6, 3, padding=1, stride=2),
        torch.nn.GELU(),
        torch.nn.Conv2d(6, 8, 3),
        torch.nn.Tanh(),
        torch.nn.Flatten(),
        torch.nn.LayerNorm(32),
        torch.nn.Linear(32, 10),
    ).eval()


@pytest.fixture(scope="module")
def model(module, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "smooth.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (torch.from_numpy(INPUTS[:2]),),
            path,
            dynamo=True,
            dynamic_shapes=({0: torch.export.Dim("N")},),
            verbose=False,
        )
    return path


def test_graph_and_torch_agree(module, model):
    from rmqm_onnx import open_encoder

    found = [
        evaluate(encoder, INPUTS, alteration=PGD(n_levels=15))
        for encoder in (open_encoder(model), TorchEncoder(module))
    ]
    assert [one.status for one in found] == ["ok", "ok"]
    assert found[0].rmqm == pytest.approx(found[1].rmqm, rel=1e-4)
    for name in ("D", "D_RC", "P_RC"):
        first, second = (getattr(one.characteristics, name) for one in found)
        assert first == pytest.approx(second, rel=1e-3)


def test_their_gradients_agree(module, model):
    from rmqm_onnx import open_encoder

    cotangent = np.random.default_rng(1).normal(size=(12, 10)).astype(np.float32)
    gradients = []
    for encoder in (open_encoder(model), TorchEncoder(module)):
        encodings, pullback = encoder.vjp(INPUTS)
        assert encodings.shape == (12, 10)
        gradients.append(pullback(cotangent))
    apart = np.linalg.norm(gradients[0] - gradients[1]) / np.linalg.norm(gradients[1])
    assert apart < 1e-5
