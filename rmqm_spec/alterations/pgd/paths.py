"""PGD paths of arrays, for any loss (clause families RMQM-PGD and RMQM-LOSS)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rmqm_spec.alterations.arguments import checked_ids, checked_inputs
from rmqm_spec.alterations.pgd.alteration import PGD
from rmqm_spec.alterations.pgd.losses import loss as loss_of
from rmqm_spec.alterations.pgd.steps import STEP_SIZE
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import (
    DifferentiableEncoder,
    EncoderLike,
    as_differentiable,
    as_encoder,
    encode_checked,
)
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import ShapeError, UsageError

__all__ = ["pgd_path"]


def pgd_path(
    encoder: EncoderLike,
    inputs: AnyArray,
    *,
    ids: Sequence[str] | None = None,
    n_levels: int | None = None,
    alpha: float = STEP_SIZE,
    bounds: Bounds = (0.0, 1.0),
    seed: int = 0,
    restarted: bool = False,
    loss: str = "displacement",
    labels: AnyArray | Sequence[int] | None = None,
    views: AnyArray | None = None,
) -> FloatArray:
    """
    Walk inputs up the gradient of a loss, and return every level.

    Parameters
    ----------
    encoder : DifferentiableEncoder
        Gives what the loss is taken over: encodings, or the logits for ``cross-entropy``.
    inputs : (N, *S) ndarray of float
        Inputs within `bounds`, a single batch: ``triplet`` and ``nt-xent`` depend on all of them.
    ids : sequence of str, optional
        A name for each input; by default its content hash.
    n_levels : int, optional
        J; 30 by default, 29 if `restarted`.
    alpha : float
        Step size relative to the width of `bounds`.
    bounds : tuple of two floats
        Declared range; altered inputs are clipped to it.
    seed : int
        With the id of an input it determines where the first gradient of ``displacement`` is taken.
    restarted : bool
        As in ``authors-2022``; see `PGD`.
    loss : {"displacement", "cross-entropy", "triplet", "nt-xent"}
        What the path increases.
    labels : (N,) array of int, optional
        For ``cross-entropy`` and the supervised ``triplet``.
    views : (N, *S) ndarray of float, optional
        One augmented version of each input, within `bounds`, for ``nt-xent`` and the
        self-supervised ``triplet``. Constants, encoded once; keep them with the path.

    Returns
    -------
    (N, J + 1, *S) ndarray of float
        Levels 0 to J; float32 stays float32, anything else is float64.

    Raises
    ------
    UsageError
        If an argument breaks a rule, or the encoder gives no gradients (GRA010).
    EncodingError
        If a gradient or an encoding is not finite; names input and level.

    Notes
    -----
    Clauses RMQM-PGD-001 ff. Only ``displacement`` takes its first gradient away from the input.

    Examples
    --------
    >>> class Doubling:
    ...     def encode(self, inputs):
    ...         return 2 * inputs
    ...     def vjp(self, inputs):
    ...         return 2 * inputs, lambda cotangent: 2 * cotangent
    >>> pgd_path(Doubling(), np.array([[0.5, 0.5]]), n_levels=2, alpha=0.125).tolist()
    [[[0.5, 0.5], [0.375, 0.625], [0.25, 0.75]]]
    """
    differentiable = as_differentiable(as_encoder(encoder))
    chosen = {} if n_levels is None else {"n_levels": n_levels}
    rule = PGD(alpha=alpha, bounds=bounds, loss=loss, seed=seed, restarted=restarted, **chosen)
    given = np.asarray(inputs)
    inputs = checked_inputs(given, bounds)
    names = checked_ids(given, ids)
    if loss == "displacement":
        if labels is not None or views is not None:
            raise UsageError(
                "ARG001",
                "the loss displacement takes neither labels nor views; got one of them",
                fix="Leave labels and views out, or choose another loss.",
            )
        levels = (values for values, _ in rule.path(differentiable, inputs, names))
        return np.stack(list(levels), axis=1)
    references = None if views is None else _encoded(differentiable, inputs, views, bounds)
    followed = _followed(rule, differentiable, inputs, names, labels, references)
    return np.stack([inputs, *followed], axis=1)


def _followed(
    rule: PGD,
    encoder: DifferentiableEncoder,
    inputs: FloatArray,
    ids: Sequence[str],
    labels: AnyArray | Sequence[int] | None,
    references: AnyArray | None,
) -> Iterator[FloatArray]:
    path = rule.follow(
        encoder,
        inputs,
        ids,
        lambda z, names: loss_of(rule.loss, z, references=references, labels=labels, names=names),
    )
    return (values for values, _ in path)


def _encoded(
    encoder: DifferentiableEncoder, inputs: FloatArray, views: AnyArray, bounds: Bounds
) -> AnyArray:
    """Encode the views once, and keep a copy."""
    checked = checked_inputs(views, bounds)
    if checked.shape != inputs.shape:
        raise ShapeError(
            "ARG001",
            f"views must have the shape of the inputs, {inputs.shape}; got {checked.shape}",
            fix="Give one view of each input.",
        )
    return encode_checked(encoder, checked.astype(inputs.dtype)).copy()
