"""Known mistakes on the whole way from inputs to a score: chapter 6 of the specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.distances import MISTAKES as OF_DISTANCES
from rmqm_conformance.mistakes.drawing import Drawing
from rmqm_conformance.mistakes.known import Table, changed, parts, same_numbers
from rmqm_conformance.mistakes.measuring import Measuring
from rmqm_conformance.mistakes.metric import SHARED
from rmqm_conformance.mistakes.noise import NOISE
from rmqm_conformance.mistakes.separating import Separating
from rmqm_conformance.mistakes.way import Way
from rmqm_conformance.oracle import represent

__all__ = ["TABLES"]

Array = npt.NDArray[Any]


class _Sharing(Way):
    """The way with a mistake after the encoder: what comes before it is computed once."""

    _last: ClassVar[dict[str, tuple[Any, Any]]] = {}

    def representations(self, inputs: Array, *rest: Any) -> Array:
        return self._once("z", (inputs, *rest), super().representations)

    def _once(self, what: str, asked: tuple[Any, ...], compute: Any) -> Any:
        known, found = self._last.get(what, (None, None))
        if known is None or any(a is not b for a, b in zip(known, asked, strict=True)):
            found = compute(*asked)
            self._last[what] = (asked, found)
        return found


class _SharingDistances(_Sharing):
    """The way with a mistake after the distances."""

    def distances(self, z: Array, arithmetic: str) -> dict[str, Any]:
        return dict(self._once("distances", (z, arithmetic), super().distances))


def _mapped_before(w: Any, network: dict[str, Any], altered: Array) -> Array:
    first = altered[:, :1].astype(np.float64)
    values = (network["scale"] * first - network["mean"]) / network["std"]
    plain = network | {"scale": 1.0, "mean": 0.0, "std": 1.0}
    return Way.encoded(w, plain, values + (altered - altered[:, :1]))


def _without_map(w: Any, network: dict[str, Any], x: Array) -> Array:
    return represent(network | {"scale": 1.0, "mean": 0.0, "std": 1.0}, x)


def _mean_first(w: Any, network: dict[str, Any], x: Array) -> Array:
    return represent(network | {"mean": network["scale"] * network["mean"]}, x)


def _repeated(z: Array) -> Array:
    z = z.copy()
    z[:, 129:] = z[:, 128:129]
    return z


WAYS: dict[str, dict[str, Any]] = {
    "applies the value map before the noise instead of after it": parts(encoded=_mapped_before),
    "leaves the value map out": parts(represented=_without_map),
    "subtracts the mean before the scale": parts(represented=_mean_first),
    "counts level 0 in J: evaluates J - 1 altered levels": parts(
        number=lambda w, n_levels: max(n_levels - 1, 1)
    ),
    "evaluates J + 1 altered levels": parts(number=lambda w, n_levels: n_levels + 1),
    "counts duplicates as inputs of their own": parts(names=lambda w, ids: sorted(ids)),
    "evaluates with seed 0, whatever seed is asked for": parts(seed=lambda w, seed: 0),
    "takes the resolution of the type of the inputs": parts(
        arithmetic=lambda w, inputs: inputs.dtype.name
    ),
    "takes representations shorter than 1e-9 for zero": parts(
        after=lambda w, z: np.where(np.abs(z).max(-1, keepdims=True) < 1e-9, 0.0, z)
    ),
    "repeats the last representation from level 128 on": parts(after=lambda w, z: _repeated(z)),
    "forgets the activation": parts(
        represented=lambda w, network, x: represent(network | {"activation": "identity"}, x)
    ),
}


def _inner(
    way: type[Way], name: str, base: type[Any], mistakes: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return ways with a mistake in one of their stages."""
    return {
        words: (way, {name: type(base.__name__, (base,), made)}) for words, made in mistakes.items()
    }


AFTER = {
    **{words: (Way, made) for words, made in WAYS.items()},
    **_inner(_Sharing, "separating", Separating, OF_DISTANCES),
    **_inner(_SharingDistances, "measuring", Measuring, SHARED),
}
BEFORE = _inner(Way, "drawing", Drawing, NOISE)


def _few(n_rows: int) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether a request has at most so many altered inputs, all of them small."""

    def fits(asked: Mapping[str, Any]) -> bool:
        n_levels = 99 if asked["n_levels"] is None else asked["n_levels"]
        return len(asked["ids"]) * (n_levels + 1) <= n_rows and np.size(asked["inputs"]) <= 400

    return fits


def _table(operation: str, mistakes: dict[str, Any], n_rows: int) -> Table:
    return Table(
        operation=operation,
        right=changed(Way, operation),
        same=same_numbers,
        mistakes={
            words: changed(way, operation, **made) for words, (way, made) in mistakes.items()
        },
        fits=_few(n_rows),
    )


TABLES = tuple(
    _table(operation, mistakes, n_rows)
    for operation in ("evaluate", "document")
    for mistakes, n_rows in ((AFTER, 400), (BEFORE, 24))
)
