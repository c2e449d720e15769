"""Cases of the family RMQM-ENC, and the whole way from inputs to a score."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.altered import noised, spread
from rmqm_conformance.golden.case import Case, case, plain, refuse
from rmqm_conformance.golden.cases_paths import NETWORK
from rmqm_conformance.golden.judged import rules
from rmqm_conformance.golden.oracle_characteristics import measure
from rmqm_conformance.golden.oracle_distances import length, of_path
from rmqm_conformance.golden.oracle_pgd import Network, represented
from rmqm_conformance.golden.precision import Exact, exact, mp, propagated

__all__ = ["cases"]

Array = npt.NDArray[Any]

_NEEDS = "noise characteristics generator"
_RESOLUTION = 1e-12
_VALUES = ("D", "D_RC", "P_RC", "rmqm")
_PLAIN = NETWORK | {"activation": "identity"}
_MAPPED = NETWORK | {"scale": 2.0, "mean": 0.5, "std": 0.25, "activation": "identity"}


def cases() -> list[Case]:
    """Return the cases."""
    return [*_whole_way(), *_refused()]


def _args(inputs: Array, ids: list[str], **more: Any) -> dict[str, Any]:
    usual = {
        "low": 0.0,
        "high": 1.0,
        "network": NETWORK,
        "n_levels": 4,
        "seed": 0,
        "variant": "paper",
    }
    return {"inputs": inputs, "ids": ids, **usual, **more}


def _levels(args: dict[str, Any]) -> tuple[list[str], list[list[list[Exact]]]]:
    """Return distinct ids and the exact values of their inputs at all levels."""
    first = {name: args["inputs"][args["ids"].index(name)] for name in sorted(set(args["ids"]))}
    noise = {key: args[key] for key in ("n_levels", "seed", "low", "high")}
    altered = noised(
        noise
        | {"inputs": list(first.values()), "ids": list(first), "coupling": "independent"}
        | {"levels": range(args["n_levels"] + 1)}
    )
    return list(first), exact(altered.reshape(*altered.shape[:2], -1))


def _rounding(network: Network, paths: list[list[list[Exact]]]) -> float:
    """
    Return how far a distance may be off if the network computes in float64.

    A sum of P products and a bias is within (P + 4) u of the sum of their absolute values, u being
    2**-53; a unit vector is off by that part of the norm, a distance by twice as much. Doubled for
    the hyperbolic tangent and for the distance itself.
    """
    weight, bias = exact(np.abs(network["weight"])), exact(np.abs(network["bias"]))
    scale, mean, std = (abs(mp.mpf(network[key])) for key in ("scale", "mean", "std"))
    worst = mp.zero
    for values in (values for path in paths for values in path):
        mapped = [(scale * abs(value) + mean) / std for value in values]
        sums = [mp.fdot(row, mapped) + b for row, b in zip(weight, bias, strict=True)]
        worst = max(worst, length(sums) / length(represented(network, values)))
    return float(4 * (len(weight[0]) + 4) * mp.mpf(2) ** -53 * worst)


def _case(name: str, title: str, args: dict[str, Any], also: str = "") -> Case:
    names, paths = _levels(args)
    distances = [of_path([represented(args["network"], x) for x in path]) for path in paths]
    d, s = ([pair[k] for pair in distances] for k in (0, 1))
    given = {
        "displacements": d,
        "step_lengths": s,
        "variant": args["variant"],
        "resolution": _RESOLUTION,
    }
    judged = rules(given, "D D_RC P_RC rmqm status")
    error = _rounding(args["network"], paths)
    for key, change in _changes(given, error).items():
        if judged[key]["value"] != "nan":
            judged[key]["atol"] = float(f"{judged[key]['atol'] + change:.2g}")
            judged[key]["why"] += f"; and distances within {error:.1e}, the network in float64"
    outcome = {"n_inputs": plain(len(names)), **judged}
    return case(name, title, "evaluate", args, outcome, needs=_NEEDS, also=also)


def _changes(given: dict[str, Any], error: float) -> dict[str, float]:
    """Return how far the characteristics may be off if every distance is."""
    d, s = given["displacements"], given["step_lengths"]
    n, width = len(d), len(d[0])

    def values(*distances: Exact) -> list[Exact]:
        rows = [list(distances[k * width : (k + 1) * width]) for k in range(2 * n)]
        measured = measure(rows[:n], rows[n:], given["variant"], _RESOLUTION)
        return [getattr(measured, key) for key in _VALUES]

    flat = [value for row in [*d, *s] for value in row]
    return dict(zip(_VALUES, propagated(values, flat, [error] * len(flat)), strict=True))


def _whole_way() -> list[Case]:
    three, ids = spread((3, 2, 2), 0.1, 0.9), ["c", "a", "b"]
    twice = _args(three[[0, 1, 0, 2, 1]], ["c", "a", "c", "b", "a"])
    constant = _PLAIN | {"weight": np.zeros((3, 4))}
    return [
        _case(
            "RMQM-ALT-002/noise-before-value-map",
            "Scale, mean and standard deviation of the encoder come after the noise",
            _args(three, ids, network=_MAPPED),
            also="RMQM-ENC-007",
        ),
        _case(
            "RMQM-ALT-003/seed-of-evaluation",
            "The seed reaches the noise of an evaluation",
            _args(three, ids, seed=7),
        ),
        _case(
            "RMQM-ENC-001/one-input",
            "A single input is a batch of one",
            _args(three[:1], ids[:1], n_levels=5),
        ),
        _case(
            "RMQM-ENC-007/authors",
            "The whole way in authors-2022, with bounds [-2, 3] and float64",
            _args(
                spread((3, 4), -2.0, 3.0, "<f8"),
                ids,
                low=-2.0,
                high=3.0,
                variant="authors-2022",
                network=_MAPPED,
            ),
            also="RMQM-ALT-002 RMQM-MET-002",
        ),
        _case(
            "RMQM-INP-004/evaluation",
            "Inputs with equal ids count once in the means of an evaluation",
            twice,
        ),
        _case(
            "RMQM-DEG-006/evaluation",
            "An encoder that looks at nothing has collapsed",
            _args(three, ids, network=constant),
        ),
    ]


def _refused() -> list[Case]:
    """Return cases whose seeds were chosen so that a single representation breaks the rule."""
    nothing = _PLAIN | {"weight": np.zeros((3, 4)), "bias": np.zeros(3)}
    two = _PLAIN | {"weight": np.eye(2), "bias": np.zeros(2)}
    huge = two | {"weight": np.diag([1.7e308, 1e300]), "bias": np.array([0.0, 1e300])}
    bright = np.array([[0.9, 0.8], [0.85, 0.95]], "<f4")
    dark = np.array([[0.3, 0.3], [0.2, 0.4]])
    ids, broken = ["sound", "broken"], "broken"
    at_start = _args(bright[1:, [0, 1, 0, 1]], [broken], network=nothing, n_levels=1)
    later = _args(bright, ids, network=two, n_levels=12, seed=5)
    overflown = _args(dark, ids, network=huge, n_levels=12, seed=82, high=1.25)
    _require_one_broken(later, broken, 11)
    _require_one_broken(overflown, broken, 10)
    return [
        _refusal(
            "RMQM-ENC-005/norm-of-zero-at-level-0",
            "A representation of norm zero is refused, its input and level 0 are named",
            at_start,
            broken,
            "0",
        ),
        _refusal(
            "RMQM-ENC-005/norm-of-zero-at-a-later-level",
            "A representation of norm zero is refused, its input and its level are named",
            later,
            broken,
            "11",
        ),
        _refusal(
            "RMQM-ENC-005/not-finite",
            "A representation that is not finite is refused, its input and its level are named",
            overflown,
            broken,
            "10",
        ),
    ]


def _require_one_broken(args: dict[str, Any], name: str, level: int) -> None:
    """Make sure that only a single representation is zero or too large for float64."""
    names, paths = _levels(args)
    largest = mp.mpf(np.finfo(np.float64).max)
    broken = [
        (input_name, j)
        for input_name, path in zip(names, paths, strict=True)
        for j, values in enumerate(path)
        if not 0 < max(abs(z) for z in represented(args["network"], values)) <= largest
    ]
    if broken != [(name, level)]:
        raise ValueError(f"only {name} at level {level} must break the rule; got {broken}")


def _refusal(name: str, title: str, args: dict[str, Any], *naming: str) -> Case:
    why = "a representation that is not finite or has norm zero"
    return case(name, title, "evaluate", args, refuse(why, *naming), needs=_NEEDS)
