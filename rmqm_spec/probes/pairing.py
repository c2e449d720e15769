"""Encoders side by side on the same inputs: paired differences of all that is known of an input."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from attrs import frozen

from rmqm_spec.arrays import AnyArray
from rmqm_spec.probes.means import Mean, difference_of

__all__ = ["Compared", "Quantity", "compare_quantities", "paired"]


@frozen(kw_only=True, eq=False)
class Quantity:
    """
    A value of each of some inputs.

    Parameters
    ----------
    ids : tuple of str
        Which inputs.
    values : (n,) ndarray
        Numbers, or truth values.
    """

    ids: tuple[str, ...]
    values: AnyArray


@frozen(kw_only=True)
class Compared:
    """Two encoders by one quantity, the encoder with the larger mean first."""

    quantity: str
    first: str
    second: str
    difference: Mean


def compare_quantities(known: Mapping[str, Mapping[str, Quantity]]) -> list[Compared]:
    """
    Compare every pair of encoders by each quantity that both have of the same inputs.

    Parameters
    ----------
    known : mapping of str to mapping of str to Quantity
        Quantities by the name of the encoder.
    """
    pairs = []
    for first, second in combinations(known, 2):
        for name, one in known[first].items():
            difference = paired(one, known[second].get(name))
            if difference is None:
                continue
            if difference.value >= 0:
                named = Compared(quantity=name, first=first, second=second, difference=difference)
            else:
                turned = difference.turned()
                named = Compared(quantity=name, first=second, second=first, difference=turned)
            pairs.append(named)
    return sorted(pairs, key=lambda pair: (pair.quantity, -pair.difference.value))


def paired(one: Quantity, other: Quantity | None) -> Mean | None:
    """Return the mean difference of a quantity; None unless both are of the same inputs."""
    if other is None or set(one.ids) != set(other.ids):
        return None
    place = {identity: row for row, identity in enumerate(other.ids)}
    return difference_of(one.values, other.values[[place[identity] for identity in one.ids]])
