"""What is measured of one checkpoint: its own error, and those of NNK and k-NN on its encodings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.nnk import Cosine
from rmqm_spec.nnk.kernels import Space
from studies.natural.deepnnk import Checkpoint
from studies.nnk.deepnnk.stored import KS, LAST
from studies.nnk.encoding import Labelled, cached, read_labelled
from studies.nnk.judging import judged

__all__ = ["Among", "Images", "NearestThenCosine", "measured"]

_FILES: Final = {
    "train": "cifar10_jpeg_train10000.npz",
    "test": "cifar10_jpeg_test10000.npz",
    "lossless": "cifar10_lossless_train4000.npz",
}
_GALLERIES: Final = (2_500, 5_000)
_MORE_OF_LAST: Final = 4
"""How many times more images are judged of the last checkpoints."""


class NearestThenCosine:
    """The cosine kernel on the candidates of smallest Euclidean distance, as the authors search."""

    def over(self, queries: AnyArray, gallery: AnyArray, k: int) -> Space:
        """Return the rows as they are for the search, and as unit rows for the kernel."""
        rows = (np.asarray(each, dtype=np.float64) for each in (queries, gallery))
        return _AsTheyAre(*rows, Cosine().over(queries, gallery, k))


@frozen(eq=False)
class _AsTheyAre:
    queries: Float64Array
    gallery: Float64Array
    directions: Space

    def values(
        self, first: int, indices: npt.NDArray[np.intp], compiled: ModuleType | None = None
    ) -> Float64Array:
        return self.directions.values(first, indices, compiled)


@frozen(eq=False)
class Images:
    """
    The images of the study.

    Parameters
    ----------
    sets : dict of str to Labelled
        ``train``, ``test`` and ``lossless``.
    n_queries : int
        Images of each that are judged; four times as many of a last checkpoint.
    """

    sets: dict[str, Labelled]
    n_queries: int

    @classmethod
    def read(cls, data: Path, n_queries: int, n_most: int | None = None) -> Images:
        """Read the sets, or `n_most` images drawn from each."""
        sets = {name: read_labelled(data / file) for name, file in _FILES.items()}
        if n_most is not None:
            sets = {name: each.drawn(n_most) for name, each in sets.items()}
        return cls(sets, n_queries)


@frozen(eq=False)
class Among:
    """
    Encodings of one set, their classes, and whether the model's own classifier errs.

    Parameters
    ----------
    encodings : (N, E) ndarray
        What goes into the last layer.
    classes : (N,) ndarray of int
        Their classes.
    wrong : (N,) ndarray of bool
        Whether the last layer gives another class.
    """

    encodings: npt.NDArray[np.float32]
    classes: npt.NDArray[np.intp]
    wrong: npt.NDArray[np.bool_]

    def rows(self, n_rows: int) -> npt.NDArray[np.intp]:
        """Return positions that were drawn once and for all."""
        return np.random.default_rng(1).permutation(len(self.classes))[:n_rows]


def measured(
    checkpoint: Checkpoint, images: Images, data: Path, work: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield names and columns of the rows of a checkpoint: a row for each part, k and variant."""
    parts = _encoded(checkpoint, images, data, work)
    train, test = parts["train"], parts["test"]
    n = images.n_queries * (_MORE_OF_LAST if checkpoint.step == LAST else 1)
    cases: list[tuple[str, int, str, dict[str, float]]] = [
        ("test", k, "", _held_out(test, train, k, n)) for k in KS
    ]
    cases += [(part, 50, "", _left_out(parts[part], 50, n)) for part in ("train", "lossless")]
    if checkpoint.step == LAST:
        cases += [("test", *case) for case in _variants(test, train, n)]
    for part, k, variant, values in cases:
        facts = {
            "regime": checkpoint.regime,
            "step": checkpoint.step,
            "part": part,
            "k": k,
            "variant": variant,
            "queries": min(n, len(parts[part].classes)),
            "model_all": float(parts[part].wrong.mean()),
        }
        yield "/".join(filter(None, (checkpoint.name, part, str(k), variant))), facts | values


def _encoded(checkpoint: Checkpoint, images: Images, data: Path, work: Path) -> dict[str, Among]:
    model = work / "models" / f"{checkpoint.name}.onnx"
    if not model.exists():
        checkpoint.write(data / "deepnnk", model)
    with np.load(data / "deepnnk" / f"{checkpoint.regime}.npz", allow_pickle=False) as arrays:
        weights, bias = (arrays[f"{checkpoint.step}/{name}"] for name in ("W_fc1", "b_fc1"))
    pixels = {name: each.images for name, each in images.sets.items()}
    found = {}
    kept = work / "encodings" / f"{checkpoint.name}.npz"
    for name, encodings in cached(kept, model, pixels).items():
        classes = images.sets[name].labels
        wrong = (encodings @ weights + bias).argmax(axis=1) != classes
        found[name] = Among(encodings, classes, wrong)
    return found


def _held_out(test: Among, train: Among, k: int, n: int, **options: Any) -> dict[str, float]:
    rows = test.rows(n)
    return judged(
        test.encodings[rows],
        test.classes[rows],
        train.encodings,
        train.classes,
        k,
        model_wrong=test.wrong[rows],
        **options,
    )


def _left_out(train: Among, k: int, n: int) -> dict[str, float]:
    rows = train.rows(n)
    return judged(
        train.encodings[rows],
        train.classes[rows],
        train.encodings,
        train.classes,
        k,
        own=rows,
        model_wrong=train.wrong[rows],
    )


def _variants(test: Among, train: Among, n: int) -> Iterator[tuple[int, str, dict[str, float]]]:
    """Yield what the authors do otherwise: their solver, their candidates, a larger gallery."""
    for k in KS:
        yield k, "their solver", _held_out(test, train, k, n, solver="reference")
        nearest = NearestThenCosine()
        yield k, "their candidates", _held_out(test, train, k, n, kernel=nearest)
        both = _held_out(test, train, k, n, solver="reference", kernel=nearest)
        yield k, "their solver and candidates", both
        for size in _GALLERIES:
            rows = train.rows(size)
            fewer = Among(train.encodings[rows], train.classes[rows], train.wrong[rows])
            yield k, f"gallery of {size:,}", _held_out(test, fewer, k, n)
