"""Take inputs through all levels of an alteration, and measure the set of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rmqm_spec.arrays import Float64Array, FloatArray
from rmqm_spec.characteristics.distances import unit_vectors
from rmqm_spec.contracts.alteration import Alteration
from rmqm_spec.contracts.encoder import Encoder, encode_checked, traits_of
from rmqm_spec.contracts.guarding import by_alteration
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.geometries.altered import altered_sets, ends_of_sets, joined
from rmqm_spec.geometries.columns import AlteredSets
from rmqm_spec.resolution import resolution_of

__all__ = ["altered_vectors", "measure_altered", "versions_of"]


def measure_altered(
    encoder: Encoder,
    inputs: Inputs,
    positions: Sequence[int],
    alteration: Alteration,
    progress: Callable[[int, int], None] | None = None,
) -> AlteredSets:
    """
    Encode some inputs at levels 0 to J, and measure the set of each.

    Parameters
    ----------
    encoder : Encoder
        Called with about as many versions as its traits ask for.
    inputs : Inputs
        Where the inputs come from.
    positions : sequence of int
        Which of them.
    alteration : Alteration
        Its level 0 is the unaltered input.
    progress : callable, optional
        Called with the number of inputs done, and of all.

    Returns
    -------
    AlteredSets
        In the order of `positions`. Memory does not grow with their number.

    Raises
    ------
    EncodingError
        If an encoding has zero norm, or a value that is not finite.
    SubjectError
        ALT002 if the alteration fails.
    """
    levels = ends_of_sets(alteration.n_levels)
    parts: list[AlteredSets] = []
    n_done = 0
    for vectors, resolution in altered_vectors(encoder, inputs, positions, alteration):
        parts.append(altered_sets(vectors, levels, resolution))
        n_done += len(vectors)
        if progress:
            progress(n_done, len(positions))
    return joined(parts)


def altered_vectors(
    encoder: Encoder, inputs: Inputs, positions: Sequence[int], alteration: Alteration
) -> Iterator[tuple[Float64Array, float]]:
    """Yield unit encodings (n, J + 1, E) of a few inputs at a time, and their resolution."""
    traits = traits_of(encoder)
    n_versions = alteration.n_levels + 1
    step = max(1, traits.batch_size // n_versions)
    for first in range(0, len(positions), step):
        loaded = [inputs.load(position) for position in positions[first : first + step]]
        values = np.stack([one.values for one in loaded])
        altered = versions_of(values, [one.id for one in loaded], alteration)
        flat = altered.reshape(-1, *values.shape[1:])
        encodings = np.concatenate(
            [
                np.array(encode_checked(encoder, flat[start : start + traits.batch_size]))
                for start in range(0, len(flat), traits.batch_size)
            ]
        )
        known = encodings.reshape(len(loaded), n_versions, -1)
        resolution = traits.resolution or resolution_of(encodings.dtype)
        yield unit_vectors(known, [one.name for one in loaded]), resolution


def versions_of(values: FloatArray, ids: Sequence[str], alteration: Alteration) -> FloatArray:
    """Return inputs (n, *S) at levels 0 to J, (n, J + 1, *S)."""
    taken = (values, ids, 0, alteration.n_levels + 1)
    return by_alteration(alteration.name, "alter", alteration.alter, *taken)
