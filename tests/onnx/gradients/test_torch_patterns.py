"""Patterns that PyTorch's exporters write around a batch of any size, against float64."""

from __future__ import annotations

import io
import warnings

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("torch", reason="needs PyTorch")
pytest.importorskip("onnxscript", reason="needs onnxscript")

import torch
from torch import nn
from torch.nn import functional

from rmqm_onnx.gradients import GradientSession

pytestmark = pytest.mark.torch


class Patches(nn.Module):
    """Overlapping patches of each channel in a batch of N times C, as PatchTST folds them."""

    def __init__(self):
        super().__init__()
        self.embed, self.place = nn.Linear(8, 6), nn.Parameter(torch.randn(5, 6))
        self.begin = nn.Parameter(torch.randn(1, 1, 6))
        self.qkv, self.head = nn.Linear(6, 18), nn.Linear(36, 3)

    def forward(self, x):
        n, _, channels = x.shape
        mean, spread = x.mean(1, keepdim=True), x.var(1, keepdim=True).add(1e-5).sqrt()
        rows = ((x - mean) / spread).transpose(1, 2)
        cut = torch.stack([rows[:, :, 4 * k : 4 * k + 8] for k in range(5)], 2)
        t = self.embed(cut.reshape(n * channels, 5, 8)) + self.place
        t = torch.cat([self.begin.expand(n * channels, -1, -1), t], 1)
        q, k, v = (part.reshape(-1, 6, 2, 3).transpose(1, 2) for part in self.qkv(t).chunk(3, -1))
        t = t + functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(t.shape)
        y = self.head(t.reshape(n, channels, -1)).transpose(1, 2)
        return (y * spread + mean).flatten(1)


class Messages(nn.Module):
    """Messages along the edges of a graph, added up at their targets."""

    def __init__(self):
        super().__init__()
        draw = torch.Generator().manual_seed(0)
        self.register_buffer("source", torch.randint(0, 24, (40,), generator=draw))
        self.register_buffer("target", torch.randint(0, 24, (40,), generator=draw))
        self.send = nn.Linear(6, 3)

    def forward(self, x):
        edges = torch.cat([x[:, self.source], x[:, self.target]], -1)
        sent = torch.tanh(self.send(edges))
        places = self.target[None, :, None].expand(x.shape[0], -1, 3)
        return torch.zeros_like(x).scatter_add(1, places, sent).add(x).sin().flatten(1)


class Assigned(nn.Module):
    """Slices, steps and single places that are written over, and a sum by index."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(3, 3)

    def forward(self, x):
        y = torch.zeros_like(x)
        y[:, 1:-1] = torch.tanh(self.dense(x[:, 1:-1]))
        y[:, ::3] += x[:, ::3]
        y[:, [2, 5]] = self.dense(x[:, [7, 7]]).sin()
        y = torch.cat([y[..., :1] * y[..., 1:2], y[..., 1:]], -1)
        places = (torch.arange(24) % 5)[None, :, None].expand(x.shape[0], -1, 3)
        sums = torch.zeros(x.shape[0], 5, 3, dtype=x.dtype).scatter_reduce(1, places, y, "sum")
        return torch.cat([y.flatten(1), sums.flatten(1)], 1)


class Responses(nn.Module):
    """A local response normalisation, which an exporter guards by a branch, and squeezes."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv1d(3, 6, 3), nn.LocalResponseNorm(3, alpha=0.5)

    def forward(self, x):
        y = self.norm(self.conv(x.transpose(1, 2)).unsqueeze(-1)).squeeze(-1)
        return functional.adaptive_avg_pool1d(y, 1).squeeze(2)


class Mirrored(nn.Module):
    """Inputs and their mirror images in a single batch, cut apart and averaged."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 5)

    def forward(self, x):
        both = torch.cat([x, x.flip(1)], 0)
        y, n = torch.tanh(self.conv(both.transpose(1, 2))), x.shape[0]
        return ((y[:n] + y[n:].flip(2)) / 2).flatten(1)


NETWORKS = {one.__name__: one for one in (Patches, Messages, Assigned, Responses, Mirrored)}


def exported(module, x, exporter, opset):
    stream = io.BytesIO()
    named = {"input_names": ["x"], "output_names": ["y"], "opset_version": opset}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            shapes = ({0: torch.export.Dim("N")},)
            program = torch.onnx.export(
                module, (x,), dynamo=True, dynamic_shapes=shapes, verbose=False, **named
            )
            return program.model_proto
        axes = {"x": {0: "N"}, "y": {0: "N"}}
        torch.onnx.export(module, (x,), stream, dynamo=False, dynamic_axes=axes, **named)
    return onnx.load_from_string(stream.getvalue())


@pytest.mark.parametrize(("exporter", "opset"), [("dynamo", 20), ("legacy", 17)])
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_are_those_of_float64(name, exporter, opset):
    torch.manual_seed(0)
    module = NETWORKS[name]().eval().requires_grad_(False)
    x = np.random.default_rng(0).normal(size=(7, 24, 3)).astype(np.float32)
    session = GradientSession(exported(module, torch.from_numpy(x[:3]), exporter, opset))
    exact = torch.from_numpy(x).double().requires_grad_()
    y = module.double()(exact)
    v = np.random.default_rng(1).normal(size=y.shape).astype(np.float32)
    (y * torch.from_numpy(v)).sum().backward()
    wanted = exact.grad.numpy()
    for n in (1, 3, 7):
        encodings, pullback = session.vjp(x[:n])
        np.testing.assert_allclose(encodings, y[:n].detach().numpy(), rtol=1e-4, atol=1e-5)
        error = np.linalg.norm(pullback(v[:n]) - wanted[:n]) / np.linalg.norm(wanted[:n])
        assert error < 1e-5
