"""Chapter 6 of the specification: encoders, and the whole way from inputs to a score."""

from __future__ import annotations

import numpy as np

from .plain_inputs import Refused

OWN = {
    "weight": 0.5 * np.cos(np.arange(60.0)).reshape(5, 12),
    "bias": np.sin(np.arange(5.0)),
    "scale": 2.0,
    "mean": 0.4,
    "std": 0.8,
    "activation": "tanh",
}


class Encoder:
    """Capability `encoder`, and the vector-Jacobian product of `pgd`."""

    own_network = OWN
    own = {"shape": [3, 4], "dtype": "<f4", "low": 0.0, "high": 1.0, "arithmetic": "float32"}  # noqa: RUF012

    def represent(self, network, x, dtype=np.float64):
        sums = self.value_map(network, x.astype(dtype)).reshape(len(x), -1) @ network[
            "weight"
        ].T.astype(dtype) + network["bias"].astype(dtype)
        return np.tanh(sums) if network["activation"] == "tanh" else sums

    def value_map(self, network, x):
        return (x.dtype.type(network["scale"]) * x - network["mean"]) / x.dtype.type(network["std"])

    def pull_back(self, network, x, cotangent, dtype=np.float64):
        cotangent = cotangent.astype(dtype)
        if network["activation"] == "tanh":
            cotangent = cotangent * (1 - self.represent(network, x, dtype) ** 2)
        gradient = cotangent @ network["weight"].astype(dtype)
        return (gradient * self.slope(network, dtype)).reshape(x.shape)

    def slope(self, network, dtype):
        return dtype(network["scale"]) / dtype(network["std"])

    def encode(self, *, inputs):
        self.check_own(inputs)
        return {"encodings": self.represent(self.own_network, inputs, np.float32), "inputs": inputs}

    def check_own(self, inputs):
        if inputs.shape[1:] != tuple(self.own["shape"]) or inputs.dtype != self.own["dtype"]:
            raise Refused(f"inputs {inputs.dtype}{inputs.shape} are not as described")
        self.within(inputs, self.own["low"], self.own["high"])

    def vjp(self, *, inputs, cotangent):
        self.check_own(inputs)
        if cotangent.shape != (len(inputs), len(self.own_network["bias"])):
            raise Refused(f"cotangent {cotangent.shape} is not of the shape of the encodings")
        return {"gradient": self.pull_back(self.own_network, inputs, cotangent, np.float32)}

    def pool(self, *, output, how):
        if output.ndim not in {3, 4}:
            raise Refused(f"shape {output.shape} is neither (N, T, E) nor (N, C, H, W)")
        if how == "flatten":
            return {"encodings": self.flatten(output)}
        if how == "mean":
            return {"encodings": self.mean_pool(output)}
        if how == "cls" and output.ndim == 3:
            return {"encodings": self.first_token(output)}
        raise Refused(f"no pooling {how!r} of shape {output.shape}")

    def flatten(self, output):
        return output.reshape(len(output), -1)

    def mean_pool(self, output):
        return output.mean(1 if output.ndim == 3 else (2, 3))

    def first_token(self, output):
        return output[:, 0]

    def evaluate(self, *, inputs, ids, low, high, network, n_levels, seed, variant):
        names, found = self.whole_way(inputs, ids, low, high, network, n_levels, seed)
        scored = self.characterize(
            displacements=found["displacements"],
            step_lengths=found["step_lengths"],
            variant=variant,
            resolution=found["resolution"],
        )
        kept = {key: scored[key] for key in ("D", "D_RC", "P_RC", "rmqm", "status")}
        return {"n_inputs": len(names), **kept}

    def whole_way(self, inputs, ids, low, high, network, n_levels, seed):
        if len(ids) != len(inputs) or not ids:
            raise Refused(f"{len(ids)} ids of {len(inputs)} inputs")
        names = self.names_to_use(ids)
        altered = self.white_noise(
            inputs=inputs[[ids.index(name) for name in names]],
            ids=names,
            levels=list(range(n_levels + 1)),
            n_levels=n_levels,
            seed=seed,
            low=low,
            high=high,
            coupling="independent",
        )["altered"]
        z = self.encode_levels(network, altered)
        self.check_representations(z, names)
        return names, self.distances(trajectories=z, arithmetic="float64")

    def names_to_use(self, ids):
        return self.distinct(ids)

    def encode_levels(self, network, altered):
        flat = altered.reshape(-1, *altered.shape[2:])
        return self.represent(network, flat).reshape(*altered.shape[:2], -1)
