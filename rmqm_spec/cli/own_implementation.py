"""The package itself as one implementation among others, for the conformance kit to judge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

from rmqm_onnx.pooling import pool
from rmqm_spec.alterations import GENERATOR, WhiteNoise, white_noise
from rmqm_spec.alterations.white_noise import checked_inputs
from rmqm_spec.characteristics import characterize, displacements, step_lengths
from rmqm_spec.comparison import difference
from rmqm_spec.encoders import EncoderTraits, as_encoder, encode_checked
from rmqm_spec.errors import RmqmError
from rmqm_spec.evaluation import Evaluation, evaluate
from rmqm_spec.identity import content_id, digest_of_ids, digest_of_json
from rmqm_spec.inputs.contract import InputSpec
from rmqm_spec.inputs.prepared import open_inputs
from rmqm_spec.inputs.value_range import check_value_range
from rmqm_spec.preprocessing import Preprocessing
from rmqm_spec.resolution import RESOLUTION
from rmqm_spec.result import result_document

__all__ = ["OwnImplementation"]

Results = dict[str, Any]


class OwnImplementation:
    """
    The operations of the conformance kit, each by the code that scores use.

    Examples
    --------
    >>> OwnImplementation().describe()["name"]
    'rmqm-spec'
    """

    refusals = (RmqmError,)

    def describe(self) -> Results:
        """Tell what is claimed."""
        return {
            "name": "rmqm-spec",
            "version": version("rmqm-spec"),
            "language": "Python",
            "capabilities": [
                "inputs",
                "noise",
                "encoder",
                "characteristics",
                "interval",
                "documents",
                "comparison",
            ],
            "extensions": ["common", "weighted"],
            "generator": GENERATOR,
            "encoder": {
                "shape": [3, 4],
                "dtype": "<f4",
                "low": 0.0,
                "high": 1.0,
                "arithmetic": "float32",
            },
        }

    def content_id(self, *, input: np.ndarray[Any, Any]) -> Results:  # noqa: A002
        """Name an input."""
        return {"id": content_id(input)}

    def prepare(
        self,
        *,
        input: np.ndarray[Any, Any],  # noqa: A002
        kind: str,
        low: float,
        high: float,
    ) -> Results:
        """Bring an input into its bounds."""
        bounds = check_value_range((low, high))
        if kind == "array":
            return {"id": content_id(input), "values": checked_inputs(input[None], bounds)[0]}
        height, width, channels = input.shape
        spec = InputSpec(kind="image", shape=(channels, height, width))
        found = open_inputs(input[None], spec, Preprocessing(), layout="nhwc").load(0)
        return {"id": found.id, "values": found.values}

    def name_inputs(self, *, ids: list[str]) -> Results:
        """Name a set of inputs; the order is that of every evaluation."""
        return {"ids": sorted(set(ids)), "digest": digest_of_ids(ids)}

    def white_noise(self, *, low: float, high: float, **options: Any) -> Results:
        """Alter inputs."""
        return {"altered": white_noise(bounds=(low, high), **options)}

    def distances(self, *, trajectories: np.ndarray[Any, Any], arithmetic: str) -> Results:
        """Measure trajectories."""
        resolution = RESOLUTION.get(arithmetic, RESOLUTION["float64"])
        return {
            "displacements": displacements(trajectories, resolution=resolution),
            "step_lengths": step_lengths(trajectories, resolution=resolution),
            "resolution": resolution,
        }

    def characterize(self, **distances: Any) -> Results:
        """Turn distances into the metric."""
        found = characterize(**distances)
        return {
            **{name: getattr(found, name) for name in ("D", "S", "D_RC", "P_RC", "rmqm", "status")},
            "undefined_D_RC": found.undefined_terms["D_RC"],
            "undefined_P_RC": found.undefined_terms["P_RC"],
            "left_out": int((~found.per_input.kept).sum()),
            "weighted_rmqm": found.weighted_rmqm,
        }

    def interval(self, **distances: Any) -> Results:
        """Give the metric its interval."""
        low, high = characterize(**distances).interval
        return {"low": low, "high": high}

    def evaluate(self, **request: Any) -> Results:
        """Go the whole way."""
        found = _evaluated(**request).characteristics
        names = ("n_inputs", "D", "D_RC", "P_RC", "rmqm", "status")
        return {name: getattr(found, name) for name in names}

    def encode(self, *, inputs: np.ndarray[Any, Any]) -> Results:
        """Encode by a small callable, behind the contract of every encoder."""
        encoder = as_encoder(lambda x: np.tanh(x.reshape(len(x), -1) @ _WEIGHTS))
        return {"encodings": encode_checked(encoder, inputs), "inputs": inputs}

    def pool(self, *, output: np.ndarray[Any, Any], how: Any) -> Results:
        """Pool as models' outputs are pooled."""
        return {"encodings": pool(output, len(output), how)}

    def document(
        self, *, n_levels: int | None, seed: int | None, variant: Any, **request: Any
    ) -> Results:
        """Write a result document; what is null stays at its default."""
        chosen = {"n_levels": n_levels, "seed": seed, "variant": variant}
        request |= {name: value for name, value in chosen.items() if value is not None}
        evaluation = _evaluated(**request)
        document = result_document(
            evaluation,
            _described(request["network"], request["inputs"]),
            [],
            data="an array",
            seconds=0.0,
            created="1970-01-01T00:00:00+00:00",
        )
        return {
            "document": json.dumps(document, allow_nan=False),
            "D": evaluation.characteristics.D,
            "rmqm": evaluation.rmqm,
        }

    def compare(self, *, first: str, second: str) -> Results:
        """Compare two result documents."""
        return {"difference": difference(json.loads(first), json.loads(second))}


_WEIGHTS = np.cos(np.arange(12 * 5, dtype=np.float32)).reshape(12, 5)


def _evaluated(
    *,
    inputs: np.ndarray[Any, Any],
    ids: list[str],
    low: float,
    high: float,
    network: Mapping[str, Any],
    n_levels: int | None = None,
    seed: int | None = None,
    variant: Any = "paper",
) -> Evaluation:
    """Evaluate a dense layer; options that are left out stay at the defaults of the package."""
    options: dict[str, Any] = {"bounds": (low, high)}
    options |= {} if n_levels is None else {"n_levels": n_levels}
    options |= {} if seed is None else {"seed": seed}
    return evaluate(
        _Dense(network), inputs, ids=ids, bounds=(low, high), alteration=WhiteNoise(**options),
        variant=variant,
    )  # fmt: skip


class _Dense:
    """The dense layer of a request as an encoder that computes in float64."""

    traits = EncoderTraits(resolution=RESOLUTION["float64"])

    def __init__(self, network: Mapping[str, Any]) -> None:
        self._network = network

    def encode(self, inputs: np.ndarray[Any, Any], /) -> np.ndarray[Any, Any]:
        net = self._network
        flat = inputs.reshape(len(inputs), -1).astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused later
            mapped = (net["scale"] * flat - net["mean"]) / net["std"]
            sums = np.asarray(mapped @ net["weight"].T + net["bias"])
            return np.tanh(sums) if net["activation"] == "tanh" else sums


def _described(network: Mapping[str, Any], inputs: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Describe a dense layer as a backend describes a model."""
    values = {key: np.asarray(network[key]).tolist() for key in ("weight", "bias")}
    return {
        "model": {"name": "dense layer", "sha256": digest_of_json(values)},
        "input": {"name": "x", "shape": list(inputs.shape[1:])},
        "output": {"name": network["activation"], "pooling": "flatten"},
        "preprocessing": {key: network[key] for key in ("scale", "mean", "std")},
        "geometry": {
            "shape": list(inputs.shape[1:]),
            "type": inputs.dtype.name,
            "resize": None,
            "crop": None,
            "interpolation": None,
        },
        "runtime": {"name": "numpy", "version": np.__version__},
    }
