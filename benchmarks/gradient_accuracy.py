"""
Gradients of exported networks against PyTorch in float64, both exporters.

    python benchmarks/gradient_accuracy.py [--exporter dynamo,legacy] [--out table.json] [NAME ...]

Needs torch, torchvision, timm and onnxscript. For each network and exporter: the relative error of
the gradient of <encodings, v> for a random v, the share of values with the sign that float64 gives,
and the same of PyTorch's own float32, which meets the same kinks of ReLU and max pooling.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import torch

from rmqm_onnx.gradients import GradientSession

warnings.filterwarnings("ignore")


def autograd(module: torch.nn.Module, x: np.ndarray, v: np.ndarray) -> np.ndarray:
    dtype = torch.from_numpy(v).dtype
    leaf = torch.from_numpy(x).to(dtype).requires_grad_()
    (module.to(dtype)(leaf) * torch.from_numpy(v)).sum().backward()
    return leaf.grad.numpy().astype(np.float64)


def exported(module: torch.nn.Module, x: np.ndarray, path: Path, exporter: str) -> Path:
    options = {"input_names": ["x"], "output_names": ["y"]}
    if exporter == "legacy":
        axes = {"x": {0: "N"}, "y": {0: "N"}}
        options |= {"dynamo": False, "dynamic_axes": axes, "opset_version": 17}
    else:
        batch = ({0: torch.export.Dim("N")},)
        options |= {"dynamo": True, "dynamic_shapes": batch, "verbose": False}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        torch.onnx.export(module, (torch.from_numpy(x),), path, **options)
    return path


def judged(gradient: np.ndarray, exact: np.ndarray) -> tuple[float, float]:
    error = np.linalg.norm(gradient - exact) / np.linalg.norm(exact)
    return float(error), float((np.sign(gradient) == np.sign(exact)).mean())


def row(name: str, exporter: str, folder: Path) -> dict[str, object]:
    from zoo import ZOO, network

    x = np.random.default_rng(3).random((2, *ZOO[name][1]), dtype=np.float32)
    path = exported(network(name), x, folder / f"{name}.onnx", exporter)
    n_values = network(name)(torch.from_numpy(x)).shape[1]
    v = np.random.default_rng(4).normal(size=(2, n_values))
    exact = autograd(network(name), x, v)
    theirs = autograd(network(name), x, v.astype(np.float32))
    started = time.perf_counter()
    _, pullback = GradientSession(path, threads=2).vjp(x)
    ours = pullback(v.astype(np.float32)).astype(np.float64)
    seconds = time.perf_counter() - started
    accuracy = dict(zip(("error", "signs"), judged(ours, exact), strict=True))
    accuracy |= dict(zip(("error_torch", "signs_torch"), judged(theirs, exact), strict=True))
    return {"network": name, "exporter": exporter, **accuracy, "first_call_s": seconds}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--exporter", default="dynamo,legacy")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    from zoo import ZOO

    rows, failed = [], 0
    print(f"{'network':<20} {'exporter':<8} {'error':>9} {'signs':>8} {'torch32':>9} {'signs':>8}")
    for name in arguments.names or ZOO:
        for exporter in arguments.exporter.split(","):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    result = row(name, exporter, Path(folder))
                except Exception as error:  # the table records the failure and goes on
                    failed += 1
                    print(f"{name:<20} {exporter:<8} {type(error).__name__}: {str(error)[:160]}")
                    rows.append({"network": name, "exporter": exporter, "failed": str(error)})
                    continue
            rows.append(result)
            print(
                f"{name:<20} {exporter:<8} {result['error']:9.1e} {result['signs']:8.5f} "
                f"{result['error_torch']:9.1e} {result['signs_torch']:8.5f}",
                flush=True,
            )
            if arguments.out:
                arguments.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
