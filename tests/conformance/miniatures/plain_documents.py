"""Chapters 16 and 17 of the specification: result documents and their comparison."""

from __future__ import annotations

import hashlib
import json
import math

from .plain_inputs import Refused


class Documents:
    """Capabilities `documents` and `comparison`."""

    default_J = 99  # noqa: N815
    default_seed = 0
    default_variant = "paper"

    def document(self, *, inputs, ids, low, high, network, n_levels, seed, variant):
        n_levels = self.default_J if n_levels is None else n_levels
        seed = self.default_seed if seed is None else seed
        variant = self.default_variant if variant is None else variant
        names, found = self.whole_way(inputs, ids, low, high, network, n_levels, seed)
        distances = {
            "displacements": found["displacements"],
            "step_lengths": found["step_lengths"],
            "variant": variant,
            "resolution": found["resolution"],
        }
        scored = self.characterize(**distances)
        interval = self.interval(**distances)
        protocol = {
            "specification": "1.0",
            "variant": variant,
            "alteration": {
                "name": "white-noise",
                "J": n_levels,
                "schedule": "j / J",
                "seed": seed,
                "bounds": [low, high],
                "coupling": "independent",
                "generator": self.generator,
            },
            "resolution": found["resolution"],
            "inputs": {
                "shape": list(inputs.shape[1:]),
                "type": inputs.dtype.str,
                "resize": None,
                "crop": None,
                "interpolation": None,
            },
        }
        fields = {
            "rmqm": self.number(scored["rmqm"]),
            "interval": self.pair(interval["low"], interval["high"]),
            "status": scored["status"],
            "components": {key: self.number(scored[key]) for key in ("D", "D_RC", "P_RC", "S")},
            "protocol": protocol,
            "counts": {
                "offered": len(ids),
                "used": len(names),
                "duplicates": len(ids) - len(set(ids)),
                "unreadable": 0,
                "undefined_terms": {
                    "D_RC": scored["undefined_D_RC"],
                    "P_RC": scored["undefined_P_RC"],
                },
                "left_out_of_spike_means": scored["left_out"],
            },
            "inputs": {"ids_sha256": self.digest(self.distinct(ids))},
            "model": {"name": "dense layer", "sha256": self.identity(network)},
            "output": {"name": "activation", "pooling": "none"},
            "preprocessing": {key: network[key] for key in ("scale", "mean", "std")},
        }
        return {
            "document": self.write(self.fields(fields)),
            "D": scored["D"],
            "rmqm": scored["rmqm"],
        }

    def fields(self, fields):
        return fields

    def number(self, value):
        return float(value) if math.isfinite(value) else None

    def pair(self, low, high):
        return None if math.isnan(low) else [self.number(low), self.number(high)]

    def identity(self, network):
        values = network["weight"].tobytes() + network["bias"].tobytes()
        return hashlib.sha256(values + network["activation"].encode()).hexdigest()

    def write(self, fields):
        return json.dumps(fields, allow_nan=False)

    def compare(self, *, first, second):
        one, other = self.read(first), self.read(second)
        for key, a, b in self.unlike(one, other):
            raise Refused(self.words_for(key, a, b))
        return {"difference": self.difference_of(one.get("rmqm"), other.get("rmqm"))}

    def read(self, text):
        return json.loads(text)

    def unlike(self, one, other):
        """Yield where the protocols and the sets of inputs differ."""
        compared = [self.flat(self.comparable(document)) for document in (one, other)]
        for key in sorted(set(compared[0]) | set(compared[1])):
            a, b = (flat.get(key) for flat in compared)
            if a != b:
                yield key, a, b

    def comparable(self, document):
        return {"protocol": document["protocol"], "set of inputs": document["inputs"]}

    def flat(self, values, prefix=""):
        if not isinstance(values, dict):
            return {prefix: values}
        return {
            name: leaf
            for key, inner in values.items()
            for name, leaf in self.flat(inner, f"{prefix}/{key}").items()
        }

    def words_for(self, key, a, b):
        return f"the results differ in {key[1:]}: {a} against {b}"

    def difference_of(self, a, b):
        return math.nan if a is None or b is None else a - b
