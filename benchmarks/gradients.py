"""
Encodings and input gradients: an ONNX graph beside PyTorch in eager mode.

    python benchmarks/gradients.py
    python benchmarks/gradients.py --memory

Needs PyTorch and onnxscript. Every network has random weights; PyTorch exports it, and both take
the gradient of <encodings, v> with respect to the same inputs. Times are processor times in
milliseconds with a single thread, the least of several interleaved runs: they hold on a machine
that others use too. Memory is the peak growth of resident memory during a run (Linux), after a run
with a single row, each contender in a process of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional

from rmqm_onnx.gradients import GradientSession, vjp_model
from rmqm_onnx.running.session import open_session

ROUNDS = 5


class Residual(nn.Module):
    """Two convolutions and a shortcut around them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1)
        plain = stride == 1 and inputs == outputs
        self.round = nn.Identity() if plain else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        y = self.second(functional.relu(self.first(x)))
        return functional.relu(y + self.round(x))


class Inverted(nn.Module):
    """The block of MobileNet v2: wider, depthwise, narrower."""

    def __init__(self, inputs: int, outputs: int, stride: int, factor: int) -> None:
        super().__init__()
        wide = inputs * factor
        self.adds = stride == 1 and inputs == outputs
        layers = [nn.Conv2d(inputs, wide, 1), nn.ReLU6()] if factor > 1 else []
        layers += [nn.Conv2d(wide, wide, 3, stride, 1, groups=wide), nn.ReLU6()]
        self.body = nn.Sequential(*layers, nn.Conv2d(wide, outputs, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        return x + self.body(x) if self.adds else self.body(x)


class Block(nn.Module):
    """Attention and two dense layers, each after a layer normalisation."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.dense = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        n, t, d = x.shape
        qkv = self.qkv(self.norms[0](x)).reshape(n, t, 3, self.heads, d // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        attended = functional.scaled_dot_product_attention(q, k, v)
        x = x + self.out(attended.transpose(1, 2).reshape(n, t, d))
        return x + self.dense(self.norms[1](x))


class VisionTransformer(nn.Module):
    """ViT-Tiny/16: 12 blocks of width 192 with 3 heads; the mean of the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 192, 16, 16)
        self.places = nn.Parameter(torch.randn(1, 196, 192) * 0.02)
        self.blocks = nn.Sequential(*(Block(192, 3) for _ in range(12)))
        self.norm = nn.LayerNorm(192)

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # noqa: D102
        tokens = self.patches(x).flatten(2).transpose(1, 2) + self.places
        return self.norm(self.blocks(tokens)).mean(1)


def resnet18(small: bool) -> nn.Module:
    stem = [nn.Conv2d(3, 64, 3, 1, 1), nn.ReLU()] if small else []
    stem = stem or [nn.Conv2d(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    widths = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1)]
    widths += [(128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]
    blocks = [Residual(*block) for block in widths]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def mobilenet() -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, 32, 3, 2, 1), nn.ReLU6()]
    inputs = 32
    for factor, outputs, n, stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for k in range(n):
            layers.append(Inverted(inputs, outputs, stride if k == 0 else 1, factor))
            inputs = outputs
    layers += [nn.Conv2d(320, 1280, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers)


NETWORKS: dict[str, tuple[Callable[[], nn.Module], int, int]] = {
    "ResNet-18@32 (2)": (lambda: resnet18(True), 32, 2),
    "ResNet-18@32 (32)": (lambda: resnet18(True), 32, 32),
    "ResNet-18@224 (2)": (lambda: resnet18(False), 224, 2),
    "MobileNet v2@224 (2)": (mobilenet, 224, 2),
    "ViT-Tiny/16@224 (2)": (VisionTransformer, 224, 2),
}


def exported(module: nn.Module, x: torch.Tensor) -> onnx.ModelProto:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (x,),
            stream,
            input_names=["x"],
            output_names=["y"],
            opset_version=17,
            dynamo=False,
            dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
        )
    return onnx.load_from_string(stream.getvalue())


def made(name: str) -> tuple[nn.Module, torch.Tensor]:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    build, size, batch = NETWORKS[name]
    module = build().eval().requires_grad_(False)
    return module, torch.rand(batch, 3, size, size)


def by_torch(module: nn.Module, x: torch.Tensor, v: torch.Tensor) -> np.ndarray:
    moving = x.clone().requires_grad_()
    (module(moving) * v).sum().backward()
    return moving.grad.numpy()


def contenders(name: str) -> dict[str, Callable[[], Any]]:
    module, x = made(name)
    v = torch.randn(module(x).shape)
    model = exported(module, x)
    inputs, ct = x.numpy(), v.numpy()
    forward = open_session(model.SerializeToString(), folder=None)
    whole = open_session(vjp_model(model).SerializeToString(), folder=None)
    session = GradientSession(model)

    def two_passes() -> np.ndarray:
        return session.vjp(inputs)[1](ct)

    def one_graph() -> np.ndarray:
        return whole.run(None, {"x": inputs, "ct": ct})[1]

    expected = by_torch(module, x, v)
    for gradient in (two_passes(), one_graph()):
        error = np.linalg.norm(gradient - expected) / np.linalg.norm(expected)
        if error > 1e-2:
            raise SystemExit(f"{name}: the gradients differ by {error:.1e}")
    return {
        "forward": lambda: forward.run(None, {"x": inputs}),
        "one graph": one_graph,
        "two passes": two_passes,
        "torch": lambda: by_torch(module, x, v),
    }


def times(name: str) -> dict[str, float]:
    least = dict.fromkeys(runs := contenders(name), float("inf"))
    for _ in range(ROUNDS):
        for key, run in runs.items():
            started = time.process_time()
            run()
            least[key] = min(least[key], 1e3 * (time.process_time() - started))
    return least


def memory(name: str, contender: str) -> float:
    """Return the peak growth of memory in MB, measured in a process of its own."""
    code = f"import gradients; print(gradients.growth({name!r}, {contender!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sys.path[0]
    )
    return float(json.loads(done.stdout.splitlines()[-1]))


def growth(name: str, contender: str) -> float:
    module, x = made(name)
    v = torch.randn(module(x).shape)
    if contender == "torch":
        grow(lambda n: by_torch(module, x[:n], v[:n]), 1)
        return grow(lambda n: by_torch(module, x[:n], v[:n]), len(x))
    model, inputs, ct = exported(module, x), x.numpy(), v.numpy()
    whole = session = None
    if contender == "one graph":
        whole = open_session(vjp_model(model).SerializeToString(), folder=None)
    else:
        session = GradientSession(model)

    def run(n: int) -> None:
        if whole is not None:
            whole.run(None, {"x": inputs[:n], "ct": ct[:n]})
        elif session is not None:
            session.vjp(inputs[:n])[1](ct[:n])

    grow(run, 1)
    return grow(run, len(x))


def grow(run: Callable[[int], Any], n: int) -> float:
    """Return the peak growth of resident memory in MB during a run with n rows."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = status("VmRSS")
    run(n)
    return status("VmHWM") - before


def status(key: str) -> float:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.split(f"{key}:")[1].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", action="store_true", help="memory instead of times")
    parser.add_argument("names", nargs="*", default=list(NETWORKS), help="networks")
    given = parser.parse_args()
    columns = ["one graph", "two passes", "torch"]
    head = columns if given.memory else ["forward", *columns, "one graph / torch"]
    print(f"| network (batch) | {' | '.join(head)} |")
    print(f"|{' --- |' * (len(head) + 1)}")
    for name in given.names:
        if given.memory:
            row = [f"{memory(name, column):.0f} MB" for column in columns]
        else:
            least = times(name)
            row = [f"{least[column]:.1f}" for column in ("forward", *columns)]
            row.append(f"{least['one graph'] / least['torch']:.2f}")
        print(f"| {name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
