"""PGD paths as an alteration (paper, section 3.1; clause families RMQM-PGD and RMQM-LOSS)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from attrs import field, frozen

from rmqm_spec.alterations.arguments import as_floats, check_levels_seed_bounds, require
from rmqm_spec.alterations.pgd.losses import LOSSES, Loss
from rmqm_spec.alterations.pgd.losses.contract import directions
from rmqm_spec.alterations.pgd.losses.per_input import displacement
from rmqm_spec.alterations.pgd.steps import STEP_SIZE, first_start, take_step
from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder, vjp_checked
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UsageError

__all__ = ["PGD", "LossOfBatch"]

LossOfBatch = Callable[[AnyArray, Sequence[str]], Loss]
"""From encodings (N, E), and names of the inputs for errors, to their loss."""


@frozen(kw_only=True)
class PGD:
    """
    The alteration that walks up the gradient of a loss, each iterate being one level.

    Parameters
    ----------
    n_levels : int
        Number of altered levels J; by default 30, or 29 if `restarted`.
    alpha : float
        Step size relative to the width of `bounds`.
    bounds : tuple of two floats
        Declared range of the inputs, the only thing that altered inputs are clipped to.
    loss : {"displacement", "cross-entropy", "triplet", "nt-xent"}
        What the path increases. An evaluation offers ``displacement``; `pgd_path` all of them.
    seed : int
        With the id of an input it determines where the first gradient of ``displacement`` is taken.
    restarted : bool
        Whether every level is the end of a path of its own, as in ``authors-2022``. No loss draws
        fresh views, so every restart repeats the path before (RMQM-PGD-006): the numbers are those
        of a single path, and only the protocol shows the difference.

    Raises
    ------
    UsageError
        If a parameter is outside its range.

    Examples
    --------
    >>> PGD().n_levels, PGD(restarted=True).n_levels
    (30, 29)
    >>> PGD(alpha=0.1).to_dict()["alpha"]
    0.1
    """

    name = "pgd"
    independent_levels = False

    restarted: bool = field(default=False)
    n_levels: int = field()
    alpha: float = field(default=STEP_SIZE, converter=float)
    bounds: Bounds = field(default=(0.0, 1.0), converter=as_floats)
    loss: str = field(default="displacement")
    seed: int = field(default=0)

    @n_levels.default
    def _default_levels(self) -> int:
        return 29 if self.restarted else 30

    def __attrs_post_init__(self) -> None:
        check_levels_seed_bounds(self.n_levels, self.seed, self.bounds)
        require("alpha must be finite and above 0", self.alpha, 0 < self.alpha < math.inf)
        require(f"loss must be in {tuple(LOSSES)}", self.loss, self.loss in LOSSES)

    def to_dict(self) -> dict[str, object]:
        """Return every parameter that changes a number, as plain data."""
        return {
            "name": self.name,
            "J": int(self.n_levels),
            "alpha": self.alpha,
            "bounds": list(self.bounds),
            "loss": self.loss,
            "seed": int(self.seed),
            **({"restarts": True} if self.restarted else {}),
        }

    def path(
        self, encoder: DifferentiableEncoder, inputs: FloatArray, ids: Sequence[str]
    ) -> Iterator[tuple[FloatArray, AnyArray]]:
        """
        Follow the gradient of ``displacement``, a forward and a backward pass per level.

        Parameters
        ----------
        encoder : DifferentiableEncoder
            Gives encodings and gradients.
        inputs : (N, *S) ndarray of float
            Unaltered inputs, within the bounds.
        ids : sequence of str
            The id of each input.

        Yields
        ------
        (N, *S) ndarray, (N, E) ndarray
            The inputs at levels 0, 1, ..., J, of their type, and their encodings.

        Raises
        ------
        UsageError
            GRA013 for any other loss.
        EncodingError
            If a gradient or an encoding is not finite; names input and level.
        """
        if self.loss != "displacement":
            raise UsageError(
                "GRA013",
                f"the loss of a scored path must be displacement; got {self.loss!r}, which needs "
                "labels, or views and fixed batches",
                fix="Make the path with pgd_path(encoder, inputs, loss=..., labels=... or "
                "views=...), encode it, and give displacements and step lengths to characterize.",
            )
        encodings, _ = vjp_checked(encoder, inputs)
        yield inputs, encodings
        origin = directions(encodings, [f"input {name} at level 0" for name in ids])
        start = first_start(inputs, ids, seed=self.seed, alpha=self.alpha, bounds=self.bounds)
        yield from self.follow(
            encoder, inputs, ids, lambda z, names: displacement(z, origin, names), start=start
        )

    def follow(
        self,
        encoder: DifferentiableEncoder,
        inputs: FloatArray,
        ids: Sequence[str],
        loss: LossOfBatch,
        *,
        start: FloatArray | None = None,
    ) -> Iterator[tuple[FloatArray, AnyArray]]:
        """
        Follow the gradient of any loss of this batch.

        Parameters
        ----------
        encoder, inputs, ids
            As in `path`.
        loss : callable
            From encodings and their names to a `Loss`.
        start : (N, *S) ndarray, optional
            Where the first gradient is taken; by default at the inputs.

        Yields
        ------
        (N, *S) ndarray, (N, E) ndarray
            As in `path`, from level 1 on.
        """
        place = "level 0" if start is None else "the start of level 1"
        current = inputs
        encodings, pullback = vjp_checked(encoder, inputs if start is None else start)
        for level in range(1, self.n_levels + 1):
            objective = loss(encodings, [f"input {name} at {place}" for name in ids])
            gradient = pullback(_cotangent(objective.gradient, encodings))
            current = take_step(current, gradient, ids, level, alpha=self.alpha, bounds=self.bounds)
            encodings, pullback = vjp_checked(encoder, current)
            place = f"level {level}"
            yield current, encodings


def _cotangent(gradient: Float64Array, encodings: AnyArray) -> FloatArray:
    """
    Return a gradient in the type of the encodings, each row times a power of two.

    That changes no sign, and keeps small gradients from vanishing in a type of 16 or 32 bits.
    """
    largest = np.abs(gradient).max(axis=1, keepdims=True)
    exponents = np.where(np.isfinite(largest), np.frexp(largest)[1], 0)
    scaled = np.ldexp(gradient, -exponents)
    return scaled.astype(encodings.dtype if encodings.dtype.kind == "f" else np.float64)
