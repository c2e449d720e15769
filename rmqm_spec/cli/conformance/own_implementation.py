"""The package itself as one implementation among others, for the conformance kit to judge."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

from rmqm_spec.alterations import GENERATOR, loss, pgd_path, white_noise
from rmqm_spec.alterations.arguments import checked_ids, checked_inputs, require
from rmqm_spec.alterations.pgd.steps import STEP_SIZE, take_step
from rmqm_spec.characteristics import characterize, displacements, step_lengths
from rmqm_spec.cli.conformance.own_encoders import Dense, Squashing
from rmqm_spec.cli.conformance.own_neighbourhoods import OwnNeighbourhoods
from rmqm_spec.cli.conformance.own_requests import described, evaluated
from rmqm_spec.cli.conformance.own_spectra import OwnSpectra
from rmqm_spec.contracts.encoder import encode_checked, vjp_checked
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.encoders.pooling import pool
from rmqm_spec.encoders.value_map import ValueMap
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.identity import content_id, digest_of_ids
from rmqm_spec.inputs.prepared import open_inputs
from rmqm_spec.inputs.value_range import check_value_range
from rmqm_spec.resolution import RESOLUTION
from rmqm_spec.results.comparison import difference
from rmqm_spec.results.document import result_document

__all__ = ["OwnImplementation"]

Results = dict[str, Any]


class OwnImplementation(OwnNeighbourhoods, OwnSpectra):
    """
    The operations of the conformance kit, each by the code that scores use.

    Examples
    --------
    >>> OwnImplementation().describe()["name"]
    'rmqm-spec'
    """

    refusals = (RmqmError,)

    def describe(self) -> Results:
        """State the claimed capabilities."""
        return {
            "name": "rmqm-spec",
            "version": version("rmqm-spec"),
            "language": "Python",
            "capabilities": [
                "inputs",
                "noise",
                "pgd",
                "encoder",
                "characteristics",
                "interval",
                "documents",
                "comparison",
                "value-map",
                "nnk",
                "spectrum",
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
        require("kind must be image or array", kind, kind in {"image", "array"})
        bounds = check_value_range((low, high))
        if kind == "array":
            return {"id": content_id(input), "values": checked_inputs(input[None], bounds)[0]}
        if bounds != (0.0, 1.0):
            raise UsageError(
                "ARG001",
                f"images must have the bounds [0, 1]; got {bounds}",
                fix="Give bytes, or divide the values by the width of their range.",
            )
        height, width, channels = input.shape
        spec = InputSpec(kind="image", shape=(channels, height, width))
        prepared = open_inputs(input[None], spec, Preprocessing(), layout="nhwc").load(0)
        return {"id": prepared.id, "values": prepared.values}

    def name_inputs(self, *, ids: list[str]) -> Results:
        """Name a set of inputs; the order is that of every evaluation."""
        return {"ids": sorted(set(ids)), "digest": digest_of_ids(ids)}

    def white_noise(self, *, low: float, high: float, **options: Any) -> Results:
        """Alter inputs."""
        return {"altered": white_noise(bounds=(low, high), **options)}

    def distances(self, *, trajectories: np.ndarray[Any, Any], arithmetic: str) -> Results:
        """Measure trajectories."""
        known = {*RESOLUTION, "integer"}
        require(f"arithmetic must be one of {sorted(known)}", arithmetic, arithmetic in known)
        resolution = RESOLUTION.get(arithmetic, RESOLUTION["float64"])
        return {
            "displacements": displacements(trajectories, resolution=resolution),
            "step_lengths": step_lengths(trajectories, resolution=resolution),
            "resolution": resolution,
        }

    def characterize(self, **distances: Any) -> Results:
        """Turn distances into the metric."""
        characteristics = characterize(**distances)
        return {
            **{
                name: getattr(characteristics, name)
                for name in ("D", "S", "D_RC", "P_RC", "rmqm", "status")
            },
            "undefined_D_RC": characteristics.undefined_terms["D_RC"],
            "undefined_P_RC": characteristics.undefined_terms["P_RC"],
            "left_out": int((~characteristics.per_input.kept).sum()),
            "weighted_rmqm": characteristics.weighted_rmqm,
        }

    def interval(self, **distances: Any) -> Results:
        """Give the metric its interval."""
        low, high = characterize(**distances).interval
        return {"low": low, "high": high}

    def evaluate(self, **request: Any) -> Results:
        """Evaluate an encoder from inputs to score."""
        characteristics = evaluated(**request).characteristics
        names = ("n_inputs", "D", "D_RC", "P_RC", "rmqm", "status")
        return {name: getattr(characteristics, name) for name in names}

    def encode(self, *, inputs: np.ndarray[Any, Any]) -> Results:
        """Encode by a small callable, behind the contract of every encoder."""
        return {"encodings": encode_checked(Squashing(), inputs), "inputs": inputs}

    def vjp(self, *, inputs: np.ndarray[Any, Any], cotangent: np.ndarray[Any, Any]) -> Results:
        """Pull a cotangent back through the same encoder."""
        return {"gradient": vjp_checked(Squashing(), inputs)[1](cotangent)}

    def loss(self, **arguments: Any) -> Results:
        """Give the value and the gradient of a loss."""
        return loss(**arguments)._asdict()

    def pgd_step(
        self,
        *,
        inputs: np.ndarray[Any, Any],
        ids: list[str],
        alpha: float | None,
        low: float,
        high: float,
        **request: Any,
    ) -> Results:
        """Take a single step."""
        size, bounds = STEP_SIZE if alpha is None else alpha, check_value_range((low, high))
        require("alpha must be finite and above 0", size, 0 < size < math.inf)
        names = checked_ids(inputs, ids)
        checked = checked_inputs(inputs, bounds)
        return {"stepped": take_step(checked, ids=names, alpha=size, bounds=bounds, **request)}

    def pgd_path(
        self,
        *,
        network: Mapping[str, Any],
        alpha: float | None,
        low: float,
        high: float,
        variant: str,
        **request: Any,
    ) -> Results:
        """Make all levels."""
        require(
            "variant must be paper or authors-2022", variant, variant in {"paper", "authors-2022"}
        )
        altered = pgd_path(
            Dense(network),
            alpha=STEP_SIZE if alpha is None else alpha,
            bounds=(low, high),
            restarted=variant == "authors-2022",
            **request,
        )
        return {"altered": altered}

    def pool(self, *, output: np.ndarray[Any, Any], how: Any) -> Results:
        """Pool as models' outputs are pooled."""
        return {"encodings": pool(output, len(output), how)}

    def document(
        self, *, n_levels: int | None, seed: int | None, variant: Any, **request: Any
    ) -> Results:
        """Write a result document; what is null stays at its default."""
        chosen = {"n_levels": n_levels, "seed": seed, "variant": variant}
        request |= {name: value for name, value in chosen.items() if value is not None}
        evaluation = evaluated(**request)
        document = result_document(
            evaluation,
            described(request["network"], request["inputs"]),
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

    def map_values(
        self,
        *,
        inputs: np.ndarray[Any, Any],
        scale: float,
        means: np.ndarray[Any, Any],
        stds: np.ndarray[Any, Any],
        dtype: str,
    ) -> Results:
        """Map altered inputs as encoders do."""
        known = ("float64", "float32", "float16", "uint8")
        require(f"dtype must be one of {known}", dtype, dtype in known)
        if not (stds > 0).all():
            raise UsageError(
                "PRE005",
                f"std must be above 0; got {stds.tolist()}",
                fix="Give the deviation that the network was trained with.",
            )
        by_channel = (-1, *[1] * (inputs.ndim - 2))
        mean, std = (values.reshape(by_channel) for values in (means, stds))
        return {"values": ValueMap(scale, mean, std, dtype)(inputs)}
