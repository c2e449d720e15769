"""``python -m studies.race.values``: measure the values that the simulations draw from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

import rmqm_spec
from studies.natural.real import FILES, LAYERS
from studies.race.pools import Pool, write_pools

_N: Final = 1_000
_BYTES: Final = {"scale": 255.0}
_DIGITS: Final[dict[str, dict[str, Any]]] = {
    "mnist_cntk_opset8": {"mean": "0", "std": "1", **_BYTES},
    "mnist_dynamo_external_data": {"mean": "0.1307", "std": "0.3081"},
    "mnist_keras2onnx_nhwc": _BYTES,
    "mnist_latent_radio_encoder": {},
    "mnist_lenet1_keras2onnx": _BYTES,
    "mnist_matlab_tansig": _BYTES,
    "mnist_mlp_dynbatch": {},
    "mnist_tf2onnx_selfattention": {},
}
_LENETS: Final = (
    "lenet_cross-entropy_E128_adam_420k_s0",
    "lenet_cross-entropy_E16_sgd_420k_s0",
    "lenet_triplet-entropy_E64_adam_420k_s0",
    "lenet_triplet-entropy_E512_sgd_420k_s0",
    "lenet_triplet-supervised_E32_adam_420k_s0",
    "lenet_triplet-supervised_E256_sgd_420k_s0",
    "lenet_triplet-ss_E128_adam_420k_s0",
    "lenet_triplet-ss_E16_sgd_420k_s0",
    "lenet_nt-xent_E64_adam_420k_s0",
    "lenet_nt-xent_E512_sgd_420k_s0",
    "lenet_untrained_E128_adam_0k_s0",
    "lenet_untrained_E64_adam_0k_s1",
)


def main() -> None:
    """Score every encoder on the same 1,000 inputs of its group, and store the values."""
    parser = argparse.ArgumentParser(prog="python -m studies.race.values", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--models", type=Path, required=True, help="folder with ONNX files")
    parser.add_argument(
        "--lenets", type=Path, required=True, help="encoders of studies.paper_mnist"
    )
    asked = parser.parse_args()
    digits, colour = "mnist.npz:test_images", "cifar10_jpeg_test10000.npz:images"
    groups: dict[str, dict[str, Pool]] = {"digits": {}, "colour": {}, "paper": {}}
    for name, options in _DIGITS.items():
        file = asked.models / f"{name}.onnx"
        file = file if file.exists() else asked.models / name / "model.onnx"
        groups["digits"][name] = _values(file, asked.data / digits, options)
    for name, stem, _, options in FILES:
        file = asked.models / f"{stem}.onnx"
        for label, more in ((name, {}), (f"{name}_layer", {"output": LAYERS[name]})):
            groups["colour"][label] = _values(file, asked.data / colour, {**options, **more})
    for name in _LENETS:
        groups["paper"][name] = _values(asked.lenets / f"{name}.onnx", asked.data / digits, {})
    write_pools(groups)


def _values(model: Path, data: Path, options: dict[str, Any]) -> Pool:
    with TemporaryDirectory() as folder:
        scored = rmqm_spec.score(model, data=str(data), n=_N, null=False, out=folder, **options)
        values = scored.stored.characteristics().per_input
    print(f"  {model.stem}: {scored.rmqm:.3f}", file=sys.stderr, flush=True)
    return np.stack([values.D, values.D_RC, values.P_RC], axis=1)


if __name__ == "__main__":
    main()
