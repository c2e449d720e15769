"""Networks that PyTorch exports, by both of its exporters, against its own gradients."""

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


class Attentive(nn.Module):
    """Patches, attention, layer normalisation, GELU: smooth everywhere."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 24, 4, 4)
        self.norm = nn.LayerNorm(24)
        self.qkv, self.out = nn.Linear(24, 72), nn.Linear(24, 24)
        self.dense = nn.Sequential(nn.Linear(24, 48), nn.GELU(), nn.Linear(48, 24))

    def forward(self, x):
        t = self.patches(x).flatten(2).transpose(1, 2)
        n, length, width = t.shape
        qkv = self.qkv(self.norm(t)).reshape(n, length, 3, 4, width // 4).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        attended = functional.scaled_dot_product_attention(q, k, v)
        t = t + self.out(attended.transpose(1, 2).reshape(n, length, width))
        return functional.normalize(self.dense(t).mean(1), dim=-1)


class Upsampling(nn.Module):
    """Reflection, transposed convolution, resizes, pixel shuffles and a pile of activations."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1, padding_mode="reflect")
        self.b, self.c = nn.Conv2d(8, 16, 3, 2, 1), nn.Conv2d(16, 16, 3, 2, 1)
        self.up = nn.ConvTranspose2d(16, 16, 3, 2, 1, output_padding=1)
        self.norm = nn.GroupNorm(4, 16)
        self.instance = nn.InstanceNorm2d(16, affine=True)

    def forward(self, x):
        a = functional.silu(self.a(x))
        b = functional.mish(self.norm(self.b(a)))
        c = functional.softplus(self.instance(self.c(b)))
        u = torch.tanh(self.up(c)) + b
        u = functional.interpolate(u, scale_factor=2, mode="bilinear", align_corners=False)
        u = functional.pixel_shuffle(u, 2)
        u = functional.interpolate(u, size=(13, 17), mode="bicubic", align_corners=True)
        return functional.avg_pool2d(u, 3, 2, 1, count_include_pad=False, ceil_mode=True).flatten(1)


class Kinks(nn.Module):
    """ReLUs, pools with ceil mode and dilation, batch normalisation, a residual."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU6(), nn.MaxPool2d(3, 2, 1)
        )
        self.second = nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=4), nn.LeakyReLU(0.1), nn.PReLU(8)
        )
        self.last = nn.Sequential(nn.AvgPool2d(2, ceil_mode=True), nn.Flatten(), nn.Linear(288, 10))

    def forward(self, x):
        x = self.first(x)
        return self.last(functional.relu(x + self.second(x)))


class Recurrent(nn.Module):
    """Rows as a sequence: two layers of LSTM both ways, then GRU, then a plain recurrence."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(72, 16, num_layers=2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(32, 12, batch_first=True)
        self.rnn = nn.RNN(12, 8, batch_first=True)

    def forward(self, x):
        rows = x.permute(0, 2, 1, 3).flatten(2)
        hidden, (state, _) = self.lstm(rows)
        return torch.cat([self.rnn(self.gru(hidden)[0])[0].flatten(1), state[-1]], 1)


class Turning(nn.Module):
    """A spatial transformer: where the image is read depends on the image; reflection included."""

    def __init__(self):
        super().__init__()
        self.place = nn.Linear(3 * 24 * 24, 6)
        self.conv = nn.Conv2d(3, 6, 3)
        side = torch.linspace(-1, 1, 20)
        places = [*torch.meshgrid(side, side, indexing="xy"), torch.ones(20, 20)]
        self.register_buffer("places", torch.stack(places, -1))

    def forward(self, x):
        theta = torch.tanh(self.place(x.flatten(1))).reshape(-1, 2, 3)
        grid = self.places @ theta.transpose(1, 2).unsqueeze(1)
        read = functional.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
        return torch.tanh(self.conv(read)).flatten(1)


NETWORKS = {
    "attentive": Attentive,
    "upsampling": Upsampling,
    "kinks": Kinks,
    "recurrent": Recurrent,
    "turning": Turning,
}


def exported(module, x, exporter, opset):
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            dims = ({0: torch.export.Dim("N")},)
            program = torch.onnx.export(
                module,
                (x,),
                dynamo=True,
                input_names=["x"],
                output_names=["y"],
                dynamic_shapes=dims,
                opset_version=opset,
                verbose=False,
            )
            return program.model_proto
        torch.onnx.export(
            module,
            (x,),
            stream,
            dynamo=False,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
            opset_version=opset,
        )
    return onnx.load_from_string(stream.getvalue())


def gradient_of(module, x, v):
    moving = torch.from_numpy(x).clone().requires_grad_()
    (module(moving) * torch.from_numpy(v)).sum().backward()
    return moving.grad.numpy()


@pytest.mark.parametrize(
    ("exporter", "opset"), [("dynamo", 20), ("dynamo", 23), ("legacy", 14), ("legacy", 17)]
)
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_are_those_of_pytorch(name, exporter, opset):
    if name == "turning" and opset < 16:
        pytest.skip("there was no GridSample")
    torch.manual_seed(0)
    module = NETWORKS[name]().eval().requires_grad_(False)
    x = np.random.default_rng(0).random((3, 3, 24, 24), dtype=np.float32)
    v = np.random.default_rng(1).normal(size=module(torch.from_numpy(x)).shape).astype(np.float32)
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.running_var.uniform_(0.5, 1.5)
            norm.running_mean.uniform_(-0.1, 0.1)
    wanted = gradient_of(module, x, v)
    session = GradientSession(exported(module, torch.from_numpy(x), exporter, opset))
    for n in (1, 3):
        encodings, pullback = session.vjp(x[:n])
        np.testing.assert_allclose(
            encodings, module(torch.from_numpy(x[:n])).numpy(), rtol=1e-3, atol=1e-5
        )
        error = np.linalg.norm(pullback(v[:n]) - wanted[:n]) / np.linalg.norm(wanted[:n])
        assert error < (1e-2 if name in ("kinks", "turning") else 1e-5)
