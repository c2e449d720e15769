"""Two stored results made comparable, as far as their distances allow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics import Characteristics, characterize
from rmqm_spec.differences.fields import FieldDifference
from rmqm_spec.results.stored import StoredResult

__all__ = ["ComparablePair", "InputSets", "comparable_pair", "input_sets", "recomputable"]

_RECOMPUTED = {"variant", "resolution"}
"""Fields of the protocol that do not affect the distances."""


@frozen(kw_only=True)
class InputSets:
    """Ids of the inputs of two results: in both, in the first alone, in the second alone."""

    shared: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether both results rest on the same inputs."""
        return not (self.only_first or self.only_second)


def input_sets(first: StoredResult, second: StoredResult) -> InputSets:
    """Sort the ids of two results into shared ids and those of one result alone."""
    first_ids, second_ids = set(first.ids), set(second.ids)
    return InputSets(
        shared=tuple(sorted(first_ids & second_ids)),
        only_first=tuple(sorted(first_ids - second_ids)),
        only_second=tuple(sorted(second_ids - first_ids)),
    )


@frozen(kw_only=True, eq=False)
class ComparablePair:
    """
    The results of two encoders on the same inputs under the same protocol.

    Parameters
    ----------
    ids, names : tuple of str
        The N inputs.
    distances : two pairs of (N, J) ndarray of float64
        Displacements and step lengths of the first and of the second result.
    characteristics : tuple of two Characteristics
        What follows from them.
    recomputed : mapping, optional
        Variant, resolution and number of inputs, where both results were computed again with
        them.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    distances: tuple[tuple[Float64Array, Float64Array], tuple[Float64Array, Float64Array]]
    characteristics: tuple[Characteristics, Characteristics]
    recomputed: Mapping[str, Any] | None


def recomputable(protocol: list[FieldDifference], inputs: InputSets) -> bool:
    """Tell whether all differences between two results come after their distances."""
    return bool(inputs.shared) and {field.name for field in protocol} <= _RECOMPUTED


def comparable_pair(
    first: StoredResult, second: StoredResult, *, inputs: InputSets, recompute: bool
) -> ComparablePair:
    """
    Return two results over their common inputs.

    Parameters
    ----------
    first, second : StoredResult
        Results of the same protocol, apart from variant and resolution where `recompute` is set.
    inputs : InputSets
        Their inputs, some of them shared.
    recompute : bool
        Whether variant (that of the first result) and resolution (the coarser one) are imposed on
        both; at a finer resolution, movement that an encoder cannot resolve would count.
    """
    protocols = [result.document["protocol"] for result in (first, second)]
    variant = protocols[0]["variant"]
    resolution = max(protocol["resolution"] for protocol in protocols)
    first_rows, second_rows = _rows(first, inputs.shared), _rows(second, inputs.shared)
    distances = (
        (first.displacements[first_rows], first.step_lengths[first_rows]),
        (second.displacements[second_rows], second.step_lengths[second_rows]),
    )
    first_characteristics, second_characteristics = (
        characterize(d, s, variant=variant, resolution=resolution) for d, s in distances
    )
    imposed = {"variant": variant, "resolution": resolution, "inputs": len(inputs.shared)}
    return ComparablePair(
        ids=inputs.shared,
        names=tuple(first.names[row] for row in first_rows),
        distances=distances,
        characteristics=(first_characteristics, second_characteristics),
        recomputed=imposed if recompute else None,
    )


def _rows(result: StoredResult, ids: tuple[str, ...]) -> list[int]:
    places = {identity: row for row, identity in enumerate(result.ids)}
    return [places[identity] for identity in ids]
