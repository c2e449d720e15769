"""Jacobians by the graph and by PyTorch's adapter, held against float64 differentiation."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from rmqm_onnx import OpenOptions, open_encoder  # noqa: E402
from rmqm_spec.contracts.encoder import ForwardDifferentiableEncoder  # noqa: E402
from rmqm_spec.errors import EncodingError  # noqa: E402
from rmqm_spec.jacobians import jacobian, pull_back, push_forward  # noqa: E402
from rmqm_torch import TorchEncoder  # noqa: E402

pytestmark = pytest.mark.torch


def mlp(*lengths, last=None):
    layers = [layer for pair in pairwise(lengths) for layer in (nn.Linear(*pair), nn.Tanh())]
    return nn.Sequential(nn.Flatten(), *layers[:-1], *([last] if last else []))


def convolutional():
    """An encoder and a decoder of images 1 x 16 x 16."""
    encoder = nn.Sequential(
        nn.Conv2d(1, 6, 4, 2, 1), nn.Tanh(), nn.Conv2d(6, 8, 4, 2, 1), nn.SiLU(), nn.Flatten(),
        nn.Linear(128, 5),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(5, 128), nn.Tanh(), nn.Unflatten(1, (8, 4, 4)), nn.ConvTranspose2d(8, 6, 4, 2, 1),
        nn.GELU(), nn.ConvTranspose2d(6, 1, 4, 2, 1), nn.Sigmoid(), nn.Flatten(),
    )  # fmt: skip
    return encoder, decoder


class Kinked(nn.Module):
    """Convolutions with batch normalisation, ReLUs and a pool of maxima; it tells its kinks."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6))
        self.second = nn.Conv2d(6, 8, 3)
        self.last = nn.Linear(8 * 9, 6)

    def forward(self, x):
        a = functional.relu(self.first(x))
        return self.last(functional.relu(self.second(functional.max_pool2d(a, 2))).flatten(1))

    def distance_to_kinks(self, x):
        """How near the closest decision of each input is, in units of what is compared."""
        before = self.first(x)
        a = functional.relu(before)
        windows = a.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4).topk(2).values
        gaps = torch.where(windows[..., 0] > 0, windows[..., 0] - windows[..., 1], 1.0)
        after = self.second(functional.max_pool2d(a, 2))
        return torch.stack([one.abs().flatten(1).amin(1) for one in (before, gaps, after)]).amin(0)


class Transformer(nn.Module):
    """A small vision transformer: patches, two blocks of attention, a class token."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 16))
        self.norms = nn.ModuleList(nn.LayerNorm(16) for _ in range(4))
        self.qkv = nn.ModuleList(nn.Linear(16, 48) for _ in range(2))
        self.dense = nn.ModuleList(
            nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16)) for _ in range(2)
        )

    def forward(self, x):
        t = self.patches(x).flatten(2).transpose(1, 2)
        t = torch.cat([self.token.expand(t.shape[0], 1, 16), t], 1)
        for k in range(2):
            qkv = self.qkv[k](self.norms[2 * k](t)).reshape(t.shape[0], -1, 3, 4, 4)
            q, k_, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
            attended = functional.scaled_dot_product_attention(q, k_, v)
            t = t + attended.transpose(1, 2).flatten(2)
            t = t + self.dense[k](self.norms[2 * k + 1](t))
        return t[:, 0]


NETWORKS = {
    "mlp encoder": (lambda: mlp(64, 32, 16, 5), (1, 8, 8)),
    "mlp decoder": (lambda: mlp(5, 16, 32, 64, last=nn.Sigmoid()), (5,)),
    "convolutional encoder": (lambda: convolutional()[0], (1, 16, 16)),
    "convolutional decoder": (lambda: convolutional()[1], (5,)),
    "kinked": (Kinked, (3, 10, 10)),
    "transformer": (Transformer, (3, 8, 8)),
}
N = 7


@pytest.fixture(scope="module", params=NETWORKS)
def case(request, tmp_path_factory):
    """A network, inputs, the Jacobians in float64, and the model's file."""
    make, shape = NETWORKS[request.param]
    torch.manual_seed(0)
    module = make().eval().requires_grad_(False)
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.running_var.uniform_(0.5, 1.5)
            norm.running_mean.uniform_(-0.1, 0.1)
    x = np.random.default_rng(0).random((N, *shape), dtype=np.float32)
    module.double()
    many = torch.from_numpy(x).double()
    exact = torch.stack(
        [torch.autograd.functional.jacobian(lambda one: module(one[None])[0], row) for row in many]
    )
    smooth = np.ones(N, dtype=bool)
    if isinstance(module, Kinked):
        smooth = (module.distance_to_kinks(many) > 1e-5).numpy()
    module.float()
    path = tmp_path_factory.mktemp("models") / "network.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, (torch.from_numpy(x),), path, dynamo=False, input_names=["x"],
            output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
        )  # fmt: skip
    return module, x, exact.flatten(2).numpy(), path, smooth


def errors(found, exact):
    return np.linalg.norm(found - exact, axis=(1, 2)) / np.linalg.norm(exact, axis=(1, 2))


@pytest.mark.parametrize("way", ["rows", "columns"])
@pytest.mark.parametrize("batch_size", [3, 64])
def test_the_graph_is_exact(case, way, batch_size):
    _, x, exact, path, smooth = case
    encoder = open_encoder(path, OpenOptions(threads=1, batch_size=batch_size))
    assert isinstance(encoder, ForwardDifferentiableEncoder)
    found = jacobian(encoder, x, way=way)
    assert smooth.sum() >= 5
    assert errors(found.matrices, exact)[smooth].max() < 1e-5
    np.testing.assert_allclose(found.encodings, encoder.encode(x), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("way", ["rows", "columns"])
def test_the_adapter_is_exact(case, way):
    module, x, exact, _, smooth = case
    found = jacobian(TorchEncoder(module, batch_size=3), x, way=way)
    assert errors(found.matrices, exact)[smooth].max() < 1e-5


@pytest.mark.parametrize("by", ["graph", "torch"])
def test_the_two_products_are_adjoint(case, by):
    module, x, exact, path, _ = case
    encoder = TorchEncoder(module) if by == "torch" else open_encoder(path)
    random = np.random.default_rng(1)
    v = random.normal(size=(N, 3, *x.shape[1:])).astype(np.float32)
    w = random.normal(size=(N, 3, exact.shape[1])).astype(np.float32)
    pushed = (push_forward(encoder, x, v)[1] * w).sum(-1, dtype=np.float64)
    pulled = (pull_back(encoder, x, w)[1] * v).reshape(N, 3, -1).sum(-1, dtype=np.float64)
    scale = np.linalg.norm(exact, axis=(1, 2))[:, None]
    assert (np.abs(pushed - pulled) / scale).max() < 1e-4


def test_the_module_is_left_as_it_was():
    module = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.Dropout(0.5)).train()
    encoder = TorchEncoder(module)
    encodings, derivatives = encoder.jvp(np.ones((2, 4), "f4"), np.ones((2, 4), "f4"))
    np.testing.assert_allclose(
        derivatives, np.tile(module[1].weight.detach().sum(1), (2, 1)), rtol=1e-5
    )
    assert encodings.shape == (2, 3)
    assert module[2].training
    assert module[1].weight.grad is None
    assert module[1].weight.requires_grad


def test_encodings_without_a_derivative_are_refused():
    class Detached(nn.Module):
        def forward(self, x):
            return x.flatten(1).detach()

    with pytest.raises(EncodingError, match="must depend differentiably") as caught:
        TorchEncoder(Detached()).jvp(np.ones((2, 4), "f4"), np.ones((2, 4), "f4"))
    assert caught.value.code == "GRA020"
