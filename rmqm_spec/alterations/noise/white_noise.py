"""White noise in growing steps (paper, section 3.1; clause family RMQM-WN)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from attrs import field, frozen

from rmqm_spec.alterations.arguments import (
    as_floats,
    check_levels_seed_bounds,
    checked_ids,
    checked_inputs,
    require,
)
from rmqm_spec.alterations.noise.generator import (
    GENERATOR,
    noise_key,
    normal_pieces,
    normal_table,
)
from rmqm_spec.alterations.noise.start import compiled_fill
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UsageError

__all__ = ["WhiteNoise", "white_noise"]

Coupling = Literal["independent", "common"]


@frozen(kw_only=True)
class WhiteNoise:
    r"""
    The alteration :math:`x_{ij} = \mathrm{clip}(x_i + \epsilon_j a_{ij}, low, high)`.

    Parameters
    ----------
    n_levels : int
        Number of altered levels J; level 0 is the input itself, bit for bit.
    seed : int
        Together with the id of an input it determines the noise.
    bounds : tuple of two floats
        Declared range of the inputs; the noise is relative to its width.
    coupling : {"independent", "common"}
        A new draw for every level, as in the paper, or one draw for all levels of an input.

    Raises
    ------
    UsageError
        If a parameter is outside its range.

    Examples
    --------
    >>> noise = WhiteNoise(n_levels=4)
    >>> noise.epsilons
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """

    name = "white-noise"
    independent_levels = True

    n_levels: int = field(default=99)
    seed: int = field(default=0)
    bounds: Bounds = field(default=(0.0, 1.0), converter=as_floats)
    coupling: Coupling = field(default="independent")

    def __attrs_post_init__(self) -> None:
        check_levels_seed_bounds(self.n_levels, self.seed, self.bounds)
        allowed = get_args(Coupling)
        require(f"coupling must be in {allowed}", self.coupling, self.coupling in allowed)

    @property
    def epsilons(self) -> FloatArray:
        """Standard deviation of the noise at levels 0..J, relative to the width of the bounds."""
        return np.arange(self.n_levels + 1) / self.n_levels

    def alter(
        self,
        inputs: FloatArray,
        ids: Sequence[str],
        first_level: int,
        n_levels: int,
        *,
        out: FloatArray | None = None,
    ) -> FloatArray:
        """
        Return N inputs at consecutive levels.

        Parameters
        ----------
        inputs : (N, *S) ndarray of float
            Unaltered inputs, within the bounds.
        ids : sequence of str
            The id of each input.
        first_level, n_levels : int
            Levels `first_level` to `first_level` + `n_levels` - 1.
        out : (N, L, *S) ndarray, optional
            Where to put them, C-contiguous and of the type of `inputs`.

        Returns
        -------
        (N, L, *S) ndarray
            Altered inputs, of the type of `inputs`.
        """
        shape = (len(inputs), n_levels, *inputs.shape[1:])
        altered = np.empty(shape, dtype=inputs.dtype) if out is None else out
        rows, flat = altered.reshape(len(inputs), n_levels, -1), inputs.reshape(len(inputs), -1)
        levels = np.arange(first_level, first_level + n_levels)
        scale = (levels / self.n_levels * (self.bounds[1] - self.bounds[0])).astype(rows.dtype)
        is_usual = self.coupling == "independent" and _fits(first_level + n_levels, flat.shape[1])
        fill = compiled_fill(rows) if is_usual else None
        if fill is not None:
            # Strict, as the loop looks at no length: it would read keys that are not there.
            keys = [noise_key(self.seed, identity) for _, identity in zip(flat, ids, strict=True)]
            flat = np.ascontiguousarray(flat)
            fill(keys, first_level, normal_table(), flat, scale, self.bounds, rows)
            return altered
        unaltered = 1 if first_level == 0 else 0
        rows[:, :unaltered] = flat[:, None]
        for values, identity, noisy in zip(flat, ids, rows[:, unaltered:], strict=True):
            self._add_noise(values, identity, first_level + unaltered, scale[unaltered:], noisy)
        return altered

    def to_dict(self) -> dict[str, object]:
        """Return every parameter that changes a number, as plain data."""
        return {
            "name": self.name,
            "J": int(self.n_levels),
            "schedule": "epsilon_j = j / J",
            "bounds": list(self.bounds),
            "seed": int(self.seed),
            "coupling": self.coupling,
            "generator": GENERATOR,
        }

    def _add_noise(
        self, flat: FloatArray, identity: str, first: int, scale: AnyArray, out: FloatArray
    ) -> None:
        """Write levels `first`, `first` + 1, ... of an input into the rows of `out`."""
        if not len(out):
            return
        low, high = (out.dtype.type(bound) for bound in self.bounds)
        scale = scale[:, None]
        drawn = (first, len(out)) if self.coupling == "independent" else (1, 1)
        for rows, columns, noise in normal_pieces(self.seed, identity, *drawn, flat.size):
            rows = rows if self.coupling == "independent" else slice(None)  # noqa: PLW2901
            piece = out[rows, columns]
            np.multiply(noise, scale[rows], out=piece)
            np.add(piece, flat[columns], out=piece)
            np.clip(piece, low, high, out=piece)


def _fits(end: int, n_values: int) -> bool:
    """Whether the compiled loop can count so far: its counter has one word, NumPy's has four."""
    return end * (n_values // 16 + 1) < 2**64


def white_noise(
    inputs: AnyArray,
    levels: Sequence[int] | None = None,
    *,
    ids: Sequence[str] | None = None,
    seed: int = 0,
    n_levels: int = 99,
    bounds: Bounds = (0.0, 1.0),
    coupling: Coupling = "independent",
) -> FloatArray:
    """
    Alter inputs by white noise of growing strength.

    Parameters
    ----------
    inputs : (N, *S) ndarray of float
        Inputs within `bounds`.
    levels : sequence of int, optional
        Which levels to return, each in 0..J; all by default.
    ids : sequence of str, optional
        A name for each input; by default its content hash.
    seed : int
        With the id and the level, all that the noise depends on.
    n_levels : int
        J; the noise at level j has the standard deviation j / J.
    bounds : tuple of two floats
        Declared range; altered inputs are clipped to it and the noise is relative to its width.
    coupling : {"independent", "common"}
        A new draw for every level, or one draw for all levels of an input.

    Returns
    -------
    (N, L, *S) ndarray of float
        The inputs at each of the L levels; float32 stays float32, anything else is float64.

    Raises
    ------
    UsageError
        If inputs leave the bounds, or a level does not exist.

    Notes
    -----
    Clauses RMQM-WN-001 ff.; paper, section 3.1. Bit-identical for any batch, order or machine.

    Examples
    --------
    >>> image = np.full((1, 2, 2), 0.5, dtype=np.float32)
    >>> altered = white_noise(image)
    >>> altered.shape, bool((altered[:, 0] == image).all())
    ((1, 100, 2, 2), True)
    """
    noise = WhiteNoise(n_levels=n_levels, seed=seed, bounds=bounds, coupling=coupling)
    given = np.asarray(inputs)
    inputs = checked_inputs(given, bounds)
    names = checked_ids(given, ids)
    if levels is None:
        return noise.alter(inputs, names, 0, n_levels + 1)
    wrong = [level for level in levels if not 0 <= level <= n_levels]
    if wrong or not len(levels):
        raise UsageError(
            "ARG001",
            f"levels must lie in 0..{n_levels}; got {wrong[0] if wrong else 'none'}",
            fix="Raise n_levels.",
        )
    return np.concatenate([noise.alter(inputs, names, level, 1) for level in levels], axis=1)
